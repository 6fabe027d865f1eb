"""A frame's file is an ordinary picture that proves itself, or is refused."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from pipeline.store import frame_file
from pipeline.store.frame_file import decode, encode, pixel_digest, read
from pipeline.types import Frame

KEY = "5e" * 32
pictures = npst.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3)))
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=40)


@settings(deadline=None, max_examples=150)
@given(pictures, st.dictionaries(st.from_regex(r"[a-z]([a-z /.-]{0,20}[a-z])?", fullmatch=True), texts, max_size=3))
@example(np.zeros((1, 1, 3), np.uint8), {})
def test_decode_gives_back_what_encode_took(pixels: np.ndarray, facts: dict[str, str]) -> None:
    facts = {" ".join(name.split()): text for name, text in facts.items()}
    stored = decode(encode(Frame(pixels, KEY), facts=facts))
    assert stored.pixels.dtype == np.uint8
    assert stored.pixels.shape == pixels.shape
    assert (stored.pixels == pixels).all()
    assert (stored.key, stored.facts, stored.digest) == (KEY, facts, pixel_digest(pixels))


def test_encode_is_repeatable(pixels: np.ndarray) -> None:
    facts = {"b": "2", "a": "1"}
    again = dict(reversed(facts.items()))
    assert encode(Frame(pixels, KEY), facts=facts) == encode(Frame(pixels.copy(), KEY), facts=again)


def test_red_stays_red_for_any_viewer(tmp_path: Path) -> None:
    pixels = np.zeros((2, 4, 3), np.uint8)
    pixels[:, :2] = (200, 30, 10)  # red on the left
    pixels[:, 2:] = (10, 30, 220)  # blue on the right
    path = tmp_path / "00000.png"
    path.write_bytes(encode(Frame(pixels, KEY), facts={}))
    seen = cv2.imread(str(path))  # OpenCV speaks BGR
    assert seen[0, 0].tolist() == [10, 30, 200]
    assert seen[1, 3].tolist() == [220, 30, 10]
    assert (read(path).pixels == pixels).all()


def test_record_is_readable_text_chunks(pixels: np.ndarray) -> None:
    data = encode(Frame(pixels, KEY), facts={"plan": '{"text":"höhle"}'})
    assert b"iTXtpipeline:key\0\0\0\0\0" + KEY.encode() in data
    assert b'iTXtpipeline:fact:plan\0\0\0\0\0{"text":"h\xc3\xb6hle"}' in data
    assert b"tEXtSoftware\0clip-guided-animation" in data


def test_digest_covers_the_shape() -> None:
    row = np.arange(36, dtype=np.uint8)
    assert pixel_digest(row.reshape(2, 6, 3)) != pixel_digest(row.reshape(3, 4, 3))
    assert pixel_digest(row.reshape(2, 6, 3)) == pixel_digest(np.asfortranarray(row.reshape(2, 6, 3)))


def test_views_of_other_pictures_are_encoded_as_seen(pixels: np.ndarray) -> None:
    mirrored = pixels[:, ::-1]
    assert (decode(encode(Frame(mirrored, KEY), facts={})).pixels == mirrored).all()


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((4, 4, 3), np.float32),
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((1, 16385, 3), np.uint8),
    ],
)
def test_encode_refuses_what_is_no_picture(pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="a frame"):
        encode(Frame(pixels, KEY), facts={})


@pytest.mark.parametrize("name", ["two  blanks", "ö", "x" * 70, "new\nline"])
def test_encode_refuses_names_that_no_text_chunk_takes(pixels: np.ndarray, name: str) -> None:
    with pytest.raises(ValueError, match="text chunk"):
        encode(Frame(pixels, KEY), facts={name: "x"})


@pytest.mark.parametrize("text", ["zero\0", "\ud800"])
def test_encode_refuses_texts_that_are_none(pixels: np.ndarray, text: str) -> None:
    with pytest.raises(ValueError):
        encode(Frame(pixels, KEY), facts={"a": text})


# what decode refuses


@pytest.mark.goal("R5")
def test_every_truncation_is_found(pixels: np.ndarray, tried) -> None:
    data = encode(Frame(pixels, KEY), facts={"plan": "{}"})
    tried(len(data))
    for length in range(len(data)):
        with pytest.raises(ValueError):
            decode(data[:length])


@pytest.mark.goal("R5")
def test_thousands_of_bit_flips_are_found(pixels: np.ndarray, n_trials, tried) -> None:
    data = encode(Frame(pixels, KEY), facts={"plan": "{}"})
    bits = np.random.default_rng(11).integers(0, len(data) * 8, n_trials(300, 2_000, 100_000))
    tried(len(bits))
    for bit in bits:
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << (bit % 8)
        with pytest.raises(ValueError):
            decode(bytes(flipped))


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=200), st.booleans())
def test_arbitrary_bytes_never_crash(data: bytes, signed: bool) -> None:
    with pytest.raises(ValueError):
        decode(b"\x89PNG\r\n\x1a\n" * signed + data)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.tuples(st.sampled_from([b"IHDR", b"IDAT", b"iTXt", b"tEXt", b"IEND"]), st.binary(max_size=20)), max_size=8
    )
)
def test_well_summed_nonsense_never_crashes(chunks: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(ValueError):
        decode(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in chunks))


def rebuilt(data: bytes, *, change) -> bytes:
    """Take the file apart, let `change` alter its list of chunks, and sum it up again."""
    chunks = list(frame_file._chunks(data))
    return data[:8] + b"".join(chunk(*each) for each in change(chunks))


HEADER = struct.pack(">IIBBBBB", 7, 5, 8, 2, 0, 0, 0)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda c: [(k, b"") if k == b"IDAT" else (k, v) for k, v in c], "too short"),
        (lambda c: [(k, b"\0" * 300) if k == b"IDAT" else (k, v) for k, v in c], "decoded|sha256"),
        (lambda c: [x for x in c if b"pipeline:key" not in x[1]], "lacks 'key'"),
        (lambda c: [x for x in c if b"pipeline:pixels" not in x[1]], "lacks 'pixels'"),
        (lambda c: [c[0], c[2], *c[1:]], "twice"),
        (lambda c: [c[0], c[0], *c[1:]], "order"),
        (lambda c: c[1:], "order"),
        (lambda c: [x for x in c if x[0] != b"IDAT"], "order"),
        (lambda c: [c[0], (b"eXIf", b"MM"), *c[1:]], "'eXIf'"),
        (lambda c: [c[0], (b"iTXt", b"Comment\0\0\0\0\0hi"), *c[1:]], "text chunk"),
        (lambda c: [c[0], (b"iTXt", b"pipeline:x\0\0\0\0\0\xff"), *c[1:]], "UTF-8"),
        (lambda c: [(b"IHDR", HEADER[:12]), *c[1:]], "header"),
        (lambda c: [(b"IHDR", struct.pack(">IIBBBBB", 7, 5, 16, 2, 0, 0, 0)), *c[1:]], "8-bit"),
        (lambda c: [(b"IHDR", struct.pack(">IIBBBBB", 7, 5, 8, 2, 0, 0, 1)), *c[1:]], "8-bit"),
        (lambda c: [(b"IHDR", struct.pack(">IIBBBBB", 2**31, 5, 8, 2, 0, 0, 0)), *c[1:]], "claims"),
        (lambda c: [(b"IHDR", struct.pack(">IIBBBBB", 16384, 16384, 8, 2, 0, 0, 0)), *c[1:]], "too short"),
        (lambda c: [(b"IHDR", struct.pack(">IIBBBBB", 7, 4, 8, 2, 0, 0, 0)), *c[1:]], "sha256|decoded"),
        (lambda c: [*c[:-1], (b"IEND", b"x")], "too many"),
        (lambda c: [*c, (b"IDAT", b"")], "too many"),
    ],
)
def test_well_summed_forgeries_are_named(pixels: np.ndarray, change, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        decode(rebuilt(encode(Frame(pixels, KEY), facts={}), change=change))


def test_swapped_pixels_with_good_checksums_are_found(pixels: np.ndarray) -> None:
    """The record is bound to its own pixels, not merely to a sound picture."""
    data, other = (list(frame_file._chunks(encode(Frame(p, KEY), facts={}))) for p in (pixels, 255 - pixels))
    body = dict(other)[b"IDAT"]
    forged = b"\x89PNG\r\n\x1a\n" + b"".join(chunk(k, body if k == b"IDAT" else v) for k, v in data)
    with pytest.raises(ValueError, match="sha256"):
        decode(forged)
