"""How far the camera has carried a picture away from where it was drawn: in a film that only zooms its subject leaves.

What is drawn anew over a moved picture keeps what lies there, so nobody would bring the subject back. Rolling does not
count: a film that spins wants its picture upside down, and what comes back or is drawn next lies as the picture does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from ..types import HERE, CameraMove, Carried, Size, SpatialMove

LARGER: Final = 1.5  # times that a picture may have grown or shrunk
ASIDE: Final = 0.35  # of the picture's sides that it may have moved
HOMEWARD_S: Final = 0.25  # seconds in which what turns into another goes back to its place, but for 1/e of the way
SUBJECT: Final = 2.0  # times as far as the nearest thing: where what a picture shows stands, more or less

Move = CameraMove | SpatialMove


@dataclass(frozen=True, slots=True)
class Way:
    """Where a frame's subject is: whether it is being brought back, and where the camera has carried it since."""

    back: bool
    carried: Carried


def ways(moves: Sequence[Move], turns: Sequence[bool], fps: float, size: Size) -> list[Way]:
    """Return where the subject of each frame is, which is brought back when the camera has carried it away.

    Convention: `turns` says which frames' pictures become others in any case: what is named goes back to its place by
        and by in them, since it would be drawn twice were it there at once. `size` is that of the picture, of which
        only the shape counts.
    """
    found, at, aspect = [], HERE, size.width / size.height
    for frame, (move, turns_here) in enumerate(zip(moves, turns, strict=True)):
        if frame:
            at = then(at, carried(move, aspect), aspect)
        if turns_here:
            at = nearer(at, math.exp(-1 / (HOMEWARD_S * fps)))
        has_strayed = abs(math.log(at.growth)) > math.log(LARGER) or math.hypot(at.x, at.y) > ASIDE
        at = nearer(at, 0.0) if has_strayed else at
        found.append(Way(has_strayed and not turns_here, at))
    return found


def nearer(at: Carried, share: float) -> Carried:
    """Return what is left of a way when only a `share` of it, from 0 to 1, is still to be gone back; a roll stays."""
    return replace(at, growth=at.growth**share, x=at.x * share, y=at.y * share)


def then(before: Carried, now: Carried, aspect: float) -> Carried:
    """Return where one way and another after it lead, in a picture `aspect` times as wide as it is high."""
    x, y = _turned(before.x, before.y, now, aspect)
    return Carried(before.growth * now.growth, x + now.x, y + now.y, before.roll_deg + now.roll_deg)


def _turned(x: float, y: float, way: Carried, aspect: float) -> tuple[float, float]:
    """Return where a place, in sides from the middle, comes to by a way's growth and roll."""
    turn = math.radians(way.roll_deg)
    cos, sin = way.growth * math.cos(turn), way.growth * math.sin(turn)
    return x * cos + y * sin / aspect, y * cos - x * sin * aspect


def carried(move: Move, aspect: float) -> Carried:
    """Return how a move carries what a picture shows, `aspect` times as wide as it is high.

    In pictures from near the embedded network sees what is shown 1.8 times as far as the nearest thing (the nearest
    quarter 1.3 times, what flies 4 times); `sample.standing` finds where a frame has it.
    Convention: a shear and a flip carry nothing, and of a stretch counts how much larger it makes what is shown.
    """
    if isinstance(move, CameraMove):
        scale = abs(move.zoom) * math.sqrt(abs(move.stretch_x * move.stretch_y))
        turned = Carried(max(scale, 1e-6), roll_deg=move.roll_deg)
        # Turning and growing about another point than the middle moves the middle aside.
        x, y = move.translation_x / 100 + 0.5 - move.center_x, move.translation_y / 100 + 0.5 - move.center_y
        x, y = _turned(x, y, turned, aspect)
        return replace(turned, x=x + move.center_x - 0.5, y=y + move.center_y - 0.5)
    away = SUBJECT * move.near
    seen = 2 * away * math.tan(math.radians(move.fov_deg) / 2)  # of the scene, over the picture's height
    ahead = max(1 - move.translation_z / 200 / away, 1e-6)
    growth = math.tan(math.radians(move.fov_before_deg) / 2) / math.tan(math.radians(move.fov_deg) / 2)
    x = -move.translation_x / 200 / seen - move.rotation_y_deg / move.fov_deg
    y = move.translation_y / 200 / seen + move.rotation_x_deg / move.fov_deg
    return Carried(growth / ahead, x, y)
