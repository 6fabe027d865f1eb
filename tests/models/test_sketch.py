"""The sketch: what a text alone suggests is handed to the inner network, and stands where there is only noise."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from pipeline.models import build_network
from pipeline.models.entry import SketchShape, TextCondition
from pipeline.models.noise import alpha_bars
from pipeline.models.rehearsal import random_state
from pipeline.models.sketch import Sketch, SketchedUNet

from .test_coarse import ARCHITECTURE, TIMES

assert ARCHITECTURE.coarse is not None
SKETCHED = replace(
    ARCHITECTURE,
    text=TextCondition("none", 8),
    coarse=replace(ARCHITECTURE.coarse, sketch=SketchShape(features=16, side=8)),
)
TEXT = torch.randn(2, 8, generator=torch.Generator().manual_seed(5))


def inner_of(network: torch.nn.Module) -> SketchedUNet:
    assert isinstance(network.inner, SketchedUNet)
    return network.inner


@pytest.fixture
def inner() -> SketchedUNet:
    network = build_network(SKETCHED)
    network.load_state_dict(random_state(SKETCHED, seed=3))
    return inner_of(network.eval().requires_grad_(False))


@pytest.fixture
def folded() -> torch.Tensor:
    return torch.randn(2, 12, 4, 6, generator=torch.Generator().manual_seed(1))


def test_with_all_of_it_the_picture_is_the_sketch_of_the_text(inner: SketchedUNet, folded: torch.Tensor) -> None:
    inner.share.fill_(1.0)
    expected = inner.sketch.placed(TEXT, 8, 12)
    torch.testing.assert_close(F.pixel_shuffle(inner(folded, TIMES, text=TEXT), 2), expected)


def test_without_a_share_and_without_weights_for_it_the_unet_answers_alone(
    inner: SketchedUNet, folded: torch.Tensor
) -> None:
    inner.share.fill_(0.0)
    for new in (inner.hand.weight, inner.hand.bias):
        torch.nn.init.zeros_(new)
    torch.testing.assert_close(inner(folded, TIMES, text=TEXT), inner.network(folded, TIMES, text=TEXT))
    inner.hand.weight.copy_(torch.randn(inner.hand.weight.shape, generator=torch.Generator().manual_seed(4)))
    alone = inner.network(folded, TIMES, text=TEXT)
    assert not torch.allclose(inner(folded, TIMES, text=TEXT), alone, atol=1e-3)


def test_nothing_told_is_a_text_of_zeros(inner: SketchedUNet, folded: torch.Tensor) -> None:
    torch.testing.assert_close(inner(folded, TIMES), inner(folded, TIMES, text=torch.zeros(2, 8)))
    assert not torch.allclose(inner(folded, TIMES), inner(folded, TIMES, text=TEXT), atol=1e-3)


def test_the_sketch_is_trusted_where_there_is_much_noise() -> None:
    share = inner_of(build_network(SKETCHED)).share
    assert (share.diff() >= 0).all()
    assert share[0] < 1e-3 and share[999] > 0.99
    kept = torch.tensor(alpha_bars("cosine"))
    ratio = (1 - kept) / kept / 4  # of the means of blocks of 2 x 2
    assert share[(ratio - math.e).abs().argmin()] == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(("height", "width"), [(8, 8), (8, 12), (12, 8), (6, 6), (8, 11)])
def test_a_sketch_stands_in_the_middle_as_large_as_fits(height: int, width: int) -> None:
    sketch = Sketch(text=8, features=16, side=8)
    picture = sketch(TEXT)
    placed = sketch.placed(TEXT, height, width)
    assert placed.shape == (2, 3, height, width)
    least = min(height, width)
    top, left = (height - least) // 2, (width - least) // 2
    middle = placed[..., top : top + least, left : left + least]
    torch.testing.assert_close(middle, F.interpolate(picture, size=(least, least), mode="bilinear"))
    for column in range(left):
        torch.testing.assert_close(placed[..., column], placed[..., left])
    for row in range(top):
        torch.testing.assert_close(placed[..., row, :], placed[..., top, :])


def test_no_slope_goes_from_the_picture_to_the_sketch(folded: torch.Tensor) -> None:
    inner = inner_of(build_network(SKETCHED))
    inner.hand.weight.data.normal_()
    inner(folded, TIMES, text=TEXT).square().sum().backward()
    assert all(value.grad is None for value in inner.sketch.parameters())
    assert inner.hand.weight.grad is not None
