"""Show the line a complaint or warning is about, with a caret under the place."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path

from ..errors import KeyframeError
from ..types import Mark, Notice
from .source import MAX_BYTES

WIDTH = 100
INDENT = "    "


def illustrated(fault: KeyframeError) -> str:
    """Return all complaints of a fault, each with its line and a caret."""
    shown = fault.complaints[: fault.shown]
    texts = _Texts(fault.texts)
    lines = [line for complaint in shown for line in (str(complaint), *texts.excerpt(complaint.mark))]
    hidden = len(fault.complaints) - len(shown)
    return "\n".join([*lines, f"... and {hidden} more"] if hidden else lines)


def illustrated_notices(notices: tuple[Notice, ...], texts: Mapping[str, str]) -> str:
    """Return warnings, each with its line and a caret; `texts` are those of options, by their labels."""
    known = _Texts(texts)
    return "\n".join(line for notice in notices for line in (str(notice), *known.excerpt(notice.mark)))


class _Texts:
    """The lines of files and options, read when a mark asks for them."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.lines = {label: text.split("\n") for label, text in texts.items()}

    def excerpt(self, mark: Mark) -> list[str]:
        """Return the marked line and the line with the caret, or nothing where the text is not to be had."""
        if mark.file not in self.lines:
            try:
                with Path(mark.file).open("rb") as file:
                    content = file.read(MAX_BYTES)
                self.lines[mark.file] = content.decode("utf-8-sig", "replace").split("\n")
            except (OSError, ValueError):
                self.lines[mark.file] = []
        lines = self.lines[mark.file]
        if mark.line > len(lines) or not lines[mark.line - 1].strip():
            return []
        return pointed(lines[mark.line - 1], mark.column)


def pointed(line: str, column: int) -> list[str]:
    """Return a line, cut to what stands around its 1-based column, and a caret under that column."""
    line = line.rstrip()
    at = min(column - 1, len(line))
    start = max(0, min(at - WIDTH // 2, len(line) - WIDTH))
    before, after = line[start:at], line[at : start + WIDTH]
    head, tail = ("..." if start else ""), ("..." if start + WIDTH < len(line) else "")
    shown = head + _plain(before)
    return [INDENT + shown + _plain(after) + tail, INDENT + " " * _cells(shown) + "^"]


def _plain(text: str) -> str:
    """Return text without anything that moves the cursor of a terminal."""
    return "".join(char if char.isprintable() else " " for char in text)


def _cells(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) != 0 for char in text)
