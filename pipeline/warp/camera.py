"""A camera move as numbers; every sign, unit and order of the picture's plane and of space is decided here alone.

Convention: points are `(x, y)` in pixels, x to the right and y down; whole numbers are pixel centres, so the picture
covers -0.5 .. width - 0.5 and its middle is ((width - 1) / 2, (height - 1) / 2). The matrix maps where content *was* to
where it *is* (source to destination). What would surprise: because y points down, the counter-clockwise turn of
`roll_deg` > 0 is the matrix [[cos, sin], [-sin, cos]].

Space is seen from the camera: x to the right, y down, z away from it, in scene units. A point that was at P before a
move is at `turned(move) @ P + pushed(move)` after it, so the camera turns first and then goes along its new axes.
Turning is about x, then y, then z, each as in Disco Diffusion and Deforum, whose camera paths keep their signs.
"""

from __future__ import annotations

import math
from dataclasses import astuple

import numpy as np
import numpy.typing as npt

from ..errors import UsageError
from ..types import CameraMove, Size, SpatialMove

Matrix = npt.NDArray[np.float64]
PER_UNIT = 200.0  # steps of translation in a scene unit, as in Disco Diffusion


def matrix(move: CameraMove, size: Size) -> Matrix:
    """Return the (3, 3) matrix that takes a source pixel to its destination.

    Convention: content is translated first, then sheared, stretched, zoomed and rolled about the centre, then tilted.
        Where it is tilted, the third row is not (0, 0, 1), and what it makes of a place before the lens is above 0.
    Raises: UsageError for a move that cannot be undone.
    """
    check(move)
    center_x, center_y = center(move, size)
    in_plane = rolled(move.roll_deg) @ scaled(move) @ sheared(move)
    shift = shifted(move.translation_x / 100 * size.width, move.translation_y / 100 * size.height)
    flat = shifted(center_x, center_y) @ in_plane @ shifted(-center_x, -center_y) @ shift
    return flipped(move, size) @ flat if is_flipped(move) else flat


def center(move: CameraMove, size: Size) -> tuple[float, float]:
    """Return the pixel (x, y) about which content is sheared, stretched, zoomed and rolled."""
    return move.center_x * size.width - 0.5, move.center_y * size.height - 0.5


def is_flipped(move: CameraMove) -> bool:
    """Tell whether the move tilts the picture, so that parallels meet."""
    return (move.flip_x_deg, move.flip_y_deg, move.flip_z_deg) != (0.0, 0.0, 0.0)


def flipped(move: CameraMove, size: Size) -> Matrix:
    """Return the matrix of Deforum's perspective flip: the picture turns before a lens that sees its whole diagonal.

    Convention: a point (x, y) from the pivot is turned to (x, y, z), z towards the lens, and seen at
        (x, y) / (1 - z / away), `away` being half the diagonal over sin(fov / 2). Turning is about z, then y, then x.
        Deforum's pivot is not the picture's middle but, both ways, half the diagonal over cos(fov / 2).
    Source: Deforum's perspective_flip_phi (x), _gamma (y), _theta (z) and _fv, in closed form.
    """
    x, y, z = (math.radians(angle) for angle in (move.flip_x_deg, move.flip_y_deg, move.flip_z_deg))
    half, angle = math.hypot(size.height, size.width) / 2, math.radians(move.flip_fov_deg) / 2
    about_x = np.array([[1, 0, 0], [0, math.cos(x), -math.sin(x)], [0, math.sin(x), math.cos(x)]])
    about_y = np.array([[math.cos(y), 0, math.sin(y)], [0, 1, 0], [-math.sin(y), 0, math.cos(y)]])
    about_z = np.array([[math.cos(z), -math.sin(z), 0], [math.sin(z), math.cos(z), 0], [0, 0, 1]])
    turn = about_x @ about_y @ about_z
    seen = np.eye(3)
    seen[:2, :2] = turn[:2, :2]
    seen[2, :2] = -turn[2, :2] * math.sin(angle) / half
    at = (half / math.cos(angle),) * 2 if move.flip_about == "deforum" else center(move, size)
    return shifted(*at) @ seen @ shifted(-at[0], -at[1])


def check(move: CameraMove) -> None:
    """Raise UsageError for a move that flattens or mirrors the picture, or is not made of finite numbers."""
    finite = all(math.isfinite(value) for value in astuple(move) if isinstance(value, float))
    tangents = math.tan(math.radians(move.shear_x_deg)) * math.tan(math.radians(move.shear_y_deg)) if finite else 1.0
    faces = finite and max(abs(move.flip_x_deg), abs(move.flip_y_deg)) < 90 and 0 < move.flip_fov_deg < 180
    if not (faces and min(move.zoom, move.stretch_x, move.stretch_y) > 1e-6 and tangents < 1 - 1e-6):
        raise UsageError(
            f"camera: the move cannot be undone ({move}); keep numbers finite, zoom and stretch above 0, shears small, "
            "flip_x and flip_y between -90 and 90"
        )


def shifted(x: float, y: float) -> Matrix:
    """Return the matrix that moves content `x` pixels right and `y` pixels down."""
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])


def rolled(angle_deg: float) -> Matrix:
    """Return the matrix that turns content counter-clockwise, as seen, about the origin."""
    angle = math.radians(angle_deg)
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])


def scaled(move: CameraMove) -> Matrix:
    """Return the matrix of stretch and zoom together; they commute."""
    return np.diag([move.zoom * move.stretch_x, move.zoom * move.stretch_y, 1.0])


def sheared(move: CameraMove) -> Matrix:
    """Return the matrix that moves content right with y (`shear_x_deg`) and down with x (`shear_y_deg`)."""
    along_x, along_y = math.tan(math.radians(move.shear_x_deg)), math.tan(math.radians(move.shear_y_deg))
    return np.array([[1.0, along_x, 0.0], [along_y, 1.0, 0.0], [0.0, 0.0, 1.0]])


def turned(move: SpatialMove) -> Matrix:
    """Return the (3, 3) matrix that takes where a point was to where it is once the camera has turned.

    Convention: x > 0 turns content down, y > 0 left, z > 0 counter-clockwise as seen.
    """
    x, y, z = (math.radians(angle) for angle in (move.rotation_x_deg, move.rotation_y_deg, move.rotation_z_deg))
    about_x = np.array([[1, 0, 0], [0, math.cos(x), math.sin(x)], [0, -math.sin(x), math.cos(x)]])
    about_y = np.array([[math.cos(y), 0, -math.sin(y)], [0, 1, 0], [math.sin(y), 0, math.cos(y)]])
    about_z = np.array([[math.cos(z), math.sin(z), 0], [-math.sin(z), math.cos(z), 0], [0, 0, 1]])
    return about_z @ about_y @ about_x


def pushed(move: SpatialMove) -> Matrix:
    """Return how far (3,) points go in scene units: left, down and towards the camera for positive numbers."""
    return np.array([-move.translation_x, move.translation_y, -move.translation_z]) / PER_UNIT


def lens(size: Size, fov_deg: float) -> Matrix:
    """Return the (3, 3) matrix from a point in space to its pixel, times its distance.

    Convention: `fov_deg` is the angle from the upper edge to the lower; pixels are square, so wide pictures see more.
    """
    focal = size.height / 2 / math.tan(math.radians(fov_deg) / 2)
    return np.array([[focal, 0, (size.width - 1) / 2], [0, focal, (size.height - 1) / 2], [0, 0, 1.0]])


def check_space(move: SpatialMove) -> None:
    """Raise UsageError for a move in space that is not made of finite numbers, or through a lens that cannot be."""
    finite = all(math.isfinite(value) for value in astuple(move) if isinstance(value, float))
    angles = (move.fov_deg, move.fov_before_deg)
    if not (finite and min(angles) > 0 and max(angles) < 180 and 0 < move.near <= move.far and move.aspect > 0):
        raise UsageError(
            f"camera: the move cannot be made ({move}); keep numbers finite, fov between 0 and 180, near above 0, "
            "far no nearer than near, aspect above 0"
        )
