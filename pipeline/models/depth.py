"""The small network that tells how near things are in a picture of the painted world.

It sees the whole picture at four scales and answers at full resolution, so that its edges are the picture's edges. What
would surprise: it answers with nearness, which is 1/distance put on a scale from 0 (the sky) to 1 (at one's feet), and
not with distance; because of that a picture's sky is a number like any other.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .entry import DepthArchitecture

FOLD = 2  # side of the pixel block that is folded into channels before the first level
FINE = 8  # channels at full resolution


class DepthNetwork(nn.Module):
    """Levels of convolutions going down and up again, each joined to its counterpart.

    Shapes: (B, 3, H, W) in [-1, 1] -> (B, 1, H, W) in [0, 1]; H and W are multiples of 2 times 2 for each level below.
    """

    def __init__(self, channels: tuple[int, ...]) -> None:
        super().__init__()
        first = channels[0]
        self.enter = nn.Conv2d(3 * FOLD**2, first, 3, padding=1)
        self.down = nn.ModuleList(
            _block(n_in, n_out) for n_in, n_out in zip((first, *channels), channels, strict=False)
        )
        self.up = nn.ModuleList(_block(low + high, high) for high, low in pairwise(channels))
        self.unfold = nn.Conv2d(first, FINE * FOLD**2, 1)
        self.leave = nn.Sequential(_convolution(FINE + 3, FINE), nn.Conv2d(FINE, 1, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        """Return the nearness of every pixel."""
        h = self.enter(F.pixel_unshuffle(x, FOLD))
        passed: list[Tensor] = []
        for number, block in enumerate(self.down):
            h = block(F.avg_pool2d(h, 2) if number else h)
            passed.append(h)
        passed.pop()
        for block in reversed(self.up):
            h = block(torch.cat([F.interpolate(h, scale_factor=2, mode="nearest"), passed.pop()], dim=1))
        fine = F.pixel_shuffle(self.unfold(h), FOLD)
        return torch.sigmoid(self.leave(torch.cat([fine, x], dim=1)))


def build_depth(architecture: DepthArchitecture) -> DepthNetwork:
    """Build the network with random weights."""
    return DepthNetwork(architecture.channels)


def _convolution(n_in: int, n_out: int) -> nn.Module:
    return nn.Sequential(nn.Conv2d(n_in, n_out, 3, padding=1), nn.GroupNorm(4, n_out), nn.SiLU())


def _block(n_in: int, n_out: int) -> nn.Module:
    return nn.Sequential(_convolution(n_in, n_out), _convolution(n_out, n_out))
