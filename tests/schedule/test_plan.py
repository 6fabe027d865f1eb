from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import KeyframeError
from pipeline.schedule.progress import executed_timesteps, progress
from pipeline.store.rebuild import rebuild
from pipeline.types import CameraMove, Conditioning, Film, FramePlan, Look, Size, WeightedPrompt

ReadFilm = Callable[..., Film]


def plans(read_film: ReadFilm, text: str) -> tuple[FramePlan, ...]:
    return read_film("prompts: a tree\nframes: 3\nseed: 5\n" + text).shots[0].plans


def test_a_plan_is_complete(read_film: ReadFilm) -> None:
    look = Look(
        sampler="ddim",
        steps=30,
        skip=0.6,
        eta=(0.5,),
        guidance_scale=(400.0,),
        guidance_path="unet",
        thresholding="none",
        clamp_grad=(0.3,),
        tv_scale=(0.0,),
        range_scale=(50.0,),
        sat_scale=(0.0,),
        cut_overview=(4.0,),
        cut_innercut=(4.0,),
        cut_ic_pow=(1.0,),
        cut_icgray_p=(0.1,),
        cut_hue=(0.1,),
        cutn_batches=1,
    )
    text = """\
size: 96x64
look: {sampler: ddim, steps: 30, skip: 0.6, eta: 0.5, guidance_scale: 400, guidance_path: unet,
  thresholding: none, clamp_grad: 0.3,
  tv_scale: 0, range_scale: 50, sat_scale: 0, cut_overview: 4, cut_innercut: 4, cut_ic_pow: 1, cut_icgray_p: 0.1,
  cut_hue: 0.1,
  cutn_batches: 1}
camera: {border: wrap, zoom: 1.02}
"""
    first = FramePlan("film", 0, 5, Size(64, 96), (WeightedPrompt("a tree", 1.0),), None, look)
    move = CameraMove(zoom=1.02, border="wrap")
    later = replace(first, camera=move, conditioning=Conditioning())
    assert plans(read_film, text) == (first, replace(later, frame=1), replace(later, frame=2))


def test_camera_keys_reach_their_fields(read_film: ReadFilm) -> None:
    text = """camera: {mode: 2d, zoom: 1+t, roll: 2*t, translation_x: 3*t, translation_y: 4*t, center_x: 5*t,
  center_y: 6*t, stretch_x: 7+t, stretch_y: 8+t, shear_x: 9*t, shear_y: 10*t, border: zeros}"""
    assert plans(read_film, text)[2].camera == CameraMove(
        roll_deg=4.0,
        zoom=3.0,
        translation_x=6.0,
        translation_y=8.0,
        center_x=10.0,
        center_y=12.0,
        stretch_x=9.0,
        stretch_y=10.0,
        shear_x_deg=18.0,
        shear_y_deg=20.0,
        border="zeros",
    )


def test_step_values_are_baked_for_the_steps_each_frame_executes(read_film: ReadFilm) -> None:
    found = plans(read_film, "look: {steps: 5, skip: 0.4, guidance_scale: p, cut_overview: '[6]*600+[3]*400'}")
    assert [progress(timestep) for timestep in executed_timesteps(5, 0)] == [0, 250 / 999, 499 / 999, 749 / 999, 1]
    assert found[0].look.guidance_scale == (0, 250 / 999, 499 / 999, 749 / 999, 1)
    assert found[1].look.guidance_scale == found[2].look.guidance_scale == (499 / 999, 749 / 999, 1)
    assert found[0].look.cut_overview == (6, 6, 6, 3, 3)
    assert found[1].look.cut_overview == (6, 3, 3)


def test_step_values_that_stand_still_collapse(read_film: ReadFilm) -> None:
    found = plans(read_film, "look: {steps: 5, skip: 0.4, cut_overview: '[6]*300+[3]*700', eta: t/10, tv_scale: t*p}")
    assert [plan.look.cut_overview for plan in found] == [(6, 6, 3, 3, 3), (3,), (3,)]
    assert [plan.look.eta for plan in found] == [(0,), (0.1,), (0.2,)]
    assert [plan.look.tv_scale for plan in found] == [(0,), (499 / 999, 749 / 999, 1), (998 / 999, 1498 / 999, 2)]


def test_steps_and_skip_may_change_from_frame_to_frame(read_film: ReadFilm) -> None:
    found = plans(read_film, "look: {steps: 4+2*t, skip: 0.5*(t>1), range_scale: p, sat_scale: p+t}")
    assert [(plan.look.steps, plan.look.skip) for plan in found] == [(4, 0), (6, 0), (8, 0.5)]
    assert [len(plan.look.range_scale) for plan in found] == [4, 6, 4]
    assert [len(plan.look.sat_scale) for plan in found] == [4, 6, 4]


def test_counts_are_rounded_half_up(read_film: ReadFilm) -> None:
    found = plans(read_film, "look: {steps: 9.5, cutn_batches: 1.49}")
    assert found[0].look.steps == 10
    assert isinstance(found[0].look.steps, int)
    assert found[0].look.cutn_batches == 1
    found = plans(read_film, "look: {cut_overview: {0: 4, 2: 5}, cut_innercut: 0.5}")
    assert [plan.look.cut_overview for plan in found] == [(4,), (5,), (5,)]
    assert found[0].look.cut_innercut == (1,)


BAD = [
    ("camera: {zoom: 1-t}", "camera.zoom is 0 at frame 1; keep it above 0"),
    ("camera: {stretch_x: 0}", "camera.stretch_x is 0 at frame 0; keep it above 0"),
    ("camera: {stretch_y: -1}", "camera.stretch_y is -1 at frame 0; keep it above 0"),
    ("camera: {shear_x: 45*t}", "camera.shear_x is 90 at frame 2; keep it between -90 and 90, without the ends"),
    ("camera: {roll: 1e10}", "camera.roll is 1e+10 at frame 0; keep it between -1e+09 and 1e+09"),
    ("camera: {mode: 4d}", "unknown camera.mode '4d'; use one of: 2d, 3d"),
    ("camera: {border: mirror}", "unknown camera.border 'mirror'; use one of: reflect, wrap, replicate, zeros"),
    ("look: {steps: 0.4}", "look.steps is 0 at frame 0; keep it between 1 and 1000"),
    ("look: {steps: 1001}", "look.steps is 1001 at frame 0; keep it between 1 and 1000"),
    ("look: {skip: t/2}", "look.skip is 1 at frame 2; keep it from 0 to below 1"),
    ("look: {skip: -0.1}", "look.skip is -0.1 at frame 0; keep it from 0 to below 1"),
    ("look: {eta: 0.6*t}", "look.eta is 1.2 at frame 2; keep it between 0 and 1"),
    ("look: {eta: 1.1-p}", "look.eta is 1.1 at frame 0; keep it between 0 and 1"),
    ("look: {guidance_scale: t-1}", "look.guidance_scale is -1 at frame 0; keep it between 0 and 1e+09"),
    ("look: {clamp_grad: -1}", "look.clamp_grad is -1 at frame 0; keep it between 0 and 1e+09"),
    ("look: {cut_ic_pow: 0}", "look.cut_ic_pow is 0 at frame 0; keep it above 0"),
    ("look: {cut_icgray_p: 2}", "look.cut_icgray_p is 2 at frame 0; keep it between 0 and 1"),
    ("look: {cut_overview: 1001}", "look.cut_overview is 1001 at frame 0; keep it between 0 and 1000"),
    ("look: {cutn_batches: 0}", "look.cutn_batches is 0 at frame 0; keep it between 1 and 1000"),
    ("look: {sampler: plmss}", "unknown look.sampler 'plmss'; did you mean 'plms'? (known: ddim, ddpm, plms"),
    ("look: {sampler: plms, eta: 0.2*t}", "look.sampler plms has no other look.eta than 0, and it is 0.2 at frame 1"),
    ("look: {sampler: heun, eta: p}", "look.sampler heun has no other look.eta than 0, and it is"),
    ("look: {sampler: ddpm, eta: 0.5}", "look.sampler ddpm has no other look.eta than 1, and it is 0.5 at frame 0"),
    ("look: {guidance_path: u}", "unknown look.guidance_path 'u'; use one of: unet, detached"),
    (
        "look: {cut_overview: 0, cut_innercut: '[1]*900+[0]*100'}",
        "there is not a single cut in a step of frame 0; let look.cut_overview or look.cut_innercut be at least 1",
    ),
    (
        "look: {cut_overview: 'p<0.5', cut_innercut: 'p>0.6'}",
        "there is not a single cut in a step of frame 0; let look.cut_overview or look.cut_innercut be at least 1",
    ),
]


@pytest.mark.parametrize(("text", "message"), BAD)
def test_values_out_of_bounds_name_the_first_frame(read_film: ReadFilm, text: str, message: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        plans(read_film, text)
    (complaint,) = caught.value.complaints
    assert message in str(complaint)
    assert complaint.mark.line == 4


@pytest.mark.parametrize(
    "text",
    [
        "look: {sampler: plms, eta: 0}",
        "look: {sampler: ddpm, eta: 1}",
        "look: {sampler: dpmpp_2m_sde, eta: p}",
        "look: {steps: 1, skip: 0.999, eta: 0, clamp_grad: 0, cut_icgray_p: 1, cut_overview: 0, cut_innercut: 1}",
        "look: {steps: 1000, eta: 1, cut_overview: 'p<0.5', cut_innercut: 'p>=0.5'}",
        "camera: {shear_x: 89.9, zoom: 0.001}",
    ],
)
def test_values_at_their_bounds_are_fine(read_film: ReadFilm, text: str) -> None:
    assert len(plans(read_film, text)) == 3


def test_film_and_denoising_at_once_have_a_limit(read_film: ReadFilm) -> None:
    with pytest.raises(KeyframeError, match=r"look\.eta follows both film and denoising over 6000000 values; shorten"):
        read_film("prompts: a\nframes: 6000\nlook: {steps: 1000, skip: 0, eta: p*(t>3)}")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 40), st.sampled_from([8, 12, 23.976]), st.integers(0, 2**63 - 1), st.integers(1, 50))
def test_a_plan_has_every_frame_once(read_film: ReadFilm, frames: int, fps: float, seed: int, steps: int) -> None:
    text = f"prompts: {{0: a, 1s: b}}\nframes: {frames}\nfps: {fps}\nseed: {seed}\nlook: {{steps: {steps}, eta: p}}"
    film = read_film(text)
    (shot,) = film.shots
    assert [plan.frame for plan in shot.plans] == list(range(frames))
    assert {plan.seed for plan in shot.plans} == {seed}
    assert [plan.camera is None for plan in shot.plans] == [True] + [False] * (frames - 1)
    for plan in shot.plans:
        executed = len(executed_timesteps(steps, plan.look.skip if plan.frame else 0.0))
        assert len(plan.look.eta) == executed
        assert plan.canonical()


def test_the_order_of_keys_does_not_matter(read_film: ReadFilm) -> None:
    lines = [
        "prompts: {0: a, 1s: b}",
        "frames: 20",
        "camera: {zoom: 1.01, roll: t}",
        "look: {steps: 9, eta: p}",
        "bpm: 99",
    ]
    wanted = read_film("\n".join(lines))
    assert read_film("\n".join(reversed(lines)).replace("{zoom: 1.01, roll: t}", "{roll: t, zoom: 1.01}")) == wanted
    assert read_film("# comment\n\n" + "\n".join(lines).replace("0: a", "'0':   a")) == wanted


def test_noise_a_sampler_cannot_add_is_refused_where_the_film_says_so(read_film: ReadFilm) -> None:
    with pytest.raises(KeyframeError) as caught:
        plans(read_film, "look:\n  eta: 0.3\n  sampler: heun")
    assert str(caught.value.complaints[0]) == (
        "film.yaml:5:8: look.sampler heun has no other look.eta than 0, and it is 0.3 at frame 0; "
        "write eta: 0, or use a sampler that eta acts in: ddim, euler_ancestral, dpmpp_2m_sde"
    )
    with pytest.raises(KeyframeError) as caught:  # the preset's eta is 0.5
        plans(read_film, "look: {sampler: heun}")
    assert str(caught.value.complaints[0]).startswith("film.yaml:4:17: look.sampler heun")


def test_later_fields_are_written_where_they_act_and_kept_when_read_again(read_film: ReadFilm) -> None:
    plain = plans(read_film, "camera: {zoom: 1.1}")[1]
    tilted = plans(read_film, "camera: {zoom: 1.1, flip_x: t, flip_about: deforum}")[2]
    assert "flip" not in plain.canonical()
    camera = json.loads(tilted.canonical())["camera"]
    assert {name: value for name, value in camera.items() if "flip" in name} == {
        "flip_x_deg": 2.0,
        "flip_about": "deforum",
    }
    for plan in (plain, tilted):
        assert rebuild(FramePlan, json.loads(plan.canonical())) == plan
