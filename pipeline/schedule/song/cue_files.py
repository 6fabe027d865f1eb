"""Read `cues:` under `music:`: files in which other programs say what happens in the song, and the names in them.

Labels and signals of cues are names like all others, so each may have one meaning only: whatever else is called so is a
complaint, which names the line of the cue file too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...errors import KeyframeError, SoundError
from ...types import Mark, SideFile
from ..fields import describe, nearest, scalar
from ..labels import check_name
from ..source import Complaints, Node, Scalar, Sequence, refuse, shorten
from .sound_file import SoundFault, digest_of

if TYPE_CHECKING:
    from ...listen import Cues, TempoMap

MAX_FILES = 20
SUFFIXES = (".txt", ".lrc", ".srt", ".mid", ".midi")
_NEAR_S = 0.001  # two tempo maps whose beats are so near are one


@dataclass(frozen=True, slots=True, eq=False)
class CueFile:
    """A file of cues: `name` as it is written, at `mark` of the keyframe file."""

    name: str
    mark: Mark
    file: SideFile
    cues: Cues

    def place(self, label: str) -> str:
        """Return the line and column of the cue file at which a label first comes; of notes, the file."""
        mark = self.cues.labels[label][0].mark if label in self.cues.labels else None
        return str(mark or self.name)


def read_cue_files(node: Node, beside: Path) -> tuple[CueFile, ...]:
    """Read one file of cues or a list of them, by their paths from the folder `beside`.

    Raises: KeyframeError with everything that is wrong with them.
    """
    complaints = Complaints()
    items = node.items if isinstance(node, Sequence) else (node,)
    if not items:
        refuse(node.mark, "there are no cues in this list", "name a file, such as lyrics.lrc")
    if len(items) > MAX_FILES:
        refuse(node.mark, f"more than {MAX_FILES} files of cues", "put labels into one file")
    read = [complaints.attempt(_read, item, beside) for item in items]
    files = tuple(file for file in read if file)
    for number, file in enumerate(files):
        _refuse_meanings(file, complaints)
        for other in files[:number]:
            _refuse_both(file, other, complaints)
    complaints.settle()
    return files


def refuse_names(
    files: tuple[CueFile, ...], taken: Mapping[str, str], complaints: Complaints, *, with_signals: bool = False
) -> None:
    """Complain where a label of cues, or a signal, is called as something else is; `taken` says what that is."""
    for file in files:
        for name in dict.fromkeys((*file.cues.labels, *(file.cues.signals if with_signals else ()))):
            if name in taken:
                what = f"{file.place(name)}: '{name}' is also {taken[name]}"
                complaints.add(file.mark, what, "rename one of them")


def _read(node: Node, beside: Path) -> CueFile:
    if not isinstance(node, Scalar):
        refuse(node.mark, f"cues are the path of a file, or a list of them ({describe(node)})", "write lyrics.lrc")
    text = scalar(node, "cues")
    path = beside / text.text
    try:
        is_there = path.is_file()
    except (OSError, ValueError):
        is_there = False
    if not is_there:
        known = [str(Path(text.text).parent / name) for name in _files(path.parent)]
        do = nearest(text.text, known) if known else f"give a path from the keyframe file's folder ({beside})"
        refuse(text.mark, f"there is no file of cues '{shorten(text.text)}'", do)
    from ...listen import read_cues

    try:
        return CueFile(text.text, text.mark, SideFile(digest_of(path), str(path)), read_cues(path))
    except SoundError as fault:
        what, _, do = str(fault).rpartition("; ")
        refuse(text.mark, f"the cues cannot be read: {what}", do)
    except SoundFault as fault:
        refuse(text.mark, f"the cues cannot be read: {fault.what}", fault.do)


def _files(folder: Path) -> list[str]:
    try:
        return sorted(one.name for one in folder.iterdir() if one.suffix.lower() in SUFFIXES)[:50]
    except (OSError, ValueError):
        return []


def _refuse_meanings(file: CueFile, complaints: Complaints) -> None:
    """Complain about names that no expression could use, or that mean something already."""
    from ...listen.names import SIGNALS

    for kind, names in (("a label", file.cues.labels), ("a signal", file.cues.signals)):
        for name in names:
            try:
                check_name(Scalar(name, file.mark, [file.mark.column]), kind)
            except KeyframeError as fault:
                what, do = fault.complaints[0].what, fault.complaints[0].do
                complaints.add(file.mark, f"{file.place(name)}: {what}", do)
    for name in file.cues.signals:
        if name in SIGNALS:
            what = f"{file.place(name)}: the signal '{name}' is heard in the music already"
            complaints.add(file.mark, what, "give the label or the track another name")


def _refuse_both(file: CueFile, other: CueFile, complaints: Complaints) -> None:
    """Complain about what two files say, each in its own way."""
    for kind, names, others in (
        ("label", file.cues.labels, other.cues.labels),
        ("signal", file.cues.signals, other.cues.signals),
    ):
        for name in (name for name in names if name in others):
            what = f"{file.place(name)}: the {kind} '{name}' is also one of {other.place(name)}"
            complaints.add(file.mark, what, "rename one of them, or leave a file out")
    ours, theirs = file.cues.tempo, other.cues.tempo
    if ours is not None and theirs is not None and not _agree(ours, theirs):
        what = f"{file.name} and {other.name} have their beats at different times"
        complaints.add(file.mark, what, "export both from the same song, or leave one out")


def _agree(one: TempoMap, other: TempoMap) -> bool:
    """Say whether two tempo maps are the same as far as both go."""
    n = min(len(one.beats), len(other.beats))
    bars = [starts[starts < n].tolist() for starts in (one.bar_starts, other.bar_starts)]
    return bars[0] == bars[1] and bool(np.abs(one.beats[:n] - other.beats[:n]).max(initial=0) < _NEAR_S)


def longest_tempo(files: tuple[CueFile, ...]) -> TempoMap | None:
    """Return the tempo map of the file that goes on for longest, None where no file has one."""
    known = [file.cues.tempo for file in files if file.cues.tempo is not None]
    return max(known, key=lambda tempo: len(tempo.beats), default=None)
