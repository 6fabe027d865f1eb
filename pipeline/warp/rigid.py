"""Moves of a camera in space as one move, and moves taken back: to turn and go, however often, is to turn and go once.

So a picture that is carried over several frames is resampled once, by distances that are seen once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..types import SpatialMove
from .camera import PER_UNIT, Matrix, pushed, turned


def joined(moves: Sequence[SpatialMove]) -> SpatialMove:
    """Return the one move that leads to where `moves`, one after the other, lead to.

    Convention: `near`, `far` and `depth_frame` are the first one's, since they tell what the first picture shows.
    """
    if len(moves) == 1:
        return moves[0]
    turn, push = np.eye(3), np.zeros(3)
    for move in moves:
        turn, push = turned(move) @ turn, turned(move) @ push + pushed(move)
    first, last = moves[0], moves[-1]
    of_first = {name: getattr(first, name) for name in ("fov_before_deg", "near", "far", "depth_frame")}
    whole = replace(last, **of_first)
    return _going(whole, turn, push)


def undone(moves: Sequence[SpatialMove]) -> SpatialMove:
    """Return the one move that leads back to where `moves` began.

    Convention: `near` and `far` are the last one's, and `depth_frame` that of the picture that the last one led to.
    """
    whole, last = joined(moves), arrived(moves[-1])
    back = replace(whole, fov_deg=whole.fov_before_deg, fov_before_deg=whole.fov_deg, near=last.near, far=last.far)
    back = replace(back, depth_frame=last.depth_frame)
    return _going(back, turned(whole).T, -turned(whole).T @ pushed(whole))


def arrived(move: SpatialMove) -> SpatialMove:
    """Return a move whose depth is that of the picture it leads to, not of the one it moves."""
    return replace(move, depth_frame=move.depth_frame + 1)


def _going(move: SpatialMove, turn: Matrix, push: Matrix) -> SpatialMove:
    """Return a move with another turn and another push: the angles and steps that `camera` makes the two of."""
    return replace(
        move,
        translation_x=float(-push[0] * PER_UNIT),
        translation_y=float(push[1] * PER_UNIT),
        translation_z=float(-push[2] * PER_UNIT),
        rotation_x_deg=math.degrees(math.atan2(-turn[2, 1], turn[2, 2])),
        rotation_y_deg=math.degrees(math.asin(min(1.0, max(-1.0, turn[2, 0])))),
        rotation_z_deg=math.degrees(math.atan2(-turn[1, 0], turn[0, 0])),
    )
