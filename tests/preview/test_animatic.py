"""An animatic shows the film's own camera: every frame once, at its rate, moved by the warp of the render."""

from __future__ import annotations

import importlib
import re
import subprocess
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
import pytest

from pipeline.errors import StoreError, UsageError
from pipeline.preview.card import Card, Picture, View, cover, read_picture
from pipeline.render import Progress, render
from pipeline.types import CameraMove, Film, Label, Size, SpatialMove
from pipeline.warp import begin, compose, paint, travel
from pipeline.warp.camera import matrix
from pipeline.warp.spatial import plane_matrix

module = importlib.import_module(
    "pipeline.preview.animatic"
)  # the package's function of another name hides nothing here
animatic, picture_size = module.animatic, module.picture_size
Decoded = Callable[[Path], list[np.ndarray]]
FILM = """\
preset: {preset}
fps: 24
frames: 5
size: 64x32
prompts: a red fox
camera: {{translation_x: 12.5, translation_y: 12.5, border: {border}}}
"""
SHOTS = "shots: [{name: a, frames: 3}, {name: b, frames: 4, prompts: a dark house}]\n"


@pytest.fixture
def moving(film_of, tiny_text: str) -> Callable[[str], Film]:
    """Return the maker of a film that moves 40 of 320 pixels to the right and 20 of 160 down at every frame."""
    preset = re.findall(r"preset: (.*)", tiny_text)[0]
    return lambda border: film_of(FILM.format(preset=preset, border=border))


@pytest.fixture
def two_shots(film_of, tiny_text: str) -> Film:
    return film_of(tiny_text.replace("frames: 6\n", SHOTS).replace("  3: snow on a hill\n", ""))


def view_of(moves: list[CameraMove], size: Size) -> View:
    route, plane = compose(moves, size), np.eye(3)
    for move in moves:
        plane = matrix(move, size) @ plane
    x, y = route.where[0].float().numpy()
    covered = None if route.covered is None else route.covered[0, 0].float().numpy()
    return View(x, y, covered, route.wraps, plane)


def near(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a.astype(int) - b).mean())


@pytest.mark.parametrize(("fps", "said"), [("24", "24 fps"), ("23.976", "23.98 fps")])
def test_it_has_every_frame_once_at_the_films_rate(film_of, tiny_text, tmp_path, fps: str, said: str) -> None:
    film = film_of(tiny_text.replace("fps: 6", f"fps: {fps}"))
    made = animatic(film, tmp_path / "a.mp4", width=320)
    assert (made.path, made.n_frames, made.sources) == (tmp_path / "a.mp4", 6, {"tiny": "card"})
    assert imageio_ffmpeg.count_frames_and_secs(str(made.path))[0] == 6
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(made.path)]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    assert f"{made.size.width}x{made.size.height}" in told
    assert said in told
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "tiny.yaml"]


def test_a_camera_that_only_translates_moves_the_card_by_those_pixels(moving, tmp_path: Path, decoded: Decoded) -> None:
    film = moving("replicate")
    frames = decoded(animatic(film, tmp_path / "a.mp4", width=320).path)
    first = frames[0][:160]
    for number in (1, 2, 3):
        seen = frames[number][:160]
        assert near(seen[20 * number :, 40 * number :], first[: 160 - 20 * number, : 320 - 40 * number]) < 4, number
        assert near(seen, first) > 15


@pytest.mark.parametrize("border", ["reflect", "wrap", "replicate", "zeros"])
def test_a_picture_goes_where_the_warp_of_the_render_takes_it(moving, tmp_path, decoded, border: str) -> None:
    """Against one bicubic warp along the composed moves, with a picture that is different everywhere."""
    y, x = np.mgrid[0:160, 0:320]
    pixels = np.stack([x * 0.7, y * 1.5, 128 + 80 * np.sin(x / 30 + y / 17)], axis=-1).astype(np.uint8)
    cv2.imwrite(str(tmp_path / "p.png"), pixels[..., ::-1])
    film = moving(border)
    made = animatic(film, tmp_path / "a.mp4", image=tmp_path / "p.png", width=320)
    frames = decoded(made.path)
    moves = [plan.camera for plan in film.shots[0].plans[1:]]
    for number in (0, 1, 4):
        expected = (paint(pixels, compose(moves[:number], Size(160, 320)))[0].permute(1, 2, 0).numpy() + 1) * 127.5
        assert near(frames[number][:160], expected) < 3, number
    assert made.sources == {"tiny": str(tmp_path / "p.png")}


def test_every_shot_begins_anew_and_a_cut_is_seen(two_shots: Film, tmp_path: Path, decoded: Decoded) -> None:
    frames = decoded(animatic(two_shots, tmp_path / "a.mp4", width=320).path)
    assert len(frames) == 7
    inside = (slice(20, 300), slice(20, 300))
    assert near(frames[3][inside], frames[0][inside]) < 2
    assert near(frames[2][inside], frames[0][inside]) > 10
    edges = [frame[1, :, 0].astype(float).mean() - frame[1, :, 2].astype(float).mean() for frame in frames]
    assert edges[3] > 100 > edges[5]  # yellow at the cut, and fading
    assert edges[0] < 60


def test_a_part_is_the_part_of_the_whole(two_shots: Film, tmp_path: Path, decoded: Decoded) -> None:
    whole = decoded(animatic(two_shots, tmp_path / "a.mp4", width=320).path)
    happened: list[Progress] = []
    made = animatic(two_shots, tmp_path / "b.mp4", width=320, frames=range(2, 5), watch=happened.append)
    part = decoded(made.path)
    assert made.n_frames == len(part) == 3
    assert max(near(a, b) for a, b in zip(part, whole[2:5], strict=True)) < 2
    assert happened == [Progress("painted", number, 3) for number in range(3)]


def test_stills_are_the_stored_first_frames_and_the_card_where_there_is_none(two_shots, tiny_engine, tmp_path, decoded):
    render(two_shots, tmp_path / "out", frames=range(1))
    made = animatic(two_shots, tmp_path / "a.mp4", stills=tmp_path / "out", width=320)
    assert made.sources == {"a": str(tmp_path / "out/frames/a/00000.png"), "b": "card"}
    frames = decoded(made.path)
    stored = cv2.imread(made.sources["a"])[..., ::-1]
    assert near(frames[0][:320], cv2.resize(stored, (320, 320), interpolation=cv2.INTER_CUBIC)) < 5
    assert near(frames[0][:320], frames[3][:320]) > 15
    assert len(tiny_engine.asked) == 1  # by the render


@pytest.mark.parametrize(
    ("film", "width", "size"),
    [
        (Size(36, 64), 640, Size(360, 640)),
        (Size(64, 64), 640, Size(640, 640)),
        (Size(128, 64), 640, Size(720, 360)),
        (Size(64, 192), 642, Size(214, 642)),
        (Size(16, 4096), 320, Size(2, 320)),
        (Size(4096, 16), 640, Size(720, 2)),
        (Size(64, 64), 1280, Size(720, 720)),
    ],
)
def test_the_picture_has_the_films_shape_and_even_sides(film: Size, width: int, size: Size) -> None:
    assert picture_size(film, width) == size


@pytest.mark.parametrize("width", [0, 318, 641, 1922, -640])
def test_a_width_that_cannot_be(tiny_film, tmp_path: Path, width: int) -> None:
    with pytest.raises(UsageError, match=f"--width {width}: is not an even number from 320 to 1920; choose one"):
        animatic(tiny_film, tmp_path / "a.mp4", width=width)


def test_what_cannot_be_shown_leaves_nothing_behind(tiny_film: Film, tmp_path: Path) -> None:
    (tmp_path / "no.png").write_text("no picture")
    before = set(tmp_path.iterdir())
    for options, said in (
        ({"image": tmp_path / "gone.png"}, r"gone\.png: cannot be read \(no such file or directory\); check the path"),
        ({"image": tmp_path / "no.png"}, r"no\.png: is no picture that can be read \(10 bytes\); use PNG or JPEG"),
        ({"image": tmp_path / "no.png", "stills": tmp_path}, "--image and --stills: they cannot go together"),
        ({"curves": ["camera.zom"]}, r"--curve camera\.zom: the film has no such number; use one of camera\.roll, "),
    ):
        with pytest.raises(UsageError, match=said):
            animatic(tiny_film, tmp_path / "a.mp4", **options)
    with pytest.raises(StoreError):
        animatic(tiny_film, tmp_path / "no.png" / "a.mp4")
    assert set(tmp_path.iterdir()) == before


def test_a_fault_in_the_middle_leaves_neither_a_film_nor_a_thread(tiny_film: Film, tmp_path: Path) -> None:
    def watch(now: Progress) -> None:
        if now.number == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        animatic(tiny_film, tmp_path / "a.mp4", width=320, watch=watch)
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.yaml"]
    assert [thread.name for thread in threading.enumerate() if thread.name == "ahead"] == []


def test_a_camera_that_cannot_be_undone_is_named(tiny_film: Film, tmp_path: Path) -> None:
    plans = [replace(p, camera=CameraMove(zoom=0.0)) if p.frame == 3 else p for p in tiny_film.shots[0].plans]
    film = replace(tiny_film, shots=(replace(tiny_film.shots[0], plans=tuple(plans)),))
    with pytest.raises(UsageError, match="camera: the move cannot be undone"):
        animatic(film, tmp_path / "a.mp4", width=320)


def test_labels_and_curves_reach_the_film(two_shots: Film, tmp_path: Path) -> None:
    labelled = replace(two_shots, shots=(replace(two_shots.shots[0], labels=(Label("verse", 1),)), two_shots.shots[1]))
    made = animatic(two_shots, tmp_path / "a.mp4", width=320)
    other = animatic(labelled, tmp_path / "b.mp4", width=320, curves=["look.steps", "camera.zoom"])
    assert other.size.height > made.size.height
    assert other.curves == ("look.steps", "camera.zoom")


# --- the card ---------------------------------------------------------------------------------------------------------

SIZE = Size(180, 320)


@pytest.mark.parametrize("zoom", [1.02, 1 / 1.02])
@pytest.mark.parametrize("border", ["reflect", "wrap", "replicate", "zeros"])
def test_the_card_shows_motion_however_long_the_zoom(zoom: float, border: str) -> None:
    """After 1.02 ** 600, which is 144 000, a frame still differs from the next one, and from a flat one."""
    card, size = Card(SIZE), SIZE
    for n in (0, 200, 600):
        plane = np.linalg.matrix_power(matrix(CameraMove(zoom=zoom), size), n)
        start = view_of([CameraMove(zoom=zoom ** min(n, 40), border=border)], size)
        here = card(replace(start, plane=plane))
        then = card(replace(start, plane=matrix(CameraMove(zoom=zoom), size) @ plane))
        assert here.std() > 8, n
        assert near(here, then) > 0.5, n


def test_octaves_fade_into_one_another_without_a_jump() -> None:
    card, size = Card(SIZE), SIZE
    for octave in (1, 5, -3):
        below, above = (
            card(replace(view_of([], size), plane=matrix(CameraMove(zoom=2.0 ** (octave + step)), size)))
            for step in (-1e-4, 1e-4)
        )
        assert near(below, above) < 2.5  # an edge is a little softer; squares in the wrong place come to 15


def test_the_corners_of_the_first_view_can_be_told_apart() -> None:
    seen = Card(SIZE)(view_of([], SIZE)).astype(float)
    corners = [
        seen[y, x].mean(axis=(0, 1)) for y in (slice(8, 50), slice(-50, -8)) for x in (slice(8, 50), slice(-50, -8))
    ]
    assert min(np.abs(a - b).max() for n, a in enumerate(corners) for b in corners[n + 1 :]) > 20


def test_nothing_is_black_where_the_picture_never_was() -> None:
    view = view_of([CameraMove(translation_x=50, border="zeros")], SIZE)
    picture = np.full((180, 320, 3), 200, np.uint8)
    seen = Picture(picture, SIZE)(view)
    assert seen[:, :159].max() == 0
    assert seen[:, 161:].min() == 200
    assert 20 < Card(SIZE)(view)[:, :150].mean() < 60  # but the grid goes on


def test_a_picture_covers_the_view_with_its_middle() -> None:
    x = np.tile(np.linspace(0, 250, 400), (100, 1)).astype(np.uint8)
    wide = np.stack([x] * 3, -1)
    seen = cover(wide, Size(100, 100))
    assert seen.shape == (100, 100, 3)
    assert seen[0, 0, 0] == pytest.approx(94, abs=2)
    assert cover(np.zeros((500, 900, 3), np.uint8), Size(100, 160)).shape == (200, 320, 3)
    assert cover(np.zeros((5, 9, 3), np.uint8), Size(100, 160)).shape == (100, 160, 3)


def test_a_picture_without_colour_or_with_transparency_is_read(tmp_path: Path) -> None:
    for name, pixels in (
        ("grey.png", np.full((9, 16), 90, np.uint8)),
        ("clear.png", np.full((9, 16, 4), 90, np.uint8)),
    ):
        cv2.imwrite(str(tmp_path / name), pixels)
        assert read_picture(tmp_path / name, Size(18, 32)).tolist() == np.full((18, 32, 3), 90).tolist()


def test_a_camera_in_space_tilts_the_grid_and_one_that_does_nothing_leaves_it() -> None:
    size = Size(120, 160)
    card, route = Card(size), begin(size)
    x, y = route.where[0].float().numpy()
    flat = card(View(x, y, None, False, np.eye(3)))
    nothing = plane_matrix(SpatialMove(), size)
    assert np.abs(card(View(x, y, None, False, nothing)).astype(int) - flat).max() <= 1
    move = SpatialMove(translation_z=40, rotation_y_deg=8)
    view = View(*travel(route, move).where[0].float().numpy(), None, False, plane_matrix(move, size))
    assert view.is_tilted
    assert 1.2 < view.magnification < 1.3  # a fifth nearer, and a little aside
    assert np.abs(card(view).astype(int) - flat).mean() > 5
