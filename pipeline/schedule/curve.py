"""Read what stands under a numeric key: a number, an expression, keys, or a key string, into keys in order of time.

Keys are `{0: 1.0, 2s: 1.04 ease-in-out}`, a key string is `"0: (1.0), 48: (1.04)"` with Deforum's rules; what the value
is between them, `keys.py` knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from . import key_string, step_list
from .fields import describe, scalar
from .keys import Curve, Key
from .language import easing, expression
from .language.easing import LINEAR, Ease
from .language.functions import FUNCTIONS
from .language.tree import Expression, Unit
from .language.vocabulary import NAMES
from .source import Complaints, Mapping, Node, Scalar, Sequence, refuse, shorten
from .step_list import StepList

if TYPE_CHECKING:
    from .scope import Scope

WAY_AT_END = re.compile(
    r"(?P<value>.*[\w.)\]])\s+(?P<word>[A-Za-z]+(?:-[A-Za-z]+)*)(?:\((?P<values>[^()]*)\))?", re.ASCII | re.DOTALL
)
NOT_WAYS = frozenset({"and", "or", "not", *NAMES, *FUNCTIONS})
DEFORUM_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d+)?|\.\d+)", re.ASCII)
WANTED = {Unit.NUMBER: "a plain number", Unit.ANGLE: "degrees"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a value must be, and where it is used; `what` names it in messages."""

    what: str
    scope: Scope
    unit: Unit | None
    in_sampler: bool
    is_old: bool = False


def parse(node: Node, what: str, scope: Scope, *, unit: Unit | None = Unit.NUMBER, in_sampler: bool = False) -> Curve:
    """Read a numeric value in any of its forms; `what` names it in messages.

    Raises: KeyframeError with all complaints about it.
    """
    wanted = Wanted(what, scope, unit, in_sampler)
    if isinstance(node, Sequence):
        do = "write a number, an expression in quotes or keys such as {0: 1.0, 2s: 1.04}"
        if in_sampler:
            do += '; a list over the denoising needs quotes too: "[12]*400+[4]*600"'
        refuse(node.mark, f"{what} cannot be a list", do)
    if isinstance(node, Mapping):
        return _from_mapping(node, wanted)
    text = scalar(node, what)
    if re.fullmatch(r"\d+:\d+(\.\d+)?", text.text, re.ASCII):
        do = "write a number, or a key as '1: (30)'"
        refuse(text.mark, f"{what} wants a number, not a time ({describe(text)})", do)
    if key_string.is_one(text):
        return _from_key_string(text, wanted)
    value = _value(text, wanted)
    return Curve((Key(0, value, LINEAR, text),), text, _unit(value))


def constant(value: float, place: Scalar) -> Curve:
    """Return a curve that is one number."""
    return Curve((Key(0, Expression(expression.Number(value, 0), place, frozenset()), LINEAR, place),), place)


def _from_mapping(node: Mapping, wanted: Wanted) -> Curve:
    complaints = Complaints()
    keys = []
    for time, value in node.items:
        one = replace(wanted, what=f"{wanted.what} at {shorten(time.text)}")
        keys.append(complaints.attempt(_keys_at, time, value, one))
    found = sorted((key for some in keys for key in some or ()), key=lambda key: (key.frame, key.text.mark))
    n_found, found = len(found), _without_opening(found, wanted.scope)
    for before, key in pairwise(found):
        if before.frame == key.frame:
            mark = before.text.mark
            first = f"first at {mark.line}:{mark.column}, '{shorten(before.text.text)}'"
            complaints.add(key.text.mark, f"a second key at frame {key.frame} ({first})", "keep one of them")
    beyond = next((key for key in found if key.frame > wanted.scope.clock.frames), None)
    if beyond is not None:
        what = f"{wanted.what} has a key at frame {beyond.frame}, the shot ends at {wanted.scope.clock.frames - 1}"
        wanted.scope.notices.add("key-beyond-end", beyond.text.mark, what, "lengthen the shot or move the key")
    n_read = sum(1 if some is None else len(some) for some in keys)
    is_led_to = [] in keys or len(found) < n_found  # by what lies in another shot, or what gave way
    if found and found[0].has_ease and n_read and is_led_to:
        found[0] = replace(found[0], ease=LINEAR, has_ease=False)
    return _joined(found, n_read, Scalar("", node.mark, [node.mark.column]), wanted, complaints)


def _without_opening(keys: list[Key], scope: Scope) -> list[Key]:
    """Leave out the key that opens a shot by its number where a label, or a place in the song, opens it too.

    Many shots share such keys: 0 says how each begins unless what comes by name says it.
    """
    opening = [key for key in keys if key.frame == 0]
    named = [key for key in opening if not scope.is_by_number(key.text)]
    return named + keys[len(opening) :] if named and len(opening) == len(named) + 1 else keys


def _keys_at(time: Scalar, value: Node, wanted: Wanted) -> list[Key]:
    """Read a time and its value; a label that comes several times gives a key each time."""
    complaints = Complaints()
    frames = complaints.attempt(wanted.scope.moments, time.part(0, len(time.text)))
    if frames and frames[0] < 0:
        what = f"a key cannot stand at frame {frames[0]} ({describe(time)})"
        complaints.add(time.mark, what, "choose a frame from 0 on")
    is_torn = frames is None and isinstance(value, Scalar) and not value.text
    found = None if is_torn else complaints.attempt(_eased, value, wanted)
    complaints.settle()
    assert frames is not None and found is not None
    return [Key(frame, found[0], found[1] or LINEAR, time, found[1] is not None) for frame in frames]


def _from_key_string(text: Scalar, wanted: Wanted) -> Curve:
    """Read keys as Deforum means them: the last of two at a frame counts, and those outside the shot do not."""
    complaints = Complaints()
    old = replace(wanted, what="a key", is_old=True)
    keys: dict[int, Key | None] = {}
    n_read = 0
    for time, value in key_string.pieces(text, wanted.scope.notices, complaints):
        n_read += 1
        frame = complaints.attempt(wanted.scope.moment, time)
        found = complaints.attempt(_eased, value, old)
        if frame is None or found is None:
            continue
        if not 0 <= frame < wanted.scope.clock.frames:
            n_read -= 1
            what = f"{wanted.what} has a key at frame {frame}, outside the shot's 0 to {wanted.scope.clock.frames - 1}"
            wanted.scope.notices.add("key-out-of-range", time.mark, what, "it is left out; move it into the shot")
            continue
        if frame in keys:
            n_read -= 1
            what = f"{wanted.what} has two keys at frame {frame}"
            wanted.scope.notices.add("duplicate-key", time.mark, what, "this one counts; remove the other")
        keys[frame] = Key(
            frame, found[0], found[1] or LINEAR, time, found[1] is not None, not _is_number(found[0].text)
        )
    if not n_read and not complaints.found:
        complaints.add(text.mark, f"{wanted.what} has no key inside the shot", "give it one, such as 0: (1.0)")
    ordered = [key for _, key in sorted(keys.items()) if key]
    for index, (before, key) in enumerate(pairwise(ordered)):
        if key.has_ease:  # ours, not Deforum's: whoever writes a way wants to go it
            ordered[index] = replace(before, holds=False)
    return _joined(ordered, n_read, text, wanted, complaints)


def _is_number(value: Scalar) -> bool:
    """Say whether Deforum takes a value for a number, and goes from it to the next key, or for an expression.

    Source: its brackets and quotes are taken away, and what is left has digits, a sign and a point with digits after.
    """
    return bool(value.text.startswith("[") or DEFORUM_NUMBER.fullmatch(re.sub(r"[()'\"\s]", "", value.text)))


def _eased(node: Node, wanted: Wanted) -> tuple[Expression | StepList, Ease | None]:
    value = scalar(node, wanted.what)
    match = WAY_AT_END.fullmatch(value.text)
    if not match or match["word"] in NOT_WAYS or match["value"].split()[-1] in ("and", "or", "not"):
        return _value(value, wanted), None
    numbers = None if match["values"] is None else value.part(*match.span("values"))
    ease = easing.parse(value.part(*match.span("word")), numbers)
    return _value(value.part(0, match.end("value")), wanted), ease


def _value(text: Scalar, wanted: Wanted) -> Expression | StepList:
    if wanted.in_sampler and text.text.startswith("["):
        return step_list.parse(text)
    found = expression.parse(text, wanted.scope.vocabulary(in_sampler=wanted.in_sampler, is_old=wanted.is_old))
    if wanted.unit is not None and found.unit in (Unit.TIME, Unit.ANGLE) and found.unit is not wanted.unit:
        do = "leave the unit out" if found.constant is not None else "divide it by another of its kind"
        what = f"{wanted.what} wants {WANTED[wanted.unit]}, not {found.unit.value} ({describe(text)})"
        refuse(text.mark, what, do)
    return found


def _unit(value: Expression | StepList) -> Unit:
    return value.unit if isinstance(value, Expression) else Unit.NUMBER


def _joined(found: list[Key], n_read: int, text: Scalar, wanted: Wanted, complaints: Complaints) -> Curve:
    if not n_read and not complaints.found:
        refuse(text.mark, f"{wanted.what} has no keys", "write at least one, such as {0: 1.0}")
    for before, key in pairwise(found):
        if key.has_ease and before.runs and before.frame != key.frame:
            do = f"leave '{key.ease.name}' out: a moving expression runs up to the next key"
            complaints.add(key.text.mark, f"there is no way to ease to frame {key.frame}", do)
    if found and found[0].has_ease and len(found) == n_read:
        do = f"leave '{found[0].ease.name}' out"
        complaints.add(found[0].text.mark, "the first key has no way that leads to it", do)
    units = {_unit(key.value) for key in found} & {Unit.TIME, Unit.ANGLE}
    if len(units) > 1:
        complaints.add(text.mark, f"{wanted.what} is a time in one key and an angle in another", "use one unit")
    complaints.settle()
    return Curve(tuple(found), text, next(iter(units), Unit.FREE))
