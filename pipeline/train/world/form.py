"""Living shapes for the brush: outlines written as text, tapering limbs, and the modelling of bodies by light.

A shape is written in hundredths of the brush's unit, spot by spot: "-12 40, 8 52!, 20 3" is a smooth curve through
three spots with a corner at the second. Light falls from above and a little from the front, whichever way a subject
is turned; what comes from the left or right is added where the subject joins its picture.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from .brush import SCALE, SHIFT, Brush, Colour, Image, mix

Curve = npt.NDArray[np.float64]
FIELD_SIGMA: Final = 4.0  # pixels of blur the relief is measured with, whatever the size of the picture
LEVELS: Final = 40
STEPS: Final = np.linspace(-1, 1, 256, dtype=np.float32)[None, :, None]
LIGHTER: Final = np.maximum(STEPS, 0)
DARKER: Final = np.maximum(-STEPS, 0)
SUNLIT: Final = (255.0, 250.0, 226.0)
SHADED: Final = (26.0, 20.0, 52.0)


def smooth(spots: Sequence[Any] | Curve, closed: bool = True, steps: int = 8, corners: Any = ()) -> Curve:
    """Return a smooth curve through `spots`; those whose index is in `corners` keep their edge."""
    at = np.asarray(spots, np.float64)
    count = len(at)
    before, after = np.roll(at, 1, axis=0), np.roll(at, -1, axis=0)
    if not closed:
        before[0], after[-1] = at[0], at[-1]
    along = after - before
    along /= np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None]
    start = np.arange(count if closed else count - 1)
    end = (start + 1) % count
    chord = at[end] - at[start]
    span = np.hypot(chord[:, 0], chord[:, 1])[:, None]
    sharp = np.zeros(count, bool)
    sharp[list(corners)] = True
    leave = np.where(sharp[start, None], chord, along[start] * span)[:, None]
    arrive = np.where(sharp[end, None], chord, along[end] * span)[:, None]
    t = (np.arange(steps) / steps)[None, :, None]
    ease = t * t * (3 - 2 * t)
    path = at[start, None] * (1 - ease) + at[end, None] * ease
    path = path + leave * t * (1 - t) ** 2 - arrive * t * t * (1 - t)
    path = path.reshape(-1, 2)
    return path if closed else np.concatenate([path, at[-1:]])


@lru_cache(maxsize=1024)
def curve(text: str, closed: bool = True) -> Curve:
    """Return the smooth curve of a shape written as text; "!" after a spot makes it a corner."""
    words = text.split(",")
    corners = [index for index, word in enumerate(words) if "!" in word]
    spots = [[float(number) / 100 for number in word.replace("!", "").split()] for word in words]
    return smooth(spots, closed, 8, corners)


def limb(spine: str | Curve, widths: Sequence[float] | Curve, cap: float = 1.0) -> Curve:
    """Return the outline of a limb along a spine (text, or spots), whose full widths in units are spread evenly.

    Its ends are round; a `cap` near nothing makes the last one blunt.
    """
    path = curve(spine, False) if isinstance(spine, str) else spine
    slope = np.gradient(path, axis=0)
    slope /= np.maximum(np.hypot(slope[:, 0], slope[:, 1]), 1e-9)[:, None]
    half = np.interp(np.linspace(0, 1, len(path)), np.linspace(0, 1, len(widths)), widths)[:, None] / 2
    side = np.stack([-slope[:, 1], slope[:, 0]], axis=1) * half
    angle = np.linspace(0, np.pi, 7)[1:-1, None]
    end = path[-1] + side[-1] * np.cos(angle) + slope[-1] * half[-1] * cap * np.sin(angle)
    start = path[0] - side[0] * np.cos(angle) - slope[0] * half[0] * np.sin(angle)
    return np.concatenate([path + side, end, (path - side)[::-1], start])


def moved(shape: Curve, dx: float, dy: float) -> Curve:
    """Return a shape, or a single spot, moved."""
    return shape + np.array((dx, dy))


def turned(shape: Curve, angle: float, dx: float = 0.0, dy: float = 0.0) -> Curve:
    """Return a shape turned about zero by an angle in radians (anticlockwise), then moved."""
    cos, sin = np.cos(angle), np.sin(angle)
    x, y = shape[:, 0], shape[:, 1]
    return np.stack([x * cos - y * sin + dx, x * sin + y * cos + dy], axis=1)


def mask_of(brush: Brush, shapes: Sequence[Curve], margin: int = 2) -> tuple[Image, slice, slice] | None:
    """Return the coverage of shapes within their part of the layer, and that part's rows and columns."""
    placed = [brush.place(shape) for shape in shapes]
    spots = np.concatenate(placed)
    high, wide = brush.layer.shape[:2]
    left, top = np.maximum(spots.min(axis=0) // SCALE - margin, 0).tolist()
    right, low = np.minimum(spots.max(axis=0) // SCALE + margin + 1, (wide, high)).tolist()
    if right <= left or low <= top:
        return None
    mask = np.zeros((low - top, right - left), np.uint8)
    for shape in placed:
        cv2.fillPoly(mask, [shape - np.array([left, top], np.int32) * SCALE], 255.0, cv2.LINE_AA, SHIFT)
    return mask, slice(top, low), slice(left, right)


def relief(mask: Image, depth: float) -> npt.NDArray[np.float32]:
    """Return how light models the mask as a cushion that rounds off over `depth` pixels: -1 (shade) to 1 (light)."""
    height, width = mask.shape
    factor = min(1.0, FIELD_SIGMA / max(depth, 0.5))
    size = (max(2, round(width * factor)), max(2, round(height * factor)))
    sigma = max(depth * factor, 0.5)
    small = cv2.resize(mask, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255.0
    pad = int(2 * sigma) + 2
    field = cv2.copyMakeBorder(small, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=0.0)
    field = cv2.GaussianBlur(field, (0, 0), sigma)
    down, across = (cv2.Sobel(field, cv2.CV_32F, x, y, ksize=3, scale=0.3 * sigma) for x, y in ((0, 1), (1, 0)))
    steep = np.sqrt(down * down + across * across + 0.12)
    tone = (0.95 * down - 0.16 * (steep - 0.346)) / steep
    tone = np.ascontiguousarray(tone[pad:-pad, pad:-pad])
    return np.asarray(cv2.resize(tone, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def model(
    brush: Brush,
    colour: Colour,
    *shapes: Curve,
    depth: float = 0.06,
    low: Colour | None = None,
    light: float = 0.55,
    shade: float = 0.7,
    cast: float = 0.0,
    feather: float = 0.0,
    strength: float = 1.0,
    inside: Curve | None = None,
    glow: bool = False,
) -> None:
    """Paint shapes as one rounded body: lit above, shaded below, and casting a soft shadow on what is behind it.

    `depth` is the width of the rounding in units, `low` the local colour at the lower edge, `light` and `shade` how far
    the tones reach, `cast` the strength of the shadow. With a `feather` (in units) the edge is soft and the body stays
    upon what is already painted: muscles under a skin, a pale belly. What lies not `inside` another shape is cut off.
    """
    unit = abs(brush.scale[0])
    found = mask_of(brush, shapes, 2 + round(unit * (0.04 if cast else 2 * feather)))
    if found is None:
        return
    mask, rows, columns = found
    part = brush.layer[rows, columns]
    if feather:
        mask = cv2.multiply(soften(mask, feather * unit), part[..., 3], scale=1 / 255)
    if cast:
        below = part.copy()
        below[..., :3] = 0
        lay(part, below, soften(mask, 0.02 * unit), cast)
    tones = tones_of(mask, 0.0 if light == shade == 0.0 else depth * unit)
    levels = 1 if low is None else LEVELS
    way = np.linspace(0, 1, levels, dtype=np.float32)[:, None, None]
    top = np.array(brush.ink(colour, glow), np.float32)
    base = top + (np.array(brush.ink(low or colour, glow), np.float32) - top) * way
    bright = np.array(brush.ink(mix(colour, SUNLIT, light), glow), np.float32)
    dark = np.array(brush.ink(mix(mix(colour, (0, 0, 0), 0.35), SHADED, shade), glow), np.float32)
    table = base + (bright - base) * LIGHTER + (dark - base) * DARKER
    if levels > 1:
        tones += (np.linspace(0, levels - 1, len(mask)).astype(np.int32) * 256)[:, None]
    inks = np.clip(table + 0.5, 0, 255).astype(np.uint8).reshape(-1, table.shape[-1])
    if inks.shape[1] == 4:
        painted = np.take(inks.view(np.uint32)[:, 0], tones).view(np.uint8).reshape(*mask.shape, 4)
    else:
        painted = inks[tones]
    if inside is not None:
        frame = np.zeros_like(mask)
        corner = np.array([columns.start, rows.start], np.int32) * SCALE
        cv2.fillPoly(frame, [brush.place(inside) - corner], 255.0, cv2.LINE_AA, SHIFT)
        mask = cv2.multiply(mask, frame, scale=1 / 255)
    lay(part, painted, mask, strength)


def tones_of(mask: Image, depth: float) -> npt.NDArray[np.int32]:
    """Return the tone of each pixel from 0 (shade) to 255 (light); without depth all is of the middle one."""
    if not depth:
        return np.full(mask.shape, 128, np.int32)
    return np.clip(relief(mask, depth) * 127.5 + 128, 0, 255).astype(np.int32)


def soften(mask: Image, sigma: float) -> Image:
    """Return a mask blurred by `sigma` pixels; wide blurs are worked out on a smaller one."""
    factor = min(1.0, 2.5 / max(sigma, 0.4))
    if factor > 0.7:
        return cv2.GaussianBlur(mask, (0, 0), max(sigma, 0.4))
    size = (max(2, round(mask.shape[1] * factor)), max(2, round(mask.shape[0] * factor)))
    small = cv2.GaussianBlur(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), (0, 0), sigma * factor)
    return cv2.resize(small, mask.shape[::-1], interpolation=cv2.INTER_LINEAR)


def lay(part: Image, above: Image, mask: Image, strength: float) -> None:
    """Lay `above` over a part of a layer, in place, where the mask has it and as strongly as asked."""
    share = mask.astype(np.float32) * np.float32(strength / 255.0)
    part[:] = cv2.blendLinear(above, part, share, 1.0 - share)


def within(brush: Brush, shapes: Sequence[Curve], paint: Callable[[Brush], None], strength: float = 1.0) -> None:
    """Let `paint` draw with a brush that leaves no trace outside `shapes`, at a strength in 0..1."""
    found = mask_of(brush, shapes)
    if found is None:
        return
    mask, rows, columns = found
    part = brush.layer[rows, columns]
    layer = part.copy()
    spot = (brush.origin[0] - columns.start, brush.origin[1] - rows.start)
    inner = Brush(layer, brush.tint, spot, brush.scale, brush.tilt)
    inner.unit = brush.unit
    paint(inner)
    lay(part, layer, mask, strength)


def strokes(brush: Brush, colour: Colour, paths: Sequence[Any] | Curve, width: float, glow: bool = False) -> None:
    """Draw open paths with round ends, `width` in the brush's own unit; too fine to be seen, they are left out."""
    thick = width * abs(brush.scale[0])
    if thick < 0.42 or not len(paths):
        return
    if isinstance(paths, np.ndarray):
        placed = list(brush.place(paths.reshape(-1, 2)).reshape(paths.shape))
    else:
        placed = [brush.place(path) for path in paths]
    cv2.polylines(brush.layer, placed, False, brush.ink(colour, glow), max(1, round(thick)), cv2.LINE_AA, SHIFT)


def hairs(
    brush: Brush,
    rng: np.random.Generator,
    colours: Sequence[Colour],
    shape: Curve,
    flow: Callable[[Curve], npt.NDArray[np.float64]],
    count: int = 420,
    length: float = 0.028,
    width: float = 0.003,
    strength: float = 0.3,
) -> None:
    """Cover a shape with short hairs; `flow` gives the angles (radians) in which they lie at spots."""
    low, high = shape.min(axis=0), shape.max(axis=0)
    root = rng.random((count, 2)) * (high - low) + low
    angle = flow(root) + rng.normal(0, 0.16, count)
    bend, reach = rng.normal(0, 0.25, count), length * rng.uniform(0.6, 1.3, count)
    kind = rng.integers(len(colours), size=count)
    step = np.stack([np.cos(angle), np.sin(angle)], axis=1) * reach[:, None]
    late = np.stack([np.cos(angle + bend), np.sin(angle + bend)], axis=1) * reach[:, None]
    paths = np.stack([root, root + step * 0.5, root + step * 0.5 + late * 0.5], axis=1)

    def comb(inner: Brush) -> None:
        for index, colour in enumerate(colours):
            strokes(inner, colour, paths[kind == index], width)

    within(brush, [shape], comb, strength)


def scallops(
    brush: Brush, colour: Colour, shape: Curve, size: float, width: float = 0.005, strength: float = 0.6
) -> None:
    """Cover a shape with rows of overlapping scales or feathers, drawn by their lower edges."""
    low, high = shape.min(axis=0), shape.max(axis=0)
    across = np.arange(low[0] - size, high[0] + size, size)
    down = np.arange(low[1] - size, high[1] + size, size * 0.62)
    x, y = np.meshgrid(across, down)
    x = x + (np.arange(len(down)) % 2)[:, None] * (size / 2)
    spots = np.stack([x.ravel(), y.ravel()], axis=1)
    angle = np.linspace(np.pi * 1.04, np.pi * 1.96, 7)
    arc = np.stack([np.cos(angle) * 0.52, np.sin(angle) * 0.72], axis=1) * size
    within(brush, [shape], lambda inner: strokes(inner, colour, spots[:, None] + arc[None], width), strength)


def dots(brush: Brush, colour: Colour, spots: npt.NDArray[Any], radius: float, glow: bool = False) -> None:
    """Paint round dots of one radius (in units) at spots."""
    size = max(1, round(radius * abs(brush.scale[0]) * SCALE))
    ink = brush.ink(colour, glow)
    for x, y in brush.place(spots).tolist():
        cv2.circle(brush.layer, (x, y), size, ink, -1, cv2.LINE_AA, SHIFT)


def eye(
    brush: Brush, at: tuple[float, float], radius: float, iris: Colour, slit: bool = False, glow: bool = False
) -> None:
    """Paint an eye: a dark rim, a coloured iris lit from below, a pupil and a glint."""
    x, y = at
    brush.oval((22, 16, 20), at, (radius * 1.22, radius * 1.22), glow=True)
    brush.oval(iris, at, (radius, radius), glow=glow)
    brush.oval(mix(iris, (255, 255, 230), 0.5), (x, y - radius * 0.25), (radius * 0.72, radius * 0.62), glow=glow)
    brush.oval((10, 8, 14), at, (radius * (0.26 if slit else 0.55), radius * (0.86 if slit else 0.55)), glow=True)
    brush.oval((255, 255, 255), (x - radius * 0.34, y + radius * 0.36), (radius * 0.24, radius * 0.24), glow=True)
