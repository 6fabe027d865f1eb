"""`python -m pipeline.bench check`: what `pipeline check` takes as a whole process, beside an empty program.

The two run in turn, so that what else the machine does falls on both; medians are shown.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from .findings import Bar, Bars, Claim, Panel
from .machine import machine

AIM_S = 0.5  # of wall time
LIBRARIES = "import numpy, numexpr, typer, yaml"  # without which no film is read
NAMES = {"check": "pipeline check", "libraries": "its libraries", "pass": "python -c pass"}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen on the command line."""
    parser.add_argument("--shots", type=int, default=20)
    parser.add_argument("--runs", type=int, default=9)


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Return median wall and processor seconds of checking a generated film, of `python -c pass`, and of libraries."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.yaml"
        path.write_text(film(options.shots), encoding="utf-8")
        commands = {
            "pass": [sys.executable, "-c", "pass"],
            "libraries": [sys.executable, "-c", LIBRARIES],
            "check": [sys.executable, "-m", "pipeline", "check", str(path)],
        }
        env = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for command in commands.values():
            _taken(command, env)  # bytecode as in any second run
        for _ in range(options.runs):
            for name, command in commands.items():
                taken[name].append(_taken(command, env))
    middle = {name: [median(column) for column in zip(*rows, strict=True)] for name, rows in taken.items()}
    return {
        "command": f"check --shots {options.shots} --runs {options.runs}",
        "machine": machine(),
        **{name: {"wall_s": wall, "cpu_s": cpu} for name, (wall, cpu) in middle.items()},
    }


def table(found: dict[str, Any]) -> list[str]:
    """Return what was measured as lines of text."""
    return [
        f"{says:<16}{found[name]['wall_s']:8.3f} s wall {found[name]['cpu_s']:8.3f} s processor"
        for name, says in NAMES.items()
    ]


def claims(found: dict[str, Any]) -> list[Claim]:
    """Return the numbers that are claimed, with their aims."""
    return [Claim("`pipeline check`, the start of Python included", found["check"]["wall_s"], "{:.2f} s", AIM_S)]


def bound(found: dict[str, Any]) -> str:
    """Say what keeps it from being faster."""
    libraries, whole = found["libraries"]["wall_s"], found["check"]["wall_s"]
    return f"`{LIBRARIES}` alone takes {libraries:.2f} s of the {whole:.2f} s."


def panels(found: dict[str, Any]) -> list[Panel]:
    """Return what the picture shows."""
    bars = [Bar(NAMES["check"], {"": found["check"]["wall_s"]}, aim=AIM_S)]
    bars += [Bar(NAMES[name], {"": found[name]["wall_s"]}, beside=True) for name in ("libraries", "pass")]
    return [Bars("Checking a film, as a whole process", "seconds", bars, "{:.2f} s")]


def film(n_shots: int) -> str:
    """Return a film of many shots in which everything moves."""
    moves = [f"{{roll: {n % 5}*sway, zoom: {{0: 1, 1s: 1.0{n % 9} ease-out}}}}" for n in range(n_shots)]
    shots = [f"- {{name: shot-{n}, duration: {1 + n % 3}s, camera: {move}}}" for n, move in enumerate(moves)]
    head = "fps: 12\nbpm: 120\nlet: {sway: 'sin(t, 2s)'}\nlabels: {kick: every 1b}\nprompt_fade: ease-in-out\n"
    prompts = "prompts: {0: [a house, 'fog: 0.4'], 1s: [a tree, 'fog: 0.2']}\n"
    return head + prompts + "look: {sat_scale: '20*decay(since(kick), 4f)'}\nshots:\n" + "\n".join(shots) + "\n"


def _taken(command: list[str], env: dict[str, str]) -> tuple[float, float]:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=env)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
