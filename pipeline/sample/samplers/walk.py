"""What all samplers share: how one is called, and how it looks at a noisy picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from torch import Tensor

from ...types import StepValues
from ..denoiser import Denoiser, Prediction
from ..steps import Step, Steps

Noise = Callable[[int], Tensor]
"""The fresh noise (B, 3, H, W) of an executed step, by its index."""

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
        noise: Noise,
        on_step: OnStep | None = None,
    ) -> Tensor:
        """Take x (B, 3, H, W) through `steps` and return the picture."""
        ...


def look(denoise: Denoiser, x: Tensor, step: Step, on_step: OnStep | None) -> Prediction:
    """Return what the denoiser sees where a step starts, and tell of the step; every step does this once."""
    prediction = denoise(x, step)
    if on_step is not None:
        on_step(step, x, prediction)
    return prediction
