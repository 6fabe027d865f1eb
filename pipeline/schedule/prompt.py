"""Turn prompts over time into weighted texts for every frame.

Between two keys the old texts fade out while the new ones fade in, and a text in both keeps its place; with `hold`
the change is sudden. A weight may stand at the end of a text as Disco users write it (`yellow: 0.4`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from ..types import WeightedPrompt
from . import curve
from .clock import Clock
from .curve import Curve
from .expression import Expression, Number
from .fields import as_mapping, clean, describe
from .source import Complaints, Mapping, Node, Scalar, Sequence, refuse

FADES = ("linear", "hold")
LONGEST = 500
LEAST_TOTAL = 1e-3  # weights are divided by their sum, as in Disco Diffusion
WEIGHT_AT_END = re.compile(r"(?P<text>.*[^\d\s])\s*:\s*(?P<weight>[-+]?(?:\d+\.?\d*|\.\d+))", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class PromptKey:
    """What the picture is drawn to from `frame` on; each text once, in the artist's order."""

    frame: int
    texts: tuple[tuple[str, Curve], ...]
    place: Node

    def weights(self, clock: Clock, t: np.ndarray) -> dict[str, np.ndarray]:
        """Return each text's weight at frames `t`; the same text twice counts with both weights.

        Shapes: t (points,) -> each (points,).
        """
        found: dict[str, np.ndarray] = {}
        for text, weight in self.texts:
            found[text] = found.get(text, 0.0) + weight.sample(clock, t)
        return found


def parse(node: Node, clock: Clock) -> tuple[PromptKey, ...]:
    """Read prompts: a text, a list of texts, or times with either.

    Raises: KeyframeError with all complaints about them.
    """
    if not isinstance(node, Mapping) or node.get("text") is not None:
        return (PromptKey(0, _texts(node, clock), node),)
    complaints = Complaints()
    keys: dict[int, PromptKey] = {}
    for time, value in node.items:
        frame = complaints.attempt(clock.key_frame, time.part(0, len(time.text)))
        texts = complaints.attempt(_texts, value, clock)
        if frame in keys:
            first = keys[frame].place.mark
            complaints.add(time.mark, f"a second key at frame {frame} (first at line {first.line})", "keep one of them")
        elif frame is not None and texts:
            keys[frame] = PromptKey(frame, texts, value)
    if not node.items:
        complaints.add(node.mark, "there are no prompts", "write at least one text")
    complaints.settle()
    return tuple(keys[frame] for frame in sorted(keys))


def _texts(node: Node, clock: Clock) -> tuple[tuple[str, Curve], ...]:
    if not isinstance(node, Sequence):
        return (_text(node, clock),)
    if not node.items:
        refuse(node.mark, "there are no prompts in this list", "write at least one text")
    complaints = Complaints()
    found = [complaints.attempt(_text, item, clock) for item in node.items]
    complaints.settle()
    return tuple(text for text in found if text)


def _text(node: Node, clock: Clock) -> tuple[str, Curve]:
    """Read one text and its weight; YAML sees `- yellow: 0.4` as a name and a value, people see the same as here."""
    if isinstance(node, Sequence):
        refuse(node.mark, "a prompt cannot be a list", "write a text, or {text: ..., weight: ...}")
    if isinstance(node, Mapping):
        if len(node.items) == 1 and node.items[0][0].text not in ("text", "weight"):
            words, weight = node.items[0]
            return clean(words.text, words.mark, "prompt", longest=LONGEST), curve.parse(weight, "weight", clock)
        return _spelled_out(node, clock)
    if match := WEIGHT_AT_END.fullmatch(node.text.strip()):
        found = float(match["weight"])
        return clean(match["text"], node.mark, "prompt", longest=LONGEST), _constant(found, node)
    return clean(node.text, node.mark, "prompt", longest=LONGEST), _constant(1.0, node)


def _spelled_out(node: Mapping, clock: Clock) -> tuple[str, Curve]:
    complaints = Complaints()
    fields = as_mapping(node, "prompt", ("text", "weight"), complaints)
    words = fields.get("text")
    text = ""
    if isinstance(words, Scalar):
        text = complaints.attempt(clean, words.text, words.mark, "prompt", longest=LONGEST) or ""
    elif not complaints.found:
        complaints.add(node.mark, f"a prompt has no text ({describe(words)})", "write {text: ..., weight: ...}")
    weight = _constant(1.0, node)
    if "weight" in fields:
        weight = complaints.attempt(curve.parse, fields["weight"], "weight", clock) or weight
    complaints.settle()
    return text, weight


def _constant(weight: float, node: Node) -> Curve:
    place = Scalar("", node.mark, [node.mark.column])
    return Curve((curve.Key(0, Expression(Number(weight, 0), place, frozenset()), "linear", place),), place)


def weigh(keys: tuple[PromptKey, ...], fade: str, clock: Clock) -> list[tuple[WeightedPrompt, ...]]:
    """Return every frame's weighted texts, those of weight 0 left out.

    Raises: KeyframeError where a frame's weights sum to nothing.
    """
    found: list[tuple[WeightedPrompt, ...]] = []
    following = [*keys[1:], None]
    for key, after in zip(keys, following, strict=True):
        end = clock.frames if after is None else min(after.frame, clock.frames)
        t = np.arange(len(found), end, dtype=np.float64)  # the first key also holds before its frame
        if len(t) == 0:
            continue
        weights = key.weights(clock, t)
        if after is not None and fade == "linear":
            u = np.clip((t - key.frame) / (after.frame - key.frame), 0, 1)
            new = after.weights(clock, t)
            weights = {
                text: weights.get(text, 0.0) + (new.get(text, 0.0) - weights.get(text, 0.0)) * u
                for text in [*weights, *(text for text in new if text not in weights)]
            }
        _refuse_nothing(key, weights, t, clock)
        found += _by_frame(weights)
    return found


def _refuse_nothing(key: PromptKey, weights: dict[str, np.ndarray], t: np.ndarray, clock: Clock) -> None:
    total = sum(weights.values())
    bad = np.flatnonzero(np.abs(total) < LEAST_TOTAL)
    if bad.size:
        what = f"the prompts' weights sum to nothing at frame {int(t[bad[0]])}{clock.where}"
        refuse(key.place.mark, what, "change a weight: they are divided by their sum")


def _by_frame(weights: dict[str, np.ndarray]) -> list[tuple[WeightedPrompt, ...]]:
    texts = list(weights)
    rows = np.stack([weights[text] for text in texts], axis=1).tolist()
    known: dict[tuple[float, ...], tuple[WeightedPrompt, ...]] = {}
    for row in map(tuple, rows):
        if row not in known:
            known[row] = tuple(WeightedPrompt(text, weight) for text, weight in zip(texts, row, strict=True) if weight)
    return [known[tuple(row)] for row in rows]
