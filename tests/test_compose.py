"""The song is what its numbers say, and the file beside the example films is that song."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.compose import BEAT, BEATS_PER_BAR, BPM, N_BARS, RATE, SECTIONS, compose, write
from pipeline.listen.beats_file import beats_path, read_beats
from pipeline.schedule.song.sound_file import listen_to

KEPT = Path(__file__).resolve().parents[1] / "keyframes" / "song.mp3"


@pytest.fixture(scope="module")
def song() -> np.ndarray:
    return compose()


def test_twenty_four_seconds_that_do_not_clip(song: np.ndarray) -> None:
    assert song.shape == (24 * RATE, 2)
    assert np.abs(song).max() == pytest.approx(0.89)
    assert np.abs(song[-10:]).max() < 1e-3


def test_every_beat_has_an_onset(song: np.ndarray) -> None:
    """Within 10 ms of each beat more is heard of what is above 5 kHz than in the 10 ms before."""
    spectrum = np.fft.rfft(song.mean(axis=1))
    spectrum[np.fft.rfftfreq(len(song), 1 / RATE) < 5000] = 0
    high = np.concatenate([np.zeros(RATE), np.abs(np.fft.irfft(spectrum, len(song)))])
    for beat in range(4 * N_BARS - 2):  # the last ones die away
        at, near = RATE + beat * BEAT, RATE // 100
        assert high[at : at + near].max() > 2 * high[at - near : at - near // 10].max()


def test_the_chorus_is_the_loudest_part(song: np.ndarray) -> None:
    levels, begin = {}, 0
    for section, bars in SECTIONS:
        end = begin + bars * 4 * BEAT
        levels[section], begin = float(np.sqrt((song[begin:end] ** 2).mean())), end
    assert levels["chorus"] > levels["verse"] > 1.5 * levels["intro"] > levels["outro"]


def test_the_file_is_the_song(song: np.ndarray, tmp_path: Path, hear) -> None:
    write(tmp_path / "song.mp3")
    assert listen_to(tmp_path / "song.mp3").length_s == 24
    again, kept = hear(tmp_path / "song.mp3", RATE), hear(KEPT, RATE)
    assert len(again) == len(kept) == len(song)
    assert float(np.corrcoef(again, kept)[0, 1]) > 0.9999
    assert float(np.corrcoef(kept, song.mean(axis=1))[0, 1]) > 0.97
    assert KEPT.stat().st_size < 500_000


def test_what_is_written_of_its_beats_is_what_was_composed() -> None:
    said = read_beats(beats_path(KEPT))
    assert said is not None
    n_beats = N_BARS * BEATS_PER_BAR
    assert said.beats.tolist() == [60 / BPM * beat for beat in range(n_beats)]
    assert said.bar_starts.tolist() == list(range(0, n_beats, BEATS_PER_BAR))
    starts = [sum(bars for _, bars in SECTIONS[:number]) * BEATS_PER_BAR * 60 / BPM for number in range(len(SECTIONS))]
    assert said.sections == tuple((name, at) for (name, _), at in zip(SECTIONS, starts, strict=True))
