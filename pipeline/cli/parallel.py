"""How many shots are drawn at once: as many as asked for, as this machine has room for, or as a call of the network."""

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
        metavar="N|auto",
        help="Draw up to N shots or takes at once; auto: as many as have room or, with a batch, as it draws.",
    ),
]


def wanted_processes(text: str | None, films: Sequence[Film], *, frames: range | None, silent: bool) -> int:
    """Return how many shots are drawn at once: 1 where one is drawn after the other.

    Convention: "auto" measures how much memory the film takes, where that is not known yet; where the engine has a
        batch, that many pictures are in memory anyway.
    Raises: UsageError for what is no number of shots, or more than one call of the network draws.
    """
    batch = films[0].engine.batch
    if text is None:
        if batch > 1 and not silent:
            say(
                f"batch: {batch}: each call of the network draws {batch} pictures, and all but one are for nothing; "
                f"--parallel {AUTO} draws as many shots or takes at once"
            )
        return 1
    is_number = text.isascii() and text.isdigit()
    if text != AUTO and not (is_number and 1 <= int(text) <= MOST):
        raise UsageError(f"--parallel {text}: is no number of shots; give 1 to {MOST}, or {AUTO}")
    if is_number and 1 < batch < int(text):
        do = f"give 1 to {batch} or {AUTO}, or a larger batch"
        raise UsageError(f"--parallel {text}: one call of the network draws {batch} pictures (batch: {batch}); {do}")
    from ..render.abreast import lanes

    shots = lanes(films, frames)
    if shots < 2:
        if not silent:
            say(f"--parallel {text}: there is one shot, and its frames rest on one another; drawn one after the other")
        return 1
    if is_number:
        return min(int(text), shots)
    found = min(shots, batch if batch > 1 else _room(films[0], silent=silent))
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
