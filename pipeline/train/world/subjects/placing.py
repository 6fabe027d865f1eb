"""How a figure joins its picture: drawn in a window around it, shaded, set off from what is behind, and grounded.

The window keeps a small companion cheap, and lets line widths follow the figure's size.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from ..brush import Brush, Colour, Image, blend, luminance, mix
from ..palettes import Palette
from . import PORTRAITS
from .portrait import Figure

USUAL_SIZE: Final = 0.74  # the size at which a drawing's line widths are meant
SHADING_SIDE: Final = 96
CAPPED: Final = (  # subjects on which snow stays
    "lighthouse",
    "castle",
    "tree",
    "house",
    "pyramid",
    "mushroom",
    "windmill",
    "bridge",
    "cactus",
    "pagoda",
    "church",
    "clock tower",
    "torii gate",
    "temple",
    "floating island",
    "train",
    "car",
    "tent",
    "palm tree",
    "moai",
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn figure: its window of the picture, colours (H, W, 3) multiplied by coverage, coverage and brush."""

    window: tuple[slice, slice]
    colours: Image
    cover: Image
    brush: Brush


def window_of(figure: Figure, shape: tuple[int, int]) -> tuple[slice, slice]:
    """Return the rows and columns of a picture in which a figure lies."""
    height, width = shape
    unit = figure.size * min(shape)
    x, y = figure.spot[0] * width, figure.spot[1] * height
    top, bottom = round(y - 1.35 * unit), round(y + 0.35 * unit)
    left, right = round(x - 0.95 * unit), round(x + 0.95 * unit)
    rows = slice(min(max(top, 0), height - 2), min(max(bottom, 2), height))
    return rows, slice(min(max(left, 0), width - 2), min(max(right, 2), width))


def draw_figure(
    rng: np.random.Generator, figure: Figure, palette: Palette, season: str | None, shape: tuple[int, int]
) -> Drawn:
    """Draw a figure on an empty layer the size of its window."""
    height, width = shape
    rows, columns = window_of(figure, shape)
    unit = figure.size * min(shape)
    portrait = PORTRAITS[figure.subject]
    layer = np.zeros((rows.stop - rows.start, columns.stop - columns.start, 4), np.uint8)
    origin = (figure.spot[0] * width - columns.start, figure.spot[1] * height - rows.start)
    across = -unit if figure.flip and portrait.flips else unit
    brush = Brush(layer, leaves(figure.subject, palette, season), origin, (across, -unit), figure.tilt)
    brush.unit = unit / USUAL_SIZE
    portrait.draw(brush, rng)
    cover = np.ascontiguousarray(layer[..., 3])
    return Drawn((rows, columns), np.ascontiguousarray(layer[..., :3]), cover, brush)


def leaves(subject: str, palette: Palette, season: str | None) -> Callable[[Colour], Colour]:
    """Return what a drawing's colours become: a tree's green turns with the season, all of them with the mood."""
    turned = {"spring": (244.0, 172.0, 196.0), "autumn": (222.0, 106.0, 30.0), "winter": (206.0, 214.0, 222.0)}
    if subject != "tree" or season not in turned:
        return palette.subject
    leaf = turned[season]

    def tint(colour: Colour) -> Colour:
        r, g, b = colour
        if g <= r * 1.04 or g <= b * 1.04:
            return palette.subject(colour)
        bright = (luminance(colour) / 255.0) ** 0.5
        return palette.subject(mix((leaf[0] * 0.42, leaf[1] * 0.36, leaf[2] * 0.42), leaf, min(1.35 * bright, 1.0)))

    return tint


def shade(drawn: Drawn, light: int, haze: Colour, distance: float, snowy: bool) -> Image:
    """Return the colours lit from one side, darker at the foot, paler with distance, and with snow on top."""
    cover = drawn.cover
    height, width = cover.shape
    step = max(1.0, max(cover.shape) / SHADING_SIDE)
    small = cv2.resize(cover, (max(2, round(width / step)), max(2, round(height / step))), interpolation=cv2.INTER_AREA)
    unit = abs(drawn.brush.scale[1]) / step
    soft = cv2.GaussianBlur(small, (0, 0), max(0.045 * unit, 0.6)).astype(np.float32)
    slope = cv2.Sobel(soft, cv2.CV_32F, 1, 0, ksize=3) * (light * unit / 11000.0)
    rise = (drawn.brush.origin[1] / step - np.arange(small.shape[0], dtype=np.float32)) / unit
    field = np.clip(1.0 + slope, 0.74, 1.16) * np.clip(0.8 + 0.9 * rise, 0.8, 1.0)[:, None]
    field = cv2.resize(field.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    colours = drawn.colours * field[..., None]
    if snowy:
        depth = max(1, round(0.022 * abs(drawn.brush.scale[1])))
        below = np.zeros_like(cover)
        below[depth:] = cover[:-depth]
        cap = np.clip(cover.astype(np.int16) - below, 0, 255)[..., None] / np.float32(255 * 1.1)
        colours += (np.array((246, 250, 255), np.float32) * (cover[..., None] / np.float32(255)) - colours) * cap
    if distance:
        colours += (np.array(haze, np.float32) * (cover[..., None] / np.float32(255)) - colours) * np.float32(distance)
    return np.minimum(colours, cover[..., None]).astype(np.uint8)


def part_from_background(canvas: Image, colours: Image, drawn: Drawn, palette: Palette) -> Image:
    """Set what is behind a figure off from it, as painters do: a contour in its own dark, air where they are alike."""
    cover = drawn.cover
    if not cover.any():
        return canvas
    unit = drawn.brush.unit
    thick = max(3, 2 * round(unit * 0.005) + 1)
    grown = cv2.dilate(cover, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (thick, thick)))
    near = cv2.dilate(cover, np.ones((3, 3), np.uint8), iterations=max(1, thick // 2))
    around, inside = cv2.mean(canvas, mask=near), cv2.mean(colours, mask=cover)
    gap = luminance(inside) - luminance(around)
    if abs(gap) < 70:
        step = max(1.0, max(cover.shape) / SHADING_SIDE)
        height, width = cover.shape
        size = (max(2, round(width / step)), max(2, round(height / step)))
        soft = cv2.GaussianBlur(cv2.resize(grown, size, interpolation=cv2.INTER_AREA), (0, 0), 0.07 * unit / step)
        share = cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32) / 255.0
        air = palette.tone(0.96) if gap < 12 else palette.tone(0.14)
        canvas = blend(canvas, air, share * (0.5 * (1.0 - abs(gap) / 70.0) + 0.06))
    own = (inside[0], inside[1], inside[2])
    dark = mix(mix(own, (0.0, 0.0, 0.0), 0.68), palette.ink, 0.35)
    line = dark if luminance(around) > 70 else mix(mix(own, palette.sun, 0.6), (255.0, 255.0, 255.0), 0.2)
    return blend(canvas, line, grown.astype(np.float32) * (0.62 / 255.0))


def lay_over(canvas: Image, colours: Image, cover: Image) -> Image:
    """Return the canvas with colours over it that are multiplied by their coverage already."""
    keep = (255 - cover)[..., None].astype(np.float32) / 255.0
    return np.clip(canvas * keep + colours, 0, 255).astype(np.uint8)
