"""Films as Disco Diffusion's settings, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.schedule.progress import n_skipped
from tests.exporting.films import cameras, few, normal, same_move

HELD = """\
preset: imagenet-512
frames: {frames}
seed: 11
size: 640x384
prompt_fade: hold
prompts: {prompts}
camera: {camera}
look:
  base: disco57
  guidance_path: secondary
  steps: {steps}
  skip: {skip}
  eta: 0.4
  guidance_scale: 7000
  tv_scale: 20
  cut_overview: "[12]*400+[4]*600"
  cut_innercut: where(p < 0.3, 3, 8)
  cut_ic_pow: 2
  clamp_grad: {clamp}
  cutn_batches: 2
init: {{frames_scale: 1500}}
"""
SECONDARY = ("models.secondary=secondary",)
MIDDLE = "center_x: 0.50078125, center_y: 0.501302083333333, border: wrap"  # pixel (320, 192), as there
FILM = HELD.format(
    frames=24,
    prompts='{0: [a fox, {text: "blue: 0.5", weight: 0.5}], 12: [snow at 12:30, fog]}',
    camera="{roll: {0: 0, 12: 3}, translation_x: {0: 0, 8: 1}, translation_y: -2, " + MIDDLE + "}",
    steps=100,
    skip=0.6,
    clamp=0.07,
)


def test_units_lists_and_models(carry) -> None:
    trip = carry(FILM, "disco", sets=SECONDARY)
    said = trip.values
    assert (said["width"], said["height"], said["max_frames"], said["seed"]) == (640, 384, 24, 11)
    assert (said["angle"], said["zoom"]) == ("0: (0), 12: (3)", "0: (1)")
    assert (said["translation_x"], said["translation_y"]) == ("0: (0), 8: (6.4)", "0: (-7.68)")
    assert said["cut_overview"] == "[12]*400+[4]*600"
    assert said["cut_innercut"] == "[3]*300+[8]*700"
    assert (said["cut_ic_pow"], said["clamp_grad"], said["clamp_max"]) == ("[2]*1000", True, 0.07)
    assert (said["steps"], said["frames_skip_steps"], said["skip_steps"]) == (100, "60%", 0)
    assert (said["clip_guidance_scale"], said["tv_scale"], said["frames_scale"]) == (7000, 20, 1500)
    assert said["text_prompts"] == {"0": ["a fox", "blue: 0.5"], "12": ["snow at 12:30:1", "fog"]}
    assert (said["ViTB32"], said["RN50"], said["ViTL14"]) == (True, True, False)
    assert said["diffusion_model"] == "512x512_diffusion_uncond_finetune_008100"
    assert (said["use_secondary_model"], said["fuzzy_prompt"], said["init_image"]) == (True, False, None)
    assert trip.verdict("look.cut_draws") == "exact"
    assert trip.verdict("camera.center_x") == "exact"
    assert not trip.exported.report.of("unsupported")


@few(6)
@given(
    frames=st.integers(2, 12),
    prompts=st.sampled_from(["a fox", "{0: [a fox, b], 4: c}", "{0: ['a:3', 'b:0.5'], 5: ['c', 'd:-0.25']}"]),
    camera=cameras(("zoom", "roll", "translation_x", "translation_y"), MIDDLE),
    steps=st.integers(2, 250),
    skip=st.sampled_from([0, 0.29, 0.5, 0.6, 2 / 3]),
    clamp=st.sampled_from([0, 0.05]),
)
def test_what_it_holds_comes_back(carry, **said) -> None:
    text = HELD.format(**said)
    trip = carry(text, "disco", sets=SECONDARY)
    back = trip.back.film
    assert (back.fps, back.size, back.n_frames) == (trip.film.fps, trip.film.size, trip.film.n_frames)
    assert back.engine.clip_models == trip.film.engine.clip_models
    for was, now in zip(trip.film.shots[0].plans, back.shots[0].plans, strict=True):
        assert normal(now) == pytest.approx(normal(was), abs=1e-6)
        for name in (
            "steps",
            "sampler",
            "eta",
            "guidance_scale",
            "guidance_path",
            "tv_scale",
            "range_scale",
            "sat_scale",
        ):
            assert getattr(now.look, name) == getattr(was.look, name), name
        for name in ("cut_overview", "cut_innercut", "cut_ic_pow", "cut_icgray_p", "clamp_grad", "cutn_batches"):
            assert getattr(now.look, name) == getattr(was.look, name), name
        for name in ("augmentations", "cut_hue", "cut_draws", "cut_edges", "range_loss", "saved_picture"):
            assert getattr(now.look, name) == getattr(was.look, name), name
        if was.camera is not None:
            same_move(was, now)
            assert n_skipped(now.look.steps, now.look.skip) == n_skipped(was.look.steps, was.look.skip)
            assert was.init and now.init and now.init.scale == was.init.scale


@few(3)
@given(
    camera=cameras(
        ("translation_x", "translation_y", "translation_z", "rotation_x", "rotation_y", "rotation_z"),
        "mode: 3d, warp: disco, border: reflect, fov: 55",
    )
)
def test_space_comes_back(carry, camera: str) -> None:
    text = f"preset: imagenet-512\nsize: 128x64\nframes: 9\nprompts: a\ncamera: {camera}\n"
    trip = carry(text, "disco")
    for was, now in zip(trip.film.shots[0].plans[1:], trip.back.film.shots[0].plans[1:], strict=True):
        same_move(was, now)


def test_what_it_cannot_hold_is_loud(carry) -> None:
    text = """\
fps: 10
shots:
- {frames: 4, prompts: [a, {text: b, weight: 0.5}]}
- {frames: 4, prompts: c}
camera: {shear_x: 2, center_x: 0.2}
look: {skip: {0: 0.2, 3: 0.8}, seed_mode: fixed, sampler: heun, eta: 0, cadence: 2}
frame: {noise: 0.1, noise_kind: perlin, perlin_octaves: 3}
"""
    trip = carry(text, "disco")
    loud = {entry.key for entry in trip.exported.report.of("unsupported")}
    assert loud == {
        *("fps", "shots", "look.seed_mode", "look.cadence", "camera.center_x", "camera.shear_x"),
        *("models.diffusion", "models.clip", "frame.noise", "frame.noise_kind", "frame.perlin_octaves", "frame.steady"),
    }
    assert trip.verdict("look.skip") == "approximated"
    assert trip.verdict("prompts.weight") == "approximated"
    assert trip.verdict("look.sampler") == "approximated"
    assert trip.values["text_prompts"] == {"0": ["a", "b:0.5"], "4": ["c"]}


def test_mirrored_steps(carry) -> None:
    text = "preset: imagenet-512\nframes: 3\nprompts: a\nlook: {steps: 50, skip: 0.5, symmetry: horizontal, "
    trip = carry(text + 'symmetry_strength: "where(p < 0.7, 1, 0)"}\n', "disco")
    was, now = trip.film.shots[0].plans[2].look, trip.back.film.shots[0].plans[2].look
    assert now.symmetry == "horizontal"
    assert now.symmetry_strength == was.symmetry_strength
    assert len(trip.values["transformation_percent"]) == sum(was.symmetry_strength)


def test_a_still_of_clouds(carry) -> None:
    text = "preset: imagenet-512\nframes: 1\nfps: 12\nprompts: a\ninit: {perlin: gray, skip: 0.4, scale: 800}\n"
    trip = carry(text, "disco")
    assert (trip.values["perlin_init"], trip.values["perlin_mode"], trip.values["skip_steps"]) == (True, "gray", 100)
    was, now = trip.film.shots[0].plans[0].init, trip.back.film.shots[0].plans[0].init
    assert was and now and (now.perlin, now.skip, now.scale) == (was.perlin, was.skip, was.scale)
