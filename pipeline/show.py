"""What long work on a film shows meanwhile: frame, step, seconds per frame, time left; and one line when it is done."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .render import Progress as Happening

NEW = ("stored", "painted")  # what happens once for each frame that is made


def say(text: str) -> None:
    """Tell people something, on standard error."""
    print(text, file=sys.stderr, flush=True)


class ProgressLine:
    """A progress bar on standard error; in a file or a pipe, one line for every tenth of the film."""

    def __init__(self, n_frames: int, where: str, *, silent: bool = False) -> None:
        self.n_frames = n_frames
        self.silent = silent
        self.kept = self.drawn = 0
        self._done: int | None = None  # frames that are behind, those before the first that is asked for counted
        self.seconds: list[float] = []
        self._since = time.monotonic()
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        console = Console(stderr=True, markup=False, emoji=False, highlight=False)  # texts stay as they are
        self._is_terminal = console.is_terminal
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[state]}", markup=False),
            console=console,
            disable=silent or not console.is_terminal,
        )
        self._task = self._bar.add_task(where, total=n_frames, state="")

    def __enter__(self) -> ProgressLine:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()
        if kind is not None and self.kept + self.drawn and not self.silent:
            say(f"{self.kept + self.drawn} of {self.n_frames} frames kept")

    def watch(self, now: Happening) -> None:
        """Take note of what happens, and show it."""
        if now.doing == "again" and not self.silent:
            say(f"frame {now.number}: not finite in half precision; drawn again in single precision")
        self._done = now.number if self._done is None else self._done
        if now.doing in NEW:
            self.drawn += now.doing == "stored"  # a frame that is only painted is not kept anywhere
            self.seconds.append(time.monotonic() - self._since)
        if now.doing in ("kept", *NEW):
            self.kept += now.doing == "kept"
            self._done += 1  # several may be drawn at once, so their numbers do not tell
            self._since = time.monotonic()
        share = now.step / now.n_steps if now.n_steps else 0.0
        self._bar.update(
            self._task, completed=min(self.n_frames, self._done + share), state=self._state(now, self._done)
        )
        self._say_tenths(now, self._done)

    @property
    def counts(self) -> dict[str, int]:
        """Frames drawn now, and kept from before."""
        return {"drawn": self.drawn, "kept": self.kept, "frames": self.n_frames}

    @property
    def summary(self) -> str:
        """One line of what was done."""
        from statistics import median

        each = f", {median(self.seconds):.2f} s each" if self.seconds else ""
        return f"{self.n_frames} frames, {self.drawn} drawn{each}, {self.kept} kept"

    def _state(self, now: Happening, done: int) -> str:
        if now.doing == "assembling":
            return "assembling the film"
        parts = [f"frame {min(done + (now.doing not in ('kept', *NEW)), self.n_frames)}/{self.n_frames}"]
        if now.n_steps:
            parts.append(f"step {now.step}/{now.n_steps}")
        if self.seconds:
            from statistics import median

            each = median(self.seconds[-20:])
            left = round(each * (self.n_frames - done))
            parts.append(f"{each:.2f} s/frame, {left // 60}:{left % 60:02d} left")
        return "  ".join(parts)

    def _say_tenths(self, now: Happening, done: int) -> None:
        if self.silent or self._is_terminal or now.doing not in NEW:
            return
        if done * 10 // self.n_frames != (done - 1) * 10 // self.n_frames:
            say(self._state(now, done))
