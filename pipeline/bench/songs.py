"""Songs whose beats are known, because they are written down before they are played: drums and chords in numpy.

They are no music: each has one thing in it that makes beats hard to find.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RATE_HZ = 22_050


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A song and what is true of it.

    Shapes: samples float32 (n,), at RATE_HZ; beats (k,), downbeats (m,) seconds.
    """

    name: str
    samples: np.ndarray
    beats: np.ndarray
    downbeats: np.ndarray


def even(bpm: float, seconds: float, *, start_s: float = 0.4) -> np.ndarray:
    """Return beats at one tempo."""
    return np.arange(start_s, seconds, 60 / bpm)


def speeding(from_bpm: float, to_bpm: float, seconds: float, *, start_s: float = 0.4) -> np.ndarray:
    """Return beats whose tempo changes evenly in time."""
    rise = (to_bpm - from_bpm) / seconds
    count = int((from_bpm + to_bpm) / 120 * (seconds - start_s))
    # the beat number at t is the integral of the tempo: from_bpm*t + rise*t*t/2 = 60 n
    n = np.arange(count)
    if rise == 0:
        return start_s + n * 60 / from_bpm
    return start_s + (-from_bpm + np.sqrt(from_bpm**2 + 120 * rise * n)) / rise


def clicks(name: str, beats: np.ndarray, *, meter: int = 4, accent: float = 2.0) -> Made:
    """Return bare clicks, the first of each bar louder."""
    samples = _silence(beats)
    for index, beat in enumerate(beats):
        _add(samples, beat, (accent if index % meter == 0 else 1.0) * 0.3 * _click())
    return Made(name, samples, beats, beats[::meter])


def drums(name: str, beats: np.ndarray, *, meter: int = 4, swing: float = 0.5, noise_db: float | None = None) -> Made:
    """Return drums with a bass: kick and snare in turn (a waltz: kick, snare, snare), hats between, chords by the bar.

    Convention: `swing` is where the second hat of a beat comes, 0.5 being half-way and 2/3 a triplet; `noise_db` how
        far noise lies under the song.
    """
    samples, random = _silence(beats), np.random.default_rng(7)
    spans = np.append(np.diff(beats), beats[-1] - beats[-2])
    for index, (beat, span) in enumerate(zip(beats, spans, strict=True)):
        place = index % meter
        is_kick = place in ((0,) if meter == 3 else (0, 2))
        _add(samples, beat, (0.9 if place == 0 else 0.6) * _kick() if is_kick else 0.4 * _snare(random))
        for at in (0.0, swing):
            _add(samples, beat + at * span, 0.1 * _hat(random))
        root = 55 * 2 ** ((0, 5, 7, 3)[index // meter % 4] / 12)
        _add(samples, beat, 0.15 * _note(root, span * 0.9))
        if place == 0:
            _add(samples, beat, 0.08 * _chord(root * 4, span * meter))
    if noise_db is not None:
        level = np.sqrt((samples**2).mean()) * 10 ** (-noise_db / 20)
        samples += (level * random.standard_normal(len(samples))).astype(np.float32)
    return Made(name, samples, beats, beats[::meter])


def catalogue(seconds: float = 40.0) -> tuple[Made, ...]:
    """Return one song for each thing that makes beats hard to find."""
    constant = [drums(f"drums {bpm}", even(bpm, seconds)) for bpm in (70, 85, 100, 120, 128, 140, 160, 180)]
    bare = [clicks(f"clicks {bpm}", even(bpm, seconds)) for bpm in (70, 97, 120, 150, 180)]
    return (
        *constant,
        *bare,
        drums("waltz 90", even(90, seconds), meter=3),
        drums("waltz 150", even(150, seconds), meter=3),
        clicks("waltz clicks 120", even(120, seconds), meter=3),
        drums("swing 110", even(110, seconds), swing=2 / 3),
        drums("swing 150", even(150, seconds), swing=2 / 3),
        drums("silent intro 120", even(120, seconds, start_s=9.3)),
        drums("noise at 10 dB 120", even(120, seconds), noise_db=10),
        drums("noise at 10 dB 95", even(95, seconds), noise_db=10),
        drums("changing 100 to 140", speeding(100, 140, seconds)),
        drums("changing 140 to 100", speeding(140, 100, seconds)),
        clicks("changing clicks 100 to 140", speeding(100, 140, seconds)),
    )


def join(name: str, parts: Sequence[Made]) -> Made:
    """Return songs one after another, each beginning where the one before ends."""
    starts = np.cumsum([0.0, *(len(part.samples) / RATE_HZ for part in parts)])[:-1]
    samples = np.concatenate([part.samples for part in parts])
    beats = np.concatenate([part.beats + start for part, start in zip(parts, starts, strict=True)])
    downbeats = np.concatenate([part.downbeats + start for part, start in zip(parts, starts, strict=True)])
    return Made(name, samples, beats, downbeats)


def _silence(beats: np.ndarray) -> np.ndarray:
    last = float(beats[-1] + (beats[-1] - beats[-2]))
    return np.zeros(round(last * RATE_HZ), dtype=np.float32)


def _add(samples: np.ndarray, at_s: float, sound: np.ndarray) -> None:
    start = round(at_s * RATE_HZ)
    end = min(start + len(sound), len(samples))
    if end > start:
        samples[start:end] += sound[: end - start]


def _time(seconds: float) -> np.ndarray:
    return np.arange(int(seconds * RATE_HZ)) / RATE_HZ


def _click() -> np.ndarray:
    t = _time(0.03)
    return (np.sin(2 * np.pi * 1500 * t) * np.exp(-t / 0.006)).astype(np.float32)


def _kick() -> np.ndarray:
    t = _time(0.25)
    return (np.sin(2 * np.pi * (50 * t + 4 * (1 - np.exp(-t / 0.02)))) * np.exp(-t / 0.07)).astype(np.float32)


def _snare(random: np.random.Generator) -> np.ndarray:
    t = _time(0.18)
    body = 0.5 * np.sin(2 * np.pi * 190 * t) * np.exp(-t / 0.05)
    return (body + random.standard_normal(len(t)) * np.exp(-t / 0.045) * 0.6).astype(np.float32)


def _hat(random: np.random.Generator) -> np.ndarray:
    t = _time(0.05)
    hiss = np.diff(random.standard_normal(len(t)), prepend=0.0)
    return (hiss * np.exp(-t / 0.012)).astype(np.float32)


def _note(hz: float, seconds: float) -> np.ndarray:
    t = _time(seconds)
    shape = np.minimum(t / 0.01, 1) * np.exp(-t / 0.4)
    return (sum(np.sin(2 * np.pi * hz * k * t) / k for k in (1, 2, 3)) * shape).astype(np.float32)


def _chord(hz: float, seconds: float) -> np.ndarray:
    t = _time(seconds)
    shape = np.minimum(t / 0.02, 1) * np.minimum((seconds - t) / 0.05, 1)
    return (sum(np.sin(2 * np.pi * hz * 2 ** (k / 12) * t) for k in (0, 4, 7)) * shape).astype(np.float32)
