"""A room whose every distance is known: a floor, a far wall and boxes, cast ray by ray, to measure a warp against.

It stands in the space of the first camera, x to the right, y down, z away; colours are smooth and tied to places, so
that a surface looks the same from wherever it is seen.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ..types import Size, SpatialMove
from ..warp.camera import Matrix, lens, pushed, turned

Field = npt.NDArray[np.float64]
FLOOR, WALL = 1.0, 12.0
BOXES = (  # lower and upper corner
    ((-1.3, 0.1, 3.2), (-0.5, 1.0, 4.0)),
    ((0.35, -0.25, 2.4), (0.75, 1.0, 2.8)),
    ((0.9, 0.3, 4.6), (2.2, 1.0, 5.6)),
    ((-0.35, -1.1, 6.0), (0.3, 1.0, 6.6)),
)
COLOURS = np.array(
    [(120, 132, 100), (140, 150, 178), (190, 100, 80), (214, 182, 84), (92, 160, 132), (150, 104, 170)], np.float64
)
TINTS = np.array([(26, 26, 26), (14, -10, 2), (0, 6, 16)], np.float64)
RAYS = 3  # along each side of a pixel


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a camera is: a point P of the room is at `turn @ P + shift` before it."""

    turn: Matrix = field(default_factory=lambda: np.eye(3))
    shift: Field = field(default_factory=lambda: np.zeros(3))

    def moved(self, move: SpatialMove) -> Pose:
        """Return the pose after a move."""
        return Pose(turned(move) @ self.turn, turned(move) @ self.shift + pushed(move))


def photograph(pose: Pose, size: Size, fov_deg: float) -> tuple[npt.NDArray[np.uint8], Field]:
    """Return what a camera sees, uint8 (H, W, 3), and how far it is, (H, W) along the camera's axis."""
    total = np.zeros((size.height, size.width, 3))
    steps = (np.arange(RAYS) + 0.5) / RAYS - 0.5
    y, x = np.mgrid[: size.height, : size.width].astype(np.float64)
    for down in steps:
        for right in steps:
            total += cast(pose, size, fov_deg, x + right, y + down)[0]
    return np.rint(total / RAYS**2).astype(np.uint8), survey(pose, size, fov_deg)


def survey(pose: Pose, size: Size, fov_deg: float) -> Field:
    """Return how far everything is that a camera sees, (H, W) along the camera's axis."""
    y, x = np.mgrid[: size.height, : size.width].astype(np.float64)
    return cast(pose, size, fov_deg, x, y)[1]


def cast(pose: Pose, size: Size, fov_deg: float, x: Field, y: Field) -> tuple[Field, Field, Field]:
    """Return the colours, distances and places in the room that rays through pixels (x, y) meet."""
    flat = np.stack((x, y, np.ones_like(x)), axis=-1) @ np.linalg.inv(lens(size, fov_deg)).T
    way = flat @ pose.turn  # rows, so the inverse turn
    eye = -pose.turn.T @ pose.shift
    with np.errstate(divide="ignore", invalid="ignore"):
        hits = [_plane(eye, way, 1, FLOOR), _plane(eye, way, 2, WALL), *(_box(eye, way, *box) for box in BOXES)]
    far = np.stack(hits)
    which = far.argmin(axis=0)
    depth = far.min(axis=0)
    place = eye + way * depth[..., None]
    return _coloured(which, place), depth, place


def seen_before(first: Pose, now: Pose, size: Size, fov_deg: float) -> npt.NDArray[np.bool_]:
    """Return which pixels of a later camera show what the first camera saw too."""
    y, x = np.mgrid[: size.height, : size.width].astype(np.float64)
    _, _, place = cast(now, size, fov_deg, x, y)
    from_first = place @ first.turn.T + first.shift
    u, v, w = np.moveaxis(from_first @ lens(size, fov_deg).T, -1, 0)
    u, v = u / w, v / w
    inside = (w > 0) & (u > 0) & (u < size.width - 1) & (v > 0) & (v < size.height - 1)
    _, depth, _ = cast(first, size, fov_deg, u, v)
    return np.asarray(inside & (np.abs(depth - w) < 0.01 * w))


def _plane(eye: Field, way: Field, axis: int, at: float) -> Field:
    far = (at - eye[axis]) / way[..., axis]
    return np.where(far > 0, far, np.inf)


def _box(eye: Field, way: Field, low: tuple[float, ...], high: tuple[float, ...]) -> Field:
    one, other = ((np.array(corner) - eye) / way for corner in (low, high))
    enter, leave = np.minimum(one, other).max(axis=-1), np.maximum(one, other).min(axis=-1)
    return np.where((enter < leave) & (enter > 0), enter, np.inf)


def _coloured(which: npt.NDArray[np.int64], place: Field) -> Field:
    x, y, z = np.moveaxis(place, -1, 0)
    waves = np.tanh(2 * np.sin(5 * x + 2 * y) * np.sin(5 * z + 4 * y)) + 0.5 * np.sin(9 * y + 7 * x - 3 * z)
    tint = np.stack((waves, np.sin(3 * x + 1), np.sin(2 * z + 3 * y)), axis=-1) @ (
        (26, 26, 26),
        (14, -10, 2),
        (0, 6, 16),
    )
    return np.clip(COLOURS[which] + tint, 0, 255)
