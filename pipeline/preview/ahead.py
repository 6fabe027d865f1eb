"""Make the next things while the last one is still being used: a generator that runs in a thread of its own."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import suppress
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Generic, TypeVar

Item = TypeVar("Item")
_WAIT_S = 0.1  # how often a full queue looks whether anybody still reads it


class _End(Generic[Item]):
    """Stands after the last item, with the fault that ended it, if one did."""

    def __init__(self, fault: BaseException | None = None) -> None:
        self.fault = fault


def ahead(items: Iterable[Item], *, room: int = 4) -> Generator[Item, None, None]:
    """Yield the items, made up to `room` of them in advance; a fault of theirs is raised in its place.

    Convention: closing the generator ends the thread before it returns.
    """
    queue: Queue[Item | _End] = Queue(room)
    unwanted = Event()

    def offer(item: Item | _End) -> None:
        while not unwanted.is_set():
            with suppress(Full):
                queue.put(item, timeout=_WAIT_S)
                break

    def make() -> None:
        try:
            for item in items:
                offer(item)
                if unwanted.is_set():
                    return
            offer(_End())
        except BaseException as fault:
            offer(_End(fault))

    thread = Thread(target=make, name="ahead", daemon=True)
    thread.start()
    try:
        while True:
            item = _next(queue)
            if isinstance(item, _End):
                if item.fault is not None:
                    raise item.fault
                return
            yield item
    finally:
        unwanted.set()
        thread.join()


def _next(queue: Queue[Item | _End]) -> Item | _End:
    """Wait in short turns, so that a signal is noticed at once."""
    while True:
        try:
            return queue.get(timeout=_WAIT_S)
        except Empty:
            continue
