"""See frames while they are drawn: the running picture in one file, and pictures of chosen steps beside the frames.

What is shown is the clean picture that the model predicts, not the noisy one. The file of the running picture is
written in a thread of its own, at most twice a second, and a fault there is told once and never stops the render.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import Full, Queue
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, Final

from ..errors import StoreError, UsageError
from ..store import put_partial, refresh
from ..types import FramePlan
from .stills import to_bytes

if TYPE_CHECKING:
    import numpy as np

    from ..sample.draw import DrawStep

SUFFIXES: Final = (".png", ".jpg", ".jpeg")
PERIOD_S: Final = 0.5  # between two pictures: people see no more, and a disk has other things to do
PATIENCE_S: Final = 5.0  # for the last picture, once all frames are drawn
MOST: Final = 1000


class LivePicture:
    """The running picture in a file; used as a context, it writes the last picture before it ends."""

    def __init__(self, path: Path, warn: Callable[[str], None]) -> None:
        if path.suffix.lower() not in SUFFIXES:
            raise UsageError(f"--live {path}: the name ends in none of {', '.join(SUFFIXES)}; give it such an ending")
        self.path = path
        self._warn = warn
        self._next: Queue[np.ndarray | None] = Queue(maxsize=1)
        self._last: np.ndarray | None = None  # seen, and not handed over yet
        self._written = -math.inf
        self._thread = Thread(target=self._write, name="live picture", daemon=True)

    def __enter__(self) -> LivePicture:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        deadline = time.monotonic() + PATIENCE_S
        for picture in (self._last, None):
            try:
                self._next.put(picture, timeout=max(0.0, deadline - time.monotonic()))
            except Full:  # a disk that hangs; the thread dies with the process
                return
            if picture is None:
                break
        self._thread.join(max(0.0, deadline - time.monotonic()))

    def __call__(self, plan: FramePlan, step: DrawStep) -> None:
        """Show a step, if it is time and the picture before is written; else keep it in mind."""
        is_last = step.index == step.n_steps - 1
        now = time.monotonic()
        if now - self._written < PERIOD_S and not is_last:
            return
        self._last = to_bytes(step.x0)
        if now - self._written >= PERIOD_S:
            try:
                self._next.put_nowait(self._last)
            except Full:
                return
            self._last, self._written = None, now

    def _write(self) -> None:
        is_told = False
        while (picture := self._next.get()) is not None:
            try:
                refresh(self.path, picture)
            except StoreError as fault:
                if not is_told:
                    self._warn(f"--live {fault}; the render goes on without")
                is_told = True


@dataclass(frozen=True, slots=True)
class Partials:
    """Which steps of a frame are kept: `shares` of the steps that it takes, and `steps` by number, from 1."""

    shares: tuple[float, ...] = ()
    steps: tuple[int, ...] = ()

    def numbers(self, n_steps: int) -> frozenset[int]:
        """Return the numbers of the steps, from 1, of a frame that takes `n_steps`; the last one is the frame."""
        of_shares = (math.ceil(share * n_steps - 1e-9) for share in self.shares)
        return frozenset(n for n in (*of_shares, *self.steps) if 1 <= n < n_steps)

    def keeper(self, root: Path) -> Callable[[FramePlan, DrawStep], None]:
        """Return what stores these steps of every frame that is drawn into the folder `root`."""

        def keep(plan: FramePlan, step: DrawStep) -> None:
            number = step.index + 1
            if number in self.numbers(step.n_steps):
                put_partial(root, plan.shot, plan.frame, number, to_bytes(step.x0))

        return keep


def read_partials(text: str) -> Partials:
    """Read a count, such as `5`, or a list of shares below 1 and of numbers of steps: `0.2,0.5`, `3,8`.

    Convention: a count of k means the shares i / (k + 1).
    Raises: UsageError.
    """
    wrong = UsageError(
        f"--partials {text}: is no count and no list of steps; write 5, or 0.2,0.5 (shares) or 3,8 (steps from 1)"
    )
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > MOST or not all(re.fullmatch(r"\d{1,4}|0?\.\d{1,9}", part, re.ASCII) for part in parts):
        raise wrong
    numbers = [float(part) for part in parts]
    if min(numbers) <= 0 or max(numbers) > MOST:
        raise wrong
    if len(parts) == 1 and numbers[0] >= 1:
        count = int(numbers[0])
        return Partials(shares=tuple(n / (count + 1) for n in range(1, count + 1)))
    return Partials(tuple(n for n in numbers if n < 1), tuple(int(n) for n in numbers if n >= 1))
