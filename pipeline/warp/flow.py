"""How what is seen in one picture has moved in another, in pixels, and the picture half-way between two.

OpenCV's DIS looks for it on pictures that are enlarged first where they are small. Vectors count only where the way
there and the way back agree; elsewhere the two pictures show different things, and nothing moves.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Flow = npt.NDArray[np.float32]
Field = npt.NDArray[np.float64]
LEAST: Final = 256  # pixels of the shorter side that flow is looked for on
SLACK: Final = 0.01  # of that side: by how much the ways there and back may disagree before they count for little


def flows(first: Pixels, second: Pixels) -> tuple[Flow, Flow]:
    """Return where each pixel of the first picture went in the second, and each of the second in the first.

    Shapes: first, second uint8 (H, W, 3) -> float32 (H, W, 2), vectors (x, y) in pixels.
    Convention: what is not found again has a vector near 0.
    Source: Kroeger et al. 2016, dense inverse search, as OpenCV's DISOpticalFlow.
    """
    height, width = first.shape[:2]
    scale = max(1.0, LEAST / min(height, width))
    side = (round(width * scale), round(height * scale))
    grey = [
        cv2.resize(cv2.cvtColor(one, cv2.COLOR_RGB2GRAY), side, interpolation=cv2.INTER_CUBIC)
        for one in (first, second)
    ]
    with _one_thread():
        search: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        there, back = search.calc(grey[0], grey[1], None), search.calc(grey[1], grey[0], None)
    slack = SLACK * min(side)
    ways = (_agreeing(there, back, slack), _agreeing(back, there, slack))
    factor = np.array([width / side[0], height / side[1]], np.float32)
    small = [cv2.resize(way, (width, height), interpolation=cv2.INTER_AREA) * factor for way in ways]
    return small[0], small[1]


def moved(first: Field, second: Field, ways: tuple[Flow, Flow], share: float) -> tuple[Field, Field]:
    """Return both pictures with everything where it would be at `share` of the way from the first to the second.

    Shapes: first, second float (H, W, C).
    Source: Jiang et al. 2018, Super SloMo, eq. 4: vectors at the time between, from those at both ends.
    """
    there, back = ways
    to_first = -(1 - share) * share * there + share * share * back
    to_second = (1 - share) ** 2 * there - share * (1 - share) * back
    return _read(first, to_first), _read(second, to_second)


def _agreeing(there: Flow, back: Flow, slack: float) -> Flow:
    """Return vectors shortened where going there and back does not lead to where one began, and then smoothed."""
    off = there + _read(back, there)
    trust = np.exp(-(off[..., 0] ** 2 + off[..., 1] ** 2) / (2 * slack**2))[..., None]
    found: Flow = cv2.GaussianBlur((there * trust).astype(np.float32), (0, 0), slack)
    weight = cv2.GaussianBlur(trust.astype(np.float32), (0, 0), slack)[..., None]
    return found / np.maximum(weight, 1e-3) * np.minimum(1.0, 2 * weight)


def _read(field: npt.NDArray, by: Flow) -> npt.NDArray:
    """Read a field (H, W, C) at each pixel's place plus a vector."""
    height, width = field.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    way = cv2.INTER_CUBIC if field.shape[2] == 3 else cv2.INTER_LINEAR
    there = by.astype(np.float32)
    return cv2.remap(field, x + there[..., 0], y + there[..., 1], way, borderMode=cv2.BORDER_REPLICATE)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Search in one thread: how OpenCV divides the search among many changes what is found."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
