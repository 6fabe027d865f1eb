"""Beat numbers and seconds, through every change of tempo and beyond both ends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.listen import TempoMap


@pytest.fixture
def slowing() -> TempoMap:
    """Beats at 120 bpm, then at 60; the first bar begins at the second beat."""
    return TempoMap(np.array([1.0, 1.5, 2.0, 2.5, 3.5, 4.5, 5.5, 6.5]), np.array([1, 5]), 4)


def test_beats_are_counted_from_the_first_and_go_on_outside(slowing: TempoMap) -> None:
    at = np.array([0.5, 1.0, 1.75, 3.0, 6.5, 8.5])
    assert slowing.beat_at(at) == pytest.approx([-1, 0, 1.5, 3.5, 7, 9])
    assert slowing.time_of(np.array([-1, 0, 1.5, 3.5, 7, 9])) == pytest.approx(at)


def test_bars_are_counted_from_the_first_downbeat(slowing: TempoMap) -> None:
    assert slowing.downbeats.tolist() == [1.5, 4.5]
    assert slowing.bar_at(np.array([1.0, 1.5, 2.5, 4.5, 6.5])) == pytest.approx([-0.25, 0, 0.5, 1, 1.5])


def test_a_bar_with_other_beats_is_even_inside() -> None:
    tempo = TempoMap(np.arange(8.0), np.array([0, 3]), 4)
    assert tempo.bar_at(np.array([0.0, 1.0, 3.0, 5.0])) == pytest.approx([0, 1 / 3, 1, 1.5])


def test_the_tempo_is_that_around_a_moment(slowing: TempoMap) -> None:
    assert TempoMap(np.arange(20) * 0.5, np.array([0]), 4).bpm_at(np.array([-5.0, 0.0, 4.2, 99.0])) == pytest.approx(
        120
    )
    early, late = slowing.bpm_at(np.array([1.0, 6.5]))
    assert early > late


@pytest.mark.parametrize("beats", [[], [2.0]])
def test_without_two_beats_there_is_no_tempo(beats: list[float]) -> None:
    tempo = TempoMap(np.array(beats), np.zeros(0, dtype=int), 4)
    assert not tempo.is_known
    at = np.array([0.0, 3.0])
    assert tempo.beat_at(at).tolist() == tempo.bar_at(at).tolist() == tempo.bpm_at(at).tolist() == [0, 0]
    assert np.isnan(tempo.time_of(3.0))


@given(st.lists(st.floats(0.2, 2.0), min_size=1, max_size=30), st.lists(st.floats(-20, 80), min_size=1, max_size=9))
def test_seconds_of_a_beat_number_are_those_it_came_from(gaps: list[float], at: list[float]) -> None:
    beats = np.cumsum([0.3, *gaps])
    tempo = TempoMap(beats, np.array([0]), 4)
    seconds = np.sort(np.array(at))
    numbers = tempo.beat_at(seconds)
    assert tempo.time_of(numbers) == pytest.approx(seconds, abs=1e-6)
    assert (np.diff(numbers) >= 0).all()
