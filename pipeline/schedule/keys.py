"""Keys in order of time, and what the value is at, before, between and after them.

As in Deforum, a value that moves with time runs from its key to the frame before the next one, where it jumps;
everything that stands still is joined by ways, linear unless the key they lead to says otherwise.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .language.easing import Ease
from .language.evaluate import evaluate
from .language.spline import Spline
from .language.tree import Expression, Unit
from .source import Scalar
from .step_list import StepList

if TYPE_CHECKING:
    from .scope import Scope


@dataclass(frozen=True, slots=True)
class Key:
    """A value from `frame` on; `ease` is the way that leads to it from the key before.

    Convention: a value that `holds` stands still, and jumps at the next key instead of going there.
    """

    frame: int
    value: Expression | StepList
    ease: Ease
    text: Scalar
    has_ease: bool = False
    holds: bool = False

    @property
    def moves(self) -> bool:
        """Whether the value moves with time by itself."""
        return isinstance(self.value, Expression) and self.value.is_timed

    @property
    def runs(self) -> bool:
        """Whether the value goes on by itself up to the next key, where it jumps."""
        return self.moves or self.holds

    def at(self, scope: Scope, t: np.ndarray, n: np.ndarray | None) -> np.ndarray:
        """Return the value at points."""
        if isinstance(self.value, StepList):
            assert n is not None, "lists are only parsed for values inside the sampler"
            return self.value.values[n]
        if (constant := self.value.constant) is not None:
            return np.full(len(t), constant)
        return evaluate(self.value, scope.variables(self.value.names, t, n), t, scope.clock.where)

    def there(self, scope: Scope, count: int, n: np.ndarray | None) -> np.ndarray:
        """Return the value at the key's own frame, for `count` points of the denoising."""
        return self.at(scope, np.full(count, float(self.frame)), n)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The frames in which a value comes from one place: before the first key, at or after one, or between two."""

    key: Key
    after: Key | None
    points: slice
    index: int


@dataclass(frozen=True, slots=True)
class Curve:
    """Keys in order of time, at least one."""

    keys: tuple[Key, ...]
    text: Scalar
    unit: Unit = Unit.FREE

    @property
    def names(self) -> frozenset[str]:
        """All names its values need."""
        return frozenset().union(*(key.value.names for key in self.keys if isinstance(key.value, Expression)))

    @property
    def is_timed(self) -> bool:
        """Whether the value may change from frame to frame."""
        return len(self.keys) > 1 or self.keys[0].moves

    @property
    def is_constant(self) -> bool:
        """Whether it is one bare number, the same in every shot."""
        key = self.keys[0]
        return len(self.keys) == 1 and key.frame == 0 and getattr(key.value, "constant", None) is not None

    @property
    def uses_progress(self) -> bool:
        """Whether the value may change inside one frame's denoising."""
        return any(isinstance(key.value, StepList) or key.value.uses_progress for key in self.keys)

    def sample(self, scope: Scope, t: np.ndarray, n: np.ndarray | None = None) -> np.ndarray:
        """Return the value at frames `t`, which ascend, and at entries `n` of the 1000-long schedule.

        Shapes: t float64 (points,), n int (points,) -> float64 (points,).
        Convention: the first key's value holds before it, the last one's after it.
        Raises: KeyframeError where the value is not finite.
        """
        found = np.empty(len(t))
        spline, until = None, -1  # stretches ascend, so one spline is done with before the next
        for stretch in self.stretches(t):
            key, after, points = stretch.key, stretch.after, stretch.points
            here, steps = t[points], None if n is None else n[points]
            if here[0] < key.frame or after is None or key.runs:
                found[points] = key.at(scope, np.maximum(here, key.frame), steps)
            elif after.ease.way is not None:
                start, end = key.there(scope, len(here), steps), after.there(scope, len(here), steps)
                found[points] = start + (end - start) * after.ease.way((here - key.frame) / (after.frame - key.frame))
            else:
                if spline is None or key.frame >= until:
                    run = self._run(stretch.index)
                    spline, until = _spline(run, scope, n), run[-1].frame
                found[points] = spline.sample(key.frame, here, steps)
        return found + 0.0  # minus zero becomes zero, so that equal pictures have equal plans

    def stretches(self, t: np.ndarray) -> Iterator[Stretch]:
        """Yield the stretches that the ascending frames `t` fall into."""
        if len(t) == 0:
            return
        index = bisect_right(self.keys, t[0], key=lambda key: key.frame) - 1
        start = 0
        while start < len(t):
            after = self.keys[index + 1] if index + 1 < len(self.keys) else None
            end = len(t) if after is None else int(np.searchsorted(t, after.frame))
            if end > start:
                yield Stretch(self.keys[max(index, 0)], after if index >= 0 else None, slice(start, end), index)
            start, index = end, index + 1

    def _run(self, index: int) -> tuple[Key, ...]:
        """Return the keys that one spline goes through, which has the stretch after key `index` in it."""
        first, last = index, index + 1
        while first > 0 and self.keys[first].ease.way is None and not self.keys[first - 1].runs:
            first -= 1
        while last + 1 < len(self.keys) and self.keys[last + 1].ease.way is None and not self.keys[last].runs:
            last += 1
        return self.keys[first : last + 1]


def _spline(run: tuple[Key, ...], scope: Scope, n: np.ndarray | None) -> Spline:
    """Return the spline through a run of keys, for each level in `n` where a value follows the denoising."""
    follows = n is not None and any(isinstance(key.value, StepList) or key.value.uses_progress for key in run)
    levels = None if n is None else np.unique(n) if follows else n[:1]
    values = np.array([key.there(scope, 1 if levels is None else len(levels), levels) for key in run])
    return Spline([key.frame for key in run], values, levels if follows else None)
