"""Cut expression text into tokens, one at a time; what is no token is refused where it stands."""

from __future__ import annotations

import re

from ..source import Scalar, refuse, shorten

DIGITS = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
WORD = r"[A-Za-z_][A-Za-z_0-9]*"
TOKEN = re.compile(
    rf"[ \t\n]*(?:(?P<number>{DIGITS})|(?P<name>@?{WORD}(?:\.{WORD})*)"
    r"""|(?P<label>"[^"\n]{1,60}"|'[^'\n]{1,60}')|(?P<sign>\*\*|//|<=|>=|==|!=|[-+*/%<>(),&|]))""",
    re.ASCII,
)
CLOCK = re.compile(r"(\d{1,6}):(\d{1,2}(?:\.\d{0,9})?)", re.ASCII)
LABEL = re.compile(r"[A-Za-z_][A-Za-z_0-9]{0,39}", re.ASCII)
PATTERN = re.compile(r"[A-Za-z_0-9*]{1,40}", re.ASCII)
BLANKS = re.compile(r"[ \t\n]*")
UNIT_WORD = re.compile(WORD, re.ASCII)
STRANGERS = {"^": "write ** for a power", "~": "write not", "=": "write == to compare", "'": "leave the quotes out"}
STRANGERS |= {":": "a time such as 0:12.5 can only be a key's position; write 12.5s"}


class Tokens:
    """A text and the token that is to be read next.

    Convention: `kind` is number, name, label, sign, clock (`0:12.5`, in positions only) or end; `at` is where the token
        begins and `end` where it ends.
    """

    def __init__(self, text: Scalar, *, is_position: bool) -> None:
        self.text, self.is_position = text, is_position
        self.end = 0
        self.advance()

    def advance(self) -> None:
        """Read the next token."""
        start = BLANKS.match(self.text.text, self.end).end()  # type: ignore[union-attr]
        self.at, self.token, self.kind = start, "", "end"
        if start == len(self.text.text):
            return
        found = (CLOCK.match(self.text.text, start) if self.is_position else None) or TOKEN.match(self.text.text, start)
        if not found:
            strange = self.text.text[start]
            do = STRANGERS.get(strange, "use numbers, names, + - * / // % ** ( ) , and comparisons")
            refuse(self.text.at(start), f"'{shorten(strange)}' cannot stand in an expression", do)
        self.kind = "clock" if found.re is CLOCK else found.lastgroup or ""
        self.token, self.end = found[0].lstrip(" \t\n"), found.end()

    def unit(self) -> str:
        """Return the word that stands right behind the token, without a blank."""
        found = UNIT_WORD.match(self.text.text, self.end)
        return found[0] if found else ""
