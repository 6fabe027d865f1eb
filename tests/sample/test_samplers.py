"""DDIM against guided-diffusion's, step for step, and against what must hold for any denoiser."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from pipeline.models.upstream import import_guided_diffusion
from pipeline.sample.denoiser import Prediction, UnetDenoiser, from_eps
from pipeline.sample.guidance import pushed
from pipeline.sample.noise import named_noise
from pipeline.sample.samplers import ddim
from pipeline.sample.steps import Steps, at

SHAPE = (2, 3, 16, 24)


def noise(step: int) -> Tensor:
    """Return the noise of a step."""
    return named_noise(SHAPE, seed=5, frame=1, purpose="eta", step=step)


def pull(x: Tensor) -> Tensor:
    """Return the gradient of a function with no symmetry."""
    with torch.enable_grad():
        leaf = x.detach().requires_grad_()
        value = (leaf[:, 0] * leaf[:, 1].sin()).sum() / 5 + (leaf[:, 2, :, 1:] * leaf[:, 2, :, :-1]).sum() / 9
        return torch.autograd.grad(value, leaf)[0]


def peer_diffusion(steps: Steps, predicts: str, learn_sigma: bool):
    """Return guided-diffusion's process, respaced to the same timesteps."""
    process = import_guided_diffusion("gaussian_diffusion")
    mean = {"eps": process.ModelMeanType.EPSILON, "x0": process.ModelMeanType.START_X}[predicts]
    variance = process.ModelVarType.LEARNED_RANGE if learn_sigma else process.ModelVarType.FIXED_LARGE
    return import_guided_diffusion("respace").SpacedDiffusion(
        {step.timestep for step in steps},
        betas=process.get_named_beta_schedule(steps.schedule, 1000),
        model_mean_type=mean,
        model_var_type=variance,
        loss_type=process.LossType.MSE,
    )


def peer_sample(peer, network, x: Tensor, steps: Steps, *, eta: float, cond_fn, monkeypatch) -> Tensor:
    """Sample with guided-diffusion under the same noise."""
    for step in steps:
        monkeypatch.setattr(torch, "randn_like", lambda like, index=step.index: noise(index))
        t = torch.full((SHAPE[0],), len(steps) - 1 - step.index)
        x = peer.ddim_sample(network, x, t, clip_denoised=False, cond_fn=cond_fn, eta=eta, model_kwargs={})["sample"]
    return x


@pytest.mark.parametrize("guided", [False, True])
@pytest.mark.parametrize("predicts", ["eps", "x0"])
@pytest.mark.parametrize(("schedule", "learn_sigma"), [("linear", True), ("linear", False), ("cosine", True)])
def test_agrees_with_guided_diffusion(make_unet, monkeypatch, schedule, predicts, learn_sigma, guided):
    # no noisier than this: there the peer's float32 round trips from x0 to eps and back outgrow the tolerance, as its
    # last step's do for x0 under guidance
    steps = Steps.plan(schedule, 12, skip=0.3)
    tolerance = 3e-5 if guided and predicts == "x0" else 1e-5
    network = make_unet(learn_sigma=learn_sigma)
    denoise = UnetDenoiser(network, predicts=predicts, learn_sigma=learn_sigma)
    peer = peer_diffusion(steps, predicts, learn_sigma)
    x = named_noise(SHAPE, seed=1, frame=0, purpose="start", step=0)

    def towards(x: Tensor, step) -> Prediction:
        return pushed(denoise(x, step), pull(x), step)

    ours = ddim(towards if guided else denoise, x, steps, eta=(0.7,), noise=noise)
    theirs = peer_sample(
        peer,
        network,
        x,
        steps,
        eta=0.7,
        cond_fn=(lambda x, t, **_: pull(x)) if guided else None,
        monkeypatch=monkeypatch,
    )
    assert (ours - theirs).abs().max() < tolerance * theirs.abs().max().clamp(min=1)


def test_a_perfect_denoiser_is_followed_to_its_picture():
    picture = named_noise(SHAPE, seed=2, frame=0, purpose="picture", step=0).clamp(-1, 1)

    def denoise(x, step):
        return Prediction(picture, (x - step.signal * picture) / step.sigma)

    x = noise(99)
    for eta in (0.0, 1.0):
        assert torch.equal(ddim(denoise, x, Steps.plan("linear", 9), eta=(eta,), noise=noise), picture)


def test_without_eta_no_noise_is_asked_for():
    def no_noise(index: int) -> Tensor:
        raise AssertionError(index)

    ddim(lambda x, step: from_eps(x, x * 0.1, step), noise(0), Steps.plan("linear", 3), eta=(0.0,), noise=no_noise)


def test_noise_is_asked_for_by_executed_step_and_not_after_the_last():
    asked = []

    def named(index: int) -> Tensor:
        asked.append(index)
        return noise(index)

    steps = Steps.plan("linear", 8, skip=0.5)
    ddim(lambda x, step: from_eps(x, x * 0.1, step), noise(0), steps, eta=(0.5, 0.0, 0.5, 0.5), noise=named)
    assert asked == [0, 2]


def test_one_step_by_hand():
    steps = Steps.plan("linear", 3)
    first, second = steps[0], steps[1]
    x, eps = torch.full((1, 3, 1, 1), 0.3), torch.full((1, 3, 1, 1), -0.2)
    seen = []

    def denoise(x, step):
        seen.append(x)
        return from_eps(x, eps, step)

    ddim(denoise, x, steps, eta=(1.0,), noise=lambda index: torch.full((1, 3, 1, 1), 2.0))
    a, b = first.alpha_bar, second.alpha_bar
    sigma = math.sqrt((1 - b) / (1 - a)) * math.sqrt(1 - a / b)
    x0 = (0.3 + 0.2 * math.sqrt(1 - a)) / math.sqrt(a)
    expected = math.sqrt(b) * x0 + math.sqrt(1 - b - sigma**2) * -0.2 + sigma * 2
    assert float(seen[1][0, 0, 0, 0]) == pytest.approx(expected, rel=1e-5)


def test_every_step_is_reported_in_order():
    seen = []
    steps = Steps.plan("cosine", 4, skip=0.25)
    ddim(
        lambda x, step: from_eps(x, x * 0.1, step),
        noise(0),
        steps,
        eta=(0.5,),
        noise=noise,
        on_step=lambda step, x, prediction: seen.append((step.index, float(x.mean()), float(prediction.eps.mean()))),
    )
    assert [index for index, _, _ in seen] == [0, 1, 2]
    assert [eps for _, _, eps in seen] == pytest.approx([x * 0.1 for _, x, _ in seen], abs=1e-7)
    assert seen[0][1] == float(noise(0).mean())


def test_one_value_holds_for_every_step():
    assert [at((2.0,), i) for i in range(3)] == [2.0, 2.0, 2.0]
    assert [at((2.0, 3.0, 4.0), i) for i in range(3)] == [2.0, 3.0, 4.0]
