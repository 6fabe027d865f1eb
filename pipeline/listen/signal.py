"""A value over seconds, at its own rate, and how it is read by the frames of a film.

A frame reads the stretch of time in which it is seen, from its own moment to the next frame's: that is the anti-alias
window, and why changing the frame rate or the start changes nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Reading = Literal["mean", "peak", "circle"]


@dataclass(frozen=True, slots=True, eq=False)
class Signal:
    """A value at even steps of time.

    Shapes: values (n,).
    Convention: `values[i]` holds from i/rate_hz to (i+1)/rate_hz; outside it the value is 0, but one that `lasts` keeps
        its first and last. A reader gets the mean over its window; the `peak` of what comes in short blows; or, of what
        is a place on a `circle` from 0 to 1, the mean direction.
    """

    values: np.ndarray
    rate_hz: float
    read_by: Reading = "mean"
    lasts: bool = False

    def at(self, seconds: np.ndarray, window_s: float) -> np.ndarray:
        """Return the value over [t, t + window_s) for each moment t; with a window of 0, the value at t.

        Shapes: seconds (n,) -> (n,).
        """
        start = np.asarray(seconds, dtype=float) * self.rate_hz
        width = window_s * self.rate_hz
        if width <= 0 or len(self.values) == 0:
            return self._holding(_floor(start))
        if self.read_by == "mean":
            return self._means(self.values, start, width)
        if self.read_by == "circle":
            turns = 2 * np.pi * self.values
            x, y = self._means(np.cos(turns), start, width), self._means(np.sin(turns), start, width)
            return np.mod(np.arctan2(y, x) / (2 * np.pi), 1)
        return self._peaks(_floor(start), _floor(start + width - 1e-6) + 1)

    def _means(self, values: np.ndarray, start: np.ndarray, width: float) -> np.ndarray:
        sums = np.concatenate([[0.0], np.cumsum(values, dtype=float)])
        steps = np.arange(len(sums), dtype=float)
        end = start + width
        found = np.interp(end, steps, sums) - np.interp(start, steps, sums)
        if self.lasts:
            n = len(values)
            found += values[0] * (np.minimum(end, 0) - np.minimum(start, 0))
            found += values[-1] * (np.maximum(end, n) - np.maximum(start, n))
        return found / width

    def _peaks(self, first: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Return the largest value from step `first` up to, not including, `end`."""
        found = self._holding(first)
        for offset in range(1, int((end - first).max(initial=1))):
            found = np.where(first + offset < end, np.maximum(found, self._holding(first + offset)), found)
        return found

    def _holding(self, index: np.ndarray) -> np.ndarray:
        if len(self.values) == 0:
            return np.zeros(index.shape)
        held = self.values[np.clip(index, 0, len(self.values) - 1)].astype(float)
        inside = (index >= 0) & (index < len(self.values))
        return held if self.lasts else np.where(inside, held, 0.0)


def _floor(steps: np.ndarray) -> np.ndarray:
    """Return the step in which a moment lies; one that rounding put just before a step lies in it."""
    return np.floor(steps + 1e-6).astype(int)
