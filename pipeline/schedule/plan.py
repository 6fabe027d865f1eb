"""Turn a shot's settings into one `FramePlan` for each of its frames, every value evaluated and within bounds.

The first frame is drawn from pure noise, so it has no camera move and executes all its steps. Values inside the
sampler are baked for the steps a frame really executes, and collapse to one value where they stand still.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import CameraMove, FramePlan, Look, Mark, Shot, Size, StepValues
from . import curve, prompt
from .bounds import CAMERA, CAMERA_WORDS, LOOK_OVER_FRAMES, LOOK_OVER_STEPS, LOOK_WORDS, Bounds
from .clock import Clock
from .curve import Curve
from .fields import word
from .progress import executed_timesteps, n_skipped, schedule_index
from .source import Complaints, Node, refuse

MAX_POINTS = 5_000_000  # frames times steps of one value; 40 MB


@dataclass(frozen=True, slots=True)
class ShotSettings:
    """What a shot says, as nodes; `camera` and `look` hold known names only."""

    name: str
    size: Size
    clock: Clock
    prompts: Node
    prompt_fade: str
    camera: dict[str, Node]
    look: dict[str, Node]


def plan(settings: ShotSettings) -> Shot:
    """Plan every frame of a shot.

    Raises: KeyframeError with all complaints about it.
    """
    complaints = Complaints()
    keys = complaints.attempt(prompt.parse, settings.prompts, settings.clock)
    prompts = keys and complaints.attempt(prompt.weigh, keys, settings.prompt_fade, settings.clock)
    moves = complaints.attempt(_moves, settings.camera, settings.clock)
    looks = complaints.attempt(_looks, settings.look, settings.clock)
    complaints.settle()
    assert prompts and moves and looks
    frames = tuple(
        FramePlan(settings.name, frame, settings.clock.seed, settings.size, texts, move if frame else None, look)
        for frame, (texts, move, look) in enumerate(zip(prompts, moves, looks, strict=True))
    )
    return Shot(settings.name, frames)


def _frames(clock: Clock) -> np.ndarray:
    return np.arange(clock.frames, dtype=np.float64)


def _over_frames(node: Node, what: str, bounds: Bounds, clock: Clock) -> list[float]:
    """Return one checked value for each frame."""
    t = _frames(clock)
    found = curve.parse(node, what, clock)
    return bounds.check(found.sample(clock, t), what, t, clock, found.text.mark).tolist()


def _moves(camera: dict[str, Node], clock: Clock) -> list[CameraMove]:
    complaints = Complaints()
    for name, known in CAMERA_WORDS.items():
        if name in camera:
            complaints.attempt(word, camera[name], f"camera.{name}", known)
    columns: dict[str, list[float]] = {}
    for name, bounds in CAMERA.items():
        if name in camera:
            field = f"{name}_deg" if name in ("roll", "shear_x", "shear_y") else name
            columns[field] = complaints.attempt(_over_frames, camera[name], f"camera.{name}", bounds, clock) or []
    complaints.settle()
    border = word(camera["border"], "camera.border", CAMERA_WORDS["border"])
    if not columns:
        return [CameraMove(border=border)] * clock.frames
    rows = zip(*columns.values(), strict=True)
    return [CameraMove(**dict(zip(columns, row, strict=True)), border=border) for row in rows]


def _looks(look: dict[str, Node], clock: Clock) -> list[Look]:
    complaints = Complaints()
    words = {name: complaints.attempt(word, look[name], f"look.{name}", known) for name, known in LOOK_WORDS.items()}
    over_frames = {
        name: complaints.attempt(_over_frames, look[name], f"look.{name}", bounds, clock)
        for name, bounds in LOOK_OVER_FRAMES.items()
    }
    curves = {
        name: complaints.attempt(curve.parse, look[name], f"look.{name}", clock, in_sampler=True)
        for name in LOOK_OVER_STEPS
    }
    baked: dict[str, list[StepValues] | None] = {}
    steps, skip = over_frames["steps"], over_frames["skip"]
    if steps and skip:
        executed = _Executed([int(n) for n in steps], [0.0, *skip[1:]])
        baked = {
            name: complaints.attempt(executed.bake, found, f"look.{name}", LOOK_OVER_STEPS[name], clock)
            for name, found in curves.items()
            if found
        }
        overview, inner = baked.get("cut_overview"), baked.get("cut_innercut")
        if overview and inner:
            complaints.attempt(_refuse_no_cuts, overview, inner, clock, look["cut_innercut"].mark)
    complaints.settle()
    return _assembled(words, over_frames, baked, clock.frames)


class _Executed:
    """The steps each frame of a shot executes, and values baked for them."""

    def __init__(self, steps: list[int], skip: list[float]) -> None:
        self.runs = [(n, n_skipped(n, share)) for n, share in zip(steps, skip, strict=True)]
        levels = {}
        for run, n, share in zip(self.runs, steps, skip, strict=True):
            if run not in levels:
                levels[run] = np.array([schedule_index(timestep) for timestep in executed_timesteps(n, share)])
        self.levels = levels

    def bake(self, found: Curve, what: str, bounds: Bounds, clock: Clock) -> list[StepValues]:
        """Return a value's steps for each frame, evaluated where it changes and nowhere else."""
        mark = found.text.mark
        if not found.uses_progress:
            t = _frames(clock) if found.is_timed else np.zeros(1)
            values = bounds.check(found.sample(clock, t, np.zeros(len(t), dtype=int)), what, t, clock, mark).tolist()
            steps: list[StepValues] = [(value,) for value in values]
            return steps if found.is_timed else steps * clock.frames
        if not found.is_timed:
            known = {}
            for run, n in self.levels.items():
                t = np.full(len(n), float(self.runs.index(run)))
                known[run] = _collapsed(bounds.check(found.sample(clock, t, n), what, t, clock, mark))
            return [known[run] for run in self.runs]
        counts = [len(self.levels[run]) for run in self.runs]
        if sum(counts) > MAX_POINTS:
            do = "shorten the shot, or let it follow the film or the denoising only"
            refuse(mark, f"{what} follows both film and denoising over {sum(counts)} values", do)
        t = np.repeat(_frames(clock), counts)
        n = np.concatenate([self.levels[run] for run in self.runs])
        values_of_all = bounds.check(found.sample(clock, t, n), what, t, clock, mark)
        return [_collapsed(part) for part in np.split(values_of_all, np.cumsum(counts)[:-1])]


def _collapsed(values: np.ndarray) -> StepValues:
    return (float(values[0]),) if (values == values[0]).all() else tuple(values.tolist())


def _refuse_no_cuts(overview: list[StepValues], inner: list[StepValues], clock: Clock, mark: Mark) -> None:
    for frame, (outer_cuts, inner_cuts) in enumerate(zip(overview, inner, strict=True)):
        if min(outer_cuts) >= 1 or min(inner_cuts) >= 1:
            continue
        length = max(len(outer_cuts), len(inner_cuts))
        pairs = zip(_spread(outer_cuts, length), _spread(inner_cuts, length), strict=True)
        if any(outer_cut + inner_cut < 1 for outer_cut, inner_cut in pairs):
            what = f"there is not a single cut in a step of frame {frame}{clock.where}"
            refuse(mark, what, "let look.cut_overview or look.cut_innercut be at least 1 at every step")


def _spread(values: StepValues, length: int) -> StepValues:
    return values if len(values) == length else values * length


def _assembled(words: dict, over_frames: dict, baked: dict, n_frames: int) -> list[Look]:
    """Return a look for each frame; equal looks are one object, which keeps long films small."""
    columns: dict[str, list] = {
        **{name: [value] * n_frames for name, value in words.items()},
        "steps": [int(value) for value in over_frames["steps"]],
        "skip": over_frames["skip"],
        "cutn_batches": [int(value) for value in over_frames["cutn_batches"]],
        **baked,
    }
    known: dict[tuple, Look] = {}
    looks = []
    for row in zip(*columns.values(), strict=True):
        if row not in known:
            known[row] = Look(**dict(zip(columns, row, strict=True)))
        looks.append(known[row])
    return looks
