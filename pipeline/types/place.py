"""Where and how large: a picture's size, a place in a text, and what a warning says of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """Picture size in pixels, height first."""

    height: int
    width: int


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a text file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Notice:
    """A warning about one place of a file; `code` is what silences its kind."""

    mark: Mark
    what: str
    do: str
    code: str

    def __str__(self) -> str:
        return f"{self.mark}: warning: {self.what}; {self.do} [{self.code}]"
