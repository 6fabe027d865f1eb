"""A film's folder in, a second eye for each of its frames out: the left eye sees the frame, the right is made of it.

The right eye stands beside the camera and looks the same way; what it sees is found by the warp of the render, from the
same distances, with what the left eye never saw filled in. So a pair costs no frame, and frames stay what they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .errors import ModelError, UsageError
from .store import FilmRecord, FrameStore, engine_in, read_record
from .store.rebuild import plan_in
from .types import Engine, FramePlan, SpatialMove

if TYPE_CHECKING:
    from .warp import Sight

Pair = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, slots=True)
class Eyes:
    """How far the right eye is from the left, in 200ths of a scene unit, and how far away both see things in one place.

    Convention: `convergence` in scene units; what is nearer stands out of the screen. At 0 the eyes look straight
        ahead, and everything stands out.
    """

    distance: float
    convergence: float


def pairs(directory: Path, record: FilmRecord) -> Callable[[str, int, np.ndarray], Pair]:
    """Return what makes a left and a right picture of a frame, given its shot's name, its number there and its pixels.

    Shapes: uint8 (H, W, 3) -> two of them.
    Raises: UsageError, when called, for a frame whose camera stays in its plane; ModelError for a network that is not
        the one the film was drawn with.
    """
    store, eyes = FrameStore(directory), Eyes(record.format.eye_distance, record.format.convergence)
    lengths = {shot.name: shot.n_frames for shot in record.shots}
    sights: dict[str, Sight] = {}

    def seen(shot: str, index: int, pixels: np.ndarray) -> Pair:
        own = read_record(store.path(shot, index))
        after = [read_record(store.path(shot, index + 1))] if index + 1 < lengths[shot] else []
        move = looking([plan_in(one) for one in (own, *after)])
        if move is None:
            raise UsageError(
                f"film.stereo: the camera of shot {shot} stays in its plane, so nobody knows how far things are; "
                "write camera: {mode: 3d}, or stereo: off"
            )
        told = engine_in(after[0] if after else own).get("depth model", "")
        if told not in sights:
            sights[told] = _sight(told, record)
        return pixels, right_eye(pixels, move, sights[told].nearness(move, pixels), eyes)

    return seen


def looking(plans: list[FramePlan]) -> SpatialMove | None:
    """Return how distances are found in the first of a shot's frames, its lens being the one it is seen through.

    Convention: `plans` are the frame's own and, where there is one, the next one's.
    """
    from .warp import looked_with

    move = looked_with(plans, 0)
    if move is None:
        return None
    fov = move.fov_before_deg if len(plans) > 1 and move is plans[1].camera else move.fov_deg
    return SpatialMove(
        fov_deg=fov,
        fov_before_deg=fov,
        near=move.near,
        far=move.far,
        depth=move.depth,
        depth_frame=move.depth_frame,
        depth_bright=move.depth_bright,
        border="smear" if move.border == "noise" else move.border,
    )


def right_eye(pixels: np.ndarray, move: SpatialMove, nearness: np.ndarray, eyes: Eyes) -> np.ndarray:
    """Return what the right eye sees of a picture that the left one sees.

    Shapes: pixels uint8 (H, W, 3), nearness (H, W) in [0, 1] -> uint8 (H, W, 3).
    Convention: a thing at distance z is `focal * distance * (1/convergence - 1/z)` pixels further right than in the
        left picture.
    """
    from .warp import beside

    return beside(pixels, replace(move, translation_x=eyes.distance), nearness, converging_at=eyes.convergence)


def _sight(told: str, record: FilmRecord) -> Sight:
    """Return what sees distances by the network that an engine's facts name, with its digest."""
    from .models import find
    from .warp import Sight

    name, _, digest = told.partition(" ")
    if name and find(name).sha256 != digest:
        raise ModelError(f"film.stereo: the film was drawn with another {name} ({digest[:12]}); bring that one back")
    return Sight(Engine("", (), "auto", 0, depth_model=name), record.pictures)
