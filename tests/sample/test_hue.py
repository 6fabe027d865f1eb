"""Hues that are turned, beside kornia's, and their slope beside the one that torch finds by kornia."""

from __future__ import annotations

import math

import pytest
import torch
from kornia.color import hsv_to_rgb, rgb_to_hsv
from torch import Tensor

from pipeline.sample.hue import hue_turned


def by_kornia(views: Tensor, amount: Tensor) -> Tensor:
    """Turn hues as kornia does."""
    hue, saturation, value = rgb_to_hsv(views.flatten(0, 1)).unbind(dim=1)
    turn = (amount * 2 * math.pi).expand(*views.shape[:2], 1, 1, 1).reshape(-1, 1, 1)
    return hsv_to_rgb(torch.stack((hue + turn, saturation, value), dim=1)).reshape(views.shape)


def some_views(dtype: torch.dtype = torch.float64) -> Tensor:
    """Return views (8, 2, 3, 9, 9), some a little beyond black and white, as grain leaves them."""
    drawn = torch.rand(8, 2, 3, 9, 9, generator=torch.Generator().manual_seed(7), dtype=dtype)
    return (drawn * 1.1 - 0.05).requires_grad_()


AMOUNTS = torch.tensor([-0.5, -0.31, -0.1, 0.0, 0.04, 0.1, 0.27, 0.5], dtype=torch.float64).view(8, 1, 1, 1, 1)


@pytest.mark.parametrize(("dtype", "near"), [(torch.float64, 1e-6), (torch.float32, 3e-5)])
def test_hues_and_their_slopes_are_kornias(dtype, near):
    views, amount = some_views(dtype), AMOUNTS.to(dtype)
    slope = torch.randn(views.shape, generator=torch.Generator().manual_seed(8), dtype=dtype)
    found, expected = hue_turned(views, amount), by_kornia(views, amount)
    torch.testing.assert_close(found, expected, rtol=0, atol=near)
    (ours,), (theirs,) = (torch.autograd.grad(one, views, slope) for one in (found, expected))
    torch.testing.assert_close(ours, theirs, rtol=near, atol=20 * near)


def test_the_slope_is_that_of_small_steps():
    views = some_views()[:, :1, :, :3, :3].detach().requires_grad_()
    assert torch.autograd.gradcheck(lambda one: hue_turned(one, AMOUNTS), views)


@pytest.mark.parametrize(
    ("amount", "turned"),
    [
        (1 / 3, (0.4, 0.9, 0.2)),
        (-1 / 3, (0.2, 0.4, 0.9)),
        (0.5, (0.2, 0.9, 0.7)),
        (1 / 12, (0.9, 0.2 + 0.7 * 3 / 14, 0.2)),  # half of a sixth on: 3/14 beyond red
    ],
)
def test_a_colour_goes_round_the_circle(amount, turned):
    """A third of the circle hands the channels on; (0.9, 0.2, 0.4) is 2/7 of a sixth behind red."""
    colour = torch.tensor((0.9, 0.2, 0.4), dtype=torch.float64).view(1, 1, 3, 1, 1)
    found = hue_turned(colour, torch.full((1, 1, 1, 1, 1), amount, dtype=torch.float64)).flatten()
    torch.testing.assert_close(found, torch.tensor(turned, dtype=torch.float64))


def test_greys_stay_and_hand_on_all_of_a_slope():
    grey = torch.full((1, 1, 3, 2, 2), 0.4).requires_grad_()
    found = hue_turned(grey, torch.full((1, 1, 1, 1, 1), 0.1))
    assert torch.equal(found, grey)
    (slope,) = torch.autograd.grad(found.sum(), grey)
    assert torch.allclose(slope.sum(2), torch.full((1, 1, 2, 2), 3.0))
