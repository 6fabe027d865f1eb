"""Deforum's settings, imported and read again as films, whose curves are compared with what Deforum made of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import KeyframeError
from pipeline.importing.deforum_tables import ACTIVE_UNLESS, NO_EFFECT, SWITCHED
from pipeline.warp.camera import matrix

FLAT = {
    "W": 640,
    "H": 512,
    "seed": 7,
    "steps": 25,
    "sampler": "Euler a",
    "seed_behavior": "ladder",
    "seed_iter_N": 1,
    "fps": "15.0",
    "max_frames": 24,
    "animation_mode": "2D",
    "border": "wrap",
    "angle": "0: (0.5*sin(t/10))",
    "zoom": "0: (1.0025+0.002*sin(1.25*3.14*t/30))",
    "translation_x": "0:(0), 12: (6*cos(t)), 20:(1)",
    "translation_y": "0:(-4)",
    "translation_z": "0: (1.75)",
    "transform_center_x": "0:(0.5)",
    "transform_center_y": "0:(0.25)",
    **dict.fromkeys((f"rotation_3d_{axis}" for axis in "xyz"), "0:(0)"),
    "fov_schedule": "0: (70)",
    "near_schedule": "0: (200)",
    "far_schedule": "0: (10000)",
    "strength_schedule": "0: (0.65), 12: (0.4)",
    "noise_schedule": "0: (0.065)",
    "noise_type": "uniform",
    "perlin_octaves": 4,
    "perlin_persistence": 0.5,
    "contrast_schedule": "0: (1.0)",
    "cfg_scale_schedule": "0: (7), 20: (14)",
    "amount_schedule": "0: (0.1)",
    "kernel_schedule": "0: (5)",
    "sigma_schedule": "0: (1)",
    "threshold_schedule": "0: (0)",
    "color_coherence": "Match Frame 0 LAB",
    "diffusion_cadence": "1",
    "enable_perspective_flip": False,
    "perspective_flip_theta": "0:(0)",
    "use_init": False,
    "strength": 0.8,
    "init_image": None,
    "prompts": {"0": "a bunny --neg blurry", "12": "a cat"},
}


def column(film, name: str) -> np.ndarray:
    """Return a value of the camera at every frame that it moves to."""
    return np.array([getattr(plan.camera, name) for plan in film.shots[0].plans[1:]])


def test_each_frame_moves_by_the_old_matrix(bring) -> None:
    found = bring(FLAT).film
    for frame in range(1, 24):
        angle = np.radians(0.5 * np.sin(frame / 10))
        zoom = 1.0025 + 0.002 * np.sin(1.25 * 3.14 * frame / 30)
        ramp = np.interp(frame, [0, 12], [0, 6 * np.cos(12)])
        across = 1 if frame >= 20 else 6 * np.cos(frame) if frame >= 12 else ramp
        a, b, x, y = zoom * np.cos(angle), zoom * np.sin(angle), 640 * 0.5, 512 * 0.25
        turn = np.array([[a, b, (1 - a) * x - b * y], [-b, a, b * x + (1 - a) * y], [0, 0, 1]])
        shift = np.array([[1, 0, across], [0, 1, -4], [0, 0, 1]])
        assert matrix(found.shots[0].plans[frame].camera, found.size) == pytest.approx(turn @ shift)


FLIP = {
    "enable_perspective_flip": True,
    "perspective_flip_theta": "0: (2)",
    "perspective_flip_phi": "0: (t)",
    "perspective_flip_gamma": "0: (-3)",
    "perspective_flip_fv": "0: (60)",
}


def test_a_perspective_flip_keeps_the_translation_and_its_own_point(bring, verdicts) -> None:
    found = bring(FLAT | FLIP)
    move = found.film.shots[0].plans[9].camera
    assert (move.flip_x_deg, move.flip_y_deg, move.flip_z_deg, move.flip_fov_deg) == (9, -3, 2, 60)
    assert move.flip_about == "deforum"
    assert move.translation_y * 512 / 100 == pytest.approx(-4)
    told = verdicts(found)
    assert {told[key] for key in FLIP} == {"exact"}
    assert bring(FLAT | FLIP, modern=True).film.shots[0].plans[9].camera.flip_about == "center"
    off = bring(FLAT | FLIP | {"enable_perspective_flip": False})
    assert off.film.shots[0].plans[9].camera.flip_x_deg == 0
    assert verdicts(off)["perspective_flip_phi"] == "dropped"
    assert verdicts(bring(FLAT | FLIP | {"animation_mode": "3D"}))["perspective_flip_phi"] == "unsupported"


NUMBERS = st.floats(-50, 50).map(lambda value: f"{value:.4f}")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(keys=st.dictionaries(st.integers(1, 23), NUMBERS, max_size=5), first=NUMBERS)
def test_schedules_of_numbers_have_their_values_at_each_frame(bring, keys: dict[int, str], first: str) -> None:
    every = {0: first, **keys}
    text = ", ".join(f"{frame}: ({value})" for frame, value in every.items())
    film = bring(FLAT | {"angle": text, "translation_y": text}).film
    known = sorted((frame, float(value)) for frame, value in every.items())
    there = np.interp(np.arange(1, 24), *zip(*known, strict=True))
    assert column(film, "roll_deg") == pytest.approx(there)
    assert column(film, "translation_y") * 512 / 100 == pytest.approx(there)


def test_space_is_the_old_space_unless_it_shall_be_modern(bring) -> None:
    keys = {"animation_mode": "3D", "rotation_3d_y": "0: (t/10)", "aspect_ratio_schedule": "0: (1.25)"}
    move = bring(FLAT | keys).film.shots[0].plans[10].camera
    assert (move.warp, move.border, move.fov_deg, move.aspect) == ("deforum", "smear", 70, 1.25)
    assert (move.rotation_y_deg, move.translation_y, move.translation_z) == pytest.approx((1, -4, 1.75))
    found = bring(FLAT | keys, modern=True)
    assert found.film.shots[0].plans[10].camera.warp == "splat"
    assert found.report.entries["aspect_ratio_schedule"].verdict == "unsupported"
    why = found.report.entries["camera.warp"].why  # at fov 70 and width to height 1.25
    assert "1.43 times" in why and "0.71 times" in why and "sideways" not in why
    notes = bring(FLAT | keys | {"aspect_ratio_schedule": "0: (1)"}).report.notes
    assert any("--modern" in note and "sideways 1.25 times" in note for note in notes)


def test_what_is_done_to_frames(bring) -> None:
    film = bring(FLAT).film
    first, plan, last = film.shots[0].plans[0], film.shots[0].plans[6], film.shots[0].plans[23]
    assert (film.fps, film.n_frames, film.size.width) == (15, 24, 640)
    assert [plan.look.skip, last.look.skip] == pytest.approx([0.525, 0.4])
    assert (plan.conditioning.color_match, plan.conditioning.noise, plan.conditioning.noise_kind) == (
        "lab",
        0.065,
        "deforum",
    )
    assert (plan.conditioning.sharpen, plan.conditioning.sharpen_radius, plan.look.seed_mode) == (0.1, 1, "ladder")
    assert [plan.look.guidance_scale[0], last.look.guidance_scale[0]] == pytest.approx([6500, 10000])
    assert [one.text for one in first.prompts] == ["a bunny", "blurry"]
    assert first.prompts[1].weight / first.prompts[0].weight == pytest.approx(-0.5)
    assert [one.text for one in last.prompts] == ["a cat"]


def test_the_seeds_are_those_of_the_schedule(bring) -> None:
    keys = {"seed_behavior": "schedule", "seed_schedule": "0:(s), 5:(20), 6:(31)"}
    film = bring(FLAT | keys).film
    seeds = [7 + plan.look.seed_schedule for plan in film.shots[0].plans[:8]]
    assert (film.shots[0].plans[0].look.seed_mode, seeds[0], seeds[5:]) == ("schedule", 7, [20, 31, 31])


def test_every_key_has_one_verdict(bring, verdicts) -> None:
    every = FLAT | dict.fromkeys(NO_EFFECT, "x") | {key: idle[0] for key, idle in ACTIVE_UNLESS.items()}
    every |= dict.fromkeys(SWITCHED, "0: (1)") | dict.fromkeys(SWITCHED.values(), False)
    every |= {
        "cn_1_weight": "0:(1)",
        "hybrid_flow_method": "RAFT",
        "fill": 1,
        "soundtrack_path": "",
        "blendFactorMax": "1",
    }
    for mode in ("2D", "3D"):
        said = verdicts(bring(every | {"animation_mode": mode}))
        assert every.keys() - said.keys() == set()
        assert "unsupported" not in said.values()
    said = verdicts(bring(every | {"cn_1_enabled": True, "use_looper": True, "diffusion_cadence": 2, "my_key": 1}))
    loud = {key for key, verdict in said.items() if verdict == "unsupported"}
    assert loud == {"cn_1_enabled", "cn_1_weight", "use_looper", "my_key"}


@pytest.mark.parametrize("mode", ["Video Input", "None"])
def test_other_modes_are_loud(bring, verdicts, mode: str) -> None:
    assert verdicts(bring(FLAT | {"animation_mode": mode}))["animation_mode"] == "unsupported"


def test_older_names_and_signs_of_stable_diffusion(bring) -> None:
    values = {{"W": "width", "H": "height", "prompts": "animation_prompts"}.get(key, key): FLAT[key] for key in FLAT}
    values["animation_prompts"] = {"0": "a (red:1.3) fox <lora:x:1> AND snow", "max_f-4": "{braces}"}
    found = bring(values)
    weighed = [(one.text, one.weight) for one in found.film.shots[0].plans[0].prompts]
    assert weighed == [("a red fox", 1), ("red", 0.3), ("snow", 1)]
    assert [one.text for one in found.film.shots[0].plans[19].prompts] == ["{braces}"]
    assert found.report.entries["prompts: (x:1.3)"].verdict == "approximated"
    assert found.report.entries["prompts: <lora:x:1>"].verdict == "unsupported"


def test_backticks_are_expressions_of_ours(bring, verdicts) -> None:
    prompts = {
        "0": "`t*2` cats:`1-t/10` AND dogs:`where(t>5, 1, 0.5)` --neg rain:`arctan2(1, 1)`",
        "20": "x `__import__`",
    }
    found = bring(FLAT | {"prompts": prompts})
    first, third = found.film.shots[0].plans[0].prompts, found.film.shots[0].plans[3].prompts
    assert [one.text for one in first] == ["0 cats", "dogs", "rain"]
    assert [(one.text, one.weight) for one in third] == [
        ("6 cats", pytest.approx(0.7)),
        ("dogs", pytest.approx(0.5)),
        ("rain", pytest.approx(-np.pi / 8)),
    ]
    assert first[1].weight == 0.5
    loud = {key for key, verdict in verdicts(found).items() if verdict == "unsupported"}
    assert loud == {"prompts: `__import__`"}


def test_weights_that_cancel_are_divided_by_their_sizes(bring) -> None:
    film = bring(FLAT | {"prompts": {"0": "a --neg b AND c", "9": "d"}}).film
    assert [one.weight for one in film.shots[0].plans[0].prompts] == [1, -0.5, -0.5]
    assert film.shots[0].plans[0].look.prompt_weights == "abs_sum"
    assert bring(FLAT).film.shots[0].plans[0].look.prompt_weights == "sum"


def test_nonsense_is_refused_at_once(bring) -> None:
    with pytest.raises(KeyframeError) as caught:
        bring(FLAT | {"angle": [], "seed_behavior": "wild", "fps": "fast", "prompts": {"0": 3}, "translation_x": True})
    assert len(caught.value.complaints) == 5
