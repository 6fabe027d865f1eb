"""Where a prompt lies in a perceptor's space: at a text, at a picture, or on the way from one to another.

Only directions count, since guidance measures angles; a text alone keeps the length its perceptor gave it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional as F

from ..types import WeightedPrompt
from .gallery import Gallery
from .perceptors import Perceptor

NEARLY_PARALLEL: Final = 1e-6  # radians: the straight way differs from the arc by less than float64 can tell
NEARLY_OPPOSITE: Final = math.pi - 1e-3


def direction(perceptor: Perceptor, prompt: WeightedPrompt, gallery: Gallery) -> Tensor:
    """Return the direction (D,) that a prompt asks one perceptor for.

    Raises: UsageError for a picture that the gallery does not hold.
    """
    return blended(prompt, partial(embed, perceptor, gallery=gallery))


def blended(prompt: WeightedPrompt, place: Callable[[str, str], Tensor]) -> Tensor:
    """Return the direction (D,) of a prompt where `place` gives that of a text or of a picture with a digest."""
    start = place(prompt.text, prompt.image)
    if prompt.blend is None:
        return start
    end = place(prompt.blend.text, prompt.blend.image)
    # on the CPU in double precision: the same on every device, and no jump however near the two are
    return slerp(start.cpu().double(), end.cpu().double(), prompt.blend.share).to(start)


def embed(perceptor: Perceptor, text: str, image: str, gallery: Gallery) -> Tensor:
    """Return the direction (D,) of the picture with the digest `image`, or where that is empty of the text."""
    return gallery.embed(perceptor, image) if image else perceptor.embed_text([text])[0]


def slerp(a: Tensor, b: Tensor, share: float) -> Tensor:
    """Go `share` of the way from the direction of a (D,) to that of b (D,), on the unit sphere at a constant speed.

    Convention: 0 is a's direction itself and 1 is b's; swapping a and b while taking 1 - share changes nothing. Nearly
        parallel directions are joined by a straight line, brought back to the sphere. Nearly opposite ones have no one
        shortest way: it then leads through a direction at a right angle to both (`_aside`), in two equal legs.
    Source: Shoemake 1985; the angle by Kahan 2006, "How futile are mindless assessments of roundoff", which keeps its
        digits near 0 and pi.
    """
    a, b = F.normalize(a, dim=-1), F.normalize(b, dim=-1)
    angle = 2 * math.atan2(float((a - b).norm()), float((a + b).norm()))
    if angle > NEARLY_OPPOSITE:
        aside = _aside(F.normalize(a - b, dim=-1))
        return slerp(a, aside, 2 * share) if share < 0.5 else slerp(aside, b, 2 * share - 1)
    if angle < NEARLY_PARALLEL:
        return F.normalize((1 - share) * a + share * b, dim=-1)
    return (math.sin((1 - share) * angle) * a + math.sin(share * angle) * b) / math.sin(angle)


def _aside(axis: Tensor) -> Tensor:
    """Return the direction at a right angle to `axis` (D,) nearest to the coordinate that counts least in it.

    It is the same for -axis, so that the way back from b to a is the way from a to b.
    """
    least = F.one_hot(axis.abs().argmin(), axis.numel()).to(axis)
    return F.normalize(least - torch.dot(least, axis) * axis, dim=-1)
