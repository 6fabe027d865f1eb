"""Noise laid over a picture: grain and clouds, which keep its mean, and Deforum's kind, which pulls it towards grey.

The kinds that keep the mean are additive and are not clipped. Their strength is the root mean square, so that one can
be put in place of the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..types import Conditioning

Picture = npt.NDArray[np.float64]
NormalNoise = Callable[[tuple[int, ...], int], Any]
"""Named standard normal numbers, by shape and a number that tells several of one frame apart."""

CELLS: Final = 4  # of the coarsest layer of clouds, along the shorter side


def gaussian(picture: Picture, settings: Conditioning, noise: NormalNoise) -> Picture:
    """Add grain: independent normal numbers.

    Shapes: (H, W, 3) -> the same.
    """
    return picture + settings.noise * _normal(noise, picture.shape, 0)


def perlin(picture: Picture, settings: Conditioning, noise: NormalNoise) -> Picture:
    """Add clouds in layers, each twice as fine as the one before and `perlin_persistence` times as strong.

    Shapes: (H, W, 3) -> the same.
    Convention: each channel has its own, of mean 0 and deviation 1 over the picture.
    """
    height, width, channels = picture.shape
    clouds = np.zeros(picture.shape)
    for octave in range(settings.perlin_octaves):
        cell = min(height, width) / (CELLS * 2**octave)
        layer = gradient_noise(height, width, channels, cell, noise, octave)
        clouds += settings.perlin_persistence**octave * layer
    clouds -= clouds.mean(axis=(0, 1))
    return picture + settings.noise * clouds / np.maximum(clouds.std(axis=(0, 1)), 1e-12)


def deforum(picture: Picture, settings: Conditioning, noise: NormalNoise) -> Picture:
    """Mix in grain about mid-grey; what is not noise loses contrast by (1 - noise) at each frame.

    Shapes: (H, W, 3) -> the same.
    Source: Deforum, noise_type "uniform", which is a clipped Gaussian.
    """
    grey = np.clip(0.5 + _normal(noise, picture.shape, 0) / 2, 0.0, 1.0)
    return (1.0 - settings.noise) * picture + settings.noise * grey


GRAINS: Final[dict[str, Callable[[Picture, Conditioning, NormalNoise], Picture]]] = {
    "gaussian": gaussian,
    "perlin": perlin,
    "deforum": deforum,
}


def gradient_noise(height: int, width: int, channels: int, cell: float, noise: NormalNoise, number: int) -> Picture:
    """Return one layer of clouds, read at the centres of the pixels; `cell` is the lattice's step in pixels.

    Shapes: (H, W, C).
    Source: Perlin 2002, "Improving Noise": slopes at the lattice's points, joined by 6t^5 - 15t^4 + 10t^3.
    """
    y, x = (np.arange(height) + 0.5) / cell, (np.arange(width) + 0.5) / cell
    rows, columns = y.astype(int), x.astype(int)
    slopes = _normal(noise, (rows[-1] + 2, columns[-1] + 2, channels, 2), number)
    slopes /= np.maximum(np.hypot(slopes[..., 0], slopes[..., 1])[..., None], 1e-12)
    v, u = (y - rows)[:, None, None], (x - columns)[None, :, None]
    corners = {}
    for below in (0, 1):
        for right in (0, 1):
            slope = slopes[rows[:, None] + below, columns[None, :] + right]
            corners[below, right] = slope[..., 0] * (u - right) + slope[..., 1] * (v - below)
    top, bottom = (corners[row, 0] + _eased(u) * (corners[row, 1] - corners[row, 0]) for row in (0, 1))
    return np.asarray(top + _eased(v) * (bottom - top), dtype=np.float64)


def _eased(t: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return t * t * t * (t * (t * 6 - 15) + 10)


def _normal(noise: NormalNoise, shape: tuple[int, ...], number: int) -> npt.NDArray[np.float64]:
    return np.asarray(noise(shape, number), dtype=np.float64)
