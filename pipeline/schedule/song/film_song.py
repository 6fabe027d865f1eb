"""The music of a film as its values hear it: beats, labels and signals at frames of the film.

The song is listened to when something first asks for it, whole and from its beginning, so that neither `start` nor
`length` of the music changes what is heard. What would surprise: a film whose values never speak of its music, or only
of what cues say of it, costs nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ...errors import Complaint, KeyframeError, SoundError
from ...types import Mark, Music
from ..clock import nearest_frame
from ..rate import exact_rate
from ..source import Complaints
from .beat_grid import DECIMALS, BeatGrid
from .cue_files import CueFile, refuse_names
from .film_cues import FilmCues
from .signals import Shape, shaped

if TYPE_CHECKING:
    from ...listen import Signal, Song, TempoMap

Moments = tuple[int, ...]
PART = "part"
"""The label that comes wherever any section of the song begins, and where the music ends."""


class FilmSong:
    """What is heard in a film's music.

    Convention: frames are the film's, from 0; `shapes` are the film's own signals; `used` gathers those that something
        asked for. For music that could not be read there is the fault, which is told again to whoever asks.
    """

    def __init__(
        self,
        music: Music | KeyframeError,
        fps: float,
        mark: Mark,
        *,
        beats_per_bar: int | None = None,
        cues: tuple[CueFile, ...] | KeyframeError = (),
    ) -> None:
        self._fault = music if isinstance(music, KeyframeError) else None
        self.music = music if isinstance(music, Music) else Music("", "", "", start_s=0.0, length_s=1.0)
        self.mark, self.beats_per_bar = mark, beats_per_bar
        self.fps = float(exact_rate(fps))
        self.ahead_s = self.music.start_s - self.music.offset_s
        self.cues = FilmCues(cues, self.music, self._frame)
        self.shapes: dict[str, Shape] = {}
        self.used: dict[str, None] = {}
        self._signals: dict[str, Signal] = {}

    # --- what is heard -----------------------------------------------------------------------------------------------

    @cached_property
    def song(self) -> Song:
        """The song, whole.

        Raises: KeyframeError at the music, where it cannot be heard.
        """
        from ...listen import listen

        if self._fault is not None:
            raise self._fault
        try:
            return listen(self.music.path, beats_per_bar=self.beats_per_bar)
        except SoundError as fault:
            what, _, do = str(fault).rpartition("; ")
            self._fault = KeyframeError([Complaint(self.mark, f"the music cannot be followed: {what}", do)])
            raise self._fault from None

    @property
    def tempo(self) -> TempoMap:
        """The song's tempo map: that of a file of notes among its cues, or else what is heard or corrected."""
        return self.cues.tempo or self.song.tempo

    @cached_property
    def grid(self) -> BeatGrid:
        """The song's beats.

        Raises: KeyframeError at the music, where none are heard.
        """
        self.cues.refuse_unread()
        if not self.tempo.is_known:
            do = "write bpm: 120 at the top of the file, or the beats in a .beats.yaml beside the music"
            raise KeyframeError([Complaint(self.mark, "no beats are heard in the music", do)])
        return BeatGrid(self.tempo, self.fps, self.ahead_s)

    @property
    def known_grid(self) -> BeatGrid | None:
        """The song's beats, without listening for them."""
        is_known = self.cues.tempo is not None or ("song" in self.__dict__ and self.song.tempo.is_known)
        return self.grid if is_known else None

    # --- signals -----------------------------------------------------------------------------------------------------

    def knows(self, name: str) -> bool:
        """Say whether there is a signal of this name, without listening."""
        from ...listen.names import SIGNALS

        if name in self.shapes or name in SIGNALS or name in self.cues.signals:
            return True
        self.cues.refuse_unread()
        return False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all signals."""
        from ...listen.names import SIGNALS

        return (*self.shapes, *self.cues.signals, *SIGNALS)

    def about(self, name: str) -> tuple[str, Mark | None]:
        """Return what a signal is, and where it is written."""
        from ...listen.names import SIGNALS

        if name in self.shapes:
            return self.shapes[name].about(self.fps), self.shapes[name].mark
        if name in self.cues.signals:
            what, file = self.cues.about(name)
            return what, file.mark
        return SIGNALS[name], None

    def values(self, name: str, frames: np.ndarray) -> np.ndarray:
        """Return a signal over the time in which each frame is seen; where no music plays, nothing.

        Shapes: frames (n,) -> (n,).
        """
        signal = self.signal(name)
        first, last = self.music.start_s, self.music.start_s + self.music.length_s
        seconds = np.asarray(frames, dtype=float) / self.fps + self.ahead_s
        found = signal.at(np.clip(seconds, first, last) if signal.lasts else seconds, 1 / self.fps)
        if name in self.shapes and self.shapes[name].accumulates:
            found = found - signal.at(np.array([first]), 1 / self.fps)
        elif not signal.lasts:
            found = np.where((seconds > first - 0.5 / self.fps) & (seconds < last), found, 0.0)
        return np.round(found, DECIMALS) + 0.0

    def signal(self, name: str) -> Signal:
        """Return a signal over seconds of the song."""
        if name not in self._signals:
            if name in self.shapes:
                self._signals[name] = shaped(self.shapes[name], self)
            else:
                is_cue = name in self.cues.signals
                self._signals[name] = self.cues.signal(name) if is_cue else self.song.signals[name]
        return self._signals[name]

    # --- labels ------------------------------------------------------------------------------------------------------

    @cached_property
    def labels(self) -> tuple[dict[str, Moments], ...]:
        """Where the song's labels come in the film: its sections, then `part`; those of a group end one another."""
        self.cues.refuse_unread()
        first, last = self.music.start_s, self.music.start_s + self.music.length_s
        sections: dict[str, list[int]] = {}
        for section in self.song.sections:
            if section.end_s > first and section.start_s < last:
                sections.setdefault(label_of(section.name), []).append(self._frame(max(section.start_s, first)))
        found = {name: tuple(sorted(set(frames))) for name, frames in sections.items()}
        complaints = Complaints()
        refuse_names(self.cues.files, dict.fromkeys(found, "a section that is heard in the song"), complaints)
        complaints.settle()
        starts = {frame for frames in found.values() for frame in frames}
        return found, {PART: tuple(sorted({*starts, self._frame(last)}))}

    def moments(self, name: str, start: int) -> Moments | None:
        """Return where a label comes, from frame `start` of the film; `chorus2` is the second coming of `chorus`.

        Convention: None for a label that the song does not have.
        """
        of_cues = self.cues.moments(name)
        found = self._numbered(name) if of_cues is None else of_cues[1]
        return None if found is None else tuple(frame - start for frame in found)

    def matching(self, pattern: str, start: int) -> tuple[Moments, Moments] | None:
        """Return where the labels come whose names fit a pattern, and those of their group that do not."""
        of_cues = self.cues.matching(pattern)
        if of_cues is not None:
            fit, rest = of_cues
            return tuple(frame - start for frame in fit), tuple(frame - start for frame in rest)
        for group in self.labels:
            ours = {name for name in group if fnmatchcase(name, pattern)}
            if ours:
                return _joined(group, ours, start), _joined(group, {*group} - ours, start)
        one = self._numbered(pattern)
        if one is None:
            return None
        others = [frame - start for frame in self.labels[1][PART] if frame not in one]
        return tuple(frame - start for frame in one), tuple(others)

    def runs_into(self, name: str, start: int) -> bool:
        """Say whether frame `start` of the film lies in a section that began earlier under this name."""
        if self.cues.moments(name) is not None:
            return self.cues.runs_into(name, start)
        before = [frame for frame in self._numbered(name) or () if frame < start]
        return bool(before) and not any(before[-1] < frame <= start for frame in self.labels[1][PART])

    def _numbered(self, name: str) -> Moments | None:
        known = {key: frames for group in self.labels for key, frames in group.items()}
        if name in known:
            return known[name]
        stem = name.rstrip("0123456789")
        number = int(name[len(stem) :] or 0)
        return (known[stem][number - 1],) if stem in known and 1 <= number <= len(known[stem]) else None

    def _frame(self, second: float) -> int:
        return nearest_frame(round((second - self.ahead_s) * self.fps, DECIMALS))


def label_of(section: str) -> str:
    """Return the label that a section of the song is."""
    from ...listen.cues import slug
    from ..language.tokens import LABEL

    return section if LABEL.fullmatch(section) else slug(section)


def _joined(group: Mapping[str, Moments], names: set[str], start: int) -> Moments:
    return tuple(sorted({frame - start for name in names for frame in group[name]}))
