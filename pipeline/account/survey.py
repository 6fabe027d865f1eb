"""What a render would do, told before it does it: which frames are kept, which are drawn, why, and how long it takes.

Frames are found by their records alone; no pixel is decoded, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from ..forecast import remembered
from ..identity import KEPT, differing, place_in
from ..render import identify, parts
from ..schedule import Reading
from ..store import FilmRecord, FrameRecord, FrameStore, Seam, State, estimate, read_film_record, read_timings, work_of
from ..types import Film, FramePlan
from .compare import changes_of, told

SHOWN_CAUSES = 2
SHOWN_RUNS = 8


@dataclass(frozen=True, slots=True)
class Run:
    """Frames `first` to `last` of the film, of which the same is to be said."""

    first: int
    last: int
    state: State
    cause: str = ""

    def __str__(self) -> str:
        frames = f"{self.first}-{self.last}" if self.last > self.first else str(self.first)
        if self.state in KEPT:
            return f"{frames} kept" + (" from earlier takes" if self.state is State.TAKE else "")
        return f"{frames} to render ({self.cause})"


@dataclass(frozen=True, slots=True)
class Join:
    """A seam: frame `frame` of the film is the first by another engine, which `differs` from the one before in this."""

    frame: int
    differs: str
    accepted: bool

    def __str__(self) -> str:
        asked = "" if self.accepted else ", refused without --accept-seam or --redraw"
        return f"seam after frame {self.frame - 1} ({self.differs}){asked}"


@dataclass(frozen=True, slots=True)
class Survey:
    """What a render would do; `seconds` is None where nothing like it has been timed, there or by `pipeline estimate`.

    Convention: an accepted seam after the film's last frame is none; one that is not accepted is told.
    """

    runs: tuple[Run, ...]
    n_kept: int
    n_to_draw: int
    seconds: float | None
    seams: tuple[Join, ...] = ()

    def __str__(self) -> str:
        return "; ".join([self._frames(), *map(str, self.seams)])

    def _frames(self) -> str:
        if not self.n_to_draw and len(self.runs) == 1:
            return f"frames {self.runs[0]}; nothing to render"
        shown = [str(run) for run in self.runs[:SHOWN_RUNS]]
        if len(self.runs) > SHOWN_RUNS:
            shown.append(f"... in all {self.n_kept} kept and {self.n_to_draw} to render")
        return f"frames {', '.join(shown)}" + (
            f", {duration(self.seconds)}" if self.n_to_draw else "; nothing to render"
        )


def survey(reading: Reading, folder: Path, *, frames: range | None = None, redraw: bool = False) -> Survey:
    """Say what rendering a film into `folder` would do; write nothing.

    Convention: `frames` as in `render`, those counted that a render of them needs; with `redraw` frames of another
        engine are not kept.
    Raises: StoreError where the folder cannot be read.
    """
    film, store = reading.film, FrameStore(folder)
    found = identify(film) if redraw else identify(film, folder, keep=True)
    facts, keys = found.facts, found.keys
    runs: list[Run] = []
    work: list[FramePlan] = []
    n_kept = 0
    for shot, first, plans in parts(film, frames):
        for plan in sorted(plans, key=lambda plan: plan.frame):
            state, record = store.glance(shot.name, plan.frame, keys[shot.name][plan.frame])
            number = first + plan.frame
            if state in KEPT:
                n_kept += 1
                _add(runs, number, state, str)
                continue
            work.append(plan)
            _add(runs, number, state, partial(_cause, reading, number, state, record, facts), new=plan.frame == 0)
    lengths = {shot.name: len(shot.plans) for shot in film.shots}
    told = joins(lengths, found.seams, unaccepted=found.unaccepted)
    return Survey(tuple(runs), n_kept, len(work), _seconds(film, work, folder, facts), told)


def _seconds(film: Film, work: Sequence[FramePlan], folder: Path, facts: Mapping[str, str]) -> float | None:
    """Return how long frames take: by others of the film where there are some, else by what was measured beforehand."""
    found = estimate([work_of(plan, facts) for plan in work], read_timings(folder))
    if found is None and (ahead := remembered(film, facts, work)) is not None:
        found = ahead.seconds
    return found


def joins(lengths: Mapping[str, int], seams: Iterable[Seam], *, unaccepted: Iterable[Seam] = ()) -> tuple[Join, ...]:
    """Return a film's seams as they are told, from the lengths of its shots in order."""
    asked = [*unaccepted]
    found = [Join(place_in(lengths, seam), differing(seam), seam not in asked) for seam in seams]
    return tuple(join for join in found if join.frame < sum(lengths.values()) or not join.accepted)


def survey_folder(folder: Path) -> Survey:
    """Say how much of what a folder's record asks for is there, without a keyframe file; write nothing.

    Convention: the estimate takes what is missing for as long as the frames that were drawn last.
    Raises: StoreError where there is no record, or the folder cannot be read.
    """
    record, store = read_film_record(folder), FrameStore(folder)
    runs: list[Run] = []
    first = n_kept = 0
    for shot in record.shots:
        for index in range(shot.n_frames):
            state, found = store.glance(shot.name, index, shot.keys[index] if shot.keys else "0" * 64)
            if state is State.FOREIGN and not shot.keys:
                state = State.VALID
            n_kept += state in KEPT
            _add(runs, first + index, state, partial(_plain_cause, state, found), new=index == 0)
        first += shot.n_frames
    n_to_draw = record.n_frames - n_kept
    last = [timing.seconds for timing in read_timings(folder)][-50:]
    seconds = median(last) * n_to_draw if last else None
    return Survey(tuple(runs), n_kept, n_to_draw, seconds, joins_of(record))


def joins_of(record: FilmRecord) -> tuple[Join, ...]:
    """Return the seams that a film's record knows."""
    return joins({shot.name: shot.n_frames for shot in record.shots}, record.seams)


def _plain_cause(state: State, record: FrameRecord | None) -> str:
    if state in KEPT:
        return ""
    if record is None:
        return "damaged" if state is State.DAMAGED else "not there yet"
    return "of another version of the film"


def duration(seconds: float | None) -> str:
    """Return a length of time in words, rounded as an estimate deserves."""
    if seconds is None:
        return "for how long is not known yet"
    if seconds < 90:
        return f"about {max(1, round(seconds))} s"
    if seconds < 5400:
        return f"about {round(seconds / 60)} min"
    return f"about {seconds / 3600:.1f} h"


def _add(runs: list[Run], number: int, state: State, cause: Callable[[], str], *, new: bool = False) -> None:
    """Lengthen the last run by a frame, or begin another; a cause is only looked for where one begins."""
    last = runs[-1] if runs else None
    same = last is not None and last.last == number - 1 and (last.state is state or not {last.state, state} & {*KEPT})
    if last is not None and same and not new:
        runs[-1] = Run(last.first, number, last.state, last.cause)
        return
    why = cause()
    if last is not None and same and why == last.cause:
        runs[-1] = Run(last.first, number, last.state, why)
    else:
        runs.append(Run(number, number, state, why))


def _cause(reading: Reading, number: int, state: State, record: FrameRecord | None, facts: Mapping[str, str]) -> str:
    if record is None:
        return _plain_cause(state, record)
    changes = changes_of(reading, number, record, facts)
    if not changes:
        return "made from another frame before it"
    said = list(dict.fromkeys(told(reading, number, change) for change in changes))
    more = f" and {len(said) - SHOWN_CAUSES} more" if len(said) > SHOWN_CAUSES else ""
    return ", ".join(said[:SHOWN_CAUSES]) + more
