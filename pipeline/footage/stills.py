"""Single pictures of clips, fitted to a film, as PNG: what stands in for a clip where the clip itself is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..errors import ClipError
from ..types import Size

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Still:
    """Which picture it is: number `index` of the clip with that digest, brought to `size` by `fit`."""

    clip: str
    index: int
    size: Size
    fit: str


class Stills:
    """Answers as `Reels` does, from pictures that are there already; each is unpacked when it is asked for."""

    def __init__(self, found: Mapping[Still, bytes]) -> None:
        self.found = dict(found)

    def picture(self, digest: str, index: int, size: Size, fit: str) -> Pixels:
        """Return picture `index` of a clip, fitted.

        Shapes: uint8 (H, W, 3) of that size.
        Raises: ClipError where it is not there, or is none of that size.
        """
        data = self.found.get(Still(digest, index, size, fit))
        if data is None:
            raise ClipError(f"clip {digest}: picture {index} is not there in {size.width}x{size.height}; bundle again")
        found = unpacked(data, size)
        if found is None:
            raise ClipError(f"clip {digest}: picture {index} is damaged or of another size; bundle again")
        return found


def packed(pixels: Pixels) -> bytes:
    """Return a picture, uint8 (H, W, 3), as PNG."""
    import cv2

    return cv2.imencode(".png", np.ascontiguousarray(pixels[..., ::-1]))[1].tobytes()


def unpacked(data: bytes, size: Size | None = None) -> Pixels | None:
    """Return what `packed` made; None for anything else, or a picture of another size, which is not even decoded."""
    import cv2

    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR":
        return None
    width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    if size is not None and size != Size(height, width):
        return None
    try:
        found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    return None if found is None else np.ascontiguousarray(found[..., ::-1])
