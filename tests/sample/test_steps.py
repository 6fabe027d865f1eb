"""The noise levels of a run, against Disco's numbers, closed forms and guided-diffusion's respacing."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pipeline.models.noise import SCHEDULES, alpha_bars
from pipeline.models.upstream import import_guided_diffusion
from pipeline.sample.steps import Steps, noise_to


@pytest.mark.parametrize("schedule", ["linear", "cosine"])
@pytest.mark.parametrize("steps", [2, 25, 250, 1000])
def test_agrees_with_guided_diffusion_respacing(schedule, steps):
    ours = Steps.plan(schedule, steps)
    peer = import_guided_diffusion("respace").SpacedDiffusion(
        {step.timestep for step in ours},
        betas=import_guided_diffusion("gaussian_diffusion").get_named_beta_schedule(schedule, 1000),
        model_mean_type=None,
        model_var_type=None,
        loss_type=None,
    )
    assert [step.timestep for step in reversed(ours.executed)] == peer.timestep_map
    np.testing.assert_allclose([step.alpha_bar for step in reversed(ours.executed)], peer.alphas_cumprod, rtol=1e-7)
    np.testing.assert_allclose(
        [step.alpha_bar_prev for step in reversed(ours.executed)], peer.alphas_cumprod_prev, rtol=1e-7
    )


def test_the_shifted_schedule_hides_means_of_two_by_two_pixels_as_the_cosine_one_hides_pixels():
    """Their noise is half as strong, so twice as much stands against the signal."""
    ratio = {name: np.sqrt(1 / alpha_bars(name) - 1) for name in SCHEDULES}
    np.testing.assert_allclose(ratio["shifted-cosine"] / 2, ratio["cosine"], rtol=1e-9)
    assert alpha_bars("shifted-cosine")[500] == pytest.approx(0.195108, rel=1e-4)


def test_the_first_step_is_the_noisiest_and_the_last_leads_to_the_picture():
    steps = Steps.plan("linear", 5)
    assert [step.timestep for step in steps] == [999, 749, 500, 250, 0]
    assert [step.index for step in steps] == [0, 1, 2, 3, 4]
    assert steps[0].alpha_bar == pytest.approx(4.036e-5, rel=1e-3)
    assert steps[4].alpha_bar == pytest.approx(0.9999)
    assert steps[4].alpha_bar_prev == 1.0


def test_skip_leaves_out_the_noisy_end():
    whole, part = Steps.plan("linear", 50), Steps.plan("linear", 50, skip=0.6)
    assert len(part) == 20
    assert [step.timestep for step in part] == [step.timestep for step in whole][30:]
    assert part[0].index == 0
    assert part[0].alpha_bar_prev == part[1].alpha_bar


def test_a_single_step_leads_from_noise_to_the_picture():
    (step,) = Steps.plan("linear", 1)
    assert (step.timestep, step.alpha_bar_prev) == (999, 1.0)


def test_progress_counts_as_disco_lists_do():
    progress = [step.p for step in Steps.plan("linear", 1000)]
    assert (progress[0], progress[-1]) == (0, 1)
    assert sum(p < 0.4 for p in progress) == 400


@given(steps=st.integers(1, 1000), skip=st.floats(0, 1, exclude_max=True), schedule=st.sampled_from(SCHEDULES))
def test_each_step_is_cleaner_than_the_one_before(steps, skip, schedule):
    executed = list(Steps.plan(schedule, steps, skip=skip))
    assert 1 <= len(executed) <= steps
    assert executed[-1].alpha_bar_prev == 1.0
    for step, after in pairwise(executed):
        assert 0 < step.alpha_bar < step.alpha_bar_prev == after.alpha_bar
        assert step.p < after.p
    assert all(0.006 < step.sigma < 1 and math.isclose(step.signal**2 + step.sigma**2, 1) for step in executed)


def test_noised_pictures_keep_the_variance():
    step = Steps.plan("cosine", 7)[3]
    image, noise = torch.full((1, 3, 2, 2), 3.0), torch.full((1, 3, 2, 2), -2.0)
    expected = 3 * math.sqrt(step.alpha_bar) - 2 * math.sqrt(1 - step.alpha_bar)
    assert torch.allclose(noise_to(image, noise, step), torch.tensor(expected, dtype=torch.float32))


def test_the_schedule_cannot_be_changed_by_accident():
    with pytest.raises(ValueError, match="read-only"):
        alpha_bars("linear")[0] = 0
