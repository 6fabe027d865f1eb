"""Turn a field of Parseq's keyframes into curves of ours, and prove them against the frames that it rendered.

Straight lines, steps, splines and easings become keys as an artist would write them; other formulas become
expressions over named curves. Only what comes to the rendered numbers is taken.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from ..errors import KeyframeError
from ..schedule.clock import Clock, Tempo
from ..schedule.scope import Scope, Source
from ..schedule.source import parse as read_yaml
from .disco_prompts import quoted
from .formula import PARSEQ, NoFormula, Part, names_in, parse, written
from .parseq_formula import Place, is_of_keyframe, say
from .parseq_words import CURVES, arguments, control_points
from .reading import finite
from .sheet import number

TOLERANCE = 1e-6  # of the largest value, or of 1
MOST_POINTS = 12  # that a polynomial is taken through
TIMED = frozenset({"t", "sec", "beat"})
Points = list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Track:
    """A field's curve under `let:`, with the curves it rests on before it; how far it is from what was rendered."""

    name: str
    lets: dict[str, str]
    differs: float


@dataclass(frozen=True, slots=True)
class Pulse:
    """The time that formulas speak of."""

    fps: float
    bpm: float
    cadence: float


def points_of(rows: list[dict[str, Any]], name: str, default: float) -> Points:
    """Return where a field has a value, with the first and the last keyframe of all, at which there always is one."""
    found = [(int(row["frame"]), float(row[name])) for row in rows if finite(_said(row, name))]
    first, last = int(rows[0]["frame"]), int(rows[-1]["frame"])
    if not found:
        return [(first, default), (last, default)]
    before = [(first, found[0][1])] if found[0][0] != first else []
    after = [(last, found[-1][1])] if found[-1][0] != last else []
    return [*before, *found, *after]


def _said(row: dict[str, Any], name: str) -> Any:
    said = row.get(name)
    if isinstance(said, str):
        try:
            said = row[name] = float(said)
        except ValueError:
            return None
    return said


def formulas_of(rows: list[dict[str, Any]], name: str) -> list[tuple[int, Part]]:
    """Return a field's formulas, each from the frame on at which it stands; straight lines before the first.

    Raises: NoFormula.
    """
    found = [(int(rows[0]["frame"]), "L")]
    found += [(int(row["frame"]), str(row[f"{name}_i"])) for row in rows if row.get(f"{name}_i")]
    if len(found) > 1 and found[1][0] == found[0][0]:
        found = found[1:]
    return [(frame, parse(text, PARSEQ)) for frame, text in found]


def track(name: str, rows: list[dict[str, Any]], rendered: list[float], default: float, pulse: Pulse) -> Track:
    """Return the curve that a field's keyframes describe, which comes to what was rendered of it.

    Raises: NoFormula with why there is none.
    """
    points, formulas = points_of(rows, name, default), formulas_of(rows, name)
    if points[0][0] != 0:
        raise NoFormula("the first keyframe is not frame 0")
    fault = NoFormula("nothing was tried")
    for has_units in (True, False):
        try:
            lets = _keys(name, points, formulas) or _expressions(name, points, formulas, pulse, has_units=has_units)
            found = _values(name, lets, len(rendered), pulse)
        except NoFormula as error:
            fault = error
            continue
        differs = float(np.max(np.abs(np.array(found) - np.array(rendered))))
        if differs <= TOLERANCE * max(1.0, *(abs(value) for value in rendered)):
            return Track(f"{name}_curve", lets, differs)
        raise NoFormula(f"it comes to values that differ by up to {differs:.3g} from those that were rendered")
    raise fault


def _keys(name: str, points: Points, formulas: list[tuple[int, Part]]) -> dict[str, str] | None:
    """Return keys with ways, where all that a field's formulas say are ways from one of its keyframes to the next."""
    frames = [frame for frame, _ in points]
    if any(frame not in frames for frame, _ in formulas):
        return None
    ways = []
    for frame in frames[:-1]:
        way = _way(max((each for each in formulas if each[0] <= frame), key=lambda each: each[0])[1])
        if way is None:
            return None
        ways.append(way)
    if "spline" in ways and set(ways) != {"spline"}:
        return None
    ended = _way(formulas[-1][1])
    if ended is None or (formulas[-1][0] == frames[-1] and len(formulas) > 1 and ended == "spline" and len(points) < 3):
        return None
    return {f"{name}_curve": _mapping([(frame, number(value)) for frame, value in points], ["", *ways])}


def _way(part: Part) -> str | None:
    if part.kind == "name" and part.word in ("L", "S", "C"):
        return {"L": "", "S": "hold", "C": "spline"}[part.word]
    if part.kind != "call" or part.word not in ("bez", "slide"):
        return None
    said = arguments(part)
    if said.keys() - {"x1", "y1", "x2", "y2", "curve"}:
        return None
    if part.word == "slide":
        return ""
    return f"cubic-bezier({' '.join(number(float(point)) for point in control_points(part))})"


def _mapping(found: list[tuple[int, str]], ways: list[str]) -> str:
    """Return keys as YAML, each with the way that leads to it."""
    shown = []
    for (frame, value), way in zip(found, ways, strict=True):
        text = f"{value} {way}".strip()
        shown.append(f"{frame}: {text if _is_bare(text) else quoted(text)}")
    return "{" + ", ".join(shown) + "}"


def _is_bare(text: str) -> bool:
    return not set(text) & set(",{}[]#&*!|>%@`'\":")


def _expressions(
    name: str, points: Points, formulas: list[tuple[int, Part]], pulse: Pulse, *, has_units: bool
) -> dict[str, str]:
    """Return a field's formulas as keys of expressions, after the curves that these speak of."""
    frames = [frame for frame, _ in points]
    starts = {frame for frame, _ in formulas}
    for (start, part), (end, _) in pairwise([*formulas, (frames[-1] + 1, formulas[-1][1])]):
        if is_of_keyframe(part):
            starts |= {frame for frame in frames if start <= frame < end}
    place = Place(name, 0, 0, 0.0, 0.0, frames[-1], pulse.fps, pulse.bpm, pulse.cadence, has_units=has_units)
    found: list[tuple[int, str]] = []
    ways = [""]
    for start in sorted(starts):
        part = max((each for each in formulas if each[0] <= start), key=lambda each: each[0])[1]
        here = max((each for each in points if each[0] <= start), default=points[0])
        then = next((each for each in points if each[0] > start), points[-1])
        now = replace(place, here=here[0], there=then[0], value=here[1], next_value=then[1])
        tree = say(part, now)
        found.append((start, written(tree)))
        moves = bool(names_in(tree) & TIMED) or any(word.startswith(f"{name}_") for word in names_in(tree))
        ways.append("" if moves else "hold")
    lets = {f"{name}_{letter}": _curve(letter, points) for letter in CURVES if letter in place.curves}
    lets |= place.ways
    lets[f"{name}_curve"] = quoted(found[0][1]) if len(found) == 1 else _mapping(found, ways[:-1])
    return lets


def _curve(letter: str, points: Points) -> str:
    """Return the line, steps, spline or polynomial through a field's values."""
    if letter != "P":
        way = {"L": "", "S": "hold", "C": "spline" if len(points) > 2 else ""}[letter]
        return _mapping([(frame, number(value)) for frame, value in points], ["", *[way] * (len(points) - 1)])
    if len(points) > MOST_POINTS:
        raise NoFormula(f"a polynomial through {len(points)} values, more than {MOST_POINTS}")
    shares = np.array([value for _, value in points])
    frames = np.array([float(frame) for frame, _ in points])
    for order in range(1, len(points)):  # Newton's divided differences
        shares[order:] = (shares[order:] - shares[order - 1 : -1]) / (frames[order:] - frames[:-order])
    text = number(float(shares[-1]))
    for frame, share in reversed(list(zip(frames[:-1], shares[:-1], strict=True))):
        text = f"{number(float(share))} + (t - {number(frame)})*({text})"
    return quoted(text)


def _values(name: str, lets: dict[str, str], frames: int, pulse: Pulse) -> list[float]:
    """Return what curves come to at each frame of a film of their own.

    Raises: NoFormula where our language does not take them.
    """
    scope = Scope(Clock(Tempo(pulse.fps, pulse.bpm, 4.0), frames, 0))
    try:
        scope.lets = {key: Source(read_yaml(value, key), unit=None) for key, value in lets.items()}
        found = scope.curve(f"{name}_curve").sample(scope, np.arange(float(frames))).tolist()
    except KeyframeError as fault:
        raise NoFormula(fault.complaints[0].what) from None
    if not all(math.isfinite(value) for value in found):
        raise NoFormula("it comes to no number")
    return found
