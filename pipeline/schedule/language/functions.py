"""The one table of functions an expression may call: how each is written, what it means, and which units go together.

The parser, the unit check, the evaluator, the fuzzers and the printed reference all read this table.
"""

from __future__ import annotations

from dataclasses import dataclass

MANY = 8  # values that min and max take at most


@dataclass(frozen=True, slots=True)
class Function:
    """A function's form, and the rules its values keep.

    Convention: `rule` has one letter for each value, the last of them standing for all that follow, and after the
        arrow one for the result. `n` is a plain number, `t` a time, all `a` must agree; a result `f` goes with
        anything. `fills` are the values of the last arguments where they are left out; `needs` the names it reads
        without being given them; the first value is a label where `takes_label`, and where there is a `counts_unit` it
        is how many beats or bars lie between the moments that the function looks at, 1 where it is left out.
    """

    form: str
    says: str
    rule: str
    least: int
    most: int
    fills: tuple[float, ...] = ()
    needs: tuple[str, ...] = ()
    takes_label: bool = False
    counts_unit: str = ""

    @property
    def counts(self) -> str:
        """Say how many values it takes."""
        if self.least == self.most:
            return f"{self.least} value{'s' if self.least > 1 else ''}"
        return f"{self.least} or {self.most} values" if self.most == self.least + 1 else f"{self.least} or more values"


def _plain(form: str, says: str, rule: str = "n>n") -> Function:
    count = form.count(",") + 1
    return Function(form, says, rule, count, count)


def _labelled(form: str, says: str, rule: str, *, fills: tuple[float, ...] = ()) -> Function:
    return Function(form, says, rule, 1, 1 + len(fills), fills=fills, needs=("t",), takes_label=True)


def _counted(name: str, says: str, unit: str) -> Function:
    return Function(f"{name}(n) or {name}()", says, "lt>f", 1, 2, fills=(NEVER,), needs=("t",), counts_unit=unit)


NEVER = 1_000_000.0
"""Frames since a label that has not come yet: longer ago than any shot lasts, so that envelopes are at rest."""

FUNCTIONS: dict[str, Function] = {
    "sin": Function("sin(x) or sin(x, period)", "sine of radians; with a period, one swing -1..1 in it", "aa>n", 1, 2),
    "cos": Function("cos(x) or cos(x, period)", "cosine, as sin", "aa>n", 1, 2),
    "tan": _plain("tan(x)", "tangent of radians"),
    "asin": _plain("asin(x)", "arc sine, in radians"),
    "acos": _plain("acos(x)", "arc cosine, in radians"),
    "atan": _plain("atan(x)", "arc tangent, in radians"),
    "atan2": _plain("atan2(y, x)", "angle of the point (x, y), in radians", "aa>n"),
    "sinh": _plain("sinh(x)", "hyperbolic sine"),
    "cosh": _plain("cosh(x)", "hyperbolic cosine"),
    "tanh": _plain("tanh(x)", "hyperbolic tangent"),
    "exp": _plain("exp(x)", "e to the power x"),
    "log": _plain("log(x)", "natural logarithm"),
    "log2": _plain("log2(x)", "logarithm to base 2"),
    "log10": _plain("log10(x)", "logarithm to base 10"),
    "sqrt": _plain("sqrt(x)", "square root"),
    "hypot": _plain("hypot(a, b)", "square root of a*a + b*b", "aa>a"),
    "abs": _plain("abs(x)", "without its sign", "a>a"),
    "sign": _plain("sign(x)", "-1, 0 or 1", "a>n"),
    "floor": _plain("floor(x)", "next whole number below", "a>a"),
    "ceil": _plain("ceil(x)", "next whole number above", "a>a"),
    "round": _plain("round(x)", "nearest whole number, halves upwards", "a>a"),
    "trunc": _plain("trunc(x)", "whole number towards zero", "a>a"),
    "min": Function("min(a, b, ...)", "the smallest", "aa>a", 2, MANY),
    "max": Function("max(a, b, ...)", "the largest", "aa>a", 2, MANY),
    "mod": _plain("mod(a, b)", "what is left of a after whole b; has the sign of b, as %", "aa>a"),
    "pow": _plain("pow(a, b)", "a to the power b, as **", "nn>n"),
    "clip": _plain("clip(x, low, high)", "x kept between low and high", "aaa>a"),
    "lerp": _plain("lerp(a, b, u)", "from a (u 0) to b (u 1) in a straight line", "aan>a"),
    "smoothstep": _plain("smoothstep(a, b, x)", "0 below a, 1 above b, smooth between", "aaa>n"),
    "where": _plain("where(condition, a, b)", "a where the condition holds, else b", "naa>a"),
    "tri": _plain("tri(x, period)", "triangle 0..1..0 in each period", "aa>n"),
    "saw": _plain("saw(x, period)", "ramp 0..1 in each period", "aa>n"),
    "square": _plain("square(x, period)", "1 in the first half of each period, 0 in the second", "aa>n"),
    "pulse": _plain("pulse(x, period, width)", "1 for the first `width` of each period, else 0", "aaa>n"),
    "noise": Function(
        "noise(seed) or noise(seed, speed)",
        "smooth wander -1..1, the same everywhere for a seed; `speed` says how often it turns, in times a second",
        "nn>n",
        1,
        2,
        fills=(1.0,),
        needs=("sec",),
    ),
    "random": Function(
        "random(seed) or random(seed, hold)",
        "a number 0..1, drawn anew every `hold` (one frame), the same everywhere for a seed",
        "nt>n",
        1,
        2,
        fills=(1.0,),
        needs=("t",),
    ),
    "env": _plain(
        "env(x, attack, hold, release)",
        "envelope of an event x ago: rises to 1 in `attack`, stays for `hold`, falls to 0 in `release`",
        "aaaa>n",
    ),
    "decay": _plain("decay(x, half)", "1 at an event x ago, halved in each `half`; 0 before it", "aa>n"),
    "change": Function(
        "change(x)", "x less what it was a frame before, 0 in the shot's first frame", "a>a", 1, 1, needs=("t",)
    ),
    "since": _labelled(
        "since(label) or since(label, never)",
        "frames since the label last came, by default long ago",
        "lt>f",
        fills=(NEVER,),
    ),
    "until": _labelled(
        "until(label) or until(label, never)",
        "frames until the label comes next, by default far away",
        "lt>f",
        fills=(NEVER,),
    ),
    "since_beat": _counted("since_beat", "frames since the last beat, or the last of every n beats", "b"),
    "until_beat": _counted("until_beat", "frames until the next beat, or the next of every n beats", "b"),
    "since_bar": _counted("since_bar", "frames since the last bar began, or the last of every n bars", "bars"),
    "until_bar": _counted("until_bar", "frames until the next bar begins, or the next of every n bars", "bars"),
    "count": _labelled("count(label)", "how often the label has come so far", "l>f"),
    "phase": _labelled("phase(label)", "0..1 from one coming of the label (or the shot's start) to the next", "l>f"),
    "section": _labelled("section(label)", "1 from the label until any other label comes, else 0", "l>f"),
}

NUMEXPR_NAMES = {
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
    "minimum": "min",
    "maximum": "max",
    "fmod": "mod",
}
"""What Deforum's key strings call functions of ours; elsewhere they are only suggestions."""
