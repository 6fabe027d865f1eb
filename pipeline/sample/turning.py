"""Turn views a little, with a gradient that is the same on every run of a GPU.

Reading a picture at turned places is easy; torch's own gradient of it scatters into the picture with atomic additions,
whose order a GPU does not keep. Because the turn is small and keeps lengths, only the nine results nearest to where a
pixel went can have read it, so here the gradient gathers from those, in a fixed order. On a CPU torch's own keeps its
order and is twenty times as fast.
"""

from __future__ import annotations

import itertools
import math
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn import functional as F

TURN_DEG: Final = 10.0  # the strengths are Disco's for stills
SHIFT: Final = 0.05  # of the side
_ANGLE: Final = math.radians(TURN_DEG)
REACH: Final = (math.cos(_ANGLE) + math.sin(_ANGLE) - 1) / 2 + SHIFT
"""How far beyond a view's edge its turned corner can read, as a share of the side."""


def turning(angle: Tensor, shift: Tensor) -> Tensor:
    """Return (N, 2, 3) maps that turn by `angle` (N,) times TURN_DEG and move by `shift` (N, 2) times SHIFT.

    Convention: angle and shift in -1 .. 1; maps as affine_grid takes them, from the result's place to the view's, where
        -1 .. 1 is from edge to edge.
    """
    cos, sin = (angle * _ANGLE).cos(), (angle * _ANGLE).sin()
    moved = shift * SHIFT * 2
    rows = (torch.stack((cos, -sin, moved[:, 0]), dim=1), torch.stack((sin, cos, moved[:, 1]), dim=1))
    return torch.stack(rows, dim=1)


def turn(views: Tensor, turns: Tensor) -> Tensor:
    """Turn and move each view, reading bilinearly; a view is mirrored beyond its edges.

    Shapes: views (N, C, s, s), turns (N, 2, 3) as `turning` makes them -> (N, C, s, s).
    """
    return _read(views, turns) if views.device.type == "cpu" else GatheredTurn.apply(views, turns)


def _read(views: Tensor, turns: Tensor) -> Tensor:
    grid = F.affine_grid(turns, list(views.shape), align_corners=False)
    return F.grid_sample(views, grid, mode="bilinear", padding_mode="reflection", align_corners=False)


class GatheredTurn(torch.autograd.Function):
    """The same turn with the gathered gradient."""

    @staticmethod
    def forward(ctx: Any, views: Tensor, turns: Tensor) -> Tensor:
        ctx.save_for_backward(turns)
        return _read(views, turns)

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor, None]:  # type: ignore[override]
        (turns,) = ctx.saved_tensors
        margin = math.ceil(slope.shape[-1] * REACH) + 1
        return _folded(_gathered(slope, turns, margin), margin), None


def _gathered(slope: Tensor, turns: Tensor, margin: int) -> Tensor:
    """Return the gradient of the views as if they went on beyond their edges by `margin` pixels.

    Shapes: slope (N, C, s, s) -> (N, C, s + 2 margin, s + 2 margin). Places are (x, y) from the view's middle.
    """
    n, channels, _, side = slope.shape
    middle = (side - 1) / 2
    axis = torch.arange(-margin, side + margin, device=slope.device, dtype=slope.dtype) - middle
    place = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), dim=-1).reshape(1, -1, 2)
    linear, moved = turns[..., :2], turns[:, None, :, 2] * (side / 2)
    nearest = ((place - moved) @ linear + middle).round()  # the inverse of a turn is its transpose
    flat, wide = slope.reshape(n, channels, -1), slope.new_zeros(n, channels, place.shape[1])
    for dx, dy in itertools.product((-1, 0, 1), repeat=2):
        x, y = nearest[..., 0] + dx, nearest[..., 1] + dy
        read = torch.stack((x - middle, y - middle), dim=-1) @ linear.transpose(1, 2) + moved
        weight = (1 - (read - place).abs()).clamp(min=0).prod(dim=-1)
        weight = weight * ((x >= 0) & (x < side) & (y >= 0) & (y < side))
        index = (y.clamp(0, side - 1) * side + x.clamp(0, side - 1)).long()
        wide += flat.gather(2, index[:, None].expand(-1, channels, -1)) * weight[:, None]
    return wide.reshape(n, channels, side + 2 * margin, side + 2 * margin)


def _folded(wide: Tensor, margin: int) -> Tensor:
    """Add to each pixel the gradient of its mirror images beyond the edges."""
    for dim in (-2, -1):
        side = wide.shape[dim] - 2 * margin
        inner = wide.narrow(dim, margin, side).clone()
        inner.narrow(dim, 0, margin).add_(wide.narrow(dim, 0, margin).flip(dim))
        inner.narrow(dim, side - margin, margin).add_(wide.narrow(dim, side + margin, margin).flip(dim))
        wide = inner
    return wide
