"""`python -m pipeline.bench estimate`: what a film was said to take, and what it then took.

The embedded models render a short film into a folder that goes away, after this machine was measured anew, several
times in turn. With `--clock cpu` both sides count the seconds that this process computes: on a machine that is busy
with other things the clock on the wall says more about those.
"""

from __future__ import annotations

import argparse
import platform
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any, Final

from ..forecast import Calibration
from ..render import render, set_up_for
from ..schedule import load
from ..types import Film

CLOCKS: Final = {"wall": time.perf_counter, "cpu": time.process_time}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen on the command line."""
    parser.add_argument("file", nargs="?", type=Path, default=Path("keyframes/lighthouse.yaml"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    parser.add_argument(
        "--set", metavar="KEY=VALUE", action="append", default=[], help="override one value; repeatable"
    )
    parser.add_argument("--config", type=Path, help="engine preset")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Estimate and render in turn."""
    film = load(options.file, config=options.config, overrides=options.set)
    set_up_for(film)  # what is imported and read for the first time would count for the first estimate alone
    rows = [measure(film, options.clock) for _ in range(options.rounds)]
    words = [word for setting in options.set for word in ("--set", setting)]
    told = ["estimate", str(options.file), "--rounds", str(options.rounds), "--clock", options.clock, *words]
    error = median(abs(row["estimate"] / row["truth"] - 1) for row in rows)
    return {
        "command": " ".join(told),
        "machine": f"{platform.machine()}, {film.engine.threads} threads",
        "frames": film.n_frames,
        "rows": rows,
        "error": error,
    }


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
    lines = [f"{'estimate':>12}{'truth':>12}{'error':>9}   {found['frames']} frames"]
    for row in found["rows"]:
        error = row["estimate"] / row["truth"] - 1
        lines.append(f"{row['estimate']:>10.1f} s{row['truth']:>10.1f} s{error:>+9.0%}")
    return [*lines, f"{'median error':<24}{found['error']:>9.0%}"]
