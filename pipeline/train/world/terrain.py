"""What every ground is painted with: its random stream and brush, air between near and far, and swelling land.

Profiles are lines of y, in fractions of the picture, over a fixed number of columns, so that they hold at every size.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from .brush import Brush, Colour, Image, mix
from .palettes import Palette

Profile = npt.NDArray[np.float64]
COLUMNS: Final = np.linspace(-0.02, 1.02, 53)


class Terrain:
    """What a ground is painted with: a random stream, a brush in fractions, the horizon and the clear middle."""

    __slots__ = ("brush", "horizon", "light", "middle", "palette", "rng", "season")

    def __init__(
        self,
        rng: np.random.Generator,
        canvas: Image,
        palette: Palette,
        horizon: float,
        middle: float,
        light: int,
        season: str | None = None,
    ) -> None:
        self.rng = rng
        self.brush = Brush(canvas, palette.ground)
        self.palette = palette
        self.horizon = horizon
        self.middle = middle
        self.light = light
        self.season = season

    def haze(self, colour: Colour, share: float) -> Colour:
        """Return a colour as seen through air, drawn towards the sky at the horizon."""
        return mix(self.palette.ground(colour), self.palette.sky[2], share)

    def swell(self, waves: tuple[float, ...], height: float) -> Profile:
        """Return a smooth profile over `COLUMNS` made of waves by their number across the picture."""
        total = np.zeros_like(COLUMNS)
        for index, number in enumerate(waves):
            phase, stretch = self.rng.random(), self.rng.uniform(0.85, 1.15)
            total += np.sin(2 * np.pi * (number * stretch * COLUMNS + phase)) / (1 + index)
        return total * height

    def land(self, profile: Profile, colour: Colour, glow: bool = False) -> list[tuple[float, float]]:
        """Fill everything below a profile of y and return its line."""
        line = list(zip(COLUMNS.tolist(), profile.tolist(), strict=True))
        self.brush.fill(colour, [(-0.02, 1.02), *line, (1.02, 1.02)], glow=glow)
        return line

    def plain(self, far: Colour, near: Colour) -> None:
        """Fill the ground with a gradient from the horizon to the lower edge."""
        canvas = self.brush.layer
        height = canvas.shape[0]
        first = min(round(self.horizon * height), height - 1)
        share = np.linspace(0, 1, height - first)[:, None]
        ends = np.array([self.palette.ground(far), self.palette.ground(near)])
        canvas[first:] = (ends[0] * (1 - share) + ends[1] * share).astype(np.uint8)[:, None]

    def rows(self, count: int, power: float = 1.5) -> Profile:
        """Return the y of rows receding to the horizon, the farthest first."""
        return self.horizon + (1.0 - self.horizon) * (np.arange(count) / count) ** power
