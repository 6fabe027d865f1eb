"""What holds a film as it was is let go where it is to become another: where prompts change, and over a clip.

And for a moment where the camera has carried what was drawn out of its place, so that a zoom without end has a subject;
more of the steps are taken there, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ..types import Conditioning, Look, WeightedPrompt
from .pictures.follow import is_stylised
from .sections import ShotSettings
from .straying import Move, strayed

REDRAWN: Final = 0.3  # of the steps are left out at most, where a subject is to come back
TURNING_S: Final = 1.0  # seconds that a picture has to turn into another, once its prompts stand still

Prompts = Sequence[tuple[WeightedPrompt, ...]]
"""The prompts of each frame of a shot."""


def held(
    settings: ShotSettings,
    looks: list[Look],
    conditionings: list[Conditioning],
    prompts: Prompts,
    moves: Sequence[Move],
    drawn: Sequence[int],
) -> tuple[list[Look], list[Conditioning]]:
    """Return looks and conditionings that let go where they must; over a clip shapes, light and colour are its own.

    Convention: `drawn` are the frames that are denoised.
    """
    fps = float(settings.scope.clock.tempo.fps)
    over_clip, turns = is_stylised(settings), turning(prompts, fps)
    free = over_clip and "steady" not in settings.frame_said
    conditionings = unsteadied(conditionings) if free else steadied(conditionings, turns, drawn)
    if "recall" not in settings.look_said:
        if over_clip:
            return recalling_nothing(looks), conditionings
        away = strayed(moves, turns, fps)
        if "skip" not in settings.look_said:
            looks = redrawing(looks, away)
        looks = recalling(looks, [a or b for a, b in zip(turns, away, strict=True)])
    return looks, conditionings


def turning(prompts: Prompts, fps: float) -> list[bool]:
    """Say of each frame whether its picture turns into another: while prompts change, and `TURNING_S` after."""
    found, left = [], 0.0
    for frame in range(len(prompts)):
        left = fps * TURNING_S if frame and prompts[frame] != prompts[frame - 1] else left - 1
        found.append(left > 0)
    return found


def steadied(conditionings: list[Conditioning], turns: Sequence[bool], drawn: Sequence[int]) -> list[Conditioning]:
    """Let go of light and colour while a picture turns, since the change is wanted; then hold them as they have become.

    What they are held at is the first frame that is denoised once the picture stands still, so a film of many prompts
    does not drift either.
    """
    found, goal, denoised = [], -1, set(drawn)
    for frame, (one, turns_here) in enumerate(zip(conditionings, turns, strict=True)):
        if turns_here:
            goal = -1
        elif goal < 0 and frame in denoised:
            goal = frame
        is_held = one.steady > 0 and 0 <= goal < frame
        found.append(replace(one, steady_to=goal) if is_held else replace(one, steady=0.0))
    return found


def unsteadied(conditionings: list[Conditioning]) -> list[Conditioning]:
    """Let go of light and colour in all frames."""
    free = {one: replace(one, steady=0.0) for one in conditionings}
    return [free[one] for one in conditionings]


def redrawing(looks: list[Look], away: Sequence[bool]) -> list[Look]:
    """Draw more steps of a picture that has been carried away, or what comes back mingles with what is still there.

    Convention: only where a film recalls frames before at all; others draw over them as they find them.
    """
    more = {one: replace(one, skip=min(one.skip, REDRAWN)) if any(one.recall) else one for one in looks}
    return [more[one] if is_away else one for one, is_away in zip(looks, away, strict=True)]


def recalling(looks: list[Look], redrawn: Sequence[bool]) -> list[Look]:
    """Recall nothing while a picture is drawn anew, so that what the prompts say can be drawn."""
    free = recalling_nothing(looks)
    return [other if is_redrawn else one for is_redrawn, other, one in zip(redrawn, free, looks, strict=True)]


def recalling_nothing(looks: list[Look]) -> list[Look]:
    """Recall nothing in all frames."""
    free = {one: replace(one, recall=(0.0,)) for one in looks}
    return [free[one] for one in looks]
