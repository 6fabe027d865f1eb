"""What must hold for every sampler, and their updates against short transcriptions of what was published."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from pipeline.models.upstream import import_guided_diffusion
from pipeline.sample.denoiser import Denoiser, UnetDenoiser, from_eps, from_x0, static_threshold
from pipeline.sample.noise import named_noise
from pipeline.sample.samplers import SAMPLERS, ddim, ddpm, dpmpp_2m, dpmpp_2m_sde, euler, euler_ancestral, heun, plms
from pipeline.sample.steps import Steps
from pipeline.schedule.bounds import SAMPLERS_ETA

SHAPE = (2, 3, 6, 4)
NOISY = [name for name, eta in SAMPLERS_ETA.items() if eta != 0]


def noise(step: int) -> Tensor:
    return named_noise(SHAPE, seed=5, frame=1, purpose="eta", step=step).double()


def bent(x: Tensor, step):
    """See a picture that depends on x and on the noise level."""
    return from_x0(x, (step.signal * x + 0.3 * step.p).tanh() * 0.8, step)


def seen(y: np.ndarray, step) -> np.ndarray:
    """Say the same of y = x / signal in NumPy, as the pictures D(y) of the papers."""
    return np.tanh(step.alpha_bar * y + 0.3 * step.p) * 0.8


def test_the_language_knows_the_samplers() -> None:
    assert list(SAMPLERS) == list(SAMPLERS_ETA)


@pytest.mark.parametrize("name", SAMPLERS)
@pytest.mark.parametrize(("count", "skip"), [(1, 0.0), (2, 0.0), (7, 0.0), (10, 0.6), (3, 0.99)])
def test_every_step_is_told_of_once_and_noise_asked_for_by_name(name: str, count: int, skip: float) -> None:
    steps, told, asked = Steps.plan("cosine", count, skip=skip), [], []

    def named(index: int) -> Tensor:
        asked.append(index)
        return noise(index)

    def walk(on_step=None) -> Tensor:
        asked.clear()
        return SAMPLERS[name](
            static_threshold(bent),
            noise(99),
            steps,
            eta=(1.0,) if name in NOISY else (0.0,),
            noise=named,
            on_step=on_step,
        )

    picture = walk(lambda step, x, prediction: told.append((step.index, prediction.x0)))
    assert [index for index, _ in told] == list(range(len(steps)))
    assert asked == (list(range(len(steps) - 1)) if name in NOISY else [])
    assert torch.equal(picture, told[-1][1])
    assert picture.abs().max() <= 1
    assert torch.equal(picture, walk())


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_perfect_denoiser_is_followed_to_its_picture(name: str) -> None:
    picture = noise(7).clamp(-1, 1)
    found = SAMPLERS[name](
        lambda x, step: from_x0(x, picture, step), noise(99), Steps.plan("linear", 9), eta=(1.0,), noise=noise
    )
    assert torch.equal(found, picture)


def evaluations(name: str, steps: Steps) -> list[int]:
    found = []

    def counted(x: Tensor, step):
        found.append(step.index)
        return bent(x, step)

    SAMPLERS[name](counted, noise(99), steps, eta=(0.0,), noise=noise)
    return found


def test_evaluations_lie_on_the_kept_steps() -> None:
    steps = Steps.plan("cosine", 6, skip=0.2)  # its first ratio is below the longest leap, its last above
    assert evaluations("heun", steps) == [0, 1, 1, 2, 2, 3, 3, 4]
    assert evaluations("plms", steps) == [0, 1, 1, 2, 3, 4]
    assert evaluations("dpmpp_2m", steps) == evaluations("ddim", steps) == [0, 1, 2, 3, 4]
    whole = Steps.plan("cosine", 6)  # its first step is a leap
    assert evaluations("plms", whole) == [0, 1, 2, 3, 4, 5]
    assert evaluations("heun", whole)[:3] == [0, 1, 2]


@pytest.mark.parametrize("schedule", ["linear", "cosine"])
def test_ddpm_agrees_with_guided_diffusion(make_unet, monkeypatch, schedule: str) -> None:
    process = import_guided_diffusion("gaussian_diffusion")
    steps, network = Steps.plan(schedule, 12, skip=0.3), make_unet(learn_sigma=False)
    peer = import_guided_diffusion("respace").SpacedDiffusion(
        {step.timestep for step in steps},
        betas=process.get_named_beta_schedule(schedule, 1000),
        model_mean_type=process.ModelMeanType.START_X,
        model_var_type=process.ModelVarType.FIXED_SMALL,
        loss_type=process.LossType.MSE,
    )
    shape = (2, 3, 16, 24)

    def fresh(index: int) -> Tensor:
        return named_noise(shape, seed=5, frame=1, purpose="eta", step=index)

    x = theirs = fresh(99)
    for step in steps:
        monkeypatch.setattr(torch, "randn_like", lambda like, index=step.index: fresh(index))
        t = torch.full((2,), len(steps) - 1 - step.index)
        theirs = peer.p_sample(network, theirs, t, clip_denoised=False, model_kwargs={})["sample"].detach()
    ours = ddpm(UnetDenoiser(network, predicts="x0"), x, steps, eta=(1.0,), noise=fresh)
    assert (ours - theirs).abs().max() < 1e-5 * theirs.abs().max().clamp(min=1)


def test_the_first_order_ones_are_forms_of_ddim() -> None:
    steps, x = Steps.plan("linear", 11), noise(99)

    def path(sampler, eta: float) -> Tensor:
        told: list[Tensor] = []
        sampler(bent, x, steps, eta=(eta,), noise=noise, on_step=lambda step, x, prediction: told.append(x))
        return torch.stack(told)

    assert torch.allclose(path(euler, 0), path(ddim, 0), atol=1e-12)
    assert torch.allclose(path(ddpm, 1), path(ddim, 1), atol=1e-12)
    assert torch.allclose(path(euler_ancestral, 0.6), path(ddim, 0.6), atol=1e-12)
    assert torch.allclose(path(dpmpp_2m_sde, 0), path(dpmpp_2m, 0), atol=1e-12)


def published_heun(y: np.ndarray, steps: Steps, sigmas: list[float]) -> np.ndarray:
    for i, step in enumerate(steps):
        d = (y - seen(y, step)) / sigmas[i]
        if i + 1 == len(steps):
            return seen(y, step)
        y_next = y + (sigmas[i + 1] - sigmas[i]) * d
        if sigmas[i] <= 3 * sigmas[i + 1]:
            d_next = (y_next - seen(y_next, steps[i + 1])) / sigmas[i + 1]
            y_next = y + (sigmas[i + 1] - sigmas[i]) * (d + d_next) / 2
        y = y_next
    raise AssertionError


def published_plms(y: np.ndarray, steps: Steps, sigmas: list[float]) -> np.ndarray:
    past: list[np.ndarray] = []
    for i, step in enumerate(steps):
        eps = (y - seen(y, step)) / sigmas[i]
        if i + 1 == len(steps):
            return seen(y, step)
        if past:
            mean = (3 * eps - past[-1]) / 2
        else:
            ahead = y + (sigmas[1] - sigmas[0]) * eps
            mean = (eps + (ahead - seen(ahead, steps[1])) / sigmas[1]) / 2
        y = y + (sigmas[i + 1] - sigmas[i]) * mean
        past.append(eps)
    raise AssertionError


def published_dpmpp_2m(y: np.ndarray, steps: Steps, sigmas: list[float], eta: float = 0) -> np.ndarray:
    old, h_last = None, 0.0
    for i, step in enumerate(steps):
        picture = seen(y, step)
        if i + 1 == len(steps):
            return picture
        t, t_next = -math.log(sigmas[i]), -math.log(sigmas[i + 1])
        h = t_next - t
        both = h * (1 + eta)
        y = sigmas[i + 1] / sigmas[i] * math.exp(-h * eta) * y - math.expm1(-both) * picture
        if old is not None and h <= 2 * h_last:
            y = y + 0.5 * -math.expm1(-both) * (h / h_last) * (picture - old)
        if eta:
            y = y + noise(i).numpy() * sigmas[i + 1] * math.sqrt(-math.expm1(-2 * h * eta))
        old, h_last = picture, h
    raise AssertionError


@pytest.mark.parametrize(
    ("sampler", "eta", "published"),
    [
        (heun, 0.0, published_heun),
        (plms, 0.0, published_plms),
        (dpmpp_2m, 0.0, published_dpmpp_2m),
        (dpmpp_2m_sde, 0.6, lambda *given: published_dpmpp_2m(*given, eta=0.6)),
    ],
)
def test_the_updates_are_those_published(sampler, eta: float, published) -> None:
    steps = Steps.plan("linear", 28)  # its gaps are all 37
    sigmas = [step.sigma / step.signal for step in steps]
    ours = sampler(bent, noise(99), steps, eta=(eta,), noise=noise)
    theirs = published(noise(99).numpy() / steps[0].signal, steps, sigmas)
    assert np.abs(ours.numpy() - theirs).max() < 1e-9


def test_plms_weighs_uneven_gaps_as_they_are() -> None:
    """Noise that is linear over time is followed through its value halfway."""
    steps, xs = Steps.plan("linear", 8), []

    def linear(x: Tensor, step):
        return from_eps(x, torch.full_like(x, step.timestep / 1000), step)

    plms(linear, noise(99), steps, eta=(0.0,), noise=noise, on_step=lambda step, x, prediction: xs.append(x))
    for step, after in zip(steps.executed[1:], steps.executed[2:], strict=False):
        moved = xs[after.index] / after.signal - xs[step.index] / step.signal
        mean = moved / (after.sigma / after.signal - step.sigma / step.signal)
        assert torch.allclose(mean, torch.full_like(mean, (step.timestep + after.timestep) / 2000), atol=1e-9)


def test_guidance_is_what_the_multistep_ones_remember() -> None:
    def pulled(denoise: Denoiser) -> Denoiser:
        return lambda x, step: from_x0(x, denoise(x, step).x0 + 0.1, step)

    steps = Steps.plan("linear", 12, skip=0.5)
    for sampler in (plms, dpmpp_2m, dpmpp_2m_sde, heun):
        flat = sampler(pulled(lambda x, step: from_x0(x, x * 0, step)), noise(99), steps, eta=(0.0,), noise=noise)
        assert torch.allclose(flat, torch.full_like(flat, 0.1), atol=1e-12)
