"""Read what is set in a saved notebook, or in a cell copied out of one, into plain values; nothing in it is run.

Disco Diffusion and Deforum were notebooks: an artist's settings are the fields of forms, `steps = 250 #@param`, and
prompts by frame, which stand over many lines. Everything else in a notebook is the program.
"""

from __future__ import annotations

import ast
import json
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

from ..schedule.source import shorten

PROMPTS: Final = ("text_prompts", "image_prompts", "animation_prompts", "prompts", "negative_prompts")
ASSIGNED: Final = re.compile(r"[ \t]*([A-Za-z_]\w*)[ \t]*=(?!=)", re.ASCII)
FIELD: Final = re.compile(r"#[ \t]*@param")
CELL: Final = re.compile(rf"^[ \t]*(?:{'|'.join(PROMPTS)})[ \t]*=[ \t]*[\[{{]", re.MULTILINE)
RENAMED: Final = {"set_seed": "seed"}  # what a form called otherwise than the settings that it was stored in
DEEPEST: Final = 50
MOST: Final = 4_000_000  # characters of values in all, which takes seconds
SHOWN: Final = 8  # names in a note


@dataclass(frozen=True, slots=True)
class Forms:
    """What is set in a notebook: its values by name, where each stands in the text of the file, and what to tell."""

    values: dict[str, Any]
    places: dict[str, int]
    notes: tuple[str, ...]


def is_notebook(values: Any) -> bool:
    """Say whether what a file of JSON holds is a notebook."""
    return isinstance(values, dict) and isinstance(values.get("cells"), list) and "nbformat" in values


def is_cell(text: str) -> bool:
    """Say whether a text is a cell of a notebook with prompts in it."""
    return CELL.search(text) is not None


def read_notebook(values: dict[str, Any], text: str, known: frozenset[str]) -> Forms:
    """Return what the forms of a notebook set, of the names that are `known`; `text` is its file's."""
    reader = _Reader(known)
    searched = 0
    for cell in values["cells"]:
        lines = _lines(cell)
        for number, name in _assigned(lines):
            if name in PROMPTS or FIELD.search(lines[number]):
                written = text.find(json.dumps(lines[number], ensure_ascii=False)[1:-1], searched)
                searched = max(searched, written)
                reader.take(name, lines, number, place=max(written, 0))
    return reader.forms()


def read_cell(text: str, known: frozenset[str]) -> Forms:
    """Return what a cell sets, of the names that are `known`."""
    reader = _Reader(known)
    lines = text.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    for number, name in _assigned(lines):
        reader.take(name, lines, number, place=starts[number])
    return reader.forms()


def _lines(cell: Any) -> list[str]:
    if not isinstance(cell, dict) or cell.get("cell_type") != "code":
        return []
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return source.split("\n") if isinstance(source, str) else []


def _assigned(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield the number of each line that gives a name a value, and the name."""
    for number, line in enumerate(lines):
        named = ASSIGNED.match(line)
        if named:
            yield number, RENAMED.get(named[1], named[1])


class _Reader:
    """What has been read of a notebook, and how much more may be: `left` characters."""

    def __init__(self, known: frozenset[str]) -> None:
        self.known, self.left = known, MOST
        self.values: dict[str, Any] = {}
        self.places: dict[str, int] = {}
        self.unread: set[str] = set()
        self.others: set[str] = set()

    def take(self, name: str, lines: list[str], number: int, *, place: int) -> None:
        """Read the value that a line, and those that it goes on in, give a name; the last one counts."""
        if name not in self.known:
            self.others.add(name)
            return
        try:
            self.values[name], self.places[name] = plain(_literal(self._statement(lines, number))), place
        except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
            self.unread.add(name)

    def _statement(self, lines: list[str], number: int) -> str:
        """Return the statement that begins in a line and ends where all of its brackets are closed.

        Raises: SyntaxError, ValueError.
        """
        taken: list[str] = []

        def readline() -> str:
            at = number + len(taken)
            line = f"{lines[at]}\n" if at < len(lines) else ""
            self.left -= len(line)
            if self.left < 0:
                raise ValueError("there is too much of it")
            taken.append(line if taken else line.lstrip())
            return taken[-1]

        depth = 0
        try:
            for token in tokenize.generate_tokens(readline):
                if token.type == tokenize.OP:
                    depth += (token.string in "([{") - (token.string in ")]}")
                if token.type == tokenize.NEWLINE:
                    break
                if depth > DEEPEST:
                    raise ValueError("it is nested too deep")
        except tokenize.TokenError as fault:
            raise SyntaxError(str(fault)) from None
        return "".join(taken)

    def forms(self) -> Forms:
        """Return all that was read; Deforum's prompts by frame take the place of those of its stills."""
        if isinstance(self.values.get("animation_prompts"), dict) and isinstance(self.values.get("prompts"), list):
            del self.values["prompts"], self.places["prompts"]
        notes = []
        lost = sorted(self.unread - self.values.keys())
        if lost:
            notes.append(f"not read, since they are no plain values: {_listed(lost)}")
        if self.others:
            notes.append(f"passed over, since they are the notebook's own: {_listed(sorted(self.others))}")
        return Forms(self.values, self.places, tuple(notes))


def _literal(statement: str) -> Any:
    """Return the value that an assignment gives.

    Raises: SyntaxError, ValueError and others of Python's own for what is no literal.
    """
    (assignment,) = ast.parse(statement).body
    if not isinstance(assignment, ast.Assign) or len(assignment.targets) != 1:
        raise ValueError("no plain assignment")
    return ast.literal_eval(assignment.value)


def plain(value: Any) -> Any:
    """Return a literal of Python's as settings hold it: in lists, and in dictionaries by texts.

    Raises: ValueError for what settings have no word for.
    """
    if isinstance(value, dict):
        if not all(isinstance(key, str | int) for key in value):
            raise ValueError("names are texts or frames")
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise ValueError("no plain value")


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(shorten(name) for name in names[:SHOWN]) + more
