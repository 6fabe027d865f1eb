"""Contrast and sharpness of a picture of floats; both clip to black and white and never wrap around."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.float64]
MID_GREY = 0.5


def contrast(picture: Picture, factor: float) -> Picture:
    """Move every value away from mid-grey by a factor, or towards it.

    Shapes: (H, W, 3) in [0, 1] -> the same.
    """
    return np.clip(MID_GREY + factor * (picture - MID_GREY), 0.0, 1.0)


def sharpen(picture: Picture, amount: float, radius: float, threshold: float) -> Picture:
    """Add the fine detail once more, `amount` times: an unsharp mask.

    Shapes: (H, W, 3) in [0, 1] -> the same.
    Convention: detail is what blurring by a deviation of `radius` pixels takes away; below `threshold` it counts as
        none, channel by channel.
    """
    detail = picture - blur(picture, radius)
    detail[np.abs(detail) < threshold] = 0.0
    return np.clip(picture + amount * detail, 0.0, 1.0)


def blur(picture: Picture, deviation: float) -> Picture:
    """Blur by a Gaussian whose deviation is given in pixels; beyond its edges the picture is mirrored.

    Shapes: (H, W, C) -> the same.
    """
    import cv2

    blurred = cv2.GaussianBlur(picture, (0, 0), deviation, borderType=cv2.BORDER_REFLECT)
    return np.asarray(blurred, dtype=np.float64)
