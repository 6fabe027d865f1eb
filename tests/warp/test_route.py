"""Moves composed into one: what a route says must be what `warp` does, at every border and over many frames."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from pipeline.errors import UsageError
from pipeline.types import CameraMove, Size, SpatialMove
from pipeline.warp import Route, begin, compose, paint, travel, warp
from pipeline.warp.camera import matrix
from pipeline.warp.planar import PADDING
from pipeline.warp.spatial import plane_matrix

BORDERS = sorted(PADDING)
SIZE = Size(height=40, width=66)
MOVE = CameraMove(4, 1.03, 3, -2, 0.4, 0.7, 1.02, 0.99, 2, -1)


def smooth(size: Size = SIZE) -> np.ndarray:
    """Return a picture that interpolation follows closely, different along both axes and in each channel."""
    y, x = np.mgrid[0 : size.height, 0 : size.width]
    waves = [np.sin(x / 9 + channel) * 50 + np.cos(y / 7 - channel) * 40 + 128 for channel in range(3)]
    return np.stack(waves, axis=-1).astype(np.uint8)


def noise(size: Size = SIZE) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (size.height, size.width, 3), dtype=np.uint8)


def levels(tensor: torch.Tensor) -> np.ndarray:
    """Return a warped picture on the 0..255 scale, (H, W, 3)."""
    return ((tensor[0].permute(1, 2, 0) + 1) * 127.5).numpy()


def positions(route: Route) -> np.ndarray:
    """Return where every pixel comes from, (H, W, 2)."""
    return route.where[0].permute(1, 2, 0).numpy()


def linear(forward: np.ndarray, *, margin: float = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return where a matrix says that every pixel comes from, and which lie so far inside the picture."""
    y, x = np.mgrid[0 : SIZE.height, 0 : SIZE.width]
    there = (np.stack((x, y, np.ones_like(x)), axis=-1) @ np.linalg.inv(forward).T)[..., :2]
    last = np.array([SIZE.width - 1, SIZE.height - 1])
    return there, ((there >= margin) & (there <= last - margin)).all(-1)


def test_no_move_returns_every_bit() -> None:
    pixels = noise()
    assert torch.equal(paint(pixels, begin(SIZE)), warp(pixels, CameraMove()))
    for border in BORDERS:
        route = compose([CameraMove(border=border)] * 3, SIZE)
        assert torch.equal(paint(pixels, route), warp(pixels, CameraMove())), border


@pytest.mark.parametrize("border", BORDERS)
def test_one_move_is_the_warp(border: str) -> None:
    move = replace(MOVE, border=border)
    pixels = smooth()
    apart = np.abs(levels(paint(pixels, compose([move], SIZE))) - levels(warp(pixels, move)))
    # the warp's bicubic reading looks two pixels far, for `zeros` into the black; a route tells the black by `covered`
    _, inside = linear(matrix(move, SIZE), margin=2 if border == "zeros" else 0)
    assert 0.7 < inside.mean() < 1
    assert apart[inside].max() < 1e-3
    # the one row between the last pixel and its repetition is interpolated there, and held here
    assert np.quantile(apart, 0.99) < (40 if border == "zeros" else 6)


@pytest.mark.parametrize("border", BORDERS)
def test_whole_pixels_add_up_and_borders_bring_in_what_they_should(border: str) -> None:
    """Three pixels right and two down, four times: 12 and 8, bit for bit, with what each border repeats."""
    move = CameraMove(translation_x=100 * 3 / 66, translation_y=100 * 2 / 40, border=border)
    pixels = noise()
    found = np.rint(levels(paint(pixels, compose([move] * 4, SIZE)))).astype(int)
    assert np.array_equal(found[8:, 12:], pixels[:-8, :-12])
    row, left = pixels[10].astype(int), found[18, :12]
    expected = {
        "wrap": row[-12:],
        "zeros": np.zeros((12, 3)),
        "replicate": np.repeat(row[:1], 12, axis=0),
        "reflect": np.concatenate([row[:3], row[2::-1], row[:3], row[2::-1]]),  # the mirror image of three, mirrored
    }[border]
    assert np.array_equal(left, expected)
    one_by_one = pixels
    for _ in range(4):
        one_by_one = np.rint(levels(warp(one_by_one, move))).astype(np.uint8)
    assert np.array_equal(found, one_by_one)


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("move", [CameraMove(zoom=1.04), CameraMove(roll_deg=3), MOVE, CameraMove(zoom=0.96)])
def test_many_moves_are_the_product_of_their_matrices_inside_the_picture(border: str, move: CameraMove) -> None:
    n = 12
    found = positions(compose([replace(move, border=border)] * n, SIZE))
    forward = np.eye(3)
    visited = np.ones((SIZE.height, SIZE.width), bool)
    for _ in range(n):
        forward = matrix(move, SIZE) @ forward
    expected, _ = linear(forward)
    for k in range(1, n + 1):  # only pixels whose way always stayed so far inside that no border was ever felt
        visited &= linear(np.linalg.matrix_power(matrix(move, SIZE), k), margin=n)[1]
    assert visited.mean() > 0.05
    assert np.abs(found - expected)[visited].max() < 1e-9


def test_the_way_there_and_back_leads_back() -> None:
    there = [CameraMove(zoom=1.04, roll_deg=5)] * 24
    back = [CameraMove(zoom=1 / 1.04, roll_deg=-5)] * 24
    size = Size(64, 64)
    found = positions(compose(there + back, size))
    middle = slice(29, 35)
    assert np.abs(found - positions(begin(size)))[middle, middle].max() < 1e-6


def test_a_long_zoom_keeps_its_precision() -> None:
    found = positions(compose([CameraMove(zoom=1.05)] * 400, SIZE))
    step = found[20, 1:, 0] - found[20, :-1, 0]
    assert step == pytest.approx(np.full(65, 1.05**-400), rel=1e-3)


def test_wrapping_has_no_seam_inside_the_picture() -> None:
    """A third of a pixel at a time, three times around: no position lies between the two ends of a row."""
    size = Size(12, 20)
    step = 1 / 3
    route = compose([CameraMove(translation_x=100 * step / 20, border="wrap")] * 185, size)
    expected = (np.arange(20) - 185 * step + 0.5) % 20 - 0.5
    apart = (positions(route)[5, :, 0] - expected + 10) % 20 - 10
    assert np.abs(apart).max() < 1e-9
    assert np.array_equal(positions(route)[:, 7, 1], np.arange(12))


def test_zeros_cover_less_and_less() -> None:
    shares = []
    route = begin(SIZE)
    for _ in range(3):
        route = travel(route, CameraMove(zoom=0.8, center_x=0.0, center_y=0.0, border="zeros"))
        assert route.covered is not None
        shares.append(float(route.covered.mean()))
    assert shares == pytest.approx([0.8**2, 0.8**4, 0.8**6], rel=0.03)
    assert float(route.covered[0, 0, -1, -1]) == 0
    assert float(route.covered[0, 0, 1, 1]) == 1
    back = travel(route, CameraMove(zoom=1 / 0.8**3, center_x=0.0, center_y=0.0, border="reflect"))
    assert float(back.covered[0, 0, 15, 15]) == 1  # what was lost stays lost under another border, what was not, not


def test_a_composed_picture_stays_sharp_where_one_warped_again_and_again_does_not() -> None:
    move = CameraMove(translation_x=100 * (1 + math.pi / 100) / 66, border="wrap")
    pixels = noise()
    again = pixels
    for _ in range(40):
        again = np.rint(levels(warp(again, move))).astype(np.uint8)
    once = levels(paint(pixels, compose([move] * 40, SIZE)))
    whole = np.roll(pixels, 41, axis=1).astype(float)  # 40 moves of 1.0314 pixels are 41.26
    assert np.abs(once - whole).mean() < 0.6 * np.abs(again.astype(float) - whole).mean()
    assert once.std() > 50


def test_moves_that_cannot_be_are_named() -> None:
    with pytest.raises(UsageError, match="unknown border 'mirror'; use one of reflect, replicate, wrap, zeros"):
        travel(begin(SIZE), CameraMove(border="mirror"))
    with pytest.raises(UsageError, match="cannot be undone"):
        compose([CameraMove(), CameraMove(zoom=0)], SIZE)


def test_a_move_in_space_is_carried_on_as_over_a_plane() -> None:
    size = Size(height=40, width=60)
    moves = [SpatialMove(translation_z=20, rotation_y_deg=2), SpatialMove(translation_x=10, rotation_z_deg=3)]
    plane = plane_matrix(moves[1], size) @ plane_matrix(moves[0], size)
    there = np.linalg.inv(plane) @ (30.0, 20.0, 1.0)
    found = compose(moves, size).where[0, :, 20, 30].tolist()
    assert found == pytest.approx((there[:2] / there[2]).tolist(), abs=0.05)  # positions are read bilinearly
