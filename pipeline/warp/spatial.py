"""The last frame's pixels as they are seen once the camera has moved in space, as the tensor the sampler starts from.

First it is found which surface each new pixel shows; from its distance follows, exactly, where that pixel was before,
and the old picture is read there once. So distances that are a little wrong shift pixels a little and blur nothing, and
a camera that only turns needs no distances at all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ..errors import UsageError
from ..types import Size, SpatialMove
from .camera import check_space, lens, pushed
from .holes import Edges, find_edges, partners
from .planar import FAR_OUT, as_image, as_start, look_up
from .visible import Field, Turn, march, raster, splat

Noise = Callable[[tuple[int, ...]], Tensor]
Mend = Callable[[Field], Field]
FINDERS: Final = {"splat": splat, "march": march}
BORDERS: Final = {"reflect": "reflect", "smear": "replicate", "wrap": "wrap", "noise": "replicate"}
REMAPPED: Final = {"reflect": cv2.BORDER_REFLECT, "replicate": cv2.BORDER_REPLICATE, "wrap": cv2.BORDER_WRAP}
GAP: Final = 2  # pixels between two pieces of what may be one surface
GRAIN: Final = 0.5  # deviation of the noise that is put in holes, where black to white is 2


def distances(nearness: Field, move: SpatialMove) -> Field:
    """Turn nearness, 0 far and 1 near, into 1/distance in scene units."""
    return 1 / move.far + (1 / move.near - 1 / move.far) * np.clip(nearness, 0.0, 1.0)


def reproject(pixels: npt.NDArray[np.uint8], move: SpatialMove, nearness: Field, noise: Noise | None = None) -> Tensor:
    """Show a picture as it is seen after a move, with what hides what, and return it as the sampler's start.

    Shapes: pixels uint8 (H, W, 3), nearness (H, W) in [0, 1] -> float32 (1, 3, H, W) in [-1, 1].
    Convention: bicubic, align_corners=False. `noise` gives named normal numbers, needed where the border is noise.
    Raises: UsageError for a move or border that cannot be.
    """
    start, hole = seen_again(pixels, move, nearness)
    if move.border != "noise" or not hole.any():
        return start
    if noise is None:
        raise UsageError("camera: border noise needs named noise, and none was given; give it, or use another border")
    grainy = (start + GRAIN * noise(tuple(start.shape))).clamp(-1.0, 1.0)
    return torch.where(torch.from_numpy(hole), grainy, start)


def beside(
    pixels: npt.NDArray[np.uint8], move: SpatialMove, nearness: Field, *, converging_at: float
) -> npt.NDArray[np.uint8]:
    """Show what an eye sees that has moved sideways by a move, shifted so that what is so far away stays in its place.

    Shapes: pixels uint8 (H, W, 3), nearness (H, W) -> uint8 (H, W, 3).
    Convention: `converging_at` in scene units, 0 for no shift.
    """
    focal = lens(Size(*pixels.shape[:2]), move.fov_deg)[0, 0]
    shift = -focal * pushed(move)[0] / converging_at if converging_at > 0 else 0.0
    seen, _ = seen_again(pixels, move, nearness, sideways_px=shift, mend=closed)
    return np.rint((seen[0].permute(1, 2, 0).double().numpy() + 1) * 127.5).astype(np.uint8)


def closed(found: Field) -> Field:
    """Close gaps of a pixel or two along a row, where a surface that slopes away is seen more from the side.

    Shapes: (H, W), 0 in gaps -> the same.
    """
    seen = found > 0
    number = np.arange(found.shape[1])
    before = np.maximum.accumulate(np.where(seen, number, -1), axis=1)
    after = np.minimum.accumulate(np.where(seen, number, found.shape[1])[:, ::-1], axis=1)[:, ::-1]
    row, column = np.nonzero(~seen & (before >= 0) & (after < found.shape[1]) & (after - before - 1 <= GAP))
    left, right = before[row, column], after[row, column]
    share = (column - left) / (right - left)
    whole = found.copy()
    whole[row, column] = (1 - share) * found[row, left] + share * found[row, right]
    return whole


def seen_again(
    pixels: npt.NDArray[np.uint8],
    move: SpatialMove,
    nearness: Field,
    *,
    sideways_px: float = 0.0,
    mend: Mend = lambda found: found,
) -> tuple[Tensor, npt.NDArray[np.bool_]]:
    """Show a picture after a move, its holes smeared over where the border is noise; also return where holes are.

    Shapes: pixels uint8 (H, W, 3), nearness (H, W) -> float32 (1, 3, H, W) in [-1, 1]; bool (H, W).
    Raises: UsageError for a move or border that cannot be.
    """
    check_space(move)
    if move.border not in BORDERS:
        raise UsageError(f"camera: unknown border '{move.border}' in space; use one of {', '.join(BORDERS)}")
    near = distances(np.asarray(nearness, np.float64), move)
    turn = Turn(move, Size(*pixels.shape[:2]), sideways_px=sideways_px)
    where, hole = sources(near, turn, move, mend)
    return as_start(read_within(pixels, where, BORDERS[move.border])), hole


def plane_sources(move: SpatialMove, size: Size) -> Tensor:
    """Return where each pixel was if everything is as near as the nearest thing, float64 (1, H, W, 2)."""
    check_space(move)
    x, y, _ = Turn(move, size).backward(*raster(size), np.full((size.height, size.width), 1 / move.near))
    where = np.nan_to_num(np.stack((x, y), axis=-1), nan=FAR_OUT)
    return torch.from_numpy(np.clip(where, -FAR_OUT, FAR_OUT))[None]


def plane_matrix(move: SpatialMove, size: Size) -> Field:
    """Return the (3, 3) matrix that takes a pixel of such a plane, as (x, y, 1), to where it is seen now."""
    turn = Turn(move, size)
    matrix = turn.ahead + np.outer(turn.shift, (0, 0, 1)) / move.near
    return matrix / matrix[2, 2]


def read_within(pixels: npt.NDArray[np.uint8], where: Tensor, border: str) -> Tensor:
    """Read a picture bicubically, and nowhere brighter or darker than the pixels around a place are.

    Shapes: pixels uint8 (H, W, 3), where (1, H', W', 2) -> float64 (1, 3, H', W') on the scale 0..255.
    Convention: without the limit each move adds to the rims that bicubic reading leaves along edges, until they glow.
    """
    read = look_up(as_image(pixels), where, border=border, mode="bicubic")
    x, y = where[0].float().numpy().transpose(2, 0, 1)
    around = np.ones((3, 3), np.uint8)
    for change, bound in ((cv2.erode, torch.maximum), (cv2.dilate, torch.minimum)):
        limit = change(pixels, around, borderType=cv2.BORDER_REPLICATE)
        there = cv2.remap(limit, x, y, cv2.INTER_NEAREST, borderMode=REMAPPED[border])
        bound(read, torch.from_numpy(there).permute(2, 0, 1)[None], out=read)
    return read


def sources(
    near: Field, turn: Turn, move: SpatialMove, mend: Mend = lambda found: found
) -> tuple[Tensor, npt.NDArray[np.bool_]]:
    """Return where each new pixel was before the move, and which ones show what had not been seen.

    Shapes: near (H, W), 1/distance -> float64 (1, H, W, 2), positions (x, y); bool (H, W).
    """
    found = mend(FINDERS[move.warp](near, turn))
    edges = find_edges(found)
    hole = found <= 0
    filled = found.copy() if found.any() else np.full(found.shape, float(near.min()))
    filled[edges.row, edges.column] = found[edges.edge_row, edges.edge_column]
    x, y, _ = turn.backward(*raster(turn.size), filled)
    where = np.clip(np.nan_to_num(np.stack((x, y), axis=-1), nan=FAR_OUT), -FAR_OUT, FAR_OUT)
    _uncover(where, edges, found, move.border)
    return torch.from_numpy(where)[None], hole


def _uncover(where: npt.NDArray[np.float64], edges: Edges, found: Field, border: str) -> None:
    """Give the holes inside the old picture the places of pixels beside them; else they would show what hid them."""
    height, width = found.shape
    x, y = where[edges.row, edges.column].T
    inside = (x > -0.5) & (x < width - 0.5) & (y > -0.5) & (y < height - 0.5)
    row, column = partners(edges, border, found)
    where[edges.row[inside], edges.column[inside]] = where[row[inside], column[inside]]
