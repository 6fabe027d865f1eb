"""Small marks that go with a style: an artist's seal, a title cartouche, dimension lines."""

from __future__ import annotations

import cv2
import numpy as np

from ..brush import Colour, Image


def place(image: Image, points: list[tuple[float, float]]) -> np.ndarray:
    """Return fixed-point pixel positions of points in shorter sides from the picture's upper left corner."""
    return np.rint((np.array(points, np.float64) * min(image.shape[:2]) - 0.5) * 16).astype(np.int32)


def slab(image: Image, colour: Colour, left: float, top: float, right: float, low: float) -> None:
    """Fill an upright rectangle given in shorter sides of the picture."""
    cv2.fillPoly(image, [place(image, [(left, top), (right, top), (right, low), (left, low)])], colour, cv2.LINE_AA, 4)


def glyph(image: Image, rng: np.random.Generator, colour: Colour, spot: tuple[float, float], size: float) -> None:
    """Draw an invented character, a few strokes on a small lattice, with its middle at `spot`."""
    strokes = []
    for index in range(5):
        first, second = rng.integers(-2, 3, 2).tolist()
        ends = [(-2, first), (2, first)] if index % 2 else [(first, -2), (first, 2)]
        if index == 4:
            ends = [(first, second), (second, 2)]
        strokes.append(place(image, [(spot[0] + x * size / 4, spot[1] + y * size / 4) for x, y in ends]))
    thick = max(1, round(0.13 * size * min(image.shape[:2])))
    cv2.polylines(image, strokes, False, colour, thick, cv2.LINE_AA, 4)


def seal(image: Image, rng: np.random.Generator, corner: int) -> Image:
    """Press a red seal into one of the four corners (0 and 1 above, 1 and 3 on the right) of the image."""
    height, width = image.shape[:2]
    unit = min(height, width)
    side, gap = 0.085, 0.045
    left = width / unit - gap - side if corner % 2 else gap
    top = height / unit - gap - side if corner >= 2 else gap
    slab(image, (186.0, 38.0, 30.0), left, top, left + side, top + side)
    glyph(image, rng, (246.0, 226.0, 206.0), (left + side / 2, top + side / 2), side * 0.66)
    return image


def cartouche(image: Image, rng: np.random.Generator, fill: Colour, ink: Colour, right: bool) -> Image:
    """Set an upright title label with a column of characters into an upper corner of the image."""
    side, gap, count = 0.07, 0.065, 3
    left = image.shape[1] / min(image.shape[:2]) - gap - side if right else gap
    low = gap + side * (count + 0.4)
    slab(image, ink, left - 0.006, gap - 0.006, left + side + 0.006, low + 0.006)
    slab(image, fill, left, gap, left + side, low)
    for index in range(count):
        glyph(image, rng, ink, (left + side / 2, gap + side * (0.7 + index)), side * 0.62)
    return image


def dimensions(image: Image, cover: Image, colour: Colour) -> Image:
    """Frame a plan: a border, a title block, and measures of height and width around what is covered."""
    height, width = cover.shape
    unit = min(height, width)
    thin = max(1, round(0.004 * unit))
    right, low = width / unit, height / unit
    edge = 0.028
    frame = [(edge, edge), (right - edge, edge), (right - edge, low - edge), (edge, low - edge)]
    cv2.polylines(image, [place(image, frame)], True, colour, thin, cv2.LINE_AA, 4)
    block = [
        (right - edge - 0.2, low - edge),
        (right - edge - 0.2, low - edge - 0.085),
        (right - edge, low - edge - 0.085),
    ]
    rows = [
        [(right - edge - 0.2, low - edge - y), (right - edge - x, low - edge - y)]
        for y, x in ((0.03, 0), (0.058, 0.09))
    ]
    cv2.polylines(image, [place(image, path) for path in (block, *rows)], False, colour, thin, cv2.LINE_AA, 4)
    small = cv2.resize(cover, (max(1, width * 128 // unit), max(1, height * 128 // unit)), interpolation=cv2.INTER_AREA)
    across, down, wide, tall = cv2.boundingRect((small > 60).astype(np.uint8))
    if not wide:
        return image
    left, top, far, foot = (value / 128 for value in (across, down, across + wide, down + tall))
    side = min(far + 0.045, right - 0.06)
    base = min(foot + 0.045, low - 0.06)
    marks = [[(side, top), (side, foot)], [(left, base), (far, base)]]
    marks += [[(far - 0.02, y), (side + 0.02, y)] for y in (top, foot)]
    marks += [[(x, foot - 0.02), (x, base + 0.02)] for x in (left, far)]
    for x, y, turn in ((side, top, 1), (side, foot, -1)):
        marks += [[(x - 0.01, y + 0.028 * turn), (x, y), (x + 0.01, y + 0.028 * turn)]]
    for x, y, turn in ((left, base, 1), (far, base, -1)):
        marks += [[(x + 0.028 * turn, y - 0.01), (x, y), (x + 0.028 * turn, y + 0.01)]]
    cv2.polylines(image, [place(image, path) for path in marks], False, colour, thin, cv2.LINE_AA, 4)
    return image
