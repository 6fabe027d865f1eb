"""The plate that a style works on, and what most styles take from it: contours, tones and the colour of the mood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from ..brush import Colour, Image
from ..palettes import Palette
from .texture import Field, cells

AROUND: Final = 0.08  # shorter sides over which contours are found strong or faint
STRONG: Final = 28.0  # a step (0..255) that is drawn as a full line where those around are as strong
FAINTEST: Final = 12.0  # and where they are faint
STEEPER: Final = 5.0  # a line is this many times as steep as what is around it


@dataclass(frozen=True, slots=True)
class Plate:
    """A finished drawing before its style: picture (H, W, 3), the subject's coverage (H, W), colours and light."""

    picture: Image
    cover: Image
    palette: Palette

    @property
    def unit(self) -> int:
        """Return the shorter side in pixels."""
        return min(self.cover.shape)

    @property
    def inside(self) -> Field:
        """Return the share (0..1) of every pixel that the subject covers."""
        return self.cover.astype(np.float32) * np.float32(1 / 255)

    def tones(self, softness: float = 0.0, low: float = 2.0, high: float = 98.0) -> Field:
        """Return the brightness stretched over 0..1, smoothed by `softness` shorter sides."""
        grey = cv2.cvtColor(self.picture, cv2.COLOR_RGB2GRAY)
        first, last = np.percentile(grey[::4, ::4], (low, high))
        last = max(float(last), float(first) + 40.0)
        grey = soft(grey, softness * self.unit) if softness else grey
        table = np.clip((np.arange(256, dtype=np.float32) - np.float32(first)) / np.float32(last - first), 0, 1)
        return cv2.LUT(grey, table)

    def lines(self, width: float, reach: float = 1.7) -> tuple[Field, Field]:
        """Return inked contours of the subject and of the rest: how much darker (0..1) than around each pixel is.

        Taking the difference of two softened pictures puts a line on the dark side of every step in any channel. Lines
        of the land are as dark at night and in fog as by day, or grounds could not be told in styles of lines alone.
        """
        sigma = width * self.unit
        drawn = dark_side(self.picture, sigma, reach)
        rim = dark_side(255 - self.cover, sigma, reach).astype(np.float32) * np.float32(1 / 60)
        near = cv2.dilate(self.cover, np.ones((3, 3), np.uint8)).astype(np.float32) * np.float32(1 / 255)
        steps = drawn.astype(np.float32)
        steps /= np.clip(STEEPER * soft(steps, AROUND * self.unit), FAINTEST, STRONG)
        return np.minimum(np.maximum(rim, steps * near), 1), np.minimum(steps * (1 - near), 1)

    @property
    def clear(self) -> Image:
        """Return the picture with its light and shade evened out over areas: a night as if lit, a fog as if lifted."""
        light, red, blue = cv2.split(cv2.cvtColor(self.picture, cv2.COLOR_RGB2LAB))
        evened = cv2.createCLAHE(clipLimit=3.0, tileGridSize=(4, 4)).apply(light)
        evened = cv2.addWeighted(evened, 0.5, light, 0.5, 0)
        return cv2.cvtColor(cv2.merge([evened, red, blue]), cv2.COLOR_LAB2RGB)

    def hue(self, vivid: float = 1.6) -> Colour:
        """Return the colour of the mood: that of the background, where the more colourful parts count for more."""
        small = cv2.resize(self.picture, (24, 24), interpolation=cv2.INTER_AREA).reshape(-1, 3).astype(np.float32)
        open_air = 1.02 - cv2.resize(self.cover, (24, 24), interpolation=cv2.INTER_AREA).reshape(-1) / 255.0
        weight = open_air * (small.max(axis=1) - small.min(axis=1) + 12.0)
        mean = (small * weight[:, None]).sum(axis=0) / weight.sum()
        grey = float(mean.mean())
        red, green, blue = np.clip(grey + (mean - grey) * vivid, 0, 255).tolist()
        return red, green, blue


def dark_side(image: Image, sigma: float, reach: float) -> Image:
    """Return how much darker (0..255) an image is than its surroundings at a scale in pixels, by its best channel."""
    fine = soft(image, sigma)
    depth = cv2.subtract(soft(image, sigma * reach + 0.35), fine)
    if depth.ndim == 2:
        return depth
    return cv2.max(cv2.max(depth[..., 0], depth[..., 1]), depth[..., 2])


def soft(image: npt.NDArray[Any], sigma: float) -> npt.NDArray[Any]:
    """Return an image blurred by `sigma` pixels; wide blurs are made on a smaller copy, which looks the same."""
    if sigma < 0.2:
        return image
    step = int(sigma / 1.5)
    if step < 2:
        return cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    height, width = image.shape[:2]
    size = (max(2, width // step), max(2, height // step))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma / step, borderType=cv2.BORDER_REPLICATE)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)


def saturated(image: Image, factor: float, lift: float = 0.0) -> Image:
    """Return the image with its colours `factor` times as far from grey, and `lift` added."""
    grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return cv2.addWeighted(image, factor, grey, 1 - factor, lift)


def shaded(colour: Sequence[float], brightness: float, vivid: float = 1.0) -> Colour:
    """Return a colour brought to a mean brightness (0..255), its distance from grey scaled by `vivid`."""
    value = np.array(colour, np.float32)
    grey = float(value.mean())
    value = brightness + (value - grey) * vivid * (brightness / max(grey, 30.0)) ** 0.5
    red, green, blue = np.clip(value, 0, 255).tolist()
    return red, green, blue


def ramp(values: Field, low: Any, high: Any) -> Field:
    """Return 0 below `low`, 1 above `high` and a straight slope between; the ends may be in either order."""
    slope = values - np.float32(low)
    slope *= np.float32(1) / np.float32(high - low)
    return np.clip(slope, 0, 1, out=slope)


def sheet(colour: Colour, like: Image) -> Image:
    """Return a picture of one colour, as large as another."""
    flat = np.empty((*like.shape[:2], 3), np.uint8)
    flat[:] = np.clip(colour, 0, 255).astype(np.uint8)
    return flat


def blend(below: Image, above: Image | Colour, share: Field | float) -> Image:
    """Mix `above` over `below`, both (H, W, 3), by a share in 0..1 of shape (H, W) or one for all."""
    top = sheet(above, below) if isinstance(above, tuple) else above
    if isinstance(share, float):
        return cv2.addWeighted(below, 1 - share, top, share, 0)
    share = np.clip(share, 0, 1).astype(np.float32, copy=False)
    return cv2.blendLinear(below, top, 1 - share, share)


def multiply(paper: Image | Colour, film: Field) -> Image:
    """Return a paper seen through a film, (H, W, 3) or (H, W), that lets pass so much light (0 to 1.27)."""
    values: Image = np.clip(film * np.float32(200), 0, 255).astype(np.uint8)
    if values.ndim == 2:
        values = cv2.cvtColor(values, cv2.COLOR_GRAY2RGB)
    base = sheet(paper, values) if isinstance(paper, tuple) else paper
    return cv2.multiply(base, values, scale=1 / 200)


def displaced(image: Image, x: Field, y: Field, step_x: Field, step_y: Field) -> Image:
    """Return an image whose pixels come from so many pixels further right and down."""
    return cv2.remap(image, x + step_x, y + step_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def flow(plate: Plate, calm: Field, across: float = 96.0) -> tuple[Field, Field]:
    """Return the direction of form, as cosine and sine on a small grid: along contours, and `calm` where all is flat.

    `calm` (any size) holds angles in radians. Tensors of slopes are averaged, because averaged angles would cancel.
    """
    rows, columns = cells(plate.cover.shape, across)
    small = cv2.resize(plate.picture, (columns, rows), interpolation=cv2.INTER_AREA)
    shape = cv2.resize(plate.cover, (columns, rows), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32) + 0.35 * shape.astype(np.float32)
    right, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    angle = cv2.resize(calm, (columns, rows), interpolation=cv2.INTER_AREA) * 2
    plain, crossed = right * right - down * down, 2 * right * down
    strength = np.sqrt(plain * plain + crossed * crossed) + 1e-3
    # Strong slopes must not drown the weak ones beside them, hence the root.
    plain, crossed = -plain / np.sqrt(strength), -crossed / np.sqrt(strength)
    plain = cv2.GaussianBlur(plain, (0, 0), across / 36) + 4.0 * np.cos(angle)
    crossed = cv2.GaussianBlur(crossed, (0, 0), across / 36) + 4.0 * np.sin(angle)
    half = 0.5 * np.arctan2(crossed, plain)
    return np.cos(half), np.sin(half)
