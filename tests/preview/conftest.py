"""Animatics decoded again, and films whose cameras can be told apart."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest


@pytest.fixture
def decoded() -> Callable[[Path], list[np.ndarray]]:
    """Decode a film to RGB."""

    def decode(path: Path) -> list[np.ndarray]:
        ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(path)]
        said = subprocess.run(ffmpeg, capture_output=True, text=True, check=False).stderr
        width, height = map(int, re.search(r"Video: h264.* (\d+)x(\d+)[, ]", said).groups())  # type: ignore[union-attr]
        command = [*ffmpeg, "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]
        data = subprocess.run(command, capture_output=True, check=True).stdout
        return list(np.frombuffer(data, np.uint8).reshape(-1, height, width, 3))

    return decode
