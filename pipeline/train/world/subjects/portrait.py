"""What is known of a subject besides its drawing, and a figure: a subject as it stands in one picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..brush import Brush

Draw = Callable[[Brush, np.random.Generator], None]


@dataclass(frozen=True, slots=True)
class Portrait:
    """A subject's drawing and manner.

    `draw` gets a brush whose zero is the middle of the subject's foot, whose y grows upwards and whose unit is the
    subject's height, or its width where it is wider than high. `sizes` are the smallest and largest unit in shares of
    the picture's shorter side, `foot` half the width of what touches the ground, in units. `flying` subjects touch
    nothing, those `afloat` lie in water; `flips` says that its mirror image is as good. `lean` is the most it tilts
    (radians), `rise` where the foot of a flying or floating one is: in shares of the height below the top, its size
    times the second number added.
    """

    draw: Draw
    sizes: tuple[float, float]
    foot: float = 0.27
    flying: bool = False
    afloat: bool = False
    flips: bool = False
    lean: float = 0.0
    rise: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Figure:
    """A subject in a picture: `spot` is the middle of its foot in fractions, `size` its unit by the shorter side."""

    subject: str
    spot: tuple[float, float]
    size: float
    tilt: float = 0.0
    flip: bool = False
