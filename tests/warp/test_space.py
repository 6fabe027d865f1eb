"""The camera in space: every axis, sign and unit by literals, the old formulas' own rows, and what hides what."""

from __future__ import annotations

from dataclasses import replace

import kornia.geometry as K
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import UsageError
from pipeline.types import Engine, PictureFile, Size, SpatialMove
from pipeline.warp import Sight, carry
from pipeline.warp.camera import lens, pushed, turned
from pipeline.warp.formula import by_formula, depth_of, offsets, places
from pipeline.warp.holes import find_edges, partners
from pipeline.warp.spatial import distances, reproject
from pipeline.warp.visible import Turn, splat

WIDE, HIGH = Size(height=90, width=200), Size(height=200, width=90)
SIGHT = Sight(Engine("", (), "cpu", 1))


def seen(move: SpatialMove, size: Size, x: float, y: float, distance: float) -> tuple[float, float]:
    """Return where a pixel at a distance is seen after a move, measured from the middle, x right and y down."""
    middle = ((size.width - 1) / 2, (size.height - 1) / 2)
    at = [np.array([[value]], float) for value in (middle[0] + x, middle[1] + y, 1 / distance)]
    u, v, _ = Turn(move, size).forward(*at)
    return u.item() - middle[0], v.item() - middle[1]


@pytest.mark.parametrize("size", [WIDE, HIGH])
@pytest.mark.parametrize(
    ("field", "place", "goes"),
    [
        # focal length is half the height for 90 degrees; 20 steps are a tenth of a unit
        ("translation_x", (0, 0), lambda focal: (-0.1 * focal / 2, 0)),
        ("translation_y", (0, 0), lambda focal: (0, 0.1 * focal / 2)),
        ("translation_z", (10, -6), lambda focal: (10 * 2 / 1.9, -6 * 2 / 1.9)),
        ("rotation_x_deg", (0, 0), lambda focal: (0, focal * np.tan(np.radians(20)))),
        ("rotation_y_deg", (0, 0), lambda focal: (-focal * np.tan(np.radians(20)), 0)),
        ("rotation_z_deg", (10, 0), lambda focal: (10 * np.cos(np.radians(20)), -10 * np.sin(np.radians(20)))),
    ],
)
def test_each_axis_moves_content_its_own_way(size: Size, field: str, place, goes) -> None:
    move = replace(SpatialMove(fov_deg=90, fov_before_deg=90), **{field: 20})
    assert seen(move, size, *place, distance=2) == pytest.approx(goes(size.height / 2))


def test_turning_is_the_same_at_every_distance_and_moving_is_not() -> None:
    turn, step = SpatialMove(rotation_y_deg=3, rotation_z_deg=5), SpatialMove(translation_x=30)
    assert seen(turn, WIDE, 7, 3, 1) == pytest.approx(seen(turn, WIDE, 7, 3, 50))
    assert seen(step, WIDE, 0, 0, 1)[0] == pytest.approx(2 * seen(step, WIDE, 0, 0, 2)[0])


def test_a_narrower_lens_than_before_zooms_in() -> None:
    move = SpatialMove(fov_before_deg=90, fov_deg=2 * np.degrees(np.arctan(0.5)))
    assert seen(move, WIDE, 10, -4, 3) == pytest.approx((20, -8))


def test_the_camera_turns_first_and_then_goes_along_its_new_axes() -> None:
    move = SpatialMove(rotation_z_deg=90, translation_x=200)
    assert turned(move) @ (1, 0, 5) + pushed(move) == pytest.approx((-1, -1, 5))


@settings(max_examples=30, deadline=None)
@given(
    angles=st.tuples(*[st.floats(-40, 40)] * 3),
    way=st.tuples(*[st.floats(-50, 50)] * 3),
    at=st.tuples(st.floats(0, 199), st.floats(0, 89), st.floats(2, 20)),
    fov=st.floats(20, 100),
)
def test_it_agrees_with_kornias_cameras(angles, way, at, fov) -> None:
    move = SpatialMove(*way, *angles, fov_deg=fov, fov_before_deg=50)
    x, y, distance = at
    before, after = (torch.from_numpy(lens(WIDE, angle))[None] for angle in (50, fov))
    point = K.unproject_points(torch.tensor([[x, y]]).double(), torch.tensor([[distance]]).double(), before)
    extrinsic = torch.eye(4).double()[None]
    extrinsic[0, :3, :3], extrinsic[0, :3, 3] = torch.from_numpy(turned(move)), torch.from_numpy(pushed(move))
    there = K.transform_points(extrinsic, point)
    if there[0, 2] > 0.1:
        expected = K.project_points(there, after)[0].tolist()
        u, v, _ = Turn(move, WIDE).forward(*(np.array([[value]]) for value in (x, y, 1 / distance)))
        assert (u.item(), v.item()) == pytest.approx(expected, rel=1e-5, abs=1e-3)


@pytest.mark.parametrize("warp", ["splat", "march"])
@pytest.mark.parametrize("border", ["reflect", "smear", "wrap", "noise"])
def test_no_move_gives_back_the_very_pixels(warp: str, border: str) -> None:
    rng = np.random.default_rng(3)
    pixels = rng.integers(0, 256, (18, 31, 3), dtype=np.uint8)
    start = reproject(pixels, SpatialMove(warp=warp, border=border), rng.random((18, 31)))
    assert np.array_equal(as_bytes(start), pixels)


def as_bytes(start: torch.Tensor) -> np.ndarray:
    return np.rint((start[0].permute(1, 2, 0).numpy() + 1) * 127.5).astype(np.uint8)


@pytest.mark.parametrize("warp", ["splat", "march"])
def test_a_near_post_hides_what_is_behind_it_and_leaves_a_hole_that_shows_the_background(warp: str) -> None:
    pixels = np.full((40, 80, 3), 60, np.uint8)
    pixels[:, 40:46] = (250, 20, 20)
    nearness = np.zeros((40, 80))
    nearness[:, 40:46] = 1.0
    focal = lens(Size(40, 80), 90)[0, 0]  # 20
    move = SpatialMove(translation_x=80, fov_deg=90, fov_before_deg=90, near=2, far=1e6, warp=warp, border="smear")
    red = as_bytes(reproject(pixels, move, nearness))[20, :, 0] > 150
    went = round(0.4 * focal / 2)
    assert went == 4
    found, wanted = np.flatnonzero(red).tolist(), list(range(40 - went, 46 - went))
    if warp == "splat":
        assert found == wanted
    else:  # a ray that passes close behind the post still meets it
        assert abs(found[0] - wanted[0]) <= 1
        assert abs(found[-1] - wanted[-1]) <= 2


def test_holes_take_the_farther_side_in_each_mode() -> None:
    near = np.array([[0.1, 0.1, 0.1, 0.1, 0.1, 0.0, 0.0, 0.0, 0.9, 0.9]])
    edges = find_edges(near)
    assert edges.edge_column.tolist() == [4, 4, 4]
    assert edges.length.tolist() == [3, 3, 3]
    got = {border: partners(edges, border, near)[1].tolist() for border in ("smear", "reflect", "wrap")}
    assert got == {"smear": [2, 2, 2], "reflect": [2, 1, 0], "wrap": [0, 1, 2]}


def test_a_splat_keeps_a_slope_whole_when_it_comes_nearer() -> None:
    near = np.broadcast_to(np.linspace(0.05, 1, 30)[:, None], (30, 40)).copy()
    found = splat(near, Turn(SpatialMove(translation_z=60), Size(30, 40)))
    assert (found[3:27, 3:37] > 0).all()


def test_noise_is_put_in_holes_alone_and_must_be_given() -> None:
    pixels = np.full((20, 20, 3), 128, np.uint8)
    move = SpatialMove(rotation_y_deg=10, border="noise")
    start = reproject(pixels, move, np.ones((20, 20)), lambda shape: torch.ones(shape))
    assert start[0, 0, 10, 5] == pytest.approx(0, abs=0.01)
    assert start[0, 0, 10, 19] == pytest.approx(0.5, abs=0.01)
    with pytest.raises(UsageError, match="border noise needs named noise"):
        reproject(pixels, move, np.ones((20, 20)))


@pytest.mark.parametrize(
    ("move", "depth", "expected"),
    [
        ({"translation_z": 10}, 1, (0.4624, 0)),
        ({"translation_z": 10, "fov_deg": 40}, 1, (0.4277, 0)),
        ({"translation_z": 10}, 2, (0.4908, 0)),
        ({"translation_x": 10}, 1, (0.5714, 0)),
        ({"translation_x": 10}, 2, (0.5357, 0)),
        ({"translation_y": 10}, 1, (0.5, -0.0714)),
        ({"rotation_y_deg": 1}, 1, (0.5309, 0)),
        ({"rotation_z_deg": 1}, 1, (0.5001, 0.0125)),
        ({"translation_x": 10, "near": 1, "far": 50}, 1, (0.5714, 0)),
        ({"translation_x": 10, "aspect": 2}, 1, (0.5357, 0)),
    ],
)
def test_the_old_formula_has_its_published_rows(move: dict[str, float], depth: float, expected) -> None:
    by_x, by_y = offsets(*(np.array([[value]], float) for value in (0.5, 0, depth)), old(**move))
    assert (0.5 - by_x.item(), -by_y.item()) == pytest.approx(expected, abs=6e-5)


def old(**fields: float) -> SpatialMove:
    return SpatialMove(**{"warp": "deforum", "fov_deg": 70, **fields})


def test_disco_knows_no_aspect_and_each_has_its_own_depth() -> None:
    one = np.array([[1.0]])
    disco = SpatialMove(warp="disco", fov_deg=70, translation_x=10, aspect=2)
    assert offsets(one * 0.5, one * 0, one, disco)[0].item() == pytest.approx(-0.0714, abs=6e-5)
    assert depth_of(np.array([0.0, 1.0]), "deforum").tolist() == [2, 1]
    assert depth_of(np.array([0.0, 1.0]), "disco") == pytest.approx([50 / 19, 1])


def test_the_old_formula_reads_pixels_by_shares_of_each_side() -> None:
    where = places(np.ones((90, 200)), old(translation_x=10), WIDE)[0, 45, 100]
    assert where.tolist() == pytest.approx([100 + 0.0714 * 100, 45], abs=6e-3)
    pixels = np.random.default_rng(1).integers(0, 256, (9, 16, 3), dtype=np.uint8)
    assert np.array_equal(as_bytes(by_formula(pixels, old(), np.ones((9, 16)))), pixels)


def test_nearness_is_linear_in_one_over_distance() -> None:
    assert 1 / distances(np.array([0, 0.5, 1]), SpatialMove(near=2, far=8)) == pytest.approx([8, 3.2, 2])


@pytest.mark.parametrize(
    "fields", [{"fov_deg": 0}, {"near": 0}, {"near": 5, "far": 2}, {"translation_x": float("nan")}]
)
def test_a_move_that_cannot_be_made(fields: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="the move cannot be made"):
        carry(np.zeros((8, 8, 3), np.uint8), (SpatialMove(depth="plane", **fields),), SIGHT)


def test_a_depth_picture_is_bright_where_things_are_near(tmp_path) -> None:
    import cv2

    path = tmp_path / "depth.png"
    cv2.imwrite(str(path), np.array([[0, 65535], [0, 65535]], np.uint16))
    sight = Sight(Engine("", (), "cpu", 1), [PictureFile("d" * 64, str(path))])
    found = sight.nearness(SpatialMove(depth="d" * 64), np.zeros((6, 8, 3), np.uint8))
    assert found.shape == (6, 8)
    assert found[:, 0] == pytest.approx(0)
    assert found[:, -1] == pytest.approx(1)
    with pytest.raises(UsageError, match="no file is known for the depth"):
        sight.nearness(SpatialMove(depth="e" * 64), np.zeros((6, 8, 3), np.uint8))
