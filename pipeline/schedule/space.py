"""Read `camera:` of a shot whose camera moves in space, frame by frame.

What one mode of the camera has and the other has not is refused, not passed over: a zoom in a shot in space would do
nothing, and nobody would be told.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..types import Shot, SpatialMove
from .bounds import BORDERS, CAMERA, DEPTHS, SPACE
from .pictures.depth import DepthSource, read_depth
from .source import Complaints, Node, refuse

if TYPE_CHECKING:
    from .sections import ShotSettings

Words = dict[str, str | None]
ONLY_IN_SPACE = ("warp", "depth")
ONLY_IN_PLANE = ("flip_about",)


def spatial_moves(settings: ShotSettings, words: Words) -> list[SpatialMove]:
    """Return the camera's move from the frame before, for each frame; a changing `fov` knows the one before."""
    from .sections import over_frames

    complaints, scope = Complaints(), settings.scope
    columns: dict[str, list[Any]] = {}
    for name, parameter in SPACE.items():
        if f"camera.{name}" in scope.parameters:
            field = f"{name}_deg" if parameter.unit == "degrees" else name
            columns[field] = complaints.attempt(over_frames, f"camera.{name}", scope) or []
    depth = complaints.attempt(read_depth, settings) or DepthSource()
    complaints.settle()
    _refuse_far_before_near(columns, settings)
    if "fov_deg" in columns:
        columns["fov_before_deg"] = [columns["fov_deg"][0], *columns["fov_deg"][:-1]]
    said: dict[str, Any] = {name: word for name, word in words.items() if word and name != "mode"}
    said |= {"depth": depth.depth, "depth_bright": depth.bright}
    n_frames = scope.clock.frames
    if depth.is_clip:  # what is moved into a frame is the frame before
        columns["depth_frame"] = [*(max(0, frame - 1) for frame in range(n_frames))]
    if not columns:
        return [SpatialMove(**said)] * n_frames
    rows = zip(*columns.values(), strict=True)
    return [SpatialMove(**dict(zip(columns, row, strict=True)), **said) for row in rows]  # type: ignore[arg-type]


def asks_for_depth(shots: Iterable[Shot]) -> bool:
    """Tell whether any frame rests on what a network sees of the one before it."""
    moves = (plan.camera for shot in shots for plan in shot.plans)
    return any(isinstance(move, SpatialMove) and move.depth == DEPTHS[0] for move in moves)


def refuse_other_mode(mode: str, settings: ShotSettings, words: Words) -> None:
    """Refuse what the camera's other mode has and this one has not.

    Raises: KeyframeError with all of them.
    """
    complaints = Complaints()
    other, own = (CAMERA, SPACE) if mode == "3d" else (SPACE, CAMERA)
    wrong: dict[str, Node] = {
        name: settings.scope.parameters[f"camera.{name}"].node
        for name in other.keys() - own.keys()
        if f"camera.{name}" in settings.scope.parameters
    }
    others = ONLY_IN_PLANE if mode == "3d" else ONLY_IN_SPACE
    wrong |= {name: settings.words[f"camera.{name}"] for name in others if f"camera.{name}" in settings.words}
    for name, node in sorted(wrong.items()):
        their = "2d" if mode == "3d" else "3d"
        complaints.add(node.mark, f"camera.{name} does nothing in mode {mode}", f"remove it, or write mode: {their}")
    border = words.get("border")
    if border and border not in BORDERS[mode]:
        mark = settings.words["camera.border"].mark
        complaints.add(mark, f"there is no camera.border '{border}' in mode {mode}", f"use {', '.join(BORDERS[mode])}")
    complaints.settle()


def _refuse_far_before_near(columns: dict[str, list[Any]], settings: ShotSettings) -> None:
    nothing = SpatialMove()
    frames = settings.scope.clock.frames
    near, far = columns.get("near", [nothing.near] * frames), columns.get("far", [nothing.far] * frames)
    for frame, (first, last) in enumerate(zip(near, far, strict=True)):
        if last < first:
            name = "camera.far" if "far" in columns else "camera.near"
            what = f"camera.far is {last:g} and camera.near {first:g} at frame {frame}{settings.scope.clock.where}"
            refuse(settings.scope.parameters[name].node.mark, what, "let far be no nearer than near")
