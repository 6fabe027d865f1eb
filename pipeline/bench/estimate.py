"""`python -m pipeline.bench estimate`: what a film was said to take, and what it then took.

The embedded models render short films into a folder that goes away, after this machine was measured anew, several
times in turn. With `--clock cpu` both sides count the seconds that this process computes: on a machine that is busy
with other things the clock on the wall says more about those.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

from ..forecast import Calibration
from ..models import settle
from ..render import render, set_up_for
from ..schedule import load
from ..types import Film
from .findings import Claim, Panel, Ranges
from .machine import machine

CLOCKS: Final = {"wall": time.perf_counter, "cpu": time.process_time}
AIM: Final = 0.15  # of the truth


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen on the command line."""
    parser.add_argument("files", nargs="*", type=Path, default=[Path("keyframes/lighthouse.yaml")])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    parser.add_argument(
        "--set", metavar="KEY=VALUE", action="append", default=[], help="override one value; repeatable"
    )
    parser.add_argument("--config", type=Path, help="engine preset")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Estimate and render in turn, film after film."""
    films = [load(file, config=options.config, overrides=options.set) for file in options.files]
    found = []
    for file, film in zip(options.files, films, strict=True):
        set_up_for(film)  # what is imported and read for the first time would count for the first estimate alone
        rows = [measure(film, options.clock) for _ in range(options.rounds)]
        error = median(map(abs, errors(rows)))
        found.append({"film": file.stem, "frames": film.n_frames, "rows": rows, "error": error})
    words = [word for setting in options.set for word in ("--set", setting)]
    words += [] if options.config is None else ["--config", str(options.config)]
    told = ["estimate", *map(str, options.files), "--rounds", str(options.rounds), "--clock", options.clock, *words]
    engine = settle(films[0].engine)
    return {"command": " ".join(told), "machine": machine(engine.threads, engine.device), "films": found}


def errors(rows: list[dict[str, float]]) -> list[float]:
    """Return how far each estimate was from the truth, as a share of it."""
    return [row["estimate"] / row["truth"] - 1 for row in rows]


def measure(film: Film, clock: str) -> dict[str, float]:
    """Return seconds as they were estimated and as they were, of one render with models loaded anew."""
    found = Calibration(film, again=True, clock=CLOCKS[clock]).outlook(film)
    with tempfile.TemporaryDirectory() as folder:
        begun = CLOCKS[clock]()
        render(film, Path(folder))
        truth = CLOCKS[clock]() - begun
    return {"estimate": found.seconds, "truth": truth}


def table(found: dict[str, Any]) -> list[str]:
    """Return what was measured as lines of text."""
    lines = []
    for film in found["films"]:
        lines.append(f"{'estimate':>12}{'truth':>12}{'error':>9}   {film['film']}, {film['frames']} frames")
        for row, error in zip(film["rows"], errors(film["rows"]), strict=True):
            lines.append(f"{row['estimate']:>10.1f} s{row['truth']:>10.1f} s{error:>+9.0%}")
        lines.append(f"{'median error':<24}{film['error']:>9.0%}")
    return lines


def claims(found: dict[str, Any]) -> list[Claim]:
    """Return the numbers that are claimed, with their aims."""
    return [Claim(f"median error, {film['film']}", film["error"], "{:.1%}", AIM) for film in found["films"]]


def panels(found: dict[str, Any]) -> list[Panel]:
    """Return what the picture shows."""
    rows: dict[str, Sequence[float]]
    rows = {film["film"]: [100 * error for error in errors(film["rows"])] for film in found["films"]}
    return [Ranges("How far estimates were from the truth", "per cent of the truth", rows, (-100 * AIM, 100 * AIM))]
