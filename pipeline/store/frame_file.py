"""A frame in, one PNG out that any viewer opens and that can prove itself; and back again.

Our record (key, digest of the pixels, facts such as the plan) travels in text chunks of the same file, so record and
pixels cannot part. Reading trusts nothing: every checksum, the structure and the pixels are compared before a value
leaves. A picture saved again by another program has lost its record and counts as damaged.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from ..errors import StoreError
from ..types import Frame

if TYPE_CHECKING:
    import numpy as np

MAX_BYTES = 256 * 2**20
MAX_SIDE = 16384

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_OURS = "pipeline:"
_ALLOWED = (b"IHDR", b"tEXt", b"iTXt", b"IDAT", b"IEND")  # what `encode` writes
_DEFLATE_LIMIT = 1032  # deflate cannot expand by more (zlib's technical details)


class MissingFrame(StoreError):
    """There is no file where a frame was expected."""


class DamagedFrame(StoreError):
    """A frame's file is not what was once written there; it can be made again."""


@dataclass(frozen=True, slots=True)
class StoredFrame:
    """A frame as found on the disk, proven whole.

    Shapes: pixels uint8 (H, W, 3), RGB.
    Convention: `digest` is `pixel_digest(pixels)`.
    """

    pixels: np.ndarray
    key: str
    digest: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FrameRecord:
    """What a frame's file says of itself, its pixels left alone."""

    key: str
    digest: str
    facts: Mapping[str, str]


def pixel_digest(pixels: np.ndarray) -> str:
    """Return the sha256 of shape and pixels, as hex: 2x6 and 3x4 pictures of equal bytes differ.

    Shapes: pixels uint8 (H, W, 3), RGB.
    """
    height, width, _ = pixels.shape
    return hashlib.sha256(f"rgb8 {height}x{width}\n".encode() + pixels.tobytes()).hexdigest()


def encode(frame: Frame, *, facts: Mapping[str, str]) -> bytes:
    """Return the frame as a PNG file that carries its key, its digest and `facts`.

    Raises: ValueError where the frame is no picture this format holds, or a fact cannot be a text chunk.
    """
    import cv2

    pixels = frame.pixels
    if pixels.dtype != "uint8" or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ValueError(f"a frame is uint8 (H, W, 3), this is {pixels.dtype} {pixels.shape}")
    if not all(1 <= side <= MAX_SIDE for side in pixels.shape[:2]):
        raise ValueError(f"a frame's sides are 1 to {MAX_SIDE} pixels, these are {pixels.shape[:2]}")
    done, body = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    if not done:
        raise ValueError(f"cv2 could not encode a {pixels.shape} picture")
    record = {
        **{f"fact:{name}": text for name, text in facts.items()},
        "key": frame.key,
        "pixels": pixel_digest(pixels),
    }
    texts = [_chunk(b"tEXt", b"Software\0" + program().encode("latin-1", "replace"))]
    texts += [_text_chunk(_OURS + name, record[name]) for name in sorted(record)]
    chunks = [_chunk(kind, content) for kind, content in _chunks(body.tobytes()) if kind in (b"IHDR", b"IDAT", b"IEND")]
    return _SIGNATURE + b"".join([chunks[0], *texts, *chunks[1:]])


def read(path: Path) -> StoredFrame:
    """Read a frame's file and prove it whole.

    Raises: MissingFrame; DamagedFrame saying what is wrong; StoreError where the disk refuses.
    """
    data = load(path)
    try:
        return decode(data)
    except ValueError as fault:
        raise DamagedFrame(f"{path}: damaged frame ({fault}); render again to make it anew") from fault


def decode(data: bytes) -> StoredFrame:
    """Read what `encode` returned.

    Raises: ValueError saying what is wrong, for any bytes that `encode` did not write.
    """
    record, shape = _checked(data)
    pixels = _pixels(data)
    digest = pixel_digest(pixels)
    if pixels.shape != shape or digest != record.digest:
        raise ValueError(f"its pixels have sha256 {digest[:12]}..., its record says {record.digest[:12]}...")
    return StoredFrame(pixels=pixels, key=record.key, digest=digest, facts=record.facts)


def read_record(path: Path) -> FrameRecord:
    """Read what a frame's file says of itself; every checksum is compared, but its pixels are not decoded.

    Raises: MissingFrame; DamagedFrame saying what is wrong; StoreError where the disk refuses.
    """
    data = load(path)
    try:
        return _checked(data)[0]
    except ValueError as fault:
        raise DamagedFrame(f"{path}: damaged frame ({fault}); render again to make it anew") from fault


def _checked(data: bytes) -> tuple[FrameRecord, tuple[int, int, int]]:
    """Return the record, and the shape that the pixels should have."""
    chunks = list(_chunks(data))
    kinds = [kind for kind, _ in chunks]
    if kinds[:1] != [b"IHDR"] or kinds.count(b"IHDR") != 1 or b"IDAT" not in kinds:
        raise ValueError("its chunks are out of order")
    strange = sorted({kind.decode("latin-1") for kind in kinds if kind not in _ALLOWED})
    if strange:
        raise ValueError(f"it has a chunk {strange[0]!r} that was never written here")
    height, width = _size(chunks[0][1])
    if sum(len(content) for kind, content in chunks if kind == b"IDAT") * _DEFLATE_LIMIT < height * (3 * width + 1):
        raise ValueError(f"its data is too short for {height}x{width} pixels")
    record = _record(content for kind, content in chunks if kind == b"iTXt")
    facts = {name.removeprefix("fact:"): text for name, text in record.items() if name.startswith("fact:")}
    return FrameRecord(record["key"], record["pixels"], facts), (height, width, 3)


@cache
def program() -> str:
    """Return this program's name and version, as written into every file."""
    from importlib.metadata import PackageNotFoundError, version

    name = "clip-guided-animation"
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:  # run from a checkout that was not installed
        return f"{name} (not installed)"


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _text_chunk(name: str, text: str) -> bytes:
    """Return an uncompressed international text chunk (PNG 1.2, section 4.2.3.3)."""
    if not (name.isascii() and name.isprintable() and name == " ".join(name.split()) and len(name) <= 79):
        raise ValueError(f"{name!r} cannot name a text chunk: up to 79 printable ASCII characters")
    if "\0" in text:
        raise ValueError(f"{name!r} has a zero character in its text")
    return _chunk(b"iTXt", name.encode("ascii") + b"\0\0\0\0\0" + text.encode("utf-8"))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Walk through all chunks, checking each one's length and checksum, to IEND and the end of the data."""
    if data[:8] != _SIGNATURE:
        raise ValueError("it does not begin as a PNG" if data else "it is empty")
    at = 8
    kind = b""
    while kind != b"IEND":
        if len(data) < at + 12:
            raise ValueError(f"it ends at byte {len(data)}, in the middle")
        length, kind = struct.unpack_from(">I4s", data, at)
        if len(data) < at + 12 + length:
            raise ValueError(f"it ends at byte {len(data)}, in the middle")
        content = data[at + 8 : at + 8 + length]
        if struct.unpack_from(">I", data, at + 8 + length)[0] != zlib.crc32(kind + content):
            raise ValueError(f"wrong checksum in the chunk at byte {at}")
        yield kind, content
        at += 12 + length
    if length or at != len(data):
        raise ValueError(f"{len(data) - at + length} bytes too many at its end")


def _size(header: bytes) -> tuple[int, int]:
    if len(header) != 13:
        raise ValueError("its header has a wrong length")
    width, height, depth, colour, *rest = struct.unpack(">IIBBBBB", header)
    if (depth, colour, *rest) != (8, 2, 0, 0, 0):
        raise ValueError("it is not 8-bit RGB without interlacing")
    if not (1 <= height <= MAX_SIDE and 1 <= width <= MAX_SIDE):
        raise ValueError(f"it claims {height}x{width} pixels")
    return height, width


def _record(texts: Iterator[bytes]) -> dict[str, str]:
    record: dict[str, str] = {}
    for content in texts:
        name, _, rest = content.partition(b"\0")
        if not name.startswith(_OURS.encode()) or rest[:4] != b"\0\0\0\0":
            raise ValueError("it has a text chunk that was never written here")
        own = name.decode("latin-1").removeprefix(_OURS)
        if own in record:
            raise ValueError(f"its record has {own!r} twice")
        try:
            record[own] = rest[4:].decode("utf-8")
        except UnicodeDecodeError:
            raise ValueError(f"its record's {own!r} is not UTF-8") from None
    for own in ("key", "pixels"):
        if own not in record:
            raise ValueError(f"its record lacks {own!r}")
    return record


def _pixels(data: bytes) -> np.ndarray:
    import cv2
    import numpy as np

    try:
        # IMREAD_COLOR alone would also turn the picture by an EXIF chunk; none gets this far, but say so
        bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error as fault:
        raise ValueError("its pixel data cannot be decoded") from fault
    if bgr is None:
        raise ValueError("its pixel data cannot be decoded")
    return np.ascontiguousarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))


def load(path: Path) -> bytes:
    """Return a regular file's bytes; a link, folder or device in its place is damage, never followed or waited for.

    Raises: MissingFrame; DamagedFrame; StoreError where the disk refuses.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                _refuse(path, "it is not a regular file")
            if found.st_size > MAX_BYTES:
                _refuse(path, f"it has {found.st_size:,} bytes, more than {MAX_BYTES:,}")
            return b"".join(iter(lambda: os.read(descriptor, found.st_size + 1), b""))
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        raise MissingFrame(f"{path}: the frame is missing; render again to make it") from None
    except OSError as fault:
        if fault.errno == errno.ELOOP:
            _refuse(path, "it is a symbolic link")
        if fault.errno in (errno.EISDIR, errno.ENXIO):
            _refuse(path, "it is not a regular file")
        if fault.errno == errno.EIO:
            _refuse(path, "the disk cannot read it")
        reason = (fault.strerror or str(fault)).lower()
        raise StoreError(f"{path}: cannot be read ({reason}); check the folder and its permissions") from fault


def _refuse(path: Path, why: str) -> NoReturn:
    raise DamagedFrame(f"{path}: damaged frame ({why}); render again to make it anew")
