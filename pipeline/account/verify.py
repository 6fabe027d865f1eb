"""Every frame of a rendered film read whole and held against the film's record: what is missing, damaged or foreign."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ..store import FilmRecord, FrameStore, ShotRecord, State, place_of, read_film_record
from ..store.frame_file import DamagedFrame, MissingFrame

BATCH = 256  # frames read ahead of being told of


@dataclass(frozen=True, slots=True)
class Problem:
    """A frame that is not what the film's record says."""

    state: State
    shot: str
    frame: int
    why: str


def verify(
    directory: Path, *, watch: Callable[[int, int], None] = lambda done, total: None
) -> tuple[FilmRecord, tuple[Problem, ...]]:
    """Read every frame of a film's folder whole; return its record and what is wrong, in order of the film.

    Convention: `watch` gets how many frames are done, of how many. A record without keys can only say that a frame is
        whole and made for its place.
    Raises: StoreError where the record or the disk cannot be read.
    """
    record = read_film_record(directory)
    store = FrameStore(directory)
    places = [(shot, index) for shot in record.shots for index in range(shot.n_frames)]
    problems: list[Problem] = []
    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as workers:  # decoding leaves Python's lock
        for start in range(0, len(places), BATCH):
            found = workers.map(lambda place: _problem(record, store, *place), places[start : start + BATCH])
            problems += [problem for problem in found if problem]
            watch(min(len(places), start + BATCH), len(places))
    return record, tuple(problems)


def _problem(record: FilmRecord, store: FrameStore, shot: ShotRecord, index: int) -> Problem | None:
    path = store.path(shot.name, index)
    try:
        stored = store.read(shot.name, index)
    except MissingFrame:
        return Problem(State.MISSING, shot.name, index, f"{path}: the frame is missing")
    except DamagedFrame as fault:
        return Problem(State.DAMAGED, shot.name, index, str(fault).split("; render again")[0])
    why = ""
    if place_of(stored) != (shot.name, index):
        why = f"made for another place ({place_of(stored)})"
    elif shot.keys and stored.key != shot.keys[index]:
        why = f"made as {stored.key[:12]}, recorded is {shot.keys[index][:12]}"
    elif stored.pixels.shape != (record.size.height, record.size.width, 3):
        why = f"{stored.pixels.shape[1]}x{stored.pixels.shape[0]} pixels, the film has other"
    return Problem(State.FOREIGN, shot.name, index, f"{path}: foreign frame ({why})") if why else None
