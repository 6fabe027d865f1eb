from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.schedule.language.spline import Spline, bends


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)[:, None]


def test_bends_are_those_computed_by_hand() -> None:
    """Keys 0, 0, 1 at 0, 1, 2: 4 b = 6 (1 - 0)."""
    assert bends([0, 1, 2], column(0, 0, 1)).ravel().tolist() == [0, 1.5, 0]
    # keys 0, 2, 0 at 0, 1, 3: 2 (1 + 2) b = 6 (-1 - 2)
    assert bends([0, 1, 3], column(0, 2, 0)).ravel().tolist() == [0, -3, 0]
    # keys 0, 1, 0, 1 at 0..3: 4 b1 + b2 = -12, b1 + 4 b2 = 12
    assert bends([0, 1, 2, 3], column(0, 1, 0, 1)).ravel() == pytest.approx([0, -4, 4, 0])


def test_values_between_are_those_computed_by_hand() -> None:
    spline = Spline([0, 1, 2], column(0, 0, 1))
    # v 0 + u 0 + 1/6 (u^3 - u) 1.5 at u = 0.5
    assert spline.sample(0, np.array([0.5])).tolist() == [-0.09375]
    # 0.5 + 1/6 (v^3 - v) 1.5 at v = 0.5
    assert spline.sample(1, np.array([1.5])).tolist() == [0.40625]


def test_two_keys_make_a_straight_line() -> None:
    assert Spline([3, 7], column(1, 5)).sample(3, np.array([3.0, 4, 6])).tolist() == [1, 2, 4]


def test_each_level_has_a_spline_of_its_own() -> None:
    values = np.array([[0, 5], [0, 5], [1, 5]], dtype=float)
    found = Spline([0, 1, 2], values, np.array([10, 500])).sample(0, np.full(2, 0.5), np.array([500, 10]))
    assert found.tolist() == [5, -0.09375]


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.integers(0, 99), st.integers(-50, 50), min_size=3, max_size=9))
def test_bends_solve_the_whole_system(keys: dict[int, int]) -> None:
    """Against a dense solve of the same equations, written down from the condition of equal slopes."""
    places, values = np.array(sorted(keys), dtype=float), np.array([keys[place] for place in sorted(keys)], dtype=float)
    h, k = np.diff(places), len(places)
    left, right = np.eye(k), np.zeros(k)
    for i in range(1, k - 1):
        left[i, i - 1 : i + 2] = h[i - 1] / 6, (h[i - 1] + h[i]) / 3, h[i] / 6
        right[i] = (values[i + 1] - values[i]) / h[i] - (values[i] - values[i - 1]) / h[i - 1]
    wanted = np.linalg.solve(left, right)
    np.testing.assert_allclose(bends(list(places), values[:, None]).ravel(), wanted, atol=1e-9)
