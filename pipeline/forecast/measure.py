"""Measure on this machine what a film's kinds of work take: a few guided steps, moves, stored frames, a short film.

Everything is measured through the functions that draw, store and assemble a real frame, at the film's own size. Kinds
are taken in turn over several rounds and medians are kept, so that a machine that is busy for a moment misleads less.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np
import torch

from ..assemble import assemble
from ..models import settle
from ..places import cache_folder
from ..render import Tools, conditioned, identify, sight_for
from ..sample.draw import DrawStep, held
from ..sample.easel import Easel
from ..sample.gallery import Gallery
from ..sample.noise import name_of, noise_of
from ..store import FrameStore, write_film_record
from ..types import Film, Frame, FramePlan, Shot, SpatialMove
from ..warp import between, carry, follow
from .costs import (
    ASSEMBLE,
    ASSEMBLE_FRAME,
    BEGIN,
    DEPTH,
    LOAD,
    SETTLE,
    STORE,
    VARIABLE,
    Cost,
    Costs,
    step_name,
)
from .memory import Peak
from .work import Demand, StepKind, measurable

STEPS = 5  # of a frame that is drawn to measure by
ENOUGH_S = 1.5  # spent on each kind of step, where steps are fast
MOST_ROUNDS = 7
SLOW_S = 30.0  # a frame of STEPS that takes longer is drawn once
FEW, MANY, ROUNDS = 2, 12, 3  # frames of the films that are made, and how often
Pixels = np.ndarray
Clock = Callable[[], float]


def measure(
    film: Film,
    asked: Demand,
    costs: Costs,
    *,
    tools: Tools,
    watch: Callable[[str], None] = lambda _: None,
    clock: Clock = perf_counter,
) -> Costs:
    """Return the costs with all that `asked` still lacks.

    Convention: draws from noise, writes nothing that stays. `tools` sets up what draws, and is called where steps have
        to be measured; `watch` is told what is being measured; `clock` counts seconds.
    Raises: PipelineError of the stage that failed, such as ModelError for weights that are missing.
    """
    missing = costs.missing(asked)
    found: dict[str, Cost] = {}
    rehearsal = Rehearsal(film, watch, clock)
    if any(name in (LOAD, SETTLE, BEGIN) or name.startswith("step|") for name in missing):
        measured = rehearsal.steps(tools, asked, [*costs.missing_steps(asked)])
        found |= {name: cost for name, cost in measured.items() if name in missing}
    ways = {name: asked.by_way[name] for name in asked.ways if name in missing}
    if ways or DEPTH in missing:
        found |= rehearsal.ways(ways, by_depth=asked.by_way.values() if DEPTH in missing else ())
    if {STORE, ASSEMBLE, ASSEMBLE_FRAME} & {*missing}:
        found |= rehearsal.stored_and_assembled()
    return costs.with_(found)


class Rehearsal:
    """What a film is drawn with, set up when it is first needed, and pictures to measure by."""

    def __init__(self, film: Film, watch: Callable[[str], None], clock: Clock) -> None:
        self.film, self.watch, self.clock = film, watch, clock
        engine = settle(film.engine)
        torch.set_num_threads(engine.threads)
        self.device = engine.device
        size = film.size
        noise = np.random.default_rng(0).integers(0, 256, (size.height // 8 + 1, size.width // 8 + 1, 3), np.uint8)
        self.picture: Pixels = np.repeat(np.repeat(noise, 8, 0), 8, 1)[: size.height, : size.width].copy()
        self.sight, self.gallery = sight_for(film), Gallery(film.pictures)

    def steps(self, tools: Tools, asked: Demand, missing: list[tuple[StepKind, int]]) -> dict[str, Cost]:
        """Measure evaluations, and what a frame takes beside them; leave a drawn picture to measure on by."""
        self.watch("loading the models")
        begun = self.clock()
        easel, self.sight = tools()
        loading = self.clock() - begun
        clips = self.film.engine.clip_models
        wanted = missing or [(kind, max(counts)) for kind, counts in asked.steps.items()][:1]
        plans = {
            (kind, cuts): measurable(asked.by_step[kind], kind, cuts, clips=clips, steps=STEPS)
            for kind, cuts in sorted(wanted)
        }
        first = next(iter(plans))
        self.watch("settling in")
        warm_up = self.drawn(easel, replace(plans[first], look=replace(plans[first].look, steps=1)), first[0])[0]
        each: dict[tuple[StepKind, int], list[float]] = defaultdict(list)
        beside: list[float] = []
        peaks: dict[tuple[StepKind, int], int] = {}
        rounds, done = 1, 0
        while done < rounds:
            for (kind, cuts), plan in plans.items():
                self.watch(f"{cuts} cuts by {', '.join(kind.clips)}" if kind.clips else "steps that nothing guides")
                with Peak(self.device) as peak:
                    whole, steps, self.picture = self.drawn(easel, plan, kind)
                peaks[kind, cuts] = max(peaks.get((kind, cuts), 0), peak.n_bytes)
                each[kind, cuts] += steps
                beside.append(whole - median(steps) * STEPS)
            done += 1
            longest = max(sum(steps) / done for steps in each.values())
            rounds = min(MOST_ROUNDS, max(2 if longest < SLOW_S else 1, round(ENOUGH_S / longest)))
        found = {step_name(*key): Cost(median(steps), peaks[key]) for key, steps in each.items()}
        begin = max(0.0, median(beside))
        settling = max(0.0, warm_up - begin - found[step_name(*first)].seconds)
        weights = _parameters(easel)
        return found | {LOAD: Cost(loading, 0, weights), SETTLE: Cost(settling), BEGIN: Cost(begin)}

    def drawn(self, easel: Easel, plan: FramePlan, kind: StepKind) -> tuple[float, list[float], Pixels]:
        """Draw a frame; return seconds for all of it and for each evaluation but the first, and the picture."""
        moments: list[float] = []

        def note(step: DrawStep) -> None:
            if self.device.startswith("cuda"):
                torch.cuda.synchronize()
            moments.append(self.clock())

        start = _as_start(self.picture) if kind.likeness else None
        begun = self.clock()
        picture = easel.draw(plan, start, on_step=note)
        whole = self.clock() - begun
        return whole, [after - before for before, after in pairwise(moments)] or [whole], picture

    def ways(self, ways: Mapping[str, FramePlan], *, by_depth: Iterable[FramePlan]) -> dict[str, Cost]:
        """Measure how frames come out of other frames: moved and conditioned, or made of two."""
        found = {}
        looks = (move for plan in by_depth for move in plan.moves if isinstance(move, SpatialMove))
        move = next((move for move in looks if move.depth == "model"), None)
        if move is not None:
            self.watch("loading the network for depth")
            first, again = (_seconds(partial(self.sight.nearness, move, self.picture), self.clock) for _ in range(2))
            found[DEPTH] = Cost(max(0.0, first - again))
        for name, plan in ways.items():
            self.watch(name.replace("|", " "))
            found[name] = Cost(_repeated(partial(self._brought, plan), self.clock))
        return found

    def _brought(self, plan: FramePlan) -> Any:
        if plan.between is not None:
            ahead, blend = plan.between.ahead, plan.between.blend
            made = between(self.picture, self.picture, plan.moves, ahead, self.sight, blend=blend)
            return held(plan, made, gallery=self.gallery, schedule="linear")  # which schedule costs the same
        frame = Frame(self.picture, "")

        def noise(purpose: str, shape: tuple[int, ...], number: int = 0) -> torch.Tensor:
            return noise_of(name_of(plan), shape, purpose=purpose, step=number)

        if plan.footage is None:
            moved = carry(self.picture, plan.moves, self.sight, partial(noise, "holes"))
        else:
            moved = follow(self.picture, plan, self.sight, partial(noise, "holes"))
        return conditioned(moved, plan, last=frame, seen=dict.fromkeys(plan.looks_at, frame), gallery=self.gallery)

    def stored_and_assembled(self) -> dict[str, Cost]:
        """Store frames and make films of them, in a folder that goes away."""
        self.watch("storing frames")
        with TemporaryDirectory(dir=_scratch()) as folder:
            film = _short_film(self.film, MANY)
            shot, store, keys = film.shots[0], FrameStore(Path(folder)), identify(film)
            facts = {**keys.facts, **({} if film.script is None else {"script": film.script.canonical()})}
            storing = []
            for plan, key in zip(shot.plans, keys.keys[shot.name], strict=True):
                frame = Frame(np.roll(self.picture, plan.frame, axis=1), key)
                begun = self.clock()
                store.recall(shot.name, plan.frame, key)
                store.put(frame, plan, facts)
                storing.append(self.clock() - begun)
            self.watch("making a film")
            start, each = _line(partial(self._assembled, Path(folder)), self.clock)
        return {STORE: Cost(median(storing)), ASSEMBLE: Cost(start), ASSEMBLE_FRAME: Cost(each)}

    def _assembled(self, folder: Path, n_frames: int) -> None:
        film = _short_film(self.film, n_frames)
        write_film_record(folder, film)
        assemble(folder)


def _short_film(film: Film, n_frames: int) -> Film:
    """Return a film of one shot whose frames are all like the first one's, without sound."""
    first = replace(film.shots[0].plans[0], shot="measured", camera=None, passed=(), between=None, conditioning=None)
    plans = tuple(replace(first, frame=number) for number in range(n_frames))
    return replace(film, name="measured", shots=(Shot("measured", plans),), music=None)


def _line(work: Callable[[int], object], clock: Clock) -> tuple[float, float]:
    """Return the seconds that work takes at all, and for each one more, by its times for few and for many."""
    taken: dict[int, list[float]] = {FEW: [], MANY: []}
    while True:
        for count, seconds in taken.items():
            seconds.append(_seconds(partial(work, count), clock))
        if len(taken[MANY]) == ROUNDS or sum(taken[MANY]) > ENOUGH_S:
            break
    low, high = median(taken[FEW]), median(taken[MANY])
    each = max(0.0, (high - low) / (MANY - FEW))
    return max(0.0, low - FEW * each), each


def _repeated(work: Callable[[], object], clock: Clock) -> float:
    """Return the median seconds of work, once it has been done for the first time; of slow work, those of that."""
    first = _seconds(work, clock)
    if first > ENOUGH_S:
        return first
    again = [_seconds(work, clock)]
    while len(again) < MOST_ROUNDS and sum(again) < ENOUGH_S / 3:
        again.append(_seconds(work, clock))
    return median(again)


def _seconds(work: Callable[[], object], clock: Clock) -> float:
    begun = clock()
    work()
    return clock() - begun


def _scratch() -> Path | None:
    """Return a folder on a disk that films may lie on too, unlike one for temporary files; None where there is none."""
    folder = cache_folder("times", VARIABLE)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


def _as_start(pixels: Pixels) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(pixels)).permute(2, 0, 1)[None].float() / 127.5 - 1


def _parameters(easel: Easel) -> int:
    """Return the bytes of the weights of all networks that draw."""
    networks = [one for one in (easel.denoiser, easel.guide, *easel.perceptors) if isinstance(one, torch.nn.Module)]
    return sum(weight.numel() * weight.element_size() for one in networks for weight in one.parameters())
