"""Say a formula of Python's in our language: PyTTI's motion and weights, which it gave to `eval`.

What has no place here (lambdas, array functions, names that nobody knows) is refused by name, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..schedule.language.functions import MANY
from .formula import PYTHON, NoFormula, Part, call, number, parse, sign

SAME = {
    **dict.fromkeys(("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "exp", "log2"), 1),
    **dict.fromkeys(("log10", "sqrt", "floor", "ceil", "trunc", "abs"), 1),
    **dict.fromkeys(("atan2", "hypot", "pow"), 2),
}
OTHER = {"fabs": "abs", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2", "power": "pow"}
OTHER |= {"maximum": "max", "minimum": "min", "absolute": "abs", "rint": "round"}
PI = Part("name", "pi")
ONE = Part("number", "1")
MADE: dict[tuple[str, int], Callable[..., Part]] = {  # functions that ours has no word for
    ("radians", 1): lambda x: sign("/", sign("*", x, PI), number("180")),
    ("degrees", 1): lambda x: sign("/", sign("*", x, number("180")), PI),
    ("fmod", 2): lambda a, b: sign("-", a, sign("*", b, call("trunc", sign("/", a, b)))),
    ("copysign", 2): lambda a, b: sign(
        "*", call("abs", a), sign("where", sign("<", b, number("0")), number("-1"), ONE)
    ),
    ("log", 1): lambda x: call("log", x),
    ("log", 2): lambda x, base: sign("/", call("log", x), call("log", base)),
    ("log1p", 1): lambda x: call("log", sign("+", ONE, x)),
    ("expm1", 1): lambda x: sign("-", call("exp", x), ONE),
    ("cbrt", 1): lambda x: sign("*", call("sign", x), call("pow", call("abs", x), sign("/", ONE, number("3")))),
    ("round", 1): lambda x: call("round", x),
    ("where", 3): lambda condition, a, b: sign("where", condition, a, b),
    ("clip", 3): lambda x, low, high: call("clip", x, low, high),
}


def translate(text: str, names: Mapping[str, str]) -> Part:
    """Return a formula in our words; `names` says what each of its own is called here.

    Raises: NoFormula with what cannot be said here.
    """
    return say(parse(text, PYTHON), {"pi": "pi", "e": "e", **names})


def say(part: Part, names: Mapping[str, str]) -> Part:
    """Return a tree of Python's in our words."""
    if part.kind == "number":
        return part
    if part.kind == "name":
        word = _bare(part.word)
        if word == "tau":
            return sign("*", number("2"), PI)
        if word not in names:
            raise NoFormula(f"'{word[:30]}' is not known here")
        return Part("name", names[word])
    args = tuple(say(arg, names) for arg in part.args)
    if part.kind == "sign":
        return Part("sign", part.word, args)
    if part.kind != "call" or part.names:
        raise NoFormula("a text, a list or a value with a name is no number")
    word = _bare(part.word)
    word = OTHER.get(word, word)
    if SAME.get(word) == len(args) or (word in ("min", "max") and 2 <= len(args) <= MANY):
        return call(word, *args)
    made = MADE.get((word, len(args)))
    if made is None:
        raise NoFormula(f"{word[:30]}() with {len(args)} values is not known here")
    return made(*args)


def _bare(word: str) -> str:
    """Return a word without the module before it."""
    before, _, last = word.rpartition(".")
    return last if before in ("np", "numpy", "math") else word
