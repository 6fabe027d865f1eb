"""A small network that enlarges pictures: it paints what is missing between the pixels of a picture enlarged plainly.

It computes at the size of the small picture and unfolds channels into pixels at the very end, which is what makes it
quick. It sees only what is near a pixel, so a large picture may be enlarged in parts.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .entry import UpscalerArchitecture


class EnlargingNetwork(nn.Module):
    """The network, with the names that published weights of its family have.

    Shapes: (B, 3, H, W) -> (B, 3, times H, times W), RGB in [0, 1]; what comes out may lie beyond, and is not cut.
    Source: the compact network of Wang et al. 2021 (Real-ESRGAN), with a slope for each channel.
    """

    def __init__(self, features: int, convolutions: int, times: int) -> None:
        super().__init__()
        self.times = times
        layers = [_convolution(3, features), nn.PReLU(features)]
        for _ in range(convolutions):
            layers += [_convolution(features, features), nn.PReLU(features)]
        self.body = nn.Sequential(*layers, _convolution(features, 3 * times**2))

    @property
    def reach(self) -> int:
        """How many pixels of the small picture away something may lie and still change a pixel."""
        return sum(isinstance(layer, nn.Conv2d) for layer in self.body)

    def forward(self, x: Tensor) -> Tensor:
        """Return the picture enlarged."""
        plain = F.interpolate(x, scale_factor=self.times, mode="nearest")
        return F.pixel_shuffle(self.body(x), self.times) + plain


def build_enlarging(architecture: UpscalerArchitecture) -> EnlargingNetwork:
    """Build the network with random weights that change little: fresh, it gives back the picture enlarged plainly."""
    network = EnlargingNetwork(architecture.features, architecture.convolutions, architecture.times)
    *_, weight, bias = network.parameters()  # of the last layer
    with torch.no_grad():
        weight.mul_(0.1)
        bias.zero_()
    return network


def _convolution(n_in: int, n_out: int) -> nn.Module:
    return nn.Conv2d(n_in, n_out, 3, padding=1)
