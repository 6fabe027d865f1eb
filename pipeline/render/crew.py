"""Processes that draw frames on order and keep nothing: each loads the models once, then draws what it is sent.

They end with this process however it ends, and a Ctrl-C that reaches them all is this one's to answer.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING

from .. import errors
from ..errors import PipelineError, SampleError, is_out_of_memory
from ..types import Film
from .company import Company
from .means import set_up_for, single
from .progress import Drawn, Progress

if TYPE_CHECKING:
    from . import Order

PATIENCE_S = 1.0  # for a process that was asked to end


class Hand:
    """A process that draws one frame at a time.

    Convention: the film says with what; the shots it is given may be those of another with the same engine.
    """

    def __init__(self, film: Film) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, replace(film, shots=())), daemon=True)
        self._process.start()
        theirs.close()
        self.order: Order | None = None

    def give(self, order: Order) -> None:
        """Have a frame drawn.

        Raises: SampleError where the process is gone.
        """
        self.order = order
        with suppress(BrokenPipeError, ConnectionResetError):  # its end is told where its answer is asked for
            self.connection.send(order)

    def hear(self) -> Progress | Drawn:
        """Return what it has to say: how far it is, or the frame.

        Raises: PipelineError as it was raised there; SampleError where the process has ended.
        """
        assert self.order is not None, "only what draws is listened to"
        try:
            said = self.connection.recv()
        except (EOFError, ConnectionResetError):
            raise SampleError(f"frame {self.order.now.number:04d}: {self._end()}") from None
        if isinstance(said, _Fault):
            said.rise()
        if not isinstance(said, Progress):
            self.order = None
        return said

    def dismiss(self) -> None:
        """Ask the process to end."""
        self.connection.close()
        self._process.terminate()

    def await_end(self) -> None:
        """See that the process is gone."""
        self._process.join(PATIENCE_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def _end(self) -> str:
        self._process.join(PATIENCE_S)
        code = self._process.exitcode or 0
        how = f"by {signal.Signals(-code).name}" if code < 0 else f"with code {code}"
        return f"the process that drew it ended {how}; memory may have run out: lower --parallel, size or cutn_batches"


class Crew:
    """Up to `size` processes, begun when they are needed first."""

    def __init__(self, film: Film, size: int) -> None:
        self.size = size
        self._film = film
        self._hands: list[Hand] = []

    def free(self) -> Hand | None:
        """Return a process that draws nothing, a new one if need be; None where all are busy."""
        for hand in self._hands:
            if hand.order is None:
                return hand
        if len(self._hands) == self.size:
            return None
        self._hands.append(Hand(self._film))
        return self._hands[-1]

    def heard(self) -> Sequence[Hand]:
        """Wait until one or more that draw have something to say; return them, none where nothing is drawn."""
        drawing = {hand.connection: hand for hand in self._hands if hand.order is not None}
        return [drawing[one] for one in wait(list(drawing)) if isinstance(one, Connection)] if drawing else []

    def dismiss(self) -> None:
        """End them all."""
        for hand in self._hands:
            hand.dismiss()
        for hand in self._hands:
            hand.await_end()


@contextmanager
def hired(film: Film, size: int) -> Iterator[Crew | Company]:
    """Lend what draws for a film, or for several of one engine, while the block runs.

    Convention: those are processes, but lanes of this one where a call of the network draws several frames.
    """
    crew = Company(film, size) if film.engine.batch > 1 else Crew(film, size)
    try:
        yield crew
    finally:
        crew.dismiss()


class _Fault:
    """What was raised in another process; what has no class of ours is a bug and brings its traceback."""

    def __init__(self, fault: Exception) -> None:
        self._kind = type(fault).__name__ if isinstance(fault, PipelineError) else ""
        self._text = str(fault)
        if is_out_of_memory(fault) and not self._kind:
            self._kind, self._text = SampleError.__name__, f"out of memory ({fault}); lower --parallel or the size"
        self._trace = "" if self._kind else "".join(traceback.format_exception(fault))

    def rise(self) -> None:
        if self._kind:
            raise getattr(errors, self._kind)(self._text)
        raise RuntimeError(f"{self._text}\n{self._trace}")


def _serve(connection: Connection, film: Film) -> None:
    """Draw whatever is ordered until nobody asks any more."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    from . import painted

    hands = (cache(lambda: set_up_for(film)), cache(lambda: set_up_for(single(film))))
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            order = connection.recv()
            try:
                drawn = painted(order.plan, order.ends, hands, order.facts, watch=connection.send, now=order.now)
                connection.send(replace(drawn, engine=dict(drawn.engine)))
            except (BrokenPipeError, ConnectionResetError):
                return
            except Exception as fault:
                connection.send(_Fault(fault))


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None, "this is run in a child"
    parent.join()
    signal.raise_signal(signal.SIGTERM)
