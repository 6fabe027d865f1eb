"""The matrix of a camera move: signs, units, centre and order, pinned by literals on a picture that is not square."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.types import CameraMove, Size
from pipeline.warp.camera import matrix

SIZE = Size(height=50, width=200)
MIDDLE = (99.5, 24.5)


def moved(move: CameraMove, x: float, y: float, size: Size = SIZE) -> tuple[float, float]:
    """Return where a source point ends up."""
    point = matrix(move, size) @ (x, y, 1.0)
    return float(point[0]), float(point[1])


def test_no_move_is_the_identity_to_the_bit():
    assert np.array_equal(matrix(CameraMove(), Size(37, 53)), np.eye(3))


def test_positive_roll_turns_counter_clockwise_as_seen():
    # a point right of the middle goes up, which is towards smaller y
    assert moved(CameraMove(roll_deg=90), 109.5, 24.5) == pytest.approx((99.5, 14.5))
    assert moved(CameraMove(roll_deg=30), 109.5, 24.5) == pytest.approx((99.5 + 10 * math.cos(math.pi / 6), 19.5))


def test_roll_does_not_shear_a_wide_picture():
    x, y = moved(CameraMove(roll_deg=40), 139.5, 24.5)
    assert math.hypot(x - MIDDLE[0], y - MIDDLE[1]) == pytest.approx(40)


def test_zoom_above_one_goes_in():
    assert moved(CameraMove(zoom=2), 109.5, 20.5) == pytest.approx((119.5, 16.5))


def test_translation_is_in_per_cent_right_and_down():
    assert moved(CameraMove(translation_x=10), 0, 0) == pytest.approx((20, 0))
    assert moved(CameraMove(translation_y=10), 0, 0) == pytest.approx((0, 5))


def test_center_is_a_fraction_of_the_picture_measured_edge_to_edge():
    assert moved(CameraMove(zoom=3, center_x=0.25, center_y=0.75), 49.5, 37.0) == pytest.approx((49.5, 37.0))
    assert moved(CameraMove(zoom=3, center_x=0.0, center_y=0.0), -0.5, -0.5) == pytest.approx((-0.5, -0.5))


def test_stretch_works_on_one_axis():
    assert moved(CameraMove(stretch_x=2), 109.5, 30.5) == pytest.approx((119.5, 30.5))
    assert moved(CameraMove(stretch_y=2), 109.5, 30.5) == pytest.approx((109.5, 36.5))


def test_shear_moves_right_with_y_and_down_with_x():
    assert moved(CameraMove(shear_x_deg=45), 99.5, 34.5) == pytest.approx((109.5, 34.5))
    assert moved(CameraMove(shear_y_deg=45), 109.5, 24.5) == pytest.approx((109.5, 34.5))


def test_translation_comes_before_the_turn():
    # 10 % of 200 px to the right, then a quarter turn: the way right has become a way up
    assert moved(CameraMove(translation_x=10, roll_deg=90), *MIDDLE) == pytest.approx((99.5, 4.5))


def test_translation_comes_before_the_zoom():
    assert moved(CameraMove(translation_x=10, zoom=2), *MIDDLE) == pytest.approx((139.5, 24.5))


def test_shear_comes_before_stretch_and_stretch_before_roll():
    move = CameraMove(shear_x_deg=45, stretch_x=3, roll_deg=90)
    assert moved(move, 99.5, 34.5) == pytest.approx((99.5 + 10, 24.5 - 30))


@given(
    roll=st.floats(-180, 180),
    zoom=st.floats(0.1, 10),
    x=st.floats(-100, 100),
    y=st.floats(-100, 100),
    height=st.integers(1, 300),
    width=st.integers(1, 300),
)
def test_zoom_is_the_area_factor_whatever_else_happens(roll, zoom, x, y, height, width):
    move = CameraMove(roll_deg=roll, zoom=zoom, translation_x=x, translation_y=y)
    assert np.linalg.det(matrix(move, Size(height, width))) == pytest.approx(zoom**2, rel=1e-9)
