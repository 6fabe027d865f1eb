"""Measure what reading a film costs: curves over many frames on one core, and `pipeline check` as a whole process.

    python -m pipeline.bench_curves [--json]

Curves are evaluated in one thread of numexpr on one core, where the system can hold a process there. Whole processes
run in turn with `python -c pass`, so that what else the machine does falls on both; medians are shown.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from .schedule import curve
from .schedule.clock import Clock, Tempo
from .schedule.scope import Scope
from .schedule.source import Scalar, parse
from .types import Mark

LENGTHS = (1_000, 10_000, 100_000)
EXPRESSIONS = (
    "1 + 0.02*sin(2*pi*sec/4)",
    "0.6*sin(t, 2s) + 0.2*cos(t, 3b)",
    "where(beat % 4 < 1, 1.04, 1.0)",
    "smoothstep(1s, 3s, t) * tri(t, 1b)",
    "clip(exp(-sec/10) * 3, 0.2, 2) ** 1.5",
)
EASES = (
    "ease-in-out",
    "ease-out-elastic",
    "cubic-bezier(.25 .1 .25 1)",
    "spring",
    "spline",
    "ease-in-bounce",
    "linear",
)


def curves(n_frames: int) -> list[str]:
    """Return thirty values as an artist writes them: half expressions, a quarter noise, a quarter eased keys."""
    found = [EXPRESSIONS[n % len(EXPRESSIONS)] for n in range(15)]
    found += [f"{0.5 + n}*noise({n}, 0.{n + 1}) + 0.1*random({n}, 2b)" for n in range(8)]
    for n in range(7):
        keys = [f"{index * n_frames // 12}: {(index * (n + 3)) % 5} {EASES[n]}" for index in range(1, 12)]
        found.append("{0: 1, " + ", ".join(keys) + "}")
    return found


def measure(
    lengths: Sequence[int] = LENGTHS, *, repeats: int = 5, runs: int = 9, processes: bool = True
) -> dict[str, Any]:
    """Return seconds for thirty curves of each length, their growth, and what `pipeline check` takes."""
    import numexpr

    threads = numexpr.set_num_threads(1)
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    if cores:
        os.sched_setaffinity(0, {min(cores)})
    try:
        seconds = {length: _least(length, repeats) for length in lengths}
    finally:
        numexpr.set_num_threads(threads)
        if cores:
            os.sched_setaffinity(0, cores)
    growth = [seconds[after] / seconds[before] for before, after in pairwise(lengths)]
    found: dict[str, Any] = {"threads": 1, "pinned": bool(cores), "seconds": seconds, "growth": growth}
    return found | ({"check": measure_check(runs=runs)} if processes else {})


def measure_check(*, n_shots: int = 20, runs: int = 9) -> dict[str, Any]:
    """Return wall and processor seconds of `pipeline check` on a generated film, beside those of an empty program."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.yaml"
        path.write_text(film(n_shots), encoding="utf-8")
        commands = {
            "pass": [sys.executable, "-c", "pass"],
            "check": [sys.executable, "-m", "pipeline", "check", str(path)],
        }
        env = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for command in commands.values():
            _taken(command, env)  # bytecode as in any second run
        for _ in range(runs):
            for name, command in commands.items():
                taken[name].append(_taken(command, env))
    middle = {name: tuple(median(column) for column in zip(*rows, strict=True)) for name, rows in taken.items()}
    return {name: {"wall_s": wall, "cpu_s": cpu} for name, (wall, cpu) in middle.items()} | {"shots": n_shots}


def film(n_shots: int) -> str:
    """Return a film of many shots in which everything moves."""
    moves = [f"{{roll: {n % 5}*sway, zoom: {{0: 1, 1s: 1.0{n % 9} ease-out}}}}" for n in range(n_shots)]
    shots = [f"- {{name: shot-{n}, duration: {1 + n % 3}s, camera: {move}}}" for n, move in enumerate(moves)]
    head = "fps: 12\nbpm: 120\nlet: {sway: 'sin(t, 2s)'}\nlabels: {kick: every 1b}\nprompt_fade: ease-in-out\n"
    prompts = "prompts: {0: [a house, 'fog: 0.4'], 1s: [a tree, 'fog: 0.2']}\n"
    return head + prompts + "look: {sat_scale: '20*decay(since(kick), 4f)'}\nshots:\n" + "\n".join(shots) + "\n"


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


def _taken(command: list[str], env: dict[str, str]) -> tuple[float, float]:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=env)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _table(found: dict[str, Any]) -> str:
    where = "on one core" if found["pinned"] else "not held on one core"
    lines = [f"30 curves, one thread of numexpr, {where}"]
    for length, growth in zip(found["seconds"], [None, *found["growth"]], strict=True):
        grown = f"  {growth:5.1f} times the line above" if growth else ""
        lines.append(f"  {length:>7} frames  {found['seconds'][length]:7.4f} s{grown}")
    lines.append(f"one process on a film of {found['check']['shots']} shots (median of runs in turn)")
    for name in ("pass", "check"):
        one = found["check"][name]
        lines.append(f"  {name:>7}  {one['wall_s']:6.3f} s wall  {one['cpu_s']:6.3f} s processor")
    return "\n".join(lines)


def main() -> None:
    """Print the measurements as a table or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    as_json = parser.parse_args().json
    found = measure()
    print(json.dumps(found) if as_json else _table(found))


if __name__ == "__main__":
    main()
