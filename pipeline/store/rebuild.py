"""Frozen nouns back from the JSON that is written in a frame: a plan as it was, without its keyframe file.

What is read may come from anywhere, so every value has the type the noun says, and a plan must say again, letter for
letter, what it was built from.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from ..errors import StoreError
from ..types import FramePlan
from .frame_file import FrameRecord, StoredFrame

_hints_of = cache(get_type_hints)


def plan_in(record: FrameRecord | StoredFrame) -> FramePlan:
    """Return the plan that is written inside a frame.

    Raises: StoreError where there is none, or it is no plan of this version of the program.
    """
    text = record.facts.get("plan", "")
    try:
        plan: FramePlan = rebuild(FramePlan, json.loads(text))
        if plan.canonical() == text:
            return plan
    except (ValueError, TypeError, RecursionError) as fault:
        raise StoreError(f"the frame's plan cannot be read ({fault}); it is of another version") from fault
    raise StoreError("the frame's plan says more or other than this version knows; it is of another version")


def rebuild(kind: Any, value: Any) -> Any:
    """Return a value of the type `kind` that was written as JSON.

    Raises: ValueError or TypeError for what is none.
    """
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints_of(kind)
        known = {one.name: bool(one.metadata.get("is_later")) for one in fields(kind)}
        must = {name for name, is_later in known.items() if not is_later}
        if not isinstance(value, dict) or not must <= value.keys() <= known.keys():
            raise ValueError(f"no {kind.__name__}")
        return kind(**{name: rebuild(hints[name], inner) for name, inner in value.items()})
    if get_origin(kind) in (Union, UnionType):
        return _one_of(get_args(kind), value)
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise ValueError("no list")
        inside = get_args(kind)
        if inside[-1] is Ellipsis:
            inside = inside[:1] * len(value)
        if len(value) != len(inside):
            raise ValueError(f"no {len(inside)} values")
        return tuple(rebuild(own, inner) for own, inner in zip(inside, value, strict=True))
    if kind is float and type(value) in (int, float):
        return value  # kept as it was written, since 1 and 1.0 are written differently
    if type(value) is not kind and not (kind is NoneType and value is None):
        raise ValueError(f"no {getattr(kind, '__name__', kind)} ({value!r:.40})")
    return value


def _one_of(kinds: tuple[Any, ...], value: Any) -> Any:
    for kind in kinds:
        try:
            return rebuild(kind, value)
        except ValueError:
            continue
    raise ValueError(f"none of {len(kinds)} kinds")
