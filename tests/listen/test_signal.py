"""How frames read a signal: over the time in which they are seen, at any rate."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.bench.songs import DRUMS, clicks, drums, even
from pipeline.errors import UsageError
from pipeline.listen import Signal, Song
from pipeline.listen.levels import normalised
from pipeline.listen.names import SIGNALS
from pipeline.listen.studio import hear

AT = np.array


@pytest.fixture(scope="module")
def song() -> Song:
    """Ten seconds of drums."""
    return hear(drums("rock", even(120, 10.0, start_s=0.5)).samples)


def test_the_mean_over_a_frame_is_read() -> None:
    signal = Signal(AT([0.0, 1.0, 3.0]), 10.0)
    assert signal.at(AT([0.0, 0.1, 0.15, 0.2, 0.25, 0.3, -0.1]), 0.1) == pytest.approx([0, 1, 2, 3, 1.5, 0, 0])
    assert signal.at(AT([0.05, 0.2, 0.4]), 0.0) == pytest.approx([0, 3, 0])


def test_the_peak_of_a_blow_is_read_in_one_frame_and_not_in_the_next() -> None:
    signal = Signal(AT([0.0, 1.0, 0.0, 0.5]), 100.0, "peak")
    assert signal.at(AT([0.0, 0.02, 0.04]), 0.02).tolist() == [1.0, 0.5, 0.0]
    assert signal.at(AT([0.0, 0.01, 0.02, 0.03]), 0.01).tolist() == [0, 1, 0, 0.5]
    assert signal.at(AT([0.0]), 5.0).tolist() == [1.0]


def test_directions_are_averaged_around_the_circle() -> None:
    signal = Signal(AT([0.95, 0.05]), 10.0, "circle")
    (found,) = signal.at(AT([0.0]), 0.2)
    assert min(found, 1 - found) == pytest.approx(0, abs=1e-9)


def test_what_lasts_keeps_its_last_value() -> None:
    signal = Signal(AT([1.0, 4.0]), 2.0, lasts=True)
    assert signal.at(AT([-3.0, 0.75, 9.0]), 0.5) == pytest.approx([1, 4, 4])
    assert signal.at(AT([-3.0, 9.0]), 0.0) == pytest.approx([1, 4])


@given(st.lists(st.floats(0, 2), min_size=1, max_size=40), st.integers(1, 60), st.sampled_from(["mean", "peak"]))
def test_frames_of_any_rate_agree_on_the_whole(values: list[float], fps: int, by) -> None:
    signal = Signal(np.array(values), 10.0, by)
    frames = np.arange(int(len(values) / 10 * fps) + 2) / fps
    read = signal.at(frames, 1 / fps)
    if by == "mean":
        assert read.sum() / fps == pytest.approx(sum(values) / 10, abs=1e-9)
    else:
        assert read.max() == max(values)
    assert read.min() >= 0


@pytest.mark.parametrize("fps", [24, 25, 30_000 / 1001, 60])
@pytest.mark.parametrize("start_s", [0.0, 3.5])
def test_a_blow_lights_the_frame_in_which_it_is_heard(fps: float, start_s: float) -> None:
    """Off by less than a frame at every rate, whatever the start."""
    made = clicks("clicks", even(97, 9.0))
    found = hear(made.samples[round(start_s * 22_050) :])
    frames = np.arange(int(found.duration_s * fps)) / fps
    light = found.signal("onset", frames, 1 / fps)
    beats = made.beats[(made.beats > start_s + 0.1) & (made.beats < 8.5)] - start_s
    assert len(beats) > 5
    for beat in beats:
        near = np.flatnonzero(np.abs(frames - beat) < 0.2)
        brightest = near[light[near].argmax()]
        assert light[brightest] > 0.4
        assert abs(frames[brightest] + 0.5 / fps - beat) < 1 / fps


def test_drums_light_their_own_signals() -> None:
    samples, random = np.zeros(22_050 * 6, dtype=np.float32), np.random.default_rng(1)
    played = {"kick": [0.5, 2.0, 3.5], "snare": [1.0, 2.5, 4.0], "hat": [1.5, 3.0, 4.5]}
    for drum, times in played.items():
        for at in times:
            sound = 0.5 * DRUMS[drum](random)
            samples[round(at * 22_050) : round(at * 22_050) + len(sound)] += sound
    heard = hear(samples)
    light = {
        (name, drum): heard.signal(name, AT(times) - 0.02, 0.05) for name in played for drum, times in played.items()
    }
    assert light["kick", "kick"].min() > max(light["kick", "snare"].max(), 3 * light["kick", "hat"].max())
    assert light["snare", "snare"].min() > 1.3 * light["snare", "hat"].max()
    assert light["hat", "hat"].min() > 2 * light["hat", "kick"].max()
    struck = heard.signal("percussive", AT([1.0, 1.3]), 0.1)
    assert struck[0] > 5 * struck[1]


def test_every_signal_has_a_name_and_about_the_same_range(song: Song) -> None:
    at = np.arange(240) / 24
    for name in song.signal_names:
        values = song.signal(name, at, 1 / 24)
        assert values.shape == (240,)
        assert values.min() >= 0 and values.max() <= 2, name
    assert {"loudness", "rms", "sub", "bass", "lowmid", "mid", "highmid", "treble"} < set(song.signal_names)
    with pytest.raises(UsageError, match="there is no signal 'kik'; choose one of loudness, rms"):
        song.signal("kik", at, 0.1)


def test_any_band_is_a_signal(song: Song) -> None:
    at = np.arange(240) / 24
    assert song.band(60, 250).at(at, 1 / 24) == pytest.approx(song.signal("bass", at, 1 / 24))
    with pytest.raises(UsageError, match="no band from 400 to 200 Hz"):
        song.band(400, 200)
    with pytest.raises(UsageError, match="no band from 20000 to 30000 Hz"):
        song.band(20_000, 30_000)


def test_a_tone_is_in_its_band_its_pitch_and_its_note() -> None:
    at = np.arange(4 * 22_050) / 22_050
    hz = np.where(at < 2, 220.0, 329.63)  # a, then e
    tone = hear((0.3 * np.sin(2 * np.pi * np.cumsum(hz) / 22_050)).astype(np.float32))
    early, late = AT([1.0]), AT([3.0])
    assert tone.signal("pitch", early, 0.1) == pytest.approx(0.0, abs=0.02)
    assert tone.signal("pitch", late, 0.1) == pytest.approx(1.0, abs=0.02)
    notes = {name: (tone.signal(name, early, 0.1)[0], tone.signal(name, late, 0.1)[0]) for name in tone.signal_names}
    names = [name for name in notes if name.startswith("chroma_")]
    assert max(names, key=lambda name: notes[name][0]) == "chroma_a"
    assert max(names, key=lambda name: notes[name][1]) == "chroma_e"
    # on the circle of fifths from c: a is the third step, e the fourth
    assert (notes["key_hue"][0], notes["key_hue"][1]) == pytest.approx((3 / 12, 4 / 12), abs=0.01)
    assert notes["bass"][0] > 5 * notes["bass"][1]
    assert tone.signal("harmonic", AT([0.5, 3.0]), 0.5).sum() > 3 * tone.signal("percussive", AT([0.5, 3.0]), 0.5).sum()


def test_one_loud_moment_does_not_squash_the_rest() -> None:
    values = np.concatenate([np.linspace(0.1, 0.2, 200), [50.0]])
    found = normalised(values)
    assert found[:200].max() == pytest.approx(1.05, abs=0.02)
    assert found[200] == 2.0
    assert normalised(np.zeros(5)).tolist() == [0] * 5
    assert normalised(np.full(5, 0.3)) == pytest.approx(np.ones(5))


def test_the_table_of_signals_is_what_is_heard() -> None:
    heard = hear(np.zeros(22_050, dtype=np.float32))
    assert set(heard.signal_names) == set(SIGNALS)
    assert all(signal.values.dtype == np.float32 for signal in heard.signals.values())  # as the cache keeps them
