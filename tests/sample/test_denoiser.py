"""What a network says, completed to picture and noise."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from pipeline.models.noise import SCHEDULES
from pipeline.sample.denoiser import UnetDenoiser, from_eps, from_x0, static_threshold
from pipeline.sample.noise import named_noise
from pipeline.sample.steps import Steps

NAME = {"seed": 0, "frame": 0, "purpose": "test"}


def noisy(height: int = 16, width: int = 24):
    """Return a noise picture."""
    return named_noise((2, 3, height, width), **NAME, step=0)


class Recorder(nn.Module):
    """Answer with the input twice over, and remember what was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(()))
        self.asked: list[tuple[tuple[int, ...], list[float]]] = []

    def forward(self, x, time):
        self.asked.append((tuple(x.shape), time.tolist()))
        return torch.cat((x * self.weight, x + 100), dim=1)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("complete", [from_x0, from_eps])
def test_picture_and_noise_say_the_same_thing(schedule, complete):
    x, answer = noisy(), named_noise((2, 3, 16, 24), **NAME, step=1)
    for step in Steps.plan(schedule, 30):
        prediction = complete(x, answer, step)
        again = step.signal * prediction.x0 + step.sigma * prediction.eps
        assert torch.allclose(again, x, atol=1e-5)


def test_a_known_noise_is_taken_out_again():
    image, noise = noisy().clamp(-1, 1), named_noise((2, 3, 16, 24), **NAME, step=1)
    step = Steps.plan("linear", 10)[4]
    x = step.signal * image + step.sigma * noise
    assert torch.allclose(from_eps(x, noise, step).x0, image, atol=1e-4)
    assert torch.allclose(from_x0(x, image, step).eps, noise, atol=1e-4)


def test_unshuffle_folds_pixels_into_channels_and_back():
    network = Recorder()
    denoise = UnetDenoiser(network, predicts="x0", unshuffle=4, learn_sigma=True)
    x, step = noisy(), Steps.plan("linear", 3)[1]
    assert torch.equal(denoise(x, step).x0, x)
    assert network.asked == [((2, 48, 4, 6), [500.0, 500.0])]


def test_the_time_is_scaled_and_kept_as_a_fraction():
    network = Recorder()
    UnetDenoiser(network, predicts="x0", learn_sigma=True, timestep_scale=0.25)(noisy(), Steps.plan("linear", 1)[0])
    assert network.asked[0][1] == [249.75, 249.75]


def test_the_network_is_frozen_but_lets_gradients_through(make_unet):
    denoise = UnetDenoiser(make_unet().train(), predicts="eps")
    assert not denoise.network.training
    assert not any(parameter.requires_grad for parameter in denoise.parameters())
    x = noisy().requires_grad_()
    denoise(x, Steps.plan("linear", 3)[1]).x0.sum().backward()
    assert x.grad is not None
    assert x.grad.abs().max() > 0


def test_the_variance_half_is_left_out(make_unet):
    network = make_unet(learn_sigma=True, unshuffle=2)
    x, step = noisy(), Steps.plan("cosine", 3)[1]
    raw = network(F.pixel_unshuffle(x, 2), torch.tensor([500.0, 500.0]))
    eps = UnetDenoiser(network, predicts="eps", unshuffle=2, learn_sigma=True)(x, step).eps
    assert torch.allclose(eps, F.pixel_shuffle(raw[:, :12], 2))


def test_a_static_threshold_keeps_the_picture_in_range_and_the_noise_consistent() -> None:
    step = Steps.plan("cosine", 5)[2]
    x = torch.tensor([-3.0, 0.1, 2.5]).reshape(1, 1, 1, 3).expand(1, 3, 1, 3)
    wild = torch.tensor([-1.5, 0.25, 4.0]).reshape(1, 1, 1, 3).expand(1, 3, 1, 3)
    told = static_threshold(lambda x, step: from_x0(x, wild, step))(x, step)
    assert told.x0[0, 0, 0].tolist() == [-1.0, 0.25, 1.0]
    torch.testing.assert_close(step.signal * told.x0 + step.sigma * told.eps, x)
