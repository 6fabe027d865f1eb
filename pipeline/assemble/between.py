"""Frames of a shot in, the same frames with others between them out, moved along the optical flow from both sides.

Each in-between is looked up in both neighbours along a motion that is known at its own moment, and a neighbour counts
only where its own flow agrees: what is hidden in one of them comes from the other. Two frames are held at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

_SMALLEST = 288  # pixels of the shorter side below which DIS misses small things that move by a third of their size
_LONGEST = 1280  # pixels of the longer side up to which a picture is enlarged for that
_PATCHES = 32  # pixels that DIS cannot do without
_AGREE_PX = 0.75  # flows of both sides that differ by more see different things
_HIDDEN = 1e-3  # weight of what one side alone claims, so that it fills but never wins


def in_betweens(frames: Iterable[np.ndarray], factor: int) -> Iterator[np.ndarray]:
    """Yield `factor` frames for each one of a shot: itself, then those on the way to the next, or itself at the end.

    Shapes: each frame uint8 (H, W, 3), RGB, all of one size.
    Convention: the film lasts as long as before at `factor` times the rate, and what was drawn stays as it is. A shot
        must come alone, since a motion across a cut means nothing.
    """
    before: np.ndarray | None = None
    for frame in frames:
        if before is not None:
            yield before
            yield from _between(before, frame, factor)
        before = frame
    if before is not None:
        for _ in range(factor):
            yield before


def _between(first: np.ndarray, second: np.ndarray, factor: int) -> Iterator[np.ndarray]:
    """Yield the frames strictly between two."""
    if factor < 2:
        return
    if np.array_equal(first, second):
        for _ in range(factor - 1):
            yield first
        return
    forth, back = _flow(first, second), _flow(second, first)
    sure = _agreement(forth, back), _agreement(back, forth)
    for part in range(1, factor):
        yield _at(part / factor, (first, second), (forth, back), sure)


def _at(
    time: float,
    pictures: tuple[np.ndarray, np.ndarray],
    flows: tuple[np.ndarray, np.ndarray],
    sure: tuple[np.ndarray, np.ndarray],
) -> np.ndarray:
    """Return the picture at `time` between two, 0 being the first.

    Source: Baker et al. 2011, section 3.3.3: flow is carried to the moment, then both pictures are looked up along it.
    """
    motion = _motion_at(time, flows, sure)
    height, width = motion.shape[:2]
    places = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).astype(np.float32)
    from_first, from_second = places - time * motion, places + (1 - time) * motion
    weights = []
    for place, flow, wanted, share, known in (
        (from_first, flows[0], motion, 1 - time, sure[0]),
        (from_second, flows[1], -motion, time, sure[1]),
    ):
        apart = np.linalg.norm(_looked_up(flow, place, "linear") - wanted, axis=-1)
        seen = np.exp(-0.5 * (apart / _AGREE_PX) ** 2) * _looked_up(known, place, "linear") * _inside(place)
        weights.append(share * (seen + _HIDDEN))
    total = weights[0] + weights[1]
    mixed = sum(
        (weight / total)[..., None] * _looked_up(picture.astype(np.float32), place, "cubic")
        for weight, picture, place in zip(weights, pictures, (from_first, from_second), strict=True)
    )
    return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)


def _motion_at(time: float, flows: tuple[np.ndarray, np.ndarray], sure: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Return the motion from the first picture to the second, for each pixel of the moment between them.

    Shapes: flows (H, W, 2), sure (H, W) -> (H, W, 2), in pixels.
    """
    height, width = sure[0].shape
    total = np.zeros((height * width, 3))
    for flow, passed, known, share in (
        (flows[0], time, sure[0], 1 - time),
        (-flows[1], time - 1, sure[1], time),
    ):
        _splat(flow, passed * flow, share * (known + _HIDDEN), total)
    weight = total[:, 2].reshape(height, width)
    return _filled(total[:, :2].reshape(height, width, 2), weight)


def _splat(values: np.ndarray, moves: np.ndarray, weights: np.ndarray, total: np.ndarray) -> None:
    """Add values, each moved and shared out over the four pixels it falls between, and their weights to `total`."""
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
            for channel, value in enumerate((values[..., 0], values[..., 1], np.ones_like(weights))):
                total[:, channel] += np.bincount(index, (share * value)[hits], minlength=height * width)


def _filled(summed: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the mean of what fell on each pixel; where too little did, that of a neighbourhood that grows."""
    import cv2

    mean = np.zeros_like(summed)
    enough = np.zeros(weight.shape, bool)
    for spread in (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0):
        near = [cv2.GaussianBlur(a, (0, 0), spread) if spread else a for a in (summed, weight)]
        new = ~enough & (near[1] > 0.05)
        mean[new] = near[0][new] / near[1][new][:, None]
        enough |= new
    if not enough.all():  # far from all that moves into the picture
        mean[~enough] = summed.sum(axis=(0, 1)) / max(weight.sum(), 1e-9)
    return mean.astype(np.float32)


def _agreement(flow: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return 1 where following one flow and then the other leads back, down to 0 where the target is hidden."""
    height, width = flow.shape[:2]
    places = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).astype(np.float32) + flow
    astray = np.linalg.norm(flow + _looked_up(other, places, "linear"), axis=-1)
    return (np.exp(-0.5 * (astray / _AGREE_PX) ** 2) * _inside(places)).astype(np.float32)


def _inside(places: np.ndarray) -> np.ndarray:
    """Return 1 for places inside the picture, 0 beyond half a pixel outside it."""
    height, width = places.shape[:2]
    x, y = places[..., 0], places[..., 1]
    return ((x > -0.5) & (x < width - 0.5) & (y > -0.5) & (y < height - 0.5)).astype(np.float32)


def _looked_up(picture: np.ndarray, places: np.ndarray, how: str) -> np.ndarray:
    import cv2

    ways = {"linear": cv2.INTER_LINEAR, "cubic": cv2.INTER_CUBIC}
    return cv2.remap(picture, places, None, ways[how], borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]


def _flow(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return where each pixel of the first picture is in the second, less where it was, in pixels.

    Shapes: uint8 (H, W, 3) twice -> float32 (H, W, 2), x before y.
    Source: Kroeger et al. 2016, as OpenCV has it.
    """
    import cv2

    height, width = first.shape[:2]
    larger = max(1.0, min(_SMALLEST / min(height, width), _LONGEST / max(height, width)))
    size = (max(round(width * larger), _PATCHES), max(round(height * larger), _PATCHES))
    greys = [cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in (first, second)]
    if size != (width, height):
        greys = [cv2.resize(grey, size, interpolation=cv2.INTER_CUBIC) for grey in greys]
    with _one_thread(cv2):
        found = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(*greys, None)  # type: ignore[call-overload]
    if size != (width, height):
        found = cv2.resize(found, (width, height), interpolation=cv2.INTER_AREA)
        found *= np.array([width / size[0], height / size[1]], np.float32)
    return found


@contextmanager
def _one_thread(cv2: Any) -> Iterator[None]:
    """Let OpenCV compute on one thread for a while: DIS shares a picture out and finds other motions on more."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
