"""`python -m pipeline.bench samplers`: how many prompts each sampler makes seen, by the number of steps.

The embedded models draw each prompt from pure noise as the demo draws its first frame, and the CLIP that guides nothing
judges what it sees. Eta is the demo's where a sampler has a choice. It takes tens of minutes, so `make bench` leaves it
out; Heun's method evaluates everything about twice a step, which the seconds show.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from statistics import fmean
from typing import Any

from ..sample.easel import Easel, set_up
from ..sample.samplers import SAMPLERS
from ..schedule.bounds import SAMPLERS_ETA
from ..types import FramePlan
from .findings import Claim, Line, Lines, Panel
from .machine import machine

STEPS = (5, 8, 12, 16, 25, 50)


def measure(easel: Easel, plan: FramePlan, *, prompts: int) -> dict[str, Any]:
    """Return the share of attributes that the judge names right, over all kinds and by kind, and seconds a picture."""
    from ..train.score import score_adherence

    started = time.perf_counter()
    kinds = score_adherence(easel, plan, count=prompts)
    seconds = (time.perf_counter() - started) / prompts
    return {"steps": plan.look.steps, "adherence": fmean(kinds.values()), "kinds": kinds, "seconds": seconds}


def first_plan(file: Path, *, sampler: str, steps: int) -> FramePlan:
    """Return the first frame's plan by another sampler and count of steps, with the eta that the sampler can have."""
    from ..schedule import load

    only = SAMPLERS_ETA[sampler]
    eta = [] if only is None else [f"look.eta={only:g}"]
    return load(file, overrides=[f"look.sampler={sampler}", f"look.steps={steps}", *eta]).shots[0].plans[0]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen on the command line."""
    parser.add_argument("file", nargs="?", type=Path, default=Path("keyframes/lighthouse.yaml"))
    parser.add_argument("--prompts", type=int, default=16)
    parser.add_argument("--steps", type=int, nargs="+", default=STEPS)
    parser.add_argument("--threads", type=int, help="processor threads (default: the preset's)")
    parser.add_argument("--samplers", nargs="+", choices=SAMPLERS, default=tuple(SAMPLERS))


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Draw the same prompts from the same noise by every sampler and count of steps."""
    from ..models import settle
    from ..schedule import load

    film = load(options.file, overrides=[] if options.threads is None else [f"threads={options.threads}"])
    engine = settle(film.engine)
    easel = set_up(engine, pictures=film.pictures)
    found = {
        name: [
            measure(easel, first_plan(options.file, sampler=name, steps=n), prompts=options.prompts)
            for n in options.steps
        ]
        for name in options.samplers
    }
    chosen = f"--prompts {options.prompts} --steps {' '.join(map(str, options.steps))}"
    return {
        "command": f"samplers {options.file} {chosen} --samplers {' '.join(options.samplers)}",
        "machine": machine(engine.threads, engine.device),
        "samplers": found,
    }


def table(found: dict[str, Any]) -> list[str]:
    """Return what was measured as lines of text: the share named right, and seconds a picture behind it."""
    columns = next(iter(found["samplers"].values()))
    lines = [f"{'steps':<18}" + "".join(f"{column['steps']:>14}" for column in columns)]
    for name, row in found["samplers"].items():
        cells = (f"{cell['adherence']:7.0%} {cell['seconds']:4.1f} s" for cell in row)
        lines.append(f"{name:<18}" + "".join(f"{cell:>14}" for cell in cells))
    return lines


def claims(found: dict[str, Any]) -> list[Claim]:
    """Return the numbers that are claimed, with their aims."""
    best = {steps: max(_row(found, steps), key=lambda pair: pair[1]) for steps in _steps(found)}
    return [
        Claim(f"most seen in {steps} steps: {name}", adherence, "{:.0%}") for steps, (name, adherence) in best.items()
    ]


def panels(found: dict[str, Any]) -> list[Panel]:
    """Return what the picture shows."""
    rows = found["samplers"].items()
    by_steps = [Line("", [c["steps"] for c in row], [100 * c["adherence"] for c in row]) for _, row in rows]
    by_time = [Line(name, [c["seconds"] for c in row], [100 * c["adherence"] for c in row]) for name, row in rows]
    return [
        Lines("What is seen, by steps", "steps", "per cent of what was asked for", by_steps),
        Lines("What is seen, by time", "seconds a picture", "per cent of what was asked for", by_time),
    ]


def _steps(found: dict[str, Any]) -> list[int]:
    return [cell["steps"] for cell in next(iter(found["samplers"].values()))]


def _row(found: dict[str, Any], steps: int) -> list[tuple[str, float]]:
    cells = ((name, cell) for name, row in found["samplers"].items() for cell in row)
    return [(name, cell["adherence"]) for name, cell in cells if cell["steps"] == steps]
