"""What a film's folder holds beyond the film: takes, and frames past a shot's end. Listed, and removed on request only.

Everything else about a frame goes by its identity; that times of files are read here is no decision of the program's,
it is what the artist asks for.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .commit import naming, remove
from .film_record import FilmRecord
from .layout import TAKES, shot_folders

_FRAME = re.compile(r"(\d{5,})\.png")
_TAKE = re.compile(r"\d{5,}-[0-9a-f]{64}\.png")


@dataclass(frozen=True, slots=True)
class Spare:
    """A file that the film as it is now does not need; `seconds` is when it was written, since 1970."""

    path: Path
    n_bytes: int
    seconds: float


def spares(root: Path, record: FilmRecord) -> tuple[Spare, ...]:
    """Return what the recorded film does not need, oldest first.

    Raises: StoreError.
    """
    lengths = {shot.name: shot.n_frames for shot in record.shots}
    found: list[Path] = []
    for folder in shot_folders(root):
        beyond = lengths.get(folder.name, 0)
        found += [path for path in _files(folder, _FRAME) if int(path.stem) >= beyond]
    for folder in shot_folders(root, below=TAKES):
        found += _files(folder, _TAKE)
    return tuple(sorted((_spare(path) for path in found), key=lambda spare: (spare.seconds, spare.path)))


def chosen(
    found: Iterable[Spare], *, now: float, older_than: float | None = None, keep_bytes: int | None = None
) -> tuple[Spare, ...]:
    """Return which of them go: the older ones, or the oldest until the others fit a size; all of them without either.

    Convention: `older_than` in seconds, `now` in seconds since 1970.
    """
    gone = [spare for spare in found if older_than is None or now - spare.seconds > older_than]
    if keep_bytes is None:
        return tuple(gone)
    over = sum(spare.n_bytes for spare in found) - keep_bytes
    kept = []
    for spare in gone:
        if over <= 0:
            break
        kept.append(spare)
        over -= spare.n_bytes
    return tuple(kept)


def discard(found: Iterable[Spare]) -> None:
    """Remove spare files; the caller holds the folder's lock.

    Raises: StoreError.
    """
    for spare in found:
        remove(spare.path)


def _files(folder: Path, name: re.Pattern[str]) -> list[Path]:
    with naming(folder, doing="read"):
        return [folder / entry.name for entry in os.scandir(folder) if name.fullmatch(entry.name)]


def _spare(path: Path) -> Spare:
    with naming(path, doing="read"):
        facts = os.lstat(path)
    return Spare(path, facts.st_size, facts.st_mtime)
