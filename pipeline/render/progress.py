"""What is told of a render while it goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Progress:
    """What happens now: `number` counts the film's frames from 0, `step` says how many of `n_steps` are done.

    Convention: "again" is said of a frame that half precision could not draw, and that single precision now does.
    """

    doing: Literal["kept", "drawing", "again", "stored", "painted", "assembling"]
    number: int
    n_frames: int
    step: int = 0
    n_steps: int = 0


Watch = Callable[[Progress], None]

OtherEngine = Literal["refuse", "keep", "redraw"]
"""What becomes of stored frames that are right but for the engine which drew them."""
