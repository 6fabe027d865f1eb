"""The depth warp of Disco Diffusion and Deforum, by their own formula, so that their camera paths look as they did.

It is no projection: both axes run from -1 to 1 whatever the picture's shape, each pixel's displacement is worked out
where it was and applied where it goes, nothing hides anything, and a roll turns by more or less than its angle. What
Disco adds to every pixel's brightness is left out: it made good for rounding down, and here nothing is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ..types import Size, SpatialMove
from .camera import check_space, pushed, turned
from .planar import as_image, as_start, look_up
from .route import Route, begin, onward
from .spatial import BORDERS

Field = npt.NDArray[np.float64]
MIDAS: Final = (50.0, 31.0, 19.0)  # Disco's distance is (50 - m)/19, and MiDaS' m goes up to about 31


def depth_of(nearness: Field, warp: str) -> Field:
    """Return the distance that each of the two programs has for a nearness of 0 to 1.

    Source: Disco Diffusion v5.7, MiDaS alone; Deforum's depth from MiDaS, without equalising its histogram.
    """
    whole, most, scale = MIDAS
    return (whole - most * nearness) / scale if warp == "disco" else 2.0 - nearness


def by_formula(pixels: npt.NDArray[np.uint8], move: SpatialMove, depth: Field) -> Tensor:
    """Move a picture by the old formula and return it as the sampler's start.

    Shapes: pixels uint8 (H, W, 3), depth (H, W) in scene units -> float32 (1, 3, H, W) in [-1, 1].
    Raises: UsageError for a move that cannot be.
    """
    check_space(move)
    size = Size(*pixels.shape[:2])
    where = places(depth, move, size)
    return as_start(look_up(as_image(pixels), where, border=BORDERS[move.border], mode="bicubic"))


def formula_route(depth: Field, moves: Sequence[SpatialMove], size: Size) -> tuple[Route, Field]:
    """Return the way that the formula leads, one move after the other, and the depths at its end.

    Shapes: depth (H, W) of the first picture -> (H, W).
    Convention: depths are carried along with the pixels, so they are looked for once.
    """
    route = begin(size)
    for move in moves:
        check_space(move)
        there, border = places(depth, move, size), BORDERS[move.border]
        route = onward(route, there, border)
        depth = look_up(torch.from_numpy(depth)[None, None], there, border=border, mode="bilinear")[0, 0].numpy()
    return route, depth


def places(depth: Field, move: SpatialMove, size: Size) -> Tensor:
    """Return where the formula reads each pixel, float64 (1, H, W, 2), positions (x, y) in pixels.

    Shapes: depth (H, W), in scene units.
    """
    x, y = np.linspace(-1, 1, size.width)[None], np.linspace(-1, 1, size.height)[:, None]
    offset_x, offset_y = offsets(x, y, depth, move)
    column, row = np.arange(size.width)[None], np.arange(size.height)[:, None]
    where = np.stack((column - offset_x * size.width / 2, row - offset_y * size.height / 2), axis=-1)
    return torch.from_numpy(np.nan_to_num(where, nan=1e5, posinf=1e5, neginf=-1e5))[None]


def offsets(x: Field, y: Field, depth: Field, move: SpatialMove) -> tuple[Field, Field]:
    """Return by how much the formula displaces content, where both sides of the picture run from -1 to 1.

    Source: Disco Diffusion v5.7, disco_xform_utils; Deforum, whose aspect divides the sideways part.
    """
    focal = 1 / math.tan(math.radians(move.fov_deg) / 2)
    aspect = move.aspect if move.warp == "deforum" else 1.0
    a, b, c = (
        row[0] * x + row[1] * y + row[2] * depth + by for row, by in zip(turned(move), pushed(move), strict=True)
    )
    return focal / aspect * (a / c - x / depth), focal * (b / c - y / depth)
