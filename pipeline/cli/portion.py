"""How much of a film one run is to make: up to a moment, a single shot, or what fits into some hours."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import UsageError
from .options import frame_range

if TYPE_CHECKING:
    from ..render import Progress
    from ..schedule import Reading

Until = Annotated[
    str | None, typer.Option(metavar="TIME", help="Only up to a moment of the film: 12s, 0:12.5, 24b, or a frame.")
]
Only = Annotated[str | None, typer.Option(metavar="SHOT", help="Only the shot of this name.")]
MaxHours = Annotated[
    float | None, typer.Option(metavar="HOURS", help="Stop after the first frame that is done so much later.")
]


class Spent(Exception):
    """The hours are over."""


class Allowance:
    """Ends the block that it is around, without a fault, at the first finished frame after so many hours."""

    def __init__(self, hours: float | None) -> None:
        if hours is not None and not 0 < hours < 1e6:
            raise UsageError(f"--max-hours {hours:g}: is not a length of time; give hours above 0, such as 8 or 0.5")
        self.is_spent = False
        self._end = math.inf if hours is None else monotonic() + hours * 3600

    def watching(self, watch: Callable[[Progress], None]) -> Callable[[Progress], None]:
        """Return a watcher that also looks at the clock."""

        def see(now: Progress) -> None:
            watch(now)
            if now.doing == "stored" and monotonic() > self._end:
                raise Spent

        return see

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.is_spent = kind is Spent
        return self.is_spent


def wanted_frames(reading: Reading, *, frames: str | None, until: str | None, only: str | None) -> range | None:
    """Return the frames of the film that options ask for, None for all of them.

    Raises: UsageError for what is no part of the film, or more than one of the options.
    """
    given = [name for name, text in (("--frames", frames), ("--until", until), ("--only", only)) if text is not None]
    if len(given) > 1:
        raise UsageError(f"{given[0]} and {given[1]}: both say which frames; give one of them")
    film = reading.film
    if until is not None:
        return range(_frames_until(until, reading))
    if only is not None:
        return _frames_of(only, reading)
    return frame_range(frames, film.n_frames)


def _frames_until(text: str, reading: Reading) -> int:
    film = reading.film
    frames = _moment(text, reading)
    if frames is None:
        raise UsageError(
            f"--until {text}: is no moment; write 12s, 0:12.5, 24b (with a bpm or music), or a frame's number"
        )
    count = min(film.n_frames, math.ceil(round(frames, 6)))
    if count < 1:
        raise UsageError(f"--until {text}: is the film's beginning; give a later moment")
    return count


def _moment(text: str, reading: Reading) -> float | None:
    fps, tempo = reading.film.fps, reading.tempo
    found = re.fullmatch(r"(?:(\d{1,5}):)?(\d{1,9}(?:\.\d{1,9})?)(s|b|)", text, re.ASCII)
    if not found or (found[1] and found[3]) or (found[3] == "b" and not tempo.has_beats):
        return None
    minutes, number = found[1], float(found[2])
    if minutes is not None or found[3] == "s":
        return (int(minutes or 0) * 60 + number) * fps
    if found[3] == "b":
        return tempo.grid.later(0.0, beats=number) if tempo.grid else number * tempo.spans["b"]
    return number


def _frames_of(name: str, reading: Reading) -> range:
    first = 0
    for shot in reading.film.shots:
        if shot.name == name:
            return range(first, first + len(shot.plans))
        first += len(shot.plans)
    known = ", ".join(shot.name for shot in reading.film.shots)
    raise UsageError(f"--only {name}: the film has no such shot; its shots are {known}")
