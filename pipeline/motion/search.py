"""Optical flow by OpenCV's dense inverse search, which needs no weights and is the same on any number of threads.

Small pictures are enlarged first: below some 250 pixels small things that move fast are missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from .field import Pixels, Vectors

Grey = npt.NDArray[Any]
PATCHES: Final = 32  # pixels that DIS cannot do without


def search(first: Pixels, second: Pixels, *, least: int = 256, longest: int | None = None) -> Vectors:
    """Return where each pixel of the first picture is in the second, less where it was, in pixels.

    Shapes: uint8 (H, W, 3) twice -> float32 (H, W, 2), x before y.
    Convention: a picture is enlarged until its shorter side has `least` pixels, or its longer one `longest`.
    Source: Kroeger et al. 2016, dense inverse search, as OpenCV's DISOpticalFlow.
    """
    height, width = first.shape[:2]
    found = between(*greys(first, second, least=least, longest=longest))
    tall, wide = found.shape[:2]
    if (tall, wide) != (height, width):
        found = np.asarray(cv2.resize(found, (width, height), interpolation=cv2.INTER_AREA), dtype=np.float32)
        found *= np.array([width / wide, height / tall], np.float32)
    return found


def greys(first: Pixels, second: Pixels, *, least: int = 256, longest: int | None = None) -> tuple[Grey, Grey]:
    """Return both pictures as the search looks at them: grey, and large enough."""
    height, width = first.shape[:2]
    larger = least / min(height, width)
    if longest is not None:
        larger = min(larger, longest / max(height, width))
    larger = max(1.0, larger)
    size = (max(round(width * larger), PATCHES), max(round(height * larger), PATCHES))
    both = [cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in (first, second)]
    if size != (width, height):
        both = [cv2.resize(grey, size, interpolation=cv2.INTER_CUBIC) for grey in both]
    return both[0], both[1]


def between(first: Grey, second: Grey) -> Vectors:
    """Search on two grey pictures (H, W) as they are."""
    with _one_thread():
        finder: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        found: Vectors = finder.calc(first, second, None)
    return found


@contextmanager
def _one_thread() -> Iterator[None]:
    """Search in one thread: how OpenCV divides the search among many changes what is found."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
