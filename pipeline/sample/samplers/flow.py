"""The samplers of k-diffusion that need no memory: Euler's and Heun's method along the probability flow.

They are written in Karras' variables, x / signal and the ratio of noise to signal: the derivative of the one by the
other is the predicted noise. What would surprise: Euler's method is then DDIM at eta 0, term by term, and its ancestral
form is DDIM at any eta; both are here under the names and in the form in which users of k-diffusion know them.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ...types import StepValues
from ..denoiser import Denoiser
from ..steps import Steps, at, noise_ratio
from .walk import Noise, OnStep, look


@torch.no_grad()
def euler(
    denoise: Denoiser, x: Tensor, steps: Steps, *, eta: StepValues, noise: Noise, on_step: OnStep | None = None
) -> Tensor:
    """Sample along the probability flow by Euler's method: first order, one evaluation a step.

    Convention: it adds no noise, eta is 0 by definition and not read.
    Shapes: x (B, 3, H, W) -> (B, 3, H, W).
    Source: Karras et al. 2022, algorithm 2 without its lines 6 to 8; k-diffusion, `sample_euler`.
    """
    x0 = x
    for step in steps:
        prediction = look(denoise, x, step, on_step)
        x0, d = prediction.x0, prediction.eps
        sigma_next = noise_ratio(step.alpha_bar_prev)

        # Euler's method, x + (sigma_next - sigma) d with x = x0 + sigma d: no digits are lost where sigma is huge
        x = math.sqrt(step.alpha_bar_prev) * (x0 + sigma_next * d)
    return x0


@torch.no_grad()
def euler_ancestral(
    denoise: Denoiser, x: Tensor, steps: Steps, *, eta: StepValues, noise: Noise, on_step: OnStep | None = None
) -> Tensor:
    """Sample by Euler steps to below the next noise level, and fresh noise up to it; eta is its share.

    Shapes: x, noise(i) (B, 3, H, W) -> (B, 3, H, W).
    Source: k-diffusion, `sample_euler_ancestral` and `get_ancestral_step`.
    """
    x0 = x
    for step in steps:
        prediction = look(denoise, x, step, on_step)
        x0, d = prediction.x0, prediction.eps
        sigma, sigma_next = noise_ratio(step.alpha_bar), noise_ratio(step.alpha_bar_prev)

        # how much of the next level is fresh noise, and where the step goes down to before it
        sigma_up = at(eta, step.index) * sigma_next * math.sqrt(1 - (sigma_next / sigma) ** 2)
        sigma_down = math.sqrt(max(sigma_next**2 - sigma_up**2, 0.0))

        # Euler's method
        scaled = x0 + sigma_down * d
        if sigma_up > 0:
            scaled = scaled + sigma_up * noise(step.index)
        x = math.sqrt(step.alpha_bar_prev) * scaled
    return x0


@torch.no_grad()
def heun(
    denoise: Denoiser, x: Tensor, steps: Steps, *, eta: StepValues, noise: Noise, on_step: OnStep | None = None
) -> Tensor:
    """Sample along the probability flow by Heun's method: second order, two evaluations a step.

    Convention: it adds no noise, eta is 0 by definition and not read. The second evaluation is that of the next step's
        noise level, with the next step's values; only the first is told of. The last step has none, and a leap beyond
        `steps.LONGEST_LEAP` has none either.
    Shapes: x (B, 3, H, W) -> (B, 3, H, W).
    Source: Karras et al. 2022, algorithm 2 without its noise (S_churn 0); k-diffusion, `sample_heun`.
    """
    x0 = x
    for step in steps:
        prediction = look(denoise, x, step, on_step)
        x0, d = prediction.x0, prediction.eps
        sigma, sigma_next = noise_ratio(step.alpha_bar), noise_ratio(step.alpha_bar_prev)

        # Euler's method
        scaled, signal_next = x0 + sigma_next * d, math.sqrt(step.alpha_bar_prev)
        if step.can_look_ahead:
            # Heun's method: go back and take the mean of both directions
            d_next = denoise(signal_next * scaled, steps[step.index + 1]).eps
            scaled = scaled + (sigma_next - sigma) * (d_next - d) / 2
        x = signal_next * scaled
    return x0
