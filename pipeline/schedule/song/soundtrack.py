"""Read `music:` with its cues and `signals:` together: the film's sound, and all names that come from it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from ...errors import KeyframeError, SoundError
from ...types import Music, SideFile
from ..clock import Tempo
from ..source import Complaints, Mapping, Node
from .cue_files import CueFile, read_cue_files, refuse_names
from .film_song import PART, FilmSong, label_of
from .music import read_music
from .signals import read_signals
from .sound_file import SoundFault, digest_of

T = TypeVar("T")


def read_soundtrack(
    own: dict[str, Node], tempo: Tempo, lets: Collection[str], beside: Path, complaints: Complaints
) -> tuple[Music | None, Tempo]:
    """Return the film's music, and the tempo together with what values may hear in it.

    Convention: `own` is what the film says, `lets` are its names for values; paths are from the folder `beside`.
    """
    music: Music | None = None
    if "music" in own:
        music, tempo = _heard(own, tempo, lets, beside, complaints)
    if "signals" in own:
        shapes = read_signals(own["signals"], tempo, complaints)
        if tempo.song is None:
            complaints.add(own["signals"].mark, "there is no music to hear signals in", "add 'music: song.mp3'")
        else:
            tempo.song.shapes = shapes
    for key, shape in tempo.song.shapes.items() if tempo.song else ():
        if key in lets:
            complaints.add(shape.mark, f"the signal '{key}' is also a value under let", "rename one of them")
    return music, tempo


def _heard(
    own: dict[str, Node], tempo: Tempo, lets: Collection[str], beside: Path, complaints: Complaints
) -> tuple[Music | None, Tempo]:
    node = own["music"]
    music = _or_fault(complaints, partial(read_music, node, tempo, beside))
    said = node.get("cues") if isinstance(node, Mapping) else None
    cues: tuple[CueFile, ...] | KeyframeError = ()
    if said is not None:
        cues = _or_fault(complaints, partial(read_cue_files, said, beside))
    files = () if isinstance(cues, KeyframeError) else cues
    refuse_names(files, dict.fromkeys(lets, "a value under let"), complaints, with_signals=True)
    if isinstance(music, Music):
        beats = _beats_file(Path(music.path))
        music = replace(music, beside=(*beats, *(file.file for file in files)))
        refuse_names(files, {PART: "where any part of the song begins", **_sections(music, files)}, complaints)
    per_bar = round(tempo.beats_per_bar) if "beats_per_bar" in own else None
    song = FilmSong(music, tempo.fps, node.mark, beats_per_bar=per_bar, cues=cues)
    return (None if isinstance(music, KeyframeError) else music), replace(tempo, song=song)


def _or_fault(complaints: Complaints, read: Callable[[], T]) -> T | KeyframeError:
    """Return what is read or, after noting it, what is wrong with it: others need to know that it was there."""
    try:
        return read()
    except KeyframeError as fault:
        complaints.found += fault.complaints
        return fault


def _beats_file(sound: Path) -> tuple[SideFile, ...]:
    """Return the file beside the music that says where its beats are, if there is one."""
    from ...listen.beats_file import beats_path

    path = beats_path(sound)
    try:
        return (SideFile(digest_of(path), str(path)),) if path.is_file() else ()
    except SoundFault:
        return ()  # whoever listens to the song tells what is wrong with it


def _sections(music: Music, files: tuple[CueFile, ...]) -> dict[str, str]:
    """Return the names of sections that somebody has written; what is heard is known later."""
    if not files:
        return {}
    from ...listen.beats_file import beats_path, read_beats

    try:
        correction = read_beats(beats_path(Path(music.path)))
    except SoundError:
        return {}  # as above
    return {label_of(name): f"a section of {correction.label}" for name, _ in correction.sections} if correction else {}
