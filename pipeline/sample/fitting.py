"""Fit a picture or a mask of any size to the film's, resampled with an antialiased kernel.

Pictures stay 8 bits a channel, so what a mask keeps of one is found again in the frame, value by value. What would
surprise: margins of a contained mask are white, so that what lies beyond the picture is painted.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from ..types import Size

Pixels = npt.NDArray[np.uint8]
FITS: Final = ("cover", "contain", "stretch")
WHITE: Final = 255


def fit_picture(pixels: Pixels, size: Size, fit: str) -> Pixels:
    """Resample a picture by a Lanczos kernel; margins of a contained one are its mirror image.

    Shapes: uint8 (h, w, 3) -> uint8 (H, W, 3).
    """
    return _fit(pixels, size, fit, kernel=Image.Resampling.LANCZOS, margin=None)


def fit_mask(pixels: Pixels, size: Size, fit: str, *, feather: float) -> npt.NDArray[np.float32]:
    """Turn a picture into the share of new paint, 0 where it is black: its luma, resampled by a triangle kernel.

    Shapes: uint8 (h, w, 3) -> float32 (H, W), from 0 to 1.
    Convention: with `feather` the share rises in a smooth step over as many pixels away from where it is 0; what is 0
        stays 0, so paint never reaches into what is kept.
    """
    grey = np.asarray(cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    share = _fit(grey, size, fit, kernel=Image.Resampling.BILINEAR, margin=WHITE)
    ramp = np.ones(share.shape, np.float32)
    if feather > 0 and not share.all():
        away = cv2.distanceTransform((share > 0).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        u = np.clip(away / np.float32(feather + 1), 0, 1)  # the first painted pixel is 1 away and has some paint
        ramp = u * u * (3 - 2 * u)
    return (share.astype(np.float32) / WHITE * ramp).astype(np.float32)


def _fit(pixels: Pixels, size: Size, fit: str, *, kernel: Image.Resampling, margin: int | None) -> Pixels:
    height, width = pixels.shape[:2]
    box, inner = (0.0, 0.0, float(width), float(height)), size
    if fit == "cover":
        scale = max(size.height / height, size.width / width)
        rest_x, rest_y = (max(0.0, rest) for rest in (width - size.width / scale, height - size.height / scale))
        box = (rest_x / 2, rest_y / 2, width - rest_x / 2, height - rest_y / 2)
    elif fit == "contain":
        scale = min(size.height / height, size.width / width)
        inner = Size(max(1, round(height * scale)), max(1, round(width * scale)))
    image = Image.fromarray(np.ascontiguousarray(pixels))
    found = np.array(image.resize((inner.width, inner.height), kernel, box=box))
    top, left = (size.height - inner.height) // 2, (size.width - inner.width) // 2
    beyond = (top, size.height - inner.height - top, left, size.width - inner.width - left)
    if not any(beyond):
        return found
    if margin is None:
        return np.asarray(cv2.copyMakeBorder(found, *beyond, cv2.BORDER_REFLECT), dtype=np.uint8)
    return np.asarray(cv2.copyMakeBorder(found, *beyond, cv2.BORDER_CONSTANT, value=margin), dtype=np.uint8)
