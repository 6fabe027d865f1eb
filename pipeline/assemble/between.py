"""Frames of a shot in, the same frames with others between them out, moved along the optical flow from both sides.

Each in-between is looked up in both neighbours along a motion that is known at its own moment, and a neighbour counts
only where its own flow agrees: what is hidden in one of them comes from the other. Two frames are held at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import cv2
import numpy as np

from ..motion.field import looked_up, places, reached, splat
from ..motion.search import search

_SMALLEST = 288  # pixels of the shorter side below which DIS misses small things that move by a third of their size
_LONGEST = 1280  # pixels of the longer side up to which a picture is enlarged for that
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
    forth, back = (search(*pair, least=_SMALLEST, longest=_LONGEST) for pair in ((first, second), (second, first)))
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
    from_first, from_second = (places((share * motion).astype(np.float32)) for share in (-time, 1 - time))
    weights = []
    for place, flow, wanted, share, known in (
        (from_first, flows[0], motion, 1 - time, sure[0]),
        (from_second, flows[1], -motion, time, sure[1]),
    ):
        apart = np.linalg.norm(looked_up(flow, place) - wanted, axis=-1)
        seen = np.exp(-0.5 * (apart / _AGREE_PX) ** 2) * looked_up(known, place) * reached(place)
        weights.append(share * (seen + _HIDDEN))
    total = weights[0] + weights[1]
    mixed = sum(
        (weight / total)[..., None] * looked_up(picture.astype(np.float32), place, "cubic")
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
        splat(flow, passed * flow, share * (known + _HIDDEN), total)
    weight = total[:, 2].reshape(height, width)
    return _filled(total[:, :2].reshape(height, width, 2), weight)


def _filled(summed: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the mean of what fell on each pixel; where too little did, that of a neighbourhood that grows."""
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
    at = places(flow)
    astray = np.linalg.norm(flow + looked_up(other, at), axis=-1)
    return (np.exp(-0.5 * (astray / _AGREE_PX) ** 2) * reached(at)).astype(np.float32)
