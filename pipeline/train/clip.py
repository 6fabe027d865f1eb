"""A film out of the painted world: a boat sails along a coast, and the camera goes with it for a while.

What moves is known, and nothing flickers that would not flicker in a filmed sea. `python -m pipeline.train clip` writes
the one that `keyframes/stylised.yaml` is made over, with the noise of its waves.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from .world import imagine
from .world.scene import Scene, render

SEED = 5
HEIGHT, WIDTH, FPS, SECONDS = 120, 160, 12, 4
WIDER = 1.3  # so much of the world is painted beyond the picture, for the camera to go along
SOUND_HZ = 22_050


def frames(n: int = FPS * SECONDS, *, height: int = HEIGHT, width: int = WIDTH) -> Iterator[np.ndarray]:
    """Yield the film's pictures, uint8 (H, W, 3), RGB."""
    tall, wide = round(height * WIDER), round(width * WIDER)
    for number in range(n):
        share = number / max(1, n - 1)
        pixels, _ = render(_scene(share), tall, wide)
        left = (wide - width) * (0.1 + 0.8 * share)
        top = (tall - height) * (0.5 - 0.3 * np.sin(np.pi * share))
        window = np.array([[1, 0, -left], [0, 1, -top]], np.float32)
        yield np.asarray(cv2.warpAffine(pixels, window, (width, height), flags=cv2.INTER_AREA))


def _scene(share: float) -> Scene:
    """Return where everything is once a share of the film has passed."""
    base = imagine(SEED)
    x, heave = 0.22 + 0.5 * share, 0.012 * np.sin(4 * np.pi * share)
    return replace(
        base,
        subject="sailboat",
        ground="sea",
        mood="sunset",
        style="photo",
        horizon=0.56,
        spot=(float(x), float(0.8 + heave)),
        size=0.42,
        tilt=float(0.06 * np.sin(4 * np.pi * share + 0.7)),
        flip=False,
        orb=(0.72, 0.46),
        accessories=("clouds", "sun"),
        ground_colour=None,
        sky_colour=None,
        companions=(),
        rich=False,
    )


def waves(seconds: float = SECONDS) -> np.ndarray:
    """Return the noise of waves, float (samples,) in -1..1 at `SOUND_HZ`."""
    n = round(seconds * SOUND_HZ)
    spectrum = np.fft.rfft(np.random.default_rng(SEED).normal(size=n))
    hertz = np.fft.rfftfreq(n, 1 / SOUND_HZ)
    noise = np.fft.irfft(spectrum / (1 + (hertz / 500) ** 1.5), n)
    time = np.arange(n) / SOUND_HZ
    swell = 0.55 + 0.45 * np.sin(2 * np.pi * 0.7 * time - 1)
    found: np.ndarray = 0.5 * swell * noise / np.abs(noise).max()
    return found


def write(path: Path, pictures: Iterable[np.ndarray] | None = None) -> None:
    """Write the film, or other pictures in its place, with its sound, the same bytes each time."""
    import imageio_ffmpeg

    shown = [np.ascontiguousarray(one) for one in (frames() if pictures is None else pictures)]
    height, width, _ = shown[0].shape
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "waves.raw"
        sound.write_bytes(np.round(32767 * waves()).astype("<i2").tobytes())
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-y"]
        command += ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", str(FPS), "-i", "pipe:0"]
        command += ["-f", "s16le", "-ar", str(SOUND_HZ), "-ac", "1", "-i", str(sound)]
        command += ["-vf", "scale=out_color_matrix=bt709:out_range=tv", "-colorspace", "bt709", "-color_range", "tv"]
        command += ["-c:v", "libx264", "-threads", "1", "-crf", "21", "-preset", "veryslow", "-pix_fmt", "yuv420p"]
        command += ["-c:a", "aac", "-b:a", "48k", "-fflags", "+bitexact", "-flags:v", "+bitexact"]
        command += ["-flags:a", "+bitexact", "-map_metadata", "-1", "-movflags", "+faststart", str(path)]
        subprocess.run(command, input=b"".join(one.tobytes() for one in shown), check=True)
