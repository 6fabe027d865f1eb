"""How long frames took, one line each: what an estimate of a render's length rests on.

Nothing of a frame's identity or of any decision rests on it, so lines are written without being synced, torn ones are
passed over, and a file that cannot be written is no fault.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from ..types import FramePlan
from .layout import TIMINGS

MAX_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Timing:
    """One frame's time: `work` names what it depends on (engine and size), `steps` how many steps were executed."""

    work: str
    steps: int
    seconds: float


def work_of(plan: FramePlan, facts: Mapping[str, str]) -> tuple[str, int]:
    """Return what a frame's time depends on, and how many steps it takes, as near as an estimate needs it."""
    way = "between" if plan.between else plan.look.guidance_path
    text = json.dumps([asdict(plan.size), way, dict(facts)], sort_keys=True)
    if plan.between:
        return hashlib.sha256(text.encode()).hexdigest()[:12], 1
    return hashlib.sha256(text.encode()).hexdigest()[:12], max(1, plan.look.steps - int(plan.look.steps * plan.skip))


def estimate(work: Iterable[tuple[str, int]], timings: Sequence[Timing]) -> float | None:
    """Return how many seconds frames will take, by what frames of the same work took; None where none is known.

    Convention: a step's time is the median over the last frames, which a pause or a busy machine hardly moves.
    """
    each: dict[str, float] = {}
    for name in {timing.work for timing in timings}:
        each[name] = median([timing.seconds / timing.steps for timing in timings if timing.work == name][-50:])
    wanted = list(work)
    if any(name not in each for name, _ in wanted):
        return None
    return sum(each[name] * steps for name, steps in wanted)


def note_timing(root: Path, timing: Timing) -> None:
    """Add a line; when the file has grown large, the older half is forgotten."""
    path = root / TIMINGS
    line = (json.dumps(asdict(timing)) + "\n").encode()
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        try:
            if os.fstat(descriptor).st_size > MAX_BYTES:
                kept = os.pread(descriptor, MAX_BYTES, os.fstat(descriptor).st_size - MAX_BYTES // 2)
                os.ftruncate(descriptor, 0)
                os.write(descriptor, kept.partition(b"\n")[2])
            os.write(descriptor, line)
        finally:
            os.close(descriptor)


def read_timings(root: Path) -> list[Timing]:
    """Return what was noted, oldest first; nothing where there is nothing."""
    try:
        with open(root / TIMINGS, "rb") as file:
            lines = file.read(2 * MAX_BYTES).splitlines()
    except OSError:
        return []
    return [timing for line in lines if (timing := _timing_of(line)) is not None]


def _timing_of(line: bytes) -> Timing | None:
    try:
        found = json.loads(line)
        timing = Timing(str(found["work"]), int(found["steps"]), float(found["seconds"]))
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
        return None
    good = timing.steps > 0 and math.isfinite(timing.seconds) and timing.seconds >= 0
    return timing if good else None
