"""How near things are in frames, as pictures: a map of one frame, and maps beside the frames of a render.

Maps are grey PNGs of 16 bits, white where things are near, so that each may be the `depth:` of another film. They are
only for the eye, and for other programs; no frame is ever made from them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import UsageError
from ..render import Progress
from ..store import FrameStore, has_depth, put_depth
from ..types import Film, FramePlan, Shot
from .in_context import Context
from .stills import place_of

if TYPE_CHECKING:
    from ..warp import Sight


def depth_map(context: Context, number: int) -> tuple[np.ndarray, str]:
    """Return how near everything in the film's frame `number` is, uint16 (H, W), and how the frame came about.

    Raises: UsageError for a frame the film does not have, or one of a camera that stays in its plane.
    """
    from ..warp import looked_with

    shot, plan = place_of(context.film, number)
    move = looked_with(shot.plans, plan.frame)
    if move is None:
        raise UsageError(
            f"--depth: the camera of frame {number} stays in its plane, so nobody asks how far things are; "
            "write camera: {mode: 3d}"
        )
    sketch = context.sketch(number)
    return levels_of(context.sight.nearness(move, sketch.pixels)), sketch.how


def levels_of(nearness: np.ndarray) -> np.ndarray:
    """Turn nearness from 0 to 1 into uint16."""
    return np.rint(np.clip(nearness, 0, 1) * 65535).astype(np.uint16)


def shown(nearness: np.ndarray) -> np.ndarray:
    """Turn nearness into colours, uint8 (H, W, 3), RGB: from dark blue, far, to yellow, near."""
    import cv2

    levels = np.rint(np.clip(nearness, 0, 1) * 255).astype(np.uint8)
    return cv2.cvtColor(cv2.applyColorMap(levels, cv2.COLORMAP_PLASMA), cv2.COLOR_BGR2RGB)


class DepthMaps:
    """Follows a render and puts a map beside each frame that has none as young as itself."""

    def __init__(self, film: Film, folder: Path) -> None:
        self.film, self.store, self.folder = film, FrameStore(folder), folder
        self._sight: Sight | None = None
        from ..warp import looked_with

        if not any(looked_with(shot.plans, plan.frame) for shot in film.shots for plan in shot.plans):
            raise UsageError("--depth-maps: no camera of this film moves in space; write camera: {mode: 3d}")

    def watch(self, now: Progress) -> None:
        """Write the map of a frame that is there now."""
        if now.doing in ("kept", "stored"):
            self.write(*place_of(self.film, now.number))

    def write(self, shot: Shot, plan: FramePlan) -> None:
        """Write the map of a stored frame, where its camera knows distances and the map is not there already."""
        from ..warp import Sight, looked_with

        move = looked_with(shot.plans, plan.frame)
        frame = None if move is None else self.store.path(shot.name, plan.frame)
        if move is None or frame is None or has_depth(self.folder, shot.name, plan.frame, frame):
            return
        self._sight = self._sight or Sight(self.film.engine, self.film.pictures)
        pixels = self.store.read(shot.name, plan.frame).pixels
        put_depth(self.folder, shot.name, plan.frame, levels_of(self._sight.nearness(move, pixels)))
