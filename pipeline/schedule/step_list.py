"""Read Disco's lists over the denoising, `[12]*400+[4]*600`: 1000 values, one for each level of noise.

Read by a small parser of our own; Disco and its descendants hand such text to `eval`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from .progress import N_LEVELS
from .source import Scalar, refuse

TOKEN = re.compile(r"\s*(?:([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|([\[\],*+]))", re.ASCII)
FORM = f"write lists of {N_LEVELS} values in all, such as [12]*400+[4]*600"


@dataclass(frozen=True, slots=True, eq=False)
class StepList:
    """1000 values, indexed by `progress.schedule_index`.

    Shapes: values float64 (1000,).
    """

    values: np.ndarray
    text: Scalar


def parse(text: Scalar) -> StepList:
    """Parse a list text.

    Raises: KeyframeError with one complaint that points at the character.
    """
    reader = _Reader(text)
    found: list[float] = []
    while True:
        found += reader.repeated_list(N_LEVELS + 1 - len(found))
        if len(found) > N_LEVELS:
            refuse(text.mark, f"the list has more than {N_LEVELS} values", FORM)
        if reader.token == "":
            break
        reader.expect("+")
    if len(found) != N_LEVELS:
        refuse(text.mark, f"the list has {len(found)} values", FORM)
    values = np.array(found)
    if not np.isfinite(values).all():
        refuse(text.mark, "a value of the list is too large", "write a smaller one")
    return StepList(values, text)


class _Reader:
    """One token of look-ahead."""

    def __init__(self, text: Scalar) -> None:
        self.text, self.end = text, 0
        self.advance()

    def advance(self) -> None:
        rest = self.text.text[self.end :]
        self.at = self.end + len(rest) - len(rest.lstrip())
        if not rest.strip():
            self.token = ""
            return
        found = TOKEN.match(self.text.text, self.end)
        if not found:
            self.refuse()
        self.token, self.end = found[1] or found[2], found.end()

    def refuse(self) -> NoReturn:
        character = self.text.text[self.at : self.at + 1]
        what = f"'{character}' is not understood in a list" if character.isprintable() else "the list is not understood"
        refuse(self.text.at(self.at), what if character else "the list ends too early", FORM)

    def expect(self, token: str) -> None:
        if self.token != token:
            self.refuse()
        self.advance()

    def number(self) -> float:
        if not self.token or self.token in "[],*+":
            self.refuse()
        value = float(self.token)
        self.advance()
        return value

    def repeated_list(self, room: int) -> list[float]:
        self.expect("[")
        found = [self.number()]
        while self.token == ",":
            self.advance()
            found.append(self.number())
        self.expect("]")
        if self.token != "*":
            return found[:room]
        self.advance()
        if not re.fullmatch(r"\d{1,6}", self.token, re.ASCII):
            self.refuse()
        times = int(self.token)
        self.advance()
        return found * min(times, room)
