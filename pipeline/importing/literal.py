"""Read Python's literals, `{0: 0.7, 24: 0.4}` or `[0.1]*3+[0.9]*18`, as data: WarpFusion gave such texts to `eval`.

Numbers, texts, lists, names with values, and lists that are repeated or joined; anything else is refused.
"""

from __future__ import annotations

import math
import re
from typing import Any

from .formula import NoFormula

MOST = 100_000  # values in all
DEEPEST = 20
TOKEN = re.compile(
    r"""\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?)"""
    r"""|(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<word>True|False|None)|(?P<sign>[-+*\[\](){},:]))""",
    re.ASCII | re.DOTALL,
)
WORDS = {"True": True, "False": False, "None": None}
ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def literal(text: str) -> Any:
    """Return what a text of Python's says, if it says it without being run.

    Raises: NoFormula.
    """
    reader = _Reader(text.rstrip())
    found = reader.sum()
    if reader.token:
        raise NoFormula(f"'{reader.token[:20]}' stands where nothing is expected")
    return found


class _Reader:
    """A descent over tokens, which counts what it makes."""

    def __init__(self, text: str) -> None:
        self.text, self.end, self.depth, self.left = text, 0, 0, MOST
        self.advance()

    def advance(self) -> None:
        """Read the next token."""
        if self.end >= len(self.text):
            self.token = self.kind = ""
            return
        found = TOKEN.match(self.text, self.end)
        if not found:
            raise NoFormula(f"'{self.text[self.end :].strip()[:20]}' is no plain value")
        self.kind, self.token, self.end = found.lastgroup or "", found[0].strip(), found.end()

    def sum(self) -> Any:
        """Read lists that are joined, or numbers that are added."""
        found = self.product()
        while self.token in ("+", "-"):
            sign = self.token
            self.advance()
            other = self.product()
            if isinstance(found, list) and isinstance(other, list) and sign == "+":
                found = [*found, *other]
            elif _is_number(found) and _is_number(other):
                found = _finite(found + other if sign == "+" else found - other)
            else:
                raise NoFormula(f"'{sign}' stands between what cannot be joined")
        return found

    def product(self) -> Any:
        """Read a list that is repeated, or numbers that are multiplied."""
        found = self.value()
        while self.token == "*":
            self.advance()
            other = self.value()
            if isinstance(other, list):
                found, other = other, found
            if isinstance(found, list) and isinstance(other, int) and not isinstance(other, bool):
                self.spend(len(found) * max(0, other))
                found = found * other
            elif _is_number(found) and _is_number(other):
                found = _finite(found * other)
            else:
                raise NoFormula("'*' stands between what cannot be repeated")
        return found

    def value(self) -> Any:
        """Read one value."""
        token, kind = self.token, self.kind
        self.depth += 1
        self.spend(1)
        if self.depth > DEEPEST:
            raise NoFormula(f"it is nested deeper than {DEEPEST} levels")
        if not token:
            raise NoFormula("a value is missing at the end")
        self.advance()
        if token in ("-", "+"):
            inner = self.value()
            if not _is_number(inner):
                raise NoFormula(f"'{token}' stands before what is no number")
            found: Any = -inner if token == "-" else inner
        elif kind == "number":
            found = int(token) if token.isdecimal() and len(token) < 20 else _finite(float(token))
        elif kind == "text":
            found = ESCAPED.sub(lambda each: {"n": " ", "t": " "}.get(each[1], each[1]), token[1:-1])
        elif kind == "word":
            found = WORDS[token]
        elif token in "[(":
            found = self.items("]" if token == "[" else ")")
        elif token == "{":
            found = self.pairs()
        else:
            raise NoFormula(f"a value is missing before '{token}'")
        self.depth -= 1
        return found

    def items(self, closing: str) -> Any:
        """Read values up to a bracket; one value alone in round ones is itself."""
        found = []
        is_tuple = closing == "]"
        while self.token != closing:
            found.append(self.sum())
            if self.token != ",":
                break
            is_tuple = True
            self.advance()
        self.expect(closing)
        return found if is_tuple or len(found) != 1 else found[0]

    def pairs(self) -> dict[Any, Any]:
        """Read names or frames, each with a value."""
        found = {}
        while self.token != "}":
            key = self.value()
            if isinstance(key, list | dict):
                raise NoFormula("a list is no name")
            self.expect(":")
            found[key] = self.sum()
            if self.token != ",":
                break
            self.advance()
        self.expect("}")
        return found

    def expect(self, token: str) -> None:
        """Read a token that must stand here."""
        if self.token != token:
            raise NoFormula(f"'{token}' is missing before '{self.token[:20] or 'the end'}'")
        self.advance()

    def spend(self, count: int) -> None:
        """Count values, of which there may be so many."""
        self.left -= count
        if self.left < 0:
            raise NoFormula(f"it has more than {MOST} values")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise NoFormula("a number is too large")
    return value
