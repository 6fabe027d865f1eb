"""What goes into the film comes out of it: colours, order, number, size and rate."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.assemble.encode import assemble_stream, rational_fps
from pipeline.errors import AssembleError
from pipeline.types import FilmFormat, Size

Decoded = Callable[[Path], list[np.ndarray]]
FINE = FilmFormat(crf=1, enlarge=1)
RED, BLUE, GREEN = (210, 40, 30), (25, 60, 200), (40, 180, 60)


def flag(size: Size) -> np.ndarray:
    """Red on the left, blue on the right, green in the lower right quarter: no mirror image or turn looks the same."""
    pixels = np.zeros((size.height, size.width, 3), np.uint8)
    pixels[:, : size.width // 2] = RED
    pixels[:, size.width // 2 :] = BLUE
    pixels[size.height // 2 :, size.width // 2 :] = GREEN
    return pixels


def corners(pixels: np.ndarray) -> list[np.ndarray]:
    height, width, _ = pixels.shape
    at = [(height // 4, width // 4), (height // 4, 3 * width // 4), (3 * height // 4, 3 * width // 4)]
    return [pixels[place].astype(int) for place in at]


def probe(path: Path) -> str:
    """Return what ffmpeg says of a film."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


@pytest.mark.parametrize("enlarge", [1, 2, 3])
@pytest.mark.parametrize("size", [Size(32, 48), Size(33, 47)])
def test_colours_stay_where_and_what_they_are(tmp_path: Path, decoded: Decoded, size: Size, enlarge: int) -> None:
    """Red and blue exchanged differ by 170; BT.601 taken for BT.709 turns this red into (189, 54, 38) and worse."""
    path = assemble_stream(
        [flag(size)] * 3, tmp_path / "f.mp4", size=size, fps=12, format=FilmFormat(crf=1, enlarge=enlarge)
    )
    frames = decoded(path)
    assert len(frames) == 3
    for frame in frames:
        for found, expected in zip(corners(frame), (RED, BLUE, GREEN), strict=True):
            assert np.abs(found - expected).max() <= 4


def test_the_film_says_bt709(tmp_path: Path) -> None:
    path = assemble_stream([flag(Size(32, 48))], tmp_path / "f.mp4", size=Size(32, 48), fps=12, format=FINE)
    assert re.search(r"h264 .*yuv420p\(tv, bt709, progressive\), 48x32", probe(path))


def test_a_player_that_assumes_bt709_sees_the_same(tmp_path: Path) -> None:
    """Convert by hand from the stored planes: the tag and the numbers must agree."""
    path = assemble_stream([flag(Size(32, 48))], tmp_path / "f.mp4", size=Size(32, 48), fps=12, format=FINE)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-f", "rawvideo", "pipe:1"]
    planes = np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, np.uint8).astype(float)
    y = (planes[: 32 * 48].reshape(32, 48)[8, 12] - 16) / 219
    cb, cr = ((plane.reshape(16, 24)[4, 6] - 128) / 224 for plane in np.split(planes[32 * 48 :], 2))
    red, blue = y + 1.5748 * cr, y + 1.8556 * cb
    green = (y - 0.2126 * red - 0.0722 * blue) / 0.7152
    assert np.abs(255 * np.array([red, green, blue]) - RED).max() <= 4


@pytest.mark.parametrize(
    ("size", "enlarge", "expected"),
    [
        (Size(33, 47), 1, (34, 48)),
        (Size(32, 47), 1, (32, 48)),
        (Size(33, 48), 3, (100, 144)),
        (Size(33, 47), 2, (66, 94)),
        (Size(1, 1), 1, (2, 2)),
    ],
)
def test_odd_sides_get_their_last_line_twice(
    tmp_path: Path, decoded: Decoded, size: Size, enlarge: int, expected: tuple[int, int]
) -> None:
    pixels = np.full((size.height, size.width, 3), 200, np.uint8)
    path = assemble_stream([pixels], tmp_path / "f.mp4", size=size, fps=12, format=FilmFormat(crf=1, enlarge=enlarge))
    (frame,) = decoded(path)
    assert frame.shape == (*expected, 3)
    assert np.abs(frame.astype(int) - 200).max() <= 3  # a black border would show here


def test_enlarging_keeps_edges_in_place(tmp_path: Path, decoded: Decoded) -> None:
    pixels = np.zeros((32, 48, 3), np.uint8)
    pixels[8:, 16:] = 255
    path = assemble_stream([pixels], tmp_path / "f.mp4", size=Size(32, 48), fps=12, format=FilmFormat(crf=1, enlarge=4))
    (frame,) = decoded(path)
    bright = frame[..., 1] > 127
    assert not bright[: 8 * 4].any()
    assert not bright[:, : 16 * 4].any()
    assert bright[8 * 4 + 1 :, 16 * 4 + 1 :].all()  # the first pixel of a corner is darker than half


@pytest.mark.goal("R21")
def test_every_frame_once_in_order(tmp_path: Path, decoded: Decoded) -> None:
    greys = [int(grey) for grey in np.random.default_rng(5).permutation(np.arange(20, 240, 4))]
    frames = (np.full((16, 16, 3), grey, np.uint8) for grey in greys)
    path = assemble_stream(frames, tmp_path / "f.mp4", size=Size(16, 16), fps=23.976, format=FINE)
    assert [round(float(frame.mean()) / 4) * 4 for frame in decoded(path)] == greys


def test_equal_frames_are_not_dropped(tmp_path: Path, decoded: Decoded) -> None:
    path = assemble_stream([flag(Size(16, 16))] * 40, tmp_path / "f.mp4", size=Size(16, 16), fps=12, format=FINE)
    assert len(decoded(path)) == 40


@pytest.mark.goal("R21")
def test_same_frames_same_bytes(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (12, 32, 48, 3), dtype=np.uint8)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        assemble_stream(
            noise, tmp_path / name / f"{name}.mp4", size=Size(32, 48), fps=12, format=FilmFormat(18, 2), title="same"
        )
    assert (tmp_path / "a" / "a.mp4").read_bytes() == (tmp_path / "b" / "b.mp4").read_bytes()


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="needs two cores to tell")
def test_same_bytes_on_any_number_of_cores(tmp_path: Path) -> None:
    """x264 counts the cores it may use, and writes other bytes for other numbers of threads."""
    noise = np.random.default_rng(1).integers(0, 256, (12, 64, 96, 3), dtype=np.uint8)
    every = os.sched_getaffinity(0)
    films = []
    for cores in ({min(every)}, every):
        os.sched_setaffinity(0, cores)
        try:
            assemble_stream(noise, tmp_path / "f.mp4", size=Size(64, 96), fps=12, format=FilmFormat(18, 1))
        finally:
            os.sched_setaffinity(0, every)
        films.append((tmp_path / "f.mp4").read_bytes())
    assert films[0] == films[1]


@pytest.mark.goal("R15")
@pytest.mark.parametrize(
    "name", ["%05d.mp4", "-y.mp4", "a'b\"c.mp4", "pipe:1.mp4", "new\nline.mp4", "ü \N{SPARKLES}.mp4"]
)
def test_odd_names_never_reach_a_parser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    path = assemble_stream([flag(Size(16, 16))], Path(name), size=Size(16, 16), fps=12, format=FINE, title=name)
    assert [each.name for each in tmp_path.iterdir()] == [name]
    assert path.stat().st_size > 500


def test_title_rate_and_early_index(tmp_path: Path) -> None:
    path = assemble_stream(
        [flag(Size(16, 16))], tmp_path / "f.mp4", size=Size(16, 16), fps=12.5, format=FINE, title="höhle = 1; 2"
    )
    said = probe(path)
    assert "title           : höhle = 1; 2" in said
    assert "12.50 fps" in said
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")  # players start before the whole film has come


@pytest.mark.parametrize("title", ["zero\0byte", "\udcff", ""])
def test_titles_that_are_no_text(tmp_path: Path, title: str) -> None:
    assemble_stream([flag(Size(16, 16))], tmp_path / "f.mp4", size=Size(16, 16), fps=12, format=FINE, title=title)


@pytest.mark.parametrize(
    ("fps", "expected"),
    [
        (12, Fraction(12)),
        (12.5, Fraction(25, 2)),
        (23.976, Fraction(24000, 1001)),
        (24000 / 1001, Fraction(24000, 1001)),
        (23.98, Fraction(24000, 1001)),
        (24.0, Fraction(24)),
        (29.97, Fraction(30000, 1001)),
        (59.94, Fraction(60000, 1001)),
        (1 / 3, Fraction(1, 3)),
        (0.0001, Fraction(1, 1001)),
        (1000.0, Fraction(1000)),
    ],
)
def test_rates_are_pinned(fps: float, expected: Fraction) -> None:
    assert rational_fps(fps) == expected


@given(st.integers(1, 1000))
def test_whole_rates_stay_whole(fps: int) -> None:
    assert rational_fps(float(fps)) == fps


@pytest.mark.parametrize("fps", [0.0, -1.0, float("nan"), float("inf"), 1000.5])
def test_rates_that_are_none(fps: float) -> None:
    with pytest.raises(AssembleError, match="frame rate"):
        rational_fps(fps)


def test_a_faster_preset_keeps_frames_and_colours(tmp_path: Path, decoded: Decoded) -> None:
    size = Size(32, 48)
    path = assemble_stream([flag(size)] * 3, tmp_path / "f.mp4", size=size, fps=12, format=FINE, preset="ultrafast")
    frames = decoded(path)
    assert len(frames) == 3
    for found, expected in zip(corners(frames[2]), (RED, BLUE, GREEN), strict=True):
        assert np.abs(found - expected).max() <= 4


@pytest.mark.parametrize(
    ("quality", "preset", "other"), [("good", "veryfast", "medium"), ("best", "medium", "veryfast")]
)
def test_how_long_x264_looks_is_a_matter_of_quality(tmp_path: Path, quality: str, preset: str, other: str) -> None:
    size, format = Size(64, 96), replace(FINE, quality=quality)
    frames = [*np.random.default_rng(5).integers(0, 256, (4, 64, 96, 3), dtype=np.uint8)]

    def film(name: str | None) -> bytes:
        return assemble_stream(frames, tmp_path / "f.mp4", size=size, fps=12, format=format, preset=name).read_bytes()

    assert film(None) == film(preset) != film(other)


def test_a_preset_that_is_none_is_x264s_own_complaint(tmp_path: Path) -> None:
    with pytest.raises(AssembleError, match="ffmpeg failed"):
        assemble_stream([flag(Size(32, 48))], tmp_path / "f.mp4", size=Size(32, 48), fps=12, format=FINE, preset="soon")
    assert list(tmp_path.iterdir()) == []
