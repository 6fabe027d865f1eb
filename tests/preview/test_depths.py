"""How near things are in frames, shown and kept: the network's answer where it is asked, white near, 16 bits."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.errors import UsageError
from pipeline.preview import Context, depth_map
from pipeline.preview.animatic import animatic
from pipeline.preview.depths import shown
from pipeline.warp import Sight, looked_with

SPACE = """\
prompts: a tree
size: 32x64
fps: 4
shots:
- {name: flat, frames: 2}
- {name: deep, frames: 3, camera: {mode: 3d, translation_z: 5, depth: near.png}}
look: {steps: 3, skip: 0.4, cut_overview: 1, cut_innercut: 1, cfg_scale: 0}
silence: size-far
"""


@pytest.fixture
def near(tmp_path: Path) -> np.ndarray:
    """A grey picture, its left half near, which the films below name."""
    levels = np.zeros((64, 32), np.uint16)
    levels[:, :10] = 60000
    cv2.imwrite(str(tmp_path / "near.png"), levels)
    return levels


@pytest.fixture
def kept(near, film_of, tiny_engine, command, tmp_path: Path, monkeypatch) -> Path:
    """The folder of a film that was rendered with its maps."""
    film_of(SPACE)
    monkeypatch.chdir(tmp_path)
    assert command("render", "tiny.yaml", "--depth-maps").code == 0
    return tmp_path / "outputs" / "tiny"


def test_maps_lie_beside_frames_whose_camera_moves_in_space(kept: Path, near, command) -> None:
    found = sorted(str(path.relative_to(kept)) for path in kept.glob("depths/**/*.png"))
    assert found == [f"depths/deep/0000{number}.png" for number in range(3)]
    first = kept / found[0]
    levels = cv2.imread(str(first), cv2.IMREAD_UNCHANGED)
    assert (levels.dtype, levels.shape) == (np.uint16, (64, 32))
    assert np.abs(levels.astype(int) - near).max() <= 1
    before = {path: path.stat().st_mtime_ns for path in kept.glob("depths/**/*.png")}
    os.utime(kept / "frames/deep/00001.png")  # as if it had been drawn again
    assert command("render", "tiny.yaml", "--depth-maps").code == 0
    changed = [path.name for path, at in before.items() if path.stat().st_mtime_ns != at]
    assert changed == ["00001.png"]


def test_a_preview_shows_the_map_of_a_frame(kept: Path, near, command) -> None:
    answer = command("preview", "tiny.yaml", "--frame", 4, "--depth", "--out", "map.png")
    assert answer.code == 0
    assert "how near things are in the frame; the stored frame" in answer.err
    assert np.abs(cv2.imread("map.png", cv2.IMREAD_UNCHANGED).astype(int) - near).max() <= 1
    told = command("preview", "tiny.yaml", "--frame", 1, "--depth")
    assert told.code == 2
    assert "the camera of frame 1 stays in its plane" in told.err
    assert "--depth and --sheet" in command("preview", "tiny.yaml", "--sheet", 2, "--depth").err.replace(
        "--sheet and --depth", "--depth and --sheet"
    )


def test_the_embedded_network_is_asked_about_the_frame_itself(film_of, tiny_engine, tmp_path: Path) -> None:
    film = film_of(SPACE.replace(", depth: near.png", ""))
    context = Context(film, None)
    levels, how = depth_map(context, 2)
    move = looked_with(film.shots[1].plans, 0)
    assert move is not None and move.depth == "model"
    seen = Sight(film.engine).nearness(move, context.sketch(2).pixels)
    assert np.abs(levels / 65535 - seen).max() < 1e-4
    assert "first frame of a shot" in how


def test_a_film_in_its_plane_has_no_maps(tiny_film, tiny_engine, command) -> None:
    told = command("render", tiny_film.source, "--depth-maps")
    assert told.code == 2
    assert "--depth-maps: no camera of this film moves in space" in told.err


def test_an_animatic_shows_depths_where_they_are_known(near, film_of, decoded, tmp_path: Path) -> None:
    film = film_of(SPACE)
    made = animatic(film, tmp_path / "depth.mp4", depth=True, width=320)
    assert made.sources == {"flat": "card", "deep": "card, how near things are"}
    frames = decoded(made.path)
    assert len(frames) == 5
    side = made.size.width // 2
    left, right = frames[2][100, side - 100].astype(int), frames[2][100, side + 100].astype(int)
    bright, dark = shown(np.array([[60000 / 65535, 0.0]]))[0].astype(int)
    assert np.abs(left - bright).max() < 25
    assert np.abs(right - dark).max() < 25
    unseen = film_of(SPACE.replace(", depth: near.png", ""))
    with pytest.raises(UsageError, match="shot deep has no picture in which distances could be seen"):
        animatic(unseen, tmp_path / "depth.mp4", depth=True, width=320)


def test_the_move_that_looks_is_the_one_that_leaves_the_frame(near, film_of) -> None:
    plans = film_of(SPACE).shots[1].plans
    assert looked_with(plans, 0) == plans[1].camera
    last = looked_with(plans, 2)
    assert last is not None and last.depth_frame == plans[2].camera.depth_frame + 1
    assert looked_with(film_of(SPACE).shots[0].plans, 1) is None
