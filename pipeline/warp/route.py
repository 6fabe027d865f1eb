"""Many moves as one: where every pixel of the present frame comes from in the picture the way began with.

A route carries positions instead of colours through the very sources and borders of `warp`, so a picture is resampled
once however long the way. Positions are read bilinearly: that reproduces a linear map exactly, which bicubic reading
with a = -0.75 does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ..types import CameraMove, Size
from .planar import as_image, as_start, framed, look_up, sample, sources


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


def travel(route: Route, move: CameraMove) -> Route:
    """Go on by one move: each pixel takes the position that stands where `warp` would read its colour.

    Raises: UsageError for a move or border that cannot be.
    """
    size = Size(*route.where.shape[-2:])
    there = sources(move, size)
    covered = route.covered
    if move.border == "zeros" and covered is None:
        covered = torch.ones_like(route.where[:, :1])
    onward = replace(
        route, covered=covered, border=route.border or move.border, wraps=route.wraps or move.border == "wrap"
    )
    if covered is not None:
        onward = replace(onward, covered=look_up(covered, there, border=move.border, mode="bilinear"))
    # zeros are colours, not positions: what comes from outside is told by `covered`
    border = "replicate" if move.border == "zeros" else move.border
    if onward.wraps:
        return replace(onward, where=_read_around(route.where, there, border))
    return replace(onward, where=look_up(route.where, there, border=border, mode="bilinear"))


def compose(moves: Iterable[CameraMove], size: Size) -> Route:
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

    Between the two a mean would lie in the middle of the picture. So positions are read twice, the second time half a
    picture further, and each is taken where its own seam is far away.
    """
    height, width = where.shape[-2:]
    where, there, padding = framed(where, there, border)
    charts = torch.empty(1, 6, *where.shape[-2:], dtype=where.dtype)
    for axis, length in enumerate((width, height)):
        here = torch.add(where[:, axis], 0.5, out=charts[:, axis])  # from 0 to below one length, as all that follows
        charts[:, axis + 2] = here + torch.where(here < length / 2, length / 2, -length / 2)
        charts[:, axis + 4] = (here - length / 2).abs_() <= length / 4
    read = sample(charts, there, padding=padding, mode="bilinear")
    found = read[:, :2].clone()
    for axis, length in enumerate((width, height)):
        beyond = read[:, axis + 2]
        back = beyond + torch.where(beyond < length / 2, length / 2, -length / 2)
        found[:, axis] = torch.where(read[:, axis + 4] > 0.5, read[:, axis], back)
    return found.sub_(0.5)
