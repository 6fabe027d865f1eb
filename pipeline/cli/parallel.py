"""How many shots are drawn at once: as many as asked for, or as many as this machine has room for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import UsageError
from ..show import say

if TYPE_CHECKING:
    from ..types import Film

MOST = 64
AUTO = "auto"
SPARE = 0.9  # of the free memory is used
CONTEXT = 600_000_000  # bytes of a card that each process takes beside what torch counts
Parallel = Annotated[
    str | None,
    typer.Option(
        metavar="N|auto", help="Draw up to N shots or takes at once, each in a process; auto: as many as have room."
    ),
]


def wanted_processes(text: str | None, films: Sequence[Film], *, frames: range | None, silent: bool) -> int:
    """Return how many processes draw: 1 where frames are drawn in this one.

    Convention: "auto" measures how much memory the film takes, where that is not known yet.
    Raises: UsageError for what is no number of processes.
    """
    if text is None:
        return 1
    is_number = text.isascii() and text.isdigit()
    if text != AUTO and not (is_number and 1 <= int(text) <= MOST):
        raise UsageError(f"--parallel {text}: is no number of processes; give 1 to {MOST}, or {AUTO}")
    from ..render.abreast import lanes

    shots = lanes(films, frames)
    if shots < 2:
        if not silent:
            say(f"--parallel {text}: there is one shot, and its frames rest on one another; drawn one after the other")
        return 1
    if is_number:
        return min(int(text), shots)
    found = min(shots, _room(films[0], silent=silent))
    if not silent:
        say(f"--parallel {AUTO}: {found} of {shots} shots at once")
    return found


def _room(film: Film, *, silent: bool) -> int:
    """Return how many times a film's models fit into memory, and their threads onto the processor; at least once.

    Raises: UsageError where the machine does not say how much memory is free.
    """
    from ..forecast import Calibration
    from ..forecast.memory import free_bytes
    from ..models import settle

    def tell(what: str) -> None:
        if not silent:
            say(f"measuring: {what}")

    engine = settle(film.engine)
    free = free_bytes(engine.device)
    if free is None:
        raise UsageError(f"--parallel {AUTO}: this machine does not say how much memory is free; give a number")
    on_card = engine.device.startswith("cuda")
    each = Calibration(film, watch=tell).outlook(film).peak_bytes + (CONTEXT if on_card else 0)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    threads = 1 if on_card else engine.threads or cores  # a card's process mostly waits
    return max(1, min(cores // threads, int(free * SPARE / max(1, each)), MOST))
