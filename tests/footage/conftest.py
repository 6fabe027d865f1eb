"""Clips whose every picture tells its own number, upright and mirrored only one way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

BITS = 8


def numbered(number: int, height: int = 48, width: int = 64) -> np.ndarray:
    """Return a picture with the bits of its number in columns from the left; its lower eighth is red."""
    picture = np.zeros((height, width, 3), np.uint8)
    edges = np.linspace(0, width, BITS + 1).round().astype(int)
    for bit in range(BITS):
        picture[:, edges[bit] : edges[bit + 1]] = 255 * ((number >> bit) & 1)
    picture[-(height // 8) :] = (200, 0, 0)
    return picture


def number_of(picture: np.ndarray) -> int:
    """Return the number that a picture tells."""
    height, width, _ = picture.shape
    row = picture[height // 3, :, 1]
    return sum(int(row[int((bit + 0.5) * width / BITS)] > 127) << bit for bit in range(BITS))


@pytest.fixture
def numbers() -> Callable[[np.ndarray], int]:
    return number_of


@pytest.fixture
def clip_of(write_film, tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a clip of numbered pictures."""

    def make(name: str, count: int, rate: str, *options: str, height: int = 48, width: int = 64) -> Path:
        return write_film(tmp_path / name, [numbered(n, height, width) for n in range(count)], rate, *options)

    return make
