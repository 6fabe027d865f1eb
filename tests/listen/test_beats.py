"""Beats, bars and sections of songs that were written down before they were played."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from mir_eval.beat import f_measure

from pipeline.bench.songs import Made, clicks, drums, even, join, keys, speeding
from pipeline.listen.beats import whittaker
from pipeline.listen.studio import hear

LENGTH_S = 16.0
CONSTANT = [
    clicks("clicks 70", even(70, LENGTH_S)),
    drums("rock 70", even(70, LENGTH_S)),
    drums("rock 180", even(180, LENGTH_S)),
    drums("broken 172", even(172, LENGTH_S), pattern="broken"),
    drums("swing 110", even(110, LENGTH_S), swing=2 / 3),
    drums("noise at 10 dB", even(95, LENGTH_S), noise_db=10),
    drums("silent intro", even(120, LENGTH_S, start_s=5.3)),
    drums("waltz", even(150, LENGTH_S), pattern="waltz"),
]


@pytest.mark.parametrize("made", CONSTANT, ids=lambda made: made.name)
def test_beats_and_bars_of_an_even_song(made: Made) -> None:
    tempo = hear(made.samples).tempo
    assert f_measure(made.beats, tempo.beats) >= 0.95
    assert f_measure(made.downbeats, tempo.downbeats) >= 0.8
    assert tempo.bpm == pytest.approx(60 / np.diff(made.beats).mean(), rel=0.01)
    assert tempo.beats_per_bar == (3 if made.name == "waltz" else 4)


@pytest.mark.parametrize("ends", [(100, 140), (140, 100)])
def test_a_tempo_that_changes_is_followed(ends: tuple[int, int]) -> None:
    made = drums("changing", speeding(*ends, 24.0))
    tempo = hear(made.samples).tempo
    assert f_measure(made.beats, tempo.beats) >= 0.9
    assert f_measure(made.downbeats, tempo.downbeats) >= 0.8
    early, late = tempo.bpm_at(np.array([3.0, 21.0]))
    slope = (ends[1] - ends[0]) / 24
    assert [early, late] == pytest.approx([ends[0] + 3 * slope, ends[0] + 21 * slope], rel=0.03)


def test_beats_are_where_they_are_heard_to_a_few_milliseconds() -> None:
    made = drums("rock", even(113, LENGTH_S))
    found = hear(made.samples)
    late = [found.tempo.beats[np.abs(found.tempo.beats - beat).argmin()] - beat for beat in made.beats]
    assert np.abs(late).max() < 0.005
    apart = [np.abs(found.onsets.times_s - beat).min() for beat in made.beats]
    assert np.max(apart) < 0.005


def test_a_meter_that_is_given_is_kept() -> None:
    made = drums("rock", even(150, LENGTH_S))
    tempo = hear(made.samples, beats_per_bar=5).tempo
    assert tempo.beats_per_bar == 5
    assert set(np.diff(tempo.bar_starts)) == {5}


def test_sections_are_where_the_music_changes_and_the_same_music_has_the_same_name() -> None:
    beats = even(160, 12 * 1.5, start_s=0.0)  # 12 bars
    parts = [drums("verse", beats), keys("bridge", beats), drums("verse", beats)]
    made = join("song", parts)
    sections = hear(made.samples).sections
    assert [one.name for one in sections] == ["A", "B", "A"]
    assert [one.start_s for one in sections] == pytest.approx([0.0, 18.0, 36.0], abs=0.1)
    assert sections[-1].end_s == pytest.approx(54.0, abs=0.1)
    assert all(a.end_s == b.start_s for a, b in pairwise(sections))


def test_one_kind_of_music_is_one_section() -> None:
    assert len(hear(drums("rock", even(160, 30.0)).samples).sections) == 1


@pytest.mark.parametrize("samples", [np.zeros(1), np.zeros(10), np.zeros(22_050 * 3), np.full(2205, 0.5)])
def test_hardly_a_sound_is_no_beat_and_no_fault(samples: np.ndarray) -> None:
    song = hear(samples.astype(np.float32))
    assert not song.tempo.is_known
    assert song.tempo.bpm == 0
    assert len(song.tempo.downbeats) == 0
    at = np.array([-1.0, 0.0, 0.5, 99.0])
    for name in song.signal_names:
        assert np.isfinite(song.signal(name, at, 1 / 24)).all()


def test_a_smooth_line_stays_and_a_jump_is_spread() -> None:
    line = np.arange(9.0) * 0.5 + 3
    assert whittaker(line, np.full(9, 0.3), 20.0) == pytest.approx(line)
    jump = np.array([0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0])
    smoothed = whittaker(jump, np.ones(7), 4.0)
    assert smoothed.sum() == pytest.approx(1.0)  # the mean is kept, and so is the balance
    # by the definition: (W + k D'D) x = W y, D the second difference
    second = np.diff(np.eye(7), 2, axis=0)
    assert smoothed == pytest.approx(np.linalg.solve(np.eye(7) + 4 * second.T @ second, jump))
