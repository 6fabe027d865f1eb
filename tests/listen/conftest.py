"""Sounds in files, made by numpy and written once for each test that asks."""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipeline.bench.songs import RATE_HZ


@pytest.fixture
def sound(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes samples as a WAV file of 16 bits."""

    def write(samples: np.ndarray, name: str = "song.wav", *, rate_hz: int = RATE_HZ) -> Path:
        path = tmp_path / name
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
            file.setsampwidth(2)
            file.setframerate(rate_hz)
            file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
        return path

    return write
