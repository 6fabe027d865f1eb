"""How far the camera has carried a picture away from where it was drawn: in a film that only zooms its subject leaves.

What is drawn anew over a moved picture keeps what lies there, so nobody would bring the subject back. Rolling does not
count: a film that spins wants its picture upside down.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ..types import HERE, CameraMove, Carried, Size, SpatialMove

LARGER: Final = 1.5  # times that a picture may have grown or shrunk
ASIDE: Final = 0.35  # of the picture's sides that it may have moved
REDRAWN_S: Final = 1 / 3  # seconds in which it is drawn anew
SUBJECT: Final = 4.0  # times as far as the nearest thing: where what a picture shows stands, if depth is not known

Move = CameraMove | SpatialMove


@dataclass(frozen=True, slots=True)
class Way:
    """Where a frame's subject is: whether it is being brought back, and where the camera has carried it since."""

    back: bool
    carried: Carried


def ways(moves: Sequence[Move], turns: Sequence[bool], fps: float, size: Size) -> list[Way]:
    """Return where the subject of each frame is, which is brought back when the camera has carried it away.

    Convention: `turns` says which frames' pictures are drawn anew in any case; the way counts from the last of them.
        `size` is that of the picture, of which only the shape counts.
    """
    found, left, at = [], 0.0, HERE
    for frame, (move, turns_here) in enumerate(zip(moves, turns, strict=True)):
        if frame:
            at = then(at, carried(move), size.width / size.height)
        if turns_here:
            left, at = 0.0, HERE
        elif left <= 0 and (abs(math.log(at.growth)) > math.log(LARGER) or math.hypot(at.x, at.y) > ASIDE):
            left, at = REDRAWN_S * fps, HERE
        found.append(Way(left > 0, at))
        left -= 1
    return found


def then(before: Carried, now: Carried, aspect: float) -> Carried:
    """Return where one way and another after it lead, in a picture `aspect` times as wide as it is high."""
    turn = math.radians(now.roll_deg)
    cos, sin = now.growth * math.cos(turn), now.growth * math.sin(turn)
    x = before.x * cos + before.y * sin / aspect + now.x
    y = before.y * cos - before.x * sin * aspect + now.y
    return Carried(before.growth * now.growth, x, y, before.roll_deg + now.roll_deg)


def carried(move: Move) -> Carried:
    """Return how a move carries what a picture shows."""
    if isinstance(move, CameraMove):
        scale = abs(move.zoom) * math.sqrt(abs(move.stretch_x * move.stretch_y))
        x, y = move.translation_x / 100, move.translation_y / 100
        # Going in about another point than the middle moves the middle aside.
        aside = [(1 - scale) * (centre - 0.5) for centre in (move.center_x, move.center_y)]
        return Carried(max(scale, 1e-6), x + aside[0], y + aside[1], move.roll_deg)
    away = SUBJECT * move.near
    seen = 2 * away * math.tan(math.radians(move.fov_deg) / 2)  # of the scene, over the picture's height
    ahead = max(1 - move.translation_z / 200 / away, 1e-6)
    growth = math.tan(math.radians(move.fov_before_deg) / 2) / math.tan(math.radians(move.fov_deg) / 2)
    x = -move.translation_x / 200 / seen - move.rotation_y_deg / move.fov_deg
    y = move.translation_y / 200 / seen + move.rotation_x_deg / move.fov_deg
    return Carried(growth / ahead, x, y)
