"""Values through numexpr against an oracle that walks the same tree with Python's `math`, one point at a time."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import KeyframeError
from pipeline.schedule.language.evaluate import evaluate, values
from pipeline.schedule.language.expression import parse
from pipeline.schedule.language.functions import FUNCTIONS
from pipeline.schedule.language.tree import EARLIER, Call, Moments, Name, Number, Tree
from pipeline.schedule.language.vocabulary import NAMES, Vocabulary
from pipeline.schedule.source import Scalar
from pipeline.types import Mark

LABELS = {"drop": (5,), "kick": (2, 4, 12), "late": (300,), "never": ()}
KNOWN = Vocabulary(
    {name: NAMES[name] for name in ("t", "sec", "pi", "p")},
    spans={"s": 12.0, "f": 1.0, "ms": 0.012, "b": 5.5, "bars": 22.0},
    labels=LABELS,
)
T = np.array([0.0, 1.0, 2.0, 3.0, 7.0, 12.0, 100.0])
VARIABLES = {"t": T, "sec": T / 12, "pi": np.asarray(math.pi), "p": np.linspace(0, 1, len(T))}
THEN = np.maximum(T - 1, 0)
VARIABLES |= {f"{EARLIER}{name}": array for name, array in (VARIABLES | {"t": THEN, "sec": THEN / 12}).items()}


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


def logarithm(log: Callable[[float], float]) -> Callable[[float], float]:
    return lambda x: -math.inf if x == 0 else x if x == math.inf else log(x)


def turned(function: Callable[[float], float]) -> Callable[..., float]:
    """Return sine or cosine of radians, or of so many turns as periods fit into the value."""

    def swing(x: float, period: float | None = None) -> float:
        angle = x if period is None else divide(math.tau * x, period)
        return function(angle) if math.isfinite(angle) else math.nan

    return swing


def pulse(x: float, period: float, width: float) -> float:
    return float(modulo(x, period) < width)


def env(x: float, attack: float, hold: float, release: float) -> float:
    past = x - attack - hold
    if x < 0:
        return 0.0
    if x < attack:
        return divide(x, attack)
    if past < 0:
        return 1.0
    return 1 - divide(past, release) if past < release else 0.0


def decay(x: float, half: float) -> float:
    return 0.0 if x < 0 else math.exp(divide(-math.log(2) * x, half))


def mixed(bits: int) -> int:
    bits = (bits + 0x9E3779B97F4A7C15) % 2**64
    bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    bits = (bits ^ bits >> 27) * 0x94D049BB133111EB % 2**64
    return bits ^ bits >> 31


def drawn(seed: float, place: float) -> float:
    """Return a number from 0 to 1, by Python's whole numbers."""

    def whole(x: float) -> int:
        return 0 if math.isnan(x) else math.floor(max(-(2.0**52), min(2.0**52, x)))

    return (mixed(mixed(whole(seed) % 2**64) ^ whole(place) % 2**64) >> 11) / 2**53


def wandering(seed: float, place: float) -> float:
    if not math.isfinite(place):
        return math.nan
    start = math.floor(place)
    u = place - start
    weights = ((1 - u) ** 3, 3 * u**3 - 6 * u**2 + 4, -3 * u**3 + 3 * u**2 + 3 * u + 1, u**3)
    return sum(w * (2 * drawn(seed, start + k - 1) - 1) for k, w in enumerate(weights)) / 6


def section(moments: Moments, t: float) -> float:
    ours, theirs = ([frame for frame in frames if frame <= t] for frames in (moments.frames, moments.others))
    return float(bool(ours) and max(ours) >= max(theirs, default=-math.inf))


def phase(moments: Moments, t: float) -> float:
    bounds = sorted({0, *moments.frames})
    after = [frame for frame in bounds if frame > t]
    before = [frame for frame in bounds if frame <= t]
    return (t - before[-1]) / (after[0] - before[-1]) if after else 0.0


OF_LABELS: dict[str, Callable[..., float]] = {
    "since": lambda m, t, never: t - max([frame for frame in m.frames if frame <= t], default=t - never),
    "until": lambda m, t, never: min([frame for frame in m.frames if frame > t], default=t + never) - t,
    "count": lambda m, t: float(sum(frame <= t for frame in m.frames)),
    "phase": phase,
    "section": section,
}
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
    **{name: getattr(math, name) for name in ("tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh")},
    "sin": turned(math.sin),
    "cos": turned(math.cos),
    "exp": math.exp,
    **{name: logarithm(getattr(math, name)) for name in ("log", "log2", "log10")},
    "hypot": math.hypot,
    "sqrt": math.sqrt,
    "abs": abs,
    "floor": rounded(math.floor),
    "ceil": rounded(math.ceil),
    "round": lambda x: rounded(math.floor)(x + 0.5),
    "trunc": rounded(math.trunc),
    "sign": lambda x: math.nan if math.isnan(x) else float((x > 0) - (x < 0)),
    "min": lambda *args: functools.reduce(least, args),
    "max": lambda *args: functools.reduce(most, args),
    "clip": lambda x, low, high: least(most(x, low), high),
    "lerp": lambda a, b, u: a + (b - a) * u,
    "smoothstep": smoothstep,
    "saw": saw,
    "tri": tri,
    "square": lambda x, period: float(saw(x, period) < 0.5),
    "pulse": pulse,
    "env": env,
    "decay": decay,
    "where": lambda c, a, b: a if c != 0 else b,
}


def oracle(tree: Tree, point: int, when: str = "") -> float:
    if isinstance(tree, Number):
        return tree.value
    if isinstance(tree, Name):
        array = VARIABLES[when + tree.name]
        return float(array if array.ndim == 0 else array[point])
    assert isinstance(tree, Call)
    t = float(VARIABLES[when + "t"][point])
    if isinstance(tree.args[0], Moments):
        return OF_LABELS[tree.name](tree.args[0], t, *(oracle(arg, point, when) for arg in tree.args[1:]))
    if tree.name == "change":
        return oracle(tree.args[0], point) - oracle(tree.args[0], point, EARLIER)
    args = [oracle(arg, point, when) for arg in tree.args]
    if tree.name == "tan" and math.isinf(args[0]):
        return math.nan
    if tree.name == "noise":
        return wandering(args[0], t / 12 * args[1])
    if tree.name == "random":
        place = divide(t, args[1])
        return drawn(args[0], math.floor(place) if math.isfinite(place) else place)
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


CASES = [(n, count) for n, one in FUNCTIONS.items() for count in range(one.least, one.most + 1) if not one.counts_unit]
ARGS = ["t*0.7-2", "3-sec", "p+0.25", "t/9", "7-t", "0.5", "p-t", "12*sec"]


@pytest.mark.parametrize(("name", "count"), CASES)
def test_every_function_agrees_with_the_oracle(name: str, count: int) -> None:
    for args in (ARGS[:count], ["(0.3-p)"] * count, ["2.5"] * count):
        if "t" in FUNCTIONS[name].rule:
            args = args if args[-1] == "2.5" else [args[0], "t/9"][:count]
        if not FUNCTIONS[name].takes_label:
            assert_agrees(f"{name}({', '.join(args)})")
            continue
        for label in (*LABELS, "@kick", "'*k*'", "'*'"):
            assert_agrees(f"{name}({', '.join([label, *args[1:]])})")


@pytest.mark.parametrize("text", ["noise(3)", "random(7, 2f)", "since(kick)", "t**2 - p", "section(kick)*sec", "2.5"])
def test_a_change_is_what_came_since_the_frame_before(text: str) -> None:
    assert_agrees(f"2*change({text}) + t")


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
        ("sin(1, 4)", 1),  # a quarter of the way through a swing
        ("cos(3s, 6s)", -1),
        ("pulse(5, 4, 2)", 1),
        ("pulse(6, 4, 2)", 0),
        ("pulse(-3, 4, 2)", 1),
        ("env(1, 2, 3, 4)", 0.5),
        ("env(2, 2, 3, 4)", 1),
        ("env(5, 2, 3, 4)", 1),
        ("env(6, 2, 3, 4)", 0.75),
        ("env(9, 2, 3, 4)", 0),
        ("env(-1, 2, 3, 4)", 0),
        ("env(0, 0, 0, 4)", 1),
        ("env(0, 0, 0, 0)", 0),
        ("decay(0, 2)", 1),
        ("decay(2, 2)", 0.5),
        ("decay(6, 2)", 0.125),
        ("decay(-1, 2)", 0),
        ("min(4, 3, 2, 5)", 2),
        ("max(4, 3, 2, 5, 1, 0, 9, 8)", 9),
        ("hypot(3, 4)", 5),
        ("trunc(-2.7)", -2),
        ("log2(8)", 3),
        ("log10(0.01)", -2),
        ("mod(-7, 4)", 1),
        ("pow(2, 10)", 1024),
        ("2s / 4", 6),
        ("1 < 2ms*100", 1),
        ("90deg + 0.5turns", 270),
        ("250ms", 3),
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

    def call(case: tuple[str, int], inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        name, count = case
        times, labels = st.sampled_from(["t", "2.5", "1s", "(t+1)"]), st.sampled_from([*LABELS, "'*k*'"])
        sources = [{"l": labels, "t": times}.get(letter, inner) for letter in FUNCTIONS[name].rule.split(">")[0]]
        sources += [inner] * (count - len(sources))
        return st.tuples(*sources[:count]).map(lambda args: f"{name}({','.join(args)})")

    def grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        calls = [call(case, inner) for case in CASES if case[0] != "change"]  # of which none may hold another
        joined = st.tuples(inner, st.sampled_from(signs), inner).map(lambda part: f"({part[0]}{part[1]}{part[2]})")
        return st.one_of(joined, inner.map(lambda part: f"(-{part})"), inner.map(lambda part: f"(not {part})"), *calls)

    return st.recursive(leaves, grow, max_leaves=12)


@settings(max_examples=300, deadline=None, derandomize=True)  # a last bit may decide a step, as in floor(sin(t))
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
    """Twice the length may not be twice the levels: were it so, this would not come to an end."""
    assert_agrees(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1+log(t-2)", "f:1:3: the value is not a number at frame 0; "),
        ("1+1/(3-t)", "f:1:4: the value is infinite at frame 3; "),
        ("where(t<3, 0, sqrt(2-t))", "f:1:15: the value is not a number at frame 3; "),
        ("9**9**7", "f:1:2: the value is infinite at frame 0; "),
        ("exp(exp(t))", "f:1:1: the value is infinite at frame 7; "),
        ("since(never, 1/(t-7))", "f:1:15: the value is infinite at frame 7; "),
    ],
)
def test_the_part_to_blame_is_named(text: str, message: str) -> None:
    expression = parse(Scalar(text, Mark("f", 1, 1), range(1, len(text) + 2)), KNOWN)
    with pytest.raises(KeyframeError) as caught:
        evaluate(expression, VARIABLES, T, "")
    assert str(caught.value).startswith(message)


def test_no_points_need_no_values() -> None:
    expression = parse(Scalar("1/0", Mark("f", 1, 1), range(1, 5)), KNOWN)
    assert evaluate(expression, {}, np.empty(0), "").shape == (0,)
