"""A second eye for each frame: which side it stands on, what stays in place, how the two are joined, clean edges."""

from __future__ import annotations

import subprocess
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
import pytest

from pipeline.errors import KeyframeError
from pipeline.stereo import Eyes, looking, right_eye
from pipeline.store import FrameStore
from pipeline.types import SpatialMove
from pipeline.warp.spatial import closed

SPACE = """\
prompts: a tree
size: 64x32
fps: 4
frames: 3
camera: {mode: 3d, translation_z: 5, fov: {0: 40, 2: 60}, depth: near.png, near: 2, far: 40}
film: {stereo: side-by-side, eye_distance: 20, convergence: 4, codec: png, upscale: off, enlarge: 4}
look: {steps: 3, skip: 0.4, cut_overview: 1, cut_innercut: 1, cfg_scale: 0}
silence: size-far
"""


@pytest.fixture
def film_folder(film_of, tiny_engine, command, tmp_path: Path, monkeypatch) -> Path:
    """The folder of a rendered film for two eyes, whose lower half is near."""
    levels = np.zeros((32, 64), np.uint8)
    levels[16:] = 255
    cv2.imwrite(str(tmp_path / "near.png"), levels)
    film_of(SPACE)
    monkeypatch.chdir(tmp_path)
    assert command("render", "tiny.yaml").code == 0
    return tmp_path / "outputs" / "tiny"


def dot(x: int, y: int, height: int, width: int) -> np.ndarray:
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[y - 2 : y + 3, x - 2 : x + 3] = 255
    return pixels


def middle(pixels: np.ndarray) -> tuple[float, float]:
    weight = pixels[..., 0].astype(float)
    y, x = np.mgrid[: weight.shape[0], : weight.shape[1]]
    return float((x * weight).sum() / weight.sum()), float((y * weight).sum() / weight.sum())


@pytest.mark.parametrize(("height", "width"), [(100, 160), (160, 100)])
@pytest.mark.parametrize(
    ("distance", "goes"),
    [  # 90 degrees: the focal length is half the height; eyes a tenth of a unit apart, meeting at 4 units
        (2, lambda focal: focal * 0.1 * (1 / 4 - 1 / 2)),
        (4, lambda focal: 0.0),
        (8, lambda focal: focal * 0.1 * (1 / 4 - 1 / 8)),
    ],
)
def test_what_is_near_is_further_left_for_the_right_eye(height, width, distance, goes) -> None:
    nearness = np.full((height, width), (1 / distance - 1 / 16) / (1 / 1 - 1 / 16))
    move = SpatialMove(fov_deg=90, fov_before_deg=90, near=1, far=16)
    pixels = dot(width // 3, height // 2, height, width)
    found = right_eye(pixels, move, nearness, Eyes(20, 4))
    x, y = middle(pixels)
    assert middle(found) == pytest.approx((x + goes(height / 2), y), abs=0.1)


def test_eyes_that_look_straight_ahead_see_everything_before_the_screen() -> None:
    move = SpatialMove(fov_deg=90, fov_before_deg=90, near=1, far=16)
    pixels = dot(60, 40, 100, 160)
    found = right_eye(pixels, move, np.zeros((100, 160)), Eyes(200, 0))
    assert middle(found) == pytest.approx((60 - 50 / 16, 40), abs=0.1)


def test_what_the_left_eye_never_saw_is_background() -> None:
    pixels = np.full((60, 90, 3), 40, np.uint8)
    pixels[:, 40:50] = 220
    nearness = np.zeros((60, 90))
    nearness[:, 40:50] = 1
    move = SpatialMove(fov_deg=90, fov_before_deg=90, near=1, far=100, border="smear")
    found = right_eye(pixels, move, nearness, Eyes(40, 100))[30, :, 0]
    assert np.flatnonzero(found > 130).tolist() == [*range(34, 44)]
    assert found[44:60].max() <= 41  # no trace of the post where it stood
    assert found[:33].max() <= 41


def test_a_soft_edge_is_stretched_and_not_torn_into_dots() -> None:
    assert closed(np.array([[0.2, 0, 0.4, 0, 0, 0, 0.6]]))[0] == pytest.approx([0.2, 0.3, 0.4, 0, 0, 0, 0.6])
    x = np.broadcast_to(np.arange(90), (60, 90))
    pixels = np.repeat(np.uint8(2 * x)[..., None], 3, axis=2)
    nearness = 1 / (1 + np.exp((x - 45) / 2.5))  # the left half is near
    move = SpatialMove(fov_deg=90, fov_before_deg=90, near=1, far=100, border="smear")
    found = right_eye(pixels, move, nearness, Eyes(40, 100))[30, :, 0].astype(int)
    assert np.diff(found[5:85]).min() >= 0


def pictures(path: Path) -> list[np.ndarray]:
    return [cv2.imread(str(one))[..., ::-1] for one in sorted(path.glob("*.png"))]


def test_a_film_for_two_eyes_is_twice_as_wide_and_its_frames_are_the_left_ones(film_folder: Path, command) -> None:
    frames = [FrameStore(film_folder).read("tiny", number).pixels for number in range(3)]
    made = pictures(film_folder / "tiny-png")
    enlarged = [cv2.resize(one, None, fx=4, fy=4, interpolation=cv2.INTER_LANCZOS4) for one in frames]
    assert [one.shape for one in made] == [(128, 512, 3)] * 3
    assert np.array_equal(made[1][:, :256], enlarged[1])
    assert not np.array_equal(made[1][:, 256:], enlarged[1])
    for how, first in (("crossed", np.s_[:, 256:]), ("top-bottom", np.s_[:128])):
        answer = command("assemble", film_folder, "--stereo", how, "--out", f"{how}-png")
        assert answer.code == 0, answer.err
        again = pictures(Path(f"{how}-png"))
        assert again[1].shape == ((128, 512, 3) if how == "crossed" else (256, 256, 3))
        assert np.array_equal(again[1][first], enlarged[1])
        other = again[1][:, :256] if how == "crossed" else again[1][128:]
        assert np.array_equal(other, made[1][:, 256:])
    assert command("assemble", film_folder, "--stereo", "off", "--out", "flat-png").code == 0
    assert pictures(Path("flat-png"))[0].shape == (128, 256, 3)


def test_in_betweens_are_made_for_each_eye(film_folder: Path, command) -> None:
    options = ("--interpolate", "2x", "--codec", "h264", "--out", "film.mp4")
    assert command("assemble", film_folder, *options).code == 0
    said = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-i", "film.mp4", "-map", "0:v", "-c", "copy", "-f", "framecrc", "-"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "512x128" in said.stderr
    assert sum(line[:1].isdigit() for line in said.stdout.splitlines()) == 6


def test_each_frame_is_seen_through_its_own_lens(film_of, film_folder: Path) -> None:
    plans = film_of(SPACE).shots[0].plans
    found = [looking(list(plans[index : index + 2])) for index in range(3)]
    assert [move.fov_deg for move in found] == [40, 50, 60]
    assert [(move.near, move.far, move.translation_z) for move in found] == [(2, 40, 0)] * 3


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("mode: 3d, translation_z: 5, fov: {0: 40, 2: 60}, depth: near.png, near: 2, far: 40", "zoom: 1.1"), "6:16: "),
        (
            ("eye_distance: 20", "eye_distance: 0"),
            "film.eye_distance is out of range (found '0'); choose a value between 0.01 and 1000",
        ),
        (
            ("convergence: 4", "convergence: -1"),
            "film.convergence is out of range (found '-1'); choose a value between 0 and 1000000",
        ),
        (("side-by-side", "sideways"), "unknown film.stereo 'sideways'"),
    ],
)
def test_pairs_that_cannot_be(film_of, film_folder: Path, change: tuple[str, str], told: str) -> None:
    with pytest.raises(KeyframeError) as fault:
        film_of(SPACE.replace(*change))
    assert told in str(fault.value)


def test_a_film_in_its_plane_cannot_be_assembled_for_two_eyes(tiny_film, command, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert command("render", tiny_film.source).code == 0
    answer = command("assemble", "outputs/tiny", "--stereo", "crossed")
    assert answer.code == 2
    assert "the camera of shot tiny stays in its plane" in answer.err
