"""What Parseq calls things: the arguments of its functions, its easings by control points, its names and constants.

Source: Parseq's language as its rendered frames show it.
"""

from __future__ import annotations

from collections.abc import Callable

from .formula import NoFormula, Part, call, number, sign

CURVES = ("L", "S", "C", "P")
OF_KEYFRAME = frozenset(
    ("k", "active_keyframe", "prev_keyframe", "next_keyframe", "active_keyframe_value", "prev_keyframe_value")
) | {"next_keyframe_value", "bez", "slide"}
OSCILLATORS = ("sin", "tri", "saw", "sq", "pulse")
ARGUMENTS: dict[str, tuple[tuple[str, ...], ...]] = {
    **dict.fromkeys(
        OSCILLATORS,
        (("period", "p"), ("phase", "ps"), ("amp", "a"), ("centre", "c"), ("limit", "li"), ("pulse", "pw")),
    ),
    "slide": (("from", "start", "s"), ("to", "end", "t"), ("span", "in"), ("offset", "os")),
    "bez": (
        *(("x1",), ("y1",), ("x2",), ("y2",), ("from", "start", "s"), ("to", "end", "t"), ("span", "in")),
        *(("offset", "os"), ("curve", "c"), ("delta", "d")),
    ),
    **dict.fromkeys(("min", "max"), (("a",), ("b",))),
    "abs": (("v",),),
    **dict.fromkeys(("round", "floor", "ceil"), (("v",), ("p",))),
    **dict.fromkeys(("f2b", "f2s", "b2f", "s2f"), (("v",),)),
}
BEZIER = (0.5, 0.0, 0.5, 1.0)
EASES = {
    "ease": (0.25, 0.1, 0.25, 1),
    "linear": (0, 0, 1, 1),
    "step-start": (0, 0, 0, 1),
    "step-end": (1, 0, 1, 1),
    "ease-in": (0.42, 0, 1, 1),
    "ease-out": (0, 0, 0.58, 1),
    "ease-in-out": (0.42, 0, 0.58, 1),
}
FAMILIES = {  # control points of each family's easeIn, easeOut and easeInOut
    "Sine": ((0.12, 0, 0.39, 0), (0.61, 1, 0.88, 1), (0.37, 0, 0.63, 1)),
    "Quad": ((0.11, 0, 0.5, 0), (0.5, 1, 0.89, 1), (0.45, 0, 0.55, 1)),
    "Cubic": ((0.32, 0, 0.67, 0), (0.33, 1, 0.68, 1), (0.65, 0, 0.35, 1)),
    "Quart": ((0.5, 0, 0.75, 0), (0.25, 1, 0.5, 1), (0.76, 0, 0.24, 1)),
    "Quint": ((0.64, 0, 0.78, 0), (0.22, 1, 0.36, 1), (0.83, 0, 0.17, 1)),
    "Expo": ((0.7, 0, 0.84, 0), (0.16, 1, 0.3, 1), (0.87, 0, 0.13, 1)),
    "Circ": ((0.55, 0, 1, 0.45), (0, 0.55, 0.45, 1), (0.85, 0, 0.15, 1)),
    "Back": ((0.36, 0, 0.66, -0.56), (0.34, 1.56, 0.64, 1), (0.68, -0.6, 0.32, 1.6)),
}
CAMEL = {"stepStart": "step-start", "stepEnd": "step-end", "easeIn": "ease-in", "easeOut": "ease-out"}
CAMEL |= {"easeInOut": "ease-in-out"}
ZERO, ONE, TWO = number("0"), number("1"), number("2")
T, PI, FPS, BPM = (Part("name", name) for name in ("t", "pi", "fps", "bpm"))
PER_MINUTE = sign("*", number("60"), FPS)
NAMES: dict[str, Part] = {
    "f": T,
    "b": Part("name", "beat"),
    "s": Part("name", "sec"),
    "fps": FPS,
    "bpm": BPM,
    "PI": PI,
    "E": Part("name", "e"),
    "true": ONE,
    "false": ZERO,
    "wb": call("floor", Part("name", "beat")),
    "SQRT2": call("sqrt", TWO),
    "SQRT1_2": call("sqrt", number("0.5")),
    "LN2": call("log", TWO),
    "LN10": call("log", number("10")),
    "LOG2E": sign("/", ONE, call("log", TWO)),
    "LOG10E": sign("/", ONE, call("log", number("10"))),
}
CONVERTED: dict[str, Callable[[Part], Part]] = {
    "f2b": lambda v: sign("/", sign("*", v, BPM), PER_MINUTE),
    "b2f": lambda v: sign("/", sign("*", v, PER_MINUTE), BPM),
    "f2s": lambda v: sign("/", v, FPS),
    "s2f": lambda v: sign("*", v, FPS),
}


def control_points(part: Part) -> tuple[float, ...]:
    """Return the control points of a `bez(...)`.

    Raises: NoFormula where they are no plain numbers.
    """
    args = arguments(part)
    curve = args.get("curve")
    if curve is None:
        return tuple(
            value if (said := args.get(key)) is None else plain(said)
            for key, value in zip(("x1", "y1", "x2", "y2"), BEZIER, strict=True)
        )
    word = CAMEL.get(curve.word, curve.word)
    if curve.kind == "text" and word in EASES:
        return EASES[word]
    for kind, start in enumerate(("easeIn", "easeOut", "easeInOut")):
        for index, (family, points) in enumerate(FAMILIES.items(), start=1):
            if curve.kind == "text" and word in (start + family, f"{start}{index}" if index < 7 else ""):
                return points[kind]
    raise NoFormula(f"there is no curve '{curve.word[:30]}'")


def arguments(part: Part) -> dict[str, Part]:
    """Return the values of a call by the first name of each."""
    known = ARGUMENTS.get(part.word)
    if known is None:
        raise NoFormula(f"{part.word[:30]}() has no counterpart here")
    if part.names:
        found = {}
        for name, arg in zip(part.names, part.args, strict=True):
            first = next((names[0] for names in known if name in names), None)
            if first is None:
                raise NoFormula(f"{part.word} takes no '{name[:30]}'")
            found[first] = arg
        return found
    if len(part.args) > len(known):
        raise NoFormula(f"{part.word} takes {len(known)} values")
    return {names[0]: arg for names, arg in zip(known, part.args, strict=False)}


def plain(part: Part) -> float:
    """Return a number that stands still.

    Raises: NoFormula.
    """
    if part.kind == "sign" and part.word == "negate":
        return -plain(part.args[0])
    if part.kind != "number" or part.word[-1] in "fsb":
        raise NoFormula("a value that moves stands where only a number can here")
    return float(part.word)
