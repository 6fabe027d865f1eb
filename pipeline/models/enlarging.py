"""A small network that enlarges pictures: it paints what is missing between the pixels of a picture enlarged plainly.

It computes at the size of the small picture and unfolds channels into pixels at the very end, which is what makes it
quick; folding the small picture first makes it quicker, and lets it see further. It sees only what is near a pixel, so
a large picture may be enlarged in parts.
"""

from __future__ import annotations

from dataclasses import asdict

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .entry import UpscalerArchitecture


class EnlargingNetwork(nn.Module):
    """The network, with the names that published weights of its family have.

    Shapes: (B, 3, H, W) -> (B, 3, times H, times W), RGB in [0, 1]; what comes out may lie beyond, and is not cut.
    Convention: inside, the small picture is folded in blocks of `unshuffle` pixels; one whose sides those do not divide
        is continued with its last pixels and cut again.
    Source: the compact network of Wang et al. 2021 (Real-ESRGAN), with a slope for each channel; they fold pictures
        that are enlarged less, too. A smoothing behind the pixel shuffle, against checkerboards: Sugawara et al. 2018.
    """

    def __init__(self, features: int, convolutions: int, times: int, unshuffle: int = 1, smooth: bool = False) -> None:
        super().__init__()
        self.times = times
        self.unshuffle = unshuffle
        self.smooth = smooth
        layers = [_convolution(3 * unshuffle**2, features), nn.PReLU(features)]
        for _ in range(convolutions):
            layers += [_convolution(features, features), nn.PReLU(features)]
        self.body = nn.Sequential(*layers, _convolution(features, 3 * (times * unshuffle) ** 2))

    @property
    def reach(self) -> int:
        """How many pixels of the small picture away something may lie and still change a pixel, in whole blocks."""
        return self.unshuffle * (sum(isinstance(layer, nn.Conv2d) for layer in self.body) + self.smooth)

    def forward(self, x: Tensor) -> Tensor:
        """Return the picture enlarged."""
        height, width = x.shape[-2:]
        below, right = -height % self.unshuffle, -width % self.unshuffle
        whole = F.pad(x, (0, right, 0, below), mode="replicate") if below or right else x
        painted = F.pixel_shuffle(self.body(F.pixel_unshuffle(whole, self.unshuffle)), self.times * self.unshuffle)
        plain = F.interpolate(x, scale_factor=self.times, mode="nearest")
        found = painted[..., : height * self.times, : width * self.times] + plain
        return smoothed(found) if self.smooth else found


def smoothed(pictures: Tensor) -> Tensor:
    """Return pictures (B, C, H, W) without what alternates from pixel to pixel: weights 1, 2, 1, down and across."""
    wide = F.pad(pictures, (1, 1, 1, 1), mode="replicate")
    for _ in range(2):  # sums of neighbours, a fifth of what pooling takes
        wide = wide[..., :-1, :] + wide[..., 1:, :]
        wide = wide[..., :-1] + wide[..., 1:]
    return wide / 16


def build_enlarging(architecture: UpscalerArchitecture) -> EnlargingNetwork:
    """Build the network with random weights that change little: fresh, it gives back the picture enlarged plainly."""
    network = EnlargingNetwork(**asdict(architecture))
    *_, weight, bias = network.parameters()  # of the last layer
    with torch.no_grad():
        weight.mul_(0.1)
        bias.zero_()
    return network


def _convolution(n_in: int, n_out: int) -> nn.Module:
    return nn.Conv2d(n_in, n_out, 3, padding=1)
