"""Vector drawing on small pictures: a brush with its own coordinates, and the mixing of colours and layers.

All shapes are anti-aliased at a sixteenth of a pixel. A layer with four channels, drawn on from empty, holds colours
multiplied by their coverage, because each stroke mixes with what was there before.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

cv2.setNumThreads(1)  # pictures are too small to share out, and one thread keeps every run alike

Colour = tuple[float, float, float]
Image = npt.NDArray[Any]  # of uint8, which OpenCV's own types do not promise
Points = Sequence[tuple[float, float]] | Sequence[npt.NDArray[np.float64]] | npt.NDArray[np.float64]
SHIFT: Final = 4
SCALE: Final = 1 << SHIFT


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Return the colour at `share` (0..1) of the way from `first` to `second`."""
    keep = 1.0 - share
    return (
        first[0] * keep + second[0] * share,
        first[1] * keep + second[1] * share,
        first[2] * keep + second[2] * share,
    )


def luminance(colour: Sequence[float]) -> float:
    """Return the perceived brightness (0..255) of an RGB colour."""
    return 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]


def blend(below: Image, above: Image | Colour, share: npt.NDArray[Any] | float) -> Image:
    """Mix `above` over `below`, both (H, W, 3), by a share in 0..1 of shape (H, W) or one for all."""
    if not isinstance(share, float):
        share = share[..., None]
    base = below.astype(np.float32)
    top = np.array(above, np.float32) if isinstance(above, tuple) else above.astype(np.float32)
    base += (top - base) * share
    return np.clip(base, 0, 255, out=base).astype(np.uint8)


def box(left: float, low: float, right: float, high: float) -> list[tuple[float, float]]:
    """Return the four corners of an upright rectangle."""
    return [(left, low), (right, low), (right, high), (left, high)]


def mirrored(half: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Close the right half of an outline, listed from bottom to top, with its mirror image about x = 0."""
    return [*half, *((-x, y) for x, y in reversed(half))]


class Brush:
    """Draws on `layer` (H, W, 3 or 4) in coordinates whose zero lies at `origin` and whose unit spans `scale` pixels.

    Widths are in units of the shorter side of the layer. `tint` maps every colour unless a call says `glow`.
    """

    __slots__ = ("_cos", "_sin", "layer", "origin", "scale", "tilt", "tint", "unit")

    def __init__(
        self,
        layer: Image,
        tint: Callable[[Colour], Colour],
        origin: tuple[float, float] = (0.0, 0.0),
        scale: tuple[float, float] | None = None,
        tilt: float = 0.0,
    ) -> None:
        height, width = layer.shape[:2]
        self.layer = layer
        self.tint = tint
        self.origin = origin
        self.scale = scale or (float(width), float(height))
        self.unit = float(min(height, width))
        self.tilt = tilt
        self._cos, self._sin = math.cos(tilt), math.sin(tilt)

    def place(self, points: Points) -> npt.NDArray[np.int32]:
        """Return the fixed-point pixel positions of `points`, turned by the brush's tilt about its zero.

        Half a pixel is taken off because pixel 0 has its middle at 0.5, or sizes would show shifted pictures.
        """
        spots = np.asarray(points, np.float64) * self.scale
        if self.tilt:
            x, y = spots[:, 0], spots[:, 1]
            spots = np.stack([x * self._cos - y * self._sin, x * self._sin + y * self._cos], axis=1)
        return np.rint((spots + self.origin - 0.5) * SCALE).astype(np.int32)

    def ink(self, colour: Colour, glow: bool) -> tuple[float, ...]:
        """Return the colour to hand to the drawing calls."""
        r, g, b = colour if glow else self.tint(colour)
        return (r, g, b, 255.0)[: self.layer.shape[2]]

    def fill(self, colour: Colour, *shapes: Points, glow: bool = False) -> None:
        """Fill one or several outlines, each by itself."""
        ink = self.ink(colour, glow)
        for shape in shapes:
            cv2.fillPoly(self.layer, [self.place(shape)], ink, cv2.LINE_AA, SHIFT)

    def lines(
        self, colour: Colour, paths: Iterable[Points], width: float, closed: bool = False, glow: bool = False
    ) -> None:
        """Draw open or closed paths with round ends."""
        thickness = max(1, round(width * self.unit))
        placed = [self.place(path) for path in paths]
        cv2.polylines(self.layer, placed, closed, self.ink(colour, glow), thickness, cv2.LINE_AA, SHIFT)

    def oval(
        self,
        colour: Colour,
        centre: tuple[float, float],
        radii: tuple[float, float],
        arc: tuple[float, float] = (0.0, 360.0),
        glow: bool = False,
        turn: float = 0.0,
    ) -> None:
        """Fill an ellipse or a sector of it; arcs are in degrees clockwise from the right (180..360 is the top)."""
        spot = self.place([centre])[0]
        axes = (
            max(1, round(abs(radii[0] * self.scale[0]) * SCALE)),
            max(1, round(abs(radii[1] * self.scale[1]) * SCALE)),
        )
        angle = math.degrees(self.tilt) + turn
        ink = self.ink(colour, glow)
        at = (int(spot[0]), int(spot[1]))
        cv2.ellipse(self.layer, at, axes, angle, arc[0], arc[1], ink, -1, cv2.LINE_AA, SHIFT)
