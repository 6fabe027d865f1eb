"""The ways in which a finished film may be packed, and what each of them can hold.

The table is the single source for the reader, the record and the encoder: a codec is added here and, with its
arguments, in `pipeline/assemble/codecs.py`.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

QUALITIES = ("draft", "good", "best")
FACTORS = {"off": 1, "2x": 2, "4x": 4}
AUDIO = ("auto", "aac", "opus", "copy", "none")
LANCZOS = "lanczos"
STEREO = ("off", "side-by-side", "crossed", "top-bottom")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_WEIGHTS = (".safetensors", ".pt", ".pth", ".bin", ".ckpt")


@dataclass(frozen=True, slots=True)
class Codec:
    """How a film's pictures are packed, in which kind of file, and what sound may lie beside them.

    Convention: `encoder` is ffmpeg's name; `suffix` begins with "." for a file, and ends the name of a folder where the
        film is one; `crf` are the constant rate factors of the QUALITIES in order, () where there is no such number,
        and `max_crf` the largest; `audio` are ffmpeg's names of what the file holds, the first one being encoded where
        nothing else is asked for; `max_side` in pixels.
    """

    encoder: str
    container: str
    suffix: str
    max_side: int
    crf: tuple[int, ...] = ()
    max_crf: int = 0
    audio: tuple[str, ...] = ()
    max_fps: float = 1000.0

    @property
    def is_folder(self) -> bool:
        """Tell whether the film is a folder of pictures."""
        return not self.suffix.startswith(".")


_IN_MP4 = ("aac", "mp3", "ac3", "eac3", "opus")
CODECS = {
    "h264": Codec("libx264", "mp4", ".mp4", 16384, (28, 17, 8), 51, _IN_MP4),
    "h265": Codec("libx265", "mp4", ".mp4", 16384, (30, 19, 10), 51, _IN_MP4),
    "vp9": Codec("libvpx-vp9", "webm", ".webm", 16384, (42, 24, 10), 63, ("opus",)),
    "av1": Codec("libsvtav1", "mp4", ".mp4", 8192, (45, 24, 10), 63, _IN_MP4),
    "prores": Codec("prores_ks", "mov", ".mov", 16384, audio=("aac", "mp3", "ac3", "eac3")),
    # players show a frame of a GIF for a tenth of a second where it asks for less than two hundredths
    "gif": Codec("gif", "gif", ".gif", 16384, max_fps=50.0),
    "webp": Codec("libwebp", "webp", ".webp", 16383),
    "png": Codec("png", "image2", "-png", 16384),
}


def names_model(upscaler: str) -> bool:
    """Tell whether what enlarges is a model's name: with a slash, or ending like a weight file, it is a path."""
    return upscaler != LANCZOS and bool(_NAME.fullmatch(upscaler)) and not upscaler.lower().endswith(_WEIGHTS)


def unlike_a_name(path: str) -> str:
    """Return a path so written that nobody takes it for what enlarges by name."""
    return os.path.join(".", path) if path == LANCZOS or names_model(path) else path
