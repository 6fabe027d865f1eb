"""Depth that the artist gives: grey pictures and clips of 8 and 16 bits, either way round, each frame its own."""

from __future__ import annotations

import gc
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import ClipError
from pipeline.types import Engine, PictureFile, SpatialMove
from pipeline.warp import Sight, carry
from pipeline.warp.depth import DepthClip, nearness_of
from pipeline.warp.rigid import joined, undone
from pipeline.warp.way import view_ahead, view_back

ENGINE = Engine("", (), "cpu", 1)


def ramp(n_frames: int, kind: type = np.uint16) -> np.ndarray:
    """Return frames of 12x20 whose left half gets brighter by a tenth at each frame, while the right one stays dark."""
    top = np.iinfo(kind).max
    frames = np.zeros((n_frames, 12, 20), kind)
    frames[:, :, :10] = (np.arange(1, n_frames + 1) / 10 * top).astype(kind)[:, None, None]
    return frames


def sight(path: Path) -> Sight:
    return Sight(ENGINE, [PictureFile("d" * 64, str(path))])


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_each_frame_of_a_clip_is_read_in_any_order_and_as_deep_as_it_is(write_clip, tmp_path, kind: type) -> None:
    clip = DepthClip(str(write_clip(tmp_path / "depth.mkv", ramp(7, kind))))
    for number in (0, 1, 1, 4, 2, 6):
        found = clip.levels(number)
        assert found.shape == (12, 20)
        assert found[3, 4] == pytest.approx((number + 1) / 10, abs=0.003 if kind is np.uint8 else 2e-5)
        assert found[3, 15] == 0
    with pytest.raises(ClipError, match=r"depth\.mkv: has pictures 0 to 6, not 9"):
        clip.levels(9)
    assert clip.levels(2)[0, 0] == pytest.approx(0.3, abs=0.003)
    reader = clip.reel._reader
    assert reader is not None
    process = reader._process
    del clip, reader
    gc.collect()
    assert process.returncode is not None


def test_an_ordinary_film_is_read_over_its_full_range(write_clip, tmp_path) -> None:
    h264 = ("-c:v", "libx264", "-crf", "1", "-pix_fmt", "yuv420p")
    clip = DepthClip(str(write_clip(tmp_path / "depth.mp4", ramp(9, np.uint8), *h264)))
    assert clip.levels(8)[5, 4] == pytest.approx(0.9, abs=0.01)
    assert clip.levels(8)[5, 15] == pytest.approx(0, abs=0.01)


def test_a_move_asks_for_the_frame_that_it_moves(write_clip, tmp_path) -> None:
    seen = sight(write_clip(tmp_path / "depth.mkv", ramp(9)))
    grey = np.full((24, 40, 3), 90, np.uint8)
    moves = [SpatialMove(depth="d" * 64, depth_frame=frame, translation_x=3) for frame in (2, 3, 4)]
    assert seen.nearness(moves[1], grey)[4, 4] == pytest.approx(0.4, abs=1e-4)
    assert joined(moves).depth_frame == 2
    assert undone(moves).depth_frame == 5
    asked: list[int] = []
    original = seen.nearness
    seen.nearness = lambda move, pixels: asked.append(move.depth_frame) or original(move, pixels)  # type: ignore
    carry(grey, moves, seen)
    view_ahead(grey, moves, seen)
    view_back(grey, moves, seen)
    old = [SpatialMove(depth="d" * 64, depth_frame=frame, translation_x=3, warp="disco") for frame in (2, 3, 4)]
    carry(grey, old, seen)
    view_back(grey, old, seen)
    assert asked == [2, 2, 5, 2, 5]


def test_what_is_bright_may_be_the_far_and_is_then_distance() -> None:
    levels = np.array([0.0, 0.5, 1.0])
    move = SpatialMove(near=2, far=8)
    assert nearness_of(levels, move).tolist() == [0, 0.5, 1]
    far = SpatialMove(near=2, far=8, depth_bright="far")
    assert nearness_of(levels, far) == pytest.approx([1, (1 / 5 - 1 / 8) / (1 / 2 - 1 / 8), 0])


def test_a_file_without_a_picture_in_it_is_named(tmp_path) -> None:
    (tmp_path / "depth.mp4").write_bytes(b"no clip")
    with pytest.raises(ClipError, match=r"depth\.mp4: the file is no film that can be read; give a grey picture or"):
        sight(tmp_path / "depth.mp4").nearness(SpatialMove(depth="d" * 64), np.zeros((4, 4, 3), np.uint8))
