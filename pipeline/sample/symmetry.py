"""Make a predicted picture symmetric: one half mirrored onto the other, or one part of a kaleidoscope onto all of them.

It acts on the clean picture that a denoiser sees, inside and outside of guidance, and the noise follows from that; so
it works with every sampler. Disco mirrors the noisy picture, in DDIM alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional as F

from ..types import Look
from .denoiser import Constraint
from .steps import Step, at


def horizontal(picture: Tensor) -> Tensor:
    """Mirror the left half of a picture (B, C, H, W) onto the right one; a column in the middle stays."""
    half = picture.shape[-1] // 2
    return torch.cat((picture[..., : picture.shape[-1] - half], picture[..., :half].flip(-1)), dim=-1)


def vertical(picture: Tensor) -> Tensor:
    """Mirror the upper half of a picture (B, C, H, W) onto the lower one; a row in the middle stays."""
    half = picture.shape[-2] // 2
    return torch.cat((picture[..., : picture.shape[-2] - half, :], picture[..., :half, :].flip(-2)), dim=-2)


def both(picture: Tensor) -> Tensor:
    """Mirror the upper left quarter of a picture (B, C, H, W) onto the three others."""
    return vertical(horizontal(picture))


def kaleidoscope(picture: Tensor, n_parts: int) -> Tensor:
    """Put one half of a part, and its mirror image, in each of `n_parts` equal parts about the middle.

    Shapes: (B, C, H, W) -> the same.
    Convention: the half that is shown begins at the middle's right, or in an upright picture below the middle, and
        turns clockwise from there; what lies beyond the picture is its mirror image.
    """
    grid = _folded(*picture.shape[-2:], n_parts).to(picture)
    grid = grid.expand(len(picture), -1, -1, -1)
    return F.grid_sample(picture, grid, mode="bilinear", padding_mode="reflection", align_corners=False)


@lru_cache(maxsize=4)
def _folded(height: int, width: int, n_parts: int) -> Tensor:
    """Return where each pixel of a kaleidoscope is read, as grid_sample takes it, (1, H, W, 2)."""
    y = torch.arange(height, dtype=torch.float64)[:, None] - (height - 1) / 2
    x = torch.arange(width, dtype=torch.float64)[None, :] - (width - 1) / 2
    first = math.pi / 2 if height > width else 0.0
    part = 2 * math.pi / n_parts
    angle = (torch.atan2(y, x) - first) % part
    folded = torch.minimum(angle, part - angle) + first
    radius = torch.hypot(y, x)
    across, down = radius * folded.cos(), radius * folded.sin()
    return torch.stack((across * 2 / width, down * 2 / height), dim=-1)[None].float()


MIRRORS: Final[dict[str, Callable[[Tensor], Tensor]]] = {"horizontal": horizontal, "vertical": vertical, "both": both}


def symmetry(look: Look) -> Constraint | None:
    """Return what makes a predicted picture as symmetric as a look says, or None for one that does not.

    Convention: the gradient passes as if nothing had been done, since reading one pixel in many places would have it
        summed up in an order that a GPU does not keep.
    """
    if look.symmetry == "off":
        return None
    mirror = MIRRORS.get(look.symmetry) or partial(kaleidoscope, n_parts=look.kaleidoscope)

    def constrain(x0: Tensor, step: Step) -> Tensor:
        strength = at(look.symmetry_strength, step.index)
        if strength == 0:
            return x0
        seen = x0.detach()
        if strength == 1 and not x0.requires_grad:
            return mirror(seen)
        return x0 + strength * (mirror(seen) - seen)

    return constrain
