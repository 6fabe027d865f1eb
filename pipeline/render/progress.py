"""What is told of a render while it goes on, and what is handed over of a frame that was drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np


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


@dataclass(frozen=True, slots=True)
class Drawn:
    """A frame that was drawn, with the facts of the engine that drew it.

    Shapes: pixels uint8 (H, W, 3), RGB.
    Convention: `seconds` are those of drawing it, without the loading of what draws.
    """

    pixels: np.ndarray
    engine: Mapping[str, str]
    seconds: float


Watch = Callable[[Progress], None]

OtherEngine = Literal["refuse", "keep", "redraw"]
"""What becomes of stored frames that are right but for the engine which drew them."""
