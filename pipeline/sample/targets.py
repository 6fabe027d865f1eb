"""Where each perceptor is asked to go, how strongly in each step, and how the weights of prompts are divided.

A prompt may be for some perceptors alone, and a perceptor may be left out of some steps, or of all: then it has no
target and nothing is embedded for it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import torch
from torch import Tensor

from ..errors import SampleError, UsageError
from ..types import FramePlan, StepValues, WeightedPrompt
from .directions import direction
from .fuzz import CLEAR, Fuzz
from .gallery import NO_PICTURES, Gallery
from .perceptors import Perceptor

LEAST: Final = 1e-6
DIVISORS: Final[dict[str, Callable[[Sequence[float]], float]]] = {
    "sum": lambda weights: abs(sum(weights)),  # Disco Diffusion
    "abs_sum": lambda weights: sum(map(abs, weights)),
    "l2": lambda weights: math.hypot(*weights),  # DiscoArt; two equal prompts pull as 1.41 of one
}


@dataclass(frozen=True, slots=True)
class Target:
    """Where one perceptor is asked to go; `strength` is what its pull counts in each step, or in all of them.

    Shapes: directions (Q, D) of any length, weights (Q,), already divided.
    """

    perceptor: Perceptor
    directions: Tensor
    weights: Tensor
    strength: StepValues = (1.0,)


@dataclass(frozen=True, slots=True)
class Manner:
    """How prompts become targets: what weights are divided by, the perceptors' strengths by name, and the noise."""

    divide_by: str = "sum"
    strengths: Mapping[str, StepValues] = field(default_factory=dict)
    fuzz: Fuzz = CLEAR

    @classmethod
    def of(cls, plan: FramePlan) -> Manner:
        """Return the manner that a frame's plan asks for."""
        look = plan.look
        fuzz = Fuzz(look.fuzzy, look.fuzzy_copies, plan.seed, plan.frame)
        return cls(look.prompt_weights, dict(look.clip_weights), fuzz)


PLAIN: Final = Manner()


def aim(
    perceptors: Sequence[Perceptor],
    prompts: Sequence[WeightedPrompt],
    gallery: Gallery = NO_PICTURES,
    manner: Manner = PLAIN,
) -> tuple[Target, ...]:
    """Turn prompts into a target for every perceptor that acts in some step.

    Raises: SampleError for prompts that cancel, UsageError for names of perceptors that are not there.
    """
    if not prompts:
        return ()
    _refuse_strangers(perceptors, prompts, manner)
    found = []
    for perceptor in perceptors:
        strength = manner.strengths.get(perceptor.name, (1.0,))
        if any(strength):
            found.append(_target(perceptor, prompts, gallery, manner, strength))
    return tuple(found)


def _target(
    perceptor: Perceptor,
    prompts: Sequence[WeightedPrompt],
    gallery: Gallery,
    manner: Manner,
    strength: StepValues,
) -> Target:
    seen = [prompt for prompt in prompts if not prompt.only or perceptor.name in prompt.only]
    divisor = DIVISORS[manner.divide_by]([prompt.weight for prompt in seen])
    if divisor < LEAST:
        whose = f" that {perceptor.name} sees" if len(seen) < len(prompts) else ""
        raise SampleError(
            f"prompts: the weights of {len(seen)} prompts{whose} cancel out ({manner.divide_by} {divisor:.2g}); "
            "give one of them more weight"
        )
    copies = [manner.fuzz.copies_of(direction(perceptor, prompt, gallery), perceptor.name, prompt) for prompt in seen]
    weights = [
        prompt.weight / divisor / len(of_prompt)
        for prompt, of_prompt in zip(seen, copies, strict=True)
        for _ in of_prompt
    ]
    directions = torch.cat(copies)
    return Target(perceptor, directions, torch.tensor(weights, dtype=torch.float32).to(directions.device), strength)


def _refuse_strangers(perceptors: Sequence[Perceptor], prompts: Sequence[WeightedPrompt], manner: Manner) -> None:
    known = {perceptor.name for perceptor in perceptors}
    strange = sorted({*manner.strengths, *(name for prompt in prompts for name in prompt.only)} - known)
    if strange:
        raise UsageError(
            f"the plan speaks of the CLIP {', '.join(strange)}, the engine has {', '.join(sorted(known))}; "
            "plan the film with the engine that draws it"
        )
