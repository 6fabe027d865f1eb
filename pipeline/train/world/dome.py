"""The dome of the sky: a float canvas above the horizon on which colours and lights are laid without steps.

Soft things are worked out on a coarse grid and drawn up to size, sharp ones on a patch around them.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from .brush import Colour, Image
from .noise import Field, grain
from .palettes import Palette

Spot = tuple[float, float]


class Dome:
    """The sky of a (height, width) picture down to a little below its horizon; `orb` is its light, in fractions."""

    __slots__ = ("height", "horizon", "orb", "palette", "pixels", "rows", "unit", "width")

    def __init__(self, palette: Palette, orb: Spot, horizon: float, shape: tuple[int, int]) -> None:
        self.height, self.width = shape
        self.unit = float(min(shape))
        self.palette = palette
        self.orb = orb
        self.horizon = horizon
        self.rows = min(self.height, int(np.ceil((horizon + 0.06) * self.height)))
        self.pixels: Field = np.empty((self.rows, self.width, 3), np.float32)

    def levels(self) -> Field:
        """Return the height of each row as a column (rows, 1): 0 at the top of the picture, 1 at the horizon."""
        return ((np.arange(self.rows, dtype=np.float32) + 0.5) / (self.height * self.horizon))[:, None]

    def wash(self, stops: npt.NDArray[np.float64], middle: float) -> None:
        """Fill the sky from its first to its last colour (n, 3), the middle one at `middle` of the way down."""
        places = np.interp(np.linspace(0, 1, len(stops)), (0, 0.5, 1), (0, middle, 1))
        fine = np.linspace(0, 1, 129)
        ramp = np.stack([np.interp(fine, places, stops[:, c]) for c in range(3)], axis=1).astype(np.float32)
        ramp[:] = cv2.GaussianBlur(ramp, (1, 0), 0, sigmaY=9, borderType=cv2.BORDER_REPLICATE)
        level = np.clip(self.levels()[:, 0], 0, 1)
        column = np.stack([np.interp(level, fine, ramp[:, c]) for c in range(3)], axis=1)
        self.pixels[:] = column[:, None].astype(np.float32)

    def coarse(self, side: int, centre: Spot) -> tuple[Field, Field]:
        """Return x (1, n) and y (m, 1) from `centre` in units of the shorter side, on a grid of about `side` rows."""
        down, across = min(self.rows, side), min(self.width, side * 3 // 2)
        x = (np.arange(across, dtype=np.float32) + 0.5) * (self.width / across) - centre[0] * self.width
        y = (np.arange(down, dtype=np.float32) + 0.5) * (self.rows / down) - centre[1] * self.height
        return (x / self.unit)[None].astype(np.float32), (y / self.unit)[:, None].astype(np.float32)

    def drawn_up(self, values: npt.NDArray[np.floating[Any]]) -> Field:
        """Return values on a coarse grid at the size of the sky."""
        if values.shape[:2] == (self.rows, self.width):
            return values.astype(np.float32, copy=False)
        large = cv2.resize(values, (self.width, self.rows), interpolation=cv2.INTER_LINEAR)
        return large.astype(np.float32, copy=False)

    def patch(self, centre: Spot, reach: float) -> tuple[tuple[slice, slice], Field, Field]:
        """Return the window within `reach` of `centre`, and x and y from there in units of the shorter side."""
        across, down = centre[0] * self.width, centre[1] * self.height
        left, right = (int(np.clip(across + way * reach * self.unit, 0, self.width)) for way in (-1, 1))
        top, low = (int(np.clip(down + way * reach * self.unit, 0, self.rows)) for way in (-1, 1))
        x = (np.arange(left, right, dtype=np.float32) + 0.5 - across) / self.unit
        y = (np.arange(top, low, dtype=np.float32) + 0.5 - down) / self.unit
        return (slice(top, low), slice(left, right)), x[None].astype(np.float32), y[:, None].astype(np.float32)

    def lay(
        self, colour: Colour | Field, share: npt.NDArray[np.floating[Any]], window: tuple[slice, slice] | None = None
    ) -> None:
        """Mix a colour, or an image of colours, into the sky by a share in 0..1."""
        part = self.pixels if window is None else self.pixels[window]
        top = np.asarray(colour, np.float32)
        part += (top - part) * share[..., None]

    def shine(
        self, colour: Colour, share: npt.NDArray[np.floating[Any]], window: tuple[slice, slice] | None = None
    ) -> None:
        """Add light of a colour the way a screen does, so that it brightens without clipping hard."""
        part = self.pixels if window is None else self.pixels[window]
        part += (255.0 - part) * (np.asarray(colour, np.float32) / 255.0 * share[..., None])

    def edge(self, away: Field, radius: float) -> Field:
        """Return the coverage of a disc of a radius from the distance to its middle, soft by one pixel."""
        return np.clip((np.float32(radius) - away) * np.float32(self.unit) + 0.5, 0, 1).astype(np.float32)

    def finish(self) -> Image:
        """Return the whole picture's sky (height, width, 3) in bytes, dithered; below it, its lowest row goes on."""
        tiles = (-(-self.rows // 64), -(-self.width // 64))
        dither = np.tile(grain(), tiles)[: self.rows, : self.width, None]
        canvas = np.empty((self.height, self.width, 3), np.uint8)
        canvas[: self.rows] = np.clip(self.pixels + (dither + 0.5), 0, 255)
        canvas[self.rows :] = canvas[self.rows - 1 : self.rows]
        return canvas
