"""Read views at other places: turned and moved, or seen aslant, with black beyond their edges, as torchvision does.

torch's own gradient of such a reading adds to the picture in an order that a graphics card does not keep; here it is
added in sorted order there, so that a frame is the same each time.
"""

from __future__ import annotations

import itertools
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F


def affine_places(angle: Tensor, shift: Tensor, side: int) -> Tensor:
    """Return where each pixel of n views turned by `angle` and moved by `shift` comes from.

    Shapes: angle (n,) in radians, shift (n, 2) in pixels, x first -> (n, side, side, 2) as `grid_sample` takes them.
    Convention: a positive angle turns the view clockwise; it is turned first and moved then.
    Source: torchvision, `affine` with scale 1 and no shear.
    """
    cos, sin = angle.cos(), angle.sin()
    x, y = (-2 * shift / side).unbind(dim=1)
    rows = (torch.stack((cos, sin, cos * x + sin * y), dim=1), torch.stack((-sin, cos, cos * y - sin * x), dim=1))
    return F.affine_grid(torch.stack(rows, dim=1), [len(angle), 1, side, side], align_corners=False)


def perspective_places(corners: Tensor, side: int) -> Tensor:
    """Return where each pixel of n views comes from whose corners have moved to `corners`.

    Shapes: corners (n, 4, 2) in pixels, clockwise from the upper left -> (n, side, side, 2) for `grid_sample`.
    Source: torchvision, `perspective`; as there the corners are counted 0 .. side - 1, the pixels' middles 0.5 .. .
    """
    n, last = len(corners), float(side - 1)
    start = torch.tensor([[0.0, 0.0], [last, 0.0], [last, last], [0.0, last]], dtype=torch.float64)
    end = corners.double()
    rows, zero, one = [], torch.zeros(n, dtype=torch.float64), torch.ones(n, dtype=torch.float64)
    for corner, (sx, sy) in enumerate(start.tolist()):
        x, y = end[:, corner, 0], end[:, corner, 1]
        rows.append(torch.stack((x, y, one, zero, zero, zero, -sx * x, -sx * y), dim=1))
        rows.append(torch.stack((zero, zero, zero, x, y, one, -sy * x, -sy * y), dim=1))
    map_ = torch.linalg.solve(torch.stack(rows, dim=1), start.reshape(1, 8, 1).expand(n, 8, 1))[..., 0]
    matrix = torch.cat((map_, one[:, None]), dim=1).reshape(n, 3, 3)
    axis = torch.arange(side, dtype=torch.float64) + 0.5
    at = torch.stack((*torch.meshgrid(axis, axis, indexing="xy"), torch.ones(side, side, dtype=torch.float64)), dim=-1)
    found = at.reshape(1, -1, 3) @ matrix.transpose(1, 2)
    return (found[..., :2] / found[..., 2:] * (2 / side) - 1).reshape(n, side, side, 2).float()


def read_at(views: Tensor, places: Tensor, mode: str) -> Tensor:
    """Read each view at its places, "bilinear" or "nearest".

    Shapes: views (n, C, s, s), places (n, s, s, 2) from -1 to 1 across the view -> (n, C, s, s).
    """
    return _read(views, places, mode) if views.device.type == "cpu" else SortedRead.apply(views, places, mode)


def _read(views: Tensor, places: Tensor, mode: str) -> Tensor:
    return F.grid_sample(views, places, mode=mode, padding_mode="zeros", align_corners=False)


class SortedRead(torch.autograd.Function):
    """The same reading with a gradient that is added in sorted order."""

    @staticmethod
    def forward(ctx: Any, views: Tensor, places: Tensor, mode: str) -> Tensor:
        ctx.save_for_backward(places)
        ctx.mode = mode
        return _read(views, places, mode)

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor, None, None]:  # type: ignore[override]
        (places,) = ctx.saved_tensors
        n, channels, side, _ = slope.shape
        at = ((places + 1) * side - 1) / 2  # in pixels, 0 at the middle of the first
        corner = at.round() if ctx.mode == "nearest" else at.floor()
        given = slope.permute(0, 2, 3, 1)
        base = torch.arange(n, device=slope.device)[:, None, None] * (side * side)
        found = slope.new_zeros(n * side * side, channels)
        for step in [(0, 0)] if ctx.mode == "nearest" else itertools.product((0, 1), repeat=2):
            tap = corner + torch.tensor(step, device=slope.device)
            weight = torch.ones_like(tap) if ctx.mode == "nearest" else (1 - (tap - at).abs()).clamp(min=0)
            inside = ((tap >= 0) & (tap < side)).all(dim=-1)
            x, y = tap.clamp(0, side - 1).long().unbind(dim=-1)
            share = (weight.prod(dim=-1) * inside)[..., None] * given
            # on a graphics card index_put sorts before it adds; scatter_add and index_add do not
            found.index_put_(((base + y * side + x).reshape(-1),), share.reshape(-1, channels), accumulate=True)
        return found.reshape(n, side, side, channels).permute(0, 3, 1, 2), None, None
