"""Frames that cannot be drawn: what is said, and that nothing is passed over in silence."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from pipeline.errors import SampleError, UsageError
from pipeline.sample.denoiser import Prediction, from_x0
from pipeline.sample.draw import draw, to_pixels
from pipeline.sample.guidance import Guidance
from pipeline.sample.steps import Steps
from pipeline.sample.targets import aim
from pipeline.types import WeightedPrompt


def smooth(x, step) -> Prediction:
    """Denoise by a formula."""
    return from_x0(x, torch.tanh(x), step)


def engine(perceptors=(), denoiser=smooth) -> dict:
    """Return everything but the plan."""
    return {"denoiser": denoiser, "perceptors": list(perceptors), "schedule": "linear", "device": "cpu"}


@pytest.mark.goal("R10")
@pytest.mark.parametrize("path", ["unet", "detached"])
def test_a_nan_of_the_perceptor_names_frame_and_step(plan, toy, path):
    perceptor, calls = toy(8), []

    class Breaking:
        name, size = "breaking", 8
        embed_text = perceptor.embed_text

        def __call__(self, images):
            calls.append(1)
            return perceptor(images) * (float("nan") if len(calls) == 3 else 1.0)

    plan = replace(plan, frame=312, look=replace(plan.look, guidance_path=path))
    with pytest.raises(SampleError, match=r"^frame 0312 step 2: the guidance gradient is not finite \(1152 values\)"):
        draw(plan, None, **engine([Breaking()]))
    assert len(calls) == 3  # it stops there


def test_where_nothing_is_read_back_in_the_loop_the_step_is_named_at_the_end(plan, toy, monkeypatch):
    def watch(self, push, step) -> None:
        self.not_finite.append((step, (~push.isfinite()).sum()))

    monkeypatch.setattr(Guidance, "watch", watch)  # as it is on a GPU
    perceptor, calls = toy(8), []

    class Breaking:
        name, size = "breaking", 8
        embed_text = perceptor.embed_text

        def __call__(self, images):
            calls.append(1)
            return perceptor(images) * (float("nan") if len(calls) == 2 else 1.0)

    with pytest.raises(SampleError, match=r"^frame 0000 step 1: the guidance gradient is not finite"):
        draw(plan, None, **engine([Breaking()]))
    assert len(calls) == 4


@pytest.mark.goal("R10")
def test_a_nan_of_the_network_is_found_without_guidance(plan):
    def denoise(x, step):
        return from_x0(x, x * float("nan"), step)

    with pytest.raises(SampleError, match=r"^frame 0000: the picture is not finite \(1152 of 1152 values\)"):
        draw(replace(plan, look=replace(plan.look, guidance_scale=(0.0,))), None, **engine(denoiser=denoise))


def test_infinite_pixels_are_not_clamped_away():
    with pytest.raises(SampleError, match=r"1 of 6 values"):
        to_pixels(torch.tensor([0, 1, float("inf"), 0, 0, 0]).view(1, 3, 1, 2), frame=0)


@pytest.mark.goal("R11")
def test_running_out_of_memory_is_a_sampling_fault(plan):
    def denoise(x, step):
        raise torch.OutOfMemoryError("CUDA out of memory")

    with pytest.raises(SampleError, match=r"^frame 0000: out of memory \(24x16.*lower the size"):
        draw(plan, None, **engine(denoiser=denoise))


@pytest.mark.goal("R11")
def test_a_frame_is_not_begun_where_hardly_any_memory_is_left(plan, monkeypatch):
    def refuse():
        raise MemoryError

    monkeypatch.setattr("pipeline.sample.draw.ensure_room", refuse)
    with pytest.raises(SampleError, match=r"^frame 0000: out of memory \(24x16.*lower the size"):
        draw(plan, None, **engine())


def test_weights_that_cancel_out(toy):
    with pytest.raises(SampleError, match=r"the weights of 2 prompts cancel out"):
        aim([toy(8)], (WeightedPrompt("a", 1.0), WeightedPrompt("b", -1.0)))


def test_an_unknown_sampler_names_the_known_ones(plan):
    with pytest.raises(UsageError, match=r"frame 0000: unknown sampler 'unipc'; use one of ddim, ddpm, plms"):
        draw(replace(plan, look=replace(plan.look, sampler="unipc")), None, **engine())


def test_a_start_of_another_size(plan):
    with pytest.raises(UsageError, match=r"the start is \(1, 3, 24, 16\), the plan says"):
        draw(plan, torch.zeros(1, 3, 24, 16), **engine())


def test_step_values_of_another_length(plan):
    look = replace(plan.look, sat_scale=(1.0, 2.0, 3.0))
    with pytest.raises(UsageError, match=r"frame 0000: sat_scale has 3 values for 2 steps"):
        draw(replace(plan, look=look), torch.zeros(1, 3, 16, 24), **engine())


@pytest.mark.parametrize(("steps", "skip"), [(0, 0), (1001, 0), (10, 1.0), (10, -0.1)])
def test_steps_that_leave_nothing_to_do(steps, skip):
    with pytest.raises(UsageError):
        Steps.plan("linear", steps, skip=skip)


def test_an_unknown_schedule():
    with pytest.raises(UsageError, match=r"noise schedule: unknown name 'sigmoid'; use one of linear, cosine"):
        Steps.plan("sigmoid", 3)
