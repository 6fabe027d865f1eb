"""The samplers that are written in the picture's own units: DDIM, and DDPM, which is its noisiest form."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ...types import StepValues
from ..denoiser import Denoiser
from ..steps import Steps, at
from .walk import Noise, OnStep, look


@torch.no_grad()
def ddim(
    denoise: Denoiser, x: Tensor, steps: Steps, *, eta: StepValues, noise: Noise, on_step: OnStep | None = None
) -> Tensor:
    """Sample by denoising diffusion implicit models; `noise(index)` is the fresh noise of an executed step.

    Shapes: x, noise(i) (B, 3, H, W) -> (B, 3, H, W).
    Source: Song et al. 2020, eq. 12 (sigma: eq. 16 with eta).
    """
    x0 = x
    for step in steps:
        prediction = look(denoise, x, step, on_step)
        x0, eps = prediction.x0, prediction.eps

        # eq. 16
        a, a_prev = step.alpha_bar, step.alpha_bar_prev
        sigma = at(eta, step.index) * math.sqrt((1 - a_prev) / (1 - a)) * math.sqrt(1 - a / a_prev)

        # eq. 12: predicted x0, direction pointing to x_t, random noise
        x = math.sqrt(a_prev) * x0 + math.sqrt(max(1 - a_prev - sigma**2, 0.0)) * eps
        if sigma > 0:
            x = x + sigma * noise(step.index)
    return x0


@torch.no_grad()
def ddpm(
    denoise: Denoiser, x: Tensor, steps: Steps, *, eta: StepValues, noise: Noise, on_step: OnStep | None = None
) -> Tensor:
    """Sample from the posterior of each step, with all of its noise: DDIM at eta 1, written as its own paper does.

    Convention: eta is 1 by definition and not read. The variance is fixed at the posterior's, the smaller of the two
        that the paper offers; a learned one is not used, so it may be untrained.
    Shapes: x, noise(i) (B, 3, H, W) -> (B, 3, H, W).
    Source: Ho et al. 2020, eq. 6 and 7 and algorithm 2, over the steps that are kept.
    """
    x0 = x
    for step in steps:
        x0 = look(denoise, x, step, on_step).x0
        a, a_prev = step.alpha_bar, step.alpha_bar_prev
        alpha = a / a_prev
        beta = 1 - alpha

        # eq. 7: mean of the posterior and its variance
        mean = math.sqrt(a_prev) * beta / (1 - a) * x0 + math.sqrt(alpha) * (1 - a_prev) / (1 - a) * x
        variance = (1 - a_prev) / (1 - a) * beta

        # algorithm 2, line 4: no noise after the last step
        x = mean + math.sqrt(variance) * noise(step.index) if a_prev < 1 else x0
    return x0
