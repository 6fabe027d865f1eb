"""The ways from one key to the next: from 0 to 1 as time goes from 0 to 1.

What would surprise: `spline` is no such way, since its shape depends on the keys around; see `spline.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..fields import nearest
from ..source import Scalar, refuse, shorten

Values = npt.NDArray[np.float64]
Way = Callable[[Values], Values]

SPLINE = "spline"
BACK = 1.70158  # overshoots by a tenth; Penner 2001
FORMS = {
    "cubic-bezier": ("cubic-bezier(x1, y1, x2, y2)", 4, 4),
    "spring": ("spring or spring(swings)", 0, 1),
    "steps": ("steps(count)", 1, 1),
}


def _bounce(u: Values) -> Values:
    """Bounce with growing strength: four parabolas, each four times as high; Penner 2001."""
    v = 1 - u
    lowest = [(1 / 2.75, 0.0, 0.0), (2 / 2.75, 1.5, 0.75), (2.5 / 2.75, 2.25, 0.9375)]
    fall = 7.5625 * (v - 2.625 / 2.75) ** 2 + 0.984375
    for end, middle, height in reversed(lowest):
        fall = np.where(v < end, 7.5625 * (v - middle / 2.75) ** 2 + height, fall)
    return 1 - fall


def _elastic(u: Values) -> Values:
    """Swing with growing strength; Penner 2001."""
    return -(2.0 ** (10 * (u - 1))) * np.sin((u - 1.075) * 2 * np.pi / 0.3)


FAMILIES: dict[str, Way] = {
    "sine": lambda u: 1 - np.cos(u * np.pi / 2),
    "quad": lambda u: u**2,
    "cubic": lambda u: u**3,
    "quart": lambda u: u**4,
    "quint": lambda u: u**5,
    "expo": lambda u: 2.0 ** (10 * (u - 1)),
    "circ": lambda u: 1 - np.sqrt(np.maximum(1 - u**2, 0)),
    "back": lambda u: u**2 * ((BACK + 1) * u - BACK),
    "elastic": _elastic,
    "bounce": _bounce,
}
"""How a movement begins; it ends the same way turned around."""


def _out(way: Way) -> Way:
    return lambda u: 1 - way(1 - u)


def _in_out(way: Way) -> Way:
    return lambda u: np.where(u < 0.5, way(np.minimum(2 * u, 1)) / 2, 1 - way(np.minimum(2 - 2 * u, 1)) / 2)


def _met(way: Way) -> Way:
    """Return a way that is exactly 0 at the first key and 1 at the second, whatever floats make of it."""
    return lambda u: np.where(u <= 0, 0.0, np.where(u >= 1, 1.0, way(u)))


def _named() -> dict[str, Way]:
    found: dict[str, Way] = {"linear": lambda u: u, "hold": lambda u: np.zeros_like(u)}
    for suffix, way in {"": FAMILIES["cubic"], **{f"-{name}": way for name, way in FAMILIES.items()}}.items():
        found |= {f"ease-in{suffix}": _met(way), f"ease-out{suffix}": _met(_out(way))}
        found[f"ease-in-out{suffix}"] = _met(_in_out(way))
    return found


EASES: dict[str, Way] = _named()
WORDS = (*EASES, SPLINE, *FORMS)
LISTED = "linear, hold, ease-in, ease-out, ease-in-out, each of the last three also with a family behind, as in "
LISTED += f"ease-in-{', -'.join(FAMILIES)}; spline, {', '.join(form for form, _, _ in FORMS.values())}"
STRAYING = frozenset({"back", "elastic"})
"""Families that leave the range between the two keys."""


@dataclass(frozen=True, slots=True, eq=False)
class Ease:
    """A way by its name as written; `way` is None for a spline."""

    name: str
    way: Way | None


LINEAR = Ease("linear", EASES["linear"])


def parse(word: Scalar, values: Scalar | None) -> Ease:
    """Read a way: a word, and for some a list of numbers in brackets, with commas or blanks between.

    Raises: KeyframeError with one complaint.
    """
    name = word.text
    if name not in WORDS:
        refuse(word.mark, f"unknown way '{shorten(name)}' after a key's value", nearest(name, WORDS, LISTED))
    if name not in FORMS:
        if values is not None:
            refuse(values.mark, f"'{name}' takes no values", "leave the brackets out")
        return Ease(name, EASES.get(name))
    form, least, most = FORMS[name]
    numbers = _numbers(values, form) if values is not None else []
    if not least <= len(numbers) <= most:
        refuse(word.mark, f"'{name}' has {len(numbers)} values", f"write {form}")
    shown = f"{name}({', '.join(f'{number:g}' for number in numbers)})" if numbers else name
    if name == "cubic-bezier":
        if not (0 <= numbers[0] <= 1 and 0 <= numbers[2] <= 1):
            refuse(word.mark, "the x of a cubic-bezier lies outside 0..1", "keep x1 and x2 between 0 and 1")
        return Ease(shown, _met(lambda u: _bezier(u, *numbers)))
    if name == "spring":
        swings = numbers[0] if numbers else 3.0
        if not 0 <= swings <= 50:
            refuse(word.mark, f"a spring cannot swing {swings:g} times", "choose 0 to 50")
        return Ease(shown, lambda u: 1 - (1 - u) * np.exp(-4 * u) * np.cos(2 * np.pi * swings * u))
    count = numbers[0]
    if count != int(count) or not 1 <= count <= 10_000:
        refuse(word.mark, f"there cannot be {count:g} steps", "choose a whole number from 1 to 10000")
    return Ease(shown, lambda u: np.floor(u * count) / count)


def _numbers(values: Scalar, form: str) -> list[float]:
    pieces = re.split(r"\s*,\s*|\s+", values.text.strip())
    if not all(re.fullmatch(r"[-+]?(?:\d{1,9}\.?\d{0,9}|\.\d{1,9})", piece, re.ASCII) for piece in pieces):
        refuse(values.mark, f"'{shorten(values.text)}' are no numbers", f"write {form}")
    return [float(piece) for piece in pieces]


def _bezier(u: Values, x1: float, y1: float, x2: float, y2: float) -> Values:
    """Return y where the curve (0, 0), (x1, y1), (x2, y2), (1, 1) has x = u, by halving; x never turns back."""
    low, high = np.zeros_like(u), np.ones_like(u)
    for _ in range(52):
        s = (low + high) / 2
        is_short = 3 * x1 * s * (1 - s) ** 2 + 3 * x2 * s**2 * (1 - s) + s**3 < u
        low, high = np.where(is_short, s, low), np.where(is_short, high, s)
    s = (low + high) / 2
    return 3 * y1 * s * (1 - s) ** 2 + 3 * y2 * s**2 * (1 - s) + s**3
