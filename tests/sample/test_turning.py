"""Turned views, and their gradient against torch's own."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from pipeline.sample.noise import named_noise, named_uniform
from pipeline.sample.turning import TURN_DEG, GatheredTurn, turn, turning

NAME = {"seed": 0, "frame": 0, "step": 0}


def some_turns(n: int) -> Tensor:
    """Return the extremes and turns in between."""
    u = named_uniform((n, 3), purpose="turns", **NAME).double() * 2 - 1
    u[0], u[1] = 1.0, -1.0
    return turning(u[:, 0], u[:, 1:])


def test_no_turn_is_no_change():
    views = named_noise((2, 3, 9, 9), purpose="views", **NAME)
    assert torch.allclose(turn(views, turning(torch.zeros(2), torch.zeros(2, 2))), views, atol=1e-6)


def test_the_largest_turn_and_shift_are_discos():
    one = turning(torch.tensor([1.0]), torch.tensor([[1.0, -1.0]]))[0]
    assert math.degrees(math.asin(float(one[1, 0]))) == pytest.approx(TURN_DEG)
    assert one[:, 2].tolist() == pytest.approx([0.1, -0.1])  # 5 % of a side that is 2 wide


@pytest.mark.parametrize("side", [4, 7, 16, 33])
def test_the_gradient_is_the_one_torch_scatters(side):
    turns = some_turns(12)
    views = named_noise((12, 3, side, side), purpose="views", **NAME).double().requires_grad_()
    slope = named_noise((12, 3, side, side), purpose="slope", **NAME).double()
    gathered = GatheredTurn.apply(views, turns)
    (ours,) = torch.autograd.grad(gathered, views, slope)
    scattered = turn(views, turns)  # on the CPU
    (peer,) = torch.autograd.grad(scattered, views, slope)
    assert torch.equal(gathered, scattered)
    assert torch.allclose(ours, peer, atol=1e-10)


def test_a_turned_view_is_mirrored_beyond_its_edges_and_so_never_dark():
    turned = turn(torch.ones(12, 3, 16, 16, dtype=torch.float64), some_turns(12))
    assert torch.allclose(turned, torch.ones_like(turned))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
def test_the_gradient_repeats_on_a_gpu():
    turns = some_turns(12).float().cuda()
    views = named_noise((12, 3, 64, 64), purpose="views", **NAME).cuda().requires_grad_()
    slope = named_noise((12, 3, 64, 64), purpose="slope", **NAME).cuda()
    first, again = (torch.autograd.grad(turn(views, turns), views, slope)[0] for _ in range(2))
    assert torch.equal(first, again)
