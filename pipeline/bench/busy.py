"""`python -m pipeline.bench busy`: a guided step alone on the machine, and beside another program that is busy.

Each way for threads to wait for one another is a process of its own, since OpenMP reads it once. All of them run in
turn, alone and in company; medians are shown.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from .. import SPINS
from .findings import Bar, Bars, Claim, Panel
from .machine import machine

AIM_ALONE, AIM_BESIDE = 1.1, 0.8  # times what a step takes where threads wait as usual
BUSY = "while True: fresh = bytearray(8 << 20); fresh[::4096] = bytes(len(fresh) // 4096)"  # as browsers: new memory
WAYS = {"ours": {"GOMP_SPINCOUNT": SPINS}, "usual": {"GOMP_SPINCOUNT": "300000"}}  # what GNU's OpenMP does untold
NAMES = {"ours": f"threads spin {SPINS} times", "usual": "threads spin 300000 times, as usual"}
AGAINST = "in those of threads that wait as usual"
PROBE = """
import json, sys, time
from pathlib import Path
from pipeline.models import settle
from pipeline.sample.easel import set_up
from pipeline.schedule import load

class Enough(Exception): pass

film, passed = load(Path(sys.argv[1])), [time.perf_counter()]

def note(step):
    passed.append(time.perf_counter())
    if len(passed) > 2 + int(sys.argv[2]):  # the first step warms up
        raise Enough

engine = settle(film.engine)
easel = set_up(engine, pictures=film.pictures)
try:
    while True:
        easel.draw(film.shots[0].plans[0], None, on_step=note)
except Enough:
    print(json.dumps([engine.threads, *(b - a for a, b in zip(passed[1:], passed[2:]))]))
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen on the command line."""
    parser.add_argument("file", nargs="?", type=Path, default=Path("keyframes/lighthouse.yaml"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=6, help="of each process in each round [6]")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Return median seconds of a guided step for each way to wait, alone and in company."""
    taken: dict[str, dict[str, list[float]]] = {way: {"alone": [], "beside": []} for way in WAYS}
    threads = 0
    for _ in range(options.rounds):
        for way, told in WAYS.items():
            threads, alone = _steps(options, told)
            with a_busy_program():
                _, beside = _steps(options, told)
            taken[way]["alone"] += alone
            taken[way]["beside"] += beside
    found = {way: {where: median(each) for where, each in both.items()} for way, both in taken.items()}
    command = f"busy {options.file} --rounds {options.rounds} --steps {options.steps}"
    return {"command": command, "machine": machine(threads), **found}


@contextmanager
def a_busy_program() -> Iterator[None]:
    """Keep one core and the system's memory busy while the block runs."""
    with subprocess.Popen([sys.executable, "-c", BUSY]) as program:
        try:
            yield
        finally:
            program.kill()


def table(found: dict[str, Any]) -> list[str]:
    """Return what was measured as lines of text."""
    return [
        f"{says:<38}{1e3 * found[way]['alone']:8.0f} ms alone{1e3 * found[way]['beside']:8.0f} ms beside a busy program"
        for way, says in NAMES.items()
    ]


def claims(found: dict[str, Any]) -> list[Claim]:
    """Return the numbers that are claimed, with their aims."""
    ours, usual = found["ours"], found["usual"]
    return [
        Claim(f"a step beside a busy program, {AGAINST}", ours["beside"] / usual["beside"], aim=AIM_BESIDE),
        Claim(f"a step alone, {AGAINST}", ours["alone"] / usual["alone"], aim=AIM_ALONE),
        Claim("a step beside a busy program, in steps alone", ours["beside"] / ours["alone"]),
    ]


def panels(found: dict[str, Any]) -> list[Panel]:
    """Return what the picture shows."""
    said = {"alone": "alone", "beside": "in company"}
    bars = [
        Bar(f"{NAMES[way]}, {words}", {"": 1e3 * found[way][where]}, beside=way == "usual")
        for way in WAYS
        for where, words in said.items()
    ]
    return [Bars("A guided step while another program is busy", "milliseconds", bars, "{:.0f} ms")]


def _steps(options: argparse.Namespace, told: dict[str, str]) -> tuple[int, list[float]]:
    command = [sys.executable, "-c", PROBE, str(options.file), str(options.steps)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **told})
    threads, *seconds = json.loads(done.stdout)
    return int(threads), seconds
