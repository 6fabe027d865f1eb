"""Write clips that tests read distances from."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest


@pytest.fixture
def write_clip() -> Callable[..., Path]:
    """Return a function that encodes grey frames, uint8 or uint16 (N, H, W), in a codec that keeps them."""

    def write(path: Path, frames: np.ndarray, *codec: str) -> Path:
        _, height, width = frames.shape
        kind = "gray" if frames.dtype == np.uint8 else "gray16le"
        raw = ["-f", "rawvideo", "-pixel_format", kind, "-video_size", f"{width}x{height}", "-framerate", "12"]
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-y", *raw, "-i", "pipe:0"]
        command += [*(codec or ("-c:v", "ffv1")), str(path)]
        subprocess.run(command, input=frames.astype(frames.dtype.newbyteorder("<")).tobytes(), check=True)
        return path

    return write
