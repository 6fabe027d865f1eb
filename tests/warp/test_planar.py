"""Pixels under a camera move: the conventions of the matrix seen on pictures, borders, and a peer."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from kornia.geometry.transform import warp_perspective

from pipeline.types import CameraMove, Size
from pipeline.warp.camera import matrix
from pipeline.warp.planar import PADDING, warp

BORDERS = sorted(PADDING)


def picture(height: int, width: int, *, seed: int = 0) -> np.ndarray:
    """Return noise: no two pixels alike, no symmetry."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def smooth(height: int, width: int) -> np.ndarray:
    """Return a picture that bicubic interpolation follows closely, different along both axes and in each channel."""
    y, x = np.mgrid[0:height, 0:width]
    waves = [np.sin(x / 9 + channel) * 50 + np.cos(y / 7 - channel) * 40 + 128 for channel in range(3)]
    return np.stack(waves, axis=-1).astype(np.uint8)


def levels(tensor: torch.Tensor) -> np.ndarray:
    """Return a warped picture on the 0..255 scale, (H, W, 3)."""
    return ((tensor[0].permute(1, 2, 0) + 1) * 127.5).numpy()


def as_start(pixels: np.ndarray) -> torch.Tensor:
    """Return the pixels as the sampler takes them, untouched."""
    return torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 127.5 - 1.0


@pytest.mark.parametrize("border", BORDERS)
@given(height=st.integers(2, 40), width=st.integers(2, 40), seed=st.integers(0, 99))
@settings(max_examples=15, deadline=None)
def test_no_move_returns_every_bit(border, height, width, seed):
    pixels = picture(height, width, seed=seed)
    assert torch.equal(warp(pixels, CameraMove(border=border)), as_start(pixels))


def test_the_start_is_float32_between_minus_one_and_one():
    start = warp(np.array([[[0, 255, 0]] * 3] * 2, np.uint8), CameraMove())
    assert (start.dtype, tuple(start.shape)) == (torch.float32, (1, 3, 2, 3))
    assert start[0, :, 0, 0].tolist() == [-1.0, 1.0, -1.0]


def test_bicubic_overshoot_is_clamped():
    pixels = np.zeros((8, 16, 3), np.uint8)
    pixels[:, 8:] = 255
    start = warp(pixels, CameraMove(translation_x=100 * 0.5 / 16))
    assert start.min() == -1.0
    assert start.max() == 1.0


def test_whole_pixels_to_the_right_and_down():
    pixels = picture(10, 20)
    start = levels(warp(pixels, CameraMove(translation_x=15, translation_y=20)))
    assert np.array_equal(np.rint(start[2:, 3:]), pixels[:-2, :-3])


def test_quarter_turn_is_counter_clockwise():
    pixels = picture(9, 9)
    assert np.array_equal(np.rint(levels(warp(pixels, CameraMove(roll_deg=90)))), np.rot90(pixels, 1))


def test_zoom_in_spreads_the_middle():
    pixels = np.zeros((21, 41, 3), np.uint8)
    pixels[8:13, 16:25] = 200
    assert levels(warp(pixels, CameraMove(zoom=2)))[7:14, 13:28].min() > 199
    assert levels(warp(pixels, CameraMove(zoom=0.5)))[10, 16] == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize(
    ("border", "left"),
    [("reflect", [1, 0]), ("replicate", [0, 0]), ("wrap", [10, 11]), ("zeros", None)],
)
def test_what_comes_in_from_the_left(border, left):
    pixels = picture(6, 12)
    start = levels(warp(pixels, CameraMove(translation_x=100 * 2 / 12, border=border)))
    expected = np.zeros((6, 2, 3)) if left is None else pixels[:, left]
    assert np.array_equal(np.rint(start[:, :2]), expected)


def test_reflection_and_wrap_go_on_beyond_one_picture():
    pixels = picture(4, 10)
    wrapped = levels(warp(pixels, CameraMove(translation_x=230, border="wrap")))
    assert np.array_equal(np.rint(wrapped), np.roll(pixels, 3, axis=1))
    reflected = levels(warp(pixels, CameraMove(translation_x=200, border="reflect")))
    assert np.array_equal(np.rint(reflected), pixels)


def test_wrap_has_no_seam():
    pixels = smooth(24, 36)
    rolled_then_moved = np.roll(levels(warp(pixels, CameraMove(translation_x=1.7, border="wrap"))), 5, axis=1)
    moved_after_roll = levels(warp(np.roll(pixels, 5, axis=1), CameraMove(translation_x=1.7, border="wrap")))
    assert np.allclose(rolled_then_moved, moved_after_roll, atol=1e-4)


@pytest.mark.parametrize(
    ("border", "padding"), [("reflect", "reflection"), ("replicate", "border"), ("zeros", "zeros")]
)
def test_agrees_with_kornia(border, padding):
    pixels = picture(23, 38)
    move = CameraMove(7, 1.1, 3, -2, 0.4, 0.7, 1.05, 0.97, 4, -3, border)
    forward = torch.from_numpy(matrix(move, Size(23, 38)))[None]
    image = torch.from_numpy(pixels).permute(2, 0, 1)[None].double()
    peer = warp_perspective(image, forward, (23, 38), mode="bicubic", padding_mode=padding, align_corners=False)
    assert np.allclose(levels(warp(pixels, move)), peer[0].permute(1, 2, 0).clamp(0, 255).numpy(), atol=1e-3)


@given(roll=st.floats(-20, 20), zoom=st.floats(0.9, 1.2), x=st.floats(-8, 8), y=st.floats(-8, 8))
@settings(max_examples=15, deadline=None)
def test_the_inverse_restores_the_interior(roll, zoom, x, y):
    pixels = smooth(61, 84)
    shifted = np.rint(levels(warp(pixels, CameraMove(translation_x=x, translation_y=y)))).astype(np.uint8)
    back = levels(warp(shifted, CameraMove(translation_x=-x, translation_y=-y)))
    assert np.abs(back - pixels)[12:-12, 12:-12].max() <= 2
    turned = np.rint(levels(warp(pixels, CameraMove(roll_deg=roll, zoom=zoom)))).astype(np.uint8)
    back = levels(warp(turned, CameraMove(roll_deg=-roll, zoom=1 / zoom)))
    assert np.abs(back - pixels)[20:-20, 20:-20].max() <= 2


def test_the_number_of_threads_changes_nothing():
    pixels, move = picture(64, 96), CameraMove(roll_deg=3, zoom=1.02)
    before = torch.get_num_threads()
    try:
        results = []
        for n_threads in (1, 2):
            torch.set_num_threads(n_threads)
            results.append(warp(pixels, move))
    finally:
        torch.set_num_threads(before)
    assert torch.equal(*results)
