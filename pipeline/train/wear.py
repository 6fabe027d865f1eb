"""Wear pictures out as films do, where each frame is drawn over the one before it.

Frame after frame a picture is moved, noised and drawn again, and whatever a network does not quite give back is lost
for good: unless it has learnt to mend what it does itself. So in training it is shown pictures as frames find the one
before them, and asked for what they were.
Source: our own; as Valevski et al. 2024 (GameNGen, section 3.2.1) noise the frames that their network goes on from.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from ..models.sketch import laid_out

EACH = 0.6  # of the pictures have any one kind of wear
TURN, ZOOM, SHIFT = math.radians(3), 0.02, 0.03  # the most that a camera moves, and back: what is lost is sharpness
SHARPER = 1.2  # the most of the fine detail that is added again, and of which all may be lost
STAIN = 0.25  # the most by which broad patches are off, of half of black to white
LIGHT = 0.1  # the most by which a picture is brighter or darker
CONTRAST, CHROMA = (0.8, 1.3), (0.6, 1.7)
STRONGER, TINT = (0.3, 2.5), 0.3  # how strong colours become in films, and the most that each channel is off


def worn(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Return pictures as films wear them: resampled, softened or sharpened too much, stained, off in light and colour.

    Shapes: (B, 3, H, W) in [-1, 1], both.
    """
    count = len(pictures)

    def draw(low: float, high: float) -> Tensor:
        drawn = torch.rand(count, generator=generator, device=pictures.device)
        return (drawn * (high - low) + low).view(-1, 1, 1, 1)

    def on_some(wear: Callable[[Tensor], Tensor], found: Tensor) -> Tensor:
        return torch.where(draw(0, 1) < EACH, wear(found), found)

    def moved(found: Tensor) -> Tensor:
        maps = _moves(draw(-TURN, TURN), 1 + draw(-ZOOM, ZOOM), draw(-SHIFT, SHIFT), draw(-SHIFT, SHIFT))
        last = maps.new_tensor([0.0, 0.0, 1.0]).expand(count, 1, 3)
        back = torch.linalg.inv(torch.cat([maps, last], dim=1))[:, :2]
        return laid_out(laid_out(found, maps), back)

    def refocused(found: Tensor) -> Tensor:
        soft = F.avg_pool2d(F.pad(found, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
        return found + draw(-1.0, SHARPER) * (found - soft)

    def stained(found: Tensor) -> Tensor:
        side = int(torch.randint(3, 17, (), generator=generator, device=found.device))
        noise = torch.randn((count, 3, side, side), generator=generator, device=found.device)
        patches = F.interpolate(noise, size=found.shape[2:], mode="bicubic", align_corners=False)
        return found + STAIN * draw(0, 1) ** 2 * patches

    def relit(found: Tensor) -> Tensor:
        grey = found.mean(1, keepdim=True)
        middle = grey.mean((2, 3), keepdim=True)
        lit = middle + draw(*CONTRAST) * (grey - middle) + draw(-LIGHT, LIGHT)
        return lit + draw(*CHROMA) * (found - grey)

    for wear in (moved, refocused, stained, relit):
        pictures = on_some(wear, pictures)
    return pictures.clamp(-1.0, 1.0)


def recoloured(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Return pictures in colours that no painting has and films come to, some as they were.

    Shapes: (B, 3, H, W) in [-1, 1], both.
    """
    count = len(pictures)
    acts, strength = torch.rand((2, count, 1, 1, 1), generator=generator, device=pictures.device)
    tint = TINT * (2 * torch.rand((count, 3, 1, 1), generator=generator, device=pictures.device) - 1)
    grey = pictures.mean(1, keepdim=True)
    coloured = grey + (STRONGER[0] + (STRONGER[1] - STRONGER[0]) * strength) * (pictures - grey) + tint
    return torch.where(acts < EACH, coloured.clamp(-1.0, 1.0), pictures)


def _moves(turn: Tensor, zoom: Tensor, right: Tensor, down: Tensor) -> Tensor:
    """Return the affine maps (B, 2, 3) of cameras that turn, come nearer and go aside."""
    across = torch.cat([turn.cos() * zoom, -turn.sin() * zoom, right], dim=-1)
    along = torch.cat([turn.sin() * zoom, turn.cos() * zoom, down], dim=-1)
    return torch.cat([across, along], dim=2)[:, 0]
