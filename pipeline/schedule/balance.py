"""Refuse prompts whose weights cancel: every CLIP that acts in a frame must be left with something to go to.

It needs both the prompts and the look, since a look says how weights are divided and which CLIPs do not act.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NoReturn

from ..types import Look, WeightedPrompt
from .bounds import LOOK_WORDS
from .prompt import PromptKey
from .sections import ShotSettings
from .source import Scalar, refuse

LEAST_TOTAL = 1e-3  # as in Disco Diffusion
BY_SUM = LOOK_WORDS["prompt_weights"][0]
Prompts = tuple[WeightedPrompt, ...]


def refuse_cancelled(
    keys: tuple[PromptKey, ...], rows: Sequence[Prompts], looks: Sequence[Look] | None, settings: ShotSettings
) -> None:
    """Refuse the first frame in which a CLIP that acts sees no prompts, or only such as cancel.

    Convention: without `looks`, because they have mistakes of their own, CLIPs with a weight of their own are let off.
    """
    last: tuple[object, object] = (None, None)
    for frame, row in enumerate(rows):
        look = looks[frame] if looks else None
        if row is last[0] and look is last[1]:  # equal ones are one object
            continue
        last = (row, look)
        by_sum = (look.prompt_weights if look else _word(settings)) == BY_SUM
        for clip in _acting(row, look, settings):
            seen = [prompt.weight for prompt in row if clip is None or not prompt.only or clip in prompt.only]
            total = abs(sum(seen)) if by_sum else sum(map(abs, seen))
            if total < LEAST_TOTAL:
                _refuse(keys, frame, clip, bool(seen) or not row, by_sum, settings)


def _word(settings: ShotSettings) -> str:
    node = settings.words.get("look.prompt_weights")
    return node.text.strip() if isinstance(node, Scalar) else BY_SUM


def _acting(row: Prompts, look: Look | None, settings: ShotSettings) -> list[str | None]:
    """Return the CLIPs that act in a frame; None stands for all of them, where they see the same."""
    off = {name for name, values in look.clip_weights if not any(values)} if look else set(settings.clip_weights)
    acting = [name for name in settings.clips if name not in off]
    if any(prompt.only for prompt in row):
        return [*acting]
    return [None] if acting or not settings.clips else []


def _refuse(
    keys: tuple[PromptKey, ...], frame: int, clip: str | None, sees: bool, by_sum: bool, settings: ShotSettings
) -> NoReturn:
    key = keys[max(0, bisect_right([key.frame for key in keys], frame) - 1)]
    at = f"at frame {frame}{settings.scope.clock.where}"
    if clip is not None and not sees:
        do = "let one be for it too, or let its weight in look.clip_weights be 0 there"
        refuse(key.place.mark, f"{clip} sees none of the prompts {at}", do)
    of_clip = f"the weights of the prompts that {clip} sees" if clip else "the prompts' weights"
    do = "change a weight: they are divided by their sum" if by_sum else "let one of them be other than 0"
    refuse(key.place.mark, f"{of_clip} sum to nothing {at}", do)
