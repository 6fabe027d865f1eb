"""`python -m pipeline.bench film`: where the time of a whole render goes, and whether memory stays flat over it.

One render in this process, parted by the moments at which frames are begun, drawn and stored; and one as a program of
its own, to see how long a person waits for the first frame.
"""

from __future__ import annotations

import argparse
import dataclasses
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
from ..models import settle
from ..render import Progress, render, set_up_for
from ..sample.easel import Easel
from ..schedule import load
from ..types import Film, FramePlan
from ..warp import Sight
from .findings import Bar, Bars, Claim, Line, Lines, Panel, plain
from .machine import machine

PARTS: Final = {
    "plan": "identities of frames, the film's record",
    "load": "models",
    "move": "looking a frame up, moving and changing the one before",
    "sample": "drawing",
    "store": "packing, writing and reading back",
    "assemble": "making the film",
}
AIM_FIRST_S, AIM_OUTSIDE, AIM_GROWTH = 5.0, 0.03, 0.01  # memory is flat within a hundredth of itself


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


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Render the film twice: here, and to its first frame as a program."""
    film = load(options.file, config=options.config, overrides=options.set)
    waited = first_frame(options.file, options.config, options.set)
    with tempfile.TemporaryDirectory() as folder:
        watch = measure(film, Path(folder))
    parts = {part: watch.seconds[part] for part in PARTS}
    whole = sum(parts.values())
    words = [word for setting in options.set for word in ("--set", setting)]
    words += [] if options.config is None else ["--config", str(options.config)]
    engine = settle(film.engine)
    return {
        "command": " ".join(["film", str(options.file), *words]),
        "machine": machine(engine.threads, engine.device),
        "frames": film.n_frames,
        "first_frame": waited,
        "parts": parts,
        "outside": (whole - parts["sample"] - parts["load"]) / (whole - parts["load"]),
        "memory": watch.memory,
    }


def table(found: dict[str, Any]) -> list[str]:
    """Return what was measured as lines of text."""
    whole = sum(found["parts"].values())
    lines = [f"{'to the first frame':<20}{found['first_frame']:8.2f} s   of a program of its own"]
    lines.append(f"{'whole render':<20}{whole:8.2f} s   {found['frames']} frames")
    for part, says in PARTS.items():
        lines.append(f"  {part:<18}{found['parts'][part]:8.2f} s  {found['parts'][part] / whole:6.1%}   {says}")
    lines.append(f"{'outside sampling':<20}{found['outside']:8.1%}     without the models' loading")
    memory = found["memory"]
    half = second_half(memory)
    more = (half[-1] - half[0]) / 1e6
    return [*lines, f"{'memory':<20}{memory[-1] / 1e9:8.2f} GB  {more:+.1f} MB over the last {len(half)} frames"]


def second_half(memory: list[int]) -> list[int]:
    """Return the memory at the later frames, when all that is kept for good has been made."""
    return memory[len(memory) // 2 :]


def grown(memory: list[int]) -> float:
    """Return by which share of itself the memory grew over that half."""
    half = second_half(memory)
    return half[-1] / half[0] - 1


def claims(found: dict[str, Any]) -> list[Claim]:
    """Return the numbers that are claimed, with their aims."""
    half = second_half(found["memory"])
    return [
        Claim("start to first frame", found["first_frame"], "{:.2f} s", AIM_FIRST_S),
        Claim("wall time outside the sampler", found["outside"], "{:.1%}", AIM_OUTSIDE),
        Claim(f"memory grown over the last {len(half)} frames", grown(found["memory"]), "{:.2%}", AIM_GROWTH),
    ]


def bound(found: dict[str, Any]) -> str:
    """Say what lies outside the sampler."""
    parts, whole = found["parts"], sum(found["parts"].values()) - found["parts"]["load"]
    making, rest = parts["assemble"], parts["plan"] + parts["move"] + parts["store"]
    return (
        f"Outside the sampler {making / whole:.1%} go into making the film, where a network enlarges each frame, and "
        f"{rest / whole:.1%} into all else."
    )


def panels(found: dict[str, Any]) -> list[Panel]:
    """Return what the picture shows."""
    parts, memory = found["parts"], found["memory"]
    whole = sum(parts.values()) - parts["load"]
    shares = {part: 100 * seconds / whole for part, seconds in parts.items() if part not in ("load", "sample")}
    outside = Bar("all of it", {"": 100 * found["outside"]}, aim=100 * AIM_OUTSIDE)
    first = [Bar("start to\nfirst frame", {"": found["first_frame"]}, aim=AIM_FIRST_S)]
    besides = {"loading\nmodels": parts["load"], "drawing\na frame": parts["sample"] / found["frames"]}
    first += plain(besides, beside=[*besides])
    line = Line("", range(1, len(memory) + 1), [one / 1e6 for one in memory])
    return [
        Bars("How long a person waits", "seconds", first, "{:.2f} s"),
        Bars("Outside the sampler", "of the wall time", [outside, *plain(shares, beside=[*shares])], "{:.2f} %"),
        Lines(f"Memory, {grown(memory):+.2%} over the last half", "frames stored", "MB", [line]),
    ]
