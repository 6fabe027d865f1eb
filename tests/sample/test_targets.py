"""Targets: who sees which prompt, what weights are divided by, and who is not asked at all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SampleError, UsageError
from pipeline.sample.denoiser import UnetDenoiser
from pipeline.sample.draw import draw
from pipeline.sample.targets import DIVISORS, Manner, aim
from pipeline.types import WeightedPrompt

A, B = "painted-clip-a", "RN50/openai"
FOX, SNOW = WeightedPrompt("a red fox", 3.0), WeightedPrompt("snow", -4.0)


def drawn(plan, perceptors, make_unet, **look) -> np.ndarray:
    """Return the frame of a plan with another look."""
    denoiser = UnetDenoiser(make_unet(), predicts="x0")
    plan = replace(plan, look=replace(plan.look, **look))
    return draw(plan, None, denoiser=denoiser, perceptors=perceptors, schedule="cosine", device="cpu")


@pytest.mark.parametrize(
    ("divide_by", "weights"), [("sum", [3.0, -4.0]), ("abs_sum", [3 / 7, -4 / 7]), ("l2", [0.6, -0.8])]
)
def test_weights_are_divided_as_asked(toy, divide_by, weights):
    (target,) = aim([toy(8)], (FOX, SNOW), manner=Manner(divide_by))
    assert target.weights.tolist() == pytest.approx(weights)


@given(st.lists(st.floats(-9, 9).filter(lambda w: abs(w) > 0.01), min_size=1, max_size=6))
def test_what_is_divided_has_size_one_by_its_own_measure(weights):
    for name in ("abs_sum", "l2"):
        divisor = DIVISORS[name](weights)
        assert DIVISORS[name]([weight / divisor for weight in weights]) == pytest.approx(1)
    if abs(sum(weights)) > 0.01:
        assert abs(sum(weight / DIVISORS["sum"](weights) for weight in weights)) == pytest.approx(1)


def test_opposite_prompts_cancel_only_where_weights_are_summed(toy):
    both = (WeightedPrompt("a", 1.0), WeightedPrompt("b", -1.0))
    for divide_by in ("abs_sum", "l2"):
        assert len(aim([toy(8)], both, manner=Manner(divide_by))) == 1


def test_each_perceptor_divides_the_weights_of_what_it_sees(toy):
    first, second = toy(8, seed=1, name=A), toy(8, seed=2, name=B)
    prompts = (WeightedPrompt("fog", 1.0), replace(FOX, only=(A,)), replace(SNOW, only=(A, B)))
    of_first, of_second = aim([first, second], prompts, manner=Manner("abs_sum"))
    assert of_first.weights.tolist() == pytest.approx([1 / 8, 3 / 8, -4 / 8])
    assert of_second.weights.tolist() == pytest.approx([1 / 5, -4 / 5])
    assert torch.equal(of_second.directions, second.embed_text(["fog", "snow"]))


def test_a_perceptor_that_sees_nothing_or_what_cancels_is_named(toy):
    first, second = toy(8, name=A), toy(8, name=B)
    with pytest.raises(SampleError, match=r"the weights of 0 prompts that RN50/openai sees cancel out \(sum 0\)"):
        aim([first, second], (replace(FOX, only=(A,)),))
    with pytest.raises(SampleError, match=r"the weights of 2 prompts that RN50/openai sees cancel out"):
        aim([first, second], (replace(FOX, only=(A,)), WeightedPrompt("a", 2.0), WeightedPrompt("b", -2.0)))


def test_a_perceptor_that_is_off_needs_no_prompts_and_embeds_none(toy, monkeypatch):
    first, second = toy(8, name=A), toy(8, name=B)
    monkeypatch.setattr(second, "embed_text", None)
    off = Manner(strengths={B: (0.0, 0.0)})
    (target,) = aim([first, second], (replace(FOX, only=(A,)),), manner=off)
    assert target.perceptor is first
    assert target.strength == (1.0,)


@pytest.mark.parametrize(
    ("prompts", "manner"),
    [((replace(FOX, only=(A, "RN51")),), Manner()), ((FOX,), Manner(strengths={"RN51": (1.0,)}))],
)
def test_a_plan_for_another_engine_is_refused(toy, prompts, manner):
    with pytest.raises(UsageError, match=r"the plan speaks of the CLIP RN51, the engine has painted-clip-a; plan"):
        aim([toy(8, name=A)], prompts, manner=manner)


def test_a_perceptor_is_asked_in_the_steps_in_which_it_counts_and_in_no_other(plan, toy, make_unet):
    """Sizes differ, so that each has cuts of its own; the second is off in the first two of four steps."""
    first, second = toy(8, name=A), toy(12, name=B)
    drawn(plan, [first, second], make_unet, clip_weights=((B, (0.0, 0.0, 0.5, 1.0)),))
    assert (len(first.seen), len(second.seen)) == (4, 2)
    first.seen.clear()
    second.seen.clear()
    drawn(plan, [first, second], make_unet, clip_weights=((A, (0.0,)),))
    assert (len(first.seen), len(second.seen)) == (0, 4)


def test_where_nobody_counts_nothing_is_guided(plan, toy, make_unet):
    perceptor = toy(8, name=A)
    off = drawn(plan, [perceptor], make_unet, clip_weights=((A, (0.0,)),))
    assert perceptor.seen == []
    assert np.array_equal(off, drawn(plan, [], make_unet))
    assert not np.array_equal(off, drawn(plan, [perceptor], make_unet))


def test_a_perceptor_with_no_weight_is_as_one_that_is_not_there(plan, toy, make_unet):
    first, second = toy(8, name=A), toy(12, seed=4, name=B)
    alone = drawn(plan, [first], make_unet)
    assert np.array_equal(drawn(plan, [first, second], make_unet, clip_weights=((B, (0.0,)),)), alone)
    assert not np.array_equal(drawn(plan, [first, second], make_unet, clip_weights=((B, (0.4,)),)), alone)


def test_a_weight_counts_as_a_scale_of_its_perceptor(plan, toy, make_unet):
    """No clamp, which would undo it: one perceptor at twice the weight is the same at twice the scale."""
    perceptor, free = toy(8, name=A), {"clamp_grad": (0.0,)}
    twice = drawn(plan, [perceptor], make_unet, clip_weights=((A, (2.0,)),), **free)
    scaled = drawn(plan, [perceptor], make_unet, guidance_scale=(100.0,), **free)
    assert np.abs(twice.astype(int) - scaled).max() <= 1
    assert not np.array_equal(twice, drawn(plan, [perceptor], make_unet, **free))


def test_a_prompt_for_all_by_name_is_one_for_all(plan, toy, make_unet):
    perceptors = [toy(8, name=A), toy(8, seed=3, name=B)]
    plain = drawn(replace(plan, prompts=(FOX, SNOW)), perceptors, make_unet)
    named = tuple(replace(prompt, only=(A, B)) for prompt in (FOX, SNOW))
    assert np.array_equal(drawn(replace(plan, prompts=named), perceptors, make_unet), plain)
    some = (FOX, replace(SNOW, only=(A,)))
    assert not np.array_equal(drawn(replace(plan, prompts=some), perceptors, make_unet), plain)


def test_what_each_sees_alone_adds_up_to_what_both_see(plan, toy, make_unet):
    """A prompt each: the same as two films' worth of prompts, one perceptor at a time, in one batch of cuts."""
    first, second = toy(8, name=A), toy(8, seed=3, name=B)
    prompts = (replace(FOX, only=(A,)), replace(SNOW, weight=2.0, only=(B,)))
    one, other = aim([first, second], prompts)
    assert torch.equal(one.directions, aim([first], (FOX,))[0].directions)
    assert torch.equal(other.directions, aim([second], (SNOW,))[0].directions)
    assert (one.weights.tolist(), other.weights.tolist()) == ([1.0], [1.0])


def test_weights_of_another_number_of_steps_are_refused(plan, toy, make_unet):
    with pytest.raises(UsageError, match=r"the weight of painted-clip-a has 3 values for 4 steps"):
        drawn(plan, [toy(8, name=A)], make_unet, clip_weights=((A, (1.0, 0.0, 1.0)),))
