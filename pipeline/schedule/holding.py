"""What holds a film as it was is let go where it is to become another: where prompts change, and over a clip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ..types import Conditioning, Look, WeightedPrompt
from .pictures.follow import is_stylised
from .sections import ShotSettings

TURNING_S: Final = 1.0  # seconds that a picture has to turn into another, once its prompts stand still

Prompts = Sequence[tuple[WeightedPrompt, ...]]
"""The prompts of each frame of a shot."""


def held(
    settings: ShotSettings, looks: list[Look], conditionings: list[Conditioning], prompts: Prompts
) -> tuple[list[Look], list[Conditioning]]:
    """Return looks and conditionings that let go where they must; over a clip shapes, light and colour are its own."""
    over_clip = is_stylised(settings)
    free = over_clip and "steady" not in settings.frame_said
    conditionings = unsteadied(conditionings) if free else steadied(conditionings, prompts)
    if "recall" not in settings.look_said:
        fps = float(settings.scope.clock.tempo.fps)
        looks = recalling_nothing(looks) if over_clip else recalling(looks, prompts, fps)
    return looks, conditionings


def steadied(conditionings: list[Conditioning], prompts: Prompts) -> list[Conditioning]:
    """Let go of light and colour from the frame on whose prompts are not those of the first: the change is wanted."""
    changed = next((frame for frame, wanted in enumerate(prompts) if wanted != prompts[0]), len(prompts))
    return [*conditionings[:changed], *unsteadied(conditionings[changed:])]


def unsteadied(conditionings: list[Conditioning]) -> list[Conditioning]:
    """Let go of light and colour in all frames."""
    free = {one: replace(one, steady=0.0) for one in conditionings}
    return [free[one] for one in conditionings]


def recalling(looks: list[Look], prompts: Prompts, fps: float) -> list[Look]:
    """Recall nothing while prompts change and `TURNING_S` after, so that what they say can be drawn."""
    turning, left, freed = [], 0.0, recalling_nothing(looks)
    for frame in range(len(looks)):
        left = fps * TURNING_S if frame and prompts[frame] != prompts[frame - 1] else left - 1
        turning.append(left > 0)
    return [free if turns else held for turns, free, held in zip(turning, freed, looks, strict=True)]


def recalling_nothing(looks: list[Look]) -> list[Look]:
    """Recall nothing in all frames."""
    free = {one: replace(one, recall=(0.0,)) for one in looks}
    return [free[one] for one in looks]
