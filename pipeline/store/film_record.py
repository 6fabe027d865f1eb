"""Which shots in which order make the film, kept in `film.json` so that frames alone are enough to assemble it.

The record may also name the key of every frame; then a film is never assembled from two versions of its keyframes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..errors import StoreError
from ..types import Film, FilmFormat, Music, PictureFile, Script, Size
from .commit import commit, make_folder
from .format_record import format_from, read_format
from .frame_file import MAX_SIDE, FrameRecord
from .layout import KEY, RECORD, checked_film_name, checked_shot_name
from .music_record import music_from, read_music

VERSION = 2
_MAX_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class ShotRecord:
    """A shot's name and length; `keys` is empty, or has one key for each frame."""

    name: str
    n_frames: int
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seam:
    """Where another engine goes on: before frame `frame` of `shot`, which may be the shot's end, facts change.

    Convention: everything back to the seam before it, in order of the film, was drawn by the engine `before`.
    """

    shot: str
    frame: int
    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FilmRecord:
    """What `film.json` says: all that assembling needs besides the frames and the music's file.

    Convention: the music's path is written from the film's folder, and read back so that it holds from here. `clips`
        are the films that frames follow, where they lay when it was written.
    """

    name: str
    fps: float
    size: Size
    format: FilmFormat
    shots: tuple[ShotRecord, ...]
    title: str = ""
    music: Music | None = None
    script: Script | None = None
    pictures: tuple[PictureFile, ...] = ()
    seams: tuple[Seam, ...] = ()
    clips: tuple[PictureFile, ...] = ()

    @property
    def n_frames(self) -> int:
        """Number of frames of all shots together."""
        return sum(shot.n_frames for shot in self.shots)


def write_film_record(
    directory: Path, film: Film, *, keys: Mapping[str, Sequence[str]] | None = None, seams: tuple[Seam, ...] = ()
) -> FilmRecord:
    """Commit the film's record into its folder; return it.

    Convention: `keys` gives for each shot's name the keys of its frames in order; shots not in it go without. `seams`
        are those that somebody has asked for.
    Raises: StoreError.
    """
    known = keys or {}
    shots = tuple(ShotRecord(shot.name, len(shot.plans), tuple(known.get(shot.name, ()))) for shot in film.shots)
    music = music_from(film.music, directory) if film.music else None
    clips = tuple(PictureFile(clip.digest, clip.path) for clip in film.clips)
    beside = (film.title, music, film.script, film.pictures, seams, clips)
    format = format_from(film.format, directory)
    record = FilmRecord(film.name, float(film.fps), film.size, format, shots, *beside)
    path = directory / RECORD
    text = json.dumps({"version": VERSION, **asdict(record)}, indent=1) + "\n"
    _record_of(path, json.loads(text))  # what could not be read back is not written
    make_folder(directory)
    commit(path, text.encode("ascii"))
    return record


def read_film_record(directory: Path) -> FilmRecord:
    """Read the film's record from its folder.

    Raises: StoreError where there is none, or it is damaged.
    """
    path = directory / RECORD
    try:
        with open(path, "rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        raise StoreError(
            f"{path}: no film is recorded here; give a folder that `pipeline render` has written"
        ) from None
    except OSError as fault:
        raise StoreError(f"{path}: cannot be read ({(fault.strerror or str(fault)).lower()})") from fault
    if len(data) > _MAX_BYTES:
        raise _damaged(path, f"it has more than {_MAX_BYTES:,} bytes")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as fault:
        raise _damaged(path, "it is not JSON") from fault
    return _record_of(path, found)


def recorded_seams(directory: Path) -> tuple[Seam, ...]:
    """Return the seams that a folder's film was asked to have; none where no record can be read."""
    try:
        return read_film_record(directory).seams
    except StoreError:
        return ()  # a seam that nobody can prove to have been asked for is asked for again


def _record_of(path: Path, found: Any) -> FilmRecord:
    """Build the record from untrusted JSON: every field present, of its type and in its range."""
    try:
        if found["version"] != VERSION:
            raise _damaged(path, f"its version is {found['version']!r}, known is {VERSION}")
        shots = tuple(_shot_of(shot) for shot in found["shots"])
        if len({shot.name for shot in shots}) != len(shots):
            raise ValueError("two shots have one name")
        fps = found["fps"]
        if type(fps) not in (int, float) or not math.isfinite(fps) or not 0 < fps <= 1000:
            raise ValueError(f"fps is {fps!r}")
        return FilmRecord(
            name=checked_film_name(found["name"]),
            fps=float(fps),
            size=Size(*(_whole(found["size"], side, 1, MAX_SIDE) for side in ("height", "width"))),
            format=read_format(found["format"], path.parent),
            shots=shots,
            title=_title_of(found["title"]),
            music=None if found["music"] is None else read_music(found["music"], path.parent),
            script=_script_of(found.get("script")),
            pictures=tuple(_picture_of(picture) for picture in found.get("pictures", ())),
            seams=_seams_of(found.get("seams", ()), shots),
            clips=tuple(_picture_of(clip) for clip in found.get("clips", ())),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        why = f"it lacks {fault}" if isinstance(fault, KeyError) else str(fault)
        raise _damaged(path, why) from fault


def _shot_of(found: Any) -> ShotRecord:
    keys = tuple(found["keys"])
    n_frames = _whole(found, "n_frames", 0, 10_000_000)
    if len(keys) not in (0, n_frames) or not all(isinstance(key, str) and KEY.fullmatch(key) for key in keys):
        raise ValueError(f"shot {found['name']!r} has {n_frames} frames, its keys are others")
    return ShotRecord(checked_shot_name(found["name"]), n_frames, keys)


def _title_of(found: Any) -> str:
    if not isinstance(found, str) or len(found) > 200:
        raise ValueError("title is no text of at most 200 characters")
    return found


def script_in(record: FrameRecord) -> Script | None:
    """Return the texts that are written inside a frame's file, without the preset's; None where there are none.

    Raises: StoreError where they are no script.
    """
    return script_from(record.facts.get("script", ""))


def script_from(text: str) -> Script | None:
    """Return the script that `Script.canonical` wrote, None for no text.

    Raises: StoreError where it is none.
    """
    try:
        return None if not text else _script_of({**json.loads(text), "preset_text": ""})
    except (ValueError, TypeError, KeyError, RecursionError) as fault:
        raise StoreError("the script that is written in it cannot be read; render again") from fault


def _script_of(found: Any) -> Script | None:
    if found is None:  # the film was made by a program of its own, or by an earlier version
        return None
    script = Script(found["keyframes"], found["preset"], found["preset_text"], tuple(found["settings"]))
    if not all(
        isinstance(text, str) for text in (script.keyframes, script.preset, script.preset_text, *script.settings)
    ):
        raise ValueError("its script is no text")
    return script


def _picture_of(found: Any) -> PictureFile:
    picture = PictureFile(found["digest"], found["path"])
    if not (isinstance(picture.digest, str) and KEY.fullmatch(picture.digest) and isinstance(picture.path, str)):
        raise ValueError("a picture is none")
    return picture


def _seams_of(found: Any, shots: Sequence[ShotRecord]) -> tuple[Seam, ...]:
    lengths = {shot.name: shot.n_frames for shot in shots}
    return tuple(_seam_of(seam, lengths[seam["shot"]]) for seam in found)


def _seam_of(found: Any, n_frames: int) -> Seam:
    for facts in (found["before"], found["after"]):
        if not all(isinstance(text, str) for pair in facts.items() for text in pair):
            raise ValueError("a seam's engine is none")
    frame = _whole(found, "frame", 1, n_frames)
    return Seam(found["shot"], frame, dict(found["before"]), dict(found["after"]))


def _whole(found: Any, name: str, lowest: int, highest: int) -> int:
    value = found[name]
    if type(value) is not int or not lowest <= value <= highest:
        raise ValueError(f"{name} is {value!r}, not a whole number from {lowest} to {highest}")
    return value


def _damaged(path: Path, why: str) -> StoreError:
    return StoreError(f"{path}: damaged film record ({why}); run `pipeline render` again to write it anew")
