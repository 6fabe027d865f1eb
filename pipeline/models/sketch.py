"""A UNet that is handed a picture which a text alone suggests, drawn by two hidden layers without any noise.

Convolutions look the same everywhere, so a UNet that hears of a text through its time embedding learns only slowly
where the parts of what it names belong. Two layers from the direction of a text to every pixel learn that in minutes:
their answer is the mean of all pictures that the text may be of, which is what a denoiser should see in pure noise.
Nothing of this package is imported here, for the reason that the detail network gives.
Source: our own; a regression to the mean picture, as the first step of every x0-predicting sampler (Ho et al. 2020).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

TRUSTED = 1.0  # logarithm of noise over signal, as variances, where a picture is half the sketch and half the UNet's


class Sketch(nn.Module):
    """Directions of texts (B, D), of length sqrt(D) or 0, to pictures (B, 3, side, side)."""

    def __init__(self, *, text: int, features: int, side: int) -> None:
        super().__init__()
        self.text, self.side = text, side
        self.layers = nn.Sequential(
            nn.Linear(text, features), nn.GELU(), nn.Linear(features, features), nn.GELU(),
            nn.Linear(features, 3 * side**2),
        )  # fmt: skip

    def forward(self, text: Tensor) -> Tensor:
        """Return the pictures that texts suggest; a text of zeros suggests the mean of all."""
        return self.layers(text).view(-1, 3, self.side, self.side)

    def placed(self, text: Tensor, height: int, width: int) -> Tensor:
        """Return the pictures as large as fits in the middle of (H, W), their edges drawn out to the sides."""
        picture, least = self(text), min(height, width)
        if least != self.side:
            picture = F.interpolate(picture, size=(least, least), mode="bilinear", align_corners=False)
        across, down = width - least, height - least
        if across or down:
            sides = (across // 2, across - across // 2, down // 2, down - down // 2)
            picture = F.pad(picture, sides, mode="replicate")
        return picture


class SketchedUNet(nn.Module):
    """A UNet that predicts pictures and takes texts, with a sketch of the text beside the noisy picture.

    Convention: `fold` is the side of the blocks that pictures are folded in, `noise_to_signal` of each timestep the
        ratio of their variances. How far the picture is the sketch's is fixed, a logistic function of its logarithm:
        were it learnt from errors, a UNet that knows no shapes yet would be trusted with them. No slope goes from the
        picture to the sketch, which learns from pictures alone.
    """

    share: Tensor

    def __init__(
        self, network: nn.Module, *, text: int, features: int, side: int, fold: int, noise_to_signal: Sequence[float]
    ) -> None:
        super().__init__()
        self.network, self.fold = network, fold
        self.sketch = Sketch(text=text, features=features, side=side)
        self.hand = nn.Conv2d(3 * fold**2, 3 * fold**2, 1)
        for value in self.hand.parameters():
            nn.init.zeros_(value)
        # on the processor even where a network is made of shapes only, since no file of weights brings them
        noise = torch.tensor([math.log(ratio) for ratio in noise_to_signal], device="cpu")
        self.register_buffer("share", (noise - TRUSTED).sigmoid(), persistent=False)

    def forward(self, folded: Tensor, timesteps: Tensor, **given: Any) -> Tensor:
        """Return the clean picture, folded as the noisy one is.

        Shapes: folded (B, 3 f^2, H/f, W/f), timesteps (B,), text (B, D) if any is told -> (B, 3 f^2, H/f, W/f).
        """
        text = given.get("text")
        if text is None:
            text = folded.new_zeros(len(folded), self.sketch.text)
        sketch = self.sketch.placed(text, folded.shape[2] * self.fold, folded.shape[3] * self.fold).detach()
        sketch = F.pixel_unshuffle(sketch.to(folded.dtype), self.fold).contiguous(memory_format=torch.channels_last)
        seen = self.network(folded + self.hand(sketch), timesteps, **given).to(folded.dtype)
        return torch.lerp(seen, sketch, self.share[timesteps.round().long()].view(-1, 1, 1, 1))
