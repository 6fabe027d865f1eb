"""`python -m pipeline.bench animatic`: seconds for an animatic of thirty seconds, as a whole process and by part.

The parts are measured where they run: the map is carried in a thread of its own, and x264 works in its own process, so
together they are more than the whole.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .findings import Bar, Bars, Claim, Panel, plain
from .machine import machine

FILM = """\
title: Half a minute
fps: 24
duration: {seconds}s
size: 1024x576
prompts:
  0: an oil painting of a castle in the mountains in daylight
  10s: a watercolour of a windmill in a meadow
  20s: [a neon picture of a ufo over the desert, {{text: blurry, weight: -0.3}}]
camera:
  zoom: 1.01+0.005*sin(2*pi*sec/4)
  roll: 0.4*sin(2*pi*sec/6)
  translation_x: 0.3*cos(2*pi*sec/5)
  border: {border}
"""
PARTS = ("warp", "paint", "overlay", "encode")
AIM_S, AIM_FRAMES = 20.0, 720  # of wall time, for half a minute


class Watch:
    """Add up the seconds that each part takes."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def __call__(self, part: str) -> Iterator[None]:
        """Measure one part."""
        started = time.perf_counter()
        yield
        self.seconds[part] += time.perf_counter() - started


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen on the command line."""
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--border", default="reflect", choices=("reflect", "replicate", "wrap", "zeros"))


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Make the animatic twice: by the command line, and here with a watch on every part."""
    from ..preview.animatic import animatic
    from ..schedule import load

    watch = Watch()
    with tempfile.TemporaryDirectory() as folder:
        file, film = Path(folder, "film.yaml"), Path(folder, "film.mp4")
        file.write_text(FILM.format(seconds=options.seconds, border=options.border), encoding="utf-8")
        command = [sys.executable, "-m", "pipeline", "animatic", str(file), "--out", str(film), "--json"]
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        whole = time.perf_counter() - started
        started = time.perf_counter()
        made = animatic(load(file), film, stopwatch=watch)
        inside = time.perf_counter() - started
    return {
        "command": f"animatic --seconds {options.seconds} --border {options.border}",
        "machine": machine(),
        "frames": made.n_frames,
        "process": whole,
        "inside": inside,
        "parts": {part: watch.seconds[part] for part in PARTS},
    }


def table(found: dict[str, Any]) -> list[str]:
    """Return what was measured as lines of text."""
    lines = [f"{'whole process':<14}{found['process']:8.1f} s   {found['frames']} frames"]
    lines.append(f"{'without start':<14}{found['inside']:8.1f} s")
    for part, seconds in found["parts"].items():
        lines.append(f"  {part:<12}{seconds:8.1f} s   {seconds / found['frames'] * 1e3:5.1f} ms a frame")
    return lines


def claims(found: dict[str, Any]) -> list[Claim]:
    """Return the numbers that are claimed, with their aims."""
    what = f"an animatic of {found['frames']} frames, as a whole process"
    return [Claim(what, found["process"], "{:.1f} s", _aim(found))]


def panels(found: dict[str, Any]) -> list[Panel]:
    """Return what the picture shows."""
    whole = Bar("whole process", {"": found["process"]}, aim=_aim(found))
    parts = {"without start": found["inside"], **found["parts"]}
    title = f"An animatic of {found['frames']} frames; its parts run side by side"
    return [Bars(title, "seconds", [whole, *plain(parts, beside=[*parts])], "{:.1f} s")]


def _aim(found: dict[str, Any]) -> float | None:
    """Return the aim, which is for half a minute and nothing else."""
    return AIM_S if found["frames"] == AIM_FRAMES else None
