"""Frames drawn on order in this process by one set of models, so that they meet in the network's calls.

They take turns in one thread, as a crew of processes would not; whoever orders them sees no difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING

from ..types import Film
from .means import set_up_for, single
from .progress import Drawn, Progress

if TYPE_CHECKING:
    from ..sample.lanes import Lane, Turns
    from . import Order


class Companion:
    """Draws one frame at a time, beside others."""

    def __init__(self, company: Company) -> None:
        self.order: Order | None = None
        self.said: Progress | Drawn | None = None
        self._company = company

    def give(self, order: Order) -> None:
        """Have a frame drawn."""
        self.order = order
        self._company.begin(self, order)

    def hear(self) -> Progress | Drawn:
        """Return what it has to say: how far it is, or the frame."""
        said, self.said = self.said, None
        assert said is not None, "only what was heard is listened to"
        if not isinstance(said, Progress):
            self.order = None
        return said


class Company:
    """Up to `size` frames that are drawn beside one another; models are loaded when the first of them is."""

    def __init__(self, film: Film, size: int) -> None:
        self.size = size
        self._tools = (cache(lambda: set_up_for(film)), cache(lambda: set_up_for(single(film))))
        self._hands = [Companion(self) for _ in range(size)]
        self._drawing: dict[Lane, Companion] = {}

    @cached_property
    def _turns(self) -> Turns:
        from ..sample.lanes import Turns  # which imports torch

        return Turns()

    def free(self) -> Companion | None:
        """Return one that draws nothing; None where all are busy."""
        return next((hand for hand in self._hands if hand.order is None), None)

    def begin(self, hand: Companion, order: Order) -> None:
        """Let one more frame be drawn."""
        from ..sample.lanes import tell
        from . import painted

        draw = partial(painted, order.plan, order.ends, self._tools, order.facts, watch=tell, now=order.now)
        self._drawing[self._turns.begin(draw)] = hand

    def heard(self) -> Sequence[Companion]:
        """Draw until one has something to say; return it, none where nothing is drawn.

        Raises: PipelineError where one cannot draw its frame.
        """
        found = self._turns.heard()
        if found is None:
            return []
        lane, said = found
        hand = self._drawing.pop(lane) if lane.dead else self._drawing[lane]
        hand.said = said
        return [hand]

    def dismiss(self) -> None:
        """Leave all frames as they are."""
        if self._drawing:
            self._turns.close()
