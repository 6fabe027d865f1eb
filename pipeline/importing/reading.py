"""Read a settings file of another program into plain values, each of which knows where it stands.

The files are other people's: nothing in them is run, and what is too large, too deep, not a number or broken has an
answer with its line and column. Commas at the end, which people leave behind, are passed over and told of.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..schedule import source
from ..schedule.source import Mapping, Node, Scalar, refuse, shorten
from ..types import Mark
from .notebook import Forms, is_cell, is_notebook, read_cell, read_notebook

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 100
CURLY = "“”„‟‘’‚‛«»"
STRING = r'"(?:[^"\\]|\\.)*"'
LOOSE_COMMA = re.compile(rf"({STRING})|,(?=\s*[}}\]])", re.DOTALL)
BRACKET = re.compile(rf"{STRING}|([\[{{])|([\]}}])", re.DOTALL)
BARE = "schedule"  # what the text is called where a file is nothing but a schedule's text
SCHEDULE = re.compile(  # what FizzNodes takes: frames with texts or values, and no braces around them
    r"""\s*(?:"(?:\d+|[^"\n:]*max_f[^"\n:]*)"\s*:\s*"|["'(]*\d+["')]*\s*:\s*(?:\(|["']?-?[\d.]))""", re.ASCII
)
NO_NUMBER = re.compile(rf"{STRING}|(-?\b(?:NaN|Infinity)\b)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Document:
    """What stands in a settings file, in its order; `notes` tell what was passed over in reading it."""

    label: str
    text: str
    values: dict[str, Any]
    notes: tuple[str, ...] = ()
    places: dict[str, Mark] = field(default_factory=dict)

    def mark(self, key: str) -> Mark:
        """Return where the value of a key stands."""
        if key in self.places:
            return self.places[key]
        found = None
        for match in re.finditer(re.escape(json.dumps(key, ensure_ascii=False)) + r"\s*:\s*", self.text):
            found = match.end()  # the last one counts
        return _mark(self.label, self.text, found or 0)


def read_document(path: Path, known: frozenset[str] = frozenset()) -> Document:
    """Read a file of settings, JSON or YAML, or a notebook, of which the settings are the names that are `known`.

    Raises: KeyframeError for what is no such file.
    """
    label = str(path)
    text = _text(path, label)
    if SCHEDULE.match(text):
        return Document(label, text, {BARE: text}, places={BARE: Mark(label, 1, 1)})
    if not text.lstrip().startswith("{"):
        return _of_forms(read_cell(text, known), text, label) if is_cell(text) else _read_yaml(text, label)
    notes = []
    try:
        pairs = _load(text, label)
    except json.JSONDecodeError:
        mended = LOOSE_COMMA.sub(lambda found: found[1] or " ", text)
        try:
            pairs = _load(mended, label)
        except json.JSONDecodeError as fault:
            _refuse_broken(fault, text, label)
        notes.append("commas before a closing bracket are passed over")
    values, doubled = _plain(pairs)
    notes += [f"'{shorten(key)}' is written twice; the last one counts, as it did there" for key in doubled]
    if not isinstance(values, dict):
        refuse(Mark(label, 1, 1), "settings are names and values in braces", "give the file the program wrote")
    if is_notebook(values):
        return _of_forms(read_notebook(values, text, known), text, label)
    return Document(label, text, values, tuple(notes))


def _of_forms(forms: Forms, text: str, label: str) -> Document:
    places = {name: _mark(label, text, place) for name, place in forms.places.items()}
    return Document(label, text, forms.values, forms.notes, places)


def finite(value: Any) -> bool:
    """Say whether a value is a number that can be counted with."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _text(path: Path, label: str) -> str:
    start = Mark(label, 1, 1)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        refuse(start, f"the file cannot be read ({reason.lower()})", "check the path")
    if len(content) > MAX_BYTES:
        refuse(
            start, f"the file is larger than {MAX_BYTES // 1024**2} MiB", "settings are small: is it the right file?"
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        refuse(Mark(label, line, 1), "the file is not UTF-8 text", "save it as UTF-8")
    if not text.strip():
        refuse(start, "the file is empty", "give a settings file")
    return text


class _Pairs(list[tuple[str, Any]]):
    """The names and values of one pair of braces, as they are written."""


def _load(text: str, label: str) -> Any:
    _refuse_depth(text, label)
    try:
        return json.loads(text, object_pairs_hook=_Pairs, parse_constant=lambda word: _refuse_constant(text, label))
    except json.JSONDecodeError:
        raise
    except ValueError:  # a number of thousands of digits
        refuse(Mark(label, 1, 1), "a number in it has thousands of digits", "give the file the program wrote")


def _refuse_constant(text: str, label: str) -> None:
    match = next(found for found in NO_NUMBER.finditer(text) if found[1])
    refuse(_mark(label, text, match.start()), f"{match[1]} is no number", "write the number that was meant")


def _refuse_depth(text: str, label: str) -> None:
    depth = 0
    for found in BRACKET.finditer(text):
        depth += bool(found[1]) - bool(found[2])
        if depth > MAX_DEPTH:
            refuse(_mark(label, text, found.start()), f"nested deeper than {MAX_DEPTH} levels", "is it the right file?")


def _plain(pairs: Any) -> tuple[Any, list[str]]:
    """Return values as dictionaries and lists, and the names that are written twice in one place."""
    doubled: list[str] = []

    def grow(value: Any) -> Any:
        if isinstance(value, _Pairs):
            found: dict[str, Any] = {}
            for key, inner in value:
                if key in found:
                    doubled.append(key)
                found[key] = grow(inner)
            return found
        return [grow(inner) for inner in value] if isinstance(value, list) else value

    return grow(pairs), doubled


def _refuse_broken(fault: json.JSONDecodeError, text: str, label: str) -> None:
    mark = Mark(label, fault.lineno, fault.colno)
    around = text[fault.pos : fault.pos + 1]
    if around and around in CURLY:
        refuse(mark, f"a typographic quote ({around}) stands where a straight one must", 'type straight quotes: "')
    if around == "'":
        refuse(mark, "single quotes stand where double ones must", 'write "name": "value"')
    refuse(mark, f"not valid JSON: {fault.msg.lower()}", "mend it, or give the file as the program wrote it")


def _mark(label: str, text: str, position: int) -> Mark:
    before = text[:position]
    return Mark(label, before.count("\n") + 1, position - before.rfind("\n"))


def _read_yaml(text: str, label: str) -> Document:
    tree = source.parse(text, label)
    if not isinstance(tree, Mapping):
        refuse(tree.mark, "settings are names and values", "give the file as the program wrote it")
    values = {key.text: _of_yaml(node) for key, node in tree.items}
    places = {key.text: node.mark for key, node in tree.items}
    return Document(label, text, values, (), places)


def _of_yaml(node: Node) -> Any:
    """Return a node's plain value; what is in quotes there may look like a number here, and is read as one."""
    if isinstance(node, Mapping):
        return {key.text: _of_yaml(value) for key, value in node.items}
    if not isinstance(node, Scalar):
        return [_of_yaml(item) for item in node.items]
    text = node.text.strip()
    known: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}
    if text.lower() in known:
        return known[text.lower()]
    if re.fullmatch(r"[-+]?\d{1,30}", text, re.ASCII):
        return int(text)
    if re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?", text, re.ASCII) and math.isfinite(float(text)):
        return float(text)
    return node.text
