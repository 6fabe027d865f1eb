"""Many moves as one: where every pixel of the present frame comes from in the picture the way began with.

A route carries positions instead of colours through the very sources and borders of `warp`, so a picture is resampled
once however long the way. Positions are read bilinearly: that reproduces a linear map exactly, which bicubic reading
with a = -0.75 does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from ..types import CameraMove, Size, SpatialMove
from .planar import PADDING, REACH, as_image, as_start, look_up, sources
from .spatial import BORDERS, plane_sources

NEAR: Final = 0.004  # of a side: a mean lies nearer to the nearest neighbour, unless the two are a picture apart


@dataclass(frozen=True, slots=True)
class Route:
    """Where every pixel comes from, and how much of it was ever inside a picture.

    Shapes: where float64 (1, 2, H, W), positions (x, y) in the first picture; covered float64 (1, 1, H, W) in [0, 1],
        or None for 1 everywhere.
    Convention: `border` is what the first move found beyond the first picture; `wraps` tells that two neighbours may
        lie a whole picture apart, because some move went around its edge.
    """

    where: Tensor
    covered: Tensor | None = None
    border: str = ""
    wraps: bool = False


def begin(size: Size) -> Route:
    """Return the route of no move: every pixel comes from its own place."""
    y = torch.arange(size.height, dtype=torch.float64)[:, None].expand(size.height, size.width)
    x = torch.arange(size.width, dtype=torch.float64).expand(size.height, size.width)
    return Route(torch.stack((x, y))[None])


def travel(route: Route, move: CameraMove | SpatialMove) -> Route:
    """Go on by one move: each pixel takes the position that stands where `warp` would read its colour.

    Convention: a move in space is made as if all there is were a plane before the camera.
    Raises: UsageError for a move or border that cannot be.
    """
    size = Size(*route.where.shape[-2:])
    there = sources(move, size) if isinstance(move, CameraMove) else plane_sources(move, size)
    return onward(route, there, move.border if isinstance(move, CameraMove) else BORDERS[move.border])


def onward(route: Route, there: Tensor, border: str) -> Route:
    """Go on to where each pixel reads the position at `there` (1, H, W, 2), with a border of the picture's plane."""
    covered = route.covered
    if border == "zeros" and covered is None:
        covered = torch.ones_like(route.where[:, :1])
    found = replace(route, covered=covered, border=route.border or border, wraps=route.wraps or border == "wrap")
    if covered is not None:
        found = replace(found, covered=look_up(covered, there, border=border, mode="bilinear"))
    # zeros are colours, not positions: what comes from outside is told by `covered`
    border = "replicate" if border == "zeros" else border
    if found.wraps:
        return replace(found, where=_read_around(route.where, there, border))
    return replace(found, where=look_up(route.where, there, border=border, mode="bilinear"))


def compose(moves: Iterable[CameraMove | SpatialMove], size: Size) -> Route:
    """Return the route of moves made one after the other."""
    route = begin(size)
    for move in moves:
        route = travel(route, move)
    return route


def paint(pixels: npt.NDArray[np.uint8], route: Route) -> Tensor:
    """Move a picture along a route in one go and return it as the sampler's start.

    Shapes: pixels uint8 (H, W, 3) -> float32 (1, 3, H, W) in [-1, 1].
    Convention: bicubic, as `warp`; what was never inside a picture is black.
    """
    border = "replicate" if route.border in ("", "zeros") else route.border
    moved = look_up(as_image(pixels), route.where.permute(0, 2, 3, 1), border=border, mode="bicubic")
    return as_start(moved if route.covered is None else moved * route.covered)


def _read_around(where: Tensor, there: Tensor, border: str) -> Tensor:
    """Read positions on a picture that closes on itself, where the neighbour of the last pixel is the first.

    Between the two a mean would lie in the middle of the picture. There, which is told by a mean far from the nearest
    position, the four neighbours are first brought to the side of one of them.
    """
    lengths = torch.tensor(where.shape[:-3:-1], dtype=where.dtype)  # width, height
    at = there + 0.5  # from the outer edge of the outer pixels
    if border == "wrap":
        where = F.pad(where, (REACH,) * 4, mode="circular")
        at.sub_(lengths * torch.floor(at / lengths)).add_(REACH)
    sides = torch.tensor(where.shape[:-3:-1], dtype=where.dtype)
    grid = at * (2.0 / sides) - 1.0
    read, nearest = (
        F.grid_sample(where, grid, mode=mode, padding_mode=PADDING[border], align_corners=False)
        for mode in ("bilinear", "nearest")
    )
    far = nearest.sub_(read).abs_() > NEAR * lengths.view(1, 2, 1, 1)
    rows, columns = torch.nonzero(far[0, 0] | far[0, 1], as_tuple=True)
    read[0, :, rows, columns] = _on_one_side(where[0], _inside(at[0, rows, columns], sides, border), lengths).T
    return read


def _on_one_side(where: Tensor, at: Tensor, lengths: Tensor) -> Tensor:
    """Return the bilinear mean of positions (2, H, W) at `at` (n, 2), each neighbour taken the shorter way around."""
    low = at.floor()
    share, (x, y) = at - low, low.long().T
    right, below = (x + 1).clamp(max=where.shape[-1] - 1), (y + 1).clamp(max=where.shape[-2] - 1)
    first = where[:, y, x].T
    mean = torch.zeros_like(first)
    for column, along_x in ((x, 1 - share[:, :1]), (right, share[:, :1])):
        for row, along_y in ((y, 1 - share[:, 1:]), (below, share[:, 1:])):
            step = where[:, row, column].T - first
            mean += along_x * along_y * (step - lengths * torch.round(step / lengths))
    return torch.remainder(first + mean + 0.5, lengths) - 0.5


def _inside(at: Tensor, sides: Tensor, border: str) -> Tensor:
    """Turn distances (n, 2) from the outer edge into pixels, where `grid_sample` reads them."""
    if border == "reflect":
        turned = torch.remainder(at, 2 * sides)
        at = torch.where(turned < sides, turned, 2 * sides - turned)
    return torch.minimum((at - 0.5).clamp(min=0.0), sides - 1)
