"""Picture files that a film names -> pixels, and what perceptors see in them.

All files are read when a gallery is made, before any model is loaded, and proven to be the ones the film was planned
with. Their bytes are kept, so a file that somebody changes while a film is being drawn changes nothing.
"""

from __future__ import annotations

import hashlib
import stat
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from torch import Tensor

from ..errors import PictureError, UsageError
from ..types import PictureFile
from .perceptors import Perceptor

MAX_PIXELS: Final = 100_000_000
_ORIENTATION: Final = 0x0112  # the tag's number in EXIF 2.3, table 4
_STEPS: Final = {1: (1, 1), 2: (1, -1), 3: (-1, -1), 4: (-1, 1)}  # its values -> steps along y and x
_TURNS: Final = {**_STEPS, **{value + 4: steps for value, steps in _STEPS.items()}}  # the same, once transposed


class Gallery:
    """The pictures of one film, by digest; what a perceptor sees in one is worked out once."""

    def __init__(self, pictures: Iterable[PictureFile] = ()) -> None:
        self.files = {picture.digest: (picture.path, read_file(picture)) for picture in pictures}
        self.known: dict[tuple[Perceptor, str], Tensor] = {}
        for path, content in self.files.values():
            decode(content, where=path)  # every fault is found now

    def embed(self, perceptor: Perceptor, digest: str) -> Tensor:
        """Return the direction (D,) of the picture with this digest.

        Raises: UsageError for a picture that the gallery does not hold.
        """
        if (perceptor, digest) not in self.known:
            self.known[perceptor, digest] = perceptor.embed_picture(self.pixels(digest))
        return self.known[perceptor, digest]

    def pixels(self, digest: str) -> npt.NDArray[np.uint8]:
        """Return the picture with this digest, uint8 (H, W, 3).

        Raises: UsageError for a picture that the gallery does not hold.
        """
        if digest not in self.files:
            raise UsageError(
                f"picture {digest}: no file is known for this digest (of {len(self.files)}); name it in Film.pictures"
            )
        path, content = self.files[digest]
        return decode(content, where=path)


NO_PICTURES: Final = Gallery()


def read_file(picture: PictureFile) -> bytes:
    """Return the content of a picture's file.

    Raises: PictureError where it cannot be read or has another digest.
    """
    path = Path(picture.path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # before opening: a pipe in its place would wait for ever
            raise PictureError(f"{path}: is not an ordinary file; put the picture in its place")
        content = path.read_bytes()
    except OSError as fault:
        reason = (fault.strerror or str(fault)).lower()
        raise PictureError(f"{path}: cannot be read ({reason}); put the picture back in its place") from fault
    found = hashlib.sha256(content).hexdigest()
    if found != picture.digest:
        raise PictureError(
            f"{path}: is not the picture the film was planned with (sha256 {found}, the film says {picture.digest}); "
            "restore it, or load the keyframe file again to use this one"
        )
    return content


def decode(content: bytes, *, where: str) -> npt.NDArray[np.uint8]:
    """Return a picture file's pixels, uint8 (H, W, 3), upright and RGB.

    Convention: turned as its EXIF orientation asks; 16 bits are rounded to 8; grey becomes RGB; what is transparent
        lies on black, as a picture that is not square does; of an animation the first picture counts.
    Raises: PictureError for what OpenCV cannot read, values other than 8 or 16 bits, and more than MAX_PIXELS.
    """
    import cv2

    try:
        raw, kinds, notes = cv2.imdecodeWithMetadata(np.frombuffer(content, np.uint8), flags=cv2.IMREAD_UNCHANGED)
    except cv2.error:  # an empty file, or more pixels than OpenCV takes
        raw = None
    if raw is None:
        begins = content[:8].hex(" ") or "nothing"
        raise PictureError(
            f"{where}: is no picture that can be decoded ({len(content)} bytes, beginning with {begins}); "
            "save it as PNG, JPEG or WebP"
        )
    if raw.dtype not in (np.uint8, np.uint16):
        raise PictureError(f"{where}: has {raw.dtype} values; save it with 8 or 16 bits a channel")
    height, width = raw.shape[:2]
    if height * width > MAX_PIXELS:
        raise PictureError(f"{where}: has {width}x{height} pixels, over {MAX_PIXELS:,}; save it smaller")
    exif = [bytes(note) for kind, note in zip(kinds, notes, strict=True) if kind == cv2.IMAGE_METADATA_EXIF]
    return turned_upright(opaque_rgb(raw), orientation(exif[0]) if exif else 1)


def opaque_rgb(raw: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Turn grey, BGR or BGRA of 8 or 16 bits into RGB of 8 bits, what is transparent over black.

    Shapes: (H, W), or (H, W, n) with n from 1 to 4, where an even n has an alpha channel -> (H, W, 3).
    """
    raw = raw.reshape(*raw.shape[:2], -1)
    n_channels, top = raw.shape[2], np.float32(np.iinfo(raw.dtype).max)
    colour = raw[..., 2::-1] if n_channels > 2 else raw[..., :1].repeat(3, axis=2)
    if n_channels % 2 == 0:
        colour = colour * (raw[..., -1:] / top)
    elif raw.dtype == np.uint8:
        return np.ascontiguousarray(colour)
    return np.rint(colour * (255 / top)).astype(np.uint8)


def orientation(exif: bytes) -> int:
    """Return the orientation, 1 (upright) to 8, that an EXIF block asks for; upright where it says nothing sound.

    Source: TIFF 6.0, section 2: a byte order, the place of the first directory, and entries of 12 bytes there.
    """
    exif = exif.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(f"{order}I", exif, 4)
        (n_entries,) = struct.unpack_from(f"{order}H", exif, start)
        for at in range(start + 2, start + 2 + 12 * n_entries, 12):
            tag, kind, count, value = struct.unpack_from(f"{order}HHIH", exif, at)
            if (tag, kind, count) == (_ORIENTATION, 3, 1):
                return value if value in _TURNS else 1
    except struct.error:  # it ends in the middle
        pass
    return 1


def turned_upright(pixels: npt.NDArray[np.uint8], value: int) -> npt.NDArray[np.uint8]:
    """Turn and mirror pixels (H, W, 3) that were stored with an EXIF orientation of `value`."""
    upright = pixels.transpose(1, 0, 2) if value > len(_STEPS) else pixels
    along_y, along_x = _TURNS[value]
    return np.ascontiguousarray(upright[::along_y, ::along_x])
