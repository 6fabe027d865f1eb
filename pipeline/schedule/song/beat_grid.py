"""The beats of a film's music, counted in frames of the film: the tempo may change all the time.

Beats and bars are the song's own, so `bar 17` is the one that `pipeline listen` calls so, in whichever shot it comes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ...listen import TempoMap

BEAT, BAR = "b", "bars"
DECIMALS = 6
"""What is read from music is rounded to so many, so that machines which add up in another order agree."""


@dataclass(frozen=True, slots=True, eq=False)
class BeatGrid:
    """A song's tempo map and where the film's frames lie in the song: frame f at second f/fps + `ahead_s`."""

    tempo: TempoMap
    fps: float
    ahead_s: float

    @property
    def bpm(self) -> float:
        """The tempo in the middle of all."""
        return round(self.tempo.bpm, DECIMALS)

    def number(self, unit: str, frames: np.ndarray) -> np.ndarray:
        """Return the fractional beat or bar, from 0, at frames of the film.

        Shapes: (n,) -> (n,).
        """
        seconds = np.asarray(frames, dtype=float) / self.fps + self.ahead_s
        found = self.tempo.beat_at(seconds) if unit == BEAT else self.tempo.bar_at(seconds)
        return np.round(found, DECIMALS)

    def frame(self, unit: str, number: np.ndarray | float) -> np.ndarray:
        """Return the fractional frame of the film at which a beat or bar, from 0, comes."""
        wanted = np.asarray(number, dtype=float)
        beats = wanted if unit == BEAT else self.tempo.beat_of_bar(wanted)
        return np.round((self.tempo.time_of(beats) - self.ahead_s) * self.fps, DECIMALS)

    def later(self, frame: float, *, beats: float = 0.0, bars: float = 0.0) -> float:
        """Return the frame so many bars and then beats after another, wherever in a beat that lies."""
        for unit, count in ((BAR, bars), (BEAT, beats)):
            if count:
                frame = float(self.frame(unit, self.number(unit, np.array([frame]))[0] + count))
        return frame


@dataclass(frozen=True, slots=True)
class EvenBeats:
    """Beats of a tempo that is written down: they begin with the shot and never change. Frames are the shot's."""

    spans: dict[str, float]

    def number(self, unit: str, frames: np.ndarray) -> np.ndarray:
        """Return the fractional beat or bar at frames; as `BeatGrid`."""
        return np.asarray(frames, dtype=float) / self.spans[unit]

    def frame(self, unit: str, number: np.ndarray | float) -> np.ndarray:
        """Return the frame at which a beat or bar comes; as `BeatGrid`."""
        return np.asarray(number, dtype=float) * self.spans[unit]


def grid_moments(
    grid: BeatGrid | EvenBeats,
    unit: str,
    step: float,
    span: tuple[float, float],
    *,
    most: int,
    origin: float | None = None,
) -> np.ndarray | None:
    """Return the frames of every `step`-th beat or bar, from the one before the span of frames to the one behind it.

    Convention: they are counted from the beginning of the song, or from the frame `origin`; None where they are more
        than `most`.
    """
    low, high = (float(grid.number(unit, np.array([at]))[0]) for at in span)
    zero = 0.0 if origin is None else float(grid.number(unit, np.array([origin]))[0])
    start, end = np.floor((low - zero) / step + 1e-6), np.ceil((high - zero) / step - 1e-6) + 1
    if not end - start <= most:
        return None
    return grid.frame(unit, zero + np.arange(start, end + 1) * step)
