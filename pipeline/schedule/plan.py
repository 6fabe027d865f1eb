"""Turn a shot's settings into one `FramePlan` for each of its frames, every value evaluated and within bounds.

The first frame is drawn from pure noise, so it has no camera move and executes all its steps. Values inside the
sampler are baked for the steps a frame really executes, and collapse to one value where they stand still.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from ..types import CameraMove, Conditioning, FramePlan, Label, Look, Mark, Shot, Size, StepValues
from .bounds import (
    CAMERA,
    CAMERA_WORDS,
    FRAME,
    FRAME_WORDS,
    LOOK_OVER_FRAMES,
    LOOK_OVER_STEPS,
    LOOK_WORDS,
    PARAMETERS,
    SAMPLERS_ETA,
    Bounds,
)
from .fields import scalar, word
from .keys import Curve
from .picture import Pictures
from .progress import executed_timesteps, n_skipped, schedule_index
from .prompt import Fade, PromptKey, PromptReader
from .scope import Scope
from .source import Complaints, Node, Scalar, refuse
from .template import Template
from .template import parse as read_template
from .weigh import weigh

MAX_POINTS = 5_000_000  # frames times steps of one value; 40 MB


@dataclass(frozen=True, slots=True)
class ShotSettings:
    """What a shot says; `words` holds the nodes of settings that are no numbers, by name (`camera.border`)."""

    name: str
    size: Size
    scope: Scope
    prompts: Node
    fade: Fade
    prefix: Node | None
    suffix: Node | None
    words: dict[str, Node]
    pictures: Pictures
    places: dict[str, Mark] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Score:
    """A shot as it was written, beside the plan it came to: for whoever explains or draws it.

    Convention: `places` says where its seed and its length (`frames`) are written.
    """

    shot: Shot
    scope: Scope
    prompts: tuple[PromptKey, ...]
    words: dict[str, Scalar]
    places: dict[str, Mark] = field(default_factory=dict)


def plan(settings: ShotSettings) -> Score:
    """Plan every frame of a shot.

    Raises: KeyframeError with all complaints about it.
    """
    complaints, scope = Complaints(), settings.scope
    reader = PromptReader(scope, settings.pictures, settings.fade)
    around = [
        complaints.attempt(_around, node, what, scope)
        for what, node in (("prompt_prefix", settings.prefix), ("prompt_suffix", settings.suffix))
    ]
    keys = complaints.attempt(reader.keys, settings.prompts)
    prompts = keys and complaints.attempt(weigh, keys, scope, before=around[0], after=around[1])
    moves = complaints.attempt(_moves, settings)
    conditionings = complaints.attempt(_conditionings, settings)
    looks = complaints.attempt(_looks, settings)
    for name in scope.lets if scope.clock.start == 0 else ():  # once for the film
        complaints.attempt(_look_over, name, scope)
    complaints.settle()
    assert keys and prompts and moves and conditionings and looks
    seed = scope.clock.seed
    frames = tuple(
        FramePlan(
            settings.name,
            frame,
            seed,
            settings.size,
            texts,
            move if frame else None,
            look,
            conditioning if frame else None,
        )
        for frame, (texts, move, look, conditioning) in enumerate(
            zip(prompts, moves, looks, conditionings, strict=True)
        )
    )
    labels = sorted((frame, name) for name, found in scope.labels.items() for frame in found)
    shot = Shot(settings.name, frames, tuple(Label(name, frame) for frame, name in labels))
    said = {name: node for name, node in settings.words.items() if isinstance(node, Scalar)}
    return Score(shot, scope, keys, said, settings.places)


def _around(node: Node | None, what: str, scope: Scope) -> Template | None:
    """Read what stands before or after every text; nothing written is nothing, which a shot may want."""
    if node is None or (isinstance(node, Scalar) and not node.text.strip()):
        return None
    return read_template(scalar(node, what), scope)


def _look_over(name: str, scope: Scope) -> None:
    """Read a definition that nothing may rest on, so that its mistakes are found too."""
    used = set(scope.used)
    try:
        scope.curve(name)
    finally:
        scope.used.intersection_update(used)


def _frames(scope: Scope) -> np.ndarray:
    return np.arange(scope.clock.frames, dtype=np.float64)


def _over_frames(name: str, scope: Scope) -> list[float]:
    """Return one checked value for each frame."""
    found = scope.curve(name)
    t = _frames(scope) if found.is_timed else np.zeros(1)
    checked = PARAMETERS[name].bounds.check(found.sample(scope, t), name, t, scope.clock, found.text.mark).tolist()
    return checked if found.is_timed else checked * scope.clock.frames


def _moves(settings: ShotSettings) -> list[CameraMove]:
    complaints, scope = Complaints(), settings.scope
    words = _words("camera", CAMERA_WORDS, settings, complaints)
    columns: dict[str, list[float]] = {}
    for name, parameter in CAMERA.items():
        if f"camera.{name}" in scope.parameters:
            field = f"{name}_deg" if parameter.unit == "degrees" else name
            columns[field] = complaints.attempt(_over_frames, f"camera.{name}", scope) or []
    complaints.settle()
    border = words["border"] or ""
    if not columns:
        return [CameraMove(border=border)] * scope.clock.frames
    rows = zip(*columns.values(), strict=True)
    return [CameraMove(**dict(zip(columns, row, strict=True)), border=border) for row in rows]


def _words(
    section: str, table: dict[str, tuple[str, ...]], settings: ShotSettings, complaints: Complaints
) -> dict[str, str | None]:
    """Return the words of a section that are written somewhere."""
    names = {name: f"{section}.{name}" for name in table}
    return {
        name: complaints.attempt(word, settings.words[full], full, table[name])
        for name, full in names.items()
        if full in settings.words
    }


def _conditionings(settings: ShotSettings) -> list[Conditioning]:
    """Return what is done to the picture of the frame before, for each frame; equal ones are one object."""
    complaints = Complaints()
    words: dict[str, Any] = dict(_words("frame", FRAME_WORDS, settings, complaints))
    columns = {name: complaints.attempt(_over_frames, f"frame.{name}", settings.scope) or [] for name in FRAME}
    complaints.settle()
    columns["perlin_octaves"] = [int(value) for value in columns["perlin_octaves"]]
    make = cache(lambda row: Conditioning(**words, **dict(zip(columns, row, strict=True))))
    return [make(row) for row in zip(*columns.values(), strict=True)]


def _looks(settings: ShotSettings) -> list[Look]:
    complaints, scope = Complaints(), settings.scope
    words = _words("look", LOOK_WORDS, settings, complaints)
    over_frames = {name: complaints.attempt(_over_frames, f"look.{name}", scope) for name in LOOK_OVER_FRAMES}
    curves = {name: complaints.attempt(scope.curve, f"look.{name}") for name in LOOK_OVER_STEPS}
    baked: dict[str, list[StepValues] | None] = {}
    steps, skip = over_frames["steps"], over_frames["skip"]
    if steps and skip:
        executed = Executed([int(n) for n in steps], [0.0, *skip[1:]])
        baked = {
            name: complaints.attempt(executed.bake, found, f"look.{name}", LOOK_OVER_STEPS[name].bounds, scope)
            for name, found in curves.items()
            if found
        }
        overview, inner = baked.get("cut_overview"), baked.get("cut_innercut")
        if overview and inner:
            mark = scope.parameters["look.cut_innercut"].node.mark
            complaints.attempt(_refuse_no_cuts, overview, inner, scope, mark)
        if words["sampler"] and baked.get("eta"):
            complaints.attempt(_refuse_eta, words["sampler"], baked["eta"], settings)
    complaints.settle()
    return _assembled(words, over_frames, baked, scope.clock.frames)


class Executed:
    """The steps each frame of a shot executes, and values baked for them."""

    def __init__(self, steps: list[int], skip: list[float]) -> None:
        self.runs = [(n, n_skipped(n, share)) for n, share in zip(steps, skip, strict=True)]
        levels = {}
        for run, n, share in zip(self.runs, steps, skip, strict=True):
            if run not in levels:
                levels[run] = np.array([schedule_index(timestep) for timestep in executed_timesteps(n, share)])
        self.levels = levels

    def bake(self, found: Curve, what: str, bounds: Bounds, scope: Scope) -> list[StepValues]:
        """Return a value's steps for each frame, evaluated where it changes and nowhere else."""
        mark = found.text.mark
        if not found.uses_progress:
            t = _frames(scope) if found.is_timed else np.zeros(1)
            values = bounds.check(
                found.sample(scope, t, np.zeros(len(t), dtype=int)), what, t, scope.clock, mark
            ).tolist()
            steps: list[StepValues] = [(value,) for value in values]
            return steps if found.is_timed else steps * scope.clock.frames
        if not found.is_timed:
            known = {}
            for run, n in self.levels.items():
                t = np.full(len(n), float(self.runs.index(run)))
                known[run] = _collapsed(bounds.check(found.sample(scope, t, n), what, t, scope.clock, mark))
            return [known[run] for run in self.runs]
        counts = [len(self.levels[run]) for run in self.runs]
        if sum(counts) > MAX_POINTS:
            do = "shorten the shot, or let it follow the film or the denoising only"
            refuse(mark, f"{what} follows both film and denoising over {sum(counts)} values", do)
        t = np.repeat(_frames(scope), counts)
        n = np.concatenate([self.levels[run] for run in self.runs])
        values_of_all = bounds.check(found.sample(scope, t, n), what, t, scope.clock, mark)
        return [_collapsed(part) for part in np.split(values_of_all, np.cumsum(counts)[:-1])]


def _collapsed(values: np.ndarray) -> StepValues:
    return (float(values[0]),) if (values == values[0]).all() else tuple(values.tolist())


def _refuse_no_cuts(overview: list[StepValues], inner: list[StepValues], scope: Scope, mark: Mark) -> None:
    for frame, (outer_cuts, inner_cuts) in enumerate(zip(overview, inner, strict=True)):
        if min(outer_cuts) >= 1 or min(inner_cuts) >= 1:
            continue
        length = max(len(outer_cuts), len(inner_cuts))
        pairs = zip(_spread(outer_cuts, length), _spread(inner_cuts, length), strict=True)
        if any(outer_cut + inner_cut < 1 for outer_cut, inner_cut in pairs):
            what = f"there is not a single cut in a step of frame {frame}{scope.clock.where}"
            refuse(mark, what, "let look.cut_overview or look.cut_innercut be at least 1 at every step")


def _refuse_eta(sampler: str, eta: list[StepValues], settings: ShotSettings) -> None:
    """Refuse noise that a sampler cannot add, where the film says so: it may have changed either of the two."""
    only = SAMPLERS_ETA[sampler]
    bad = [(frame, value) for frame, values in enumerate(eta) for value in values if value != only]
    if only is None or not bad:
        return
    frame, value = bad[0]
    mark = settings.scope.parameters["look.eta"].node.mark
    if mark.file != settings.prompts.mark.file:  # a preset's
        mark = settings.words["look.sampler"].mark
    acts = ", ".join(name for name, fixed in SAMPLERS_ETA.items() if fixed is None)
    what = f"look.sampler {sampler} has no other look.eta than {only:g}, and it is {value:g} at frame {frame}"
    refuse(mark, what + settings.scope.clock.where, f"write eta: {only:g}, or use a sampler that eta acts in: {acts}")


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
