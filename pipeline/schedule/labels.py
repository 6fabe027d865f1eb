"""Read the labels of a timeline: names for moments of a shot, `{drop: 8s, kick: [1b, 2b], tick: every 4b}`.

What comes every so many beats or bars of the film's music comes at those of the song, counted from its beginning, and
not from the shot's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Protocol

from ..errors import KeyframeError
from .clock import Clock, nearest_frame
from .fields import describe
from .language.functions import FUNCTIONS
from .language.tokens import LABEL
from .language.vocabulary import NAMES
from .song.beat_grid import BAR, BEAT
from .source import Complaints, Node, Scalar, Sequence, refuse, shorten

MAX_MOMENTS = 25_000  # of one label
MAX_IN_SHOT = 100_000  # of all labels
LONGEST = 300
EVERY = re.compile(
    r"every\s+(?P<step>.+?)(?:\s+from\s+(?P<start>.+?))?(?:\s+until\s+(?P<end>.+?))?(?:\s+where\s+(?P<condition>.+))?",
    re.ASCII,
)
OF_MUSIC = re.compile(r"(?:(\d{1,6}(?:\.\d{1,9})?)\s*(b|beats|bars)|(beat|bar))", re.ASCII)
WORDS = frozenset({*NAMES, *FUNCTIONS, "and", "or", "not", "every"})

Moments = tuple[int, ...]


class Times(Protocol):
    """What labels need to know of the shot that they are in; a `Scope` does."""

    clock: Clock

    def position(self, text: Scalar) -> float | Fraction:
        """Return a time in frames."""

    def moments(self, text: Scalar) -> Moments:
        """Return the frames of a time, more than one where it rests on a label that comes often."""

    def holds(self, condition: Scalar, frames: Moments) -> tuple[bool, ...]:
        """Say at which frames a condition is true."""


def check_name(name: Scalar, what: str) -> None:
    """Refuse a name that an expression could not use, or that means something already."""
    if not LABEL.fullmatch(name.text):
        do = "use letters, digits and _, at most 40, a letter first"
        refuse(name.mark, f"{what} cannot be called '{shorten(name.text)}'", do)
    if name.text in WORDS:
        refuse(name.mark, f"'{name.text}' means something already", f"give {what} another name")


class _Found(Mapping[str, Moments]):
    """The moments of labels, each found when it is first asked for, by whichever label stands on it."""

    def __init__(
        self,
        items: Mapping[str, tuple[Scalar, Node]],
        n_frames: int,
        times: Callable[[Mapping[str, Moments]], Times],
    ) -> None:
        self.items_, self.n_frames, self.times = items, n_frames, times(self)
        self.known: dict[str, Moments] = {}
        self.faults: dict[str, KeyframeError] = {}
        self.open: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return iter(self.items_)

    def __len__(self) -> int:
        return len(self.items_)

    def __getitem__(self, name: str) -> Moments:
        key, node = self.items_[name]
        if name in self.faults:
            raise self.faults[name]
        if name in self.open:
            loop = " -> ".join([*self.open[self.open.index(name) :], name])
            refuse(key.mark, f"labels go round in a circle: {loop}", "let one of them be a time")
        if name not in self.known:
            self.open.append(name)
            try:
                self.known[name] = _moments(node, self.times, self.n_frames)
            except KeyframeError as fault:
                self.faults[name] = fault
                raise
            finally:
                self.open.pop()
        return self.known[name]


def read_labels(
    items: Mapping[str, tuple[Scalar, Node]],
    n_frames: int,
    times: Callable[[Mapping[str, Moments]], Times],
) -> dict[str, Moments]:
    """Return the frames of every label, ascending; `times` turns the labels of a shot into a reader of times.

    Convention: a label may be placed by others, in any order, as in `{fall: drop + 2b, drop: 8s}`.
    Raises: KeyframeError with all complaints.
    """
    complaints = Complaints()
    for key, _ in items.values():
        complaints.attempt(check_name, key, "a label")
    items = {name: item for name, item in items.items() if LABEL.fullmatch(name)}  # others would spoil messages
    labels = _Found(items, n_frames, times)
    found: dict[str, Moments] = {}
    count = 0
    for name, (key, _) in items.items():
        found[name] = complaints.attempt(labels.__getitem__, name) or ()
        count += len(found[name])
        if count > MAX_IN_SHOT:
            complaints.add(key.mark, f"the labels come more than {MAX_IN_SHOT} times", "let some come less often")
            break
    complaints.settle()
    return found


def _moments(node: Node, times: Times, n_frames: int) -> Moments:
    if isinstance(node, Sequence):
        complaints = Complaints()
        found = [complaints.attempt(_moments, item, times, n_frames) or () for item in node.items]
        if not node.items:
            complaints.add(node.mark, "a label has no time", "write one, such as 8s")
        complaints.settle()
        return tuple(sorted({frame for part in found for frame in part}))
    if not isinstance(node, Scalar) or not node.text.strip():
        refuse(node.mark, f"a label wants times ({describe(node)})", "write 8s, [1b, 2b] or 'every 4b'")
    text = node.part(0, len(node.text))
    if len(text.text) > LONGEST:
        refuse(text.mark, f"a label's time has {len(text.text)} characters", f"keep it to {LONGEST}")
    match = EVERY.fullmatch(text.text)
    if match is None:
        return times.moments(text)
    names = ("step", "start", "end", "condition")
    parts = {name: text.part(*match.span(name)) for name in names if match[name]}
    frames = _every(parts, times, n_frames)
    if "condition" not in parts:
        return frames
    kept = times.holds(parts["condition"], frames)
    return tuple(frame for frame, is_kept in zip(frames, kept, strict=True) if is_kept)


def _every(parts: dict[str, Scalar], times: Times, n_frames: int) -> Moments:
    """Return moments at equal distances, each taken to the nearest frame by itself so that no tempo drifts.

    Convention: the last one is the first at or past the shot's end, so that a longer shot begins the same.
    """
    places: dict[str, float] = {name: float(times.position(parts[name])) for name in ("start", "end") if name in parts}
    start, end = places.get("start", 0.0), places.get("end", math.inf)
    count, unit = _musical(parts["step"].text)
    if unit and times.clock.tempo.bpm is None and times.clock.tempo.has_beats:
        return _of_song(parts, count, unit, times.clock, places)
    spans = times.clock.tempo.spans
    step = count * spans[unit] if unit and unit in spans else float(times.position(parts["step"]))
    if step < 1:
        refuse(parts["step"].mark, f"labels cannot come every {step:g} frames", "leave at least a frame between them")
    n = max(0, math.ceil((n_frames - start) / step)) + 1
    if end < math.inf:
        n = min(n, max(0, math.ceil((end - start) / step - 1e-9)))
    if n > MAX_MOMENTS:
        refuse(parts["step"].mark, f"the label would come {n} times", f"stay within {MAX_MOMENTS}")
    return tuple(nearest_frame(start + step * index) for index in range(n))


def _musical(step: str) -> tuple[float, str]:
    """Return how many beats or bars a step has, and which of both; no unit where it is some other time."""
    match = OF_MUSIC.fullmatch(step)
    if match is None:
        return 0.0, ""
    return float(match[1] or 1), BAR if "bar" in (match[2] or match[3]) else BEAT


def _of_song(parts: dict[str, Scalar], count: float, unit: str, clock: Clock, places: dict[str, float]) -> Moments:
    """Return moments on the beats of the music: of the song's own count, or counted from a start."""
    step = parts["step"]
    if count <= 0:
        refuse(step.mark, f"labels cannot come every {count:g} beats", "leave some time between them")
    start, end = places.get("start", 0.0), places.get("end", math.inf)
    found = clock.beats_around(unit, count, most=MAX_MOMENTS, counted_from=places.get("start"))
    if found is None:
        refuse(step.mark, f"the label would come more than {MAX_MOMENTS} times", f"stay within {MAX_MOMENTS}")
    frames = [frame for frame in map(nearest_frame, found.tolist()) if start - 0.5 <= frame < end]
    beyond = [index for index, frame in enumerate(frames) if frame >= clock.frames]
    return tuple(dict.fromkeys(frames[: beyond[0] + 1] if beyond else frames))
