"""Deforum's perspective flip: its axes and signs by literals, its closed form against its own four corners, borders."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline.errors import UsageError
from pipeline.types import CameraMove, Engine, Size
from pipeline.warp import Sight, carry, compose
from pipeline.warp.camera import flipped, matrix
from pipeline.warp.way import view_back

SQUARE, WIDE, HIGH = Size(512, 512), Size(height=90, width=200), Size(height=200, width=90)
SIGHT = Sight(Engine("", (), "cpu", 1))


def seen(move: CameraMove, size: Size, x: float, y: float) -> tuple[float, float]:
    """Return where a pixel is seen after a move, both from the middle, x right and y down."""
    middle = np.array([(size.width - 1) / 2, (size.height - 1) / 2])
    u, v, w = matrix(move, size) @ (middle[0] + x, middle[1] + y, 1)
    return u / w - middle[0], v / w - middle[1]


@pytest.mark.parametrize(
    ("fields", "place", "goes"),
    [  # half the diagonal is 362.04, the lens 724.08 away: 100 cos 30 / (1 -+ 50/724.08)
        ({"flip_x_deg": 30}, (0, 100), (0, 93.026)),
        ({"flip_x_deg": 30}, (0, -100), (0, -81.009)),
        ({"flip_x_deg": 30}, (100, 100), (107.418, 93.026)),
        ({"flip_y_deg": 30}, (100, 0), (81.009, 0)),
        ({"flip_y_deg": 30}, (-100, 0), (-93.026, 0)),
        ({"flip_z_deg": 90}, (100, 0), (0, 100)),
        ({"flip_z_deg": 90, "flip_x_deg": 30}, (100, 0), (0, 93.026)),  # about z first
        ({"flip_x_deg": 30, "translation_y": 100 * 100 / 512}, (0, 0), (0, 93.026)),  # moved first, and it is moved
    ],
)
def test_each_axis_tilts_its_own_way(fields, place, goes) -> None:
    move = CameraMove(**fields, flip_fov_deg=60)
    assert seen(move, SQUARE, *place) == pytest.approx(goes, abs=2e-3)


@pytest.mark.parametrize("size", [WIDE, HIGH])
def test_lengths_are_measured_on_the_diagonal_of_any_shape(size: Size) -> None:
    move = CameraMove(flip_y_deg=40, flip_fov_deg=90)  # the lens is 155.08 away
    assert seen(move, size, 20, 7) == pytest.approx((20 * 0.76604 / 1.082898, 7 / 1.082898), abs=1e-3)
    assert seen(replace(move, center_x=0.25), size, 20 - size.width / 4, 7) == pytest.approx(
        (20 * 0.76604 / 1.082898 - size.width / 4, 7 / 1.082898), abs=1e-3
    )


@pytest.mark.parametrize("size", [SQUARE, WIDE, HIGH])
@pytest.mark.parametrize("angles", [(20, -35, 10, 53), (-8, 5, 70, 110), (0, 0, 0, 53)])
def test_the_closed_form_is_that_of_four_projected_corners(size: Size, angles) -> None:
    x, y, z, fov = angles
    turns = [cv2.Rodrigues(np.radians(angle) * np.eye(3)[axis])[0] for axis, angle in enumerate((x, y, z))]
    diagonal, half = np.hypot(size.width, size.height), np.radians(fov) / 2
    away, side = diagonal / (2 * np.sin(half)), diagonal / np.cos(half)
    middle = np.array([size.width / 2, size.height / 2])
    corners = np.array([[0, 0], [size.width, 0], [size.width, size.height], [0, size.height]], np.float64)
    turned = np.c_[corners - middle, np.zeros(4)] @ (turns[0] @ turns[1] @ turns[2]).T
    projected = turned[:, :2] / np.tan(half) / (away - turned[:, 2:])
    there = ((projected + 1) * side / 2).astype(np.float32)
    found = cv2.getPerspectiveTransform(corners.astype(np.float32), there)
    shift = np.array([[1, 0, (size.width - side) / 2], [0, 1, (size.height - side) / 2], [0, 0, 1]])
    move = CameraMove(flip_x_deg=x, flip_y_deg=y, flip_z_deg=z, flip_fov_deg=fov, flip_about="deforum")
    places = [(0, 0, 1), (size.width * 0.7, size.height * 0.2, 1), (size.width, size.height, 1)]
    for place in places:
        ours, theirs = flipped(move, size) @ place, found @ shift @ place
        assert ours[:2] / ours[2] == pytest.approx(theirs[:2] / theirs[2], abs=0.02)


def test_a_tilted_picture_narrows_where_it_is_farther() -> None:
    pixels = np.zeros((90, 200, 3), np.uint8)
    pixels[:, 80:120] = 255
    moved = carry(pixels, [CameraMove(flip_x_deg=40, border="zeros")], SIGHT)
    lit = (moved[0, 0] > 0).sum(dim=1).tolist()
    # the lens is 245.8 away, so what is seen at -19.5 is at -27.3 of the plane, at 1.0713 of that distance
    assert [lit[row] for row in (25, 45, 65)] == pytest.approx([40 / 1.0713, 40.1, 40 / 0.9346], abs=1)


def test_beyond_the_horizon_is_the_border() -> None:
    pixels = np.full((60, 60, 3), 200, np.uint8)
    moved = carry(pixels, [CameraMove(flip_x_deg=80, flip_fov_deg=150, border="zeros")], SIGHT)
    assert moved[0, 0, 0].max() == -1
    assert moved[0, 0, 40, 30] > 0.5


def test_moves_that_tilt_are_composed_and_taken_back() -> None:
    y, x = np.mgrid[0:90, 0:200]
    pixels = np.stack([128 + 60 * np.sin(x / 14), 128 + 60 * np.cos(y / 11), 90 + x / 2], axis=-1).astype(np.uint8)
    moves = [CameraMove(flip_x_deg=4, flip_y_deg=-3, translation_x=2), CameraMove(flip_y_deg=5, zoom=1.05)]
    whole = np.linalg.inv(matrix(moves[1], WIDE) @ matrix(moves[0], WIDE))
    u, v, w = whole @ (120, 40, 1)
    assert compose(moves, WIDE).where[0, :, 40, 120].tolist() == pytest.approx([u / w, v / w], abs=0.02)
    ahead = carry(pixels, moves, SIGHT)
    back = view_back(np.rint((ahead[0].permute(1, 2, 0).numpy() + 1) * 127.5).astype(np.uint8), moves, SIGHT)
    levels = (back.picture[0].permute(1, 2, 0).numpy() + 1) * 127.5
    assert np.abs(levels - pixels)[20:70, 30:170].mean() < 1.0


@pytest.mark.parametrize("fields", [{"flip_x_deg": 90.0}, {"flip_y_deg": -120.0}, {"flip_fov_deg": 180.0}])
def test_a_picture_on_its_edge_is_refused(fields) -> None:
    with pytest.raises(UsageError, match="flip_x and flip_y between -90 and 90"):
        matrix(CameraMove(**fields), WIDE)
