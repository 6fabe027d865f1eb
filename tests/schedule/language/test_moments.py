"""What labels say about frames: before the first moment, at one, between two, and after the last."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.schedule.language.moments import count, phase, section, since, until

T = np.arange(10.0)
NEVER = np.asarray(99.0)


def frames(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


@pytest.mark.parametrize(
    ("moments", "wanted"),
    [
        (frames(3, 7), [99, 99, 99, 0, 1, 2, 3, 0, 1, 2]),
        (frames(0), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (frames(-2), [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
        (frames(20), [99] * 10),
        (frames(), [99] * 10),
    ],
)
def test_since(moments: np.ndarray, wanted: list[float]) -> None:
    assert since(moments, frames(), T, NEVER).tolist() == wanted


@pytest.mark.parametrize(
    ("moments", "wanted"),
    [
        (frames(3, 7), [3, 2, 1, 4, 3, 2, 1, 99, 99, 99]),
        (frames(0), [99] * 10),
        (frames(12), [12, 11, 10, 9, 8, 7, 6, 5, 4, 3]),
        (frames(), [99] * 10),
    ],
)
def test_until(moments: np.ndarray, wanted: list[float]) -> None:
    assert until(moments, frames(), T, NEVER).tolist() == wanted


def test_never_may_move() -> None:
    assert since(frames(5), frames(), T, T * 10).tolist() == [0, 10, 20, 30, 40, 0, 1, 2, 3, 4]


def test_count() -> None:
    assert count(frames(3, 7), frames(), T).tolist() == [0, 0, 0, 1, 1, 1, 1, 2, 2, 2]
    assert count(frames(-5, 0, 0.0), frames(), T).tolist() == [3] * 10
    assert count(frames(), frames(), T).tolist() == [0] * 10


@pytest.mark.parametrize(
    ("moments", "wanted"),
    [
        (frames(4, 6), [0, 0.25, 0.5, 0.75, 0, 0.5, 0, 0, 0, 0]),  # the first frame is a moment, the last one holds
        (frames(0, 5, 10), [0, 0.2, 0.4, 0.6, 0.8, 0, 0.2, 0.4, 0.6, 0.8]),
        (frames(-5, 5), [0, 0.2, 0.4, 0.6, 0.8, 0, 0, 0, 0, 0]),
        (frames(), [0] * 10),
    ],
)
def test_phase(moments: np.ndarray, wanted: list[float]) -> None:
    assert phase(moments, frames(), T) == pytest.approx(wanted)


def test_section() -> None:
    assert section(frames(2, 8), frames(5), T).tolist() == [0, 0, 1, 1, 1, 0, 0, 0, 1, 1]
    assert section(frames(3), frames(3), T).tolist() == [0, 0, 0, 1, 1, 1, 1, 1, 1, 1]  # both at once: both hold
    assert section(frames(), frames(5), T).tolist() == [0] * 10
