"""Spoil clean pictures as guidance will: crops, turns, flips, blur, noise, uneven light.

The perceptor is never shown a clean picture while it guides; it sees cuts of a half-denoised one. Training on the same
kind of damage keeps its gradient meaningful there.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

Draw = Callable[[float, float], Tensor]  # one uniform number per picture between two bounds


def spoil(images: Tensor, *, size: int, generator: torch.Generator) -> Tensor:
    """Crop, turn and flip each picture on its own to `size`, then blur, add noise and change the light of many.

    Shapes: images (B, 3, H, W) in [0, 1] -> (B, 3, size, size), not clamped.
    """
    count = images.shape[0]

    def draw(low: float, high: float) -> Tensor:
        return _rand(count, generator) * (high - low) + low

    cuts = cut_randomly(images, size=size, scale=_crop_scales(count, generator), draw=draw)
    cuts = blur(cuts, (draw(0, 1) < 0.5) * draw(0.0, 1.0) ** 1.5)
    light = draw(-0.1, 0.1) * (draw(0, 1) < 0.5)
    contrast = 1 + draw(-0.2, 0.2) * (draw(0, 1) < 0.5)
    cuts = (cuts - 0.5) * contrast.view(-1, 1, 1, 1) + 0.5 + light.view(-1, 1, 1, 1)
    deviation = (draw(0, 1) < 0.5) * draw(0.0, 1.0) ** 2 * 0.4
    return cuts + deviation.view(-1, 1, 1, 1) * torch.randn(cuts.shape, generator=generator, device=cuts.device)


def _rand(count: int, generator: torch.Generator) -> Tensor:
    return torch.rand(count, generator=generator, device=generator.device)


def _crop_scales(count: int, generator: torch.Generator) -> Tensor:
    """Half of the cuts show (nearly) the whole picture, half down to 30 % of its area."""
    whole = _rand(count, generator) < 0.5
    area = _rand(count, generator) * 0.7 + 0.3
    return torch.where(whole, 0.9 + 0.15 * _rand(count, generator), area.sqrt())


def cut_randomly(images: Tensor, *, size: int, scale: Tensor, draw: Draw) -> Tensor:
    """Sample one turned, perhaps mirrored square of relative side `scale` from each picture."""
    angle = draw(-12, 12) * (math.pi / 180)
    mirror = torch.where(draw(0, 1) < 0.5, -1.0, 1.0)
    room = (1 - scale).clamp(min=0)
    theta = torch.stack(
        [
            torch.stack([scale * angle.cos() * mirror, -scale * angle.sin(), room * draw(-1, 1)], -1),
            torch.stack([scale * angle.sin() * mirror, scale * angle.cos(), room * draw(-1, 1)], -1),
        ],
        1,
    )
    grid = F.affine_grid(theta, [images.shape[0], 3, size, size], align_corners=False)
    return F.grid_sample(images, grid, mode="bilinear", padding_mode="reflection", align_corners=False)


def blur(images: Tensor, strength: Tensor) -> Tensor:
    """Blur each picture between not at all (0) and as if seen at an eighth of its resolution (1).

    Shapes: images (B, 3, S, S), strength (B,).
    """
    position = strength.clamp(0, 1) * 3
    index = position.floor().long().clamp(max=2)
    share = (position - index).view(-1, 1, 1, 1)
    blurred = images.clone()
    for level in range(3):  # each picture between two levels, and most are asked for none
        rows = ((index == level) & (position > 0)).nonzero().flatten()
        if len(rows):
            sharper, softer = (_reduced(images[rows], 2**power) for power in (level, level + 1))
            blurred[rows] = sharper * (1 - share[rows]) + softer * share[rows]
    return blurred


def _reduced(images: Tensor, factor: int) -> Tensor:
    """Return square pictures as if seen at a fraction of their resolution."""
    if factor == 1:
        return images
    return F.interpolate(F.avg_pool2d(images, factor), images.shape[2:], mode="bilinear", align_corners=False)
