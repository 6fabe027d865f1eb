"""Keys that have every frame's number, and no more of them than straight lines need."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.exporting.sampled import key_frames, key_string, runs, tidy
from pipeline.importing.key_strings import read_keys


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([3], "0: (3)"),
        ([1.5] * 9, "0: (1.5)"),
        ([0, 1, 2, 3, 3, 3], "0: (0), 3: (3)"),
        ([5, 5, 5, 4, 3, 3], "0: (5), 2: (5), 4: (3)"),
        ([0, 0, 7, 0], "0: (0), 1: (0), 2: (7), 3: (0)"),
        ([1, 1 + 1e-13, 1], "0: (1)"),
        (np.linspace(0.1, 0.7, 7), "0: (0.1), 6: (0.7)"),
        ([1e-7, 2e-7, 3e-7], "0: (0.0000001), 2: (0.0000003)"),
    ],
)
def test_the_fewest_keys(values: list[float], wanted: str) -> None:
    assert key_string(values) == wanted


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([0.0, 1.0, 0.5, -2.25, 123.456, 1e-3]), min_size=1, max_size=24))
def test_every_frame_has_its_number(values: list[float]) -> None:
    keys = sorted(read_keys(key_string(values)).items())
    found = np.interp(np.arange(len(values)), *zip(*keys, strict=True))
    assert found == pytest.approx(values, abs=1e-6)


def test_columns_share_their_keys() -> None:
    both = np.array([[0.0, 1.0], [1.0, 1.0], [2.0, 1.0], [2.0, 3.0]])
    assert key_frames(both) == [0, 2, 3]


def test_long_curves_are_written_in_time() -> None:
    t = np.arange(30_000.0)
    assert key_string(np.where(t < 20_000, t / 7, 3)).count(":") == 3


def test_runs_over_the_denoising() -> None:
    assert runs([12] * 400 + [4] * 600) == "[12]*400+[4]*600"
    assert runs([0.25]) == "[0.25]*1"


def test_digits_that_arithmetic_leaves_are_gone() -> None:
    assert tidy(0.1 + 0.2) == 0.3
    assert tidy(2 / 3) == 0.666666666667
