"""The conventions all stages share, each pinned by literals on inputs without symmetry."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pipeline.sample.cutouts import CutCounts, plan_cuts
from pipeline.sample.denoiser import UnetDenoiser
from pipeline.sample.draw import to_pixels
from pipeline.sample.steps import Steps
from pipeline.types import CameraMove, Size
from pipeline.warp.camera import matrix
from pipeline.warp.planar import warp


def test_every_level_survives_the_way_into_the_sampler_and_back():
    levels = np.arange(256, dtype=np.uint8).repeat(3).reshape(1, 256, 3)
    assert np.array_equal(to_pixels(warp(levels, CameraMove()), frame=0), levels)


def test_pixels_are_height_width_rgb_and_tensors_are_channel_first():
    pixels = np.zeros((2, 3, 3), np.uint8)
    pixels[1, 2] = (255, 0, 51)  # lower right: red, a little blue
    start = warp(pixels, CameraMove())
    assert tuple(start.shape) == (1, 3, 2, 3)
    assert start[0, :, 1, 2].tolist() == pytest.approx([1.0, -1.0, -0.6])
    assert np.array_equal(to_pixels(start, frame=0), pixels)


def test_sizes_are_height_first_and_points_x_first():
    assert (matrix(CameraMove(translation_x=50), Size(10, 40)) @ (1, 2, 1)).tolist() == [21, 2, 1]
    assert (matrix(CameraMove(translation_y=50), Size(10, 40)) @ (1, 2, 1)).tolist() == [1, 7, 1]
    plan = plan_cuts(CutCounts(overview=1, inner=0, batches=1), Size(10, 40), 8, seed=0, frame=0, step=0)
    assert (plan.left.item(), plan.top.item(), plan.side.item()) == (0, -15, 40)


def test_positive_roll_turns_the_picture_counter_clockwise():
    pixels = np.zeros((5, 5, 3), np.uint8)
    pixels[2, 4] = 200  # at three o'clock
    turned = to_pixels(warp(pixels, CameraMove(roll_deg=90)), frame=0)
    assert np.argwhere(turned[..., 0]).tolist() == [[0, 2]]  # at twelve


def test_zoom_above_one_goes_in_and_plus_x_is_right_plus_y_down():
    pixels = np.zeros((11, 21, 3), np.uint8)
    pixels[5, 12] = 200
    where = {
        "zoom": (CameraMove(zoom=3), [5, 16]),
        "right": (CameraMove(translation_x=100 * 4 / 21), [5, 16]),
        "down": (CameraMove(translation_y=100 * 3 / 11), [8, 12]),
    }
    for move, place in where.values():
        red = to_pixels(warp(pixels, move), frame=0)[..., 0]
        assert list(np.unravel_index(red.argmax(), red.shape)) == place


def test_pixel_centres_are_whole_numbers_and_the_middle_lies_between_them():
    # align_corners=False: doubling about the middle of 4 pixels puts 0.5 at -0.5, the picture's very edge
    assert (matrix(CameraMove(zoom=2), Size(4, 4)) @ (0.5, 0.5, 1)).tolist() == [-0.5, -0.5, 1]


def test_the_timesteps_of_a_run_are_even_and_keep_both_ends():
    assert [step.timestep for step in Steps.plan("linear", 7)] == [999, 833, 666, 500, 333, 167, 0]
    assert [step.timestep for step in Steps.plan("linear", 10, skip=0.6)] == [333, 222, 111, 0]


def test_a_network_is_told_the_timestep_and_reads_blocks_of_pixels_as_channels():
    asked = []

    class Network(torch.nn.Module):
        def forward(self, x, time):
            asked.append((x[0, :, 0, 1].tolist(), time.tolist()))
            return x

    x = torch.arange(3 * 2 * 4, dtype=torch.float32).reshape(1, 3, 2, 4)
    denoise = UnetDenoiser(Network(), predicts="x0", unshuffle=2)
    assert torch.equal(denoise(x, Steps.plan("cosine", 3)[1]).x0, x)
    # channel c of the picture becomes channels 4c .. 4c + 3: upper left, upper right, lower left, lower right
    assert asked == [([2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22, 23], [500.0])]
