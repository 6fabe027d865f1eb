"""What each kind of work takes on this machine, as it was measured here, kept in a cache for the next film.

A cache belongs to one engine on one machine, one picture size and one way of packing films; inside it a measurement is
found by the name of its kind, so another film by the same engine measures only what is new. A cache that cannot be
read or written only means measuring again.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import platform
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

from ..places import cache_folder
from ..types import Film
from .work import Demand, StepKind

VARIABLE = "PIPELINE_TIMES"
MAX_BYTES = 4 * 2**20
LOAD, SETTLE, DEPTH = "load", "settle in", "load depth"
BEGIN, STORE, ASSEMBLE, ASSEMBLE_FRAME = "begin", "store", "assemble", "assemble frame"


@dataclass(frozen=True, slots=True)
class Cost:
    """One measurement: seconds for one piece of the work, and bytes of memory held at its peak, 0 where not asked.

    Convention: under LOAD, `parameters` are the bytes of all weights.
    """

    seconds: float
    peak_bytes: int = 0
    parameters: int = 0


@dataclass(frozen=True, slots=True)
class Costs:
    """Measurements by the names of their kinds; of evaluations, for some numbers of cuts each.

    Convention: `measured` is the time of the oldest one, in seconds since 1970; 0 where there is none.
    """

    known: Mapping[str, Cost] = field(default_factory=dict)
    measured: float = 0.0

    def of_step(self, kind: StepKind, cuts: int) -> Cost | None:
        """Return what an evaluation takes, on the line through the measurements on either side; None beyond them."""
        points = self._points(kind)
        if cuts in points:
            return points[cuts]
        less, more = [n for n in points if n < cuts], [n for n in points if n > cuts]
        if not less or not more:
            return None
        low, high = max(less), min(more)
        share = (cuts - low) / (high - low)
        seconds = points[low].seconds + share * (points[high].seconds - points[low].seconds)
        return Cost(seconds, max(points[low].peak_bytes, points[high].peak_bytes))

    def missing_steps(self, asked: Demand) -> Iterator[tuple[StepKind, int]]:
        """Yield what has to be measured of evaluations: the fewest and the most cuts of each kind."""
        for kind, counts in asked.steps.items():
            for cuts in sorted({min(counts), max(counts)}):
                if self.of_step(kind, cuts) is None:
                    yield kind, cuts

    def missing(self, asked: Demand) -> list[str]:
        """Return the names of all that has to be measured before these frames can be estimated."""
        names = [step_name(kind, cuts) for kind, cuts in self.missing_steps(asked)]
        plain = [STORE, ASSEMBLE, ASSEMBLE_FRAME, *([LOAD, SETTLE, BEGIN] if asked.n_drawn else [])]
        plain += [DEPTH] if needs_depth(asked) else []
        return [*names, *(name for name in (*plain, *asked.ways) if name not in self.known)]

    def with_(self, more: Mapping[str, Cost]) -> Costs:
        """Return these measurements with others beside them or in their place."""
        return Costs({**self.known, **more}, min(self.measured or math.inf, time.time()))

    def _points(self, kind: StepKind) -> dict[int, Cost]:
        start = f"{kind}|"
        return {
            int(name[len(start) :]): cost
            for name, cost in self.known.items()
            if name.startswith(start) and name[len(start) :].isdecimal()
        }


def step_name(kind: StepKind, cuts: int) -> str:
    """Return the name under which an evaluation's cost is kept."""
    return f"{kind}|{cuts}"


def needs_depth(asked: Demand) -> bool:
    """Tell whether a network has to look for distances."""
    return any("space" in way and " model " in way for way in asked.ways)


def place(film: Film, facts: Mapping[str, str]) -> Path:
    """Return the file in which measurements for films like this one are kept."""
    told = json.dumps([_machine(), dict(facts), asdict(film.size), asdict(film.format)], sort_keys=True)
    return cache_folder("times", VARIABLE) / f"{hashlib.sha256(told.encode()).hexdigest()[:40]}.json"


def recall(path: Path) -> Costs:
    """Return the measurements kept in a file; none where there is none that can be read."""
    try:
        with open(path, "rb") as file:
            found = json.loads(file.read(MAX_BYTES))
        known = {
            str(name): Cost(float(row["seconds"]), int(row["peak_bytes"]), int(row["parameters"]))
            for name, row in found["known"].items()
        }
        measured = float(found["measured"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return Costs()
    good = all(math.isfinite(cost.seconds) and cost.seconds >= 0 for cost in known.values())
    return Costs(known, measured) if good and math.isfinite(measured) else Costs()


def remember(path: Path, costs: Costs) -> None:
    """Keep measurements; whole or, where that cannot be, not at all."""
    told = {"measured": costs.measured, "known": {name: asdict(cost) for name, cost in sorted(costs.known.items())}}
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            temporary.write_text(json.dumps(told, indent=1) + "\n", encoding="ascii")
            os.replace(temporary, path)
        finally:
            with suppress(OSError):
                temporary.unlink()


@cache
def _machine() -> list[str]:
    """Return what tells this machine from others that share its cache."""
    model = platform.processor()
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    return [platform.node(), platform.machine(), model, str(os.cpu_count())]
