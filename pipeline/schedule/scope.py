"""All that the values of one shot may speak of: its time, its labels, the file's own names and each other.

Curves are read when they are first asked for, by whoever names them, so the order in a file does not matter and a
circle is found where it closes. A value named by others is computed once for the whole shot.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NoReturn

import numpy as np

from ..errors import KeyframeError
from ..types import Mark
from . import curve
from .clock import NEEDS_BPM, Clock, nearest_frame
from .language import expression
from .language.evaluate import evaluate
from .language.functions import NUMEXPR_NAMES
from .language.tree import EARLIER, Meaning, Unit
from .language.vocabulary import NAMES, NO_TEMPO, Vocabulary
from .notices import Notices
from .position import moments, position, song_words
from .source import Node, Scalar, refuse, shorten

MAX_REFERENCES = 8
MAX_AT_EVERY_STEP = 100  # values that follow the denoising are computed anew for whoever names them
LENGTH = frozenset({"max_f", "frames"})
IN_SAMPLER = "it is known only to values inside the sampler, such as look.guidance_scale and look.cut_overview"
MAX_BEATS = 25_000
OLD_WORDS = {"s": "seed", **NUMEXPR_NAMES}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a named value is written, and what it must be; a `unit` of None leaves that open, as under `let:`."""

    node: Node
    unit: Unit | None = Unit.NUMBER
    in_sampler: bool = False


@dataclass(slots=True)
class Scope:
    """What is known in one shot.

    Convention: `labels` holds every label of the film, without frames where the shot has none; `lets` and `parameters`
        say where values are written, by name (`slow`, `camera.zoom`); `words` are settings that are no numbers; `used`
        gathers the lets and labels that something rests on, and `still` the bare numbers by their nodes, for all shots
        together.
    """

    clock: Clock
    labels: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    lets: Mapping[str, Source] = field(default_factory=dict)
    parameters: Mapping[str, Source] = field(default_factory=dict)
    words: Collection[str] = ()
    notices: Notices = field(default_factory=Notices)
    used: set[str] = field(default_factory=set)
    still: dict[int, curve.Curve] = field(default_factory=dict)
    _words: dict[tuple[bool, bool], Vocabulary] = field(default_factory=dict)
    _curves: dict[str, curve.Curve] = field(default_factory=dict)
    _faults: dict[str, KeyframeError] = field(default_factory=dict)
    _depths: dict[str, int] = field(default_factory=dict)
    _costs: dict[str, int] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)
    _tables: dict[str, np.ndarray] = field(default_factory=dict)
    _singles: dict[tuple[str, float], float] = field(default_factory=dict)

    # --- what may be said --------------------------------------------------------------------------------------------

    def vocabulary(self, *, in_sampler: bool = False, is_old: bool = False) -> Vocabulary:
        """Return the words of a value; `is_old` adds those of Deforum's key strings."""
        if (in_sampler, is_old) not in self._words:
            self._words[in_sampler, is_old] = self._vocabulary(in_sampler, is_old)
        return self._words[in_sampler, is_old]

    def _vocabulary(self, in_sampler: bool, is_old: bool) -> Vocabulary:
        gone = self.gone | (frozenset() if in_sampler else {"p"})
        return Vocabulary(
            names={name: meaning for name, meaning in NAMES.items() if name not in gone},
            spans=self.clock.tempo.spans,
            advice={"p": IN_SAMPLER, **self.advice},
            labels=self.labels,
            resolve=lambda name: self._meaning(name, in_sampler),
            others=(*self.lets, *self.parameters),
            aliases=OLD_WORDS if is_old else {},
            song=song_words(self.clock, is_position=False),
            every=self._beats,
            on_label=self.used.add,
        )

    def _beats(self, unit: str, step: float) -> tuple[float, ...] | None:
        found = self.clock.beats_around(unit, step, most=MAX_BEATS)
        return None if found is None else tuple(float(nearest_frame(frame)) for frame in found.tolist())

    @property
    def gone(self) -> frozenset[str]:
        """Names that mean nothing here: beats without a tempo, and the length while it is being read."""
        without_tempo = frozenset() if self.clock.tempo.has_beats else NEEDS_BPM
        return without_tempo | (frozenset() if self.clock.frames else LENGTH)

    @property
    def advice(self) -> dict[str, str]:
        """Why words that exist elsewhere are missing here."""
        return dict.fromkeys(NEEDS_BPM, NO_TEMPO) | dict.fromkeys(LENGTH, "say how long the shot is without it")

    def _meaning(self, name: Scalar, in_sampler: bool) -> Meaning | None:
        if name.text in self.words:
            refuse(name.mark, f"{name.text} is a word, not a number", "only numbers can be used in an expression")
        if name.text not in self.lets and name.text not in self.parameters:
            return self._signal_meaning(name)
        found = self.curve(name.text, name)
        if found.uses_progress and not in_sampler:
            what = f"'{name.text}' follows the denoising (p), this value does not"
            refuse(name.mark, what, "use it for values inside the sampler, such as look.guidance_scale")
        unit = found.unit if name.text in self.lets else Unit.FREE
        return Meaning(unit, found.is_timed, found.uses_progress)

    def _signal_meaning(self, name: Scalar) -> Meaning | None:
        song = self.clock.tempo.song
        if song is None:
            from ..listen.names import SIGNALS  # only where a name means nothing else

            if name.text in SIGNALS:
                what = f"'{name.text}' is heard in music, and the film has none"
                refuse(name.mark, what, "add 'music: song.mp3' at the top of the file")
            return None
        if not song.knows(name.text):
            return None
        song.used[name.text] = None
        return Meaning(Unit.NUMBER, is_timed=True)

    def still_meaning(self, name: Scalar) -> Meaning | None:
        """Return what a name means where nothing may move, None for one that is not known."""
        if name.text not in self.lets:
            return None
        meaning = self._meaning(name, False)
        if meaning is not None and meaning.is_timed:
            refuse(name.mark, f"'{name.text}' moves with time", "a key's position must stand still")
        return meaning

    # --- what it comes to --------------------------------------------------------------------------------------------

    def curve(self, name: str, asker: Scalar | None = None) -> curve.Curve:
        """Return a named value's curve, read the first time it is asked for.

        Raises: KeyframeError for what is wrong with it, the same each time; for a circle at the place that closes it.
        """
        if name in self._faults:
            raise self._faults[name]
        if name in self._curves:
            return self._curves[name]
        source = self.lets.get(name) or self.parameters[name]
        place = asker.mark if asker is not None else source.node.mark
        if name in self._open:
            loop = " -> ".join([*self._open[self._open.index(name) :], name])
            refuse(place, f"values go round in a circle: {loop}", "let one of them be a number")
        if len(self._open) >= MAX_REFERENCES:
            self._refuse_depth(place)
        self._open.append(name)
        if name in self.lets:
            self.used.add(name)
        try:
            found = self.still.get(id(source.node)) or curve.parse(
                source.node, name, self, unit=source.unit, in_sampler=source.in_sampler
            )
            below = [self._depths[each] for each in found.names if each in self._depths]
            if 1 + max(below, default=0) > MAX_REFERENCES:
                self._refuse_depth(place)
            cost = 1 + sum(self._costs[each] for each in found.names if each in self._costs)
            if found.uses_progress and cost > MAX_AT_EVERY_STEP:
                what = f"'{name}' rests on values that follow the denoising (p) in more than {MAX_AT_EVERY_STEP} ways"
                refuse(place, what, "write some of them out")
        except KeyframeError as fault:
            self._faults[name] = fault
            raise
        finally:
            self._open.pop()
        if found.uses_progress:
            self._costs[name] = cost
        self._depths[name] = 1 + max(below, default=0)
        self._curves[name] = found
        if found.is_constant:
            self.still[id(source.node)] = found
        return found

    def _refuse_depth(self, place: Mark) -> NoReturn:
        refuse(place, f"values rest on one another more than {MAX_REFERENCES} deep", "write some of them out")

    def variables(self, names: Collection[str], t: np.ndarray, n: np.ndarray | None = None) -> dict[str, np.ndarray]:
        """Return the values of names at frames `t`, and at entries `n` of the 1000-long schedule.

        Shapes: t float64 (points,), whole and ascending, n (points,) -> each (points,) or ().
        """
        earlier = [name for name in names if name.startswith(EARLIER)]
        if earlier:
            then = self.variables([name.removeprefix(EARLIER) for name in earlier], np.maximum(t - 1, 0), n)
            now = self.variables([name for name in names if name not in earlier], t, n)
            return now | {EARLIER + name: values for name, values in then.items()}
        ours = [name for name in names if name not in NAMES]
        found = self.clock.variables([name for name in names if name in NAMES], t, n)
        return found | {name: self._values(name, t, n) if self._is_ours(name) else self.heard(name, t) for name in ours}

    def _is_ours(self, name: str) -> bool:
        return name in self.lets or name in self.parameters

    def heard(self, name: str, t: np.ndarray) -> np.ndarray:
        """Return a signal of the music at frames of the shot.

        Shapes: t float64 (points,), whole -> (points,).
        """
        song = self.clock.tempo.song
        assert song is not None, "names are checked when they are read"
        frames, places = np.unique(t, return_inverse=True)
        return song.values(name, frames + self.clock.start)[places]

    def _values(self, name: str, t: np.ndarray, n: np.ndarray | None) -> np.ndarray:
        found = self.curve(name)
        if found.uses_progress:
            return found.sample(self, t, n)
        if not found.is_timed:
            return np.asarray(self._single(name, 0.0))
        if len(t) and t[-1] >= self.clock.frames:  # a key beyond the end is looked at where it stands
            frames, places = np.unique(t, return_inverse=True)
            return np.array([self._single(name, float(frame)) for frame in frames])[places]
        if name not in self._tables:
            self._tables[name] = found.sample(self, np.arange(self.clock.frames, dtype=np.float64))
        return self._tables[name][t.astype(np.int64)]

    def _single(self, name: str, frame: float) -> float:
        if (name, frame) not in self._singles:
            self._singles[name, frame] = float(self._curves[name].sample(self, np.array([frame]))[0])
        return self._singles[name, frame]

    # --- when it is --------------------------------------------------------------------------------------------------

    def position(self, text: Scalar) -> float | Fraction:
        """Return a time in frames of the shot, as `position.position`."""
        return position(self, text)

    def moment(self, text: Scalar) -> int:
        """Return the frame nearest to a time, halves upwards; it may lie before the shot or after it."""
        return nearest_frame(position(self, text))

    def holds(self, condition: Scalar, frames: tuple[int, ...]) -> tuple[bool, ...]:
        """Say at which frames, which ascend, a condition is true."""
        found = expression.parse(condition, self.vocabulary())
        t = np.array(frames, dtype=np.float64)
        return tuple((evaluate(found, self.variables(found.names, t), t, self.clock.where) != 0).tolist())

    def end(self, text: Scalar) -> int:
        """Return the length of a shot that ends at a time, with a label its next coming."""
        found = moments(self, text)
        if not found:
            refuse(text.mark, f"'{shorten(text.text)}' does not come after the shot's start", "give it another length")
        return found[0]

    def moments(self, text: Scalar) -> tuple[int, ...]:
        """Return the frames at which keys at a time stand, as `position.moments`."""
        return moments(self, text)

    def is_by_number(self, text: Scalar) -> bool:
        """Say whether a time is written in numbers alone, so that it is the same wherever the shot begins."""
        return not text.text[:1].isalpha() and self.clock.time(text) is not None
