"""What pictures are made on and with: noise, grain, fibres and hatching, drawn once per size and then kept.

Every texture is laid in cells that are fractions of the shorter side, so that it looks the same at every size.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

Field = npt.NDArray[Any]  # of float32
VARIANTS: Final = 4


def cells(shape: tuple[int, ...], across: float) -> tuple[int, int]:
    """Return how many rows and columns a grid has that counts `across` cells on the shorter side."""
    unit = min(shape)
    return max(2, round(across * shape[0] / unit)), max(2, round(across * shape[1] / unit))


@lru_cache(maxsize=8)
def grid(height: int, width: int) -> tuple[Field, Field]:
    """Return the column and row number of every pixel."""
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return x, y


@lru_cache(maxsize=8)
def border(height: int, width: int) -> Field:
    """Return every pixel's distance from the nearest side, in shorter sides of the picture."""
    x, y = grid(height, width)
    away = np.minimum(np.minimum(x + 0.5, width - 0.5 - x), np.minimum(y + 0.5, height - 0.5 - y))
    return away / np.float32(min(height, width))


def levelled(values: Field) -> Field:
    """Return values spread about evenly over 0..1, as if they were normal before."""
    centred = (values - values.mean()) / max(float(values.std()), 1e-6)
    return (0.5 + 0.5 * np.tanh(centred * 0.85)).astype(np.float32)


@lru_cache(maxsize=40)
def cloud(number: int, height: int, width: int, across: float = 4.0, octaves: int = 4) -> Field:
    """Return soft noise, even over 0..1, with so many cells on the shorter side in its coarsest octave."""
    rng = np.random.default_rng([number, 31])
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        coarse = rng.random(cells((height, width), across * 2**octave), dtype=np.float32)
        total += cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC) * np.float32(0.55**octave)
    return levelled(total)


@lru_cache(maxsize=24)
def grain(number: int, height: int, width: int, across: float = 256.0) -> Field:
    """Return the tooth of a paper, even over 0..1: two sizes of specks, the finer one as small as a cell."""
    rng = np.random.default_rng([number, 37])
    total = np.zeros((height, width), np.float32)
    for share, scale in ((1.0, 1.0), (0.9, 0.45)):
        rows, columns = cells((height, width), across * scale)
        specks = rng.random((rows, columns), dtype=np.float32) - 0.5
        way = cv2.INTER_AREA if rows > height else cv2.INTER_CUBIC
        total += cv2.resize(specks, (width, height), interpolation=way) * np.float32(share)
    return levelled(total)


@lru_cache(maxsize=32)
def fibres(number: int, height: int, width: int, angle: float, length: float, thick: float) -> Field:
    """Return streaks, even over 0..1, along an angle in degrees; length and thickness are in shorter sides."""
    rng = np.random.default_rng([number, 41])
    unit = min(height, width)
    reach = float(np.hypot(height, width)) / unit
    rows, columns = round(reach / thick), max(8, round(reach / length))
    streaks = rng.random((rows, columns), dtype=np.float32)
    turn = np.deg2rad(angle)
    cos, sin = float(np.cos(turn)), float(np.sin(turn))
    across, down = columns / (reach * unit), rows / (reach * unit)
    matrix = np.array(
        [
            [cos * across, sin * across, columns / 2 - (cos * width + sin * height) / 2 * across],
            [-sin * down, cos * down, rows / 2 - (cos * height - sin * width) / 2 * down],
        ]
    )
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return levelled(cv2.warpAffine(streaks, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REFLECT))


@lru_cache(maxsize=32)
def hatching(number: int, height: int, width: int, angle: float, pitch: float) -> Field:
    """Return hatching lines (1 on a line, 0 between) along an angle: drawn by hand, waving and pressed unevenly."""
    x, y = grid(height, width)
    unit = min(height, width)
    turn = np.deg2rad(angle)
    sway = cloud(number, height, width, 3.0, 3)
    phase = (y * np.cos(turn) - x * np.sin(turn)) / (pitch * unit) + sway * 2.2
    wave = 0.5 + 0.5 * np.cos(2 * np.pi * phase)
    pressure = fibres(number, height, width, angle, pitch * 9, pitch)
    return np.clip(wave * 0.75 + (pressure - 0.5) * 0.55 + 0.12, 0, 1).astype(np.float32)
