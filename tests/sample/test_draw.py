"""A whole frame, drawn with tiny networks: the same every time, and what its plan says."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256

import cv2
import numpy as np
import pytest
import torch

from pipeline.sample.denoiser import Prediction, UnetDenoiser, from_x0
from pipeline.sample.draw import STEP_VALUES, DrawStep, draw, to_pixels
from pipeline.sample.gallery import Gallery
from pipeline.sample.losses import spherical_distance
from pipeline.sample.noise import named_noise
from pipeline.types import CameraMove, Look, PictureFile, Size, WeightedPrompt


@pytest.fixture
def engine(make_unet, toy):
    """Return everything but the plan: a network that reads 2x2 blocks, and two perceptors of different sizes."""
    denoiser = UnetDenoiser(make_unet(unshuffle=2, learn_sigma=True), predicts="x0", unshuffle=2, learn_sigma=True)
    return {
        "denoiser": denoiser,
        "perceptors": [toy(8, seed=1), toy(12, seed=2)],
        "schedule": "cosine",
        "device": "cpu",
    }


def a_start() -> torch.Tensor:
    """Return a picture to start from."""
    return named_noise((1, 3, 16, 24), seed=0, frame=0, purpose="start picture", step=0).clamp(-1, 1)


def test_a_frame_is_uint8_of_the_plans_size(plan, engine):
    pixels = draw(plan, None, **engine)
    assert (pixels.shape, pixels.dtype) == ((16, 24, 3), np.uint8)
    assert pixels.flags.c_contiguous
    assert pixels.std() > 5


@pytest.mark.parametrize("start", [None, "picture"])
def test_the_same_plan_gives_the_same_frame(plan, engine, start):
    start = None if start is None else a_start()
    first = draw(plan, start, **engine)
    torch.manual_seed(123)
    draw(replace(plan, frame=5), start, **engine)
    assert np.array_equal(draw(plan, start, **engine), first)


@pytest.mark.parametrize("path", ["unet", "detached"])
def test_a_picture_as_a_prompt_draws_the_frame_towards_it(plan, toy, tmp_path, path):
    shown = np.zeros((30, 40, 3), np.uint8)
    shown[:12, 24:] = (255, 90, 40)  # unlike the grey that noise averages to
    cv2.imwrite(str(tmp_path / "a.png"), shown[..., ::-1])
    digest = sha256((tmp_path / "a.png").read_bytes()).hexdigest()
    gallery = Gallery([PictureFile(digest, str(tmp_path / "a.png"))])
    perceptor = toy(8, seed=1)
    look = replace(plan.look, steps=12, guidance_path=path, clamp_grad=(0.3,), cut_overview=(4.0,))

    def distance(*, weight: float, scale: float) -> float:
        prompts = (WeightedPrompt("", weight, image=digest),)
        frame = draw(
            replace(plan, prompts=prompts, look=replace(look, guidance_scale=(scale,))),
            None,
            denoiser=lambda x, step: from_x0(x, torch.tanh(x), step),
            perceptors=[perceptor],
            gallery=gallery,
            schedule="cosine",
            device="cpu",
        )
        return float(spherical_distance(perceptor.embed_picture(frame), perceptor.embed_picture(shown)))

    unguided = distance(weight=1.0, scale=0.0)
    assert distance(weight=1.0, scale=5000.0) < 0.3 * unguided
    assert distance(weight=-1.0, scale=5000.0) > 1.3 * unguided


@pytest.mark.parametrize("change", ["seed", "frame", "prompts", "look"])
def test_what_the_plan_says_matters(plan, engine, change):
    value = {
        "seed": 8,
        "frame": 1,
        "prompts": (WeightedPrompt("snow", 1.0),),
        "look": replace(plan.look, guidance_scale=(200.0,), clamp_grad=(0.5,)),
    }[change]
    assert not np.array_equal(draw(plan, None, **engine), draw(replace(plan, **{change: value}), None, **engine))


def test_the_camera_is_the_warps_business(plan, engine):
    moved = replace(plan, camera=CameraMove(zoom=2))
    assert np.array_equal(draw(plan, a_start(), **engine), draw(moved, a_start(), **engine))


def test_threads_do_not_change_the_frame(plan, engine):
    one = draw(plan, a_start(), **engine)
    torch.set_num_threads(2)
    assert np.array_equal(draw(plan, a_start(), **engine), one)


def test_a_start_leaves_steps_out_and_noise_takes_them_all(plan, engine):
    seen: list[DrawStep] = []
    draw(plan, None, on_step=seen.append, **engine)
    assert [(step.index, step.n_steps) for step in seen] == [(0, 4), (1, 4), (2, 4), (3, 4)]
    seen.clear()
    draw(plan, a_start(), on_step=seen.append, **engine)
    assert [(step.index, step.n_steps) for step in seen] == [(0, 2), (1, 2)]
    assert seen[0].x.shape == seen[0].x0.shape == (1, 3, 16, 24)
    assert seen[0].x.std() > seen[0].x0.std()


def test_the_start_is_noised_to_the_first_step_that_is_left(plan, engine):
    seen = []

    def denoise(x, step):
        seen.append((x, step))
        return from_x0(x, torch.zeros_like(x), step)

    engine |= {"denoiser": denoise, "perceptors": []}
    draw(plan, a_start(), **engine)
    x, step = seen[0]
    noise = named_noise((1, 3, 16, 24), seed=plan.seed, frame=plan.frame, purpose="start", step=0)
    assert step.timestep == 333
    assert torch.allclose(x, step.signal * a_start() + step.sigma * noise, atol=1e-6)


def test_the_picture_is_the_guided_one(plan, engine):
    look = replace(plan.look, steps=1, eta=(0.0,), tv_scale=(500.0,), clamp_grad=(0.0,), guidance_scale=(0.0,))

    def denoise(x, step):
        return Prediction(x * 0.01, (x - step.signal * 0.01 * x) / step.sigma)

    engine |= {"denoiser": denoise, "perceptors": []}
    plain = draw(replace(plan, look=replace(look, tv_scale=(0.0,))), None, **engine)
    assert not np.array_equal(draw(replace(plan, look=look), None, **engine), plain)


def test_negative_weights_and_step_values(plan, engine):
    prompts = (WeightedPrompt("a red fox", 1.0), WeightedPrompt("snow", -0.5))
    look = replace(
        plan.look, eta=(1.0, 0.5, 0.0, 0.0), cut_overview=(4.0, 3.0, 2.0, 1.0), sat_scale=(10.0,), range_scale=(9.0,)
    )
    pixels = draw(replace(plan, prompts=prompts, look=look), None, **engine)
    assert pixels.std() > 5


def test_a_stopwatch_sees_every_part_and_changes_nothing(plan, engine):
    parts = []

    @contextmanager
    def stopwatch(part):
        parts.append(part)
        yield

    pixels = draw(plan, a_start(), stopwatch=stopwatch, **engine)
    assert np.array_equal(pixels, draw(plan, a_start(), **engine))
    one_step = ["denoiser", *["cutouts", "perceptors", "cutouts"] * 2, "denoiser"]
    assert parts == one_step * 2


def test_levels_round_half_up():
    values = torch.tensor([-1.5, -1.0, -0.996, 0.0, 0.5 / 127.5, 1.0, 2.0])
    picture = values.view(1, 1, 1, -1).expand(1, 3, 1, -1)
    assert to_pixels(picture, frame=0)[0, :, 0].tolist() == [0, 0, 1, 128, 128, 255, 255]


def test_every_value_that_may_follow_the_denoising_is_checked():
    stepped = [name for name, kind in Look.__annotations__.items() if kind == "StepValues"]
    assert sorted(STEP_VALUES) == sorted(stepped)


def test_an_odd_size_goes_through(plan, toy):
    def denoise(x, step):
        return from_x0(x, torch.tanh(x), step)

    odd = replace(plan, size=Size(13, 31))
    pixels = draw(odd, None, denoiser=denoise, perceptors=[toy(8)], schedule="linear", device="cpu")
    assert pixels.shape == (13, 31, 3)
