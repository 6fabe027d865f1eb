"""Read the labels of a timeline: names for moments of a shot, `{drop: 8s, kick: [1b, 2b], pulse: every 4b}`."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

from .clock import MAX_FRAMES
from .fields import describe
from .language.functions import FUNCTIONS
from .language.tokens import LABEL
from .language.vocabulary import NAMES
from .source import Complaints, Node, Scalar, Sequence, refuse, shorten

MAX_MOMENTS = 20_000
EVERY = re.compile(r"every\s+(?P<step>.+?)(?:\s+from\s+(?P<start>.+?))?(?:\s+until\s+(?P<end>.+))?", re.ASCII)
WORDS = frozenset({*NAMES, *FUNCTIONS, "and", "or", "not", "every"})

Position = Callable[[Scalar], float]


def check_name(name: Scalar, what: str) -> None:
    """Refuse a name that an expression could not use, or that means something already."""
    if not LABEL.fullmatch(name.text):
        do = "use letters, digits and _, at most 40, a letter first"
        refuse(name.mark, f"{what} cannot be called '{shorten(name.text)}'", do)
    if name.text in WORDS:
        refuse(name.mark, f"'{name.text}' means something already", f"give {what} another name")


def read_labels(
    items: Mapping[str, tuple[Scalar, Node]], n_frames: int, position: Callable[[dict[str, tuple[int, ...]]], Position]
) -> dict[str, tuple[int, ...]]:
    """Return the frames of every label, ascending; `position` turns the labels known so far into a reader of times.

    Convention: a label may be placed by those above it, as in `{drop: 8s, fall: drop + 2b}`.
    Raises: KeyframeError with all complaints.
    """
    complaints = Complaints()
    found: dict[str, tuple[int, ...]] = {}
    for name, (key, node) in items.items():
        complaints.attempt(check_name, key, "a label")
        found[name] = complaints.attempt(_moments, node, position(found), n_frames) or ()
    complaints.settle()
    return found


def _moments(node: Node, position: Position, n_frames: int) -> tuple[int, ...]:
    if isinstance(node, Sequence):
        complaints = Complaints()
        found = [complaints.attempt(_moments, item, position, n_frames) or () for item in node.items]
        if not node.items:
            complaints.add(node.mark, "a label has no time", "write one, such as 8s")
        complaints.settle()
        return tuple(sorted({frame for part in found for frame in part}))
    if not isinstance(node, Scalar) or not node.text.strip():
        refuse(node.mark, f"a label wants times ({describe(node)})", "write 8s, [1b, 2b] or 'every 4b'")
    text = node.part(0, len(node.text))
    match = EVERY.fullmatch(text.text)
    if match is None:
        return (math.floor(position(text) + 0.5),)
    parts = {name: text.part(*match.span(name)) for name in ("step", "start", "end") if match[name]}
    places = {name: position(part) for name, part in parts.items()}
    step, start, end = places["step"], places.get("start", 0.0), places.get("end", float(n_frames))
    if step < 0.5:
        refuse(parts["step"].mark, f"labels cannot come every {step:g} frames", "leave at least a frame between them")
    count = max(0, math.ceil((min(end, MAX_FRAMES) - start) / step))
    if count > MAX_MOMENTS:
        refuse(text.mark, f"the label would come {count} times", f"stay within {MAX_MOMENTS}")
    return tuple(math.floor(start + step * index + 0.5) for index in range(count))
