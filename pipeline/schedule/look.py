"""Evaluate `look:` for each frame: values inside the sampler are baked for the steps the frame really executes.

A value that stands still within a frame collapses to one number.
"""

from __future__ import annotations

import numpy as np

from ..types import Look, Mark, StepValues
from . import curve
from .bounds import CLIP_WEIGHT, LOOK_OVER_FRAMES, LOOK_OVER_STEPS, LOOK_WORDS, SAMPLERS_ETA, Bounds
from .clips import PREFIX
from .keys import Curve
from .progress import n_skipped, schedule_entries
from .scope import Scope
from .sections import ShotSettings, frame_numbers, over_frames, words_of
from .source import Complaints, refuse

FIELD_OF = {"class": "class_label"}
BAKED = ("schedule_by", "weight_in_text", "blend")  # what they say is in other places of the plan
OF_ORDER = ("cadence",)  # says which frames are denoised, not how
MAX_POINTS = 5_000_000  # frames times steps of one value; 40 MB


def clip_curves(settings: ShotSettings) -> dict[str, Curve]:
    """Read the weight of each CLIP that is given one, in the order of the preset.

    Raises: KeyframeError with all complaints about them.
    """
    complaints = Complaints()
    names = [name for name in settings.clips or settings.clip_weights if name in settings.clip_weights]
    found = {
        name: complaints.attempt(
            curve.parse, settings.clip_weights[name], PREFIX + name, settings.scope, in_sampler=True
        )
        for name in names
    }
    complaints.settle()
    return {name: each for name, each in found.items() if each is not None}


def looks(settings: ShotSettings, clips: dict[str, Curve], first_skip: float = 0.0) -> list[Look]:
    """Return the look of each frame, and complain of values that do not go together.

    Convention: `clips` are the weights of the engine's CLIPs, by name; `first_skip` is the share of its steps that the
        first frame leaves out.
    """
    complaints, scope = Complaints(), settings.scope
    words = words_of("look", LOOK_WORDS, settings, complaints)
    by_frame = {
        name: complaints.attempt(over_frames, f"look.{name}", scope)
        for name in LOOK_OVER_FRAMES
        if name not in OF_ORDER
    }
    curves = {name: complaints.attempt(scope.curve, f"look.{name}") for name in LOOK_OVER_STEPS}
    baked: dict[str, list[StepValues] | None] = {}
    of_clips: dict[str, list[StepValues] | None] = {}
    steps, skip = by_frame["steps"], by_frame["skip"]
    if steps and skip:
        executed = Executed([int(n) for n in steps], [first_skip, *skip[1:]], words["schedule_by"])
        baked = {
            name: complaints.attempt(executed.bake, found, f"look.{name}", LOOK_OVER_STEPS[name].bounds, scope)
            for name, found in curves.items()
            if found
        }
        of_clips = {
            name: complaints.attempt(executed.bake, found, PREFIX + name, CLIP_WEIGHT.bounds, scope)
            for name, found in clips.items()
        }
        overview, inner = baked.get("cut_overview"), baked.get("cut_innercut")
        if overview and inner:
            mark = scope.parameters["look.cut_innercut"].node.mark
            complaints.attempt(_refuse_no_cuts, overview, inner, scope, mark)
        if words["sampler"] and baked.get("eta"):
            complaints.attempt(_refuse_eta, words["sampler"], baked["eta"], settings)
    _notice_idle_schedule(words["seed_mode"], settings)
    complaints.settle()
    return _assembled(words, by_frame, {**baked, "clip_weights": _by_name(of_clips, scope.clock.frames)})


class Executed:
    """The steps each frame of a shot executes, and values baked for them."""

    def __init__(self, steps: list[int], skip: list[float], by: str | None = "noise") -> None:
        self.runs = [(n, n_skipped(n, share)) for n, share in zip(steps, skip, strict=True)]
        levels = {}
        for run, n, share in zip(self.runs, steps, skip, strict=True):
            if run not in levels:
                levels[run] = np.array(schedule_entries(n, share, by or "noise"))
        self.levels = levels

    def bake(self, found: Curve, what: str, bounds: Bounds, scope: Scope) -> list[StepValues]:
        """Return a value's steps for each frame, evaluated where it changes and nowhere else."""
        mark = found.text.mark
        if not found.uses_progress:
            t = frame_numbers(scope) if found.is_timed else np.zeros(1)
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
        t = np.repeat(frame_numbers(scope), counts)
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


def _notice_idle_schedule(seed_mode: str | None, settings: ShotSettings) -> None:
    """Warn of a schedule of seeds that the film writes and nothing follows."""
    mark = settings.scope.parameters["look.seed_schedule"].node.mark
    if seed_mode not in (None, "schedule") and mark.file == settings.prompts.mark.file:
        what = f"look.seed_schedule does nothing while look.seed_mode is {seed_mode}{settings.scope.clock.where}"
        settings.scope.notices.add("without-effect", mark, what, "write seed_mode: schedule, or leave it out")


def _spread(values: StepValues, length: int) -> StepValues:
    return values if len(values) == length else values * length


def _by_name(of_clips: dict, n_frames: int) -> list[tuple[tuple[str, StepValues], ...]]:
    """Return the CLIPs' weights in each frame, by name; those that are 1 throughout a frame are left out."""
    rows = zip(*of_clips.values(), strict=True) if of_clips else [()] * n_frames
    return [tuple(pair for pair in zip(of_clips, row, strict=True) if pair[1] != (1.0,)) for row in rows]


def _assembled(words: dict, by_frame: dict, baked: dict) -> list[Look]:
    """Return a look for each frame; equal looks are one object, which keeps long films small."""
    n_frames = len(by_frame["steps"])
    is_whole = {name for name, parameter in LOOK_OVER_FRAMES.items() if parameter.bounds.is_whole}
    columns: dict[str, list] = {
        **{FIELD_OF.get(name, name): [value] * n_frames for name, value in words.items() if name not in BAKED},
        **{name: [int(value) for value in values] if name in is_whole else values for name, values in by_frame.items()},
        **baked,
    }
    known: dict[tuple, Look] = {}
    looks = []
    for row in zip(*columns.values(), strict=True):
        if row not in known:
            known[row] = Look(**dict(zip(columns, row, strict=True)))
        looks.append(known[row])
    return looks
