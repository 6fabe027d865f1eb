"""`python -m pipeline.bench film`: where the time of a whole render goes, and whether memory stays flat over it.

One render in this process, parted by the moments at which frames are begun, drawn and stored; and one as a program of
its own, to see how long a person waits for the first frame. `--plot` draws the parts and the memory.
"""

from __future__ import annotations

import argparse
import dataclasses
import platform
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..forecast.memory import resident
from ..render import Progress, render, set_up_for
from ..sample.easel import Easel
from ..schedule import load
from ..types import Film, FramePlan
from ..warp import Sight
from .plots import save_plot

PARTS: Final = {
    "plan": "identities of frames, the film's record",
    "load": "models",
    "move": "looking a frame up, moving and changing the one before",
    "sample": "drawing",
    "store": "packing, writing and reading back",
    "assemble": "making the film",
}


class Watch:
    """Part the time of a render: whatever lies between two moments belongs to the part that ends with the second."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.memory: list[int] = []
        self.last = time.perf_counter()

    def ends(self, part: str) -> None:
        """Take note that a part ends now."""
        now = time.perf_counter()
        self.seconds[part] += now - self.last
        self.last = now

    def see(self, now: Progress) -> None:
        """Take note of a frame that is stored."""
        if now.doing == "stored":
            self.ends("store")
            self.memory.append(resident())


class WatchedEasel(Easel):
    """An easel that says when a frame is begun and when it is drawn."""

    watch: Watch

    def draw(self, plan: FramePlan, *given: Any, **options: Any) -> npt.NDArray[np.uint8]:
        """Draw a frame as an easel does."""
        self.watch.ends("move")
        pixels = super().draw(plan, *given, **options)
        self.watch.ends("sample")
        return pixels


def measure(film: Film, folder: Path) -> Watch:
    """Render a film into an empty folder under a watch."""
    watch = Watch()

    def tools() -> tuple[Easel, Sight]:
        watch.ends("plan" if not watch.seconds else "move")
        if not made:
            easel, sight = set_up_for(film)
            watched = WatchedEasel(**{field.name: getattr(easel, field.name) for field in dataclasses.fields(easel)})
            object.__setattr__(watched, "watch", watch)
            made.append((watched, sight))
            watch.ends("load")
        return made[0]

    made: list[tuple[Easel, Sight]] = []
    render(film, folder, watch=watch.see, tools=tools)
    watch.ends("assemble")
    return watch


def first_frame(file: Path, config: Path | None, settings: list[str]) -> float:
    """Return the seconds from the start of the program to the first frame on the disk."""
    with tempfile.TemporaryDirectory() as folder:
        words = [word for setting in settings for word in ("--set", setting)]
        words += [] if config is None else ["--config", str(config)]
        command = [sys.executable, "-m", "pipeline", "render", str(file), "--out", folder, "--frames", ":1", *words]
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and not [*Path(folder).glob("frames/*/00000.png")]:
            time.sleep(0.01)
        taken = time.perf_counter() - begun
        if process.wait():
            raise RuntimeError(f"{' '.join(command)} left with {process.returncode}")
    return taken


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen on the command line."""
    parser.add_argument("file", nargs="?", type=Path, default=Path("keyframes/lighthouse.yaml"))
    parser.add_argument(
        "--set", metavar="KEY=VALUE", action="append", default=[], help="override one value; repeatable"
    )
    parser.add_argument("--config", type=Path, help="engine preset")
    parser.add_argument("--plot", type=Path, help="draw parts and memory into this PNG or SVG")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Render the film twice: here, and to its first frame as a program."""
    film = load(options.file, config=options.config, overrides=options.set)
    waited = first_frame(options.file, options.config, options.set)
    with tempfile.TemporaryDirectory() as folder:
        watch = measure(film, Path(folder))
    parts = {part: watch.seconds[part] for part in PARTS}
    whole = sum(parts.values())
    words = [word for setting in options.set for word in ("--set", setting)]
    found = {
        "command": " ".join(["film", str(options.file), *words]),
        "machine": f"{platform.machine()}, {film.engine.threads} threads",
        "frames": film.n_frames,
        "first_frame": waited,
        "parts": parts,
        "outside": (whole - parts["sample"] - parts["load"]) / (whole - parts["load"]),
        "memory": watch.memory,
    }
    if options.plot:
        draw_plot(found, options.plot)
    return found


def table(found: dict[str, Any]) -> list[str]:
    """Return what was measured as lines of text."""
    whole = sum(found["parts"].values())
    lines = [f"{'to the first frame':<20}{found['first_frame']:8.2f} s   of a program of its own"]
    lines.append(f"{'whole render':<20}{whole:8.2f} s   {found['frames']} frames")
    for part, says in PARTS.items():
        lines.append(f"  {part:<18}{found['parts'][part]:8.2f} s  {found['parts'][part] / whole:6.1%}   {says}")
    lines.append(f"{'outside sampling':<20}{found['outside']:8.1%}     without the models' loading")
    memory = found["memory"]
    half = memory[len(memory) // 2 :]
    grown = (half[-1] - half[0]) / 1e6
    return [*lines, f"{'memory':<20}{memory[-1] / 1e9:8.2f} GB  {grown:+.1f} MB over the last {len(half)} frames"]


def draw_plot(found: dict[str, Any], path: Path) -> None:
    """Draw the parts of the time, and memory over the frames."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), dpi=100)
    left, right = figure.subplots(1, 2)
    parts = found["parts"]
    left.barh([*parts][::-1], [*parts.values()][::-1], color="#2471a3")
    left.set_xlabel("seconds")
    right.plot(np.arange(1, len(found["memory"]) + 1), np.array(found["memory"]) / 1e6, color="#1f2328")
    right.set_ylim(0, max(found["memory"]) * 1.2e-6)
    right.set_xlabel("frames stored")
    right.set_ylabel("memory of the process, MB")
    save_plot(figure, path)
