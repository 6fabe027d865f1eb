"""What every ground is painted with: windows of the picture, noise, ramps of colour, air and the light's side.

A layer of land is a coverage and a shade for each pixel of a window, looked up in a ramp of colours that the mood
has tinted. Everything is a function of fractions of the picture, so that it holds at every size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from .brush import Brush, Colour, Image, mix
from .palettes import Palette

Field = npt.NDArray[np.float32]
TILE: Final = 256


@lru_cache(maxsize=4)
def noise_tile(number: int) -> Field:
    """Return a tiling square of fractal noise about 0.5, most of it in 0..1; there are a few, by number."""
    rng = np.random.default_rng([number, 4021])
    total = np.zeros((TILE, TILE), np.float32)
    for cells, weight in ((4, 1.0), (8, 0.6), (16, 0.36), (32, 0.22), (64, 0.14), (128, 0.08)):
        grid = np.pad(rng.random((cells, cells), dtype=np.float32), 2, mode="wrap")
        step = TILE // cells
        large = cv2.resize(grid, None, fx=step, fy=step, interpolation=cv2.INTER_CUBIC)
        total += weight * large[2 * step : -2 * step, 2 * step : -2 * step]
    spread: Field = (0.5 + (total - total.mean()) / (5.0 * total.std())).astype(np.float32)
    return spread


@lru_cache(maxsize=1)
def crack_tile() -> Field:
    """Return a tiling square with the distance to the nearest seam between cells of scattered stones, 0 at a seam."""
    rng = np.random.default_rng(977)
    cells = 6
    spots = (np.stack(np.meshgrid(np.arange(cells), np.arange(cells)), axis=-1) + rng.random((cells, cells, 2))) / cells
    spots = spots.reshape(-1, 2)
    axis = (np.arange(TILE) + 0.5) / TILE
    away = np.abs(axis[:, None] - spots.T[:, None, :])
    away = np.minimum(away, 1.0 - away)
    far = np.hypot(away[0][None], away[1][:, None])
    near = np.partition(far, 1, axis=2)
    seam: Field = ((near[..., 1] - near[..., 0]) * cells).astype(np.float32)
    return seam


def smooth(values: Any, low: Any, high: Any) -> Field:
    """Return 0 below `low`, 1 above `high` and a soft passage between; the two may be the other way round."""
    share = np.clip((values - low) / (high - low), 0.0, 1.0)
    return (share * share * (3.0 - 2.0 * share)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Window:
    """Some rows of a picture: their range and the places of their pixels, x (1, w) and y (h, 1) in fractions."""

    first: int
    last: int
    x: Field
    y: Field


class Terrain:
    """What a ground is painted with: a random stream, a brush in fractions, the horizon and the clear middle.

    `light` is 1 for light from the left and -1 from the right; `season` may be None.
    """

    __slots__ = ("across", "brush", "down", "horizon", "light", "middle", "palette", "rng", "rough", "season", "x")

    def __init__(
        self,
        rng: np.random.Generator,
        canvas: Image,
        palette: Palette,
        horizon: float,
        middle: float,
        light: int,
        season: str | None = None,
        rough: bool = False,
    ) -> None:
        self.rng = rng
        self.brush = Brush(canvas, palette.ground)
        self.palette = palette
        self.horizon = horizon
        self.middle = middle
        self.light = light
        self.season = season
        self.rough = rough
        height, width = canvas.shape[:2]
        self.across, self.down = width / self.brush.unit, height / self.brush.unit
        self.x: Field = ((np.arange(width) + 0.5) / width).astype(np.float32)

    def haze(self, colour: Colour, share: float) -> Colour:
        """Return a colour as seen through air, drawn towards the sky at the horizon."""
        return mix(self.palette.ground(colour), self.palette.sky[2], share)

    def ramp(self, *stops: Colour, haze: float = 0.0) -> Image:
        """Return 256 colours (256, 3) from dark to light through natural `stops`, as mood and air show them."""
        ends = np.array([self.haze(stop, haze) for stop in stops], np.float64)
        places = np.linspace(0.0, 255.0, len(stops))
        return np.stack([np.interp(np.arange(256), places, ends[:, c]) for c in range(3)], axis=1).astype(np.uint8)

    def window(self, top: float, foot: float = 1.0) -> Window:
        """Return the rows between two heights, given in fractions, at least one."""
        height = self.brush.layer.shape[0]
        first = min(max(int(np.floor(top * height)), 0), height - 1)
        last = min(max(int(np.ceil(foot * height)), first + 1), height)
        rows = ((np.arange(first, last) + 0.5) / height).astype(np.float32)
        return Window(first, last, self.x[None], rows[:, None])

    def below(self, window: Window, profile: npt.NDArray[Any]) -> Field:
        """Return the coverage (h, w) of what lies below a profile of y, with a soft edge of a pixel."""
        return np.clip((window.y - profile) * self.brush.layer.shape[0] + 0.5, 0.0, 1.0).astype(np.float32)

    def lay(self, window: Window, cover: Field | None, shade: npt.NDArray[Any], ramp: Image) -> None:
        """Paint a window with the colours of `ramp` at `shade` (0..1), as far as `cover` (0..1) says."""
        part = self.brush.layer[window.first : window.last]
        index = np.empty(part.shape[:2], np.uint8)
        index[:] = np.clip(shade, 0.0, 1.0) * 255.0
        colours = cv2.LUT(cv2.merge([index, index, index]), ramp[None])
        if cover is None:
            part[:] = colours
            return
        full = np.ascontiguousarray(np.broadcast_to(cover, part.shape[:2]), np.float32)
        part[:] = cv2.blendLinear(colours, part, full, 1.0 - full)

    def grain(self, u: Field, v: Field, tile: Image | None = None) -> Field:
        """Return noise at places (u, v) of an endless plane tiled with squares of side 1, shifted at random."""
        shift = self.rng.random(2)
        chosen = noise_tile(int(self.rng.integers(3)))
        u, v = np.broadcast_arrays((u + shift[0]) * TILE, (v + shift[1]) * TILE)
        places = np.ascontiguousarray(u, np.float32), np.ascontiguousarray(v, np.float32)
        noise: Field = cv2.remap(
            chosen if tile is None else tile, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP
        ).astype(np.float32, copy=False)
        return noise

    def mottle(self, window: Window, scale: float, stretch: float = 1.0) -> Field:
        """Return noise over an upright window, `scale` tiles to the shorter side, `stretch` times as wide as high."""
        return self.grain(window.x * (self.across * scale / stretch), window.y * (self.down * scale))

    def floor(self, window: Window) -> tuple[Field, Field, Field]:
        """Return nearness (h, 1) of level ground, 0 at the horizon to 1, and the plane's own u (h, w) and v (h, 1)."""
        near = np.clip((window.y - self.horizon) / (1.0 - self.horizon), 0.0, 1.0)
        away = 1.0 / (near + 0.1)
        return near, (window.x - 0.5) * self.across * away, away

    def line(self, waves: tuple[float, ...], height: float) -> Field:
        """Return a smooth profile about 0 over all columns, made of waves by their number across the picture."""
        total = np.zeros_like(self.x)
        for index, number in enumerate(waves):
            phase, stretch = self.rng.random(), self.rng.uniform(0.85, 1.15)
            total += np.sin(2 * np.pi * (number * stretch * self.x + phase)) / (1 + index)
        return (total * height).astype(np.float32)

    def clear(self, reach: float = 0.4) -> Field:
        """Return for all columns how far they are from the subject, 0 at it to 1 at `reach` and beyond."""
        return np.minimum(np.abs(self.x - self.middle) / reach, 1.0).astype(np.float32)

    def rows(self, count: int, power: float = 1.5) -> list[float]:
        """Return the y of rows receding to the horizon, the farthest first."""
        return [float(self.horizon + (1.0 - self.horizon) * (n / count) ** power) for n in range(count)]

    def bumps(self, xs: Sequence[float] | npt.NDArray[Any], tops: Any, radii: Any) -> tuple[Field, Field, Field]:
        """Return the outline (w,) of round heaps whose tops and radii are given, and which one is seen and where.

        The second array has the number of the heap in each column, the third the place in it from -1 to 1.
        """
        centres, heights, sizes = (np.asarray(v, np.float32)[:, None] for v in (xs, tops, radii))
        place = (self.x[None] - centres) / sizes
        arch = heights + sizes * (self.across / self.down) * (1.0 - np.sqrt(np.clip(1.0 - place**2, 0.0, 1.0)))
        arch = np.where(np.abs(place) < 1.0, arch, 2.0)
        which = np.argmin(arch, axis=0)
        columns = np.arange(len(self.x))
        return arch[which, columns], which.astype(np.float32), place[which, columns]
