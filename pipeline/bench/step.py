"""`python -m pipeline.bench step`: where the time of a guided step goes, beside the floor: the bare networks.

Guided steps and floor are timed in turn in one run, and medians are compared, since the machines this runs on are
noisy: a ratio of two numbers from one run means something, either number alone does not.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import torch

from ..sample.cutouts import CutCounts
from ..sample.easel import Easel, set_up
from ..sample.steps import Step, Steps, at
from ..sample.stopwatch import Part
from ..sample.telling import told
from ..types import FramePlan
from .findings import Bar, Bars, Claim, Panel
from .machine import machine

PARTS: tuple[Part, ...] = ("denoiser", "perceptors", "cutouts")
AIM, AIM_OF_CARDS = 1.25, 1.15  # times the floor


class PartWatch:
    """Add up the seconds each part takes; waits for the device, so only a benchmark uses it."""

    def __init__(self, device: str) -> None:
        self.device = device
        self.seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def __call__(self, part: Part) -> Iterator[None]:
        """Measure one part."""
        _wait(self.device)
        started = time.perf_counter()
        yield
        _wait(self.device)
        self.seconds[part] += time.perf_counter() - started


def measure(easel: Easel, plan: FramePlan, *, rounds: int) -> dict[str, Any]:
    """Return median seconds per guided step, by part, and those of the floor."""
    steps = Steps.plan(easel.schedule, plan.look.steps)
    floor = floor_step(easel, plan)
    easel.draw(plan, None)  # warms up allocators and kernels
    whole, split, bare = [], defaultdict(list), []
    for _ in range(rounds):
        whole.append(_timed(lambda: easel.draw(plan, None), easel.device) / len(steps))
        bare.append(_timed(lambda: [floor(step) for step in steps], easel.device) / len(steps))
        watch = PartWatch(easel.device)
        easel.draw(plan, None, stopwatch=watch)
        for part in PARTS:
            split[part].append(watch.seconds[part] / len(steps))
    step, least = median(whole), median(bare)
    parts: dict[str, float] = {part: median(seconds) for part, seconds in split.items()}
    parts["rest"] = step - sum(parts.values())
    return {"step": step, "parts": parts, "floor": least, "ratio": step / least}


def floor_step(easel: Easel, plan: FramePlan) -> Callable[[Step], None]:
    """Return the least a guided step can do: the bare networks forward, and backward where guidance needs it.

    Convention: the denoiser is told what the frame tells it, so it is asked for as many pictures.
    """
    look, denoise = plan.look, told(easel.denoiser, plan, easel.teller, easel.gallery)
    cuts = CutCounts(round(at(look.cut_overview, 0)), round(at(look.cut_innercut, 0)), look.cutn_batches).total
    x = torch.randn(1, 3, plan.size.height, plan.size.width, device=easel.device)
    through = look.guidance_path == "unet"

    def least(step: Step) -> None:
        with torch.set_grad_enabled(through):
            leaf = x.requires_grad_(through)
            predicted = denoise(leaf, step).x0
            if through:
                torch.autograd.grad(predicted.sum(), leaf)
        for perceptor in easel.perceptors:
            views = torch.rand(cuts, 3, perceptor.size, perceptor.size, device=easel.device, requires_grad=True)
            torch.autograd.grad(perceptor(views).sum(), views)

    return least


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen on the command line."""
    parser.add_argument("file", nargs="?", type=Path, default=Path("keyframes/lighthouse.yaml"))
    parser.add_argument("--rounds", type=int, default=5)


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Measure the first frame of a film with its own engine."""
    from ..models import settle
    from ..schedule import load

    film = load(options.file)
    engine = settle(film.engine)
    found = measure(set_up(engine, pictures=film.pictures), film.shots[0].plans[0], rounds=options.rounds)
    where = machine(engine.threads, engine.device)
    return {"command": f"step {options.file} --rounds {options.rounds}", "machine": where, **found}


def table(found: dict[str, Any]) -> list[str]:
    """Return what was measured as lines of text."""
    lines = [f"{'guided step':<14}{found['step'] * 1e3:8.1f} ms"]
    for part, seconds in found["parts"].items():
        lines.append(f"  {part:<12}{seconds * 1e3:8.1f} ms  {seconds / found['step']:4.0%}")
    lines.append(f"{'floor':<14}{found['floor'] * 1e3:8.1f} ms  bare networks at the same shapes")
    lines.append(f"{'ratio':<14}{found['ratio']:8.2f}")
    return lines


def claims(found: dict[str, Any]) -> list[Claim]:
    """Return the numbers that are claimed, with their aims."""
    return [Claim("a guided step, in floors", found["ratio"], "{:.2f}", _aim(found))]


def panels(found: dict[str, Any]) -> list[Panel]:
    """Return what the picture shows."""
    step = {name: 1e3 * max(0.0, seconds) for name, seconds in found["parts"].items()}  # medians may add up to more
    floor, note = 1e3 * found["floor"], f"{found['ratio']:.2f} floors"
    bars = [Bar("guided step", step, aim=_aim(found) * floor, note=note), Bar("floor", {"": floor}, beside=True)]
    return [Bars("A guided step and its floor, the bare networks", "milliseconds", bars, "{:.1f} ms")]


def _aim(found: dict[str, Any]) -> float:
    return AIM if found["machine"]["device"] == "cpu" else AIM_OF_CARDS


def _timed(work: Callable[[], object], device: str) -> float:
    _wait(device)
    started = time.perf_counter()
    work()
    _wait(device)
    return time.perf_counter() - started


def _wait(device: str) -> None:
    if device.startswith("cuda"):
        torch.cuda.synchronize()
