"""A plan to draw with the tiny networks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.types import FramePlan, Look, Size, WeightedPrompt

STILL = Look(
    sampler="ddim",
    steps=4,
    skip=0.5,
    eta=(0.8,),
    guidance_scale=(50.0,),
    guidance_path="unet",
    thresholding="none",
    clamp_grad=(0.05,),
    tv_scale=(0.0,),
    range_scale=(0.0,),
    sat_scale=(0.0,),
    cut_overview=(2.0,),
    cut_innercut=(3.0,),
    cut_ic_pow=(1.0,),
    cut_icgray_p=(0.2,),
    cut_hue=(0.1,),
    cutn_batches=1,
)


@pytest.fixture
def plan() -> FramePlan:
    """Return the first frame of a shot, not square."""
    prompts = (WeightedPrompt("a red fox", 1.0),)
    return FramePlan("one", 0, 7, Size(16, 24), prompts, None, STILL)


@pytest.fixture
def look():
    """Return the maker of looks: the still look with some fields replaced."""
    return lambda **changes: replace(STILL, **changes)
