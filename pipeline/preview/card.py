"""What an animatic shows in place of a film: a test card under the camera, or any picture.

The card's first view (colours, frame, cross, lettered corners) goes where the warp takes pixels, so it shows what the
borders do. Over it lies a coloured grid on the endless plane in octaves that fade into one another, like a Shepard
tone: however far the camera goes in or out, there are always squares of a good size that move as the camera does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from ..errors import UsageError
from ..types import Size
from .captions import font

DARK = 36  # level of what was never inside a picture; above black, so that the grid can be seen on it
NEUTRAL = 160  # level of the grid that leaves the colour below it as it is
CELLS = 8  # squares along a side of the grid's tile
CORNERS = np.array([[(28, 112, 124), (112, 74, 158)], [(128, 134, 62), (196, 102, 74)]], np.float32)


@dataclass(frozen=True, slots=True)
class View:
    """Where the pixels of a frame come from, in pixels of the shot's first view.

    Shapes: x, y float32 (H, W), within the first view; covered float32 (H, W) in [0, 1] or None for 1 everywhere; plane
        float64 (3, 3), all moves so far as one matrix, from the first view to here.
    """

    x: np.ndarray
    y: np.ndarray
    covered: np.ndarray | None
    wraps: bool
    plane: np.ndarray

    @property
    def magnification(self) -> float:
        """How much larger content is than in the first view, in the middle of the picture."""
        if not self.is_tilted:
            return math.sqrt(abs(float(np.linalg.det(self.plane[:2, :2]))))
        there, (height, width) = np.linalg.inv(self.plane), self.x.shape
        away = float(there[2] @ ((width - 1) / 2, (height - 1) / 2, 1.0))
        return math.sqrt(abs(away**3 / float(np.linalg.det(there))))

    @property
    def is_tilted(self) -> bool:
        """Whether lines that were parallel are no more so, because the camera moved in space."""
        return bool((self.plane[2] != (0, 0, 1)).any())


class Painter(Protocol):
    """Anything that can show what a camera sees."""

    def __call__(self, view: View) -> np.ndarray:
        """Paint the picture, uint8 (H, W, 3)."""
        ...


class Picture:
    """A picture under the camera, resampled once for each frame."""

    def __init__(self, pixels: np.ndarray, size: Size) -> None:
        self.enlarged = pixels.shape[1] / size.width
        self.levels = [pixels]
        while min(self.levels[-1].shape[:2]) >= 4:  # ever smaller, so that what is far away does not flicker
            height, width = self.levels[-1].shape[:2]
            self.levels.append(cv2.resize(self.levels[-1], (width // 2, height // 2), interpolation=cv2.INTER_AREA))

    def __call__(self, view: View) -> np.ndarray:
        """Paint the picture where it has gone, black where nothing is."""
        seen = self.look(view)
        return seen if view.covered is None else darkened(seen, view.covered)

    def look(self, view: View) -> np.ndarray:
        """Read the picture where each pixel comes from, whether or not it is covered."""
        shrunk = self.enlarged / max(view.magnification, 1e-9)
        level = self.levels[min(len(self.levels) - 1, max(0, math.floor(math.log2(shrunk) + 0.5)))]
        return look(level, view)


def look(pixels: np.ndarray, view: View) -> np.ndarray:
    """Read pixels, which cover the first view at any resolution, where each pixel of the view comes from."""
    x, y = view.x, view.y
    if pixels.shape[:2] != x.shape:
        across, down = pixels.shape[1] / x.shape[1], pixels.shape[0] / x.shape[0]
        x, y = (x + 0.5) * across - 0.5, (y + 0.5) * down - 0.5
    border = cv2.BORDER_WRAP if view.wraps else cv2.BORDER_REPLICATE
    return cv2.remap(pixels, x, y, cv2.INTER_LINEAR, borderMode=border)


class Card:
    """The test card of a picture's size."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.plain = _colours(size)
        self.first_view = Picture(_with_marks(self.plain), size)
        self.far_inside = Picture(self.plain, size)
        self.square = max(16, min(size.height, size.width) // CELLS)
        side = 2 ** math.ceil(math.log2(CELLS * self.square))
        tile = _tile(side)
        self.tile = np.rint(tile).astype(np.uint8)
        self.next_tile = np.rint(np.tile(_smoothed(tile)[::2, ::2], (2, 2, 1))).astype(np.uint8)

    def __call__(self, view: View) -> np.ndarray:
        """Paint the first view where it has gone, and the grid over it."""
        octave = math.log2(max(view.magnification, 1e-300))
        base = self._base(view, octave)
        if view.covered is not None:
            base = np.maximum(darkened(base, view.covered), np.uint8(DARK))
        return cv2.multiply(base, self._grid(view, octave), scale=1 / NEUTRAL)

    def _base(self, view: View, octave: float) -> np.ndarray:
        """Return the first view; its marks fade once they are so large that they say nothing any more."""
        marks = min(1.0, max(0.0, (3.0 - octave) / 1.5))
        if marks == 1:
            return self.first_view.look(view)
        if marks == 0:
            return self.far_inside.look(view)
        faded = cv2.addWeighted(self.first_view.levels[0], marks, self.plain, 1 - marks, 0)
        return look(faded, view)

    def _grid(self, view: View, octave: float) -> np.ndarray:
        """Return the grid as the camera sees it: squares of one octave, those of the next fading in."""
        whole, part = math.floor(octave), octave % 1
        tile = cv2.addWeighted(self.tile, 1 - part, self.next_tile, part, 0)
        side = tile.shape[0]
        per_pixel = side / (CELLS * self.square) * 2.0**whole  # pixels of the tile for one of the first view
        middle = ((self.size.width - 1) / 2, (self.size.height - 1) / 2)
        if view.is_tilted:
            return self._tilted(tile, view, per_pixel)
        there = np.linalg.inv(view.plane)[:2]
        there[:, 2] -= middle
        there *= per_pixel
        at_middle = there @ (*middle, 1.0)
        there[:, 2] -= np.floor(at_middle / side) * side  # near the tile, where float32 is fine
        x, y = np.arange(self.size.width), np.arange(self.size.height)[:, None]
        u, v = ((row[0] * x).astype(np.float32) + (row[1] * y + row[2]).astype(np.float32) for row in there)
        return cv2.remap(tile, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)

    def _tilted(self, tile: np.ndarray, view: View, per_pixel: float) -> np.ndarray:
        """Return the grid where the camera has moved in space: nothing beyond the plane's horizon."""
        y, x = np.mgrid[: self.size.height, : self.size.width]
        u, v, w = np.tensordot(np.linalg.inv(view.plane), np.stack((x, y, np.ones_like(x))), axes=1)
        middle = ((self.size.width - 1) / 2, (self.size.height - 1) / 2)
        shown = w > 1e-6
        w = np.where(shown, w, 1.0)
        u, v = ((one / w - half) * per_pixel % tile.shape[0] for one, half in zip((u, v), middle, strict=True))
        seen = cv2.remap(tile, u.astype(np.float32), v.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        return np.where(shown[..., None], seen, np.uint8(NEUTRAL))


def read_picture(path: Path, size: Size) -> np.ndarray:
    """Read a picture file and fit it to a shape by covering: the middle of it, up to twice as large as needed.

    Shapes: uint8 (k * height, k * width, 3), RGB, k from 1 to 2.
    Raises: UsageError for a file that is none.
    """
    try:
        data = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as fault:
        raise UsageError(
            f"{path}: cannot be read ({(fault.strerror or str(fault)).lower()}); check the path"
        ) from fault
    found = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    if found is None:
        raise UsageError(f"{path}: is no picture that can be read ({data.size} bytes); use PNG or JPEG")
    return cover(cv2.cvtColor(found, cv2.COLOR_BGR2RGB), size)


def cover(pixels: np.ndarray, size: Size) -> np.ndarray:
    """Scale a picture until it covers the size, or twice the size if it is so large, and cut its middle out."""
    height, width = pixels.shape[:2]
    fit = max(size.height / height, size.width / width)
    times = 2 if fit <= 0.5 else 1
    target = Size(size.height * times, size.width * times)
    scaled = (max(target.width, round(width * fit * times)), max(target.height, round(height * fit * times)))
    way = cv2.INTER_AREA if fit * times < 1 else cv2.INTER_CUBIC
    resized = cv2.resize(pixels, scaled, interpolation=way)
    top, left = (scaled[1] - target.height) // 2, (scaled[0] - target.width) // 2
    return np.ascontiguousarray(resized[top : top + target.height, left : left + target.width])


def darkened(pixels: np.ndarray, covered: np.ndarray) -> np.ndarray:
    """Return the pixels, the darker the less they are covered."""
    share = np.rint(covered * 255).astype(np.uint8)
    return cv2.multiply(pixels, cv2.merge([share] * 3), scale=1 / 255)


def _colours(size: Size) -> np.ndarray:
    """Return a colour for every place: one for each corner, and what lies between them."""
    y = np.linspace(0, 1, size.height, dtype=np.float32)[:, None, None]
    x = np.linspace(0, 1, size.width, dtype=np.float32)[None, :, None]
    (a, b), (c, d) = CORNERS
    return np.rint((a * (1 - x) + b * x) * (1 - y) + (c * (1 - x) + d * x) * y).astype(np.uint8)


def _with_marks(colours: np.ndarray) -> np.ndarray:
    """Draw what makes a view known again: frame, cross, circle, an arrow up, and a letter in each corner."""
    from PIL import Image, ImageDraw

    height, width = colours.shape[:2]
    fine = 2  # drawn at twice the size and scaled down, for smooth lines
    picture = Image.fromarray(colours).resize((width * fine, height * fine))
    draw = ImageDraw.Draw(picture)
    w, h, side = width * fine, height * fine, min(width, height) * fine
    thin, inset, radius = max(2, side // 180), side * 0.035, side * 0.3
    light, x, y = (244, 244, 240), w / 2, h / 2
    draw.rectangle((inset, inset, w - inset, h - inset), outline=light, width=thin * 2)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=light, width=thin)
    draw.line((x - radius * 1.25, y, x + radius * 1.25, y), fill=light, width=thin)
    draw.line((x, y - radius * 1.25, x, y + radius * 1.25), fill=light, width=thin)
    tip = y - radius * 1.25
    draw.polygon([(x, tip - side * 0.04), (x - side * 0.025, tip), (x + side * 0.025, tip)], fill=light)
    face = font(max(8, round(side * 0.11)), bold=True)
    for letter, across, down in (("A", 0, 0), ("B", 1, 0), ("C", 0, 1), ("D", 1, 1)):
        away = inset * 1.6 + side * 0.07
        place = (away if not across else w - away, away if not down else h - away)
        draw.text(place, letter, fill=light, font=face, anchor="mm")
    return np.asarray(picture.resize((width, height), Image.Resampling.BOX))


def _smoothed(tile: np.ndarray) -> np.ndarray:
    """Return a repeating tile smoothed along both axes, so that half its pixels still tell it."""
    for axis in (0, 1):
        tile = (np.roll(tile, 1, axis) + 2 * tile + np.roll(tile, -1, axis)) / 4
    return tile


def _tile(side: int) -> np.ndarray:
    """Return the grid's tile: squares of slightly different colour with light lines between them; it repeats.

    Shapes: float64 (side, side, 3), on the scale 0..255.
    """
    tints = np.random.default_rng(7).uniform(0.68, 1.16, (CELLS, CELLS, 3)) * NEUTRAL
    cell = side // CELLS
    tile = np.kron(tints, np.ones((cell, cell, 1)))
    line = max(1, side // 256)
    for at in range(0, side, cell):
        for place in range(at - line, at + line + 1):
            tile[place % side] = tile[:, place % side] = 236
    return _smoothed(_smoothed(tile))
