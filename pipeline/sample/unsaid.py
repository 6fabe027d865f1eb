"""Say what prompts leave open as a shot's seed has it: the land, the sky, the manner of painting.

A model that was taught by whole captions draws what a short prompt says nothing of as the middle of all it could be: a
grey sky, a land of no kind, the strokes of every style at once. So it is told a whole caption: a prompt, and behind it
a phrase for each thing that no prompt speaks of. CLIP's pull is by the prompts alone.
Source: our own; others have short prompts written longer by a language model (Hao et al. 2023, Promptist).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional as F

from ..models.entry import Words
from ..types import WeightedPrompt
from .directions import blended, embed
from .gallery import Gallery
from .noise import named_uniform
from .perceptors import Perceptor

SAID: Final = 0.35
"""How much nearer words are to the phrase they are nearest to than to the others on average, where they speak of that.

By painted-clip-a, one word or two at a time, in 150 texts of several kinds of names in chance wordings: where a kind is
named 98 of 100 are above 0.54, and where it is not 90 of 100 below 0.18, 98 of 100 below 0.16 to 0.53 (a whale's "storm
clouds" are land as well, to it). Whole texts are told apart less well, the more they say: 0.19 and 0.18.
"""
AT_ONCE: Final = 2  # words that are looked at, since one alone may mean nothing: "oil painting"
HEARD: Final = 0.5
"""The weight of a prompt, in those of another, from which on it speaks for both."""

Speaks = Callable[[str, Words], bool]
"""A text, and whether it speaks of what the words are of."""


def completed(
    perceptor: Perceptor, prompts: Sequence[WeightedPrompt], gallery: Gallery, words: Sequence[Words], *, seed: int
) -> list[Tensor]:
    """Return the direction (D,) of each prompt with what they all leave open, as `seed` has it.

    Convention: what a picture shows is not open. Each prompt is completed as far as its share of all their weights, or
        what is open would be said once for each. A prompt that weighs less than half as much as another speaks for it
        by that much, and one that turns into another by its share, so directions change as smoothly as weights do.
    Raises: UsageError for a picture that the gallery does not hold.
    """
    found, total = [], sum(prompt.weight for prompt in prompts)
    speaks = cache(partial(says, perceptor))  # each text is asked about by all prompts
    for number, prompt in enumerate(prompts):
        others = [other for at, other in enumerate(prompts) if at != number]
        heard = {one.of: _heard(speaks, prompt, others, one) for one in words}

        def place(
            text: str, image: str, heard: dict[str, float] = heard, share: float = prompt.weight / total
        ) -> Tensor:
            said = F.normalize(embed(perceptor, text, image, gallery), dim=-1)
            if image or not text.strip():
                return said
            left = [one for one in words if not speaks(text, one)]
            return said.lerp(_whole(perceptor, text, left, heard, seed=seed), share)

        found.append(blended(prompt, place))
    return found


def says(perceptor: Perceptor, text: str, one: Words) -> bool:
    """Tell whether a text speaks of what these words are of."""
    words = text.replace(",", " ").split()
    if not words:
        return False
    parts = [
        " ".join(words[at : at + count]) for count in range(1, AT_ONCE + 1) for at in range(len(words) - count + 1)
    ]
    said = F.normalize(perceptor.embed_text(parts), dim=-1)
    near = said @ F.normalize(perceptor.embed_text(one.known), dim=-1).T
    return float((near.amax(1) - near.mean(1)).max()) > SAID


def choice(one: Words, *, seed: int) -> str:
    """Return the phrase that a seed chooses."""
    phrases = one.chosen or one.known
    share = named_uniform((1,), seed=seed, frame=0, purpose=f"unsaid {one.of}", step=0)
    return phrases[int(float(share) * len(phrases))]


def _whole(perceptor: Perceptor, text: str, left: Sequence[Words], heard: dict[str, float], *, seed: int) -> Tensor:
    """Return the direction of a text and what is left open, less of that the more is heard of it from others.

    What others speak of is left out by and by, the most heard first, so nothing jumps where a weight passes another.
    """
    left = sorted(left, key=lambda one: -heard[one.of])
    levels = [1.0, *(heard[one.of] for one in left), 0.0]
    whole = torch.zeros(())
    for number in range(len(levels) - 1):
        share = levels[number] - levels[number + 1]
        if share > 0:
            said = ", ".join([text, *(choice(one, seed=seed) for one in left[number:])])
            whole = whole + share * F.normalize(perceptor.embed_text([said])[0], dim=-1)
    return F.normalize(whole, dim=-1)


def _heard(speaks: Speaks, prompt: WeightedPrompt, others: Sequence[WeightedPrompt], one: Words) -> float:
    """Return how much of one thing is heard from the other prompts, 0 to 1, beside `prompt`."""
    loud = [min(1.0, other.weight / (HEARD * prompt.weight)) * _spoken(speaks, other, one) for other in others]
    return max(loud, default=0.0)


def _spoken(speaks: Speaks, prompt: WeightedPrompt, one: Words) -> float:
    return sum(share for text, image, share in _ends(prompt) if image or speaks(text, one))


def _ends(prompt: WeightedPrompt) -> list[tuple[str, str, float]]:
    """Return the text or picture that a prompt is, and the one that it turns into, each with its share."""
    if prompt.blend is None:
        return [(prompt.text, prompt.image, 1.0)]
    into = prompt.blend
    return [(prompt.text, prompt.image, 1 - into.share), (into.text, into.image, into.share)]
