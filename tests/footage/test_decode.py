"""Pictures by number: the same whatever kind of file, wherever one begins, and however it was stored."""

from __future__ import annotations

import subprocess
import tracemalloc
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from pipeline.errors import ClipError
from pipeline.footage import Reader, Reel, look_at

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
NTSC = Fraction(30000, 1001)
KINDS = {
    "long-groups.mp4": ("30000/1001", ("-pix_fmt", "yuv420p", "-bf", "2", "-g", "30"), NTSC),
    "milliseconds.mkv": ("24000/1001", ("-pix_fmt", "yuv420p"), Fraction(24000, 1001)),
    "hundredths.gif": ("20", (), Fraction(20)),
    "no-index.ts": ("50", ("-pix_fmt", "yuv420p"), Fraction(50)),
}


def read(path: Path, start: int, every: int, count: int, numbers) -> list[int]:
    clip = look_at(path)
    reader = Reader(clip, start, every)
    try:
        return [numbers(reader.read()) for _ in range(count)]
    finally:
        reader.close()


@pytest.mark.parametrize("name", KINDS)
def test_any_picture_of_any_kind_of_file(name: str, clip_of, numbers) -> None:
    rate, options, exact = KINDS[name]
    path = clip_of(name, 100, rate, *options)
    clip = look_at(path)
    assert (clip.rate, clip.n_frames, clip.size.height, clip.size.width) == (exact, 100, 48, 64)
    for start, every in ((0, 1), (0, 7), (83, 5), (99, 1)):
        count = min(4, -(-(100 - start) // every))
        assert read(path, start, every, count, numbers) == [start + every * k for k in range(count)]


def test_odd_sizes_colours_and_sides_are_kept(clip_of) -> None:
    path = clip_of("odd.mkv", 3, "10", "-c:v", "ffv1", "-pix_fmt", "bgr0", height=49, width=67)
    reader = Reader(look_at(path), 2)
    picture = reader.read()
    reader.close()
    assert picture.shape == (49, 67, 3)
    assert picture[2, 12].tolist() == [255, 255, 255]  # the second bit of 2, from the left
    assert picture[2, 2].tolist() == [0, 0, 0]
    assert picture[48, 30].tolist() == [200, 0, 0]  # red, and below


def test_a_turned_film_comes_upright(clip_of, tmp_path: Path) -> None:
    """Its file says that it is to be turned by 90 degrees, counter-clockwise; its lower edge comes to the right."""
    path, turned = clip_of("plain.mp4", 4, "10", "-pix_fmt", "yuv420p"), tmp_path / "turned.mp4"
    subprocess.run([FFMPEG, "-v", "error", "-display_rotation", "90", "-i", path, "-c", "copy", turned], check=True)
    clip = look_at(turned)
    assert (clip.size.height, clip.size.width) == (64, 48)
    reader = Reader(clip, 1)
    picture = reader.read().astype(int)
    reader.close()
    assert picture[:, 45, 0].mean() > 150 and picture[:, 45, 1].mean() < 60
    assert picture[60, 10].mean() > 200 and picture[4, 10].mean() < 50  # the first bit lies below


def test_an_uneven_film_shows_what_is_seen_at_each_moment(clip_of, tmp_path: Path, numbers) -> None:
    path, uneven = clip_of("even.mp4", 40, "25", "-pix_fmt", "yuv420p"), tmp_path / "uneven.mp4"
    later = "setpts='if(gt(N,20),PTS+10/25/TB,PTS)'"
    subprocess.run([FFMPEG, "-v", "error", "-i", path, "-vf", later, "-fps_mode", "passthrough", uneven], check=True)
    clip = look_at(uneven)
    assert (clip.rate, clip.n_frames) == (25, 50)
    whole = read(uneven, 0, 1, 50, numbers)
    assert whole == [*range(21), *([20] * 10), *range(21, 40)]
    for start in (19, 25, 31, 49):
        assert read(uneven, start, 1, 1, numbers) == [whole[start]]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Remember where decoders were started."""
    starts: list[int] = []

    class Counted(Reader):
        def __init__(self, clip, start: int, *rest) -> None:
            starts.append(start)
            super().__init__(clip, start, *rest)

    monkeypatch.setattr("pipeline.footage.reel.Reader", Counted)
    return starts


def test_a_reel_goes_on_where_it_is_and_starts_again_where_it_must(clip_of, numbers, counted) -> None:
    clip = look_at(clip_of("long.mp4", 200, "25", "-pix_fmt", "yuv420p"))
    reel = Reel(clip, lambda picture: picture, "plain")
    assert [numbers(reel.picture(k)) for k in (0, 3, 6, 9, 6, 9, 12)] == [0, 3, 6, 9, 6, 9, 12]
    assert counted == [0]
    assert numbers(reel.picture(190)) == 190
    assert numbers(reel.picture(1)) == 1
    assert counted == [0, 190, 1]
    reel.close()


def test_memory_does_not_grow_with_the_film(clip_of) -> None:
    clip = look_at(clip_of("many.mp4", 120, "25", "-pix_fmt", "yuv420p", height=96, width=128))
    peaks = []
    for count in (10, 120):
        reel = Reel(clip, lambda picture: picture, "plain")
        tracemalloc.start()
        for index in range(count):
            reel.picture(index)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        reel.close()
    assert peaks[1] < 1.2 * peaks[0]


def test_a_clip_that_changes_after_the_film_was_planned_stops_it(clip_of) -> None:
    clip = look_at(clip_of("one.mp4", 5, "10", "-pix_fmt", "yuv420p"))
    clip_of("one.mp4", 6, "10", "-pix_fmt", "yuv420p")
    with pytest.raises(ClipError, match="is not the clip the film was planned with"):
        Reel(clip, lambda picture: picture, "plain").picture(0)
    Path(clip.path).unlink()
    with pytest.raises(ClipError, match=r"cannot be read \(no such file or directory\); put the clip back"):
        Reel(clip, lambda picture: picture, "plain").picture(0)


def test_a_picture_beyond_the_end_is_named(clip_of) -> None:
    clip = look_at(clip_of("short.mp4", 5, "10", "-pix_fmt", "yuv420p"))
    with pytest.raises(ClipError, match="has pictures 0 to 4, not 5"):
        Reel(clip, np.asarray, "plain").picture(5)
    reader = Reader(clip, 4)
    reader.read()
    with pytest.raises(ClipError, match=r"picture 5 of 5 cannot be decoded"):
        reader.read()
    reader.close()
