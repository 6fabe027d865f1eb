"""Turn a text file into a tree of nodes that know where they stand, and gather complaints about them.

The tree is built from PyYAML's events, not by its constructor: scalars keep their raw text, so `no` is a word, `010`
is ten and `1:30` is a time. Anchors, aliases, tags and a second document are refused, and so is a deep nest, before
it can cost anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from collections.abc import Sequence as Sequence_
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TypeVar

import yaml

from ..errors import Complaint, KeyframeError
from ..types import Mark

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
MAX_NODES = 10_000
MAX_OPEN_BRACKETS = 64  # in one line; more would make the YAML scanner slow before it reports a single node

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A piece of text; `columns[i]` is where its i-th character stands in the file, and one more for its end."""

    text: str
    mark: Mark
    columns: Sequence_[int]

    def at(self, offset: int) -> Mark:
        """Return the place of the character at `offset`."""
        return Mark(self.mark.file, self.mark.line, self.columns[min(offset, len(self.columns) - 1)])

    def part(self, start: int, end: int) -> Scalar:
        """Return the piece from `start` to `end` without the blanks around it."""
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        return Scalar(self.text[start:end], self.at(start), self.columns[start : end + 1])


@dataclass(frozen=True, slots=True)
class Mapping:
    """Names and what stands under them, in file order and each name once."""

    items: tuple[tuple[Scalar, Node], ...]
    mark: Mark

    def get(self, name: str) -> Node | None:
        """Return what stands under `name`."""
        return next((node for key, node in self.items if key.text == name), None)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    mark: Mark


Node = Scalar | Mapping | Sequence


def refuse(mark: Mark, what: str, do: str) -> NoReturn:
    """Raise a single complaint."""
    raise KeyframeError([Complaint(mark, what, do)])


class Complaints:
    """Collects what is wrong, so that a file's mistakes are reported together."""

    def __init__(self) -> None:
        self.found: list[Complaint] = []

    def add(self, mark: Mark, what: str, do: str) -> None:
        """Note one thing and go on."""
        self.found.append(Complaint(mark, what, do))

    def attempt(self, read: Callable[..., T], /, *args: object, **kwargs: object) -> T | None:
        """Return what `read` returns, or None after noting what it complained about."""
        try:
            return read(*args, **kwargs)
        except KeyframeError as error:
            self.found.extend(error.complaints)
            return None

    def settle(self) -> None:
        """Raise everything noted, if anything was."""
        if self.found:
            raise KeyframeError(self.found)


def read(path: Path, label: str) -> Node:
    """Read and parse a file that complaints call `label`."""
    start = Mark(label, 1, 1)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        refuse(start, f"the file cannot be read ({reason.lower()})", "check the path")
    if len(content) > MAX_BYTES:
        refuse(start, f"the file is larger than {MAX_BYTES // 1024} KiB", "split it into several films")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        refuse(Mark(label, line, 1), "the file is not UTF-8 text", "save it as UTF-8")
    return parse(text, label)


def parse(text: str, label: str) -> Node:
    """Parse YAML text into a positioned tree."""
    _refuse_bracket_nests(text, label)
    try:
        return _grow(yaml.parse(text, Loader=yaml.SafeLoader), text, label)
    except yaml.reader.ReaderError as error:
        place = _place(text, error.position)
        refuse(Mark(label, *place), f"character U+{ord(text[error.position]):04X} is not allowed", "remove it")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(part for part in (error.context, error.problem) if part)
        refuse(
            Mark(label, mark.line + 1, mark.column + 1) if mark else Mark(label, 1, 1),
            f"not valid YAML: {what.lower()}",
            "check indentation, brackets and quotes (text with ': ' or ' #' in it, or a bracket first, needs quotes)",
        )
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        refuse(Mark(label, 1, 1), f"not valid YAML: {str(error).lower()}", "check escapes in double-quoted text")


def _refuse_bracket_nests(text: str, label: str) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count("[") + line.count("{") <= MAX_OPEN_BRACKETS:
            continue
        depth = 0
        for found in re.finditer(r"[\[\]{}]", line):
            depth += 1 if found[0] in "[{" else -1
            if depth > MAX_OPEN_BRACKETS:
                _refuse_depth(Mark(label, number, found.start() + 1))


def _refuse_depth(mark: Mark) -> NoReturn:
    refuse(mark, f"nested deeper than {MAX_DEPTH} levels", "flatten it")


def _place(text: str, position: int) -> tuple[int, int]:
    before = text[:position]
    return before.count("\n") + 1, position - before.rfind("\n")


def _grow(events: Iterator[yaml.Event], text: str, label: str) -> Node:
    """Build the tree with a stack of our own, so nothing recurses."""
    stack: list[tuple[yaml.Event, list[Node]]] = []
    root: Node | None = None
    documents = nodes = 0
    for event in events:
        mark = _mark(event, label)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                refuse(mark, "a second document begins", "keep one film in a file")
            continue
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            refuse(mark, "anchors and aliases (& and *) are not allowed", "write the value out, or put it in quotes")
        if tag := getattr(event, "tag", None):
            refuse(mark, f"tags are not allowed (found {tag})", "leave the tag out, or put the value in quotes")
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            nodes += 1
            if nodes > MAX_NODES:
                refuse(mark, f"more than {MAX_NODES} values", "split the file into several films")
        if isinstance(event, yaml.CollectionStartEvent):
            if len(stack) >= MAX_DEPTH:
                _refuse_depth(mark)
            stack.append((event, []))
            continue
        if isinstance(event, yaml.ScalarEvent):
            node: Node = _scalar(event, text, mark)
        elif isinstance(event, yaml.CollectionEndEvent):
            opened, children = stack.pop()
            at = _mark(opened, label)
            is_map = isinstance(opened, yaml.MappingStartEvent)
            node = _mapping(children, at) if is_map else Sequence(tuple(children), at)
        else:
            continue
        if stack:
            stack[-1][1].append(node)
        else:
            root = node
    if root is None:
        refuse(Mark(label, 1, 1), "the file is empty", "write at least 'prompts: ...'")
    return root


def _mark(event: yaml.Event, label: str) -> Mark:
    assert event.start_mark is not None, "PyYAML marks every event of a text"
    return Mark(label, event.start_mark.line + 1, event.start_mark.column + 1)


def _mapping(children: list[Node], mark: Mark) -> Mapping:
    complaints = Complaints()
    seen: dict[str, Mark] = {}
    items = []
    for key, value in zip(children[::2], children[1::2], strict=True):
        if not isinstance(key, Scalar):
            complaints.add(key.mark, "a name must be plain text", "write 'name: value'")
        elif key.text == "<<":
            complaints.add(key.mark, "merge keys (<<) are not allowed", "write the values out")
        elif key.text in seen:
            first = seen[key.text]
            place = f"{first.line}:{first.column}"
            complaints.add(key.mark, f"'{shorten(key.text)}' is given twice (first at {place})", "keep one of them")
        else:
            seen[key.text] = key.mark
            items.append((key, value))
    complaints.settle()
    return Mapping(tuple(items), mark)


def shorten(text: str, limit: int = 40) -> str:
    """Return text fit to be quoted in a message: one line, printable, not long."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    return shown if len(shown) <= limit else shown[: limit - 3] + "..."


def _scalar(event: yaml.ScalarEvent, text: str, mark: Mark) -> Scalar:
    start, end = event.start_mark, event.end_mark
    assert start is not None and end is not None, "PyYAML marks every event of a text"
    value: str = event.value
    here = start.column + 1
    columns: Sequence_[int] = [here] * (len(value) + 1)  # text over several lines: all of it stands at its beginning
    if start.line == end.line:
        raw = text[start.index : end.index]
        if event.style is None:
            columns = range(here, here + len(value) + 1)
        elif event.style in "'\"":
            unit = r"''|." if event.style == "'" else r"\\(?:x.{2}|u.{4}|U.{8}|.)|."
            steps = [found.start() + here + 1 for found in re.finditer(unit, raw[1:-1])]
            if len(steps) == len(value):
                columns = [*steps, here + len(raw) - 1]
    return Scalar(value, mark, columns)
