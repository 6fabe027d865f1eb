"""How a shot lays out what it draws: which way it faces, how near it is and how far from the middle, by its seed.

A model that draws from a sketch of the text has one such sketch for every text, so all seeds would show it in the same
place. Turned, moved and enlarged, it stands elsewhere for each seed, and in all frames of a shot where the camera has
carried what was drawn of it: where it stood still, it would be drawn there once more. Of a camera that moves in space
this is about where; `standing` finds it.
Source: our own.
"""

from __future__ import annotations

import math
from typing import Final

import torch
from torch import Tensor

from ..types import HERE, FramePlan
from .noise import named_uniform

LARGER: Final = 1.2  # times than the sketch was learnt, at most
FILLED: Final = 0.8  # of the shorter side, by what is named, in the sketches that are learnt
LEVEL: Final = 0.5  # how far up and down it goes, of how far it goes to the sides


def layout_of(plan: FramePlan) -> Tensor:
    """Return the affine map (1, 2, 3) of a plan's shot, from places in the picture to places in the sketch.

    Convention: as `theta` of `torch.nn.functional.affine_grid`; what is named stays within the picture. The look's
        `variety` is how far it goes; without any the sketch stands as it was learnt, until the camera carries it.
    """
    variety = plan.look.variety
    side, near, across, down = named_uniform((4,), seed=plan.seed, frame=0, purpose="layout", step=0).tolist()
    height, width = plan.size.height, plan.size.width
    times = 1 + variety * (LARGER - 1) * near
    filled = FILLED * times * min(height, width)
    right = variety * max(0.0, 1 - filled / width) * (2 * across - 1)
    below = variety * LEVEL * max(0.0, 1 - filled / height) * (2 * down - 1)
    way = -1.0 if variety and side < 0.5 else 1.0
    laid = ((way / times, 0.0, -way * right / times), (0.0, 1 / times, -below / times))
    return torch.tensor([laid]) if plan.carried == HERE else torch.tensor([laid]) @ _brought_back(plan)


def _brought_back(plan: FramePlan) -> Tensor:
    """Return the map (3, 3) from places in the picture, from -1 to 1, to where they were before the camera moved."""
    carried, aspect = plan.carried, plan.size.width / plan.size.height
    turn = math.radians(carried.roll_deg)
    cos, sin = math.cos(turn) / carried.growth, math.sin(turn) / carried.growth
    x, y = 2 * carried.x, 2 * carried.y
    across = (cos, -sin / aspect, -cos * x + sin / aspect * y)
    down = (sin * aspect, cos, -sin * aspect * x - cos * y)
    return torch.tensor([across, down, (0.0, 0.0, 1.0)])
