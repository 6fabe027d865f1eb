"""A tiny plan and a tiny film, made of plain values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.types import (
    CameraMove,
    Engine,
    Film,
    FilmFormat,
    FramePlan,
    Look,
    Shot,
    Size,
    WeightedPrompt,
)

SIZE = Size(height=5, width=7)


@pytest.fixture
def plan() -> FramePlan:
    look = Look(
        sampler="ddim",
        steps=10,
        skip=0.5,
        eta=(0.25,),
        guidance_scale=(1000.0, 500.0),
        guidance_path="unet",
        thresholding="none",
        clamp_grad=(0.05,),
        tv_scale=(1.5,),
        range_scale=(150.0,),
        sat_scale=(0.75,),
        cut_overview=(12.0, 4.0),
        cut_innercut=(4.0, 12.0),
        cut_ic_pow=(1.25,),
        cut_icgray_p=(0.2,),
        cut_hue=(0.1,),
        cutn_batches=2,
        clip_weights=(("tiny", (0.5, 1.0)),),
    )
    prompts = (WeightedPrompt("a höhle", 1.0, only=("tiny",)), WeightedPrompt("text", -0.5, only=("tiny",)))
    return FramePlan("one", 12, 7, SIZE, prompts, CameraMove(roll_deg=1.5), look)


@pytest.fixture
def film(plan: FramePlan) -> Film:
    shots = tuple(
        Shot(name, tuple(replace(plan, shot=name, frame=index) for index in range(length)))
        for name, length in (("b-first", 3), ("a.second", 2))
    )
    engine = Engine(diffusion_model="tiny", clip_models=(), device="cpu", threads=1)
    return Film("tiny", "tiny.yaml", 12.0, SIZE, shots, engine, FilmFormat(crf=18, enlarge=2))


@pytest.fixture
def pixels() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (SIZE.height, SIZE.width, 3), dtype=np.uint8)
