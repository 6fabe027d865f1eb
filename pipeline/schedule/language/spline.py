"""A natural cubic spline through keys: the smoothest curve, in the sense of least bending, that meets them all.

The values may be arrays, one for each point of the denoising; the spline is linear in them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]


def bends(places: Sequence[float]) -> Values:
    """Return the matrix that turns the values at `places`, ascending, into second derivatives there.

    Shapes: (k, k).
    Source: natural boundary: no bend at the first and the last key; de Boor, A Practical Guide to Splines, ch. IV.
    """
    k = len(places)
    h = np.diff(np.asarray(places, dtype=np.float64))
    left, right = np.eye(k), np.zeros((k, k))
    for i in range(1, k - 1):
        left[i, i - 1 : i + 2] = h[i - 1], 2 * (h[i - 1] + h[i]), h[i]
        right[i, i - 1 : i + 2] = 6 / h[i - 1], -6 / h[i - 1] - 6 / h[i], 6 / h[i]
    return np.asarray(np.linalg.solve(left, right), dtype=np.float64)


def between(u: Values, span: float, ends: tuple[Values, Values], bent: tuple[Values, Values]) -> Values:
    """Return the values at shares `u` of the way between two keys `span` apart.

    Shapes: u, ends, bent (n,) -> (n,).
    """
    v = 1 - u
    straight = v * ends[0] + u * ends[1]
    return straight + span**2 / 6 * ((v**3 - v) * bent[0] + (u**3 - u) * bent[1])
