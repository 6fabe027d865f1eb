"""What holds a film as it was is let go where it is to become another: where prompts change, and over a clip.

And for a moment where the camera has carried what was drawn out of its place, so that a zoom without end has a subject;
more of the steps are taken there, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from ..types import HERE, Carried, Conditioning, Look, WeightedPrompt
from .pictures.follow import is_stylised
from .sections import ShotSettings
from .straying import Move, Way, ways

TURNING_S: Final = 1.0  # seconds that a picture has to turn into another, once its prompts stand still

Prompts = Sequence[tuple[WeightedPrompt, ...]]
"""The prompts of each frame of a shot."""


@dataclass(frozen=True, slots=True)
class Course:
    """What becomes of a shot's picture: whether a clip leads it, which frames turn into others, where subjects are."""

    over_clip: bool
    turns: Sequence[bool]
    ways: Sequence[Way]


def course_of(settings: ShotSettings, prompts: Prompts, moves: Sequence[Move]) -> Course:
    """Return what becomes of a shot's picture by its prompts and the moves of its camera."""
    fps = float(settings.scope.clock.tempo.fps)
    turns = turning(prompts, fps)
    return Course(is_stylised(settings), turns, ways(moves, turns, fps, settings.size))


def held(
    settings: ShotSettings,
    looks: list[Look],
    conditionings: list[Conditioning],
    course: Course,
    drawn: Sequence[int],
) -> tuple[list[Look], list[Conditioning]]:
    """Return looks and conditionings that let go where they must; over a clip shapes, light and colour are its own.

    Convention: `drawn` are the frames that are denoised.
    """
    free = course.over_clip and "steady" not in settings.frame_said
    conditionings = unsteadied(conditionings) if free else steadied(conditionings, course.turns, drawn)
    if "recall" not in settings.look_said:
        if course.over_clip:
            return recalling_nothing(looks), conditionings
        redrawn = [turns_here or way.back for turns_here, way in zip(course.turns, course.ways, strict=True)]
        looks = recalling(looks, redrawn)
    return looks, conditionings


def brought_back(settings: ShotSettings, looks: list[Look], course: Course) -> list[bool]:
    """Say of each frame whether more steps are taken, since the camera has carried its subject away.

    Or what comes back would mingle with what is still there. A film that says itself what is left out or recalled is
    left alone, and so are frames that recall nothing: they draw over what they find.
    """
    if course.over_clip or {"skip", "recall"} & settings.look_said:
        return [False] * len(looks)
    return [way.back and any(look.recall) for way, look in zip(course.ways, looks, strict=True)]


def carryings(looks: list[Look], course: Course) -> list[Carried]:
    """Return where the camera has carried what each frame's prompts name, since it was last drawn in its place.

    A model that is told where things stand would otherwise draw them there a second time. Nothing is carried where a
    model is told nothing, and over a clip, whose shapes stand where they stand.
    """
    if course.over_clip:
        return [HERE] * len(looks)
    return [way.carried if any(look.cfg_scale) else HERE for way, look in zip(course.ways, looks, strict=True)]


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


def recalling(looks: list[Look], redrawn: Sequence[bool]) -> list[Look]:
    """Recall nothing while a picture is drawn anew, so that what the prompts say can be drawn."""
    free = recalling_nothing(looks)
    return [other if is_redrawn else one for is_redrawn, other, one in zip(redrawn, free, looks, strict=True)]


def recalling_nothing(looks: list[Look]) -> list[Look]:
    """Recall nothing in all frames."""
    free = {one: replace(one, recall=(0.0,)) for one in looks}
    return [free[one] for one in looks]
