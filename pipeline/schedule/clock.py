"""Know what time it is: times as people write them become frames, and frames become what expressions may ask for.

All times are relative to the shot; `film_t` and `film_sec` count through the whole film. Seconds and beats go to the
nearest frame, halves upwards, computed in exact fractions so that no platform rounds otherwise.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import NoReturn

import numpy as np

from .fields import describe
from .progress import N_LEVELS
from .rate import exact_rate
from .source import Scalar, refuse

MAX_FRAMES = 100_000
DECIMAL = r"(\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})"
FRAME = re.compile(r"\d{1,12}", re.ASCII)
SPAN = re.compile(DECIMAL + r"\s*(s|ms|f|bars|b)", re.ASCII)
MINUTES = re.compile(r"(\d{1,6}):(\d{1,2}(?:\.\d{0,9})?)", re.ASCII)
BAR = re.compile(r"bar\s+" + DECIMAL, re.ASCII)
FORMS = "write a frame (12), seconds (2.5s), minutes (0:12.5), beats (4b) or a bar (bar 17)"
NEEDS_BPM = frozenset({"beat", "bar", "bpm"})


@dataclass(frozen=True, slots=True)
class Tempo:
    """Frames per second, and beats per minute where the film has any."""

    fps: float
    bpm: float | None
    beats_per_bar: float

    def time(self, text: Scalar) -> Fraction | None:
        """Return a time in frames and parts of them, or None for text that is no time at all."""
        found = self._frames(text)
        if found is not None and found > 10 * MAX_FRAMES:
            refuse(text.mark, f"the time is too far away ({describe(text)})", f"stay within {MAX_FRAMES} frames")
        return found

    def _frames(self, text: Scalar) -> Fraction | None:
        if FRAME.fullmatch(text.text):
            return Fraction(int(text.text))
        if match := SPAN.fullmatch(text.text):
            return Fraction(match[1]) * self._frames_in(match[2], text)
        if match := MINUTES.fullmatch(text.text):
            if Fraction(match[2]) >= 60:
                refuse(text.mark, f"a minute has 60 seconds ({describe(text)})", "carry the rest into the minutes")
            return (int(match[1]) * 60 + Fraction(match[2])) * self._frames_in("s", text)
        if match := BAR.fullmatch(text.text):
            bars = Fraction(match[1]) - 1
            if bars < 0:
                refuse(text.mark, f"bars count from 1 ({describe(text)})", "write 'bar 1' for the beginning")
            return bars * self._frames_in("bars", text)
        if re.fullmatch(DECIMAL, text.text, re.ASCII):
            refuse(text.mark, f"frames are whole ({describe(text)})", f"write '{text.text}s' for seconds")
        return None

    @property
    def spans(self) -> dict[str, float]:
        """Frames in each unit of time that may stand behind a number; beats only where there is a tempo."""
        return {unit: float(frames) for unit, frames in _exact_spans(self).items()}

    def _frames_in(self, unit: str, text: Scalar) -> Fraction:
        found = _exact_spans(self).get(unit)
        if found is None:
            refuse(text.mark, "beats and bars need a tempo", "add 'bpm: 120' at the top of the file")
        return found


@cache
def _exact_spans(tempo: Tempo) -> dict[str, Fraction]:
    fps = exact_rate(tempo.fps)
    known = {"f": Fraction(1), "s": fps, "ms": fps / 1000}
    if tempo.bpm is not None:
        beat = fps * 60 / Fraction(repr(tempo.bpm))
        known |= {"b": beat, "bars": beat * Fraction(repr(tempo.beats_per_bar))}
    return known


def nearest_frame(time: float | Fraction) -> int:
    """Return the frame nearest to a time, halves upwards; what floats lost of a half is given back."""
    return math.floor(time + Fraction(1, 2)) if isinstance(time, Fraction) else math.floor(time + 0.5 + 1e-9)


def refuse_time(text: Scalar) -> NoReturn:
    """Complain about text that is no time."""
    torn = "; an expression with a comma in it needs quotes" if ")" in text.text else ""
    refuse(text.mark, f"not a time ({describe(text)})", FORMS + torn)


@dataclass(frozen=True, slots=True)
class Clock:
    """The time of one shot: its tempo, length and seed, and the film's frame at which it starts."""

    tempo: Tempo
    frames: int
    seed: int
    start: int = 0
    shot: str = ""

    @property
    def where(self) -> str:
        """What follows 'frame 12' in messages of a film with several shots."""
        return f" of shot '{self.shot}'" if self.shot else ""

    def variables(self, names: Collection[str], t: np.ndarray, n: np.ndarray | None = None) -> dict[str, np.ndarray]:
        """Return the values of names at frames `t`, and at entries `n` of the 1000-long schedule.

        Shapes: t, n (points,) -> each (points,) or ().
        """
        tempo, fps = self.tempo, float(exact_rate(self.tempo.fps))
        beats_per_frame = (tempo.bpm or 0.0) / 60 / fps
        found = {
            "t": lambda: t,
            "sec": lambda: t / fps,
            "beat": lambda: t * beats_per_frame,
            "bar": lambda: t * (beats_per_frame / tempo.beats_per_bar),
            "film_t": lambda: t + self.start,
            "film_sec": lambda: (t + self.start) / fps,
            "max_f": lambda: self.frames - 1,
            "frames": lambda: self.frames,
            "fps": lambda: tempo.fps,
            "bpm": lambda: tempo.bpm,
            "seed": lambda: self.seed,
            "pi": lambda: math.pi,
            "e": lambda: math.e,
            "p": lambda: np.zeros(1) if n is None else n / (N_LEVELS - 1),
        }
        return {name: np.asarray(found[name](), dtype=np.float64) for name in names}
