"""Seeded chance without a generator: a number is a hash of its seed and its place, so it is the same everywhere.

Whole-number arithmetic decides, and the few float operations after it are exact or correctly rounded on any machine.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

_FAR = 2.0**52  # whole numbers beyond are no longer told apart
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def uniform(seed: Values, place: Values) -> Values:
    """Return a number from 0 to below 1 for each pair of whole numbers; parts of one are cut off.

    Shapes: seed, place () or (n,) -> the shape they broadcast to.
    Source: the finaliser of splitmix64 (Steele et al. 2014), applied to the seed and then to seed and place together.
    """
    return (_mixed(_mixed(_bits(seed)) ^ _bits(place)) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def wander(seed: Values, place: Values) -> Values:
    """Return smooth noise in -1..1 along `place`, with a chance value at each whole number.

    Shapes: seed, place () or (n,) -> the shape they broadcast to.
    Source: a uniform cubic B-spline through `uniform` values as control points: its second derivative is continuous,
        so a camera that follows it never jerks, and it cannot leave the range of its control points.
    """
    seed, place = np.broadcast_arrays(np.atleast_1d(seed), np.atleast_1d(place))
    start = np.floor(place)
    u = place - start
    points = [_control(seed, start + offset) for offset in (-1.0, 0.0, 1.0, 2.0)]
    weights = ((1 - u) ** 3, 3 * u**3 - 6 * u**2 + 4, -3 * u**3 + 3 * u**2 + 3 * u + 1, u**3)
    return sum(weight * point for weight, point in zip(weights, points, strict=True)) / 6.0  # type: ignore[return-value]


def _control(seed: Values, place: Values) -> Values:
    return 2.0 * uniform(seed, place) - 1.0


def _bits(values: Values) -> npt.NDArray[np.uint64]:
    whole = np.floor(np.clip(np.nan_to_num(np.atleast_1d(values)), -_FAR, _FAR))
    return whole.astype(np.int64).view(np.uint64)


def _mixed(bits: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    bits = bits + _GOLDEN
    bits = (bits ^ (bits >> np.uint64(30))) * _MIX_1
    bits = (bits ^ (bits >> np.uint64(27))) * _MIX_2
    return bits ^ (bits >> np.uint64(31))
