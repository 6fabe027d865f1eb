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


def drums(
    name: str, beats: np.ndarray, *, pattern: str = "rock", swing: float = 0.5, noise_db: float | None = None
) -> Made:
    """Return drums in a pattern, with a bass on the beats and a chord for each bar.

    Convention: `swing` is where the second half of a beat begins, 0.5 being even and 2/3 a triplet; `noise_db` how far
        noise lies under the song.
    """
    samples, random = _silence(beats), np.random.default_rng(7)
    rows = PATTERNS[pattern]
    meter = len(rows["hat"]) // 4
    spans = np.append(np.diff(beats), beats[-1] - beats[-2])
    for index, (beat, span) in enumerate(zip(beats, spans, strict=True)):
        place = index % meter
        for drum, row in rows.items():
            for quarter, mark in enumerate(row[4 * place : 4 * place + 4]):
                if mark != ".":
                    at = beat + span * np.interp(quarter / 4, [0, 0.5, 1], [0, swing, 1])
                    _add(samples, float(at), MARKS[mark] * DRUMS[drum](random))
        root = 55 * 2 ** ((0, 5, 7, 3)[index // meter % 4] / 12)
        _add(samples, beat, 0.15 * _note(root, span * 0.9))
        if place == 0:
            _add(samples, beat, 0.08 * _chord(root * 4, span * meter))
    if noise_db is not None:
        level = np.sqrt((samples**2).mean()) * 10 ** (-noise_db / 20)
        samples += (level * random.standard_normal(len(samples))).astype(np.float32)
    return Made(name, samples, beats, beats[::meter])


def keys(name: str, beats: np.ndarray, *, halves: bool = False) -> Made:
    """Return a piano alone, four beats to a bar: a chord on each beat, or broken chords in half beats over a bass."""
    samples = _silence(beats)
    spans = np.append(np.diff(beats), beats[-1] - beats[-2])
    for index, (beat, span) in enumerate(zip(beats, spans, strict=True)):
        root = 110 * 2 ** ((0, 9, 5, 7)[index // 4 % 4] / 12)
        loud = 1.4 if index % 4 == 0 else 1.0
        notes = [(0.0, k) for k in (0, 4, 7)] if not halves else [(0.0, (0, 7)[index % 2]), (0.5, (4, 12)[index % 2])]
        for at, k in notes:
            _add(samples, beat + at * span, (0.08 * loud if at == 0 else 0.05) * _note(2 * root * 2 ** (k / 12), span))
        if index % 2 == 0:
            _add(samples, beat, 0.12 * loud * _note(root / 2, 2 * span))
    return Made(name, samples, beats, beats[::4])


def shaken(beats: np.ndarray, deviation_s: float) -> np.ndarray:
    """Return beats as people play them, each a little early or late."""
    return beats + np.random.default_rng(3).normal(0, deviation_s, len(beats))


def catalogue(seconds: float = 40.0) -> tuple[Made, ...]:
    """Return one song for each thing that makes beats hard to find."""
    constant = [drums(f"rock {bpm}", even(bpm, seconds)) for bpm in (70, 85, 100, 120, 140, 160, 180)]
    bare = [clicks(f"clicks {bpm}", even(bpm, seconds)) for bpm in (70, 97, 120, 150, 180)]
    return (
        *constant,
        *bare,
        drums("four on the floor 128", even(128, seconds), pattern="floor"),
        drums("broken beat 90", even(90, seconds), pattern="broken"),
        drums("broken beat 172", even(172, seconds), pattern="broken"),
        keys("piano chords 76", even(76, seconds)),
        keys("piano, broken chords 100", even(100, seconds), halves=True),
        drums("waltz 90", even(90, seconds), pattern="waltz"),
        drums("waltz 150", even(150, seconds), pattern="waltz"),
        clicks("waltz clicks 120", even(120, seconds), meter=3),
        drums("swing 110", even(110, seconds), swing=2 / 3),
        drums("swing 150", even(150, seconds), swing=2 / 3),
        drums("played by hand 112", shaken(even(112, seconds), 0.012)),
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


def _kick(random: np.random.Generator) -> np.ndarray:
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


DRUMS = {"kick": _kick, "snare": _snare, "hat": _hat}
MARKS = {"X": 0.9, "x": 0.6, "o": 0.2, "-": 0.1}  # how hard it is hit
PATTERNS = {  # a letter for a quarter of a beat, a row for a bar
    "rock": {"kick": "X.......x.......", "snare": "....x.......x...", "hat": "-.-.-.-.-.-.-.-."},
    "floor": {"kick": "X...x...x...x...", "snare": "....o.......o...", "hat": "..o...o...o...o."},
    "broken": {"kick": "X.........x.....", "snare": "....x..o....x..o", "hat": "-.-.-.-.-.-.-.-."},
    "waltz": {"kick": "X...........", "snare": "....o...o...", "hat": "-.-.-.-.-.-."},
}
