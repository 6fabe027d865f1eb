"""Turn what stands under a numeric key into one value for every frame, or for every frame and step of its denoising.

A value is a number, an expression, keys `{0: 1.0, 2s: 1.04 ease-in-out}` or a key string `"0: (1.0), 48: (1.04)"`.
As in Deforum, an expression that moves with time runs from its key to the frame before the next one, where the value
jumps; everything that stands still is joined by ways, linear unless the key they lead to says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from . import expression, step_list
from .clock import Clock
from .evaluate import evaluate
from .expression import Expression, Number
from .fields import describe, nearest, scalar
from .source import Complaints, Mapping, Node, Scalar, Sequence, refuse, shorten
from .step_list import StepList

EASES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "linear": lambda u: u,
    "hold": lambda u: np.zeros_like(u),
    "ease-in": lambda u: u**3,
    "ease-out": lambda u: 1 - (1 - u) ** 3,
    "ease-in-out": lambda u: np.where(u < 0.5, 4 * u**3, 1 - 4 * (1 - u) ** 3),
}
WORD_AT_END = re.compile(r"(?P<value>.*[\w.)\]])\s+(?P<word>[A-Za-z]+(?:-[A-Za-z]+)*)", re.ASCII | re.DOTALL)
NOT_EASES = frozenset({"and", "or", "not", *expression.NAMES, *expression.FUNCTIONS})


@dataclass(frozen=True, slots=True)
class Key:
    """A value from `frame` on; `ease` is the way that leads to it from the key before."""

    frame: int
    value: Expression | StepList
    ease: str
    text: Scalar

    @property
    def runs(self) -> bool:
        """Whether the value moves with time by itself."""
        return isinstance(self.value, Expression) and self.value.is_timed

    def at(self, clock: Clock, t: np.ndarray, n: np.ndarray | None) -> np.ndarray:
        """Return the value at points."""
        if isinstance(self.value, StepList):
            assert n is not None, "lists are only parsed for values inside the sampler"
            return self.value.values[n]
        if isinstance(self.value.tree, Number):
            return np.full(len(t), self.value.tree.value)
        return evaluate(self.value, clock.variables(self.value.names, t, n), t, clock.where)


@dataclass(frozen=True, slots=True)
class Curve:
    """Keys in order of time, at least one."""

    keys: tuple[Key, ...]
    text: Scalar

    @property
    def is_timed(self) -> bool:
        """Whether the value may change from frame to frame."""
        return len(self.keys) > 1 or self.keys[0].runs

    @property
    def uses_progress(self) -> bool:
        """Whether the value may change inside one frame's denoising."""
        return any(isinstance(key.value, StepList) or "p" in key.value.names for key in self.keys)

    def sample(self, clock: Clock, t: np.ndarray, n: np.ndarray | None = None) -> np.ndarray:
        """Return the value at frames `t`, which ascend, and at entries `n` of the 1000-long schedule.

        Shapes: t float64 (points,), n int (points,) -> float64 (points,).
        Convention: the first key's value holds before it, the last one's after it.
        Raises: KeyframeError where the value is not finite.
        """
        found = np.empty(len(t))
        for key, after, points in self._stretches(t):
            here, steps = t[points], None if n is None else n[points]
            if len(here) == 0:
                continue
            if here[0] < key.frame:
                found[points] = key.at(clock, np.full(len(here), float(key.frame)), steps)
                continue
            start = key.at(clock, here, steps)
            if after is None or key.runs:
                found[points] = start
                continue
            end = after.at(clock, np.full(len(here), float(after.frame)), steps)
            u = (here - key.frame) / (after.frame - key.frame)
            found[points] = start + (end - start) * EASES[after.ease](u)
        return found + 0.0  # minus zero becomes zero, so that equal pictures have equal plans

    def _stretches(self, t: np.ndarray) -> Iterator[tuple[Key, Key | None, slice]]:
        bounds = np.searchsorted(t, [key.frame for key in self.keys]).tolist()
        yield self.keys[0], None, slice(0, bounds[0])
        following = [*self.keys[1:], None]
        for key, after, start, end in zip(self.keys, following, bounds, [*bounds[1:], len(t)], strict=True):
            yield key, after, slice(start, end)


def parse(node: Node, what: str, clock: Clock, *, in_sampler: bool = False) -> Curve:
    """Read a numeric value in any of its forms; `what` names it in messages.

    Raises: KeyframeError with all complaints about it.
    """
    if isinstance(node, Sequence):
        do = "write a number, an expression in quotes or keys such as {0: 1.0, 2s: 1.04}"
        if in_sampler:
            do += '; a list over the denoising needs quotes too: "[12]*400+[4]*600"'
        refuse(node.mark, f"{what} cannot be a list", do)
    if isinstance(node, Mapping):
        return _from_mapping(node, what, clock, in_sampler)
    text = scalar(node, what)
    if re.fullmatch(r"\d+:\d+(\.\d+)?", text.text, re.ASCII):
        do = "write a number, or a key as '1: (30)'"
        refuse(text.mark, f"{what} wants a number, not a time ({describe(text)})", do)
    if _colons(text.text):
        return _from_key_string(text, what, clock, in_sampler)
    return Curve((Key(0, _value(text, clock, in_sampler), "linear", text),), text)


def _from_mapping(node: Mapping, what: str, clock: Clock, in_sampler: bool) -> Curve:
    complaints = Complaints()
    keys = []
    for time, value in node.items:
        keys.append(complaints.attempt(_key, time, value, f"{what} at {shorten(time.text)}", clock, in_sampler))
    return _joined(keys, Scalar("", node.mark, [node.mark.column]), what, complaints)


def _from_key_string(text: Scalar, what: str, clock: Clock, in_sampler: bool) -> Curve:
    complaints = Complaints()
    keys = [
        complaints.attempt(_piece, text.part(start, end), clock, in_sampler)
        for start, end in _pieces(text.text)
        if text.text[start:end].strip()
    ]
    return _joined(keys, text, what, complaints)


def _piece(text: Scalar, clock: Clock, in_sampler: bool) -> Key:
    colons = _colons(text.text)
    if not colons:
        refuse(text.mark, f"a key needs a time ({describe(text)})", "write 'time: (value)'")
    time, value = text.part(0, colons[-1]), text.part(colons[-1] + 1, len(text.text))
    if missing := re.search(r"[)\]]\s*(?=[\d\"'])", time.text):
        refuse(time.at(missing.end()), "a comma is missing before this key", "write '0: (1), 5: (2)'")
    return _key(_unquoted(time), _unquoted(value), "a key", clock, in_sampler)


def _key(time: Scalar, value: Node, what: str, clock: Clock, in_sampler: bool) -> Key:
    complaints = Complaints()
    frame = complaints.attempt(clock.key_frame, time.part(0, len(time.text)))
    is_torn = frame is None and isinstance(value, Scalar) and not value.text
    found = None if is_torn else complaints.attempt(_eased, value, what, clock, in_sampler)
    complaints.settle()
    assert frame is not None and found is not None
    return Key(frame, *found, time)


def _eased(node: Node, what: str, clock: Clock, in_sampler: bool) -> tuple[Expression | StepList, str]:
    value, ease = scalar(node, what), ""
    match = WORD_AT_END.fullmatch(value.text)
    if match and match["word"] not in NOT_EASES and match["value"].split()[-1] not in ("and", "or", "not"):
        ease, start = match["word"], match.start("word")
        if ease not in EASES:
            refuse(value.at(start), f"unknown way '{shorten(ease)}' after a key's value", nearest(ease, EASES))
        value = value.part(0, match.end("value"))
    return _value(value, clock, in_sampler), ease


def _value(text: Scalar, clock: Clock, in_sampler: bool) -> Expression | StepList:
    if in_sampler and text.text.startswith("["):
        return step_list.parse(text)
    found = expression.parse(text, clock.known(in_sampler=in_sampler), clock.advice())
    if isinstance(found.tree, expression.Call) and found.tree.name == "negate":
        inner = found.tree.args[0]
        if isinstance(inner, Number):
            return Expression(Number(-inner.value, inner.at), text, found.names)
    return found


def _joined(keys: list[Key | None], text: Scalar, what: str, complaints: Complaints) -> Curve:
    if not keys:
        refuse(text.mark, f"{what} has no keys", "write at least one, such as {0: 1.0}")
    found = sorted((key for key in keys if key), key=lambda key: (key.frame, key.text.mark))
    for before, key in pairwise(found):
        if before.frame == key.frame:
            mark = before.text.mark
            what_else = f"a second key at frame {key.frame} (first at {mark.line}:{mark.column})"
            complaints.add(key.text.mark, what_else, "keep one of them")
        elif key.ease and before.runs:
            do = f"leave '{key.ease}' out: a moving expression runs up to the next key"
            complaints.add(key.text.mark, f"there is no way to ease to frame {key.frame}", do)
    if found and found[0].ease and len(found) == len(keys):
        complaints.add(found[0].text.mark, "the first key has no way that leads to it", f"leave '{found[0].ease}' out")
    complaints.settle()
    plain = tuple(Key(key.frame, key.value, key.ease or "linear", key.text) for key in found)
    return Curve(plain, text)


def _marks_outside(text: str) -> Iterator[tuple[int, str]]:
    """Yield commas and colons that stand outside brackets and quotes."""
    depth, quote = 0, ""
    for index, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "([":
            depth += 1
        elif char in ")]":
            depth = max(0, depth - 1)
        elif depth == 0 and char in ",:":
            yield index, char


def _colons(text: str) -> list[int]:
    return [index for index, char in _marks_outside(text) if char == ":"]


def _pieces(text: str) -> list[tuple[int, int]]:
    commas = [index for index, char in _marks_outside(text) if char == ","]
    return list(zip([0, *(comma + 1 for comma in commas)], [*commas, len(text)], strict=True))


def _unquoted(text: Scalar) -> Scalar:
    if len(text.text) > 1 and text.text[0] in "'\"" and text.text[-1] == text.text[0]:
        return text.part(1, len(text.text) - 1)
    return text
