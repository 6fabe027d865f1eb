"""The picture half-way between two: both moved along what is seen in both.

Vectors count only where the way there and the way back agree; elsewhere the two pictures show different things, and
nothing moves.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from ..motion.field import Pixels, Vectors, looked_up, places
from ..motion.search import between, greys

Field = npt.NDArray[np.float64]
SLACK: Final = 0.01  # of the shorter side: ways there and back that disagree by more count for little


def flows(first: Pixels, second: Pixels) -> tuple[Vectors, Vectors]:
    """Return where each pixel of the first picture went in the second, and each of the second in the first.

    Shapes: first, second uint8 (H, W, 3) -> float32 (H, W, 2), vectors (x, y) in pixels.
    Convention: what is not found again has a vector near 0.
    """
    height, width = first.shape[:2]
    grey = greys(first, second)
    there, back = between(*grey), between(*reversed(grey))
    tall, wide = there.shape[:2]
    slack = SLACK * min(wide, tall)
    ways = (_agreeing(there, back, slack), _agreeing(back, there, slack))
    factor = np.array([width / wide, height / tall], np.float32)
    small = [cv2.resize(way, (width, height), interpolation=cv2.INTER_AREA) * factor for way in ways]
    return small[0], small[1]


def moved(first: Field, second: Field, ways: tuple[Vectors, Vectors], share: float) -> tuple[Field, Field]:
    """Return both pictures with everything where it would be at `share` of the way from the first to the second.

    Shapes: first, second float (H, W, C).
    Source: Jiang et al. 2018, Super SloMo, eq. 4: vectors at the time between, from those at both ends.
    """
    there, back = ways
    to_first = -(1 - share) * share * there + share * share * back
    to_second = (1 - share) ** 2 * there - share * (1 - share) * back
    return _read(first, to_first), _read(second, to_second)


def _agreeing(there: Vectors, back: Vectors, slack: float) -> Vectors:
    """Return vectors shortened where going there and back does not lead to where one began, and then smoothed."""
    off = there + _read(back, there)
    trust = np.exp(-(off[..., 0] ** 2 + off[..., 1] ** 2) / (2 * slack**2))[..., None]
    found: Vectors = cv2.GaussianBlur((there * trust).astype(np.float32), (0, 0), slack)
    weight = cv2.GaussianBlur(trust.astype(np.float32), (0, 0), slack)[..., None]
    return found / np.maximum(weight, 1e-3) * np.minimum(1.0, 2 * weight)


def _read(field: npt.NDArray, by: Vectors) -> npt.NDArray:
    """Read a field (H, W, C) at each pixel's place plus a vector."""
    return looked_up(field, places(by.astype(np.float32)), "cubic" if field.shape[2] == 3 else "linear")
