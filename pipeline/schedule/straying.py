"""How far the camera has carried a picture away from where it was drawn: in a film that only zooms its subject leaves.

What is drawn anew over a moved picture keeps what lies there, so nobody would bring the subject back. Rolling does not
count: a film that spins wants its picture upside down.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from ..types import CameraMove, SpatialMove

LARGER: Final = 1.5  # times that a picture may have grown or shrunk
ASIDE: Final = 0.35  # of the picture's sides that it may have moved
REDRAWN_S: Final = 1 / 3  # seconds in which it is drawn anew
HERE: Final = (0.0, 0.0, 0.0)  # not carried at all
SUBJECT: Final = 4.0  # times as far as the nearest thing: where what a picture shows stands, if depth is not known

Move = CameraMove | SpatialMove


def strayed(moves: Sequence[Move], turns: Sequence[bool], fps: float) -> list[bool]:
    """Say of each frame whether it is to bring its subject back, because the camera has carried the last one away.

    Convention: `turns` says which frames' pictures are drawn anew in any case; straying counts from the last of them.
    """
    found, left = [], 0.0
    growth, x, y = HERE
    for frame, (move, turns_here) in enumerate(zip(moves, turns, strict=True)):
        if frame:
            growth, x, y = (before + now for before, now in zip((growth, x, y), carried(move), strict=True))
        if turns_here:
            left, (growth, x, y) = 0.0, HERE
        elif left <= 0 and (abs(growth) > math.log(LARGER) or math.hypot(x, y) > ASIDE):
            left, (growth, x, y) = REDRAWN_S * fps, HERE
        found.append(left > 0)
        left -= 1
    return found


def carried(move: Move) -> tuple[float, float, float]:
    """Return how a move carries what a picture shows: the logarithm of its growth, and shares of the sides."""
    if isinstance(move, CameraMove):
        scale = abs(move.zoom) * math.sqrt(abs(move.stretch_x * move.stretch_y))
        x, y = move.translation_x / 100, move.translation_y / 100
        # Going in about another point than the middle moves the middle aside.
        aside = [(1 - scale) * (centre - 0.5) for centre in (move.center_x, move.center_y)]
        return math.log(max(scale, 1e-6)), x + aside[0], y + aside[1]
    away = SUBJECT * move.near
    seen = 2 * away * math.tan(math.radians(move.fov_deg) / 2)  # of the scene, over the picture's height
    ahead = max(1 - move.translation_z / 200 / away, 1e-6)
    growth = math.tan(math.radians(move.fov_before_deg) / 2) / math.tan(math.radians(move.fov_deg) / 2)
    x = -move.translation_x / 200 / seen - move.rotation_y_deg / move.fov_deg
    y = move.translation_y / 200 / seen + move.rotation_x_deg / move.fov_deg
    return math.log(growth / ahead), x, y
