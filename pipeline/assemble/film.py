"""A film's folder in, its film out: every recorded frame once, in order, each proven whole on the way.

Needs no keyframe file and no model, only `film.json` and the frames. Nothing is guessed: a missing, damaged or foreign
frame stops the film by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import AssembleError, UsageError
from ..store.film_record import FilmRecord, ShotRecord, read_film_record
from ..store.frames import FrameStore, place_of
from ..store.layout import film_path
from .sound import Sound, assemble_film

if TYPE_CHECKING:
    import numpy as np

MAX_COMMENT = 100_000  # bytes; Linux hands a program no word of more than 128 KiB


def assemble(directory: Path, *, out: Path | None = None, music: Path | None = None) -> Path:
    """Encode the film that `directory` holds to `out`, or to `NAME.mp4` in the folder itself; return its path.

    Convention: the caller holds the folder's lock; frames past a shot's recorded end are left alone. `music` says where
        the film's sound file is now; it must be the one that is recorded.
    Raises: AssembleError or StoreError naming the first frame that is missing, damaged or another than recorded.
    """
    record = read_film_record(directory)
    store = FrameStore(directory)
    _refuse_gaps(record, store)
    final = film_path(directory, record.name) if out is None else out
    return assemble_film(
        _stream(record, store),
        final,
        size=record.size,
        fps=record.fps,
        format=record.format,
        title=record.title or record.name,
        comment=_comment(record),
        sound=_sound(record, music),
    )


def _comment(record: FilmRecord) -> str:
    """Return the texts that the film was read from, where the command line of a program can hold them."""
    text = "" if record.script is None else record.script.canonical()
    return text if len(text.encode()) <= MAX_COMMENT else ""


def _sound(record: FilmRecord, place: Path | None) -> Sound | None:
    if place is not None and record.music is None:
        raise UsageError(f"--music {place}: the film has no music; name it under music: in the keyframe file")
    if record.music is None or record.format.audio == "none":
        return None
    return Sound(record.music if place is None else replace(record.music, path=str(place)), record.n_frames)


def _refuse_gaps(record: FilmRecord, store: FrameStore) -> None:
    """Name the missing frames before the long work begins."""
    places = [(shot.name, index) for shot in record.shots for index in range(shot.n_frames)]
    missing = [store.path(*place) for place in places if not store.is_there(*place)]
    if missing:
        raise AssembleError(
            f"{missing[0]}: the frame is missing ({len(missing)} of {len(places)} frames are); "
            "render the film to its end first"
        )


def _stream(record: FilmRecord, store: FrameStore) -> Iterator[np.ndarray]:
    for shot in record.shots:
        for index in range(shot.n_frames):
            yield _frame_in_place(record, store, shot=shot, index=index)


def _frame_in_place(record: FilmRecord, store: FrameStore, *, shot: ShotRecord, index: int) -> np.ndarray:
    """Read one frame and make sure that it was made for this place of this film."""
    path = store.path(shot.name, index)
    stored = store.read(shot.name, index)
    if shot.keys and stored.key != shot.keys[index]:
        raise AssembleError(
            f"{path}: the frame is of another version of the film (made as {stored.key[:12]}, recorded is "
            f"{shot.keys[index][:12]}); render again"
        )
    made_for = place_of(stored)
    if made_for != (shot.name, index):
        raise AssembleError(f"{path}: the frame was made for another place (found {made_for}); render again")
    if stored.pixels.shape != (record.size.height, record.size.width, 3):
        height, width, _ = stored.pixels.shape
        raise AssembleError(
            f"{path}: the frame is {height}x{width}, the film {record.size.height}x{record.size.width}; render again"
        )
    return stored.pixels
