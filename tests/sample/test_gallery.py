"""Files of pictures: read whole or refused by name, decoded upright to RGB, and embedded once."""

from __future__ import annotations

import os
import struct
import zlib
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.errors import PictureError, UsageError
from pipeline.sample import gallery as module
from pipeline.sample.easel import set_up
from pipeline.sample.gallery import Gallery, decode, fitted, orientation
from pipeline.types import Engine, PictureFile, Size

RGB = np.array([[[255, 0, 51], [10, 20, 30], [0, 0, 0]], [[1, 2, 3], [200, 100, 50], [40, 90, 250]]], np.uint8)


def png(pixels: np.ndarray, *, exif: bytes = b"") -> bytes:
    """Encode an array as OpenCV takes it (BGR), with an EXIF chunk before the pixels."""
    data = cv2.imencode(".png", pixels)[1].tobytes()
    if not exif:
        return data
    at = data.index(b"IDAT") - 4
    chunk = struct.pack(">I", len(exif)) + b"eXIf" + exif + struct.pack(">I", zlib.crc32(b"eXIf" + exif))
    return data[:at] + chunk + data[at:]


def exif(value: int, *, order: str = "<") -> bytes:
    """Return an EXIF block that says only the orientation, after an entry that says something else."""
    head = struct.pack(f"{order}2sHIH", b"II" if order == "<" else b"MM", 42, 8, 2)
    other = struct.pack(f"{order}HHII", 0x0100, 4, 1, 9)
    return head + other + struct.pack(f"{order}HHIHHI", 0x0112, 3, 1, value, 0, 0)


def seen(data: bytes) -> list:
    return decode(data, where="a.png").tolist()


@pytest.fixture
def keep(tmp_path: Path):
    """Write a file and return it as a film names it."""

    def write(data: bytes, name: str = "a.png") -> PictureFile:
        path = tmp_path / name
        path.write_bytes(data)
        return PictureFile(sha256(data).hexdigest(), str(path))

    return write


def test_colours_are_rgb() -> None:
    pixels = decode(png(RGB[..., ::-1]), where="a.png")
    assert (pixels.dtype, pixels.flags.c_contiguous) == (np.uint8, True)
    assert np.array_equal(pixels, RGB)


def test_grey_is_the_same_in_all_channels() -> None:
    assert seen(png(np.array([[0, 77, 255]], np.uint8))) == [[[0] * 3, [77] * 3, [255] * 3]]


def test_sixteen_bits_are_rounded_to_eight() -> None:
    levels = np.array([[0, 128, 129, 257 * 77, 257 * 77 + 128, 257 * 77 + 129, 65535]], np.uint16)
    assert [pixel[0] for pixel in seen(png(levels))[0]] == [0, 0, 1, 77, 77, 78, 255]
    assert seen(png(RGB[..., ::-1].astype(np.uint16) * 257)) == RGB.tolist()


@pytest.mark.parametrize("scale", [1, 257])
def test_what_is_transparent_lies_on_black(scale) -> None:
    alpha = np.array([[255, 0, 255], [255, 51, 102]])
    data = png((np.dstack((RGB[..., ::-1], alpha)) * scale).astype(np.uint8 if scale == 1 else np.uint16))
    assert seen(data) == [[[255, 0, 51], [0] * 3, [0] * 3], [[1, 2, 3], [40, 20, 10], [16, 36, 100]]]


UPRIGHT = {
    1: [[1, 2, 3], [4, 5, 6]],
    2: [[3, 2, 1], [6, 5, 4]],
    3: [[6, 5, 4], [3, 2, 1]],
    4: [[4, 5, 6], [1, 2, 3]],
    5: [[1, 4], [2, 5], [3, 6]],
    6: [[4, 1], [5, 2], [6, 3]],
    7: [[6, 3], [5, 2], [4, 1]],
    8: [[3, 6], [2, 5], [1, 4]],
}


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("value", UPRIGHT)
def test_pictures_are_turned_as_their_exif_asks(value, order) -> None:
    stored = np.array([[1, 2, 3], [4, 5, 6]], np.uint8)
    data = png(stored, exif=exif(value, order=order))
    assert decode(data, where="a.png")[..., 0].tolist() == UPRIGHT[value]
    assert cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE).tolist() == UPRIGHT[value]
    transparent = np.dstack([stored] * 3 + [np.full_like(stored, 255)])
    transparent[1, 2, 3] = 0
    expected = [[0 if level == 6 else level for level in row] for row in UPRIGHT[value]]
    assert decode(png(transparent, exif=exif(value)), where="a.png")[..., 0].tolist() == expected


@pytest.mark.parametrize("block", [b"", b"II", b"nonsense", exif(0), exif(9), exif(6)[:-9], b"II*\0\xff\xff\xff\xff"])
def test_an_exif_block_that_is_not_sound_turns_nothing(block) -> None:
    assert orientation(block) == 1


def test_a_jpeg_from_a_camera_is_upright() -> None:
    data = cv2.imencode(".jpg", np.repeat(np.repeat(RGB, 16, axis=0), 16, axis=1))[1].tobytes()
    block = b"Exif\0\0" + exif(6, order=">")
    data = data[:2] + b"\xff\xe1" + struct.pack(">H", 2 + len(block)) + block + data[2:]
    assert np.array_equal(
        decode(data, where="a.jpg"), cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    )
    assert decode(data, where="a.jpg").shape == (48, 32, 3)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", r"0 bytes, beginning with nothing"),
        (b"<svg></svg>", r"11 bytes, beginning with 3c 73 76 67 3e 3c 2f 73"),
        (png(RGB)[:-30], r"beginning with 89 50 4e 47 0d 0a 1a 0a"),
    ],
)
def test_what_is_no_picture_is_named(keep, data, told) -> None:
    file = keep(data)
    told = rf"^{file.path}: is no picture that can be decoded \(.*{told}\); save it as PNG, JPEG or WebP$"
    with pytest.raises(PictureError, match=told):
        Gallery([file])


def test_values_that_are_no_levels_are_refused() -> None:
    data = cv2.imencode(".hdr", RGB.astype(np.float32))[1].tobytes()
    with pytest.raises(PictureError, match=r"^a\.hdr: has float32 values; save it with 8 or 16 bits a channel"):
        decode(data, where="a.hdr")


def test_a_picture_beyond_all_cameras_is_refused(monkeypatch) -> None:
    monkeypatch.setattr(module, "MAX_PIXELS", 5)
    with pytest.raises(PictureError, match=r"^a\.png: has 3x2 pixels, over 5; save it smaller"):
        decode(png(RGB), where="a.png")


def test_another_file_in_its_place_is_refused(keep) -> None:
    planned, there = keep(png(RGB)), keep(png(RGB[::-1]))
    told = rf"^{planned.path}: is not the picture the film .*sha256 {there.digest}, the film says {planned.digest}\); "
    with pytest.raises(PictureError, match=told) as caught:
        Gallery([planned])
    assert caught.value.exit_code == 2


def test_a_missing_file_is_named(tmp_path) -> None:
    path = tmp_path / "gone.png"
    with pytest.raises(PictureError, match=rf"^{path}: cannot be read \(no such file or directory\); put the picture"):
        Gallery([PictureFile("0" * 64, str(path))])


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_what_is_no_ordinary_file_is_never_waited_for(tmp_path, make) -> None:
    make(tmp_path / "a.png")
    with pytest.raises(PictureError, match=r"a\.png: is not an ordinary file; put the picture in its place"):
        Gallery([PictureFile("0" * 64, str(tmp_path / "a.png"))])


def test_each_perceptor_looks_at_a_picture_once(keep, toy) -> None:
    file, (near, far) = keep(png(RGB)), (toy(8, seed=1), toy(12, seed=2))
    gallery = Gallery([file])
    first = [gallery.embed(perceptor, file.digest) for perceptor in (near, far, near)]
    assert (first[0] == near.embed_picture(RGB[..., ::-1])).all()
    assert (first[1] == far.embed_picture(RGB[..., ::-1])).all()
    assert first[2] is first[0]
    assert near.seen == [(2, 3, 8, 8)] * 2  # once for the gallery, once above


def test_a_file_that_is_changed_later_changes_nothing(keep, toy) -> None:
    file = keep(png(RGB[..., ::-1]))
    gallery = Gallery([file])
    Path(file.path).write_bytes(b"something else")
    assert (gallery.embed(toy(8), file.digest) == toy(8).embed_picture(RGB)).all()


def test_a_digest_nobody_named(toy) -> None:
    with pytest.raises(UsageError, match=r"^picture ffff: no file is known for this digest \(of 0\); name it in Film"):
        Gallery().embed(toy(8), "ffff")


def test_pictures_are_read_before_models_are_loaded(tmp_path) -> None:
    engine = Engine("no such model", (), "cpu", 1)
    with pytest.raises(PictureError, match=r"gone\.png: cannot be read"):
        set_up(engine, pictures=[PictureFile("0" * 64, str(tmp_path / "gone.png"))])


def test_a_picture_is_cut_about_its_middle_and_brought_to_size() -> None:
    wide = np.zeros((8, 40, 3), np.uint8)
    wide[:, 16:24] = [200, 100, 50]
    wide[:4, 16:24, 0] = 240
    found = fitted(wide, Size(height=4, width=4))
    assert found.shape == (4, 4, 3)
    assert np.array_equal(found[0, 0], [240, 100, 50])
    assert np.array_equal(found[3, 3], [200, 100, 50])
    assert np.array_equal(fitted(wide, Size(8, 40)), wide)
    assert fitted(wide[:2, :3], Size(10, 20)).shape == (10, 20, 3)
