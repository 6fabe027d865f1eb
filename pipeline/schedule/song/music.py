"""Read `music:`, the sound of a film: which part of which file, when it sets in, and how it begins and ends.

The music knows its length exactly, so a film that says nothing of its own length lasts as long as its music.
"""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

from ...types import Mark, Music
from ..clock import MAX_FRAMES, Tempo, nearest_frame, refuse_time
from ..fields import as_mapping, describe, nearest, number, scalar
from ..rate import exact_rate
from ..source import Complaints, Mapping, Node, Scalar, refuse, shorten
from .sound_file import SoundFault, SoundFile, listen_to

TIMES = {
    "start": "place in the file where the music begins",
    "length": "how much of it is played; to its end unless it says so",
    "offset": "time of the film at which the music sets in; silence before it",
    "fade_in": "how long the music takes to come up",
    "fade_out": "how long it takes to go down, where it ends or the film does",
}
LOUDEST = 4
MUSIC_KEYS = ("file", "cues", *TIMES, "volume")
SUFFIXES = (
    ".mp3",
    ".m4a",
    ".aac",
    ".flac",
    ".ogg",
    ".opus",
    ".wav",
    ".aif",
    ".aiff",
    ".wma",
    ".mp4",
    ".mov",
    ".mkv",
    ".webm",
)


def read_music(node: Node, tempo: Tempo, beside: Path) -> Music:
    """Read the film's music, a path from the folder `beside` or a section.

    Raises: KeyframeError with everything that is wrong with it.
    """
    complaints = Complaints()
    found = as_mapping(node, "music", MUSIC_KEYS, complaints) if isinstance(node, Mapping) else {"file": node}
    if "file" not in found:
        complaints.add(node.mark, "music names no file", "write music: song.mp3, or file: song.mp3 in it")
    times = {key: complaints.attempt(seconds, found[key], key, tempo) for key in TIMES if key in found}
    volume = 1.0
    if "volume" in found:
        volume = complaints.attempt(number, found["volume"], "volume", low=0, high=LOUDEST) or 0.0
    path, sound = complaints.attempt(_file, found["file"], beside) or (None, None) if "file" in found else (None, None)
    complaints.settle()
    assert path is not None and sound is not None
    start = times.get("start") or Fraction(0)
    rest = sound.length_s - start
    if rest <= 0:
        what = f"the music begins after its end (it has {_told(sound.length_s)})"
        refuse(found["start"].mark, what, "choose an earlier start")
    length = times.get("length")
    if length is not None and not 0 < length <= rest:
        what = f"the music has {_told(rest)} from its start (found '{shorten(scalar(found['length'], 'length').text)}')"
        refuse(found["length"].mark, what, "choose a length above 0 and up to that, or leave it out")
    return Music(
        sound.digest,
        str(path),
        codec=sound.codec,
        start_s=float(start),
        length_s=float(rest if length is None else length),
        offset_s=float(times.get("offset") or 0),
        fade_in_s=float(times.get("fade_in") or 0),
        fade_out_s=float(times.get("fade_out") or 0),
        volume=volume,
    )


def frames_left(music: Music, start: int, fps: float, mark: Mark) -> int:
    """Return how many frames there are from frame `start` of a film that lasts as long as its music.

    Convention: the film has the number of frames that is nearest to the music's end, halves upwards.
    Raises: KeyframeError where none is left, or too many.
    """
    whole = nearest_frame((music.offset_s + music.length_s) * exact_rate(fps))
    if whole - start < 1:
        what = f"the music ends at frame {whole}, and the shot that shall last as long begins at frame {start}"
        refuse(mark, what, "give that shot a duration, or the music a greater length")
    if whole > MAX_FRAMES:
        refuse(mark, f"the music lasts {whole} frames", f"give it a length of at most {MAX_FRAMES} frames")
    return whole - start


def refuse_copy(music: Music, n_frames: int, fps: float, mark: Mark, holds: tuple[str, ...]) -> None:
    """Complain where the sound of a file shall be copied as it is, into a film that `holds` these, and cannot be.

    Raises: KeyframeError.
    """
    do = "write audio: auto under film"
    if music.codec not in holds:
        refuse(mark, f"the music's {music.codec} cannot be copied into a film (only {', '.join(holds)})", do)
    changes = {"start": music.start_s, "offset": music.offset_s, "fade_in": music.fade_in_s}
    changes |= {"fade_out": music.fade_out_s, "volume": music.volume - 1}
    asked = [key for key, value in changes.items() if value]
    if asked:
        refuse(mark, f"music is copied as it is, without {', '.join(asked)}", f"{do}, or leave that out")
    missing = n_frames / exact_rate(fps) - music.length_s
    if missing > 1 / exact_rate(fps):
        refuse(mark, f"the music ends {_told(missing)} before the film, and nothing can be added to a copy", do)


def seconds(node: Node, what: str, tempo: Tempo) -> Fraction:
    """Return a time in seconds; one in frames would move with the frame rate."""
    text = scalar(node, what)
    if re.fullmatch(r"0+|[\d.]*[1-9][\d.]*(\s*f)?", text.text, re.ASCII):
        if not text.text.strip("0"):
            return Fraction(0)
        do = f"write {text.text.rstrip('f ')}s for seconds"
        refuse(text.mark, f"{what} is a time of the music, not a frame ({describe(text)})", do)
    frames = tempo.time(text)
    if frames is None:
        refuse_time(text)
    return frames / exact_rate(tempo.fps)


def _file(node: Node, beside: Path) -> tuple[Path, SoundFile]:
    text = scalar(node, "music")
    path = beside / text.text
    try:
        return path, _heard(path, text, beside)
    except SoundFault as fault:
        refuse(text.mark, f"'{shorten(text.text)}': {fault.what}", fault.do)


def _heard(path: Path, text: Scalar, beside: Path) -> SoundFile:
    try:
        is_there = path.is_file()
    except (OSError, ValueError):
        is_there = False
    if not is_there:
        known = _sounds(path.parent)
        folder = Path(text.text).parent
        do = nearest(text.text, [str(folder / name) for name in known]) if known else ""
        do = do or f"give a path from the keyframe file's folder ({beside})"
        refuse(text.mark, f"there is no sound file '{shorten(text.text)}'", do)
    return listen_to(path)


def _sounds(folder: Path) -> list[str]:
    """Return the names of a folder's sound files."""
    try:
        return sorted(one.name for one in folder.iterdir() if one.suffix.lower() in SUFFIXES)[:50]
    except (OSError, ValueError):
        return []


def _told(seconds: Fraction | float) -> str:
    return f"{float(seconds):.3f} s"
