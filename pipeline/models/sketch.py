"""A denoiser that is handed a picture which a text alone suggests, drawn without any noise.

Convolutions look the same everywhere, so a UNet that hears of a text through its time embedding learns only slowly
where the parts of what it names belong. Two hidden layers from the direction of a text to every pixel learn that in
minutes: their answer is the mean of all pictures that the text may be of, which is what a denoiser should see in pure
noise. (Convolutions that enlarge a few features at 8 x 8 places to the same picture learnt it nowhere as quickly.)
Nothing of this package is imported here, for the reason that the detail network gives.
Source: our own; a regression to the mean picture, as the first step of every x0-predicting sampler (Ho et al. 2020),
handed on as guided-diffusion's `SuperResModel` is its small picture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

TRUSTED = 1.0  # logarithm of noise over signal, as variances, where half of the sketch stands in the picture


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

    def placed(self, picture: Tensor, height: int, width: int, layout: Tensor | None = None) -> Tensor:
        """Return pictures as large as fits in the middle of (H, W), their edges drawn out to the sides.

        Shapes: picture (B, 3, side, side) -> (B, 3, H, W); `layout` (B, 2, 3) takes a place in the result, from -1 to 1
            across and down, to one in what would be there without it (the `theta` of `affine_grid`): mirrored, moved,
            larger.
        """
        least = min(height, width)
        if least != self.side:
            picture = F.interpolate(picture, size=(least, least), mode="bilinear", align_corners=False)
        across, down = width - least, height - least
        if across or down:
            sides = (across // 2, across - across // 2, down // 2, down - down // 2)
            picture = F.pad(picture, sides, mode="replicate")
        return picture if layout is None else laid_out(picture, layout)


class SketchedDenoiser(nn.Module):
    """A denoiser that predicts pictures and takes texts, shown a sketch of the text beside the noisy picture.

    Convention: `fold` is the side of the blocks that pictures are folded in, `noise_to_signal` of each timestep the
        ratio of their variances. The network sees both pictures and says what the clean one has more than its share of
        the sketch, which is fixed: a logistic function of the logarithm of that ratio. So a new one answers with the
        sketch where there is much noise. No slope goes from the picture to the sketch, which learns by itself. Where
        there is little noise, `known` has the last word: it takes the prediction, the noisy picture and timesteps.
    """

    share: Tensor

    def __init__(
        self,
        network: nn.Module,
        known: nn.Module,
        *,
        text: int,
        features: int,
        side: int,
        fold: int,
        noise_to_signal: Sequence[float],
    ) -> None:
        super().__init__()
        self.network, self.known, self.fold = network, known, fold
        self.sketch = Sketch(text=text, features=features, side=side)
        # on the processor even where a network is made of shapes only, since no file of weights brings them
        noise = torch.tensor([math.log(ratio) for ratio in noise_to_signal], device="cpu")
        self.register_buffer("share", (noise - TRUSTED).sigmoid(), persistent=False)

    @property
    def dtype(self) -> torch.dtype:
        """What the network computes in; the sketch is single precision always."""
        return getattr(self.network, "dtype", torch.float32)

    def forward(self, folded: Tensor, timesteps: Tensor, **given: Any) -> Tensor:
        """Return the clean picture, folded as the noisy one is, and what else the network says.

        Shapes: folded (B, 3 f^2, H/f, W/f), timesteps (B,), text (B, D) if any is told -> (B, 6 f^2, H/f, W/f).
        Convention: `layout` (B, 2, 3) says where the sketch stands, if not as it was learnt; `suggested`
            (B, 3, side, side) is the sketch, where it was made before, or is to be another than the text's.
        """
        layout, picture = given.pop("layout", None), given.pop("suggested", None)
        height, width = folded.shape[2] * self.fold, folded.shape[3] * self.fold
        with torch.no_grad():
            if picture is None:
                text = given.get("text")
                picture = self.sketch(folded.new_zeros(len(folded), self.sketch.text) if text is None else text)
            placed = self.sketch.placed(picture, height, width, layout)
            sketch = F.pixel_unshuffle(placed.to(folded.dtype), self.fold)
        shown = torch.cat([folded, sketch], dim=1).contiguous(memory_format=torch.channels_last)
        seen, more = self.network(shown, timesteps, **given).to(folded.dtype).chunk(2, dim=1)
        step = timesteps.round().long()
        found = seen + self.share[step].view(-1, 1, 1, 1) * sketch
        return torch.cat([self.known(found, folded, step), more], dim=1)


def laid_out(pictures: Tensor, layout: Tensor) -> Tensor:
    """Return pictures (B, 3, H, W) mirrored, moved or enlarged by affine maps (B, 2, 3), their edges drawn out."""
    grid = F.affine_grid(layout.float(), list(pictures.shape), align_corners=False)
    return F.grid_sample(pictures.float(), grid, mode="bilinear", padding_mode="border", align_corners=False)
