"""Where a benchmark may look at the clock; a normal run never does.

A stopwatch is a callable that is given the name of a part and returns a context to spend it in. On a GPU it is the
stopwatch that must wait for the device, so that runs without one are not slowed down.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Literal, Protocol

Part = Literal["denoiser", "cutouts", "perceptors"]


class Stopwatch(Protocol):
    """Anything that measures a part of the work; forward and backward passes of a part are entered separately."""

    def __call__(self, part: Part) -> AbstractContextManager[None]:
        """Return the context the part runs in."""
        ...


def untimed(part: Part) -> AbstractContextManager[None]:
    """Measure nothing."""
    return nullcontext()
