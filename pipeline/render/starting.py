"""The start of a frame that has one before it: the moved picture, changed as the plan says."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from ..types import Frame, FramePlan

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    from ..sample.gallery import Gallery


def conditioned(start: Tensor, plan: FramePlan, *, last: Frame, seen: Mapping[int, Frame], gallery: Gallery) -> Tensor:
    """Change the moved picture of the last frame as the plan says, with noise that is named by the plan.

    Shapes: (1, 3, H, W) in [-1, 1] -> the same.
    Convention: `seen` has the frames that the plan looks at, by their numbers, and may have others.
    """
    from ..condition import condition

    def shown(digest: str) -> np.ndarray:
        return gallery.fitted(digest, plan.size)

    pixels = {number: frame.pixels for number, frame in seen.items()}
    noise = partial(noise_for, plan, "condition")
    return condition(start, plan, last=last.pixels, seen=pixels, noise=noise, shown=shown)


def noise_for(plan: FramePlan, purpose: str, shape: tuple[int, ...], number: int = 0) -> Tensor:
    """Return noise that is the plan's own, for one purpose of several."""
    from ..sample.noise import name_of, noise_of

    return noise_of(name_of(plan), shape, purpose=purpose, step=number)
