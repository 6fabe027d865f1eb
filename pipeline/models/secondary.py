"""The secondary model: a small network that guesses the clean picture from a noisy one in a tenth of a second.

Disco Diffusion lets guidance pass through it instead of through the large denoiser. It is told how noisy the picture is
by an angle: 0 is the picture alone, 1 is noise alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .entry import SecondaryArchitecture

FREQUENCIES = 8


@dataclass(frozen=True, slots=True)
class SecondaryPrediction:
    """What the network sees in a noisy picture x = cos(a) x0 + sin(a) eps with a = pi t / 2.

    Shapes: v, x0, eps float32 (B, 3, H, W).
    """

    v: Tensor
    x0: Tensor
    eps: Tensor


class FourierFeatures(nn.Module):
    """A noise level as cosines and sines of 8 learned frequencies.

    Shapes: (B, 1) -> (B, 16), the cosines first.
    """

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(FREQUENCIES, 1))

    def forward(self, t: Tensor) -> Tensor:
        """Return the features of t."""
        angles = 2 * math.pi * t @ self.weight.T
        return torch.cat([angles.cos(), angles.sin()], dim=-1)


class Skip(nn.Module):
    """Go down through `main` and up again, and keep what came in beside what comes out."""

    def __init__(self, *main: nn.Module) -> None:
        super().__init__()
        self.main = nn.Sequential(*main)

    def forward(self, x: Tensor) -> Tensor:
        """Return main(x) and x, in this order, along the channels."""
        return torch.cat([self.main(x), x], dim=1)


class SecondaryNetwork(nn.Module):
    """The network, with the names its published weights have.

    Shapes: x (B, 3, H, W), t (B,) in [0, 1] -> SecondaryPrediction; H and W are multiples of 32 for the published one.
    Source: `secondary_model_imagenet_2` of Disco Diffusion v5.7; v is that of Salimans and Ho 2022, appendix D.
    """

    def __init__(self, channels: tuple[int, ...]) -> None:
        super().__init__()
        first = channels[0]
        self.timestep_embed = FourierFeatures()
        self.net = nn.Sequential(
            _block(3 + 2 * FREQUENCIES, first),
            _block(first, first),
            _level(channels),
            _block(2 * first, first),
            nn.Conv2d(first, 3, 3, padding=1),
        )

    def forward(self, x: Tensor, t: Tensor) -> SecondaryPrediction:
        """Predict from a noisy picture and how noisy it is."""
        features = self.timestep_embed(t[:, None])[:, :, None, None]
        v = self.net(torch.cat([x, features.expand(-1, -1, *x.shape[2:])], dim=1))
        angle = (t * (math.pi / 2))[:, None, None, None]
        alpha, sigma = angle.cos(), angle.sin()
        return SecondaryPrediction(v, alpha * x - sigma * v, sigma * x + alpha * v)


def build_secondary(architecture: SecondaryArchitecture) -> SecondaryNetwork:
    """Build the secondary model with random weights."""
    return SecondaryNetwork(architecture.channels)


def _block(n_in: int, n_out: int) -> nn.Module:
    return nn.Sequential(nn.Conv2d(n_in, n_out, 3, padding=1), nn.ReLU())


def _level(channels: tuple[int, ...]) -> Skip:
    """Build the level below `channels[0]`, and within it all those further down."""
    above, here, *_ = channels
    down, up = nn.AvgPool2d(2), nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)
    if len(channels) == 2:
        inner = [_block(here, here), _block(here, here)]
    else:
        inner = [_block(here, here), _level(channels[1:]), _block(2 * here, here)]
    return Skip(down, _block(above, here), *inner, _block(here, above), up)
