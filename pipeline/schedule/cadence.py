"""Which frames of a shot are denoised, and what the others are made of.

A frame is denoised once as many frames have passed as the cadence says there and then; so a cadence that follows the
music is dense where the music is. The first and the last frame always are, and each that new prompts begin at: nothing
lies outside two denoised frames, and no prompt is passed over.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise

from ..types import Between, FramePlan


def denoised(cadence: Sequence[float], also: Collection[int] = ()) -> list[int]:
    """Return the numbers of the frames that are denoised; those of `also` are."""
    found, last = [0], len(cadence) - 1
    for frame in range(1, len(cadence)):
        if frame == last or frame in also or frame - found[-1] >= cadence[frame]:
            found.append(frame)
    return found


def spaced(plans: Sequence[FramePlan], at: Sequence[int], blend: str) -> tuple[FramePlan, ...]:
    """Return the plans of a shot in which only the frames `at` are denoised and rest on one another.

    Convention: what conditions the frame before, or pulls towards it, has nothing to act on in the others; what a mask
        keeps is kept in all.
    """
    found = list(plans)
    for before, after in pairwise(at):
        moves = [plan.camera for plan in plans[before + 1 : after + 1]]
        way = tuple(move for move in moves if move is not None)
        for plan in plans[before + 1 : after]:
            n_passed = plan.frame - before
            between = Between(way[n_passed:], blend)
            init = replace(plan.init, scale=(0.0,)) if plan.init and plan.init.mask else None
            found[plan.frame] = replace(plan, passed=way[: n_passed - 1], between=between, conditioning=None, init=init)
        found[after] = replace(plans[after], passed=way[:-1])
    return tuple(found)
