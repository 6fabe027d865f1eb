"""The camera's mode in space, as it is written: what it may say, what it becomes, and what the other mode refuses."""

from __future__ import annotations

import hashlib
import subprocess

import cv2
import imageio_ffmpeg
import numpy as np
import pytest

from pipeline.errors import KeyframeError
from pipeline.schedule import load
from pipeline.types import SpatialMove


def read(tmp_path, camera: str):
    path = tmp_path / "film.yaml"
    path.write_text(f"prompts: a fox\nframes: 4\ncamera: {camera}\n", encoding="utf-8")
    return load(path)


def moves(film) -> list:
    return [plan.camera for plan in film.shots[0].plans]


def test_every_number_is_a_curve_and_the_lens_knows_the_frame_before(tmp_path) -> None:
    film = read(tmp_path, "{mode: 3d, translation_z: '2*t', rotation_y: 0.5, fov: {0: 40, 3: 70}, warp: march}")
    assert moves(film) == [None] + [
        SpatialMove(
            translation_z=2.0 * t, rotation_y_deg=0.5, fov_deg=40 + 10 * t, fov_before_deg=30 + 10 * t, warp="march"
        )
        for t in (1, 2, 3)
    ]


def test_a_film_that_stays_in_the_plane_needs_no_depth_model(tmp_path) -> None:
    assert read(tmp_path, "{zoom: 1.1}").engine.depth_model == ""
    assert read(tmp_path, "{mode: 3d, depth: plane}").engine.depth_model == ""
    assert read(tmp_path, "{mode: 3d}").engine.depth_model == "painted-depth"


def test_a_depth_picture_becomes_its_digest(tmp_path) -> None:
    cv2.imwrite(str(tmp_path / "depth.png"), np.zeros((4, 4), np.uint8))
    film = read(tmp_path, "{mode: 3d, depth: depth.png}")
    assert moves(film)[1].depth == film.pictures[0].digest


def write_clip(path, n_frames: int) -> None:
    frames = np.zeros((n_frames, 8, 8), np.uint8)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-y", "-f", "rawvideo", "-pixel_format", "gray"]
    command += ["-video_size", "8x8", "-i", "pipe:0", "-c:v", "ffv1", str(path)]
    subprocess.run(command, input=frames.tobytes(), check=True)


def test_a_depth_clip_gives_each_frame_the_one_before(tmp_path) -> None:
    write_clip(tmp_path / "depth.mkv", 4)
    film = read(tmp_path, "{mode: 3d, depth: {file: depth.mkv, bright: far}}")
    digest = hashlib.sha256((tmp_path / "depth.mkv").read_bytes()).hexdigest()
    found = [(move.depth, move.depth_frame, move.depth_bright) for move in moves(film)[1:]]
    assert found == [(digest, frame, "far") for frame in (0, 1, 2)]
    assert (film.pictures[0].digest, film.engine.depth_model) == (digest, "")
    write_clip(tmp_path / "depth.mkv", 3)
    with pytest.raises(KeyframeError, match="3:27: the clip has 3 frames, and the shot 4"):
        read(tmp_path, "{mode: 3d, depth: depth.mkv}")


def test_a_film_may_name_another_depth_network_than_the_preset_does(tmp_path) -> None:
    assert read(tmp_path, "{mode: 3d, depth: {model: dpt-large}}").engine.depth_model == "dpt-large"
    assert read(tmp_path, "{mode: 3d, depth: {model: dpt-large}}\nshots:\n- {camera: {mode: 3d}}\n").n_frames == 4
    two = "{mode: 3d}\nshots:\n- camera: {depth: {model: one}}\n- camera: {depth: {model: other}}"
    with pytest.raises(KeyframeError, match="6:27: a film has one depth model, and this one has 'one' already"):
        read(tmp_path, two)


@pytest.mark.parametrize(
    ("camera", "told"),
    [
        ("{mode: 3d, zoom: 1.1}", "3:26: camera.zoom does nothing in mode 3d; remove it, or write mode: 2d"),
        ("{rotation_y: 1}", "3:22: camera.rotation_y does nothing in mode 2d; remove it, or write mode: 3d"),
        (
            "{mode: 3d, flip_x: 3, flip_about: deforum}",
            "3:43: camera.flip_about does nothing in mode 3d; remove it, or write mode: 2d",
        ),
        ("{flip_y: 90}", "3:18: camera.flip_y is 90 at frame 0; keep it between -90 and 90, without the ends"),
        ("{warp: disco}", "3:16: camera.warp does nothing in mode 2d; remove it, or write mode: 3d"),
        (
            "{mode: 3d, border: zeros}",
            "3:28: there is no camera.border 'zeros' in mode 3d; use reflect, wrap, smear, noise",
        ),
        ("{mode: 3d, fov: 180}", "3:25: camera.fov is 180 at frame 0; keep it between 1 and 170"),
        (
            "{mode: 3d, near: 9, far: 4}",
            "3:34: camera.far is 4 and camera.near 9 at frame 0; let far be no nearer than near",
        ),
        ("{mode: 3d, depth: modle}", "3:27: unknown camera.depth 'modle'; did you mean 'model'?"),
        ("{mode: 3d, depth: gone.mp4}", "3:27: there is no clip 'gone.mp4'"),
        ("{mode: 3d, depth: {}}", "3:27: camera.depth wants a model or a file"),
        ("{mode: 3d, depth: {model: a, file: b.png}}", "3:27: camera.depth wants a model or a file"),
        ("{mode: 3d, depth: {model: a, bright: far}}", "3:46: bright is said of a file alone; remove it"),
        ("{mode: 3d, depth: {model: ../a}}", "3:35: this is no model's name (found '../a')"),
        ("{mode: 3d, depth: {file: b.png, bright: up}}", "3:49: unknown camera.depth.bright 'up'; use one of: near"),
        ("{mode: 3d, depth: [model]}", "3:27: camera.depth wants a word, a picture or a clip (found a list)"),
        ("{mode: 3d, depth: gone.png}", "3:27: there is no picture 'gone.png'"),
    ],
)
def test_what_cannot_be_is_told(tmp_path, camera: str, told: str) -> None:
    with pytest.raises(KeyframeError) as fault:
        read(tmp_path, camera)
    assert told in str(fault.value)
