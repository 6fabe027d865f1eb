"""Light and form for the drawings of subjects: smooth outlines, gradients in shapes, and glazes over them.

Every width is in the subject's own units, so that a small subject far away has fine lines. Gradients are tinted like
plain colours. A glaze changes only what is already drawn, so its shape may reach beyond the subject.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from ..brush import SHIFT, Brush, Colour, Points, mix

Spots = npt.NDArray[np.float64]
Spot = tuple[float, float]
LAMP: Final = (255.0, 236.0, 154.0)
EMBER: Final = (255.0, 176.0, 72.0)
DARK: Final = (36.0, 33.0, 43.0)
WHITE: Final = (255.0, 255.0, 255.0)
GOLD: Final = (236.0, 186.0, 72.0)
BRASS: Final = ((255.0, 236.0, 160.0), (226.0, 172.0, 66.0), (126.0, 80.0, 30.0))
Field = npt.NDArray[np.float32]


def arc(centre: Spot, radii: Spot, start: float = 0.0, end: float = 360.0, count: int = 25) -> list[Spot]:
    """Return points on an ellipse from one angle to another, in degrees against the clock from the right."""
    angles = np.radians(np.linspace(start, end, count))
    return [(centre[0] + radii[0] * math.cos(t), centre[1] + radii[1] * math.sin(t)) for t in angles.tolist()]


def smooth(points: Points, closed: bool = True, steps: int = 6) -> Spots:
    """Return a soft curve through all points (a Catmull-Rom spline), closed or with two free ends."""
    spots = np.asarray(points, np.float64)
    if closed:
        ring = np.concatenate([spots[-1:], spots, spots[:2]])
    else:
        ring = np.concatenate([spots[:1], spots, spots[-1:]])
    a, b, c, d = (ring[i : len(ring) - 3 + i, None] for i in range(4))
    t = np.linspace(0.0, 1.0, steps, endpoint=False)[None, :, None]
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    flat: Spots = curve.reshape(-1, 2)
    return flat if closed else np.concatenate([flat, spots[-1:]])


@cache
def trace(text: str) -> Spots:
    """Return the spots written as "x y, x y, ...", in thousandths of the unit."""
    spots = np.array([[float(number) for number in pair.split()] for pair in text.split(",")]) / 1000.0
    spots.flags.writeable = False
    return spots


def both(half: Sequence[Spot]) -> list[Spot]:
    """Close the right half of an outline with its mirror image, without doubling the points on the middle line."""
    return [*half, *((-x, y) for x, y in reversed(half) if abs(x) > 1e-9)]


def lines(
    brush: Brush, colour: Colour, paths: Iterable[Points], width: float, closed: bool = False, glow: bool = False
) -> None:
    """Draw paths whose width is in units of the subject, instead of those of the picture."""
    brush.lines(colour, paths, width * abs(brush.scale[0]) / brush.unit, closed, glow)


def limb(brush: Brush, ramp: tuple[Colour, Colour, Colour], path: Points, width: float) -> None:
    """Draw a round limb along a path: lit, middle and dark colour, the light above on the left."""
    spots = np.asarray(path, np.float64)
    for colour, share, shift in ((ramp[2], 1.0, 0.0), (ramp[1], 0.8, 0.08), (ramp[0], 0.34, 0.2)):
        lines(brush, colour, [spots + np.array([-shift, 0.6 * shift]) * width], width * share)


@cache
def _dabs() -> Spots:
    """Return forty places on a round crown, spread evenly (a sunflower's order), each with a size."""
    turns = np.arange(40) * 2.39996
    far = np.sqrt((np.arange(40) + 0.5) / 40)
    return np.stack([far * np.cos(turns), far * np.sin(turns), 0.2 + 0.06 * np.cos(turns * 3)], axis=1)


def foliage(brush: Brush, leaf: Colour, lobes: Sequence[tuple[float, float, float]]) -> None:
    """Draw a crown of leaves as round lobes (x, y, radius): dabs from deep shade to sunlit tips, up and to the left."""
    deep, sun = mix(leaf, (8.0, 30.0, 48.0), 0.6), mix(leaf, (255.0, 250.0, 130.0), 0.55)
    for x, y, radius in lobes:
        brush.oval(deep, (x, y), (radius, radius))
    shades = (
        (mix(leaf, deep, 0.45), 0.0, 0.86),
        (leaf, 0.12, 0.72),
        (mix(leaf, sun, 0.5), 0.24, 0.56),
        (sun, 0.36, 0.36),
    )
    for index, (shade, shift, spread) in enumerate(shades):
        for x, y, radius in lobes:
            for dx, dy, size in _dabs()[index :: 2 if index < 2 else 3].tolist():
                spot = (x + (dx * spread - 0.8 * shift) * radius, y + (dy * spread + shift) * radius)
                brush.oval(shade, spot, (size * radius * (1.0 - 0.5 * shift), size * radius * (0.8 - 0.5 * shift)))


def _mask(brush: Brush, shapes: Sequence[Points]) -> tuple[npt.NDArray[np.uint8], tuple[slice, slice]] | None:
    """Return the coverage of the shapes within the part of the layer around them, and where that part lies."""
    placed = [brush.place(shape) for shape in shapes]
    every = np.concatenate(placed)
    height, width = brush.layer.shape[:2]
    left, top = np.maximum((every.min(axis=0) >> SHIFT) - 1, 0).tolist()
    right, low = ((every.max(axis=0) >> SHIFT) + 3).tolist()
    right, low = min(right, width), min(low, height)
    if left >= right or top >= low:
        return None
    mask = np.zeros((low - top, right - left), np.uint8)
    corner = np.array([left, top], np.int32) << SHIFT
    for path in placed:
        cv2.fillPoly(mask, [path - corner], 255, cv2.LINE_AA, SHIFT)
    return mask, (slice(top, low), slice(left, right))


def _along(brush: Brush, start: Spot, end: Spot, where: tuple[slice, slice]) -> Field:
    """Return how far (0..1) each pixel of a part of the layer lies on the way from one spot to another."""
    first, last = (brush.place([spot])[0] / float(1 << SHIFT) for spot in (start, end))
    way = last - first
    way = way / max(float(way @ way), 1e-6)
    rows = np.arange(where[0].start, where[0].stop, dtype=np.float32) - np.float32(first[1])
    columns = np.arange(where[1].start, where[1].stop, dtype=np.float32) - np.float32(first[0])
    share = columns[None] * np.float32(way[0]) + rows[:, None] * np.float32(way[1])
    return np.clip(share, 0.0, 1.0, out=share)


def _around(brush: Brush, focus: Spot, radii: Spot, where: tuple[slice, slice]) -> Field:
    """Return how far (0..1) each pixel of a part of the layer lies from a focus on the way to an ellipse about it."""
    middle = brush.place([focus])[0] / float(1 << SHIFT)
    wide, high = max(abs(radii[0] * brush.scale[0]), 0.5), max(abs(radii[1] * brush.scale[1]), 0.5)
    cos, sin = math.cos(brush.tilt), math.sin(brush.tilt)
    rows = (np.arange(where[0].start, where[0].stop, dtype=np.float32) - np.float32(middle[1]))[:, None]
    columns = (np.arange(where[1].start, where[1].stop, dtype=np.float32) - np.float32(middle[0]))[None]
    across = columns * np.float32(cos / wide) + rows * np.float32(sin / wide)
    down = rows * np.float32(cos / high) - columns * np.float32(sin / high)
    share: Field = np.sqrt(across * across + down * down)
    return np.minimum(share, np.float32(1.0), out=share)


def _pour(
    brush: Brush,
    ramp: Sequence[Colour],
    share: Field,
    mask: npt.NDArray[np.uint8],
    where: tuple[slice, slice],
    glow: bool,
) -> None:
    """Colour the masked part of the layer by the ramp's colours at each pixel's share."""
    inks = np.array([brush.ink(colour, glow) for colour in ramp], np.float64)
    levels = np.linspace(0, len(ramp) - 1, 256)
    table = np.stack([np.interp(levels, np.arange(len(ramp)), ink) for ink in inks.T], axis=1)
    index = (share * np.float32(255.0)).astype(np.uint8)
    colours = np.take(np.rint(table).astype(np.uint8), index, axis=0)
    above = mask.astype(np.float32) * np.float32(1 / 255)
    part = np.ascontiguousarray(brush.layer[where])
    brush.layer[where] = cv2.blendLinear(colours, part, above, np.float32(1.0) - above)


def fade(brush: Brush, ramp: Sequence[Colour], *shapes: Points, start: Spot, end: Spot, glow: bool = False) -> None:
    """Fill shapes with a gradient through the ramp's colours, from one spot to another."""
    found = _mask(brush, shapes)
    if found:
        mask, where = found
        _pour(brush, ramp, _along(brush, start, end, where), mask, where, glow)


def _bounds(shapes: Sequence[Points]) -> tuple[Spot, Spot]:
    """Return the lower left and the upper right corner around shapes."""
    every = np.concatenate([np.asarray(shape, np.float64) for shape in shapes])
    low, high = every.min(axis=0).tolist(), every.max(axis=0).tolist()
    return (low[0], low[1]), (high[0], high[1])


def across(brush: Brush, ramp: Sequence[Colour], *shapes: Points, glow: bool = False) -> None:
    """Fill shapes with a gradient from their left to their right."""
    low, high = _bounds(shapes)
    fade(brush, ramp, *shapes, start=low, end=(high[0], low[1]), glow=glow)


def down(brush: Brush, ramp: Sequence[Colour], *shapes: Points, glow: bool = False) -> None:
    """Fill shapes with a gradient from their top to their bottom."""
    low, high = _bounds(shapes)
    fade(brush, ramp, *shapes, start=high, end=(high[0], low[1]), glow=glow)


def radiate(
    brush: Brush, ramp: Sequence[Colour], *shapes: Points, focus: Spot, radii: Spot, glow: bool = False
) -> None:
    """Fill shapes with a gradient through the ramp's colours, from a focus outwards to an ellipse about it."""
    found = _mask(brush, shapes)
    if found:
        mask, where = found
        _pour(brush, ramp, _around(brush, focus, radii, where), mask, where, glow)


def ball(brush: Brush, ramp: Sequence[Colour], centre: Spot, radii: Spot, glow: bool = False) -> None:
    """Fill an ellipse as a round body lit from above on the left: the ramp goes from light to dark."""
    focus = (centre[0] - 0.34 * radii[0], centre[1] + 0.38 * radii[1])
    radiate(brush, ramp, arc(centre, radii), focus=focus, radii=(1.45 * radii[0], 1.45 * radii[1]), glow=glow)


def glaze(brush: Brush, colour: Colour, *shapes: Points, start: Spot, end: Spot, strength: Spot = (0.0, 0.5)) -> None:
    """Lay a veil of colour over what is drawn inside the shapes, its strength changing from one spot to another."""
    found = _mask(brush, shapes)
    if not found:
        return
    mask, where = found
    share = _along(brush, start, end, where) * np.float32(strength[1] - strength[0]) + np.float32(strength[0])
    share *= mask.astype(np.float32) * np.float32(1 / 255)
    part = np.ascontiguousarray(brush.layer[where])
    veil = np.empty_like(part)
    veil[:] = np.array(brush.ink(colour, glow=False), np.float32)
    if part.shape[2] == 4:
        veil[..., :3] = cv2.multiply(veil[..., :3], cv2.merge([part[..., 3]] * 3), scale=1 / 255)
        veil[..., 3] = part[..., 3]
    brush.layer[where] = cv2.blendLinear(veil, part, share, np.float32(1.0) - share)
