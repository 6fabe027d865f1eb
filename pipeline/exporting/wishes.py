"""What a film is drawn to, frame by frame, as stretches that other programs can say: the same texts, weights on a line.

A text that turns into another on the great circle is two there, each with its share.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ..importing.deforum_prompts import NEGATIVE
from ..importing.sd_syntax import NETWORK
from ..importing.sheet import number
from ..types import FramePlan
from .outgoing import Outgoing
from .sampled import CLOSE, key_frames, tidy

DIGITS = 6
JOINT = re.compile(r"\b(?:AND|BREAK)\b")
NUMBER_AT_END = re.compile(r":\s*[-+.\d]+\s*\Z", re.ASCII)
Formula = Callable[[float, float, int], str]
"""Writes a weight from its first value, its change for each frame, and the frame where it begins."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A text, or a picture by its digest, that is wanted or not."""

    text: str
    image: str
    is_wanted: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """Frames in which the same things are wanted, with weights that go along straight lines.

    Shapes: weights (frames, things).
    """

    start: int
    things: tuple[Thing, ...]
    weights: np.ndarray


def rows(out: Outgoing) -> list[dict[Thing, float]]:
    """Return what each frame is drawn to, with its raw weights, and tell what cannot be said anywhere else."""
    found: list[dict[Thing, float]] = []
    has_blend, has_only = False, False
    for plan in out.plans:
        row: dict[Thing, float] = {}
        for text, image, weight in _parts(plan):
            thing = Thing(text, image, weight > 0)
            row[thing] = row.get(thing, 0.0) + weight
        found.append(row)
        has_blend |= any(prompt.blend is not None for prompt in plan.prompts)
        has_only |= any(prompt.only for prompt in plan.prompts)
    if has_blend:
        out.report.about("prompt_fade", "prompts", "spherical fades are cross-fades of weights there")
    if has_only:
        out.report.about("prompts.only", "prompts", "every CLIP sees every prompt there")
    return found


def texts_only(out: Outgoing) -> list[dict[Thing, float]]:
    """Return what each frame is drawn to, for programs whose prompts are texts; tell the rest."""
    found = rows(out)
    pictures = {thing.image for row in found for thing in row if thing.image}
    if pictures:
        shown = ", ".join(sorted(out.path(digest) for digest in pictures)[:5])
        out.report.missing("prompts.image", f"pictures are no prompts there: {shown}")
    kept = [{thing: weight for thing, weight in row.items() if not thing.image} for row in found]
    texts = {thing.text for row in kept for thing in row}
    if any(unsigned(text) != text for text in texts):
        out.report.about("prompts", "prompts", "backticks, --neg, AND, BREAK and <lora:> inside texts are respelled")
    if any(not thing.is_wanted for row in kept for thing in row):
        out.report.about("prompts.weight", "prompts", "what is not wanted stands behind --neg, 1 there for -0.5 here")
    if any(not math.isclose(total(row), total(kept[0])) for row in kept):
        why = "divided by their sum here and not there, so where the sum grows the pull does"
        out.report.about("look.prompt_weights", "prompts", why)
    out.report.exact("prompts", "prompts")
    return kept


def _parts(plan: FramePlan) -> Iterator[tuple[str, str, float]]:
    for prompt in plan.prompts:
        share = prompt.blend.share if prompt.blend else 0.0
        if share < 1:
            yield prompt.text, prompt.image, prompt.weight * (1 - share)
        if prompt.blend and share > 0:
            yield prompt.blend.text, prompt.blend.image, prompt.weight * share


def total(row: dict[Thing, float]) -> float:
    """Return the sum of what is wanted; where nothing is, that of all sizes."""
    return sum(weight for thing, weight in row.items() if thing.is_wanted) or sum(map(abs, row.values())) or 1.0


def stretches(found: list[dict[Thing, float]]) -> list[Stretch]:
    """Return the fewest stretches, in order, that have each frame's things and weights in proportion.

    Convention: weights are divided by the sum where their things begin, not by that of each frame, which would bend
        what is a straight line.
    """
    result: list[Stretch] = []
    start = 0
    while start < len(found):
        things, end = tuple(found[start]), start + 1
        while end < len(found) and tuple(found[end]) == things:
            end += 1
        weights = np.array([[row[thing] for thing in things] for row in found[start:end]])
        weights /= total(found[start])
        knots = key_frames(weights)
        if len(knots) > 1 and knots[-1] == len(weights) - 1:
            knots.pop()  # the line before leads there
        for first, last in zip(knots, [*knots[1:], len(weights)], strict=True):
            result.append(Stretch(start + first, things, weights[first:last]))
        start = end
    return result


def line(stretch: Stretch, formula: Formula) -> str:
    """Return a stretch as Deforum's text: what is wanted joined by AND, and what is not behind --neg."""
    sides: dict[bool, list[str]] = {True: [], False: []}
    counts = {side: sum(thing.is_wanted == side for thing in stretch.things) for side in sides}
    for thing, weights in zip(stretch.things, stretch.weights.T, strict=True):
        factor = 1.0 if thing.is_wanted else 1 / NEGATIVE
        first, slope = weights[0] * factor, 0.0
        if len(weights) > 1:
            slope = (weights[-1] - weights[0]) * factor / (len(weights) - 1)
            slope = slope if abs(slope) * len(weights) > CLOSE else 0.0
        said = formula(tidy(first, DIGITS), tidy(slope, DIGITS), stretch.start)
        text = escaped(thing.text)
        is_bare = said == "1" and counts[thing.is_wanted] == 1
        is_plain = is_bare and not NUMBER_AT_END.search(thing.text)
        gap = " " if text[-1:].isdigit() else ""  # or the digits would be taken for a time of day
        sides[thing.is_wanted].append(text if is_plain else f"{text}{gap}:{said}")
    wanted, unwanted = (" AND ".join(sides[side]) for side in (True, False))
    return f"{wanted} --neg {unwanted}" if unwanted else wanted


def in_backticks(first: float, slope: float, start: int) -> str:
    """Write a weight as Deforum's prompts do: a number, or an expression in backticks."""
    return number(first) if slope == 0 else f"`{number(first)}{'+' if slope > 0 else ''}{number(slope)}*(t-{start})`"


def escaped(text: str) -> str:
    """Return a text in which no sign of Stable Diffusion's means anything."""
    for sign in "\\()[]":
        text = text.replace(sign, "\\" + sign)
    return unsigned(text)


def unsigned(text: str) -> str:
    """Return a text without those signs that no backslash takes the meaning of."""
    text = text.replace("`", "'").replace("--neg", "- -neg")
    return JOINT.sub(lambda found: found[0].lower(), NETWORK.sub(lambda found: found[0].strip("<>"), text))
