"""A natural cubic spline through keys: the smoothest curve, in the sense of least bending, that meets them all.

The values may be arrays, one for each level of the denoising; the spline is made for all of them at once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]


def bends(places: Sequence[float], values: Values) -> Values:
    """Return the second derivatives at `places`, ascending, of the spline through `values`.

    Shapes: values (k, m) -> (k, m).
    Source: natural boundary: no bend at the first and the last key; de Boor, A Practical Guide to Splines, ch. IV. The
        equations have three diagonals, so they are solved forwards and backwards in time that grows with k alone.
    """
    bent = np.zeros_like(values, dtype=np.float64)
    shares = [0.0] * len(places)
    for i in range(1, len(places) - 1):
        before, after = places[i] - places[i - 1], places[i + 1] - places[i]
        turn = (values[i + 1] - values[i]) / after - (values[i] - values[i - 1]) / before
        pivot = 2 * (before + after) - before * shares[i - 1]
        shares[i] = after / pivot
        bent[i] = (6 * turn - before * bent[i - 1]) / pivot
    for i in range(len(places) - 2, 0, -1):
        bent[i] -= shares[i] * bent[i + 1]
    return bent


class Spline:
    """A spline through keys, for one level of the denoising or for each of several.

    Shapes: values (keys, levels), levels ascending, or None where there is one for all.
    """

    def __init__(self, frames: Sequence[int], values: Values, levels: npt.NDArray[np.int64] | None = None) -> None:
        self.frames, self.values, self.levels = frames, values, levels
        self.bent = bends(frames, values)

    def sample(self, start: int, t: Values, n: npt.NDArray[np.int64] | None = None) -> Values:
        """Return the values at frames `t` from the key at `start` to the next, and at levels `n`.

        Shapes: t, n (points,) -> (points,).
        """
        i = bisect_right(self.frames, start) - 1
        span = self.frames[i + 1] - start
        level = 0 if self.levels is None or n is None else np.searchsorted(self.levels, n)
        u = (t - start) / span
        v = 1 - u
        straight = v * self.values[i, level] + u * self.values[i + 1, level]
        bent = (v**3 - v) * self.bent[i, level] + (u**3 - u) * self.bent[i + 1, level]
        return straight + span**2 / 6 * bent
