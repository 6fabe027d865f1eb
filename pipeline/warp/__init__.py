"""Move the last frame to where the camera has gone, in its plane or in space, by one move or by many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..types import CameraMove, SpatialMove
from .depth import Sight
from .formula import by_formula, depth_of
from .planar import warp
from .route import Route, begin, compose, paint, travel
from .spatial import FINDERS, Noise, reproject

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

__all__ = ["Route", "Sight", "begin", "carry", "compose", "paint", "travel", "warp"]


def carry(pixels: np.ndarray, move: CameraMove | SpatialMove, sight: Sight, noise: Noise | None = None) -> Tensor:
    """Move a picture as the camera moved, in its plane or in space, and return it as the sampler's start.

    Shapes: pixels uint8 (H, W, 3) -> float32 (1, 3, H, W) in [-1, 1].
    Convention: `noise` gives named normal numbers, for what a border called noise leaves open.
    """
    if isinstance(move, CameraMove):
        return warp(pixels, move)
    nearness = sight.nearness(move, pixels)
    if move.warp in FINDERS:
        return reproject(pixels, move, nearness, noise)
    return by_formula(pixels, move, depth_of(nearness, move.warp))
