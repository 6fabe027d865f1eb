"""What else a look brings back of Disco, the classes of models, and guidance through the secondary model."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch

from pipeline.errors import UsageError
from pipeline.models.secondary import SecondaryNetwork
from pipeline.sample.denoiser import Prediction, UnetDenoiser, from_x0
from pipeline.sample.disco import class_of, of_class
from pipeline.sample.draw import draw, to_pixels
from pipeline.sample.guidance import Guidance, clamped
from pipeline.sample.guide import SecondaryDenoiser, angle_share
from pipeline.sample.losses import spherical_distance, tv
from pipeline.sample.noise import NoiseName, named_noise
from pipeline.sample.steps import Steps
from pipeline.sample.targets import aim
from pipeline.types import WeightedPrompt

FOX = (WeightedPrompt("a red fox", 1.0),)
NAME = {"seed": 7, "frame": 3}
OF_GUIDANCE = {"name": NoiseName(7, 3), "frame": 3}


def noisy(step: int = 0) -> torch.Tensor:
    return named_noise((1, 3, 16, 24), **NAME, purpose="test", step=step)


def wide(x, step) -> Prediction:
    """Return a picture beyond black and white, where the range loss has a slope."""
    return from_x0(x, 3 * torch.tanh(x), step)


def small_secondary() -> SecondaryNetwork:
    """Return a secondary model of the published layout, a sixteenth as wide and with two levels, of seeded weights."""
    network, generator = SecondaryNetwork((4, 8, 8)), torch.Generator().manual_seed(5)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.1)
    return network


@pytest.fixture
def engine(make_unet, toy):
    return {
        "denoiser": UnetDenoiser(make_unet(unshuffle=2), predicts="x0", unshuffle=2),
        "perceptors": [toy(8, seed=1)],
        "schedule": "cosine",
        "device": "cpu",
    }


# --- the range loss, and the picture that is kept ---------------------------------------------------------------------


def test_an_inert_range_loss_leaves_the_picture_alone(look):
    step = Steps.plan("linear", 4)[1]
    x = noisy()
    pull = {"guidance_scale": (0.0,), "range_scale": (9.0,)}
    inert = Guidance(wide, targets=(), look=look(**pull, range_loss="inert"), **OF_GUIDANCE)
    assert not inert.pulls(step)
    assert torch.equal(inert(x, step).x0, wide(x, step).x0)
    acts = Guidance(wide, targets=(), look=look(**pull), **OF_GUIDANCE)
    assert acts(x, step).x0.abs().mean() < wide(x, step).x0.abs().mean()
    both = Guidance(wide, targets=(), look=look(**pull, sat_scale=(5.0,), range_loss="inert"), **OF_GUIDANCE)
    alone = Guidance(wide, targets=(), look=look(guidance_scale=(0.0,), sat_scale=(5.0,)), **OF_GUIDANCE)
    assert torch.equal(both(x, step).x0, alone(x, step).x0)


@pytest.mark.parametrize("sampler", ["ddim", "heun", "plms", "dpmpp_2m"])
def test_the_unguided_picture_is_what_the_model_saw_last(plan, engine, sampler):
    seen = []
    denoiser = engine.pop("denoiser")

    def watched(x, step):
        seen.append((step.index, denoiser(x, step).x0.detach()))
        return denoiser(x, step)

    # a pull that is felt even in the last step, where there is hardly any noise left to push
    look = replace(plan.look, sampler=sampler, eta=(0.0,), clamp_grad=(0.0,), guidance_scale=(50.0, 50.0, 50.0, 1e6))
    guided = draw(replace(plan, look=look), None, denoiser=watched, **engine)
    seen.clear()
    plan = replace(plan, look=replace(look, saved_picture="unguided"))
    found = draw(plan, None, denoiser=watched, **engine)
    index, picture = seen[-1]
    assert index == look.steps - 1
    assert np.array_equal(found, to_pixels(picture, frame=0))
    assert not np.array_equal(found, guided)


# --- the secondary model ----------------------------------------------------------------------------------------------


def test_the_angle_of_a_noise_level():
    steps = Steps.plan("linear", 5)
    for step in steps:
        t = angle_share(step)
        assert math.cos(t * math.pi / 2) == pytest.approx(step.signal, abs=1e-12)
        assert math.sin(t * math.pi / 2) == pytest.approx(step.sigma, abs=1e-12)
    # Disco's 0 is no noise and 1 noise alone; abar at the ends of the linear schedule is 4.036e-5 and 0.9999
    assert angle_share(steps[0]) == pytest.approx(0.9959556, abs=1e-6)
    assert angle_share(steps[4]) == pytest.approx(0.0063663, abs=1e-6)


def test_guidance_goes_through_the_secondary_model_alone(look, toy):
    """Its gradient is that of the loss of y = sigma p + (1 - sigma) x, with p the secondary model's picture."""
    network = small_secondary()
    step, x = Steps.plan("linear", 4)[1], noisy()
    calls = []

    def denoise(x, step):
        calls.append(torch.is_grad_enabled())
        return wide(x, step)

    chosen = look(guidance_path="secondary", clamp_grad=(0.02,), tv_scale=(3.0,), guidance_scale=(0.0,))
    guided = Guidance(denoise, targets=aim([toy(8)], FOX), look=chosen, guide=SecondaryDenoiser(network), **OF_GUIDANCE)
    with torch.no_grad():
        found = guided(x, step)
    assert calls == [False]
    leaf = x.clone().requires_grad_()
    t = torch.tensor([math.atan2(step.sigma, step.signal) * 2 / math.pi])
    v = network(leaf, t).v
    p = step.signal * leaf - step.sigma * v
    loss = 3.0 * tv(step.sigma * p + (1 - step.sigma) * leaf).sum()
    push = clamped(-torch.autograd.grad(loss, leaf)[0], 0.02)
    assert torch.allclose(found.eps, denoise(x, step).eps - step.sigma * push, atol=1e-5)
    assert not torch.allclose(found.eps, denoise(x, step).eps, atol=1e-4)


def test_a_picture_is_drawn_towards_a_prompt_through_it(plan, engine, toy):
    perceptor = engine["perceptors"][0]
    network = small_secondary()
    network.net[-1].weight.data.zero_()  # v = 0, so its picture is the noisy one, only fainter
    network.net[-1].bias.data.zero_()
    guide = SecondaryDenoiser(network)
    look = replace(plan.look, steps=12, guidance_path="secondary", clamp_grad=(0.3,), cut_overview=(4.0,))
    look = replace(look, guidance_scale=(1000.0,))
    target = perceptor.embed_text(["a red fox"])

    def distance(pixels) -> float:
        return float(spherical_distance(perceptor(torch.tensor(pixels).permute(2, 0, 1)[None] / 255), target))

    drawn = draw(replace(plan, look=look), None, guide=guide, **engine)
    free = draw(replace(plan, look=replace(look, guidance_scale=(0.0,))), None, guide=guide, **engine)
    assert distance(drawn) < distance(free)


def test_a_look_that_asks_for_a_guide_is_refused_without_one(plan, engine):
    plan = replace(plan, look=replace(plan.look, guidance_path="secondary"))
    with pytest.raises(UsageError, match="frame 0000: guidance_path is secondary; give the model that guides"):
        draw(plan, None, **engine)


# --- classes ----------------------------------------------------------------------------------------------------------


class Labelled(torch.nn.Module):
    """Paints its class, as a grey."""

    def forward(self, x, timesteps, y):
        return (y[:, None, None, None] / 10 - 0.5).expand(x.shape)


@pytest.fixture
def labelled() -> UnetDenoiser:
    return UnetDenoiser(Labelled(), predicts="x0", n_classes=10)


@pytest.mark.parametrize(("label", "grey"), [("0", 64), ("7", 153)])
def test_a_class_reaches_the_network(plan, labelled, label, grey):
    plan = replace(plan, prompts=(), look=replace(plan.look, class_label=label, eta=(0.0,)))
    pixels = draw(plan, None, denoiser=labelled, perceptors=[], schedule="cosine", device="cpu")
    assert (pixels == grey).all()
    assert labelled.label is None  # what is shared is not changed


def test_a_random_class_is_named_by_the_frame(plan, labelled):
    plan = replace(plan, look=replace(plan.look, class_label="random"))
    drawn = [class_of(replace(plan, frame=frame), 10) for frame in range(400)]
    assert drawn == [class_of(replace(plan, frame=frame), 10) for frame in range(400)]
    assert drawn[:8] != [class_of(replace(plan, seed=8, frame=frame), 10) for frame in range(8)]
    counts = Counter(drawn)
    assert set(counts) == set(range(10))
    assert max(counts.values()) < 70
    assert of_class(labelled, plan).label == drawn[0]


@pytest.mark.parametrize(
    ("label", "n_classes", "message"),
    [
        ("3", None, "frame 0000: look.class is 3, the model has no classes; write none"),
        ("random", None, "frame 0000: look.class is random, the model has no classes; write none"),
        ("none", 10, "frame 0000: look.class is none, the model has 10 classes; write random, or a number from 0 to 9"),
        ("10", 10, "frame 0000: look.class is 10, the model has 10 classes; write random, or a number from 0 to 9"),
    ],
)
def test_classes_that_are_not_there_are_refused(plan, label, n_classes, message):
    denoiser = UnetDenoiser(Labelled(), predicts="x0", n_classes=n_classes)
    with pytest.raises(UsageError) as caught:
        of_class(denoiser, replace(plan, look=replace(plan.look, class_label=label)))
    assert str(caught.value) == message
