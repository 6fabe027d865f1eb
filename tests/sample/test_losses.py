"""Closed forms and gradients of what guidance pulls on."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from pipeline.sample.losses import range_, sat, spherical_distance, tv


def picture(seed: int = 0, *, scale: float = 1.5) -> Tensor:
    """Return two random pictures that leave [-1, 1] in places."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(2, 3, 4, 5, generator=generator, dtype=torch.float64) * scale


@pytest.mark.parametrize("angle", [0.01, 0.5, math.pi / 2, 2.5, 3.1])
def test_distance_is_half_the_squared_angle(angle):
    a = torch.tensor([3.0, 0.0], dtype=torch.float64)
    b = 0.2 * torch.tensor([math.cos(angle), math.sin(angle)], dtype=torch.float64)
    assert float(spherical_distance(a, b)) == pytest.approx(angle**2 / 2, rel=1e-6)


def test_distance_to_itself_is_nothing_and_its_gradient_finite():
    a = torch.tensor([[1.0, 2.0, -1.0]], requires_grad=True)
    distance = spherical_distance(a, a.detach())
    assert float(distance.detach()) < 1e-11
    assert torch.autograd.grad(distance.sum(), a)[0].isfinite().all()


def test_the_gradient_at_the_opposite_is_finite():
    a = torch.tensor([[1.0, 2.0, -1.0]], requires_grad=True)
    distance = spherical_distance(a, -a.detach())
    assert float(distance.detach()) == pytest.approx(math.pi**2 / 2, rel=1e-3)
    assert torch.autograd.grad(distance.sum(), a)[0].isfinite().all()


@pytest.mark.parametrize("lengths", [(1e-3, 1.0), (1.0, 1e4), (40.0, 0.02)])
def test_the_length_of_a_direction_does_not_matter(lengths):
    generator = torch.Generator().manual_seed(4)
    a, b = torch.randn(2, 50, 16, generator=generator)
    scaled = spherical_distance(a * lengths[0], b * lengths[1])
    assert torch.allclose(scaled, spherical_distance(a, b), rtol=1e-5, atol=0)


def test_distance_broadcasts_over_cuts_and_prompts():
    assert spherical_distance(torch.randn(5, 1, 8), torch.randn(1, 3, 8)).shape == (5, 3)


def test_tv_counts_right_and_lower_neighbours_once():
    y = torch.zeros(1, 3, 2, 3)
    y[:, :, 0, 1] = 1.0  # neighbours: left, right, below
    assert float(tv(y)) == pytest.approx(3 / 6)
    ramp = torch.arange(5.0).expand(1, 3, 4, 5)
    assert float(tv(ramp)) == pytest.approx(4 * 4 / 20)


def test_range_and_sat_count_only_what_leaves_the_range():
    y = torch.tensor([0.5, -1.0, 1.0, 1.5, -3.0, 0.0]).reshape(1, 1, 2, 3)
    assert float(range_(y)) == pytest.approx((0.25 + 4) / 6)
    assert float(sat(y)) == pytest.approx((0.5 + 2) / 6)


@pytest.mark.parametrize("loss", [tv, range_, sat])
def test_picture_losses_are_one_number_for_each_picture(loss):
    y = picture()
    both = loss(y)
    assert both.shape == (2,)
    assert torch.allclose(both[1:], loss(y[1:]))


@pytest.mark.parametrize("loss", [tv, range_, sat])
def test_picture_gradients(loss):
    assert torch.autograd.gradcheck(loss, (picture().requires_grad_(),))
    assert float(torch.autograd.grad(loss(leaf := picture().requires_grad_()).sum(), leaf)[0].abs().max()) > 0


def test_distance_gradient():
    generator = torch.Generator().manual_seed(1)
    a = torch.randn(4, 6, generator=generator, dtype=torch.float64, requires_grad=True)
    b = torch.randn(4, 6, generator=generator, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(spherical_distance, (a, b))
