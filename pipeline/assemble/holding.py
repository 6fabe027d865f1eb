"""A short while in which a request to stop waits, so that nothing is begun that nobody would then end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def signals_held() -> Iterator[Callable[[], None]]:
    """Keep signals that ask to stop until the function that is lent is called, or the block ends; then raise them."""
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None  # handlers run in the main thread, so nothing is interrupted here
        return
    came: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        came.append(number)

    before = {number: signal.signal(number, note) for number in SIGNALS}

    def release() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came.pop())

    try:
        yield release
    finally:
        if signal.getsignal(SIGNALS[0]) is note:
            release()
