"""Say a formula of Parseq's in our language, as it acts from one of its keyframes on.

A formula there speaks of the keyframe that it acts from and of the next one; here these are numbers, so one formula
may become several keys. What was drawn by chance, looked up in a recording or computed from its own last value has no
counterpart, and is refused by name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .formula import COMPARISONS, NoFormula, Part, call, number, sign
from .parseq_words import (
    CONVERTED,
    CURVES,
    NAMES,
    OF_KEYFRAME,
    ONE,
    OSCILLATORS,
    PI,
    TWO,
    ZERO,
    T,
    arguments,
    control_points,
    plain,
)
from .python_formula import MADE, OTHER, SAME
from .sheet import number as digits


@dataclass(slots=True)
class Place:
    """Where a formula acts: the field, the keyframes on either side with their values, and the film's time.

    Convention: `curves` gathers which of L, S, C and P formulas name, `ways` the easings they need, by name.
    """

    name: str
    here: int
    there: int
    value: float
    next_value: float
    last: int
    fps: float
    bpm: float
    cadence: float = 1
    has_units: bool = True
    curves: set[str] = field(default_factory=set)
    ways: dict[str, str] = field(default_factory=dict)


def is_of_keyframe(part: Part) -> bool:
    """Say whether a formula's value depends on the keyframe that it acts from."""
    own = part.kind in ("name", "call") and part.word in OF_KEYFRAME
    limited = part.kind == "call" and part.word in OSCILLATORS and (len(part.args) > 4 or "li" in part.names)
    return own or limited or "limit" in part.names or any(is_of_keyframe(arg) for arg in part.args)


def say(part: Part, place: Place) -> Part:
    """Return a tree of Parseq's in our words.

    Raises: NoFormula with what cannot be said here.
    """
    if part.kind == "number":
        return _number(part.word, place)
    if part.kind == "name":
        return _name(part.word, place)
    if part.kind == "call":
        return _call(part, place)
    if part.kind != "sign":
        raise NoFormula("a text is no number")
    args = tuple(say(arg, place) for arg in part.args)
    if part.word == "^":
        return sign("**", *args)
    if part.word == "%":
        return _rest(*args)
    if part.word in ("and", "or"):
        return sign(part.word, *(_truth(arg) for arg in args))
    return sign("where", _truth(args[0]), *args[1:]) if part.word == "where" else Part("sign", part.word, args)


def _frames(part: Part, place: Place) -> float:
    if part.kind == "number" and part.word[-1] in "fsb":
        return float(part.word[:-1]) * {"f": 1, "s": place.fps, "b": place.fps * 60 / place.bpm}[part.word[-1]]
    return plain(part)


def _number(word: str, place: Place) -> Part:
    if word[-1] not in "fsb" or place.has_units:
        return Part("number", word)
    return number(digits(_frames(Part("number", word), place)))


def _name(word: str, place: Place) -> Part:
    if word in CURVES:
        place.curves.add(word)
        return Part("name", f"{place.name}_{word}")
    if word == "k":
        return T if place.here == 0 else sign("-", T, number(str(place.here)))
    word = word.replace("prev_keyframe", "active_keyframe")
    own = {
        "active_keyframe": place.here,
        "next_keyframe": place.there,
        "active_keyframe_value": place.value,
        "next_keyframe_value": place.next_value,
        "last_frame": place.last,
        "final_frame": place.last,
        "cadence": place.cadence,
    }
    if word in own:
        return number(digits(float(own[word])))
    if word not in NAMES:
        raise NoFormula(f"'{word[:30]}' has no counterpart here")
    return NAMES[word]


def _truth(part: Part) -> Part:
    """Return a condition; there only what is above 0 was true."""
    is_condition = part.kind == "sign" and part.word in (*COMPARISONS, "and", "or", "not")
    return part if is_condition else sign(">", part, ZERO)


def _rest(left: Part, right: Part) -> Part:
    """Return what is left of a division, with the sign of what is divided, as in JavaScript."""
    if _is_positive(left):
        return sign("%", left, right)
    return sign("-", left, sign("*", right, call("trunc", sign("/", left, right))))


def _is_positive(part: Part) -> bool:
    if part.kind == "name":
        return part.word in ("t", "sec", "beat", "fps", "bpm", "pi", "e")
    if part.kind == "call":
        return part.word == "abs" or (part.word in ("floor", "ceil", "round") and _is_positive(part.args[0]))
    adds = part.kind == "sign" and part.word in ("+", "*", "/", "%", "**")
    return part.kind == "number" or (adds and all(_is_positive(arg) for arg in part.args))


def _call(part: Part, place: Place) -> Part:
    word = part.word
    if word.startswith("_"):
        args = tuple(say(arg, place) for arg in part.args)
        word = OTHER.get(word[1:], word[1:])
        if SAME.get(word) == len(args) or (word == "sign" and len(args) == 1):
            return call(word, *args)
        if (word, len(args)) in MADE:
            return MADE[word, len(args)](*args)
        raise NoFormula(f"{part.word[:30]}() has no counterpart here")
    said = arguments(part)
    if word == "bez":
        return _bezier(part, said, place)
    args_by_name = {key: say(arg, place) for key, arg in said.items()}
    if word in OSCILLATORS:
        return _swing(word, args_by_name, place)
    if word == "slide":
        return _slide(said, args_by_name, place)
    if word in CONVERTED:
        return CONVERTED[word](args_by_name["v"])
    if word in ("round", "floor", "ceil") and "p" in said:
        factor = number(digits(10.0 ** round(plain(said["p"]))))
        return sign("/", call(word, sign("*", args_by_name["v"], factor)), factor)
    return call(word, *args_by_name.values())


def _swing(word: str, args: dict[str, Part], place: Place) -> Part:
    """Return an oscillator: about its centre, as high as its amplitude."""
    if "period" not in args:
        raise NoFormula(f"{word} has no period")
    period, x = args["period"], sign("+", T, args["phase"]) if "phase" in args else T
    if word == "sin":
        found = call("sin", x, period)
    elif word == "tri":
        found = sign("/", sign("*", TWO, call("asin", call("sin", x, period))), PI)
    elif word == "saw":
        found = sign("/", _rest(x, period), period)
    elif word == "sq":  # in its order of operations, since the sign of a rounding error decides where it is 0
        turn = call("sin", sign("/", sign("*", sign("*", x, PI), TWO), period))
        found = sign("where", sign(">=", turn, ZERO), ONE, number("-1"))
    else:
        found = sign("where", sign("<", _rest(x, period), args.get("pulse", number("5"))), ONE, ZERO)
    if args.get("amp", ONE) != ONE:
        found = sign("*", args["amp"], found)
    if args.get("centre", ZERO) != ZERO:
        found = sign("+", args["centre"], found)
    if args.get("limit", ZERO) != ZERO:
        since = _name("k", place)
        over = sign("and", sign(">", args["limit"], ZERO), sign(">", since, sign("*", args["limit"], period)))
        found = sign("where", over, ZERO, found)
    return found


def _ends(said: dict[str, Part], place: Place) -> tuple[Part, Part, float]:
    """Return where a transition begins and ends, and how many frames it takes."""
    if "offset" in said:
        raise NoFormula("a transition with an offset has no counterpart here")
    start = say(said["from"], place) if "from" in said else number(digits(place.value))
    end = say(said["to"], place) if "to" in said else number(digits(place.next_value))
    if "delta" in said and said["delta"] != ZERO:
        end = sign("+", start, say(said["delta"], place))
    span = _frames(said["span"], place) if "span" in said else float(place.there - place.here)
    return start, end, span


def _slide(said: dict[str, Part], args: dict[str, Part], place: Place) -> Part:
    start, end, span = _ends(said, place)
    if span <= 0:
        return start
    gone = sign("/", _name("k", place), number(digits(span)))
    return call("lerp", start, end, call("clip", gone, ZERO, ONE))


def _bezier(part: Part, said: dict[str, Part], place: Place) -> Part:
    start, end, span = _ends(said, place)
    if span <= 0:
        return start
    if span != int(span):
        raise NoFormula("an easing over a part of a frame has no counterpart here")
    points = " ".join(digits(point) for point in control_points(part))
    way = f"{{{place.here}: 0, {place.here + int(span)}: 1 cubic-bezier({points})}}"
    name = next((name for name, text in place.ways.items() if text == way), None)
    if name is None:
        name = f"{place.name}_way_{len(place.ways) + 1}"
        place.ways[name] = way
    return call("lerp", start, end, Part("name", name))
