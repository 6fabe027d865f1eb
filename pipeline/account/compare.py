"""A stored frame beside what it should be now: every value of plan and engine that differs, and the line that says so.

What is written inside a frame's file is compared with what the keyframe file says; values go by the names that
`pipeline explain` gives them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..explain import Fact, explain, score_at
from ..identity import UNSAID
from ..render import identify
from ..schedule import Reading
from ..store import FrameRecord, FrameStore, State, engine_in
from ..types import Mark

ENGINE_NAMES = {
    "diffusion model": "models.diffusion",
    "clip models": "models.clip",
    "secondary model": "models.secondary",
    "flow model": "follow.flow",
    "dtype": "precision",
}
SECTIONS = {"conditioning": "frame", "footage": "follow"}
ABSENT = "(absent)"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that makes a frame another than the stored one.

    Convention: `name` as `pipeline explain` names it, or `engine.NAME`; `old` and `new` are what JSON can hold.
    """

    name: str
    old: Any
    new: Any
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A stored frame beside what it should be now; `changes` is empty where only a frame before it changed."""

    shot: str
    frame: int
    state: State
    changes: tuple[Change, ...]


def compare(reading: Reading, folder: Path, number: int) -> Comparison:
    """Compare the stored frame with what the film's frame `number` should be now, field by field.

    Raises: UsageError for a frame the film does not have; StoreError.
    """
    score, t = score_at(reading, number)
    found, name = identify(reading.film, folder), score.shot.name
    state, record = FrameStore(folder).glance(name, t, found.keys[name][t])
    changes = () if record is None or state is State.VALID else changes_of(reading, number, record, found.facts)
    return Comparison(name, t, state, changes)


def told(reading: Reading, number: int, change: Change) -> str:
    """Name a change as an artist would: `prompt of shot 2 at line 41`."""
    if change.name.startswith("engine."):
        return f"{change.name.removeprefix('engine.')}: {change.old} is now {change.new}"
    what = "prompt" if change.name.startswith("prompts.") else change.name
    if len(reading.scores) > 1 and what not in ("size.width", "size.height"):
        score, _ = score_at(reading, number)
        what += f" of shot {reading.scores.index(score) + 1}"
    if change.mark is None:
        return what
    if change.mark.file == reading.film.source:
        return f"{what} at line {change.mark.line}"
    return f"{what} by {change.mark.file}" + ("" if change.mark.file.startswith("--") else f":{change.mark.line}")


def changes_of(reading: Reading, number: int, record: FrameRecord, facts: Mapping[str, str]) -> tuple[Change, ...]:
    """Return every value of plan and engine in which a stored frame is another than the film's frame `number`."""
    score, t = score_at(reading, number)
    old, new = _plan_of(record), json.loads(score.shot.plans[t].canonical())
    before, after = dict(_leaves(old, "")), dict(_leaves(new, ""))
    places = {fact.name: fact for fact in explain(reading, number)}
    found = [
        Change(name, before.get(name, ABSENT), after.get(name, ABSENT), _mark(name, places))
        for name in sorted(before.keys() | after.keys())
        if before.get(name, ABSENT) != after.get(name, ABSENT)
    ]
    engine = engine_in(record)
    for name in sorted(engine.keys() | facts.keys()):
        if engine.get(name) != facts.get(name):
            mark = _mark(ENGINE_NAMES.get(name, name), places)
            old, new = (one.get(name, UNSAID.get(name, ABSENT)) for one in (engine, facts))
            found.append(Change(f"engine.{name}", old, new, mark))
    return tuple(found)


def _plan_of(record: FrameRecord) -> Any:
    try:
        return json.loads(record.facts.get("plan", "{}"))
    except (ValueError, RecursionError):
        return {}  # then everything differs, which is what there is to say


def _leaves(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield each value of a plan with its name, as `pipeline explain` says it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            own = str(key).removesuffix("_deg") if name else SECTIONS.get(key, str(key))
            yield from _leaves(inner, f"{name}.{own}" if name else own)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for index, inner in enumerate(value):
            yield from _leaves(inner, f"{name}.{index}")
    elif not (value is None and "." not in name) and not (value == "" and name.endswith(".image")):
        yield name, value


def _mark(name: str, places: Mapping[str, Fact]) -> Mark | None:
    """Return where a value is written; for what is gone, where its section's other values are."""
    if name in places:
        return places[name].mark
    section = name.split(".")[0] + "."
    if section == "prompts.":
        return next((fact.mark for other, fact in places.items() if other.startswith(section)), None)
    return None
