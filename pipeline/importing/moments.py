"""Work out at which frame a key stands that is an expression there, `max_f/2`, as those programs did.

Only numbers, the last frame, the seed and signs between them: enough for positions, and nothing that can hang.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable

from .formula import PYTHON, NoFormula, Part, parse

SIGNS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
}


def frame_of(text: str, frames: int, seed: int = 0) -> int | None:
    """Return the frame that a key's text comes to, cut down to a whole one; None for what is no such text."""
    try:
        found = _value(parse(text.strip().strip("\"'"), PYTHON), {"max_f": frames - 1, "s": seed})
    except (NoFormula, ArithmeticError):
        return None
    return int(found) if math.isfinite(found) else None


def _value(part: Part, names: dict[str, float]) -> float:
    if part.kind == "number":
        return float(part.word)
    if part.kind == "name" and part.word in names:
        return float(names[part.word])
    if part.kind == "sign" and part.word == "negate":
        return -_value(part.args[0], names)
    if part.kind == "sign" and part.word in SIGNS:
        return SIGNS[part.word](*(_value(arg, names) for arg in part.args))
    raise NoFormula(f"'{part.word[:30]}' is no part of a position")
