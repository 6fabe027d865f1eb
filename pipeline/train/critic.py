"""A critic that learns to tell painted pictures from enlarged ones, so that an upscaler learns to paint as crisply.

The mean of all paintings that a small picture may be of is soft, and that is what errors of colours alone teach. A
critic sees each part beside the small picture and does not let softness pass. It is trained with the upscaler and never
ships.
Source: conditional adversarial networks, Isola et al. 2017 (pix2pix), sections 3.1 and 3.2; hinge losses of Lim and Ye
2017; spectral normalisation of Miyato et al. 2018.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

WIDTHS = (32, 64, 128)  # channels of its layers, each of which halves the picture


class Critic(nn.Module):
    """Convolutions from a large picture and its small one to one opinion for each place, which sees about 60 pixels."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for n_in, n_out in zip((6, *WIDTHS), WIDTHS, strict=False):
            layers += [spectral_norm(nn.Conv2d(n_in, n_out, 4, stride=2, padding=1)), nn.LeakyReLU(0.2)]
        last = WIDTHS[-1]
        layers += [spectral_norm(nn.Conv2d(last, last, 3, padding=1)), nn.LeakyReLU(0.2)]
        self.body = nn.Sequential(*layers, spectral_norm(nn.Conv2d(last, 1, 3, padding=1)))

    def forward(self, small: Tensor, large: Tensor) -> Tensor:
        """Return how much each place looks painted: above 0 it does.

        Shapes: small (B, 3, H, W), large (B, 3, times H, times W) in [0, 1] -> (B, 1, H', W').
        """
        shown = F.interpolate(small, size=large.shape[-2:], mode="bilinear", align_corners=False)
        opinion: Tensor = self.body(torch.cat([shown, large], dim=1) * 2 - 1)
        return opinion


def critic_loss(critic: Critic, small: Tensor, found: Tensor, true: Tensor) -> Tensor:
    """Return how badly the critic tells painted from enlarged pictures; no slope goes to what enlarged them."""
    return F.relu(1 + critic(small, found.detach())).mean() + F.relu(1 - critic(small, true)).mean()


def disliked(critic: Critic, small: Tensor, found: Tensor) -> Tensor:
    """Return how little enlarged pictures look painted to the critic, which learns nothing from it."""
    with _left_alone(critic):
        return -critic(small, found).mean()


@contextmanager
def _left_alone(critic: Critic) -> Iterator[None]:
    for parameter in critic.parameters():
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in critic.parameters():
            parameter.requires_grad_(True)
