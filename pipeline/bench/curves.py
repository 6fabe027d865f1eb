"""`python -m pipeline.bench curves`: seconds for thirty curves over many frames, in one thread on one core.

The core is held where the system can hold a process there. Growth is from each number of frames to the next.
"""

from __future__ import annotations

import argparse
import os
import time
from itertools import pairwise
from typing import Any

import numpy as np

from ..schedule import curve
from ..schedule.clock import Clock, Tempo
from ..schedule.scope import Scope
from ..schedule.source import Scalar, parse
from ..types import Mark
from .findings import Claim, Line, Lines, Panel
from .machine import machine

LENGTHS = (1_000, 10_000, 100_000)
AIM_S = 1.0  # for the longest
EXPRESSIONS = (
    "1 + 0.02*sin(2*pi*sec/4)",
    "0.6*sin(t, 2s) + 0.2*cos(t, 3b)",
    "where(beat % 4 < 1, 1.04, 1.0)",
    "smoothstep(1s, 3s, t) * tri(t, 1b)",
    "clip(exp(-sec/10) * 3, 0.2, 2) ** 1.5",
)
EASES = (
    *("ease-in-out", "ease-out-elastic", "cubic-bezier(.25 .1 .25 1)", "spring", "spline"),
    *("ease-in-bounce", "linear"),
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen on the command line."""
    parser.add_argument("--repeats", type=int, default=5, help="the least of so many runs counts")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Return seconds for thirty curves of each length, and their growth."""
    import numexpr

    threads = numexpr.set_num_threads(1)
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    if cores:
        os.sched_setaffinity(0, {min(cores)})
    try:
        seconds = {length: _least(length, options.repeats) for length in LENGTHS}
    finally:
        numexpr.set_num_threads(threads)
        if cores:
            os.sched_setaffinity(0, cores)
    return {
        "command": f"curves --repeats {options.repeats}",
        "machine": machine(1),
        "held": bool(cores),
        "seconds": seconds,
        "growth": [seconds[after] / seconds[before] for before, after in pairwise(LENGTHS)],
    }


def table(found: dict[str, Any]) -> list[str]:
    """Return what was measured as lines of text."""
    held = "held on one core" if found["held"] else "not held on one core"
    lines = [f"30 curves: half expressions, a quarter noise, a quarter eased keys; {held}"]
    for length, growth in zip(found["seconds"], [None, *found["growth"]], strict=True):
        grown = f"   {growth:5.1f} times the line above" if growth else ""
        lines.append(f"  {length:>7} frames{found['seconds'][length]:10.4f} s{grown}")
    return lines


def claims(found: dict[str, Any]) -> list[Claim]:
    """Return the numbers that are claimed, with their aims."""
    length, seconds = max((int(length), seconds) for length, seconds in found["seconds"].items())
    return [Claim(f"30 curves over {length:,} frames", seconds, "{:.2f} s", AIM_S)]


def panels(found: dict[str, Any]) -> list[Panel]:
    """Return what the picture shows."""
    line = Line("30 curves", [int(length) for length in found["seconds"]], [*found["seconds"].values()])
    return [Lines("Thirty curves of a film, on one core", "frames", "seconds", [line], aim=AIM_S, is_log=True)]


def curves(n_frames: int) -> list[str]:
    """Return thirty values as an artist writes them: half expressions, a quarter noise, a quarter eased keys."""
    found = [EXPRESSIONS[n % len(EXPRESSIONS)] for n in range(15)]
    found += [f"{0.5 + n}*noise({n}, 0.{n + 1}) + 0.1*random({n}, 2b)" for n in range(8)]
    for n in range(7):
        keys = [f"{index * n_frames // 12}: {(index * (n + 3)) % 5} {EASES[n]}" for index in range(1, 12)]
        found.append("{0: 1, " + ", ".join(keys) + "}")
    return found


def _least(length: int, repeats: int) -> float:
    texts = curves(length)
    return min(_seconds(texts, length) for _ in range(repeats))


def _seconds(texts: list[str], length: int) -> float:
    t = np.arange(length, dtype=np.float64)
    start = time.perf_counter()
    for text in texts:
        place = Scalar(text, Mark("bench", 1, 1), range(1, len(text) + 2))
        scope = Scope(Clock(Tempo(12.0, 120.0, 4.0), length, 7))
        node = parse(text, "bench") if text.startswith("{") else place
        curve.parse(node, "value", scope).sample(scope, t)
    return time.perf_counter() - start
