"""Values through numexpr against an oracle that walks the same tree with Python's `math`, one point at a time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import KeyframeError
from pipeline.schedule.language.evaluate import evaluate, values
from pipeline.schedule.language.expression import parse
from pipeline.schedule.language.functions import FUNCTIONS
from pipeline.schedule.language.tree import Name, Number, Tree
from pipeline.schedule.language.vocabulary import NAMES, Vocabulary
from pipeline.schedule.source import Scalar
from pipeline.types import Mark

KNOWN = Vocabulary({name: NAMES[name] for name in ("t", "sec", "pi", "p")})
T = np.array([0.0, 1.0, 2.0, 3.0, 7.0, 12.0, 100.0])
VARIABLES = {"t": T, "sec": T / 12, "pi": np.asarray(math.pi), "p": np.linspace(0, 1, len(T))}


def read(text: str) -> Tree:
    return parse(Scalar(text, Mark("f", 1, 1), range(1, len(text) + 2)), KNOWN).tree


def divide(a: float, b: float) -> float:
    if b:
        return a / b
    return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a) * math.copysign(1, b)


def power(a: float, b: float) -> float:
    with np.errstate(all="ignore"):
        return float(np.float64(a) ** np.float64(b))


def modulo(a: float, b: float) -> float:
    if b == 0 or math.isinf(a) or math.isnan(a) or math.isnan(b):
        return math.nan
    rest = math.fmod(a, b)
    return rest + b if rest * b < 0 else rest


def rounded(step: Callable[[float], float]) -> Callable[[float], float]:
    return lambda x: float(step(x)) if math.isfinite(x) else x


def least(a: float, b: float) -> float:
    return math.nan if math.isnan(a) or math.isnan(b) else min(a, b)


def most(a: float, b: float) -> float:
    return math.nan if math.isnan(a) or math.isnan(b) else max(a, b)


def saw(x: float, period: float) -> float:
    turns = divide(x, period)
    return turns - math.floor(turns) if math.isfinite(turns) else math.nan


def tri(x: float, period: float) -> float:
    up = 2 * saw(x, period)
    return up if up <= 1 else 2 - up


def smoothstep(a: float, b: float, x: float) -> float:
    u = least(most(divide(x - a, b - a), 0.0), 1.0)
    return u * u * (3 - 2 * u)


ORACLE: dict[str, Callable[..., float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": divide,
    "//": lambda a, b: rounded(math.floor)(divide(a, b)),
    "%": modulo,
    "mod": modulo,
    "**": power,
    "pow": power,
    "negate": lambda a: -a,
    "<": lambda a, b: float(a < b),
    "<=": lambda a, b: float(a <= b),
    ">": lambda a, b: float(a > b),
    ">=": lambda a, b: float(a >= b),
    "==": lambda a, b: float(a == b),
    "!=": lambda a, b: float(a != b),
    "and": lambda a, b: float(a != 0 and b != 0),
    "or": lambda a, b: float(a != 0 or b != 0),
    "not": lambda a: float(a == 0),
    **{name: getattr(math, name) for name in ("sin", "cos", "tan", "asin", "acos", "atan", "atan2")},
    "exp": math.exp,
    "log": lambda x: -math.inf if x == 0 else math.log(x),
    "sqrt": math.sqrt,
    "abs": abs,
    "floor": rounded(math.floor),
    "ceil": rounded(math.ceil),
    "round": lambda x: rounded(math.floor)(x + 0.5),
    "sign": lambda x: math.nan if math.isnan(x) else float((x > 0) - (x < 0)),
    "min": least,
    "max": most,
    "clip": lambda x, low, high: least(most(x, low), high),
    "lerp": lambda a, b, u: a + (b - a) * u,
    "smoothstep": smoothstep,
    "saw": saw,
    "tri": tri,
    "square": lambda x, period: float(saw(x, period) < 0.5),
    "where": lambda c, a, b: a if c != 0 else b,
}


def oracle(tree: Tree, point: int) -> float:
    if isinstance(tree, Number):
        return tree.value
    if isinstance(tree, Name):
        array = VARIABLES[tree.name]
        return float(array if array.ndim == 0 else array[point])
    args = [oracle(arg, point) for arg in tree.args]
    if tree.name in ("sin", "cos", "tan") and math.isinf(args[0]):
        return math.nan
    try:
        return ORACLE[tree.name](*args)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan


def assert_agrees(text: str) -> None:
    tree = read(text)
    found = values(tree, VARIABLES, len(T))
    wanted = [oracle(tree, point) for point in range(len(T))]
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-9, err_msg=text)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_agrees_with_the_oracle(name: str) -> None:
    args = ["t*0.7-2", "3-sec", "p+0.25"][: FUNCTIONS[name]]
    assert_agrees(f"{name}({', '.join(args)})")
    assert_agrees(f"{name}({', '.join(['(0.3-p)'] * FUNCTIONS[name])})")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("7 % 4", 3),
        ("-7 % 4", 1),  # Python's remainder, not C's
        ("7 % -4", -1),
        ("-7 // 4", -2),
        ("2**-1", 0.5),
        ("9 / 2", 4.5),
        ("round(2.5)", 3),
        ("round(-2.5)", -2),
        ("sign(-3)", -1),
        ("clip(5, 0, 3)", 3),
        ("lerp(2, 4, 0.25)", 2.5),
        ("smoothstep(0, 4, 1)", 0.15625),
        ("smoothstep(0, 4, 9)", 1),
        ("where(0.5, 1, 2)", 1),
        ("sin(pi/2)", 1),
        ("atan2(1, -1)*4/pi", 3),
        ("saw(5, 4)", 0.25),
        ("tri(1, 4)", 0.5),
        ("tri(3, 4)", 0.5),
        ("tri(2, 4)", 1),
        ("square(1, 4)", 1),
        ("square(2, 4)", 0),
        ("not 3", 0),
        ("3 and 2", 1),
        ("0 or 0", 0),
    ],
)
def test_values_are_pinned(text: str, wanted: float) -> None:
    assert values(read(text), VARIABLES, 1)[0] == pytest.approx(wanted, abs=1e-15)


def texts() -> st.SearchStrategy[str]:
    leaves = st.sampled_from(["t", "sec", "pi", "p", "0", "1", "2.5", "12", ".25", "1e-3"])
    signs = ["+", "-", "*", "/", "//", "%", "**", "<", "<=", ">", ">=", "==", "!=", " and ", " or "]

    def call(name: str, inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.lists(inner, min_size=FUNCTIONS[name], max_size=FUNCTIONS[name]).map(
            lambda a: f"{name}({','.join(a)})"
        )

    def grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        calls = [call(name, inner) for name in FUNCTIONS]
        joined = st.tuples(inner, st.sampled_from(signs), inner).map(lambda part: f"({part[0]}{part[1]}{part[2]})")
        return st.one_of(joined, inner.map(lambda part: f"(-{part})"), inner.map(lambda part: f"(not {part})"), *calls)

    return st.recursive(leaves, grow, max_leaves=12)


@settings(max_examples=300, deadline=None)
@given(texts())
def test_numexpr_agrees_with_the_oracle(text: str) -> None:
    tree = read(text)
    found = values(tree, VARIABLES, len(T))
    for point in range(len(T)):
        wanted = oracle(tree, point)
        if math.isfinite(wanted) and abs(wanted) < 1e6:
            assert found[point] == pytest.approx(wanted, rel=1e-9, abs=1e-9), (text, point)


@pytest.mark.parametrize(
    "text",
    [
        "+".join(f"{n}.5" for n in range(75)),  # more constants than numexpr takes inputs
        " and ".join(["t"] * 75),  # more brackets than Python's parser takes
        "clip(" * 30 + "t" + ",0,9)" * 30,
        "smoothstep(0,1," * 30 + "p" + ")" * 30,  # would double in length with each level
        "t" + "%7" * 74,
        "lerp(" * 30 + "t" + ",p,0.5)" * 30,
    ],
)
def test_long_expressions_stay_cheap(text: str) -> None:
    assert_agrees(text)
    start = time.process_time()
    values(read(text), VARIABLES, len(T))
    assert time.process_time() - start < 0.05


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1+log(t-2)", "f:1:3: the value is not a number at frame 0; "),
        ("1+1/(3-t)", "f:1:4: the value is infinite at frame 3; "),
        ("where(t<3, 0, sqrt(2-t))", "f:1:15: the value is not a number at frame 3; "),
        ("9**9**7", "f:1:2: the value is infinite at frame 0; "),
        ("exp(exp(t))", "f:1:1: the value is infinite at frame 7; "),
    ],
)
def test_the_part_to_blame_is_named(text: str, message: str) -> None:
    expression = parse(Scalar(text, Mark("f", 1, 1), range(1, len(text) + 2)), KNOWN)
    start = time.process_time()
    with pytest.raises(KeyframeError) as caught:
        evaluate(expression, VARIABLES, T, "")
    assert str(caught.value).startswith(message)
    assert time.process_time() - start < 0.05


def test_no_points_need_no_values() -> None:
    expression = parse(Scalar("1/0", Mark("f", 1, 1), range(1, 5)), KNOWN)
    assert evaluate(expression, {}, np.empty(0), "").shape == (0,)
