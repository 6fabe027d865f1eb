"""Mirrors and the kaleidoscope, pinned by pictures that are not symmetric."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pipeline.sample.denoiser import constrained, from_x0
from pipeline.sample.noise import named_noise
from pipeline.sample.samplers import SAMPLERS
from pipeline.sample.steps import Steps
from pipeline.sample.symmetry import both, horizontal, kaleidoscope, symmetry, vertical

ROW = torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0])


def noise_picture(height: int = 12, width: int = 20) -> torch.Tensor:
    return named_noise((1, 3, height, width), seed=1, frame=0, purpose="picture", step=0)


def test_the_left_half_and_the_upper_half_are_shown_twice() -> None:
    assert horizontal(ROW.view(1, 1, 1, 5)).flatten().tolist() == [1, 2, 3, 2, 1]
    assert horizontal(ROW[:4].view(1, 1, 1, 4)).flatten().tolist() == [1, 2, 2, 1]
    assert vertical(ROW.view(1, 1, 5, 1)).flatten().tolist() == [1, 2, 3, 2, 1]
    square = torch.arange(9.0).view(1, 1, 3, 3)
    assert both(square)[0, 0].tolist() == [[0, 1, 0], [3, 4, 3], [0, 1, 0]]


@pytest.mark.parametrize("mirror", [horizontal, vertical, both])
def test_a_mirrored_picture_is_left_alone(mirror) -> None:
    once = mirror(noise_picture())
    assert torch.equal(mirror(once), once)


def test_a_kaleidoscope_of_four_is_its_own_quarter_turn() -> None:
    found = kaleidoscope(noise_picture(15, 15), 4)
    assert torch.allclose(found, torch.rot90(found, 1, dims=(-2, -1)), atol=1e-5)
    assert torch.allclose(found, found.flip(-1), atol=1e-5)


def test_a_kaleidoscope_begins_at_the_right_and_turns_clockwise() -> None:
    """Of four parts the half that is shown lies between right and below right, where y grows and is below x."""
    picture = torch.zeros(1, 1, 41, 41)
    picture[..., 26, 36] = 1  # 16 right of the middle and 6 below it
    found = kaleidoscope(picture, 4)
    lit = {(int(y) - 20, int(x) - 20) for _, _, y, x in (found > 0.9).nonzero()}
    assert lit == {(y, x) for a, b in ((6, 16), (16, 6)) for y in (a, -a) for x in (b, -b)}


def test_an_upright_kaleidoscope_begins_below() -> None:
    picture = torch.zeros(1, 1, 61, 21)
    picture[..., 50, 10] = 1  # straight below the middle, beyond what a circle in the picture holds
    found = kaleidoscope(picture, 2)
    assert found[0, 0, 50, 10] == pytest.approx(1, abs=1e-4)
    assert found[0, 0, 10, 10] == pytest.approx(1, abs=1e-4)


def test_two_parts_of_a_wide_kaleidoscope_show_the_lower_right_quarter() -> None:
    picture = noise_picture(12, 20)
    quarter = picture[..., 6:, 10:]
    right = torch.cat((quarter.flip(-2), quarter), dim=-2)
    assert torch.allclose(kaleidoscope(picture, 2), torch.cat((right.flip(-1), right), dim=-1), atol=1e-4)


def test_a_look_without_symmetry_has_none(look) -> None:
    assert symmetry(look()) is None


def test_strength_goes_part_of_the_way_at_its_steps(look) -> None:
    steps = Steps.plan("cosine", 4)
    constrain = symmetry(look(symmetry="horizontal", symmetry_strength=(1.0, 0.25, 0.0, 0.0)))
    assert constrain is not None
    x0 = ROW.view(1, 1, 1, 5)
    assert constrain(x0, steps[0]).flatten().tolist() == [1, 2, 3, 2, 1]
    assert constrain(x0, steps[1]).flatten().tolist() == [1, 2, 3, 3.5, 4]
    assert constrain(x0, steps[2]) is x0


def test_the_gradient_passes_unchanged(look) -> None:
    constrain = symmetry(look(symmetry="kaleidoscope"))
    assert constrain is not None
    x0 = noise_picture().requires_grad_()
    weight = noise_picture()
    held = constrain(x0, Steps.plan("cosine", 4)[0])
    assert torch.allclose(held, kaleidoscope(x0.detach(), 6), atol=1e-6)
    assert torch.equal(torch.autograd.grad((held * weight).sum(), x0)[0], weight)


@pytest.mark.parametrize("name", SAMPLERS)
def test_every_sampler_ends_on_a_symmetric_picture(name: str, look) -> None:
    constrain = symmetry(look(symmetry="both"))
    assert constrain is not None
    denoise = constrained(lambda x, step: from_x0(x, torch.tanh(x), step), constrain)
    noise = [named_noise((1, 3, 8, 10), seed=0, frame=0, purpose="eta", step=i) for i in range(6)]
    picture = SAMPLERS[name](
        denoise, noise_picture(8, 10), Steps.plan("linear", 6), eta=(0.5,), noise=noise.__getitem__
    )
    assert torch.equal(picture, both(picture))
    assert np.ptp(picture.numpy()) > 0.5
