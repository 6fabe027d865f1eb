"""Know what time it is: times as people write them become frames, and frames become what expressions may ask for.

All times are relative to the shot; `film_t` and `film_sec` count through the whole film. Seconds and beats go to the
nearest frame, halves upwards, computed in exact fractions so that no platform rounds otherwise. Beats are even where
the file says how many come in a minute; else they are those of the film's music, whose tempo may change.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from .fields import describe
from .language.vocabulary import NO_TEMPO
from .progress import N_LEVELS
from .rate import exact_rate
from .song.beat_grid import BAR, BEAT, BeatGrid, EvenBeats, grid_moments
from .source import Scalar, refuse

if TYPE_CHECKING:
    from .song.film_song import FilmSong

MAX_FRAMES = 100_000
DECIMAL = r"(\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})"
FRAME = re.compile(r"\d{1,12}", re.ASCII)
SPAN = re.compile(DECIMAL + r"\s*(s|ms|f|bars|b)", re.ASCII)
MINUTES = re.compile(r"(\d{1,6}):(\d{1,2}(?:\.\d{0,9})?)", re.ASCII)
PLACE = re.compile(r"(bar|beat)\s+" + DECIMAL, re.ASCII)
UNIT_OF = {"bar": BAR, "beat": BEAT}
FORMS = "write a frame (12), seconds (2.5s), minutes (0:12.5), beats (4b) or a bar (bar 17)"
NEEDS_BPM = frozenset({"beat", "bar", "phase", "bpm"})


@dataclass(frozen=True, slots=True)
class Tempo:
    """Frames per second, and beats per minute where the film has any; else the music whose beats it follows."""

    fps: float
    bpm: float | None
    beats_per_bar: float
    song: FilmSong | None = None

    @property
    def has_beats(self) -> bool:
        """Whether there is anything to count beats by."""
        return self.bpm is not None or self.song is not None

    @property
    def grid(self) -> BeatGrid | None:
        """The beats of the music, where those count.

        Raises: KeyframeError where none are heard.
        """
        return self.song.grid if self.song is not None and self.bpm is None else None

    @property
    def beats_a_minute(self) -> float | None:
        """The tempo that is written down, or the music's in the middle of all."""
        return self.bpm if self.bpm is not None else self.song.grid.bpm if self.song is not None else None

    @property
    def heard_bpm(self) -> float | None:
        """As `beats_a_minute`, without listening for it."""
        return self.bpm if self.bpm is not None else self.heard_grid.bpm if self.heard_grid else None

    @property
    def heard_grid(self) -> BeatGrid | None:
        """As `grid`, without listening for it."""
        return self.song.known_grid if self.song is not None and self.bpm is None else None

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
        if match := PLACE.fullmatch(text.text):
            count = Fraction(match[2]) - 1
            if count < 0:
                word = match[1]
                refuse(text.mark, f"{word}s count from 1 ({describe(text)})", f"write '{word} 1' for the beginning")
            return count * self._frames_in(UNIT_OF[match[1]], text)
        if re.fullmatch(DECIMAL, text.text, re.ASCII):
            refuse(text.mark, f"frames are whole ({describe(text)})", f"write '{text.text}s' for seconds")
        return None

    @property
    def spans(self) -> Spans:
        """Frames in each unit of time that may stand behind a number; beats only where there is a tempo."""
        return Spans(self)

    def frames_in(self, unit: str) -> Fraction:
        """Return the frames in a unit of time; with music to follow, in a beat or bar of its middle tempo."""
        if unit not in (BEAT, BAR):
            return _of_time(self.fps)[unit]
        bpm, per_bar = self.beats_a_minute, self.beats_per_bar
        if self.grid is not None:
            per_bar = float(self.grid.tempo.beats_per_bar)
        assert bpm is not None
        return _of_music(self.fps, bpm, per_bar)[unit]

    def _frames_in(self, unit: str, text: Scalar) -> Fraction:
        if unit not in self.spans:
            refuse(text.mark, "beats and bars need a tempo", NO_TEMPO)
        return self.frames_in(unit)


class Spans(Mapping[str, float]):
    """The frames in each unit of time; those of beats are found when they are asked for, since music may say them."""

    def __init__(self, tempo: Tempo) -> None:
        self.tempo = tempo

    @property
    def units(self) -> tuple[str, ...]:
        """The units that are known."""
        return ("f", "s", "ms", *((BEAT, BAR) if self.tempo.has_beats else ()))

    def __iter__(self) -> Iterator[str]:
        return iter(self.units)

    def __len__(self) -> int:
        return len(self.units)

    def __contains__(self, unit: object) -> bool:
        return unit in self.units

    def __getitem__(self, unit: str) -> float:
        if unit not in self:
            raise KeyError(unit)
        return float(self.tempo.frames_in(unit))


@cache
def _of_time(fps: float) -> dict[str, Fraction]:
    exact = exact_rate(fps)
    return {"f": Fraction(1), "s": exact, "ms": exact / 1000}


@cache
def _of_music(fps: float, bpm: float, beats_per_bar: float) -> dict[str, Fraction]:
    beat = exact_rate(fps) * 60 / Fraction(repr(bpm))
    return {BEAT: beat, BAR: beat * Fraction(repr(beats_per_bar))}


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
        found = {
            "t": lambda: t,
            "sec": lambda: t / fps,
            "beat": lambda: self._count(BEAT, t),
            "bar": lambda: self._count(BAR, t),
            "phase": lambda: self._count(BEAT, t) % 1,
            "film_t": lambda: t + self.start,
            "film_sec": lambda: (t + self.start) / fps,
            "max_f": lambda: self.frames - 1,
            "frames": lambda: self.frames,
            "fps": lambda: tempo.fps,
            "bpm": lambda: tempo.beats_a_minute,
            "seed": lambda: self.seed,
            "pi": lambda: math.pi,
            "e": lambda: math.e,
            "p": lambda: np.zeros(1) if n is None else n / (N_LEVELS - 1),
        }
        return {name: np.asarray(found[name](), dtype=np.float64) for name in names}

    def _count(self, unit: str, t: np.ndarray) -> np.ndarray:
        """Return the fractional beat or bar at frames `t`: of the shot by a written tempo, else of the song."""
        if self.tempo.grid is not None:
            return self.tempo.grid.number(unit, t + self.start)
        beats = (self.tempo.bpm or 0.0) / 60 / float(exact_rate(self.tempo.fps))
        return t * (beats if unit == BEAT else beats / self.tempo.beats_per_bar)

    # --- places on the song's beats ----------------------------------------------------------------------------------

    def time(self, text: Scalar) -> float | Fraction | None:
        """Return a time in frames of the shot, or None for text that is no time at all; as `Tempo.time`, and song."""
        grid = self.tempo.grid if _is_musical(text.text) else None
        if grid is None:
            return self.tempo.time(text)
        self.tempo.time(text)  # which says what is wrong with it
        if match := PLACE.fullmatch(text.text):
            return self.place(match[1], float(match[2]))
        match = SPAN.fullmatch(text.text)
        assert match is not None
        count = float(match[1])
        return self.later(0.0, **({"beats": count} if match[2] == BEAT else {"bars": count}))

    def place(self, word: str, number: float) -> float:
        """Return the frame of the shot at which a song's bar or beat comes, counted from 1."""
        assert self.tempo.grid is not None
        return float(self.tempo.grid.frame(UNIT_OF[word], number - 1)) - self.start

    def later(self, frame: float, *, beats: float = 0.0, bars: float = 0.0) -> float:
        """Return the frame so many bars and beats of the song after a frame of the shot."""
        assert self.tempo.grid is not None
        return self.tempo.grid.later(frame + self.start, beats=beats, bars=bars) - self.start

    def beats_around(
        self, unit: str, step: float, *, most: int, counted_from: float | None = None
    ) -> np.ndarray | None:
        """Return the frames of every `step`-th beat or bar, from before the shot to behind it; None for too many.

        Convention: those whose number is a multiple of `step`, or counted from a frame of the shot.
        """
        grid, start = self.tempo.grid, float(self.start)
        beats: BeatGrid | EvenBeats
        if grid is None:
            beats, start = EvenBeats({BEAT: self.tempo.spans[BEAT], BAR: self.tempo.spans[BAR]}), 0.0
        else:
            beats = grid
        origin = None if counted_from is None else counted_from + start
        found = grid_moments(beats, unit, step, (start, start + max(self.frames, 1)), most=most, origin=origin)
        return None if found is None else found - start


def _is_musical(text: str) -> bool:
    found = SPAN.fullmatch(text)
    return bool(PLACE.fullmatch(text) or (found and found[2] in (BEAT, BAR)))
