"""Guidance: the right direction, the right size, once through the network, and nothing it was not asked for."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from pipeline.sample.cutouts import CutCounts, cut, plan_cuts
from pipeline.sample.denoiser import Prediction, UnetDenoiser, from_x0
from pipeline.sample.guidance import GAIN_LIMIT, Guidance, clamped, distances, gain_at, pushed, within_reach
from pipeline.sample.losses import range_, sat, spherical_distance, tv
from pipeline.sample.noise import NoiseName, named_noise
from pipeline.sample.steps import Steps
from pipeline.sample.targets import aim
from pipeline.types import Size, WeightedPrompt

SHAPE = (1, 3, 16, 24)
FOX = (WeightedPrompt("a red fox", 1.0),)
NAME = {"seed": 7, "frame": 3}


def noisy(*, step: int = 0, batch: int = 1) -> Tensor:
    """Return a noise picture."""
    return named_noise((batch, *SHAPE[1:]), **NAME, purpose="test", step=step)


class Counting:
    """A smooth denoiser that counts its calls."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, x: Tensor, step) -> Prediction:
        self.calls += 1
        return from_x0(x, torch.tanh(x * 0.7 + 0.3 * x.roll(1, dims=-1)), step)


def guided(denoise, perceptors, look, prompts=FOX) -> Guidance:
    """Return the denoiser under guidance."""
    return Guidance(denoise, targets=aim(perceptors, prompts), look=look, name=NoiseName(7, 3), frame=3)


def whole_loss(x: Tensor, step, denoise, perceptors, look, prompts) -> Tensor:
    """Return the loss as one expression, to be differentiated in one go."""
    y = step.sigma * denoise(x, step).x0 + (1 - step.sigma) * x
    total = look.tv_scale[0] * tv(y) + look.range_scale[0] * range_(y) + look.sat_scale[0] * sat(y)
    counts = CutCounts(2, 3, look.cutn_batches, look.cut_ic_pow[0], look.cut_icgray_p[0], look.cut_hue[0])
    size_of_sum = abs(sum(prompt.weight for prompt in prompts))
    for perceptor in perceptors:
        plan = plan_cuts(counts, Size(16, 24), perceptor.size, step=step.index, **NAME)
        embeddings = perceptor(cut((y + 1) / 2, plan)).unflatten(0, (len(plan), -1))
        for prompt in prompts:
            distance = spherical_distance(embeddings, perceptor.embed_text([prompt.text])).mean(dim=0)
            total = total + look.guidance_scale[0] * prompt.weight / size_of_sum * distance
    return total.sum()


@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("index", [0, 2, 3])
def test_the_push_is_the_gradient_of_the_whole_loss(toy, look, index, batch):
    look = look(clamp_grad=(0.0,), tv_scale=(3.0,), range_scale=(5.0,), sat_scale=(7.0,), cutn_batches=2)
    prompts = (*FOX, WeightedPrompt("snow", 0.7), WeightedPrompt("fog", -2.5))
    perceptors = [toy(12, seed=1), toy(8, seed=2), toy(12, seed=3)]
    denoise, step = Counting(), Steps.plan("linear", 4)[index]
    x = noisy(batch=batch).requires_grad_()
    (slope,) = torch.autograd.grad(whole_loss(x, step, denoise, perceptors, look, prompts), x)
    prediction = guided(denoise, perceptors, look, prompts)(x.detach(), step)
    plain = denoise(x.detach(), step)
    assert slope.abs().max() > 0.01
    assert torch.allclose(prediction.eps - plain.eps, step.sigma * slope, atol=1e-5, rtol=1e-4)
    # the picture and the noise still say the same thing
    again = step.signal * prediction.x0 + step.sigma * prediction.eps
    assert torch.allclose(again, x, atol=1e-4)


def test_a_detached_push_is_the_gradient_at_the_guidance_image(toy, look):
    look = look(clamp_grad=(0.0,), guidance_path="detached", tv_scale=(3.0,))
    denoise, step, x = Counting(), Steps.plan("linear", 4)[2], noisy()
    plain = denoise(x, step)
    y = (step.sigma * plain.x0 + (1 - step.sigma) * x).requires_grad_()
    perceptor = toy(12)
    loss = whole_loss(y, step, lambda y, step: Prediction(y, y), [perceptor], look, FOX)
    (slope,) = torch.autograd.grad(loss, y)
    prediction = guided(denoise, [perceptor], look)(x, step)
    assert torch.allclose(prediction.eps - plain.eps, step.sigma * slope, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("path", ["unet", "detached"])
def test_guidance_comes_closer_to_its_prompts(toy, look, make_unet, path):
    perceptor = toy(12)
    look = look(guidance_path=path, guidance_scale=(200.0,), clamp_grad=(0.02,))
    denoise = UnetDenoiser(make_unet(), predicts="x0")
    target = perceptor.embed_text(["a red fox"])
    step, x = Steps.plan("linear", 4)[1], noisy()

    def distance(prediction: Prediction) -> float:
        plan = plan_cuts(CutCounts(8, 0, 1), Size(16, 24), 12, step=0, **NAME)
        return float(spherical_distance(perceptor(cut((prediction.x0 + 1) / 2, plan)), target).mean())

    before = distance(denoise(x, step))
    after = distance(guided(denoise, [perceptor], look)(x, step))
    away = distance(guided(denoise, [perceptor], look, (WeightedPrompt("a red fox", -1.0),))(x, step))
    assert after < before < away


@pytest.mark.parametrize("path", ["unet", "detached"])
def test_the_network_is_asked_once_a_step(toy, look, path):
    denoise = Counting()
    guided(denoise, [toy(8), toy(12)], look(guidance_path=path, tv_scale=(1.0,)))(noisy(), Steps.plan("linear", 4)[0])
    assert denoise.calls == 1


def test_all_batches_go_through_a_perceptor_at_once(toy, look):
    perceptor = toy(12)
    guided(Counting(), [perceptor], look(cutn_batches=3))(noisy(), Steps.plan("linear", 4)[0])
    assert perceptor.seen == [(15, 3, 12, 12)]


def test_the_counts_may_change_from_step_to_step(toy, look):
    perceptor = toy(12)
    look = look(cut_overview=(4.0, 1.6, 0.0), cut_innercut=(0.0, 3.0, 0.0), cut_icgray_p=(1.0,))
    under = guided(Counting(), [perceptor], look)
    for step in Steps.plan("linear", 3):
        under(noisy(), step)
    assert [shape[0] for shape in perceptor.seen] == [4, 5]


def test_nothing_asked_is_nothing_done(toy, look):
    perceptor, step, x = toy(12), Steps.plan("linear", 4)[1], noisy()
    under = guided(Counting(), [perceptor], look(guidance_scale=(0.0,)))
    plain = Counting()(x, step)
    assert torch.equal(under(x, step).eps, plain.eps)
    assert torch.equal(under(x, step).x0, plain.x0)
    assert perceptor.seen == []
    assert torch.equal(guided(Counting(), [perceptor], look(), ())(x, step).eps, plain.eps)


@pytest.mark.parametrize("scale", ["tv_scale", "range_scale", "sat_scale"])
def test_each_picture_loss_acts_without_perceptors(look, scale):
    look = look(**{scale: (40.0,)}, clamp_grad=(0.0,))
    step, x = Steps.plan("linear", 4)[2], noisy() * 2
    loss = {"tv_scale": tv, "range_scale": range_, "sat_scale": sat}[scale]

    def denoise(x: Tensor, step) -> Prediction:
        return from_x0(x, 2 * x, step)

    def at_y(prediction: Prediction) -> float:
        return float(loss(step.sigma * prediction.x0 + (1 - step.sigma) * x))

    assert at_y(guided(denoise, [], look)(x, step)) < at_y(denoise(x, step))


def test_scales_follow_the_executed_step(toy, look):
    under = guided(Counting(), [toy(12)], look(guidance_scale=(0.0, 50.0)))
    first, second = Steps.plan("linear", 4, skip=0.5)
    plain = Counting()
    assert torch.equal(under(noisy(), first).eps, plain(noisy(), first).eps)
    assert not torch.equal(under(noisy(), second).eps, plain(noisy(), second).eps)


def test_the_answer_carries_no_graph(toy, look):
    prediction = guided(Counting(), [toy(12)], look())(noisy(), Steps.plan("linear", 4)[0])
    assert not prediction.x0.requires_grad
    assert not prediction.eps.requires_grad


def test_perceptors_of_one_size_share_their_cuts_whatever_their_order(toy, look):
    step, x = Steps.plan("linear", 4)[1], noisy()
    results = []
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
        perceptors = [toy(12, seed=1), toy(8, seed=2), toy(12, seed=3)]
        results.append(guided(Counting(), [perceptors[i] for i in order], look())(x, step).eps)
    assert torch.allclose(results[0], results[1], atol=1e-6)
    assert torch.allclose(results[0], results[2], atol=1e-6)


def test_the_clamp_limits_each_picture_by_itself_and_only_downwards():
    push = torch.stack((torch.full((3, 4, 5), 2.0), torch.full((3, 4, 5), -0.01), torch.zeros(3, 4, 5)))
    limited = clamped(push, 0.05)
    assert torch.allclose(limited[0], torch.tensor(0.05))
    assert torch.allclose(limited[1], torch.tensor(-0.01))
    assert torch.equal(limited[2], torch.zeros(3, 4, 5))
    assert torch.equal(clamped(push, 0.0), push)


def test_a_push_of_one_moves_the_picture_by_the_gain():
    step = Steps.plan("linear", 4)[2]
    x0, eps, push = noisy(step=0), noisy(step=1), noisy(step=2)
    moved = pushed(Prediction(x0, eps), push, step)
    assert torch.allclose(moved.eps, eps - step.sigma * push, atol=1e-6)
    assert torch.allclose(moved.x0, x0 + (1 - step.alpha_bar) / math.sqrt(step.alpha_bar) * push, atol=1e-5)


@pytest.mark.parametrize("index", [0, 3])
def test_a_limit_bounds_how_far_each_picture_moves_and_shrinks_no_other(index):
    step = Steps.plan("cosine", 4)[index]
    far, near = torch.full((3, 4, 5), 5 / gain_at(step)), torch.full((3, 4, 5), -0.1 / gain_at(step))
    push = torch.stack((far, near))
    still = Prediction(torch.zeros_like(push), torch.zeros_like(push))
    moved = pushed(still, within_reach(push, 0.2, step), step)
    assert torch.allclose(moved.x0[0], torch.tensor(0.4), atol=1e-6)  # a fifth of the way from black, -1, to white, 1
    assert torch.allclose(moved.x0[1], torch.tensor(-0.1), atol=1e-6)
    assert torch.equal(within_reach(push, 0.0, step), push)


def test_a_push_that_is_all_in_one_place_is_held_there() -> None:
    """Of 32 x 40 pixels a patch of 8 at the right is pushed; a quarter of the shorter side is held by itself."""
    step = Steps.plan("cosine", 4)[1]
    push = torch.zeros(2, 3, 32, 40)
    push[0, :, 12:20, 30:38] = 9.0 / gain_at(step)
    push[1] = 9.0 / gain_at(step)

    def moved(area: float) -> Tensor:
        return within_reach(push, 0.1, step, area=area) * gain_at(step)

    whole, parts = moved(0.0), moved(0.25)
    assert whole.square().mean((1, 2, 3)).sqrt().tolist() == pytest.approx([0.2, 0.2])  # white is 2 above black
    assert whole[0].amax() == pytest.approx(0.2 * (32 * 40 / 64) ** 0.5)  # all of it in the patch
    assert 0.2 < parts[0, :, 15, 33].amax() < 0.3 and parts[0].amax() < 0.45  # about as far as anything may
    assert parts[0, :, 12, 30].amax() > parts[0, :, 15, 33].amax()  # less is moved about a corner
    assert parts[0, :, :, :30].abs().max() == 0
    torch.testing.assert_close(parts[1], whole[1])  # a push that is alike everywhere is held as the whole is
    assert torch.equal(within_reach(push, 0.0, step, area=0.25), push)


def test_a_guided_picture_moves_as_far_as_its_limit_lets_it_in_each_step(toy, look):
    x, steps = noisy(batch=2), Steps.plan("linear", 4)
    free = look(clamp_grad=(0.0,), guidance_scale=(1e5,))
    held = look(clamp_grad=(0.0,), guidance_scale=(1e5,), guidance_limit=(0.1, 0.0, 0.02, 0.3))

    def way(chosen, step) -> Tensor:
        moved = guided(Counting(), [toy(8)], chosen)(x, step).x0 - Counting()(x, step).x0
        return moved.flatten(1)

    for step, limit in zip(steps, held.guidance_limit, strict=True):
        full, short = way(free, step), way(held, step)
        length = full.square().mean(1).sqrt()
        expected = length.clamp(max=2 * limit) if limit else length
        assert torch.allclose(short.square().mean(1).sqrt(), expected, rtol=1e-3)
        assert torch.allclose(F.normalize(short, dim=1), F.normalize(full, dim=1), atol=1e-3)
    assert way(free, steps[0]).square().mean().sqrt() > 0.5


def test_only_the_noisiest_cosine_steps_are_held_back():
    def is_held_back(schedule: str) -> list[int]:
        steps = Steps.plan(schedule, 1000)
        return [step.timestep for step in steps if step.sigma**2 / step.signal > GAIN_LIMIT]

    assert is_held_back("linear") == []
    assert is_held_back("cosine") == [999, 998, 997, 996, 995]
    step = Steps.plan("cosine", 1000)[0]
    moved = pushed(Prediction(torch.zeros(SHAPE), torch.zeros(SHAPE)), torch.ones(SHAPE), step)
    assert torch.allclose(moved.x0, torch.tensor(GAIN_LIMIT))
    assert torch.allclose(step.signal * moved.x0 + step.sigma * moved.eps, torch.zeros(SHAPE), atol=1e-6)


def test_weights_are_divided_by_the_size_of_their_sum(toy):
    (target,) = aim([toy(8)], (WeightedPrompt("a", 1.0), WeightedPrompt("b", -4.0)))
    assert target.weights.tolist() == pytest.approx([1 / 3, -4 / 3])
    assert target.directions.shape == (2, 8)
    embeddings = torch.randn(5, 8)
    by_hand = sum(
        w * spherical_distance(embeddings, direction)
        for w, direction in zip((1 / 3, -4 / 3), target.directions, strict=True)
    )
    assert torch.allclose(distances(target, embeddings), by_hand, atol=1e-6)
