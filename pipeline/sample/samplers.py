"""Walk from noise to a picture, one step of the plan at a time.

A sampler knows nothing of prompts: guidance is a wrapper around the denoiser. What would surprise a reader of Disco:
the picture returned is the last prediction *with* its guidance, which Disco computed and then threw away.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, Protocol

import torch
from torch import Tensor

from ..types import StepValues
from .denoiser import Denoiser, Prediction
from .steps import Step, Steps

OnStep = Callable[[Step, Tensor, Prediction], None]
"""Told of every step: the step, the x it starts from (B, 3, H, W), and what the denoiser saw in it."""


class Sampler(Protocol):
    """What all samplers have in common."""

    def __call__(
        self,
        denoise: Denoiser,
        x: Tensor,
        steps: Steps,
        *,
        eta: StepValues,
        noise: Callable[[int], Tensor],
        on_step: OnStep | None = None,
    ) -> Tensor:
        """Take x (B, 3, H, W) through `steps` and return the picture."""
        ...


def at(values: StepValues, index: int) -> float:
    """Return the value of an executed step; a single value holds for all of them."""
    return values[0] if len(values) == 1 else values[index]


@torch.no_grad()
def ddim(
    denoise: Denoiser,
    x: Tensor,
    steps: Steps,
    *,
    eta: StepValues,
    noise: Callable[[int], Tensor],
    on_step: OnStep | None = None,
) -> Tensor:
    """Sample by denoising diffusion implicit models; `noise(index)` is the fresh noise of an executed step.

    Shapes: x, noise(i) (B, 3, H, W) -> (B, 3, H, W).
    Source: Song et al. 2020, eq. 12 (sigma: eq. 16 with eta).
    """
    x0 = x
    for step in steps:
        prediction = denoise(x, step)
        x0, eps = prediction.x0, prediction.eps
        if on_step is not None:
            on_step(step, x, prediction)

        # eq. 16
        a, a_prev = step.alpha_bar, step.alpha_bar_prev
        sigma = at(eta, step.index) * math.sqrt((1 - a_prev) / (1 - a)) * math.sqrt(1 - a / a_prev)

        # eq. 12: predicted x0, direction pointing to x_t, random noise
        x = math.sqrt(a_prev) * x0 + math.sqrt(max(1 - a_prev - sigma**2, 0.0)) * eps
        if sigma > 0:
            x = x + sigma * noise(step.index)
    return x0


SAMPLERS: Final[dict[str, Sampler]] = {"ddim": ddim}
