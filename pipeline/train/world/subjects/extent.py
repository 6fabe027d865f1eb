"""How far a subject's drawing reaches around its foot, found by drawing it: pictures are composed by it."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from ..brush import Brush
from . import PORTRAITS

SIDE: Final = 160
UNIT: Final = 64
FOOT: Final = (80, 112)  # column and row of the foot


@lru_cache(maxsize=64)
def reach(subject: str) -> tuple[float, float]:
    """Return how far a subject reaches to the farther side of its foot and how high above it, in its units."""
    half, top = 0.1, 0.1
    for variant in range(4):
        layer = np.zeros((SIDE, SIDE, 4), np.uint8)
        brush = Brush(layer, lambda colour: colour, FOOT, (UNIT, -UNIT))
        brush.unit = UNIT / 0.74
        PORTRAITS[subject].draw(brush, np.random.default_rng([variant, 5]))
        rows, columns = np.nonzero(layer[..., 3] > 100)
        half = max(half, float(np.abs(columns - FOOT[0]).max()) / UNIT)
        top = max(top, float(FOOT[1] - rows.min()) / UNIT)
    return half, top
