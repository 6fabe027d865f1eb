"""Soft noise for clouds, water, paper and paint: a few tiles made once, of which every picture cuts its own pieces.

Random numbers are drawn in the same order at every size, so that a piece shows the same shapes at all of them.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

Field = npt.NDArray[np.float32]


def layered(rng: np.random.Generator, side: int, layers: tuple[tuple[int, float], ...]) -> Field:
    """Return a tiling (side, side) sum of smooth noise in 0..1; layers are pairs of a number of cells and a weight."""
    total = np.zeros((side, side), np.float32)
    for cells, weight in layers:
        grid = np.pad(rng.random((cells, cells), dtype=np.float32), 2, mode="wrap")
        step = side // cells
        large = cv2.resize(grid, None, fx=step, fy=step, interpolation=cv2.INTER_CUBIC)
        total += weight * large[2 * step : -2 * step, 2 * step : -2 * step]
    total -= total.min()
    return total / total.max()


@lru_cache(maxsize=4)
def noise(number: int) -> Field:
    """Return a tiling (128, 128) field of soft noise in 0..1; there are a few of them, by number."""
    return layered(np.random.default_rng([number, 77]), 128, ((4, 1.0), (8, 0.55), (16, 0.3), (32, 0.14)))


@lru_cache(maxsize=4)
def detail(number: int) -> Field:
    """Return a tiling (512, 512) field in 0..1 with finer folds than `noise` has, for what is seen large."""
    layers = ((4, 1.0), (8, 0.6), (16, 0.36), (32, 0.22), (64, 0.13), (128, 0.07))
    return layered(np.random.default_rng([number, 78]), 512, layers)


@lru_cache(maxsize=1)
def grain() -> Field:
    """Return a fixed (64, 64) dither around zero, which hides the steps of slow gradients."""
    white = np.random.default_rng(79).random((64, 64), dtype=np.float32)
    wide = np.pad(white, 4, mode="wrap")
    fine = white - cv2.GaussianBlur(wide, (0, 0), 1.1)[4:-4, 4:-4]
    return (fine / np.abs(fine).max() * 1.1).astype(np.float32)


def field(rng: np.random.Generator, height: int, width: int, stretch: int = 1) -> Field:
    """Return (height, width) noise in 0..1 cut from a random place of a tile; `stretch` draws it out sideways."""
    tile = noise(int(rng.integers(4)))
    moved = np.roll(tile, tuple(int(n) for n in rng.integers(0, 128, 2)), (0, 1))
    return cv2.resize(moved[:, : 128 // stretch], (width, height), interpolation=cv2.INTER_LINEAR).astype(
        np.float32, copy=False
    )


def ease(values: npt.NDArray[np.float32], low: float, high: float) -> Field:
    """Return 0 below `low`, 1 above `high` and a smooth rise between them."""
    share = np.clip((values - np.float32(low)) * np.float32(1.0 / (high - low)), 0, 1)
    return (share * share * (3 - 2 * share)).astype(np.float32, copy=False)
