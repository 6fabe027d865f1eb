"""The samplers that remember the step before: second order for one evaluation a step.

What they remember is a *guided* prediction, so a step is led by the cuts of two. All of them end, as DDIM does, on the
last prediction itself.
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
def plms(
    denoise: Denoiser, x: Tensor, steps: Steps, *, eta: StepValues, noise: Noise, on_step: OnStep | None = None
) -> Tensor:
    """Sample by DDIM steps along the noise extrapolated from two steps (pseudo linear multistep of order 2).

    Convention: it adds no noise, eta is 0 by definition and not read. The first step has nothing to look back on and
        looks ahead with a second evaluation, that of the next step; not if there is no next step, nor over a leap that
        Heun's method refuses. Unlike Disco's, the coefficients are those of the real gaps, which rounding makes uneven.
    Shapes: x (B, 3, H, W) -> (B, 3, H, W).
    Source: Liu et al. 2022 (PNDM), S-PNDM; guided-diffusion of Disco Diffusion, `plms_sample` at order 2.
    """
    x0, eps_last, gap_last = x, x, 0
    for step in steps:
        prediction = look(denoise, x, step, on_step)
        x0, eps = prediction.x0, prediction.eps
        if step.index + 1 == len(steps):
            break
        after = steps[step.index + 1]
        sigma, sigma_next = noise_ratio(step.alpha_bar), noise_ratio(step.alpha_bar_prev)
        gap = step.timestep - after.timestep

        # the noise halfway to the next step
        eps_mean = eps
        if step.index > 0:
            eps_mean = eps + gap / gap_last * (eps - eps_last) / 2
        elif step.can_look_ahead:
            eps_mean = (eps + denoise(after.signal * (x0 + sigma_next * eps), after).eps) / 2

        # the transfer: DDIM without noise, on x / signal = x0 + sigma eps
        x = after.signal * (x0 + sigma * (eps - eps_mean) + sigma_next * eps_mean)
        eps_last, gap_last = eps, gap
    return x0


def extrapolated(x0: Tensor, x0_last: Tensor, h: float, h_last: float) -> Tensor:
    """Return the picture halfway through a step of length h, on the line through it and the one h_last before it.

    It is (1 + 1/2r) x0 - 1/2r x0_last with r = h_last / h. The first step has no line, and a step of more than twice
    the length takes none: the two leaps at the ends of a schedule would make several times the difference out of it.
    """
    return x0 + h / (2 * h_last) * (x0 - x0_last) if h <= 2 * h_last else x0


@torch.no_grad()
def dpmpp_2m(
    denoise: Denoiser, x: Tensor, steps: Steps, *, eta: StepValues, noise: Noise, on_step: OnStep | None = None
) -> Tensor:
    """Sample by DPM-Solver++(2M): the exact flow towards a picture extrapolated from two steps.

    Convention: it adds no noise, eta is 0 by definition and not read. lambda is the logarithm of signal to noise.
    Shapes: x (B, 3, H, W) -> (B, 3, H, W).
    Source: Lu et al. 2022 (DPM-Solver++), algorithm 2; k-diffusion, `sample_dpmpp_2m`. Both extrapolate over any
        leap.
    """
    x0, x0_last, h_last = x, x, 0.0
    for step in steps:
        x0 = look(denoise, x, step, on_step).x0
        if step.index + 1 == len(steps):
            break
        after = steps[step.index + 1]
        h = math.log(noise_ratio(step.alpha_bar) / noise_ratio(after.alpha_bar))  # lambda_next - lambda

        d = extrapolated(x0, x0_last, h, h_last)
        x = after.sigma / step.sigma * x - after.signal * math.expm1(-h) * d
        x0_last, h_last = x0, h
    return x0


@torch.no_grad()
def dpmpp_2m_sde(
    denoise: Denoiser, x: Tensor, steps: Steps, *, eta: StepValues, noise: Noise, on_step: OnStep | None = None
) -> Tensor:
    """Sample by the stochastic DPM-Solver++(2M); eta is the share of the noise, and at 0 it is DPM-Solver++(2M).

    Shapes: x, noise(i) (B, 3, H, W) -> (B, 3, H, W).
    Source: Lu et al. 2022 (DPM-Solver++), SDE-DPM-Solver++(2M); eta: k-diffusion, `sample_dpmpp_2m_sde`, whose
        midpoint form this is.
    """
    x0, x0_last, h_last = x, x, 0.0
    for step in steps:
        x0 = look(denoise, x, step, on_step).x0
        if step.index + 1 == len(steps):
            break
        after = steps[step.index + 1]
        h = math.log(noise_ratio(step.alpha_bar) / noise_ratio(after.alpha_bar))  # lambda_next - lambda
        eta_h = at(eta, step.index) * h

        d = extrapolated(x0, x0_last, h, h_last)
        x = after.sigma / step.sigma * math.exp(-eta_h) * x - after.signal * math.expm1(-h - eta_h) * d
        if eta_h > 0:
            x = x + after.sigma * math.sqrt(-math.expm1(-2 * eta_h)) * noise(step.index)
        x0_last, h_last = x0, h
    return x0
