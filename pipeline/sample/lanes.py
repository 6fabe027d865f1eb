"""Frames drawn at once in one thread: each is a lane, which stops where it asks what is best answered together.

A lane runs until it asks or tells something; once all of them wait for answers, the questions that most of them ask are
answered by one call. What would surprise: nothing of this is at the same time. Lanes take turns, so what they share
needs no locks, memory is that of one at work, and Ctrl-C reaches whichever runs.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from greenlet import getcurrent, greenlet


class Desk(Protocol):
    """Whatever answers questions that are alike together, up to `most` of them by one call.

    Convention: one that `comes_first` is asked before all others, since whoever asks it then asks what they ask.
    """

    most: int
    comes_first: bool

    def answers(self, asked: Sequence[Any]) -> Sequence[Any]:
        """Return an answer to each."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """What a lane waits for."""

    desk: Desk
    asked: Any


class Lane(greenlet):
    """Work with a stack of its own, which may stop in its middle and go on later, with torch's grad mode as it was.

    Convention: made of a function without arguments; it is begun by `proceed`.
    """

    def proceed(self, found: Any = None, fault: Exception | None = None) -> Any:
        """Run on, with what was asked for or the fault that came instead; return what is said next, or its outcome.

        Raises: what the work raises.
        """
        self.parent = getcurrent()
        mode = torch.is_grad_enabled()
        try:
            if fault is not None:
                return self.throw(fault)
            return self.switch(*(() if not self else (found,)))
        finally:
            torch.set_grad_enabled(mode)

    def pause(self, said: Any) -> Any:
        """Say something to whoever runs this lane; return what it goes on with."""
        mode = torch.is_grad_enabled()
        try:
            return self.parent.switch(said)
        finally:
            torch.set_grad_enabled(mode)


def ask(desk: Desk, asked: Any) -> Any:
    """Return the desk's answer: together with what others ask where this is one lane of several, else at once."""
    lane = getcurrent()
    return lane.pause(Question(desk, asked)) if isinstance(lane, Lane) else desk.answers([asked])[0]


def tell(said: Any) -> None:
    """Tell something to whoever runs this lane."""
    lane = getcurrent()
    assert isinstance(lane, Lane), "only a lane has somebody to tell"
    lane.pause(said)


class Turns:
    """Lanes that take turns until each has come to its end."""

    def __init__(self) -> None:
        self._ready: deque[tuple[Lane, Any, Exception | None]] = deque()
        self._waiting: dict[Lane, Question] = {}

    def begin(self, work: Callable[[], Any]) -> Lane:
        """Let one more lane take part."""
        lane = Lane(work)
        self._ready.append((lane, None, None))
        return lane

    def heard(self) -> tuple[Lane, Any] | None:
        """Run lanes until one tells something or has come to its end; return what it said, None where there are none.

        Raises: what a lane raises, which is its end; the others can go on.
        """
        while self._ready or self._waiting:
            if not self._ready:
                self._answer()
            lane, found, fault = self._ready.popleft()
            said = lane.proceed(found, fault)
            if isinstance(said, Question):
                self._waiting[lane] = said
                continue
            if not lane.dead:
                self._ready.append((lane, None, None))
            return lane, said
        return None

    def close(self) -> None:
        """End them all where they are."""
        lanes = [*self._waiting, *(lane for lane, *_ in self._ready)]
        self._waiting.clear()
        self._ready.clear()
        mode = torch.is_grad_enabled()
        for lane in lanes:
            lane.throw()
        torch.set_grad_enabled(mode)

    def _answer(self) -> None:
        """Answer the questions that most lanes ask of one desk; a fault is everybody's who asked there."""
        lanes: dict[Desk, list[Lane]] = {}
        for lane, question in self._waiting.items():
            lanes.setdefault(question.desk, []).append(lane)
        desk = max(lanes, key=lambda one: (one.comes_first, len(lanes[one])))
        served = lanes[desk][: desk.most]
        asked = [self._waiting.pop(lane).asked for lane in served]
        try:
            found = desk.answers(asked)
        except Exception as fault:
            self._ready.extend((lane, None, fault) for lane in served)
        else:
            self._ready.extend((lane, one, None) for lane, one in zip(served, found, strict=True))
