"""Films as Deforum's settings, and back: what those hold is the same again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.types import CameraMove, FramePlan
from tests.exporting.films import PROMPTS, cameras, few, normal, same_move

HELD = """\
title: Harbour
preset: imagenet-512
fps: 24
frames: {frames}
seed: 7
size: 640x384
prompts: {prompts}
camera: {camera}
look:
  skip: {skip}
  guidance_scale: {scale}
  seed_mode: {mode}
frame: {{color_match: lab, noise: {noise}, noise_kind: deforum, sharpen: 0.3, sharpen_radius: 2,
  sharpen_threshold: 0.1}}
"""
FILM = HELD.format(
    frames=24,
    prompts="{0: a (red) fox, 11: a (red) fox, 12: [{text: snow, weight: 2}, {text: fog, weight: -1}]}",
    camera="{zoom: 1.02, roll: {0: 0, 12: 3}, translation_x: {0: 0, 8: 1}, translation_y: -2, border: wrap}",
    skip="{0: 0.6, 20: 0.4}",
    scale="{0: 5000, 20: 10000}",
    mode="ladder",
    noise="0.05",
)


def test_units_signs_and_keys(carry) -> None:
    said = carry(FILM, "deforum").values
    assert (said["W"], said["H"], said["max_frames"], said["fps"], said["seed"]) == (640, 384, 24, 24, 7)
    assert (said["animation_mode"], said["border"], said["seed_behavior"]) == ("2D", "wrap", "ladder")
    assert said["angle"] == "0: (0), 12: (3)"
    assert said["zoom"] == "0: (1.02)"
    assert said["translation_x"] == "0: (0), 8: (6.4)"  # of 640 pixels, 1 per cent
    assert said["translation_y"] == "0: (-7.68)"  # of 384 pixels
    assert said["transform_center_x"] == "0: (0.49921875)"  # (320 - 0.5)/640
    assert said["strength_schedule"] == "0: (0.6), 20: (0.4)"
    assert said["cfg_scale_schedule"] == "0: (7), 20: (14)"
    assert (said["noise_schedule"], said["noise_type"]) == ("0: (0.05)", "uniform")
    assert (said["amount_schedule"], said["sigma_schedule"], said["kernel_schedule"]) == (
        "0: (0.3)",
        "0: (2)",
        "0: (9)",
    )
    assert said["threshold_schedule"] == "0: (25.5)"
    assert said["color_coherence"] == "LAB"
    assert said["prompts"] == {"0": r"a \(red\) fox", "12": "snow --neg fog"}
    assert said["enable_noise_multiplier_scheduling"] is False
    assert (said["diffusion_cadence"], said["use_looper"], said["hybrid_motion"]) == (1, False, "None")


def test_where_the_presets_guidance_follows_the_denoising_it_is_seven_there(carry) -> None:
    silent = "prompts: a fox\npreset: embedded\nframes: 4\nlook: {skip: {0: 0.2, 3: 0.7}"
    assert carry(silent + "}", "deforum").values["cfg_scale_schedule"] == "0: (7)"
    said = carry(silent + ", guidance_scale: {0: 5000, 2: 2500 hold}}", "deforum")
    assert said.values["cfg_scale_schedule"] == "0: (7), 1: (7), 2: (3.5)"
    assert "the preset's" not in said.exported.report.entries["look.guidance_scale"].why


@few(6)
@given(
    frames=st.integers(2, 14),
    prompts=PROMPTS,
    camera=cameras(("zoom", "roll", "translation_x", "translation_y", "center_x")),
    skip=st.sampled_from(["0.5", "{0: 0.7, 5: 0.25}", "'0.5+0.2*sin(t)'"]),
    scale=st.sampled_from(["5000", "{0: 0, 9: 7000}"]),
    mode=st.sampled_from(["frame", "fixed", "ladder", "alternate"]),
    noise=st.sampled_from(["0", "0.04", "{0: 0, 6: 0.2}"]),
)
def test_what_it_holds_comes_back(carry, **said) -> None:
    trip = carry(HELD.format(**said), "deforum")
    film, back = trip.film, trip.back.film
    assert (back.fps, back.size, back.n_frames) == (film.fps, film.size, film.n_frames)
    for was, now in zip(film.shots[0].plans, back.shots[0].plans, strict=True):
        same_frame(was, now)


def same_frame(was: FramePlan, now: FramePlan) -> None:
    """Compare all that Deforum's settings hold of a frame."""
    assert normal(now) == pytest.approx(normal(was), abs=1e-5)
    assert now.look.seed_mode == was.look.seed_mode
    assert now.look.guidance_scale == pytest.approx(was.look.guidance_scale, rel=1e-9, abs=1e-6)
    if was.camera is None:
        return
    same_move(was, now, () if isinstance(was.camera, CameraMove) else ("fov_before_deg",))
    assert now.look.skip == pytest.approx(was.look.skip, abs=1e-9)
    assert was.conditioning and now.conditioning
    for name in (
        "color_match",
        "color_match_to",
        "noise",
        "contrast",
        "sharpen",
        "sharpen_radius",
        "sharpen_threshold",
    ):
        assert getattr(now.conditioning, name) == pytest.approx(getattr(was.conditioning, name), abs=1e-9), name
    assert not was.conditioning.noise or now.conditioning.noise_kind == was.conditioning.noise_kind


@few(3)
@given(
    camera=cameras(
        ("translation_x", "translation_y", "translation_z", "rotation_x", "rotation_y", "rotation_z", "fov", "aspect"),
        "mode: 3d, warp: deforum, border: smear",
    ),
    mode=st.just("frame"),
)
def test_space_comes_back(carry, camera: str, mode: str) -> None:
    text = HELD.format(frames=12, prompts="a fox", camera=camera, skip="0.5", scale="5000", mode=mode, noise="0")
    trip = carry(text, "deforum")
    assert trip.values["animation_mode"] == "3D"
    for was, now in zip(trip.film.shots[0].plans, trip.back.film.shots[0].plans, strict=True):
        same_frame(was, now)


def test_a_cut_is_a_frame_of_no_strength(carry) -> None:
    text = "preset: imagenet-512\nshots:\n- {frames: 5, prompts: a}\n- {frames: 4, prompts: b}\nlook: {skip: 0.5}\n"
    trip = carry(text, "deforum")
    assert trip.values["strength_schedule"] == "0: (0.5), 4: (0.5), 5: (0), 6: (0.5)"
    assert trip.values["prompts"] == {"0": "a", "5": "b"}
    assert trip.verdict("shots") == "approximated"
    assert trip.back.film.shots[0].plans[5].look.skip == 0


def test_perspective_flips(carry) -> None:
    camera = "{flip_x: {0: 0, 9: 4}, flip_y: 2, flip_z: -3, flip_fov: 70, flip_about: deforum, border: wrap, roll: 1}"
    text = HELD.format(frames=12, prompts="a", camera=camera, skip=0.5, scale=5000, mode="frame", noise=0)
    trip = carry(text, "deforum")
    assert trip.values["enable_perspective_flip"] is True
    assert trip.values["perspective_flip_phi"] == "0: (0), 9: (4)"
    assert trip.values["perspective_flip_theta"] == "0: (-3)"
    assert trip.verdict("camera.flip_about") == "exact"
    for was, now in zip(trip.film.shots[0].plans[1:], trip.back.film.shots[0].plans[1:], strict=True):
        same_move(was, now)
    still = carry(text.replace(camera, "{roll: 1}"), "deforum")
    assert still.values["enable_perspective_flip"] is False
    assert still.verdict("camera.flip_about") == "dropped"


def test_seeds_of_a_schedule(carry) -> None:
    trip = carry(FILM.replace("mode: ladder", "mode: schedule\n  seed_schedule: {0: 3, 6: 9}"), "deforum")
    assert trip.values["seed_schedule"] == "0: (10), 6: (16)"
    seeds = [plan.look.seed_schedule for plan in trip.back.film.shots[0].plans]
    assert seeds == [plan.look.seed_schedule for plan in trip.film.shots[0].plans]


def test_what_it_cannot_hold_is_loud(carry) -> None:
    text = """\
preset: imagenet-512
fps: 12.5
frames: 8
prompts: a fox
let: {calm: 0.5}
camera: {shear_x: 3, stretch_y: 1.1, zoom: 1 + calm/100, border: zeros}
frame: {hold: 0.2, contrast: 1.1}
look: {tv_scale: 40, symmetry: both, cadence: 2, sampler: dpmpp_2m, eta: 0}
film: {upscale: 2x}
"""
    trip = carry(text, "deforum")
    loud = {entry.key for entry in trip.exported.report.of("unsupported")}
    assert loud == {
        *("camera.shear_x", "camera.stretch_y", "frame.hold", "look.tv_scale", "look.symmetry", "look.eta"),
        "film.upscale",
    }
    assert trip.verdict("fps") == "approximated"
    assert trip.verdict("camera.border") == "approximated"
    assert any("let" in note for note in trip.exported.report.notes)
    assert trip.verdict("look.cut_overview") == "dropped"


def test_the_true_projection_is_approximated_in_figures(carry) -> None:
    text = "preset: imagenet-512\nframes: 4\nprompts: a\ncamera: {mode: 3d, fov: 90, near: 2, rotation_z: 1}\n"
    trip = carry(text, "deforum")
    assert trip.values["aspect_ratio_schedule"] == "0: (1.66666666667)"
    assert "1.00 times" in trip.exported.report.entries["camera.warp"].why
    assert trip.verdict("camera.near") == "unsupported"


def test_pictures_of_the_film(carry, tmp_path) -> None:
    from PIL import Image

    place = tmp_path / "with pictures"
    place.mkdir()
    Image.new("RGB", (8, 8), "red").save(place / "start.png")
    text = "preset: imagenet-512\nframes: 4\nprompts: [a, {image: start.png, weight: 0.5}]\n"
    text += "init: {image: start.png, fit: stretch, skip: 0.4, mask: start.png, mask_feather: 3}\n"
    trip = carry(text, "deforum", place)
    assert (trip.values["use_init"], trip.values["init_image"], trip.values["strength"]) == (True, "start.png", 0.4)
    assert trip.verdict("prompts.image") == "unsupported"
    first = trip.back.film.shots[0].plans[0].init
    assert first is not None and (first.fit, first.skip, first.mask_feather) == ("stretch", 0.4, 3)
    assert trip.back.film.shots[0].plans[2].init == trip.film.shots[0].plans[2].init


def test_music_and_cadence(carry, tmp_path, write_sound) -> None:
    place = tmp_path / "with music"
    place.mkdir()
    write_sound(place / "song.wav", [[0.1]] * 8000, 8000)
    text = "preset: imagenet-512\nframes: 9\nprompts: a\nmusic: {file: song.wav, volume: 0.5}\n"
    trip = carry(text + "look: {cadence: 3, blend: cross}\n", "deforum", place)
    assert (trip.values["add_soundtrack"], trip.values["soundtrack_path"]) == ("File", "song.wav")
    assert (trip.values["diffusion_cadence"], trip.values["optical_flow_cadence"]) == (3, "None")
    assert (trip.verdict("music.file"), trip.verdict("music.volume")) == ("exact", "unsupported")
    back = trip.back.film
    assert back.music is not None
    for was, now in zip(trip.film.shots[0].plans, back.shots[0].plans, strict=True):
        assert now.drawn_from == was.drawn_from
        assert (now.between and now.between.blend) == (was.between and was.between.blend)


def test_weights_on_a_line_are_expressions(carry) -> None:
    text = "preset: imagenet-512\nframes: 12\nprompts: {0: a, 2: a, 10: b}\nprompt_fade: linear\n"
    trip = carry(text, "deforum")
    assert trip.values["prompts"] == {
        "0": "a",
        "3": "a:`0.875-0.125*(t-3)` AND b:`0.125+0.125*(t-3)`",
        "10": "b",
    }
    weights = [{one.text: one.weight for one in plan.prompts} for plan in trip.back.film.shots[0].plans]
    assert weights[6] == pytest.approx({"a": 0.5, "b": 0.5})
    assert np.isclose(weights[9]["b"], 0.875)
