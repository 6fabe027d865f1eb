"""The checked tree that a text becomes: numbers, names, calls of fixed arity and moments of labels, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ..source import Scalar


class Unit(Enum):
    """What a value measures; FREE goes with anything, as bare constants and `t` do. Times count frames."""

    FREE = "a number"
    NUMBER = "a plain number"
    TIME = "a time"
    ANGLE = "an angle"


@dataclass(frozen=True, slots=True)
class Number:
    """A constant; `at` is its place in the text."""

    value: float
    at: int
    unit: Unit = Unit.FREE


@dataclass(frozen=True, slots=True)
class Name:
    """A variable."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or function on its arguments; `negate` is the minus sign before one value."""

    name: str
    args: tuple[Tree, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Moments:
    """The frames at which labels stand, ascending; `others` those of all other labels."""

    frames: tuple[float, ...]
    others: tuple[float, ...]
    at: int


Tree = Number | Name | Call | Moments
EARLIER = "earlier:"  # before a name: its value one frame before


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name stands for: its unit, and whether its value moves with time or with the denoising."""

    unit: Unit = Unit.FREE
    is_timed: bool = False
    uses_progress: bool = False


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked tree, the text it came from, the names it needs, and what its value measures and follows."""

    tree: Tree
    text: Scalar
    names: frozenset[str]
    unit: Unit = Unit.FREE
    is_timed: bool = False
    uses_progress: bool = False

    @property
    def constant(self) -> float | None:
        """The number, if it is nothing but one."""
        return self.tree.value if isinstance(self.tree, Number) else None
