"""A film's folder in, its film out: every recorded frame once, in order, each proven whole on the way.

Needs no keyframe file and no model, only `film.json` and the frames. Nothing is guessed: a missing, damaged or foreign
frame stops the film by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import tee
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import AssembleError, UsageError
from ..models.fit import refused_upscaler
from ..schedule.film_format import Fault, faults, joined_size, resting, settled
from ..store.film_record import FilmRecord, ShotRecord, read_film_record
from ..store.frames import FrameStore, place_of
from ..store.layout import film_path
from ..types import FilmFormat, Size
from ..types.codec import CODECS, LANCZOS, STEREO, names_model
from .between import in_betweens
from .encode import rational_fps
from .sound import Sound, assemble_film

if TYPE_CHECKING:
    import numpy as np

    Pair = tuple[np.ndarray, np.ndarray]
    Eyes = Callable[[str, int, np.ndarray], Pair]
    Pairs = Callable[[Path, FilmRecord], Eyes]

MAX_COMMENT = 100_000  # bytes; Linux hands a program no word of more than 128 KiB


@dataclass(frozen=True, slots=True)
class Wishes:
    """What `pipeline assemble` is told to do otherwise than the film's record; None leaves a thing as it is there."""

    codec: str | None = None
    quality: str | None = None
    crf: int | None = None
    interpolate: int | None = None
    upscale: int | None = None
    upscaler: str | None = None
    stereo: str | None = None
    eye_distance: float | None = None
    convergence: float | None = None


def assemble(
    directory: Path,
    *,
    out: Path | None = None,
    music: Path | None = None,
    wishes: Wishes | None = None,
    pairs: Pairs | None = None,
) -> Path:
    """Encode the film that `directory` holds to `out`, or to its name in the folder itself; return its path.

    Convention: the caller holds the folder's lock; frames past a shot's recorded end are left alone. `music` says where
        the film's sound file is now; it must be the one that is recorded. `pairs` lends what makes a left and a right
        picture of a frame, for a film that has them.
    Raises: AssembleError or StoreError naming the first frame that is missing, damaged or another than recorded;
        UsageError for wishes that cannot be made.
    """
    record = read_film_record(directory)
    if wishes is not None:
        record = replace(record, format=_wished(record, wishes))
    format, store = record.format, FrameStore(directory)
    final = _place(directory, record) if out is None else _fitting(out, format)
    _refuse_gaps(record, store)
    sound = _sound(record, music)
    if format.stereo == STEREO[0]:
        frames, size, times = _grown(_stream(record, store), record)
    else:
        assert pairs is not None, "whoever assembles a film for two eyes says what the second one sees"
        frames, size, times = _joined(_both(record, store, pairs(directory, record)), record)
    return assemble_film(
        frames,
        final,
        size=size,
        fps=rational_fps(record.fps) * format.interpolate,
        format=format,
        title=record.title or record.name,
        comment=_comment(record),
        sound=sound,
        times=times,
    )


def _wished(record: FilmRecord, wishes: Wishes) -> FilmFormat:
    found = settled(record.format, **asdict(wishes))
    found = found if wishes.upscaler else resting(found)
    told = [*faults(found, size=record.size, fps=record.fps, music=record.music)]
    if names_model(found.upscaler) and (refused := refused_upscaler(found.upscaler)):
        told.append(Fault("upscaler", *refused))
    for fault in told:
        raise UsageError(
            f"{'--' if getattr(wishes, fault.key, None) else 'film.'}{fault.key}: {fault.what}; {fault.do}"
        )
    return found


def _place(directory: Path, record: FilmRecord) -> Path:
    return film_path(directory, record.name, CODECS[record.format.codec].suffix)


def _fitting(out: Path, format: FilmFormat) -> Path:
    """Return the film's path where its ending says what is in it."""
    codec = CODECS[format.codec]
    if not codec.is_folder and out.suffix.lower() != codec.suffix:
        raise UsageError(f"--out {out}: a film in {format.codec} is a {codec.suffix} file; choose a name that ends so")
    return out


def enlargement(format: FilmFormat) -> Callable[[np.ndarray], np.ndarray] | None:
    """Return what enlarges each frame of a film by a network, uint8 (H, W, 3) to a multiple; None where none does.

    Raises: ModelError where the network is refused.
    """
    if format.upscaler == LANCZOS or format.upscale == 1:
        return None
    from ..models.upscaler import open_upscaler

    return open_upscaler(format.upscaler, format.upscale)


def _grown(frames: Iterator[np.ndarray], record: FilmRecord) -> tuple[Iterator[np.ndarray], Size, int]:
    """Return the frames as a network enlarges them where one shall, their size, and how much is left to enlarge."""
    format, size = record.format, record.size
    enlarged = enlargement(format)
    if enlarged is None:
        return frames, size, format.enlarge * format.upscale
    larger = Size(size.height * format.upscale, size.width * format.upscale)
    return map(enlarged, frames), larger, format.enlarge


def _both(record: FilmRecord, store: FrameStore, eyes: Eyes) -> Iterator[Pair]:
    """Yield what the left and the right eye see, in-betweens of each made by itself."""
    for shot in record.shots:
        drawn = (
            eyes(shot.name, index, _frame_in_place(record, store, shot=shot, index=index))
            for index in range(shot.n_frames)
        )
        sides = [map(itemgetter(eye), pairs) for eye, pairs in enumerate(tee(drawn))]
        yield from zip(*(in_betweens(side, record.format.interpolate) for side in sides), strict=True)


def _joined(both: Iterator[Pair], record: FilmRecord) -> tuple[Iterator[np.ndarray], Size, int]:
    """Return pairs joined to one picture each, which are enlarged before, so that no eye sees the other's edge."""
    format = record.format
    sides = [_grown(map(itemgetter(eye), pairs), record) for eye, pairs in enumerate(tee(both))]
    (left, size, times), (right, _, _) = sides
    larger = Size(size.height * times, size.width * times)

    def join(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        import cv2
        import numpy as np

        both = [one, other] if format.stereo != "crossed" else [other, one]
        if times > 1:
            side = (larger.width, larger.height)
            both = [cv2.resize(each, side, interpolation=cv2.INTER_LANCZOS4) for each in both]
        return (np.vstack if format.stereo == "top-bottom" else np.hstack)(both)

    return map(join, left, right), joined_size(larger, format.stereo), 1


def _comment(record: FilmRecord) -> str:
    """Return the texts that the film was read from, where the command line of a program can hold them."""
    text = "" if record.script is None else record.script.canonical()
    return text if len(text.encode()) <= MAX_COMMENT else ""


def _sound(record: FilmRecord, place: Path | None) -> Sound | None:
    if place is not None and record.music is None:
        raise UsageError(f"--music {place}: the film has no music; name it under music: in the keyframe file")
    if place is not None and record.format.settled_audio == "none":
        raise UsageError(f"--music {place}: this film is silent; give another codec or film: {{audio: auto}}")
    if record.music is None or record.format.settled_audio == "none":
        return None
    n_frames = record.n_frames * record.format.interpolate
    return Sound(record.music if place is None else replace(record.music, path=str(place)), n_frames)


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
        drawn = (_frame_in_place(record, store, shot=shot, index=index) for index in range(shot.n_frames))
        yield from in_betweens(drawn, record.format.interpolate)


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
