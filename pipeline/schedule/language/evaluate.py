"""Turn checked expression trees into values for all points at once, through numexpr.

numexpr only ever sees text made here: names of our own, constants as float64 variables, and values used twice as steps
of their own, so that the text cannot grow. Chance and labels are steps in numpy between them. A result that is not
finite is a complaint at the part to blame.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ..source import refuse
from .chance import uniform, wander
from .moments import OF_LABELS
from .tree import EARLIER, Call, Expression, Moments, Name, Number, Tree

MAX_INPUTS = 40  # numexpr takes 62
MAX_TEXT = 300  # bounds the nesting of brackets, which Python's parser limits to 200

SAME_NAME = ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log", "log10", "sqrt", "abs", "floor", "ceil", "sign")
TEMPLATES = {
    **{sign: f"({{0}}{sign}{{1}})" for sign in ("+", "-", "*", "/", "**")},
    **{sign: f"where(({{0}}{sign}{{1}}),{{one}},{{zero}})" for sign in ("<", "<=", ">", ">=", "==", "!=")},
    **{name: name + "({0})" for name in (*SAME_NAME, "trunc")},
    "asin": "arcsin({0})",
    "acos": "arccos({0})",
    "atan": "arctan({0})",
    "atan2": "arctan2({0},{1})",
    "log2": "(log({0})/{ln2})",
    "hypot": "hypot({0},{1})",
    "pow": "({0}**{1})",
    "clip": "minimum(maximum({0},{1}),{2})",
    "negate": "(-{0})",
    "round": "floor(({0}+{half}))",
    "//": "floor(({0}/{1}))",
    "and": "where((({0}!={zero})&({1}!={zero})),{one},{zero})",
    "or": "where((({0}!={zero})|({1}!={zero})),{one},{zero})",
    "not": "where(({0}!={zero}),{zero},{one})",
    "where": "where(({0}!={zero}),{1},{2})",
    "decay": "where(({0}<{zero}),{zero},exp((-{ln2}*{0}/{1})))",
}
CONSTANTS = {"zero": 0.0, "half": 0.5, "one": 1.0, "two": 2.0, "three": 3.0, "tau": 2 * np.pi, "ln2": np.log(2.0)}


@dataclass(frozen=True, slots=True)
class _Piece:
    """Generated text and the names in it."""

    text: str
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Step:
    """A function of ours on named values, where numexpr has none."""

    function: Callable[..., np.ndarray]
    names: tuple[str, ...]


class _Program:
    """Steps of generated text, run in order; each result is a variable for the steps after it."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, _Piece | _Step]] = []
        self.constants: dict[str, np.ndarray | float] = dict(CONSTANTS)
        self.inputs: dict[str, str] = {}  # what a name of the artist's is called in generated text
        self.when = ""  # EARLIER where values of the frame before are meant

    def translate(self, tree: Tree) -> _Piece:
        if isinstance(tree, Number):
            return self.constant(tree.value)
        if isinstance(tree, Name):
            return self.input(tree.name)
        assert isinstance(tree, Call), "the parser puts moments into calls only, which take them as they are"
        if tree.name in OF_LABELS:
            return self._of_label(tree)
        if tree.name == "change":
            return self._change(tree)
        args = [self.translate(arg) for arg in tree.args]
        composite = getattr(self, "_" + {"%": "mod"}.get(tree.name, tree.name), None)
        return composite(*args) if composite else self.put(TEMPLATES[tree.name], *args)

    def constant(self, value: np.ndarray | float) -> _Piece:
        name = f"c{len(self.constants)}"
        self.constants[name] = value
        return _Piece(name, frozenset({name}))

    def input(self, name: str) -> _Piece:
        alias = self.inputs.setdefault(self.when + name, f"n{len(self.inputs)}")
        return _Piece(alias, frozenset({alias}))

    def step(self, function: Callable[..., np.ndarray], *args: _Piece) -> _Piece:
        """Compute with a function of ours."""
        names = tuple(self.share(arg).text for arg in args)
        name = f"x{len(self.steps)}"
        self.steps.append((name, _Step(function, names)))
        return _Piece(name, frozenset({name}))

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

    def _pulse(self, x: _Piece, period: _Piece, width: _Piece) -> _Piece:
        return self.put("where(({0}<{1}),{one},{zero})", self._mod(x, period), width)

    def _sin(self, x: _Piece, period: _Piece | None = None) -> _Piece:
        return self.put("sin({0})", x) if period is None else self.put("sin(({tau}*{0}/{1}))", x, period)

    def _cos(self, x: _Piece, period: _Piece | None = None) -> _Piece:
        return self.put("cos({0})", x) if period is None else self.put("cos(({tau}*{0}/{1}))", x, period)

    def _min(self, first: _Piece, *others: _Piece) -> _Piece:
        for other in others:
            first = self.put("minimum({0},{1})", first, other)
        return first

    def _max(self, first: _Piece, *others: _Piece) -> _Piece:
        for other in others:
            first = self.put("maximum({0},{1})", first, other)
        return first

    def _env(self, x: _Piece, attack: _Piece, hold: _Piece, release: _Piece) -> _Piece:
        x, attack, release = self.share(x), self.share(attack), self.share(release)
        past = self.share(self.put("({0}-{1}-{2})", x, attack, hold))
        falling = self.put("where(({0}<{1}),({one}-{0}/{1}),{zero})", past, release)
        on = self.put("where(({0}<{zero}),{one},{1})", past, falling)
        return self.put("where(({0}<{zero}),{zero},where(({0}<{1}),({0}/{1}),{2}))", x, attack, on)

    def _noise(self, seed: _Piece, speed: _Piece) -> _Piece:
        return self.step(wander, seed, self.put("({0}*{1})", self.input("sec"), speed))

    def _random(self, seed: _Piece, hold: _Piece) -> _Piece:
        return self.step(uniform, seed, self.put("floor(({0}/{1}))", self.input("t"), hold))

    def _change(self, tree: Call) -> _Piece:
        now = self.share(self.translate(tree.args[0]))
        self.when = EARLIER
        then = self.translate(tree.args[0])
        self.when = ""
        return self.put("({0}-{1})", now, then)

    def _of_label(self, tree: Call) -> _Piece:
        moments = tree.args[0]
        assert isinstance(moments, Moments)
        known = [self.constant(np.array(each, dtype=np.float64)) for each in (moments.frames, moments.others)]
        args = [self.translate(arg) for arg in tree.args[1:]]
        return self.step(OF_LABELS[tree.name], *known, self.input("t"), *args)


def values(tree: Tree, variables: Mapping[str, np.ndarray], n_points: int) -> np.ndarray:
    """Evaluate a tree at all points.

    Shapes: variables (n_points,) or () -> (n_points,) float64, which may hold infinities and not-a-numbers.
    """
    if isinstance(tree, Number):
        return np.full(n_points, tree.value)
    import numexpr

    program = _Program()
    program.steps.append(("result", program.translate(tree)))
    known = {alias: variables[name] for name, alias in program.inputs.items()}
    known |= {name: np.asarray(value, dtype=np.float64) for name, value in program.constants.items()}
    for name, step in program.steps:
        if isinstance(step, _Step):
            with np.errstate(all="ignore"):  # what is not finite is found and placed by whoever asked
                known[name] = step.function(*(known[key] for key in step.names))
        else:
            inputs = {key: known[key] for key in step.names}
            known[name] = numexpr.evaluate(step.text, local_dict=inputs, global_dict={})
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
    args = [arg for arg in tree.args if not isinstance(arg, Moments)] if isinstance(tree, Call) else []
    if isinstance(tree, Call) and tree.name == "where":
        args = args[1:2] if values(args[0], point, 1)[0] else args[2:]
    for arg in args:
        if not np.isfinite(values(arg, point, 1)[0]):
            return _blame(arg, point)
    return tree.at, float(values(tree, point, 1)[0])
