"""Water that mirrors what stands above it: a whole scene below its horizon, or a subject below its foot.

Both ways shift the mirrored rows sideways and up and down, the more the nearer the water is to the viewer.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from .brush import Image

Field = npt.NDArray[np.float32]


def ripples(near: Field, x: Field, calm: float) -> tuple[Field, Field]:
    """Return how far water shifts what it mirrors, sideways and downwards, at nearness (h, 1) and places (1, w).

    `calm` of 1 is a still lake, 0 a moving sea.
    """
    rough = 1.0 - 0.8 * calm
    away = 1.0 / (near + 0.12)
    waves = np.sin(46.0 * away + 3.0 * np.sin(x * 9.0)) + 0.6 * np.sin(23.0 * away - x * 14.0)
    side = waves * rough * (0.003 + 0.013 * near)
    down = np.sin(31.0 * away + x * 21.0 + 2.0 * np.sin(x * 5.0)) * rough * (0.004 + 0.035 * near)
    return side.astype(np.float32), np.asarray(down, np.float32)


def mirrored(image: Image, base: float, calm: float = 1.0, stretch: float = 1.0) -> tuple[Image, int]:
    """Return what water below row `base` (a share of the height) shows of an image (H, W, n), and its first row.

    `stretch` above 1 draws the mirror image out downwards; rows beyond the image repeat its outermost.
    """
    height, width = image.shape[:2]
    first = min(max(int(np.floor(base * height)), 0), height - 1)
    rows = ((np.arange(first, height) + 0.5) / height).astype(np.float32)[:, None]
    x = ((np.arange(width) + 0.5) / width).astype(np.float32)[None]
    near = np.clip((rows - base) / max(1.0 - base, 1e-3), 0.0, 1.0)
    side, down = ripples(near, x, calm)
    unit = min(height, width)
    source = (2.0 * base - rows - (rows - base) * (1.0 / stretch - 1.0)) * height - 0.5 + down * unit
    source = np.minimum(source, base * height - 1.0)
    across = x * width - 0.5 + side * unit
    maps = [np.ascontiguousarray(np.broadcast_to(m, side.shape), np.float32) for m in (across, source)]
    return cv2.remap(image, maps[0], maps[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), first


def mirror(canvas: Image, base: float, share: Field | float, calm: float = 1.0, stretch: float = 1.0) -> None:
    """Lay the mirror image of all above row `base` over the water below it; `share` is one or (h, w) of 0..1."""
    image, first = mirrored(canvas, base, calm, stretch)
    part = canvas[first:]
    weight = np.ascontiguousarray(np.broadcast_to(np.float32(share), part.shape[:2]), np.float32)
    part[:] = cv2.blendLinear(image, part, weight, 1.0 - weight)
