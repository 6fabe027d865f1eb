"""Masks, key images, the soundtrack, cadence and modes of Deforum's, read again as films."""

from __future__ import annotations

import json
import math

import pytest
from PIL import Image

from pipeline.errors import KeyframeError
from tests.importing.deforum_keys import EVERY


@pytest.fixture
def places(tmp_path):
    """Return the paths of some pictures."""
    for name in ("a", "b", "mask"):
        Image.new("RGB", (8, 8), "red" if name == "a" else "white").save(tmp_path / f"{name}.png")
    return {name: str(tmp_path / f"{name}.png") for name in ("a", "b", "mask")}


def test_a_mask_over_a_picture(bring, verdicts, places) -> None:
    start = EVERY | {"use_init": True, "init_image": places["a"], "strength": 0.5, "use_mask": True}
    found = bring(start | {"mask_file": places["mask"], "mask_overlay_blur": 7})
    said = verdicts(found)
    for plan in found.film.shots[0].plans:
        assert plan.init and plan.init.mask and plan.init.mask_feather == 7
    assert (said["mask_file"], said["mask_overlay_blur"], said["full_res_mask"]) == ("approximated", "exact", "dropped")
    loud = {"invert_mask": True, "mask_contrast_adjust": 1.5, "use_alpha_as_mask": True, "fill": "latent noise"}
    found = bring(start | {"mask_file": places["mask"]} | loud)
    assert {verdicts(found)[key] for key in (*loud, "use_mask")} == {"unsupported"}
    assert found.film.shots[0].plans[3].init is None


def test_key_images_pull_by_the_old_rule(bring, verdicts, places) -> None:
    changes = {
        "use_looper": True,
        "max_frames": 41,
        "init_images": json.dumps({"0": places["a"], "max_f/2": places["b"], "max_f": places["a"], "99": places["b"]}),
        "tweening_frames_schedule": "0: (8)",
        "blendFactorMax": "0: (0.4), 40: (0.2)",
        "color_correction_factor": "0: (0.1)",
        "image_strength_schedule": "0: (0.7)",
        "seed_schedule": "0: (s+t)",
    }
    found = bring(EVERY | changes)
    for frame in range(1, 41):
        plan = found.film.shots[0].plans[frame]
        most = 0.4 - 0.2 * frame / 40
        pull = most - 0.25 * math.cos((frame % 8) / 4) if frame % 20 <= 8 else 0.07
        assert plan.conditioning and plan.conditioning.guide_strength == pytest.approx(min(1, max(0, pull)))
        assert plan.look.skip == pytest.approx(0.7)
        assert plan.look.seed_schedule == pytest.approx(frame)
        assert plan.conditioning.color_match_amount == pytest.approx(0.1)
        assert plan.conditioning.color_match_image
        assert pull <= 0 or plan.conditioning.guide == plan.conditioning.color_match_image
    shares = [dict(found.film.shots[0].plans[frame].conditioning.guide) for frame in (5, 20)]
    assert sorted(shares[0].values()) == [0.25, 0.75]
    assert list(shares[1].values()) == [1]
    said = verdicts(found)
    assert (said["use_looper"], said["strength_schedule"], said["blendFactorMax"]) == (
        "approximated",
        "dropped",
        "exact",
    )
    with pytest.raises(KeyframeError, match="is no frame of init_images"):
        bring(EVERY | {"use_looper": True, "init_images": {"exit()": places["a"]}})
    with pytest.raises(KeyframeError, match="init_images must be frames"):
        bring(EVERY | {"use_looper": True, "init_images": "{broken"})


def test_images_at_uneven_frames_keep_their_gaps(bring, places) -> None:
    images = {"0": places["a"], "10": places["b"], "30": places["a"]}
    changes = {"use_looper": True, "max_frames": 36, "init_images": images, "tweening_frames_schedule": "0: (3)"}
    plans = bring(EVERY | changes).film.shots[0].plans
    weak = [frame for frame in range(1, 36) if plans[frame].conditioning.guide_strength == 0.07]
    assert weak == [frame for frame in range(1, 36) if (frame % 10 if frame < 10 else frame % 20) > 3]


def test_the_soundtrack(bring, verdicts, tmp_path, write_sound) -> None:
    write_sound(tmp_path / "song.wav", [[0.1]] * 8000, 8000)
    found = bring(EVERY | {"add_soundtrack": "File", "soundtrack_path": str(tmp_path / "song.wav")})
    assert found.film.music is not None and found.film.n_frames == 12
    assert verdicts(found)["soundtrack_path"] == "exact"
    assert verdicts(bring(EVERY | {"add_soundtrack": "Init Video"}))["add_soundtrack"] == "unsupported"


@pytest.mark.parametrize(("flow", "blend"), [("None", "cross"), (False, "cross"), (True, "flow"), ("RAFT", "flow")])
def test_cadence(bring, flow: object, blend: str) -> None:
    plans = bring(EVERY | {"diffusion_cadence": "5", "optical_flow_cadence": flow}).film.shots[0].plans
    assert [plan.frame for plan in plans if plan.between is None] == [0, 5, 10, 11]
    assert plans[2].between and plans[2].between.blend == blend


def test_interpolation_draws_every_frame_anew(bring) -> None:
    changes = {"animation_mode": "Interpolation", "prompts": {"0": "a", "10": "b"}, "angle": "0: (3)"}
    plans = bring(EVERY | changes).film.shots[0].plans
    weights = [{one.text: one.weight for one in plan.prompts} for plan in plans]
    assert weights[3] == pytest.approx({"a": 0.7, "b": 0.3})
    assert {plan.look.skip for plan in plans} == {0}
    assert {plan.camera.roll_deg for plan in plans[1:]} == {0}


def test_larger_and_smoother(bring) -> None:
    changes = {"r_upscale_video": True, "r_upscale_factor": "x4", "frame_interpolation_engine": "FILM"}
    made = bring(EVERY | changes | {"frame_interpolation_x_amount": 3}).film.format
    assert (made.upscale, made.interpolate) == (4, 4)


def test_the_old_formula_of_the_shape(bring) -> None:
    changes = {"animation_mode": "3D", "W": 128, "aspect_ratio_use_old_formula": True}
    assert bring(EVERY | changes).film.shots[0].plans[4].camera.aspect == 2
