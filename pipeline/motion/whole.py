"""One move of the whole picture out of a field of vectors: an affine map, or a homography, and the field of that.

So the camera's motion is taken from a film and what moves in front of it is not.
"""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from .field import Vectors, places

MOTIONS: Final = ("affine", "perspective")
OFF: Final = 0.004  # of the shorter side: farther from the common move is another thing's own
STEP: Final = 64  # points along the longer side, and no more
ENOUGH: Final = 12  # points that must agree; else nothing is known and nothing moves


def whole_motion(field: Vectors, sure: npt.NDArray[np.float32], kind: str) -> Vectors:
    """Return the field (H, W, 2) of the one move that most vectors agree on, of those that can be trusted.

    Convention: `sure` (H, W) from 0 to 1; points below a half do not count. Where too few agree, nothing moves.
    Source: random sample consensus, Fischler and Bolles 1981, as OpenCV has it, which draws the same sample each time.
    """
    height, width = field.shape[:2]
    step = max(1, -(-max(height, width) // STEP))
    start = step // 2
    own = places(np.zeros_like(field))[start::step, start::step].reshape(-1, 2)
    there = own + field[start::step, start::step].reshape(-1, 2)
    counts = sure[start::step, start::step].reshape(-1) >= 0.5
    matrix = _fitted(own[counts], there[counts], kind, max(0.25, OFF * min(height, width)))
    grid = places(np.zeros_like(field)).reshape(-1, 2).astype(np.float64)
    mapped = np.c_[grid, np.ones(len(grid))] @ matrix.T
    moved = mapped[:, :2] / mapped[:, 2:]
    return (moved - grid).reshape(field.shape).astype(np.float32)


def _fitted(own: npt.NDArray, there: npt.NDArray, kind: str, off: float) -> npt.NDArray[np.float64]:
    """Return the (3, 3) matrix from own places to those they move to."""
    if len(own) < ENOUGH:
        return np.eye(3)
    found: Any
    if kind == "affine":
        found, agrees = cv2.estimateAffine2D(own, there, method=cv2.RANSAC, ransacReprojThreshold=off)
        found = None if found is None else np.vstack([found, [0.0, 0.0, 1.0]])
    else:
        found, agrees = cv2.findHomography(own, there, cv2.RANSAC, off)
    if found is None or int(agrees.sum()) < ENOUGH or not np.isfinite(found).all():
        return np.eye(3)
    corners = np.array([[own[:, 0].min(), own[:, 1].min()], [own[:, 0].max(), own[:, 1].max()]])
    depth = np.c_[corners, np.ones(2)] @ found[2]
    return np.asarray(found, dtype=np.float64) if (depth > 0.1).all() else np.eye(3)
