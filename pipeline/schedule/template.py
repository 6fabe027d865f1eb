"""Prompt texts with expressions in braces, `{floor(t/12)} birds`: read once, written out for every frame.

`{line}` is the one thing in braces that is no number: the words of the line that is sung.

Names are bound as everywhere else in the language; nothing is ever replaced in the text of an expression.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .fields import clean
from .language import expression
from .language.evaluate import evaluate
from .language.tree import Expression
from .source import Scalar, refuse

if TYPE_CHECKING:
    from .scope import Scope

LONGEST = 500
MOST = 20  # expressions in one text
LINE = "line"
DIGITS = re.compile(r":[ \t\n]*\.(\d)\Z", re.ASCII)


class Sung:
    """The line that is sung."""


SUNG = Sung()
Piece = str | tuple[Expression, int | None] | Sung


@dataclass(frozen=True, slots=True)
class Template:
    """A text in pieces: words as they are, expressions with the decimals they are shown with (None: as needed), lyrics.

    Two templates are the same where they were written the same.
    """

    pieces: tuple[Piece, ...]
    written: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Template) and self.written == other.written

    def __hash__(self) -> int:
        return hash(self.written)

    def joined(self, before: Template | None, after: Template | None) -> Template:
        """Return the text between a common beginning and a common end."""
        found = self
        if before is not None:
            found = Template((*before.pieces, " ", *found.pieces), f"{before.written} {found.written}")
        if after is not None:
            gap = "" if after.written[:1] in ",.;:!?" else " "
            found = Template((*found.pieces, gap, *after.pieces), f"{found.written}{gap}{after.written}")
        return found

    def texts(self, scope: Scope, t: np.ndarray) -> list[str]:
        """Return the text at frames `t`, which ascend."""
        if all(isinstance(piece, str) for piece in self.pieces):
            return [" ".join("".join(map(str, self.pieces)).split())] * len(t)
        columns = [_written(piece, scope, t) for piece in self.pieces]
        return [" ".join("".join(row).split()) for row in zip(*columns, strict=True)]


def parse(text: Scalar, scope: Scope) -> Template:
    """Read a text; `{{` and `}}` are braces.

    Raises: KeyframeError with one complaint that points at the character.
    """
    clean(text, "prompt", longest=LONGEST)
    pieces: list[Piece] = []
    words, at = "", 0
    while at < len(text.text):
        char = text.text[at]
        if text.text[at : at + 2] in ("{{", "}}"):
            words, at = words + char, at + 2
        elif char == "}":
            refuse(text.at(at), "this '}' closes nothing", "write }} for a brace")
        elif char == "{":
            end = text.text.find("}", at)
            if end < 0:
                refuse(text.at(at), "this '{' is never closed", "add '}', or write {{ for a brace")
            pieces += [words, _expression(text, at + 1, end, scope)]
            if len(pieces) > 2 * MOST:
                refuse(text.at(at), f"a prompt has more than {MOST} expressions in braces", "use fewer")
            words, at = "", end + 1
        else:
            words, at = words + char, at + 1
    return Template((*pieces, words), " ".join(text.text.split()))


def _expression(text: Scalar, start: int, end: int, scope: Scope) -> Piece:
    inner, digits = text.part(start, end), None
    if match := DIGITS.search(inner.text):
        inner, digits = inner.part(0, match.start()), int(match[1])
    if not inner.text:
        refuse(text.at(start), "there is nothing between these braces", "write an expression, or {{ for a brace")
    if inner.text == LINE and LINE not in scope.lets:
        return _sung(inner, scope)
    return expression.parse(inner, scope.vocabulary()), digits


def _sung(text: Scalar, scope: Scope) -> Sung:
    """Return the line that is sung, which the film's lyrics must know."""
    song = scope.clock.tempo.song
    if song is None or not song.cues.lines:
        if song is not None:
            song.cues.refuse_unread()
        what = "there are no lyrics of what is played, so no line of them"
        refuse(text.mark, what, "add some to the music, as in {file: song.mp3, cues: lyrics.lrc}")
    song.cues.used[LINE] = None
    return SUNG


def _written(piece: Piece, scope: Scope, t: np.ndarray) -> list[str]:
    if isinstance(piece, str):
        return [piece] * len(t)
    if isinstance(piece, Sung):
        assert scope.clock.tempo.song is not None, "lyrics are looked for when a text is read"
        return scope.clock.tempo.song.cues.words(t + scope.clock.start)
    return _shown(*piece, scope, t)


def _shown(found: Expression, digits: int | None, scope: Scope, t: np.ndarray) -> list[str]:
    values = evaluate(found, scope.variables(found.names, t), t, scope.clock.where) + 0.0
    return [f"{value:.6g}" if digits is None else f"{value:.{digits}f}" for value in values.tolist()]
