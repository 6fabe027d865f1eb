"""`python -m pipeline.bench scaling`: time against frames, pixels, cuts, takes and pictures in one call of the network.

Each is held beside a straight line. The embedded models draw; models are loaded once for all of it. The sizes of one
row are taken in turn, over several rounds, and medians are kept.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np
import torch

from ..forecast.work import StepKind, measurable, steps_of
from ..models import settle
from ..render import render, set_up_for
from ..sample.easel import Easel
from ..sample.noise import name_of, noise_of
from ..sample.steps import Steps
from ..schedule import load
from ..types import Film
from ..warp import Sight
from .findings import Claim, Line, Lines, Panel
from .machine import machine

FRAMES: Final = (2, 4, 8)
SIDES: Final = (64, 96, 128, 160)
CUTS: Final = (4, 8, 16, 32)
TAKES: Final = (1, 2, 3)
PICTURES: Final = (1, 2, 4, 8)
STEPS: Final = 3  # of a picture that pixels or cuts are timed by
UNITS: Final = {
    "frames": "frames",
    "pixels": "pixels, at 8 cuts",
    "cuts": "cuts, at 64x64",
    "takes": "takes, in turn",
    "pictures": "pictures in a call",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen on the command line."""
    parser.add_argument("file", nargs="?", type=Path, default=Path("keyframes/lighthouse.yaml"))
    parser.add_argument("--rounds", type=int, default=5)


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Time every row."""
    film = load(options.file, overrides=[f"frames={FRAMES[0]}", "look.steps=6", "batch=1"])
    tools = set_up_for(film)
    rows: dict[str, dict[int, Callable[[], object]]] = {
        "frames": {n: partial(rendered, options.file, n, 1, tools) for n in FRAMES},
        "pixels": {side**2: partial(stepped, film, side, 8, tools[0]) for side in SIDES},
        "cuts": {cuts: partial(stepped, film, 64, cuts, tools[0]) for cuts in CUTS},
        "takes": {n: partial(rendered, options.file, FRAMES[0], n, tools) for n in TAKES},
        "pictures": {n: called(film, n, tools[0]) for n in PICTURES},
    }
    engine = settle(film.engine)
    return {
        "command": f"scaling {options.file} --rounds {options.rounds}",
        "machine": machine(engine.threads, engine.device),
        "rows": {name: timed(row, options.rounds) for name, row in rows.items()},
    }


def timed(row: Mapping[int, Callable[[], object]], rounds: int) -> list[list[float]]:
    """Return each size of a row with the median of its seconds."""
    taken: dict[int, list[float]] = {size: [] for size in row}
    next(iter(row.values()))()  # warms up
    for _ in range(rounds):
        for size, work in row.items():
            begun = time.perf_counter()
            work()
            taken[size].append(time.perf_counter() - begun)
    return [[size, median(seconds)] for size, seconds in taken.items()]


def rendered(file: Path, n_frames: int, takes: int, tools: tuple[Easel, Sight]) -> None:
    """Render takes of a film with models that are loaded already."""
    for take in range(takes):
        film = load(file, overrides=[f"frames={n_frames}", "look.steps=6", "look.skip=0.5"], take=take)
        with tempfile.TemporaryDirectory() as folder:
            render(film, Path(folder), tools=lambda: tools)


def stepped(film: Film, side: int, cuts: int, easel: Easel) -> None:
    """Draw a few guided steps of a square picture from noise."""
    plan, clips = film.shots[0].plans[0], film.engine.clip_models
    kind: StepKind = steps_of(plan, clips, easel.schedule)[0].kind
    plan = measurable(plan, kind, cuts, clips=clips, steps=STEPS)
    easel.draw(replace(plan, size=replace(plan.size, height=side, width=side)), None)


def called(film: Film, n_pictures: int, easel: Easel) -> Callable[[], object]:
    """Return one call of the network for pictures of the film's size, and the gradient of what it predicts."""
    plan = film.shots[0].plans[0]
    steps = Steps.plan(easel.schedule, plan.look.steps)
    one = name_of(plan), (1, 3, plan.size.height, plan.size.width)
    pictures = [noise_of(*one, purpose="start", step=number) for number in range(n_pictures)]
    x = torch.cat(pictures).to(easel.device).requires_grad_()

    def call() -> float:
        x0 = easel.denoiser(x, steps[len(steps) // 2]).x0
        return float(torch.autograd.grad(x0, x, x0.detach())[0].sum())  # which waits for a card

    return call


def straightness(row: list[list[float]]) -> float:
    """Return how far the seconds of a row are from the straight line nearest to them: the largest share of one."""
    sizes, seconds = np.array(row).T
    line = np.polyval(np.polyfit(sizes, seconds, 1), sizes)
    return float(np.abs(seconds / line - 1).max())


def table(found: dict[str, Any]) -> list[str]:
    """Return what was measured as lines of text."""
    lines = []
    for name, row in found["rows"].items():
        cells = "".join(f"{int(size):>8}: {seconds:6.2f} s" for size, seconds in row)
        lines.append(f"{name:<8}{cells}   within {straightness(row):.0%} of a line")
    shares = "".join(f"{size:>8}: {share:6.0%}  " for size, share in shared(found).items())
    return [*lines, f"of one  {shares}   what a picture takes in a call of so many"] if shares else lines


def shared(found: dict[str, Any]) -> dict[int, float]:
    """Return what a picture takes in a call of several, as a share of what it takes in a call of its own.

    Convention: nothing where results are kept of before that was measured.
    """
    row = found["rows"].get("pictures", [])
    return {int(n): seconds / n / row[0][1] for n, seconds in row[1:]}


def claims(found: dict[str, Any]) -> list[Claim]:
    """Return the numbers that are claimed, with their aims."""
    straight = [
        Claim(f"time against {name}: furthest from a straight line", straightness(row), "{:.1%}")
        for name, row in found["rows"].items()
    ]
    what = "a picture in a call of {} of the network, of what it takes in one of its own"
    return straight + [Claim(what.format(n), share, "{:.0%}") for n, share in shared(found).items()]


def panels(found: dict[str, Any]) -> list[Panel]:
    """Return what the picture shows."""
    return [
        Lines(f"{straightness(row):.0%} off a line", UNITS[name], "seconds", [_line(row)], is_fitted=True)
        for name, row in found["rows"].items()
    ]


def _line(row: list[list[float]]) -> Line:
    sizes, seconds = zip(*row, strict=True)
    return Line("", sizes, seconds)
