"""What each way of shaping does to a few numbers."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.errors import UsageError
from pipeline.listen import Signal, shape

RAMP = Signal(np.array([0.0, 0.25, 0.5, 1.0]), 10.0)
BLOW = Signal(np.array([0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]), 10.0, "peak")


def test_levels() -> None:
    assert shape.gain(RAMP, 2).values.tolist() == [0, 0.5, 1, 2]
    assert shape.gate(RAMP, 0.5).values.tolist() == [0, 0, 0.5, 1]
    assert shape.threshold(RAMP, 0.5).values.tolist() == [0, 0, 1, 1]
    assert shape.gamma(RAMP, 2).values.tolist() == [0, 0.0625, 0.25, 1]


def test_a_follower_rises_holds_and_falls() -> None:
    assert shape.follow(BLOW).values.tolist() == BLOW.values.tolist()
    held = shape.follow(BLOW, hold_s=0.2, release_s=0.1).values
    assert held[:5].tolist() == [0, 0, 1, 1, 1]
    assert held[5:] == pytest.approx(np.exp([-1, -2, -3]))
    slow = shape.follow(Signal(np.ones(3), 10.0), attack_s=0.1).values
    assert slow == pytest.approx(1 - np.exp([-1, -2, -3]))


def test_a_strike_has_four_parts() -> None:
    said = {"attack_s": 0.1, "hold_s": 0.1, "decay_s": 0.1, "sustain": 0.5, "release_s": 0.2, "rate_hz": 20.0}
    found = shape.strike([0.0], [2.0], duration_s=0.5, **said).values
    assert found[:5] == pytest.approx([0, 1, 2, 2, 2])
    assert found[6] == pytest.approx(2 * (0.5 + 0.5 * np.exp(-1)))
    again = shape.strike([0.0, 1.0], [1.0, 0.2], duration_s=1.5, **said).values
    assert again[18] == pytest.approx(0.5, abs=0.01)
    assert again[22] == pytest.approx(0.25, abs=0.01)  # half of the release is over


def test_smoothing_does_not_delay_and_keeps_the_whole() -> None:
    blow = Signal(np.eye(1, 201, 100).ravel(), 100.0)
    found = shape.smooth(blow, 0.1).values
    assert found.argmax() == 100
    assert found == pytest.approx(found[::-1])
    assert found.sum() == pytest.approx(1)
    assert found[95:106].sum() == pytest.approx(0.73, abs=0.02)  # two thirds within 0.1 s, and half a step to each side
    assert shape.smooth(Signal(np.full(9, 0.4), 10.0), 1.0).values == pytest.approx(np.full(9, 0.4))


def test_a_shift_is_later_or_a_lead() -> None:
    assert shape.shift(BLOW, 0.2).values.tolist() == [0, 0, 0, 0, 1, 0, 0, 0]
    assert shape.shift(BLOW, -0.2).values.tolist() == [1, 0, 0, 0, 0, 0, 0, 0]
    assert shape.shift(BLOW, 0.05).values.tolist() == [0, 0, 0.5, 0.5, 0, 0, 0, 0]


def test_a_grid_holds_what_falls_into_its_parts() -> None:
    assert shape.quantise(BLOW, [0.1, 0.4]).values.tolist() == [0, 1, 1, 1, 0, 0, 0, 0]
    assert shape.quantise(RAMP, [0.0, 0.2]).values.tolist() == [0.125, 0.125, 0.75, 0.75]
    assert shape.nearest([0.9, 1.3, 7.0, -2], [0, 1, 2]).tolist() == [1, 1, 2, 0]


def test_accumulated_energy_is_distance_and_stays() -> None:
    found = shape.accumulate(Signal(np.ones(20), 10.0))
    assert found.values[-1] == pytest.approx(2.0)
    assert found.at(np.array([50.0]), 0.1) == pytest.approx([2.0])


def test_times_that_are_none_are_refused() -> None:
    with pytest.raises(UsageError, match=r"release_s -1: is no length of time"):
        shape.follow(RAMP, release_s=-1)
    with pytest.raises(UsageError, match=r"gamma 0: is not above 0"):
        shape.gamma(RAMP, 0)
