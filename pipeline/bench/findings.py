"""What a benchmark found, in the few shapes in which it is told: claims for the table, panels for the picture.

A claim may have an aim, which is missed or not. A panel is bars, lines or ranges, and knows nothing of how it is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Claim:
    """A number that was found, and how far it may go; `form` is how it is written, such as `{:.2f} s`.

    Convention: `aim` is the most that it may be or, with `at_least`, the least.
    """

    what: str
    value: float
    form: str = "{:.2f}"
    aim: float | None = None
    at_least: bool = False

    @property
    def missed_by(self) -> float:
        """How far the number is on the wrong side of its aim; 0 where it is not."""
        if self.aim is None:
            return 0.0
        return max(0.0, (self.aim - self.value) if self.at_least else (self.value - self.aim))

    @property
    def aimed(self) -> str:
        """The aim in words; nothing where there is none."""
        if self.aim is None:
            return ""
        return f"at {'least' if self.at_least else 'most'} {self.form.format(self.aim)}"

    @property
    def found(self) -> str:
        """The number in words and, where it misses its aim, by how much."""
        if not self.missed_by:
            return self.form.format(self.value)
        return f"{self.form.format(self.value)}, missed by {self.form.format(self.missed_by)}"


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of one part or several, after one another; `beside` says that it stands there for comparison.

    Convention: `aim` is the most that the whole may be or, with `at_least`, the least; `could` is the most that there
        was to be had; `note` is put behind the number.
    """

    name: str
    parts: dict[str, float]
    aim: float | None = None
    at_least: bool = False
    beside: bool = False
    could: float = 0.0
    note: str = ""

    @property
    def whole(self) -> float:
        """The length of all parts."""
        return sum(self.parts.values())

    @property
    def misses(self) -> bool:
        """Whether it is on the wrong side of its aim."""
        if self.aim is None:
            return False
        return self.whole < self.aim if self.at_least else self.whole > self.aim


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars under one another, on one scale."""

    title: str
    unit: str
    bars: Sequence[Bar]
    form: str = "{:.2f}"


@dataclass(frozen=True, slots=True)
class Line:
    """Numbers against others; without a name where it is the only one."""

    name: str
    x: Sequence[float]
    y: Sequence[float]


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines over one another; `band` is where they should stay, `aim` the most they may be.

    Convention: with `is_fitted` the straight line nearest to each is drawn behind it.
    """

    title: str
    x_unit: str
    y_unit: str
    lines: Sequence[Line]
    band: tuple[float, float] | None = None
    aim: float | None = None
    is_fitted: bool = False
    is_log: bool = False


@dataclass(frozen=True, slots=True)
class Ranges:
    """The median of some numbers and how far they reach, row by row; `band` is where the medians should be."""

    title: str
    unit: str
    rows: dict[str, Sequence[float]]
    band: tuple[float, float]


Panel = Bars | Lines | Ranges


def plain(values: dict[str, float], *, beside: Sequence[str] = ()) -> list[Bar]:
    """Return a bar of one part for each number."""
    return [Bar(name, {"": value}, beside=name in beside) for name, value in values.items()]
