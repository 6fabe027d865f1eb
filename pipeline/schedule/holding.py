"""What holds a film as it was is let go where it is to become another: where prompts change, and over a clip.

And for a moment where the camera has carried what was drawn out of its place, so that a zoom without end has a subject.
Such frames begin on what their texts suggest, since the colours of the frame before are seen through much noise. Of 12
prompts that turned into one another in half a second, 65 % of what was asked for was seen at last without, all with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from ..types import HERE, Carried, Conditioning, Look, WeightedPrompt
from .pictures.follow import is_stylised
from .sections import ShotSettings
from .straying import Move, Way, ways

TURNING_S: Final = 0.5  # seconds that a picture has to turn into another, once its prompts stand still

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
    *,
    is_shown: bool = False,
) -> tuple[list[Look], list[Conditioning]]:
    """Return looks and conditionings that let go where they must; over a clip shapes, light and colour are its own.

    Convention: `drawn` are the frames that are denoised; where a picture `is_shown` that the shot begins with, that
        says what prompts leave open.
    """
    if (course.over_clip or is_shown) and "unsaid" not in settings.look_said:
        open_looks = {one: replace(one, unsaid="open") for one in looks}
        looks = [open_looks[one] for one in looks]
    free = course.over_clip and "steady" not in settings.frame_said
    conditionings = unsteadied(conditionings) if free else steadied(conditionings, course.turns, drawn)
    if "renew" not in settings.look_said:
        looks = renewing(looks, course, can_renew=not course.over_clip and "recall" not in settings.look_said)
    if "recall" not in settings.look_said:
        redrawn = [
            course.over_clip or turns_here or way.back
            for turns_here, way in zip(course.turns, course.ways, strict=True)
        ]
        looks = recalling(looks, redrawn)
    return looks, conditionings


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
    free = {one: replace(one, recall=(0.0,)) for one in looks}
    return [free[one] if is_redrawn else one for one, is_redrawn in zip(looks, redrawn, strict=True)]


def renewing(looks: list[Look], course: Course, *, can_renew: bool) -> list[Look]:
    """Renew as far as each look says while a picture turns, wholly where its subject comes back, and nowhere else.

    A picture that keeps a part of the one before turns more smoothly; a subject that jumps back would stand there
    twice. A film that recalls all along, by its own word, is not renewed, nor is what a model is told nothing of.
    """
    found = []
    for look, turns_here, way in zip(looks, course.turns, course.ways, strict=True):
        is_able = can_renew and look.renew > 0 and any(look.cfg_scale)
        share = 1.0 if way.back else look.renew if turns_here else 0.0
        found.append((look, share if is_able else 0.0))
    known = {one: replace(one[0], renew=one[1]) for one in found}
    return [known[one] for one in found]
