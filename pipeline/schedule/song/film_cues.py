"""Where in a film the labels and lyrics of its cues come: the names of their files, at frames of the film.

Only what is played of the music counts, as for the sections of a song. The labels of one file end one another.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ...errors import KeyframeError
from ...types import Music
from .cue_files import CueFile, longest_tempo

if TYPE_CHECKING:
    from ...listen import Signal, TempoMap

Moments = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The labels of one file: where each comes, and the stretches `(from, to)` of those that last, in frames."""

    labels: dict[str, Moments]
    lasting: dict[str, tuple[tuple[int, int], ...]]
    everywhere: Moments


class FilmCues:
    """The cues of a film.

    Convention: frames are the film's, from 0, which `frame` gives for a second of the song. For cues that could not be
        read there is the fault, which is told again to whoever asks for a name that nobody knows. `used` gathers the
        labels that something asked for.
    """

    def __init__(self, files: tuple[CueFile, ...] | KeyframeError, music: Music, frame: Callable[[float], int]) -> None:
        self.files = () if isinstance(files, KeyframeError) else files
        self._fault = files if isinstance(files, KeyframeError) else None
        self._music, self._frame = music, frame
        self._of_signal = {name: file for file in self.files for name in file.cues.signals}
        self.used: dict[str, None] = {}

    def refuse_unread(self) -> None:
        """Tell again what is wrong with cues that could not be read, which might know what is asked for."""
        if self._fault is not None:
            raise self._fault

    @cached_property
    def tempo(self) -> TempoMap | None:
        """The beats that a file of notes says."""
        return longest_tempo(self.files)

    # --- signals -----------------------------------------------------------------------------------------------------

    @property
    def signals(self) -> tuple[str, ...]:
        """The names of all signals of cues."""
        return tuple(self._of_signal)

    def signal(self, name: str) -> Signal:
        """Return a signal over seconds of the song."""
        return self._of_signal[name].cues.signals[name]

    def about(self, name: str) -> tuple[str, CueFile]:
        """Return what a signal is, and the file that says so."""
        file = self._of_signal[name]
        return f"{file.cues.says[name]}, by {file.name}", file

    # --- labels ------------------------------------------------------------------------------------------------------

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The labels of each file."""
        return tuple(self._group(file) for file in self.files)

    def _group(self, file: CueFile) -> Group:
        first, last = self._music.start_s, self._music.start_s + self._music.length_s
        labels: dict[str, Moments] = {}
        lasting: dict[str, tuple[tuple[int, int], ...]] = {}
        for name, moments in file.cues.labels.items():
            played = [one for one in moments if one.start_s < last and (one.start_s >= first or one.end_s > first)]
            spans = [(self._frame(max(one.start_s, first)), self._frame(min(one.end_s, last))) for one in played]
            labels[name] = tuple(sorted({start for start, _ in spans}))
            lasting[name] = tuple((start, end) for start, end in spans if end > start)
        return Group(labels, lasting, tuple(sorted({frame for frames in labels.values() for frame in frames})))

    def moments(self, name: str) -> tuple[Group, Moments] | None:
        """Return where a label comes, and the labels it is among; `hit2` is the second coming of `hit`."""
        stem = name.rstrip("0123456789")
        number = int(name[len(stem) :][:9] or 0)
        for group in self.groups:
            if name in group.labels:
                self.used[name] = None
                return group, group.labels[name]
            if stem in group.labels and 1 <= number <= len(group.labels[stem]):
                self.used[stem] = None
                return group, (group.labels[stem][number - 1],)
        return None

    def matching(self, pattern: str) -> tuple[Moments, Moments] | None:
        """Return where the labels come whose names fit a pattern, and those of their file that do not."""
        for group in self.groups:
            ours = [name for name in group.labels if fnmatchcase(name, pattern)]
            if ours:
                self.used |= dict.fromkeys(ours)
                rest = {frame for name, frames in group.labels.items() if name not in ours for frame in frames}
                return tuple(sorted({frame for name in ours for frame in group.labels[name]})), tuple(sorted(rest))
        found = self.moments(pattern)
        return None if found is None else (found[1], tuple(sorted({*found[0].everywhere} - {*found[1]})))

    def runs_into(self, name: str, start: int) -> bool:
        """Say whether a label began before frame `start` and goes on there: until its end, or until another comes.

        Convention: where another comes at that very frame, it does not.
        """
        found = self.moments(name)
        before = [frame for frame in found[1] if frame < start] if found else []
        if found is None or not before or start in found[0].everywhere:
            return False
        ends = [end for spans in found[0].lasting.values() for begin, end in spans if begin == before[-1]]
        if ends:
            return max(ends) > start
        return not any(before[-1] < frame < start for frame in found[0].everywhere)

    def shown(self, start: int, n_frames: int) -> list[tuple[int, str]]:
        """Return the labels that something asked for, at frames of a shot that begins at the film's frame `start`."""
        placed = [(frame, name) for group in self.groups for name in self.used for frame in group.labels.get(name, ())]
        return [(frame - start, name) for frame, name in placed if 0 <= frame - start < n_frames]

    # --- lyrics ------------------------------------------------------------------------------------------------------

    @cached_property
    def lines(self) -> tuple[tuple[int, str], ...]:
        """The lines that are sung in what is played, each with the frame at which it begins."""
        first, last = self._music.start_s, self._music.start_s + self._music.length_s
        found: dict[int, str] = {}
        for one in (line for file in self.files for line in file.cues.lines):
            if one.start_s < last and (one.start_s >= first or one.end_s > first):
                found[self._frame(max(one.start_s, first))] = one.text
        return tuple(sorted(found.items()))

    def words(self, frames: np.ndarray) -> list[str]:
        """Return the line that is sung at frames of the film, or else was last, or else will be first.

        Shapes: frames (n,); there must be lines.
        """
        starts = [frame for frame, _ in self.lines]
        return [self.lines[max(bisect_right(starts, frame) - 1, 0)][1] for frame in frames.tolist()]
