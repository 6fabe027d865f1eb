"""Planned frames in, what has to be done for them out: evaluations of the networks by kind, moves, pictures to store.

It follows the sampler and its guidance step by step, by the plans alone: no model is loaded and torch is not imported.
Work of one kind takes one time, whatever the pictures, so a kind's name is all that a measurement is kept under.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from ..models import DiffusionArchitecture, find
from ..sample.steps import Steps, at, evaluations
from ..types import CameraMove, Conditioning, Engine, FramePlan, Init, Look, SpatialMove, StepValues

FREE = "free"


@dataclass(frozen=True, slots=True, order=True)
class StepKind:
    """What the time of one evaluation depends on, but for the number of cuts.

    Convention: `path` is the look's guidance path, or FREE where nothing pulls; `clips` are those that look, none where
        nothing is cut; `likeness` is the distance to a picture where that pulls, else ""; `telling` is "once" where the
        denoiser is told a text, "twice" where it is asked without one too, else "".
    """

    path: str
    clips: tuple[str, ...] = ()
    likeness: str = ""
    cutting: str = ""
    telling: str = ""

    def __str__(self) -> str:
        said = ("step", self.path, "+".join(self.clips), self.likeness, self.cutting)
        return "|".join((*said, self.telling) if self.telling else said)


@dataclass(frozen=True, slots=True)
class StepWork:
    """One step of a frame: its kind, how many cuts each CLIP sees, and how often it is evaluated."""

    kind: StepKind
    cuts: int
    times: int


@dataclass(slots=True)
class Demand:
    """All that some frames ask for.

    Convention: `steps` counts evaluations by kind and number of cuts, `ways` the frames that start from others by the
        name of how. `by_step` and `by_way` are plans of frames that each kind can be measured with.
    """

    steps: dict[StepKind, Counter[int]] = field(default_factory=dict)
    ways: Counter[str] = field(default_factory=Counter)
    by_step: dict[StepKind, FramePlan] = field(default_factory=dict)
    by_way: dict[str, FramePlan] = field(default_factory=dict)
    n_frames: int = 0
    n_drawn: int = 0

    @property
    def n_evaluations(self) -> int:
        """Number of evaluations of the denoiser."""
        return sum(sum(counts.values()) for counts in self.steps.values())


def demand(plans: Iterable[FramePlan], engine: Engine) -> Demand:
    """Return what frames ask for, drawn by an engine.

    Raises: ModelError for a model that nobody knows.
    """
    architecture = find(engine.diffusion_model).architecture
    assert isinstance(architecture, DiffusionArchitecture), "a film that was read has a diffusion model to draw with"
    found = Demand()
    for plan in plans:
        found.n_frames += 1
        way = way_of(plan)
        if way:
            found.ways[way] += 1
            found.by_way.setdefault(way, plan)
        if plan.between is not None:
            continue
        found.n_drawn += 1
        for step in steps_of(plan, engine.clip_models, architecture.schedule):
            found.steps.setdefault(step.kind, Counter())[step.cuts] += step.times
            found.by_step.setdefault(step.kind, plan)
    return found


def steps_of(plan: FramePlan, clips: Sequence[str], schedule: str) -> tuple[StepWork, ...]:
    """Return the steps that a frame takes, those of one kind and number of cuts together."""
    init = plan.init or Init()
    begins = plan.camera is not None or init.image or init.perlin != "off"
    pull = init.scale if begins else (0.0,)
    return _steps(plan.look, plan.skip, bool(plan.prompts), pull, init.distance, tuple(clips), schedule)


@lru_cache(maxsize=512)
def _steps(
    look: Look, skip: float, aims: bool, pull: StepValues, distance: str, clips: tuple[str, ...], schedule: str
) -> tuple[StepWork, ...]:
    steps = Steps.plan(schedule, look.steps, skip=skip)
    counted: Counter[tuple[StepKind, int]] = Counter()
    cutting = " ".join((look.augmentations, look.cut_draws, look.cut_edges))
    weights = dict(look.clip_weights)
    range_scale = (0.0,) if look.range_loss == "inert" else look.range_scale
    for index, times in enumerate(evaluations(look.sampler, steps)):
        cuts = look.cutn_batches * (round(at(look.cut_overview, index)) + round(at(look.cut_innercut, index)))
        acting = tuple(name for name in clips if at(weights.get(name, (1.0,)), index) != 0)
        sees = aims and at(look.guidance_scale, index) != 0 and cuts > 0 and acting
        likeness = distance if at(pull, index) != 0 else ""
        scales = (look.tv_scale, range_scale, look.sat_scale)
        if not (sees or likeness or any(at(scale, index) != 0 for scale in scales)):
            kind, cuts = StepKind(FREE), 0
        elif sees:
            kind = StepKind(look.guidance_path, acting, likeness, cutting)
        else:
            kind, cuts = StepKind(look.guidance_path, (), likeness), 0
        counted[replace(kind, telling=_TOLD.get(at(look.cfg_scale, index), "twice")), cuts] += times
    return tuple(StepWork(kind, cuts, times) for (kind, cuts), times in counted.items())


def way_of(plan: FramePlan) -> str:
    """Return the name of how a frame's start comes out of other frames; "" for a shot's first."""
    if plan.camera is None:
        return ""
    if plan.between is not None:
        n_moves = len(plan.moves) + len(plan.between.ahead)
        return "|".join(("between", _move(plan.camera), str(n_moves), plan.between.blend, plan.look.symmetry))
    return "|".join(
        (
            "carry" if plan.footage is None else "follow",
            _move(plan.camera),
            str(len(plan.moves)),
            *_changes(plan.conditioning),
        )
    )


def _move(move: CameraMove | SpatialMove) -> str:
    if isinstance(move, CameraMove):
        return f"plane {move.border}"
    depth = move.depth if move.depth in ("model", "plane") else "picture"
    return f"space {move.warp} {depth} {move.border}"


def _changes(conditioning: Conditioning | None) -> tuple[str, ...]:
    """Return the names of what changes the moved picture."""
    if conditioning is None:
        return ()
    plain, found = Conditioning(), []
    if conditioning.color_match_amount > 0 and conditioning.color_match != "off":
        found.append(conditioning.color_match)
    for name in ("hold", "contrast", "sharpen", "noise", "steady", "guide_strength"):
        if getattr(conditioning, name) != getattr(plain, name):
            found.append(name)
    return tuple(found)


def measurable(plan: FramePlan, kind: StepKind, cuts: int, *, clips: Sequence[str], steps: int) -> FramePlan:
    """Return a frame that takes `steps` steps, all of one kind and with so many cuts, from noise or from a start.

    Convention: values stand still, the losses of the picture stay as they are where anything pulls, and the cuts of a
        batch are shared out as evenly as they can be.
    """
    pulls, look = kind.path != FREE, plan.look
    cuts_of_batch = cuts if cuts % look.cutn_batches else cuts // look.cutn_batches
    some: dict[str, Any] = {name: (max(map(abs, getattr(look, name))) if pulls else 0.0,) for name in _SCALES}
    if pulls and not kind.clips and not kind.likeness and not any(value != (0.0,) for value in some.values()):
        some["tv_scale"] = (1.0,)
    weights = tuple((name, (float(name in kind.clips),)) for name in clips)
    still: dict[str, Any] = {
        name: getattr(look, name)[:1]
        for name in (
            "eta",
            "clamp_grad",
            "guidance_limit",
            "guidance_area",
            "recall",
            "cut_ic_pow",
            "cut_icgray_p",
            "cut_hue",
        )
    }
    look = replace(
        look,
        **some,  # type: ignore[arg-type]
        **still,
        sampler="ddim",
        steps=steps,
        guidance_scale=(1.0 if kind.clips else 0.0,),
        cut_overview=(float(cuts_of_batch - cuts_of_batch // 2),),
        cut_innercut=(float(cuts_of_batch // 2),),
        cutn_batches=look.cutn_batches if cuts % look.cutn_batches == 0 else 1,
        clip_weights=weights if kind.clips and len(kind.clips) < len(clips) else (),
        symmetry_strength=look.symmetry_strength[:1],
        cfg_scale=(_SCALE_OF.get(kind.telling, 2.0),),
        skip=0.0,
    )
    init = plan.init and replace(plan.init, scale=(1.0 if kind.likeness else 0.0,), skip=0.0)
    return replace(plan, look=look, init=init, camera=None, passed=(), conditioning=None)


_SCALES = ("tv_scale", "range_scale", "sat_scale")
_TOLD = {0.0: "", 1.0: "once"}  # any other scale takes a second look
_SCALE_OF = {telling: scale for scale, telling in _TOLD.items()}
