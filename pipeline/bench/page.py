"""The page over all results that are kept: what was aimed at, what was found, where, when, and by which command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from .machine import told

COLUMNS = ("benchmark", "what", "aim", "found", "machine", "date", "commit", "command")
HEAD = """\
# What was measured

This page, the pictures and the numbers in `results/` are written by

    python -m pipeline.bench NAME --save

which measures and keeps the result of each machine; `python -m pipeline.bench report` writes the page and the pictures
anew from the numbers that are kept. Nothing here is written by hand, so a number that is wrong is measured again.
"""
NOTHING = "\nNothing is kept yet.\n"
PLUS = "\nA plus behind a commit: the code had been changed since.\n"


def page(kept: Mapping[str, Sequence[Mapping[str, Any]]], modules: Mapping[str, ModuleType]) -> str:
    """Return the page: a row for each number that is claimed, the pictures, and what has not been measured."""
    rows = [row for name, results in kept.items() for one in results for row in _rows(name, one, modules[name])]
    parts = [HEAD]
    if rows:
        head = [_row(COLUMNS), "|" + " --- |" * len(COLUMNS)]
        parts.append("\n" + "\n".join([*head, *map(_row, rows)]) + "\n")
        parts += [PLUS] if any(one["commit"].endswith("+") for results in kept.values() for one in results) else []
    else:
        parts.append(NOTHING)
    for name in kept:
        parts.append(f"\n## {name}\n\n{_sentence(modules[name])}\n\n![{name}](results/{name}.png)\n")
        parts += [f"\n{said}\n" for one in kept[name] for said in bounds_of(one, modules[name])]
    missing = [f"- `{name}`: {_sentence(module)}\n" for name, module in modules.items() if name not in kept]
    if missing:
        parts.append("\n## Not kept yet\n\n" + "".join(missing))
    return "".join(parts)


def bounds_of(one: Mapping[str, Any], module: ModuleType) -> list[str]:
    """Return what keeps a benchmark from being better on one machine, where it says so."""
    return [f"{told(one['machine'])}: {module.bound(one)}"] if hasattr(module, "bound") else []


def _rows(name: str, one: Mapping[str, Any], module: ModuleType) -> list[list[str]]:
    """Return a row for each claim; what they have in common stands in the first."""
    where = [told(one["machine"]), one["date"], one["commit"], f"`python -m pipeline.bench {one['command']}`"]
    rows: list[list[str]] = []
    for claim in module.claims(one):
        said = f"**{claim.found}**" if claim.missed_by else claim.found
        title, facts = ("", [""] * len(where)) if rows else (f"[{name}](#{name})", where)
        rows.append([title, claim.what, claim.aimed, said, *facts])
    return rows


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _sentence(module: ModuleType) -> str:
    """Return what a benchmark measures, from the first line of its module."""
    first = (module.__doc__ or "").splitlines()[0]
    said = first.split("`: ", 1)[-1]
    return said[:1].upper() + said[1:]
