"""Turn prompt keys into the weighted prompts of every frame.

Between two keys the old prompts fade out while the new ones fade in, and one in both keeps its place; with a spherical
fade the first turns into the first, the second into the second. With `hold` the change is sudden.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from ..types import Blend, WeightedPrompt
from .bounds import ANY
from .prompt import PromptKey, Wish
from .scope import Scope
from .template import Template


@dataclass(slots=True)
class Strand:
    """One prompt through the frames of a stretch; where `end` is set, it turns into that by `share`.

    Shapes: weight, share (n,).
    """

    start: Wish
    weight: np.ndarray
    end: Wish | None = None
    share: np.ndarray = field(default_factory=lambda: np.zeros(0))


def weigh(
    keys: tuple[PromptKey, ...], scope: Scope, *, before: Template | None = None, after: Template | None = None
) -> list[tuple[WeightedPrompt, ...]]:
    """Return every frame's weighted prompts, those of weight 0 left out.

    Convention: `before` and `after` stand around every text that is wanted; one whose weight is never above 0 in the
        shot names what is not, and stays as it is. What different CLIPs see does not turn into one another.
    Raises: KeyframeError where a weight is out of bounds.
    """
    frames = np.arange(scope.clock.frames, dtype=np.float64)
    if before is not None or after is not None:
        keys = tuple(_framed(key, scope, frames, before, after) for key in keys)
    found: list[tuple[WeightedPrompt, ...]] = []
    following = [*keys[1:], None]
    for key, following_key in zip(keys, following, strict=True):
        end = len(frames) if following_key is None else min(following_key.frame, len(frames))
        t = frames[len(found) : end]  # the first key also holds before its frame
        if len(t) == 0:
            continue
        found += _by_frame(_strands(key, following_key, scope, t), scope, t)
    return found


def _framed(
    key: PromptKey, scope: Scope, frames: np.ndarray, before: Template | None, after: Template | None
) -> PromptKey:
    """Return a key with prefix and suffix around its texts, so that one wanted here and unwanted there is two."""
    wishes = [
        replace(wish, text=wish.text.joined(before, after))
        if wish.text is not None and (wish.weight.sample(scope, frames) > 0).any()
        else wish
        for wish in key.wishes
    ]
    return replace(key, wishes=tuple(wishes))


def _weight(wish: Wish, scope: Scope, t: np.ndarray) -> np.ndarray:
    return ANY.check(wish.weight.sample(scope, t), "weight", t, scope.clock, wish.weight.text.mark)


def _strands(key: PromptKey, after: PromptKey | None, scope: Scope, t: np.ndarray) -> list[Strand]:
    old = [Strand(wish, _weight(wish, scope, t)) for wish in key.wishes]
    if after is None or after.fade.ease.name == "hold":
        return _merged(old)
    assert after.fade.ease.way is not None, "a fade is never a spline"
    u = after.fade.ease.way(np.clip((t - key.frame) / (after.frame - key.frame), 0, 1))
    new = [Strand(wish, _weight(wish, scope, t)) for wish in after.wishes]
    if not after.fade.is_spherical:
        return _crossing(_merged(old), _merged(new), u)
    turning = []
    for first, second in zip(old, new, strict=False):
        if first.start.only != second.start.only:
            turning += [Strand(first.start, first.weight * (1 - u)), Strand(second.start, second.weight * u)]
            continue
        weight = first.weight + (second.weight - first.weight) * u
        turns = first.start.thing != second.start.thing
        turning.append(Strand(first.start, weight, second.start if turns else None, np.clip(u, 0, 1)))
    n_pairs = min(len(old), len(new))
    turning += [Strand(strand.start, strand.weight * (1 - u)) for strand in old[n_pairs:]]
    turning += [Strand(strand.start, strand.weight * u) for strand in new[n_pairs:]]
    return turning


def _crossing(old: list[Strand], new: list[Strand], u: np.ndarray) -> list[Strand]:
    """Return the strands of both sides; one on both goes from its old to its new weight and never leaves."""
    was = {strand.start.thing: strand.weight for strand in old}
    will = {strand.start.thing: strand.weight for strand in new}
    none = np.zeros(len(u))
    found = _merged([*old, *new])
    for strand in found:
        first, last = was.get(strand.start.thing, none), will.get(strand.start.thing, none)
        strand.weight = first + (last - first) * u
    return found


def _merged(strands: list[Strand]) -> list[Strand]:
    """Return strands with the same text or picture as one, with the weights of all."""
    found: dict[object, Strand] = {}
    for strand in strands:
        thing = strand.start.thing
        if thing in found:
            found[thing] = Strand(found[thing].start, found[thing].weight + strand.weight)
        else:
            found[thing] = strand
    return list(found.values())


def _by_frame(strands: list[Strand], scope: Scope, t: np.ndarray) -> list[tuple[WeightedPrompt, ...]]:
    columns = [_prompts(strand, scope, t) for strand in strands]
    known: dict[tuple[WeightedPrompt, ...], tuple[WeightedPrompt, ...]] = {}
    rows = (tuple(prompt for prompt in row if prompt.weight) for row in zip(*columns, strict=True))
    return [known.setdefault(row, row) for row in rows]


def _prompts(strand: Strand, scope: Scope, t: np.ndarray) -> list[WeightedPrompt]:
    """Return one strand's prompt at each frame; equal ones are one object, which keeps long films small."""
    start = _texts(strand.start, scope, t)
    known: dict[tuple[str, float, str, float], WeightedPrompt] = {}
    end, share = [""] * len(t), [0.0] * len(t)
    if strand.end is not None:
        end, share = _texts(strand.end, scope, t), strand.share.tolist()
    found = []
    for row in zip(start, strand.weight.tolist(), end, share, strict=True):
        if row not in known:
            known[row] = _prompt(*row, wish=strand.start, other=strand.end)
        found.append(known[row])
    return found


def _prompt(text: str, weight: float, end: str, share: float, *, wish: Wish, other: Wish | None) -> WeightedPrompt:
    if other is None or share == 0:
        return WeightedPrompt(text, weight, wish.image, only=wish.only)
    if share == 1:
        return WeightedPrompt(end, weight, other.image, only=wish.only)
    return WeightedPrompt(text, weight, wish.image, Blend(end, other.image, share), wish.only)


def _texts(wish: Wish, scope: Scope, t: np.ndarray) -> list[str]:
    return [""] * len(t) if wish.text is None else wish.text.texts(scope, t)
