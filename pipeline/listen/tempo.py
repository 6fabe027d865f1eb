"""When the beats are, and which beat it is at any moment, for a tempo that may change all the time.

Between beats time runs evenly; before the first and after the last it goes on at the tempo there, so that a beat number
is known at every second, also a negative one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_AROUND = 4  # beats on either side whose mean interval is the tempo of a moment


@dataclass(frozen=True, slots=True, eq=False)
class TempoMap:
    """The beats of a song and which of them begin a bar.

    Shapes: beats (n,) seconds, rising; bar_starts (m,) indices into beats, rising.
    Convention: `beats_per_bar` is the usual number of beats in a bar; corrected by hand, some bars may have others.
        With fewer than two beats there is no tempo: `is_known` is false, and every moment is beat 0 at 0 bpm.
    """

    beats: np.ndarray
    bar_starts: np.ndarray
    beats_per_bar: int

    @property
    def is_known(self) -> bool:
        """Whether there are beats enough for a tempo."""
        return len(self.beats) > 1

    @property
    def downbeats(self) -> np.ndarray:
        """The seconds at which bars begin."""
        return self.beats[self.bar_starts]

    @property
    def bpm(self) -> float:
        """The tempo in the middle of all: the median of the tempo around each beat; 0 where there is none."""
        return float(np.median(self.bpm_at(self.beats))) if self.is_known else 0.0

    def beat_at(self, seconds: np.ndarray) -> np.ndarray:
        """Return the fractional beat number of each moment, 0 at the first beat.

        Shapes: seconds (n,) -> (n,).
        """
        return _along(np.asarray(seconds, dtype=float), self.beats, np.arange(len(self.beats), dtype=float))

    def bar_at(self, seconds: np.ndarray) -> np.ndarray:
        """Return the fractional bar number of each moment, 0 at the first downbeat; beats inside a bar are even.

        Shapes: seconds (n,) -> (n,).
        """
        beats = self.beat_at(seconds)
        if len(self.bar_starts) == 0:
            return beats / self.beats_per_bar
        knots = self._bar_knots()
        return _along(beats, knots, np.arange(-1.0, len(knots) - 1))

    def beat_of_bar(self, bar: np.ndarray | float) -> np.ndarray:
        """Return the fractional beat number at which a fractional bar number is reached: `bar_at` the other way."""
        wanted = np.asarray(bar, dtype=float)
        if len(self.bar_starts) == 0:
            return wanted * self.beats_per_bar
        knots = self._bar_knots()
        return _along(wanted, np.arange(-1.0, len(knots) - 1), knots)

    def _bar_knots(self) -> np.ndarray:
        """Return the beats at which bars begin, from the one before the first to the one after the last."""
        starts, usual = self.bar_starts.astype(float), float(self.beats_per_bar)
        return np.concatenate([[starts[0] - usual], starts, [starts[-1] + usual]])

    def time_of(self, beat: np.ndarray | float) -> np.ndarray:
        """Return the seconds at which a fractional beat number is reached; nan where there is no tempo."""
        wanted = np.asarray(beat, dtype=float)
        if not self.is_known:
            return np.full(wanted.shape, np.nan)
        return _along(wanted, np.arange(len(self.beats), dtype=float), self.beats)

    def bpm_at(self, seconds: np.ndarray) -> np.ndarray:
        """Return the tempo around each moment, in beats a minute, over four beats to either side.

        Shapes: seconds (n,) -> (n,).
        """
        moments = np.asarray(seconds, dtype=float)
        if not self.is_known:
            return np.zeros(moments.shape)
        sums = np.concatenate([[0.0], np.cumsum(self._intervals())])
        middle = np.arange(len(sums) - 1)
        low, high = np.maximum(middle - _AROUND, 0), np.minimum(middle + _AROUND + 1, len(sums) - 1)
        bpm = 60 * (high - low) / (sums[high] - sums[low])
        return np.interp(moments, (self.beats[1:] + self.beats[:-1]) / 2, bpm)

    def _intervals(self) -> np.ndarray:
        return np.diff(self.beats)


def _along(at: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Interpolate straight between points, and go straight on outside them; zeros where there is no line."""
    if len(x) < 2:
        return np.zeros(at.shape)
    piece = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(x) - 2)
    return y[piece] + (at - x[piece]) * (y[piece + 1] - y[piece]) / (x[piece + 1] - x[piece])
