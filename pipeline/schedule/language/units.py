"""Say what a checked tree measures: nothing in particular, a number, a time or an angle; refuse what cannot be joined.

Times count frames inside, so `t < 2s` and `t / 4b` are right at any frame rate; `sec < 2s` compares seconds with
frames, and `roll: 3s` turns by a time: both are mistakes that a bare evaluator would carry out.
"""

from __future__ import annotations

from collections.abc import Callable

from ..source import Scalar, refuse
from .functions import FUNCTIONS
from .tree import Call, Name, Number, Tree, Unit

DIMENSIONS = (Unit.TIME, Unit.ANGLE)
RULES = {
    **dict.fromkeys(("+", "-", "%", "<", "<=", ">", ">=", "==", "!="), "aa>"),
    **dict.fromkeys(("and", "or"), "nn>"),
    "not": "n>",
    "negate": "a>",
    "**": "nn>",
}
KEEPS = frozenset({"+", "-", "%", "negate"})


def unit_of(tree: Tree, text: Scalar, meaning: Callable[[str], Unit]) -> Unit:
    """Return what a tree measures; `meaning` tells it of names.

    Raises: KeyframeError at the first operator or function whose values do not go together.
    """
    if isinstance(tree, Number):
        return tree.unit
    if isinstance(tree, Name):
        return meaning(tree.name)
    if not isinstance(tree, Call):
        return Unit.FREE
    units = [unit_of(arg, text, meaning) for arg in tree.args]
    if tree.name == "*":
        return _product(units[0], units[1], tree, text)
    if tree.name in ("/", "//"):
        return _quotient(units[0], units[1], tree, text)
    if tree.name in ("sin", "cos") and len(units) == 1:
        return _ruled(units, "n>n", tree, text)
    rule = FUNCTIONS[tree.name].rule if tree.name in FUNCTIONS else RULES[tree.name]
    return _ruled(units, rule + ("a" if tree.name in KEEPS else "n") if rule.endswith(">") else rule, tree, text)


def _ruled(units: list[Unit], rule: str, tree: Call, text: Scalar) -> Unit:
    letters, result = rule.split(">")
    letters = letters.ljust(len(units), letters[-1])
    alike = [unit for unit, letter in zip(units, letters, strict=False) if letter == "a"]
    joined = _joined(alike, tree, text)
    for unit, letter in zip(units, letters, strict=False):
        if letter == "n" and unit in DIMENSIONS:
            do = "sin and cos take radians" if tree.name in ("sin", "cos") else "divide it by another one first"
            refuse(text.at(tree.at), f"'{_shown(tree)}' takes plain numbers, not {unit.value}", do)
        if letter == "t" and unit in (Unit.NUMBER, Unit.ANGLE):
            refuse(text.at(tree.at), f"'{_shown(tree)}' takes a time here, not {unit.value}", "write 0.5s, 2b or 12")
    if result == "f":
        return Unit.FREE
    return joined if result == "a" else Unit.NUMBER


def _joined(units: list[Unit], tree: Call, text: Scalar) -> Unit:
    found = {unit for unit in units if unit is not Unit.FREE}
    if len(found) > 1:
        first, second, *_ = sorted(found, key=lambda unit: unit.value)
        do = "write frames with t, as in t < 2s, or leave the unit out" if Unit.TIME in found else "use one unit"
        refuse(text.at(tree.at), f"'{_shown(tree)}' joins {first.value} and {second.value}", do)
    return found.pop() if found else Unit.FREE


def _product(left: Unit, right: Unit, tree: Call, text: Scalar) -> Unit:
    if left in DIMENSIONS and right in DIMENSIONS:
        refuse(text.at(tree.at), f"{left.value} times {right.value} means nothing", "divide one of them by its like")
    return next((unit for unit in (Unit.TIME, Unit.ANGLE, Unit.NUMBER) if unit in (left, right)), Unit.FREE)


def _quotient(left: Unit, right: Unit, tree: Call, text: Scalar) -> Unit:
    if right not in DIMENSIONS:
        return left if left is not Unit.FREE else right
    if left in (right, Unit.FREE):
        return Unit.NUMBER
    do = f"put what the two share in brackets, as in 90deg*(t/{'2s'})" if left is Unit.ANGLE else "use t for frames"
    return refuse(text.at(tree.at), f"{left.value} divided by {right.value} means nothing", do)


def _shown(tree: Call) -> str:
    return {"negate": "-"}.get(tree.name, tree.name)
