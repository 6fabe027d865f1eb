"""Which surface a camera sees at each pixel after a move, when the distances seen before it are known.

Two ways to the same answer. The splat throws every old pixel onto the new picture and lets the nearest win; the march
goes out along each new pixel's ray until it meets the old surface. Both answer with nearness (1/distance), since that
and not distance is linear over a flat surface in the picture, and with 0 where nothing is known to be.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional as F

from ..types import Size, SpatialMove
from .camera import lens, pushed, turned

Field = npt.NDArray[np.float64]
SAME_SURFACE = 0.05  # of a nearness: what differs by less is one surface
CLOSEST = 1e-3  # scene units before the camera
FINEST = 4  # times that the old picture may be refined before it is thrown
MARCH = 48  # places looked at along a ray


class Turn:
    """A move between two cameras: what was a pixel at a distance, and what is one.

    Convention: `sideways_px` shifts the picture seen after the move, as a lens does that is not before its middle.
        `ahead` takes (x, y, 1) times a distance to the new camera's pixel times its distance, plus `shift`.
    """

    def __init__(self, move: SpatialMove, size: Size, *, sideways_px: float = 0.0) -> None:
        self.size = size
        self.before, self.after = lens(size, move.fov_before_deg), lens(size, move.fov_deg)
        self.after[0, 2] += sideways_px
        self.ahead = self.after @ turned(move) @ np.linalg.inv(self.before)
        self.shift = self.after @ pushed(move)
        self.back = np.linalg.inv(self.ahead)

    def forward(self, x: Field, y: Field, near: Field) -> tuple[Field, Field, Field]:
        """Return where old pixels of a nearness are seen now, and how near."""
        return _through(self.ahead, self.shift, x, y, near)

    def backward(self, x: Field, y: Field, near: Field) -> tuple[Field, Field, Field]:
        """Return where new pixels of a nearness were seen before, and how near."""
        return _through(self.back, -self.back @ self.shift, x, y, near)


def _through(matrix: Field, shift: Field, x: Field, y: Field, near: Field) -> tuple[Field, Field, Field]:
    """Project (x, y, 1) / near by a matrix and a shift; all is divided by the distance, so that 0 is the horizon."""
    u, v, w = (row[0] * x + (row[1] * y + row[2]) + push * near for row, push in zip(matrix, shift, strict=True))
    w = np.where(w > CLOSEST * near, w, np.nan)  # at or behind the camera
    return u / w, v / w, near / w


def raster(size: Size, finer: int = 1) -> tuple[Field, Field]:
    """Return x (1, W) and y (H, 1) of all pixels, or of `finer` places along each pixel's sides."""
    x = (np.arange(size.width * finer) + 0.5) / finer - 0.5
    y = (np.arange(size.height * finer) + 0.5) / finer - 0.5
    return x[None], y[:, None]


def splat(near: Field, turn: Turn) -> Field:
    """Return how near the surface is that each new pixel shows, 0 where none was seen before.

    Shapes: near (H, W), 1/distance before the move -> (H, W).
    """
    height, width = near.shape
    old = near
    u, v, w = turn.forward(*raster(turn.size), near)
    spread = _spread(near, w, turn)
    finer = int(min(FINEST, np.ceil(np.nanmax(spread, initial=1.0) / 1.5)))
    if finer > 1:  # the same surface, in smaller pieces
        fine = cv2.resize(near, (width * finer, height * finer), interpolation=cv2.INTER_LINEAR)
        jumps = cv2.resize(_jumps(near).astype(np.uint8), None, fx=finer, fy=finer, interpolation=cv2.INTER_NEAREST)
        blocks = cv2.resize(near, None, fx=finer, fy=finer, interpolation=cv2.INTER_NEAREST)
        near = np.where(jumps > 0, blocks, fine)
        u, v, w = turn.forward(*raster(turn.size, finer), near)
        spread = _spread(near, w, turn) / finer
    kept = np.flatnonzero((u > -2) & (u < width + 1) & (v > -2) & (v < height + 1) & (w > 0))
    u, v, w = u.ravel()[kept], v.ravel()[kept], w.ravel()[kept]
    reach = np.clip(0.55 * spread.ravel()[kept], 0.55, 1.0)
    return _settled(_nearest(u, v, w, reach, turn.size), _as_field(old), turn)


def _nearest(u: Field, v: Field, w: Field, reach: Field, size: Size) -> Field:
    """Let each point cover the pixels within its reach; return the mean of the nearest ones, weighed by closeness."""
    left, top = np.floor(u), np.floor(v)
    places, weights, values = [], [], []
    for column in (0, 1):
        for row in (0, 1):
            x, y = left + column, top + row
            away_x, away_y = np.abs(u - x), np.abs(v - y)
            hit = (x >= 0) & (x < size.width) & (y >= 0) & (y < size.height) & (away_x <= reach) & (away_y <= reach)
            places.append((y[hit] * size.width + x[hit]).astype(np.int64))
            weights.append((1.001 - away_x[hit]) * (1.001 - away_y[hit]))
            values.append(w[hit])
    place, weight, value = (np.concatenate(parts) for parts in (places, weights, values))
    front = np.zeros(size.height * size.width)
    np.maximum.at(front, place, value)
    weight = np.where(value >= (1 - SAME_SURFACE) * front[place], weight, 0.0)
    total = np.bincount(place, weight, minlength=front.size)
    mean = np.bincount(place, weight * value, minlength=front.size) / np.maximum(total, 1e-12)
    return mean.reshape(size.height, size.width)


def _spread(near: Field, now: Field, turn: Turn) -> Field:
    """Return how much larger a surface is seen now than before."""
    return now / np.maximum(near, 1e-12) * (turn.after[0, 0] / turn.before[0, 0])


def _jumps(near: Field) -> npt.NDArray[np.bool_]:
    """Return where neighbours do not lie on one surface."""
    low, high = (change(near, np.ones((3, 3))) for change in (cv2.erode, cv2.dilate))
    return np.asarray(high - low > SAME_SURFACE * high)


def march(near: Field, turn: Turn) -> Field:
    """Return the same as `splat`, found by going along every new pixel's ray from the nearest to the farthest.

    Shapes: near (H, W) -> (H, W).
    """
    x, y = (np.broadcast_to(side, near.shape) for side in raster(turn.size))
    _, _, w = turn.forward(x, y, near)
    known = w[w > 0]
    found = np.zeros(near.shape)
    if not known.size:
        return found
    field = _as_field(near)
    open_, behind_before, at_before = np.ones(near.shape, bool), np.full(near.shape, -1.0), found.copy()
    for at in np.linspace(known.max() * 1.001, known.min() * 0.999, MARCH):
        behind, off = _behind(x, y, np.full(near.shape, at), field, turn)
        hit = open_ & (behind >= 0)
        share = np.where(hit & (behind_before < 0), behind / np.maximum(behind - behind_before, 1e-12), 0.0)
        where = at + share * (at_before - at)
        open_ &= ~hit
        found = np.where(hit & ~off, where, found)
        behind_before, at_before = np.where(np.isnan(behind), -1.0, behind), np.full(near.shape, at)
    found = _settled(_settled(found, field, turn), field, turn)  # not flat between two places
    behind, off = _behind(x, y, found, field, turn)
    return np.where(off | ~(np.abs(behind) < SAME_SURFACE * found), 0.0, found)


def _settled(found: Field, field: torch.Tensor, turn: Turn) -> Field:
    """Return a surface moved onto the old one where it lies close to it, which between pixels it may not quite do."""
    behind, _ = _behind(*raster(turn.size), found, field, turn)
    return np.where(np.abs(behind) < SAME_SURFACE * found, found + behind, found)


def _as_field(near: Field) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(near))[None, None]


def _behind(x: Field, y: Field, near: Field, field: torch.Tensor, turn: Turn) -> tuple[Field, npt.NDArray[np.bool_]]:
    """Return by how much places along rays lie behind the old surface, and which were outside the picture."""
    size = turn.size
    u, v, w = turn.backward(x, y, near)
    off = ~((u > -0.5) & (u < size.width - 0.5) & (v > -0.5) & (v < size.height - 0.5))
    grid = np.stack(((2 * u + 1) / size.width - 1, (2 * v + 1) / size.height - 1), axis=-1)
    there = torch.from_numpy(np.nan_to_num(grid, nan=2.0))[None]
    surface = F.grid_sample(field, there, mode="bilinear", padding_mode="border", align_corners=False)[0, 0].numpy()
    return np.where(off, np.nan, surface - w), off
