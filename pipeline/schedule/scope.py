"""All that the values of one shot may speak of: its time, its labels, the file's own names and each other.

Curves are read when they are first asked for, by whoever names them, so the order in a file does not matter and a
circle is found where it closes. A value named by others is computed once for the whole shot.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NoReturn

import numpy as np

from ..errors import KeyframeError
from ..types import Mark
from . import curve
from .clock import MAX_FRAMES, NEEDS_BPM, Clock, nearest_frame, refuse_time
from .fields import nearest
from .language import expression
from .language.evaluate import values
from .language.functions import NUMEXPR_NAMES
from .language.tokens import WORD
from .language.tree import Meaning, Unit
from .language.vocabulary import NAMES, SPANS, Vocabulary
from .notices import Notices
from .source import Node, Scalar, refuse

MAX_REFERENCES = 8
MAX_AT_EVERY_STEP = 100  # values that follow the denoising are computed anew for whoever names them
STILL = ("max_f", "frames", "fps", "bpm", "seed", "pi", "e")
LENGTH = frozenset({"max_f", "frames"})
IN_SAMPLER = "it is known only to values inside the sampler, such as look.guidance_scale and look.cut_overview"
NO_TEMPO = "add 'bpm: 120' at the top of the file"
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
        gone = self._gone | (frozenset() if in_sampler else {"p"})
        return Vocabulary(
            names={name: meaning for name, meaning in NAMES.items() if name not in gone},
            spans=self.clock.tempo.spans,
            advice={"p": IN_SAMPLER, **self._advice},
            labels=self.labels,
            resolve=lambda name: self._meaning(name, in_sampler),
            others=(*self.lets, *self.parameters),
            aliases=OLD_WORDS if is_old else {},
            on_label=self.used.add,
        )

    @property
    def _gone(self) -> frozenset[str]:
        """Names that mean nothing here: beats without a tempo, and the length while it is being read."""
        without_tempo = NEEDS_BPM if self.clock.tempo.bpm is None else frozenset()
        return without_tempo | (frozenset() if self.clock.frames else LENGTH)

    @property
    def _advice(self) -> dict[str, str]:
        return dict.fromkeys(NEEDS_BPM, NO_TEMPO) | dict.fromkeys(LENGTH, "say how long the shot is without it")

    def _positions(self) -> Vocabulary:
        moving = dict.fromkeys(("t", "sec", "beat", "bar", "film_t", "film_sec", "p"), "a key stands still; use max_f")
        return Vocabulary(
            names={name: NAMES[name] for name in STILL if name not in self._gone},
            spans=self.clock.tempo.spans,
            advice={**self._advice, **moving},
            labels=self.labels,
            resolve=self._still_meaning,
            others=tuple(self.lets),
            aliases={"s": "seed"},
            is_position=True,
            on_label=self.used.add,
        )

    def _meaning(self, name: Scalar, in_sampler: bool) -> Meaning | None:
        if name.text in self.words:
            refuse(name.mark, f"{name.text} is a word, not a number", "only numbers can be used in an expression")
        if name.text not in self.lets and name.text not in self.parameters:
            return None
        found = self.curve(name.text, name)
        if found.uses_progress and not in_sampler:
            what = f"'{name.text}' follows the denoising (p), this value does not"
            refuse(name.mark, what, "use it for values inside the sampler, such as look.guidance_scale")
        unit = found.unit if name.text in self.lets else Unit.FREE
        return Meaning(unit, found.is_timed, found.uses_progress)

    def _still_meaning(self, name: Scalar) -> Meaning | None:
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
        ours = [name for name in names if name not in NAMES]
        found = self.clock.variables([name for name in names if name in NAMES], t, n)
        return found | {name: self._values(name, t, n) for name in ours}

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
        """Return a time in frames, one of the plain forms or a sum of times, labels and names that stand still.

        Convention: a sum without any unit is cut to a whole frame, as `max_f/2` in Deforum.
        """
        plain = self.clock.tempo.time(text)
        if plain is not None:
            return plain
        words = self._positions()
        self._refuse_strange(text, words)
        found = expression.parse(text, words)
        value = float(values(found.tree, self.variables(found.names, np.zeros(1)), 1)[0])
        if found.unit is Unit.ANGLE:
            refuse(text.mark, "an angle is no time", "write seconds (2s), beats (4b) or a frame (12)")
        if not abs(value) <= 10 * MAX_FRAMES:
            refuse(text.mark, f"a key cannot stand at frame {value:g}", f"stay within {MAX_FRAMES} frames")
        return value if found.unit is Unit.TIME else float(int(value))

    def moment(self, text: Scalar) -> int:
        """Return the frame nearest to a time, halves upwards; it may lie before the shot or after it."""
        return nearest_frame(self.position(text))

    def _refuse_strange(self, text: Scalar, words: Vocabulary) -> None:
        """Complain in terms of times about a text in which nothing looks like a sum of them."""
        said = re.findall(WORD, text.text, re.ASCII)
        known = {*words.names, *self.labels, *self.lets, *SPANS, *words.advice, "bar", "s"}
        if known.isdisjoint(said) and not re.search(r"[-+*/]|\d(?:f|ms|bars)", text.text):
            if said and (self.labels or self.lets) and text.text.isidentifier():
                do = nearest(text.text, (*self.labels, *self.lets))
                if do.startswith("did you mean"):
                    refuse(text.mark, f"not a time and no label (found '{text.text[:40]}')", do)
            refuse_time(text)
