"""A value over seconds, at its own rate, and how it is read by the frames of a film.

A frame reads the stretch of time in which it is seen, from its own moment to the next frame's: that is the anti-alias
window, and why changing the frame rate or the start changes nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

Reading = Literal["mean", "peak", "circle"]


@dataclass(frozen=True, slots=True, eq=False)
class Signal:
    """A value at even steps of time.

    Shapes: values (n,).
    Convention: `values[i]` holds from i/rate_hz to (i+1)/rate_hz; outside it the value is 0. A reader gets the mean
        over its window; the `peak` of what comes in short blows; or, of what is a place on a `circle` from 0 to 1, the
        mean direction.
        the largest value in its window (what comes in short blows), else the mean.
    """

    values: np.ndarray
    rate_hz: float
    read_by: Reading = "mean"

    def at(self, seconds: np.ndarray, window_s: float) -> np.ndarray:
        """Return the value over [t, t + window_s) for each moment t; with a window of 0, the value at t.

        Shapes: seconds (n,) -> (n,).
        """
        start = np.asarray(seconds, dtype=float) * self.rate_hz
        width = window_s * self.rate_hz
        if width <= 0:
            return self._holding(np.floor(start + 1e-9).astype(int))
        if self.read_by == "mean":
            return _means(self.values, start, width)
        if self.read_by == "circle":
            turns = 2 * np.pi * self.values
            x, y = _means(np.cos(turns), start, width), _means(np.sin(turns), start, width)
            return np.mod(np.arctan2(y, x) / (2 * np.pi), 1)
        # a window that ends where a step begins does not touch that step, whatever rounding says
        first = np.floor(start + 1e-9).astype(int)
        last = np.maximum(np.ceil(start + width - 1e-9).astype(int), first + 1)
        found = self._holding(first)
        for offset in range(1, int((last - first).max(initial=1))):
            found = np.maximum(found, np.where(first + offset < last, self._holding(first + offset), found))
        return found

    def with_values(self, values: np.ndarray) -> Signal:
        """Return the same kind of signal with other values."""
        return replace(self, values=values)

    def _holding(self, index: np.ndarray) -> np.ndarray:
        if len(self.values) == 0:
            return np.zeros(index.shape)
        inside = (index >= 0) & (index < len(self.values))
        return np.where(inside, self.values[np.clip(index, 0, len(self.values) - 1)], 0.0).astype(float)


def _means(values: np.ndarray, start: np.ndarray, width: float) -> np.ndarray:
    sums = np.concatenate([[0.0], np.cumsum(values, dtype=float)])
    steps = np.arange(len(sums), dtype=float)
    return (np.interp(start + width, steps, sums) - np.interp(start, steps, sums)) / width
