"""A picture carried over several moves at once, there and back, and how much of what is shown then was ever seen.

Moves in the picture's plane become one look-up of positions, moves in space one move, moves by an old formula one
look-up of positions; so the picture is resampled once, by distances that are looked for once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ..types import CameraMove, Size, SpatialMove
from .camera import Matrix, matrix
from .depth import Sight
from .formula import by_formula, depth_of, formula_route
from .planar import FAR_OUT, as_image, as_start, look_up, warp
from .rigid import arrived, joined, undone
from .route import compose, paint
from .spatial import BORDERS, FINDERS, Noise, reproject, seen_again

Pixels = npt.NDArray[np.uint8]
Field = npt.NDArray[np.float64]
Moves = Sequence[CameraMove | SpatialMove]
RIM = 0.04  # of the height: what was seen fades in over so much from where nothing was
ROUNDS = 8  # of looking for where a formula put a pixel
MISSED = 1.0  # pixels by which it may not be found


@dataclass(frozen=True, slots=True)
class View:
    """A picture as it would be seen from elsewhere, and how far it is to be trusted.

    Shapes: picture float32 (1, 3, H, W) in [-1, 1]; seen (H, W) from 0, never in the picture, to 1.
    """

    picture: Tensor
    seen: Field


def carry(pixels: Pixels, moves: Moves, sight: Sight, noise: Noise | None = None) -> Tensor:
    """Move a picture as the camera moved, in its plane or in space, and return it as the sampler's start.

    Shapes: pixels uint8 (H, W, 3) -> float32 (1, 3, H, W) in [-1, 1].
    Convention: `noise` gives named normal numbers, for what a border called noise leaves open.
    """
    size = Size(*pixels.shape[:2])
    flat, spatial = _sorted(moves)
    if flat:
        return warp(pixels, flat[0]) if len(flat) == 1 else paint(pixels, compose(flat, size))
    first = spatial[0]
    nearness = sight.nearness(first, pixels)
    if first.warp in FINDERS:
        return reproject(pixels, joined(spatial), nearness, noise)
    depth = depth_of(nearness, first.warp)
    if len(spatial) == 1:
        return by_formula(pixels, first, depth)
    return paint(pixels, formula_route(depth, spatial, size)[0])


def view_ahead(pixels: Pixels, moves: Moves, sight: Sight) -> View:
    """Show a picture after all of `moves`.

    Shapes: pixels uint8 (H, W, 3).
    """
    size = Size(*pixels.shape[:2])
    flat, spatial = _sorted(moves)
    if flat:
        back: Matrix = np.linalg.inv(_matrix(flat, size)).astype(np.float64)
        return View(carry(pixels, flat, sight), _trusted(_inside(_through(back, size))))
    if spatial[0].warp in FINDERS:
        return _in_space(pixels, joined(spatial), sight)
    route, _ = formula_route(depth_of(sight.nearness(spatial[0], pixels), spatial[0].warp), spatial, size)
    return View(paint(pixels, route), _trusted(_inside(route.where[0].permute(1, 2, 0).numpy())))


def view_back(pixels: Pixels, moves: Moves, sight: Sight) -> View:
    """Show a picture as it was before `moves`, the last of which led to it.

    Shapes: pixels uint8 (H, W, 3).
    """
    size = Size(*pixels.shape[:2])
    flat, spatial = _sorted(moves)
    if flat:
        where, border = _through(_matrix(flat, size), size), flat[-1].border
    elif spatial[0].warp in FINDERS:
        return _in_space(pixels, undone(spatial), sight)
    else:
        depth = depth_of(sight.nearness(arrived(spatial[-1]), pixels), spatial[0].warp)
        where, border = _before(depth, spatial, size), BORDERS[spatial[-1].border]
    moved = look_up(as_image(pixels), torch.from_numpy(where)[None], border=border, mode="bicubic")
    return View(as_start(moved), _trusted(_inside(where)))


def _sorted(moves: Moves) -> tuple[list[CameraMove], list[SpatialMove]]:
    """Return the moves of a shot's camera, which has one mode throughout, as those of that mode."""
    flat = [move for move in moves if isinstance(move, CameraMove)]
    spatial = [move for move in moves if isinstance(move, SpatialMove)]
    assert bool(flat) != bool(spatial), "a way has moves, and all of one mode"
    return flat, spatial


def _in_space(pixels: Pixels, move: SpatialMove, sight: Sight) -> View:
    picture, hole = seen_again(pixels, move, sight.nearness(move, pixels))
    return View(picture, _trusted(~hole))


def _matrix(moves: Sequence[CameraMove], size: Size) -> Matrix:
    whole = np.eye(3)
    for move in moves:
        whole = matrix(move, size) @ whole
    return whole


def _through(whole: Matrix, size: Size) -> Field:
    """Return where a matrix takes each pixel, (H, W, 2), positions (x, y)."""
    y, x = np.mgrid[: size.height, : size.width].astype(np.float64)
    places = np.stack([row[0] * x + row[1] * y + row[2] for row in whole[:2]], axis=-1)
    if np.abs(whole[2] - (0, 0, whole[2, 2])).max() < 1e-12:
        return places
    away = whole[2, 0] * x + whole[2, 1] * y + whole[2, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        seen = np.where(away[..., None] > 0, places / away[..., None], FAR_OUT)
    return np.clip(seen, -FAR_OUT, FAR_OUT)


def _before(depth: Field, moves: Sequence[SpatialMove], size: Size) -> Field:
    """Return where an old formula put the pixels that it read at each place, (H, W, 2).

    Convention: `depth` is that of the picture the way ends in, which for moves this small is that of its beginning;
        what the formula drew together is nowhere, told by a place outside the picture.
    """
    there = formula_route(depth, moves, size)[0].where
    here = torch.from_numpy(_through(np.eye(3), size))[None]
    found = here
    for _ in range(ROUNDS):
        off = look_up(there, found, border="replicate", mode="bilinear").permute(0, 2, 3, 1) - here
        found = found - off
    where: Field = found[0].numpy()
    where[(off.abs().amax(-1) > MISSED)[0].numpy()] = -2.0 * max(size.height, size.width)
    return where


def _inside(where: Field) -> npt.NDArray[np.bool_]:
    height, width = where.shape[:2]
    x, y = where[..., 0], where[..., 1]
    return np.asarray((x > -0.5) & (x < width - 0.5) & (y > -0.5) & (y < height - 0.5))


def _trusted(seen: npt.NDArray[np.bool_]) -> Field:
    """Return a share that falls to 0 towards what was never seen, so that no edge shows where trust ends."""
    if seen.all():
        return np.ones(seen.shape)
    away = cv2.distanceTransform(seen.astype(np.uint8), cv2.DIST_L2, 3).astype(np.float64)
    return np.clip((away - 0.5) / max(1.0, RIM * seen.shape[0]), 0.0, 1.0)


def without_noise(move: CameraMove | SpatialMove) -> CameraMove | SpatialMove:
    """Smear what noise would fill, for a picture that is not, or hardly, denoised afterwards."""
    return replace(move, border="smear") if move.border == "noise" else move
