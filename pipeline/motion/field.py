"""Fields of vectors, and how a picture is looked up along them.

Convention: a vector field (H, W, 2) of a picture says for each of its pixels where what is seen there lies in another
picture, less its own place: (x, y) in pixels, x right and y down. So a picture that is looked up along the field *from*
this one *to* it lands on this one: `looked_up(other, places(field))`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Vectors = npt.NDArray[np.float32]
Flow = Callable[[Pixels, Pixels], Vectors]
"""Finds for uint8 (H, W, 3) twice where each pixel of the first is in the second, less where it was."""

WAYS: Final = {"linear": cv2.INTER_LINEAR, "cubic": cv2.INTER_CUBIC}
INSIDE: Final = 0.5  # of a pixel beyond the outer centres: there the picture ends


def places(field: Vectors) -> Vectors:
    """Return the places (H, W, 2) that the vectors of a field lead to."""
    height, width = field.shape[:2]
    return np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).astype(np.float32) + field


def looked_up(picture: npt.NDArray, at: Vectors, how: str = "linear") -> npt.NDArray:
    """Read a picture or field at places; beyond its edges, the edge.

    Shapes: picture (h, w) or (h, w, C), at (H, W, 2) -> (H, W) or (H, W, C).
    """
    return cv2.remap(picture, at, None, WAYS[how], borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]


def reached(at: Vectors) -> npt.NDArray[np.bool_]:
    """Say which places (H, W, 2) lie inside the picture."""
    height, width = at.shape[:2]
    x, y = at[..., 0], at[..., 1]
    return np.asarray((x > -INSIDE) & (x < width - 1 + INSIDE) & (y > -INSIDE) & (y < height - 1 + INSIDE))


def splat(values: npt.NDArray, moves: npt.NDArray, weights: npt.NDArray, total: npt.NDArray) -> None:
    """Add values, each moved and shared out over the four pixels it falls between, and their weights to `total`.

    Shapes: values (H, W, C), moves (H, W, 2), weights (H, W), total (H * W, C + 1).
    """
    height, width = weights.shape
    x = moves[..., 0] + np.arange(width)
    y = moves[..., 1] + np.arange(height)[:, None]
    left, top = np.floor(x), np.floor(y)
    for right in (0, 1):
        for down in (0, 1):
            column, row = left + right, top + down
            share = weights * np.abs(1 - right - (x - left)) * np.abs(1 - down - (y - top))
            hits = (column >= 0) & (column < width) & (row >= 0) & (row < height)
            index = (row * width + column)[hits].astype(np.int64)
            for channel, value in enumerate((*np.moveaxis(values, -1, 0), np.ones_like(weights))):
                total[:, channel] += np.bincount(index, (share * value)[hits], minlength=height * width)


def reduced(field: Vectors, height: int, width: int) -> Vectors:
    """Return a field in a smaller size, its vectors in the pixels of that size."""
    found: npt.NDArray[Any] = field
    if field.shape[:2] != (height, width):
        found = cv2.resize(field, (width, height), interpolation=cv2.INTER_AREA)
    factor = np.array([width / field.shape[1], height / field.shape[0]], np.float32)
    return np.asarray(found * factor, dtype=np.float32)
