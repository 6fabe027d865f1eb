"""Frames made of the two on either side: moved to where the camera is, with nothing seen twice."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import UsageError
from pipeline.types import CameraMove, Engine, Size, SpatialMove
from pipeline.warp import Sight, between, carry
from pipeline.warp.camera import pushed, turned
from pipeline.warp.flow import flows
from pipeline.warp.rigid import joined, undone

SIZE = Size(64, 96)
SIGHT = Sight(Engine("nobody", (), "cpu", 1))
PLANAR = [
    CameraMove(roll_deg=3, zoom=1.04, translation_x=2, center_x=0.3, shear_x_deg=2),
    CameraMove(zoom=1.05, translation_y=-1.5, stretch_x=1.02),
    CameraMove(roll_deg=-1, zoom=1.02, center_y=0.7),
]
SPACE = [
    SpatialMove(translation_z=8, rotation_y_deg=1.5, near=2, far=9, depth="plane", warp="splat"),
    SpatialMove(translation_x=5, rotation_z_deg=2, fov_deg=41, near=2, far=9, depth="plane"),
    SpatialMove(translation_y=4, rotation_x_deg=-1, fov_before_deg=41, near=2, far=9, depth="plane"),
]


def picture(size: Size = SIZE) -> np.ndarray:
    """Return a picture that is smooth, nowhere symmetric and nowhere flat."""
    y, x = np.mgrid[: size.height, : size.width].astype(float)
    parts = (np.sin(x / 5 + y / 17), np.sin(x / 9 - y / 6), np.cos(x / 7 + y / 11 + 1))
    return np.rint(np.stack([120 + 80 * part for part in parts], axis=-1)).astype(np.uint8)


def as_pixels(start: torch.Tensor) -> np.ndarray:
    return np.rint(((start[0].permute(1, 2, 0) + 1) * 127.5).numpy()).astype(np.uint8)


def apart(first: np.ndarray, second: np.ndarray, rim: int = 0) -> float:
    off = np.abs(first.astype(float) - second.astype(float))
    return float(off[rim : off.shape[0] - rim, rim : off.shape[1] - rim].mean())


WAYS = {
    "planar": PLANAR,
    "out": [replace(move, zoom=1 / move.zoom) for move in PLANAR],
    "space": SPACE,
    "march": [replace(move, warp="march") for move in SPACE],
    "disco": [replace(move, warp="disco", fov_deg=40.0, fov_before_deg=40.0) for move in SPACE],
    "deforum": [replace(move, warp="deforum", fov_deg=40.0, fov_before_deg=40.0) for move in SPACE],
}


@pytest.mark.parametrize("blend", ["flow", "cross"])
@pytest.mark.parametrize("name", WAYS)
def test_two_pictures_of_one_thing_make_that_thing(name: str, blend: str) -> None:
    """Where only the camera moves, the frame between is the moved picture, right up to its edges."""
    moves, before = WAYS[name], picture()
    after = as_pixels(carry(before, moves, SIGHT))
    for k in (1, 2):
        found = between(before, after, moves[:k], moves[k:], SIGHT, blend=blend)
        wanted = as_pixels(carry(before, moves[:k], SIGHT))
        assert apart(found, wanted, rim=8) < 1.0
        assert apart(found, before, rim=8) > 6
        if name != "out":  # there the rim is new, and nobody knows it
            assert apart(found, wanted) < 1.5


@pytest.mark.parametrize("name", WAYS)
def test_many_moves_at_once_are_those_moves(name: str) -> None:
    moves, step = WAYS[name], picture()
    for move in moves:
        step = as_pixels(carry(step, [move], SIGHT))
    assert apart(as_pixels(carry(picture(), moves, SIGHT)), step, rim=10) < 3.0


def test_what_one_of_the_two_never_saw_is_the_others() -> None:
    """The camera goes in: the rim of the frame between is in the earlier picture alone."""
    before, after = np.full((48, 64, 3), 10, np.uint8), np.full((48, 64, 3), 250, np.uint8)
    zoom = CameraMove(zoom=1.1)
    found = between(before, after, [zoom], [zoom], SIGHT, blend="cross")
    assert (found[24, 32] == 130).all()
    assert (found[0] == 10).all() and (found[:, -1] == 10).all()
    back = between(before, after, [CameraMove(zoom=1 / 1.1)], [CameraMove(zoom=1 / 1.1)], SIGHT, blend="cross")
    assert (back[0] == 250).all() and (back[24, 32] == 130).all()
    steps = found[24, :32, 0].astype(int)
    assert max(abs(one - other) for one, other in pairwise(steps)) < 90  # no edge where trust ends


def blob(x: int, y: int) -> np.ndarray:
    """Return a thing at a place, before a ground that stands still."""
    rng = np.random.default_rng(3)
    canvas = cv2.resize(rng.integers(30, 90, (16, 24, 3), np.uint8), (96, 64))
    canvas[y : y + 14, x : x + 14] = cv2.resize(rng.integers(120, 255, (5, 5, 3), np.uint8), (14, 14))
    return canvas


def test_flow_is_in_pixels_right_and_down() -> None:
    there, back = flows(blob(30, 20), blob(36, 22))
    assert there[24:30, 34:40].mean((0, 1)) == pytest.approx([6, 2], abs=0.7)
    assert back[26:32, 40:46].mean((0, 1)) == pytest.approx([-6, -2], abs=0.7)
    assert np.abs(there[:, :10]).max() < 0.5
    still, _ = flows(blob(30, 20), blob(30, 20))
    assert np.abs(still).max() < 0.1


def test_a_thing_that_moves_is_seen_once_with_flow_and_twice_without() -> None:
    nothing = [CameraMove()]
    wanted = blob(33, 21)
    moved = {
        blend: apart(between(blob(30, 20), blob(36, 22), nothing, nothing, SIGHT, blend=blend), wanted)
        for blend in ("flow", "cross")
    }
    assert moved["flow"] < 0.5 * moved["cross"]


def test_flow_is_the_same_however_many_threads_there_are() -> None:
    before, found = cv2.getNumThreads(), []
    try:
        for count in (1, 2, 4):
            cv2.setNumThreads(count)
            found.append(flows(blob(30, 20), blob(36, 22))[0])
            assert cv2.getNumThreads() == count
    finally:
        cv2.setNumThreads(before)
    assert np.array_equal(found[0], found[1]) and np.array_equal(found[0], found[2])


def test_an_unknown_blend_is_refused() -> None:
    with pytest.raises(UsageError, match=r"unknown word 'melt'; use one of flow, cross"):
        between(picture(), picture(), [CameraMove()], [CameraMove()], SIGHT, blend="melt")


ANGLE, STEP = st.floats(-25, 25), st.floats(-40, 40)
MOVE = st.builds(
    SpatialMove,
    translation_x=STEP,
    translation_y=STEP,
    translation_z=STEP,
    rotation_x_deg=ANGLE,
    rotation_y_deg=ANGLE,
    rotation_z_deg=ANGLE,
    fov_deg=st.floats(20, 90),
    fov_before_deg=st.floats(20, 90),
    near=st.just(2.0),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(MOVE, min_size=1, max_size=3))
def test_a_move_of_several_leads_where_they_lead_and_back(moves: list[SpatialMove]) -> None:
    point = np.array([0.4, -1.3, 5.0])
    there, whole = point, joined(moves)
    for move in moves:
        there = turned(move) @ there + pushed(move)
    assert turned(whole) @ point + pushed(whole) == pytest.approx(there, abs=1e-9)
    assert (whole.fov_before_deg, whole.fov_deg) == (moves[0].fov_before_deg, moves[-1].fov_deg)
    back = undone(moves)
    assert turned(back) @ there + pushed(back) == pytest.approx(point, abs=1e-9)
    assert (back.fov_before_deg, back.fov_deg) == (moves[-1].fov_deg, moves[0].fov_before_deg)


def test_near_and_far_are_of_the_picture_that_is_looked_at() -> None:
    moves = [SpatialMove(near=1, far=5), SpatialMove(near=2, far=6)]
    assert [(move.near, move.far) for move in (joined(moves), undone(moves))] == [(1, 5), (2, 6)]
