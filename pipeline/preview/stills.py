"""One frame on its own: its prompts, seed and look, drawn from noise, and the stages it went through.

A preview is never stored as a frame: without the frames before it, it is another picture than the film will show.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import UsageError
from ..render import sight_for
from ..schedule.bounds import LOOK_OVER_STEPS
from ..schedule.progress import n_skipped
from ..types import Film, Footage, FramePlan, Init, Shot, StepValues

if TYPE_CHECKING:
    from torch import Tensor

    from ..sample.draw import DrawStep

SHEET_PERCENT = (0, 10, 25, 50, 75, 100)


@dataclass(frozen=True, slots=True)
class Stage:
    """How far the denoising had come: the noisy raster, and the picture the model saw in it.

    Shapes: noisy, seen uint8 (H, W, 3).
    """

    noisy: np.ndarray
    seen: np.ndarray


@dataclass(frozen=True, slots=True)
class Preview:
    """A frame drawn from noise, and the stages at `SHEET_PERCENT` of its steps.

    Shapes: pixels uint8 (H, W, 3).
    """

    pixels: np.ndarray
    stages: tuple[Stage, ...]


def preview(film: Film, frame: int, *, watch: Callable[[int, int], None] = lambda step, n_steps: None) -> Preview:
    """Draw the film's frame number `frame` (from 0, over all shots) as its own picture.

    Raises: UsageError for a frame the film does not have; PipelineError of the stage that failed.
    """
    from ..sample.easel import set_up

    plan = still(plan_of(film, frame))
    passed: list[Stage] = []

    def keep(step: DrawStep) -> None:
        passed.append(Stage(to_bytes(step.x), to_bytes(step.x0)))
        watch(step.index + 1, step.n_steps)

    easel, start = set_up(film.engine, pictures=film.pictures), None
    if plan.footage is not None:
        from ..warp import pictured

        start = pictured(plan, sight_for(film))
    pixels = easel.draw(plan, start, on_step=keep)
    at = [min(len(passed) - 1, len(passed) * percent // 100) for percent in SHEET_PERCENT[:-1]]
    return Preview(pixels, (*(passed[index] for index in at), Stage(pixels, pixels)))


def plan_of(film: Film, frame: int) -> FramePlan:
    """Return the plan of the film's frame number `frame`.

    Raises: UsageError for a frame the film does not have.
    """
    return place_of(film, frame)[1]


def place_of(film: Film, frame: int) -> tuple[Shot, FramePlan]:
    """Return the shot and the plan of the film's frame number `frame`.

    Raises: UsageError for a frame the film does not have.
    """
    places = [(shot, plan) for shot in film.shots for plan in shot.plans]
    if not 0 <= frame < len(places):
        raise UsageError(f"--frame {frame}: {film.source} has frames 0 to {len(places) - 1}; choose one of them")
    return places[frame]


def still(plan: FramePlan) -> FramePlan:
    """Return the plan of the same frame without the frame before it.

    Convention: steps that the film's frame leaves out get the values of the first step that it takes; what a mask
        keeps is kept, and nothing pulls towards a frame before.
    """
    if plan.camera is None:
        return plan
    if plan.footage is not None and plan.footage.mode == "stylise":
        own = Footage(plan.footage.clip, plan.footage.index, fit=plan.footage.fit)
        begun = Init(skip=plan.look.skip, scale=plan.init.scale if plan.init else (0.0,))
        return replace(plan, camera=None, passed=(), conditioning=None, init=begun, footage=own)
    n_left_out = n_skipped(plan.look.steps, plan.look.skip)
    stepped = {name: getattr(plan.look, name) for name in LOOK_OVER_STEPS}
    held: dict[str, Any] = {name: _held(values, n_left_out) for name, values in stepped.items()}
    held["clip_weights"] = tuple((name, _held(values, n_left_out)) for name, values in plan.look.clip_weights)
    init = replace(plan.init, scale=(0.0,)) if plan.init and plan.init.mask else None
    return replace(
        plan,
        camera=None,
        passed=(),
        between=None,
        conditioning=None,
        look=replace(plan.look, **held),
        init=init,
        footage=None,
    )


def _held(values: StepValues, n_left_out: int) -> StepValues:
    return values if len(values) == 1 else (values[0],) * n_left_out + values


def to_bytes(picture: Tensor) -> np.ndarray:
    """Turn a picture (1, 3, H, W) in [-1, 1], or beyond, into uint8 (H, W, 3)."""
    levels = (picture[0].float().cpu().clamp(-1, 1) + 1) * 127.5 + 0.5
    return levels.permute(1, 2, 0).numpy().astype(np.uint8)
