"""Turn checked expression trees into values for all points at once, through numexpr.

numexpr only ever sees text made here: names from the table, constants as float64 variables, and values used twice as
steps of their own, so that the text cannot grow. A result that is not finite is a complaint at the part to blame.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .expression import Call, Expression, Name, Number, Tree
from .source import refuse

MAX_INPUTS = 40  # numexpr takes 62
MAX_TEXT = 300  # bounds the nesting of brackets, which Python's parser limits to 200

TEMPLATES = {
    **{sign: f"({{0}}{sign}{{1}})" for sign in ("+", "-", "*", "/", "**")},
    **{sign: f"where(({{0}}{sign}{{1}}),{{one}},{{zero}})" for sign in ("<", "<=", ">", ">=", "==", "!=")},
    **{name: name + "({0})" for name in ("sin", "cos", "tan", "exp", "log", "sqrt", "abs", "floor", "ceil", "sign")},
    "asin": "arcsin({0})",
    "acos": "arccos({0})",
    "atan": "arctan({0})",
    "atan2": "arctan2({0},{1})",
    "pow": "({0}**{1})",
    "min": "minimum({0},{1})",
    "max": "maximum({0},{1})",
    "clip": "minimum(maximum({0},{1}),{2})",
    "negate": "(-{0})",
    "round": "floor(({0}+{half}))",
    "//": "floor(({0}/{1}))",
    "and": "where((({0}!={zero})&({1}!={zero})),{one},{zero})",
    "or": "where((({0}!={zero})|({1}!={zero})),{one},{zero})",
    "not": "where(({0}!={zero}),{zero},{one})",
    "where": "where(({0}!={zero}),{1},{2})",
}
CONSTANTS = {"zero": 0.0, "half": 0.5, "one": 1.0, "two": 2.0, "three": 3.0}


@dataclass(frozen=True, slots=True)
class _Piece:
    """Generated text and the names in it."""

    text: str
    names: frozenset[str]


class _Program:
    """Steps of generated text, run in order; each result is a variable for the steps after it."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, _Piece]] = []
        self.constants = dict(CONSTANTS)

    def translate(self, tree: Tree) -> _Piece:
        if isinstance(tree, Number):
            name = f"c{len(self.constants)}"
            self.constants[name] = tree.value
            return _Piece(name, frozenset({name}))
        if isinstance(tree, Name):
            return _Piece(tree.name, frozenset({tree.name}))
        args = [self.translate(arg) for arg in tree.args]
        composite = getattr(self, "_" + {"%": "mod"}.get(tree.name, tree.name), None)
        return composite(*args) if composite else self.put(TEMPLATES[tree.name], *args)

    def put(self, template: str, *args: _Piece) -> _Piece:
        """Fill a template, first giving long arguments a name of their own."""
        names = frozenset().union(*(arg.names for arg in args), CONSTANTS)
        if len(names) > MAX_INPUTS or sum(len(arg.text) for arg in args) > MAX_TEXT:
            args = tuple(self.share(arg) for arg in args)
            names = frozenset().union(*(arg.names for arg in args), CONSTANTS)
        fixed = {name: name for name in CONSTANTS}
        return _Piece(template.format(*(arg.text for arg in args), **fixed), names)

    def share(self, piece: _Piece) -> _Piece:
        """Return a piece that may be used more than once."""
        if piece.text.isidentifier():
            return piece
        name = f"x{len(self.steps)}"
        self.steps.append((name, piece))
        return _Piece(name, frozenset({name}))

    def _mod(self, a: _Piece, b: _Piece) -> _Piece:
        b = self.share(b)
        rest = self.share(self.put("fmod({0},{1})", a, b))
        return self.put("where((({0}*{1})<{zero}),({0}+{1}),{0})", rest, b)

    def _lerp(self, a: _Piece, b: _Piece, u: _Piece) -> _Piece:
        return self.put("({0}+({1}-{0})*{2})", self.share(a), b, u)

    def _smoothstep(self, a: _Piece, b: _Piece, x: _Piece) -> _Piece:
        a = self.share(a)
        u = self.share(self.put("minimum(maximum((({2}-{0})/({1}-{0})),{zero}),{one})", a, b, x))
        return self.put("({0}*{0}*({three}-{two}*{0}))", u)

    def _saw(self, x: _Piece, period: _Piece) -> _Piece:
        turns = self.share(self.put("({0}/{1})", x, period))
        return self.put("({0}-floor({0}))", turns)

    def _tri(self, x: _Piece, period: _Piece) -> _Piece:
        return self.put("({one}-abs(({two}*{0}-{one})))", self._saw(x, period))

    def _square(self, x: _Piece, period: _Piece) -> _Piece:
        return self.put("where(({0}<{half}),{one},{zero})", self._saw(x, period))


def values(tree: Tree, variables: Mapping[str, np.ndarray], n_points: int) -> np.ndarray:
    """Evaluate a tree at all points.

    Shapes: variables (n_points,) or () -> (n_points,) float64, which may hold infinities and not-a-numbers.
    """
    if isinstance(tree, Number):
        return np.full(n_points, tree.value)
    import numexpr

    program = _Program()
    program.steps.append(("result", program.translate(tree)))
    known = dict(variables) | {name: np.float64(value) for name, value in program.constants.items()}
    for name, piece in program.steps:
        inputs = {key: known[key] for key in piece.names}
        known[name] = numexpr.evaluate(piece.text, local_dict=inputs, global_dict={})
    return np.broadcast_to(np.asarray(known["result"], dtype=np.float64), (n_points,))


def evaluate(expression: Expression, variables: Mapping[str, np.ndarray], frames: np.ndarray, where: str) -> np.ndarray:
    """Evaluate an expression at all points; `frames` holds each point's frame for messages, `where` names the shot.

    Shapes: frames (n,) -> (n,) float64, finite.
    Raises: KeyframeError at the part of the expression that first is not finite.
    """
    if len(frames) == 0:
        return np.empty(0)
    result = values(expression.tree, variables, len(frames))
    bad = np.flatnonzero(~np.isfinite(result))
    if bad.size:
        first = int(bad[0])
        point = {name: array if array.ndim == 0 else array[first : first + 1] for name, array in variables.items()}
        at, found = _blame(expression.tree, point)
        kind = "is not a number" if np.isnan(found) else "is infinite"
        what = f"the value {kind} at frame {int(frames[first])}{where}"
        do = "keep divisors, roots, logarithms and powers within bounds, with clip or max"
        refuse(expression.text.at(at), what, do)
    return result


def _blame(tree: Tree, point: Mapping[str, np.ndarray]) -> tuple[int, float]:
    """Return the place and value of the innermost part to blame for a tree that is not finite."""
    args: tuple[Tree, ...] = tree.args if isinstance(tree, Call) else ()
    if isinstance(tree, Call) and tree.name == "where":
        args = args[1:2] if values(args[0], point, 1)[0] else args[2:]
    for arg in args:
        if not np.isfinite(values(arg, point, 1)[0]):
            return _blame(arg, point)
    return tree.at, float(values(tree, point, 1)[0])
