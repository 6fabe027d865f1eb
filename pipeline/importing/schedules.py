"""Deforum's schedules, `0: (1), 48: (1+0.02*sin(t))`: our key strings are theirs, so they are written as they are.

What is told from the text: whether it stands still, so that what moves nothing can be left out.
"""

from __future__ import annotations

import re

from .reading import finite
from .settings import Settings
from .sheet import number

NUMBER = re.compile(r"\s*[-+]?(?:\d+(?:\.\d*)?|\.\d+)\s*", re.ASCII)
ONE = re.compile(r"\s*\(?[\"']?0[\"']?\)?\s*:\s*\(?([^:,()]*)\)?\s*,?\s*", re.ASCII)


def schedule(old: Settings, key: str, default: str | float) -> str:
    """Return a schedule's text on one line, with straight quotes; a number is itself."""
    said = old.raw(key, default)
    if finite(said):
        return number(said)
    if not isinstance(said, str) or not said.strip():
        old.complaints.add(old.document.mark(key), f"{key} must be a schedule", "write keys such as 0: (1)")
        return number(default) if isinstance(default, int | float) else default
    return " ".join(said.replace("\\\n", " ").replace("\u201c", '"').replace("\u201d", '"').split())


def standing(text: str) -> float | None:
    """Return the number that a schedule is from its first frame to its last, or None where it moves."""
    found = ONE.fullmatch(text)
    bare = found[1] if found else text
    return float(bare) if NUMBER.fullmatch(bare) else None


def quoted(text: str) -> str:
    """Return a schedule as YAML: a number bare, keys in quotes of the kind that is not in them."""
    value = standing(text)
    if value is not None:
        return number(value)
    return "'" + text.replace("'", "''") + "'"
