"""Disco Diffusion's settings of every version, imported and read again as films."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import KeyframeError
from pipeline.importing.disco_tables import CLIPS, INERT, SCALES
from pipeline.models import list_models
from pipeline.schedule.progress import n_skipped

V57 = {
    "text_prompts": {"0": ["a harbour at night, oil on canvas", "blue: 0.5"], "12": ["a ship:3", "fog:-1"]},
    "image_prompts": {},
    "clip_guidance_scale": 7000,
    "tv_scale": 20,
    "range_scale": 150,
    "sat_scale": 5,
    "cutn_batches": 2,
    "max_frames": 24,
    "interp_spline": "Linear",
    "init_image": None,
    "init_scale": 1000,
    "skip_steps": 10,
    "frames_scale": 1500,
    "frames_skip_steps": "60%",
    "perlin_init": False,
    "perlin_mode": "mixed",
    "skip_augs": False,
    "randomize_class": True,
    "clip_denoised": False,
    "clamp_grad": True,
    "clamp_max": 0.07,
    "seed": 4294967296,
    "fuzzy_prompt": False,
    "rand_mag": 0.05,
    "eta": 0.8,
    "width": 640,
    "height": 384,
    "diffusion_model": "512x512_diffusion_uncond_finetune_008100",
    "use_secondary_model": True,
    "steps": 100,
    "diffusion_steps": 1000,
    "diffusion_sampling_mode": "ddim",
    **dict.fromkeys(CLIPS, False),
    "ViTB32": True,
    "RN50x4": True,
    "cut_overview": "[12]*400+[4]*600",
    "cut_innercut": "[4]*400+[12]*600",
    "cut_ic_pow": "[1]*1000",
    "cut_icgray_p": "[0.2]*400+[0]*600",
    "key_frames": True,
    "angle": "0: (0), 12: (3)",
    "zoom": "0: (1), 10: (1.05)",
    "translation_x": "0: (0), 8: (6.4)",
    "translation_y": "0: (-2)",
    "translation_z": "0: (10.0)",
    "rotation_3d_x": "0: (0)",
    "rotation_3d_y": "0: (0)",
    "rotation_3d_z": "0: (0)",
    "midas_depth_model": "dpt_large",
    "midas_weight": 0.3,
    "near_plane": 200,
    "far_plane": 10000,
    "fov": 40,
    "padding_mode": "border",
    "sampling_mode": "bicubic",
    "video_init_path": "init.mp4",
    "extract_nth_frame": 2,
    "video_init_seed_continuity": False,
    "turbo_mode": False,
    "turbo_steps": "3",
    "turbo_preroll": 10,
    "use_horizontal_symmetry": False,
    "use_vertical_symmetry": False,
    "transformation_percent": [0.09],
    "video_init_steps": 100,
    "video_init_clip_guidance_scale": 1000,
    "video_init_tv_scale": 0.1,
    "video_init_range_scale": 150,
    "video_init_sat_scale": 300,
    "video_init_cutn_batches": 4,
    "video_init_skip_steps": 50,
    "video_init_frames_scale": 15000,
    "video_init_frames_skip_steps": "70%",
    "video_init_flow_warp": True,
    "video_init_flow_blend": 0.999,
    "video_init_check_consistency": False,
    "video_init_blend_mode": "optical flow",
}
STILL_KEYS = {"angle": "0:(0)", "zoom": "0: (1), 10: (1.05)", "translation_x": "0: (0)", "translation_y": "0: (0)"}
OLD = {  # v3.1
    "text_prompts": ["a castle in the clouds:2", "red"],
    "clip_guidance_scale": 5000,
    "tv_scale": 0,
    "range_scale": 150,
    "cutn": 16,
    "cutn_batches": 4,
    "init_image": "none",
    "init_scale": 1000,
    "skip_timesteps": 10,
    "clamp_max": 0.05,
    "seed": 5,
    "width": 512,
    "height": 448,
    "steps": 250,
    "timestep_respacing": "ddim250",
    **dict.fromkeys(("ViTB32", "ViTB16", "RN50"), True),
    **dict.fromkeys(("RN101", "RN50x4", "RN50x16"), False),
}


def column(film, name: str) -> list[float]:
    """Return a value of the camera at every frame that it moves to."""
    return [getattr(plan.camera, name) for plan in film.shots[0].plans[1:]]


def test_a_film_in_the_plane_moves_as_it_did(bring) -> None:
    film = bring(V57).film
    t = np.arange(1.0, 24.0)
    assert (film.n_frames, film.fps, film.size.width, film.size.height) == (24, 12, 640, 384)
    assert column(film, "roll_deg") == pytest.approx(np.interp(t, [0, 12], [0, 3]))
    assert column(film, "zoom") == pytest.approx(np.interp(t, [0, 10], [1, 1.05]))
    assert column(film, "translation_x") == pytest.approx(np.interp(t, [0, 8], [0, 1]))  # 6.4 pixels of 640
    assert column(film, "translation_y") == pytest.approx([-200 / 384] * 23)
    assert {plan.camera.border for plan in film.shots[0].plans[1:]} == {"wrap"}
    move = film.shots[0].plans[5].camera  # about pixel (320, 192), whose place is half a pixel further
    assert (move.center_x * 640 - 0.5, move.center_y * 384 - 0.5) == pytest.approx((320, 192))


def test_the_camera_matrix_is_the_old_one(bring) -> None:
    from pipeline.warp.camera import matrix

    found = bring(V57)
    for frame in (1, 7, 20):
        plan = found.film.shots[0].plans[frame]
        angle = np.radians(np.interp(frame, [0, 12], [0, 3]))
        zoom = np.interp(frame, [0, 10], [1, 1.05])
        a, b, x, y = zoom * np.cos(angle), zoom * np.sin(angle), 640 // 2, 384 // 2
        turn = np.array([[a, b, (1 - a) * x - b * y], [-b, a, b * x + (1 - a) * y], [0, 0, 1]])
        shift = np.array([[1, 0, np.interp(frame, [0, 8], [0, 6.4])], [0, 1, -2], [0, 0, 1]])
        assert matrix(plan.camera, found.film.size) == pytest.approx(turn @ shift)


def test_the_look_is_the_old_one(bring) -> None:
    film = bring(V57).film
    first, later = film.shots[0].plans[0].look, film.shots[0].plans[3].look
    assert (first.steps, first.sampler, first.guidance_scale, first.tv_scale) == (100, "ddim", (7000.0,), (20.0,))
    assert (first.clamp_grad, first.eta, first.sat_scale, first.cutn_batches) == ((0.07,), (0.8,), (5.0,), 2)
    assert (first.augmentations, first.cut_hue, first.cut_draws) == ("motion", (0.3,), "batch")
    assert (first.guidance_path, first.range_loss, first.thresholding) == ("secondary", "inert", "none")
    assert n_skipped(later.steps, later.skip) == 60
    assert set(first.cut_overview) == {12.0, 4.0}
    assert later.cut_overview == (4.0,)  # frames that skip 60 % never see the first part, as there
    assert film.shots[0].plans[3].init.scale == (1500.0,)
    assert film.engine.clip_models == ("ViT-B-32/openai", "RN50x4/openai")
    assert film.engine.secondary_model == "secondary"


def test_prompts_hold_and_keep_their_weights(bring) -> None:
    film = bring(V57).film
    weighed = [[(one.text, one.weight) for one in film.shots[0].plans[n].prompts] for n in (0, 11, 12, 23)]
    first = [("a harbour at night, oil on canvas", 1.0), ("blue: 0.5", 0.5)]
    second = [("a ship:3", 3.0), ("fog:-1", -1.0)]
    assert [[text for text, _ in found] for found in weighed] == [[text for text, _ in first]] * 2 + [
        [text for text, _ in second]
    ] * 2
    for found, there in zip(weighed, (first, first, second, second), strict=True):
        ratio = found[0][1] / there[0][1]
        assert [weight for _, weight in found] == pytest.approx([ratio * weight for _, weight in there])


def test_every_key_has_one_verdict(bring, verdicts) -> None:
    for mode in ("None", "2D", "3D", "Video Input"):
        found = verdicts(bring(V57, mode=mode))
        assert V57.keys() - found.keys() == set(), mode
        assert found.keys() - V57.keys() <= {"animation_mode"}
    assert "unsupported" not in verdicts(bring(V57)).values()
    assert verdicts(bring(V57 | {"my_key": 3}))["my_key"] == "unsupported"


@pytest.mark.parametrize(
    ("changes", "mode"),
    [
        ({}, "2D"),
        (STILL_KEYS, "a still"),
        ({"rotation_3d_y": "0: (0), 9: (1)"}, "3D"),
        ({"turbo_mode": True}, "3D"),
        ({"animation_mode": "3D"}, "3D"),
    ],
)
def test_the_mode_is_told_from_the_camera(bring, changes: dict, mode: str) -> None:
    found = bring(V57 | changes)
    assert found.report.entries["animation_mode"].now.endswith(mode)
    assert found.film.n_frames == (1 if mode == "a still" else 24)


def test_space_is_the_old_space_unless_it_shall_be_modern(bring) -> None:
    keys = {"rotation_3d_y": "0: (0), 20: (2)", "translation_x": "0: (5)", "fov": 55, "padding_mode": "reflection"}
    film = bring(V57 | keys).film
    move = film.shots[0].plans[10].camera
    assert (move.warp, move.border, move.fov_deg) == ("disco", "reflect", 55)
    assert (move.rotation_y_deg, move.translation_x, move.translation_z) == pytest.approx((1, 5, 10))
    found = bring(V57 | keys, modern=True)
    assert found.film.shots[0].plans[10].camera.warp == "splat"
    why = found.report.entries["camera.warp"].why  # 1/tan(55/2 degrees), and 640 to 384 pixels
    assert "1.92 times" in why and "0.73 times" in why and "1.67 times" in why


def test_before_51_rotations_are_radians(bring) -> None:
    later = {"turbo_mode", "turbo_steps", "turbo_preroll", "transformation_percent", "diffusion_sampling_mode"}
    v50 = {key: value for key, value in V57.items() if key not in later and not key.startswith("video_init_")}
    film = bring(v50 | {"rotation_3d_z": "0: (0), 20: (0.2)", "sampling_mode": "plms"}).film
    assert column(film, "rotation_z_deg") == pytest.approx(np.degrees(np.interp(np.arange(1, 24), [0, 20], [0, 0.2])))
    look = film.shots[0].plans[0].look
    assert (look.sampler, look.eta) == ("plms", (0.0,))


def test_the_oldest_settings_are_stills(bring, verdicts) -> None:
    found = bring(OLD)
    look = found.film.shots[0].plans[0].look
    assert found.film.n_frames == 1
    assert (look.cut_overview, look.cut_innercut, look.augmentations, look.steps) == ((3.0,), (13.0,), "still", 250)
    assert [one.text for one in found.film.shots[0].plans[0].prompts] == ["a castle in the clouds:2", "red"]
    assert verdicts(found).keys() >= OLD.keys()


def test_a_picture_to_start_from(bring, tmp_path, verdicts) -> None:
    from PIL import Image

    picture = tmp_path / "mine é.png"
    Image.new("RGB", (8, 8), "red").save(picture)
    found = bring(V57 | STILL_KEYS | {"init_image": str(picture), "skip_steps": 37, "init_scale": 500})
    plan = found.film.shots[0].plans[0]
    assert (plan.init.fit, plan.init.scale, n_skipped(100, plan.init.skip)) == ("stretch", (500.0,), 37)
    assert verdicts(bring(V57 | {"init_image": "gone.png"}))["init_image"] == "unsupported"
    assert verdicts(bring(V57 | {"init_image": "https://example.org/a.png"}))["init_image"] == "unsupported"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.integers(2, 300), share=st.integers(0, 99))
def test_as_many_steps_are_skipped(bring, steps: int, share: int) -> None:
    from pipeline.importing.disco_look import _skip
    from pipeline.importing.reading import Document
    from pipeline.importing.settings import Settings

    old = Settings(Document("f", "", {"frames_skip_steps": f"{share}%"}), "Disco Diffusion")
    found = _skip(old, "2D", steps)
    written = float(old.sheet.values["look.skip"][0])
    assert written == found
    assert n_skipped(steps, written) == int(steps * (share / 100))


def test_the_picture_is_mirrored_at_the_same_steps(bring) -> None:
    film = bring(V57 | {"use_horizontal_symmetry": True, "transformation_percent": [0.09, 0.5, 0]}).film
    assert film.shots[0].plans[0].look.symmetry == "horizontal"
    for plan, n in ((film.shots[0].plans[0], 100), (film.shots[0].plans[4], 40)):
        strength = plan.look.symmetry_strength
        counted_down = [n - 1 - position for position, value in enumerate(strength) if value]
        assert len(strength) == n
        assert sorted(counted_down) == sorted(index for index in (int(n * 0.91), int(n * 0.5)))


def test_cut_schedules(bring, verdicts) -> None:
    changes = {"cut_ic_pow": "[0]*500+[12]*500", "cut_overview": "[3]*400+[5]*500", "cut_innercut": "[2]*700+[6]*900"}
    found = bring(V57 | changes)
    look = found.film.shots[0].plans[0].look
    assert min(look.cut_ic_pow) == pytest.approx(1e-6)
    assert (look.cut_overview[-1], look.cut_innercut[-1]) == (5.0, 6.0)
    assert verdicts(found)["cut_overview"] == "approximated"
    assert any("cut_innercut has 1600" in note for note in found.report.notes)


@pytest.mark.parametrize("key", sorted(CLIPS))
def test_each_clip_is_one_that_we_know(bring, key: str) -> None:
    assert CLIPS[key] in {model.name for model in list_models()}


def test_values_are_tolerated_as_text_and_refused_as_nonsense(bring) -> None:
    film = bring(V57 | {"steps": "50.0", "max_frames": "12", "eta": "0.5", "clamp_grad": "True"}).film
    assert (film.n_frames, film.shots[0].plans[0].look.steps) == (12, 50)
    with pytest.raises(KeyframeError) as caught:
        bring(V57 | {"steps": "many", "max_frames": 1.5, "angle": "0: (t)", "cut_overview": "[x]", "zoom": "0: (0)"})
    assert len(caught.value.complaints) == 5
    assert "steps must be a number (found 'many')" in str(caught.value)


def test_values_out_of_bounds_are_told(bring, verdicts) -> None:
    found = bring(V57 | {"eta": 1.7, "turbo_mode": True, "interp_spline": "Cubic", "angle": "0:(0),2:(1),5:(0)"})
    said = verdicts(found)
    assert (said["eta"], said["turbo_mode"], said["turbo_steps"]) == ("unsupported", "approximated", "approximated")
    plans = found.film.shots[0].plans
    drawn = [plan.frame for plan in plans if plan.between is None]
    assert drawn == [*range(10), 12, 15, 18, 21, 23]
    assert plans[11].between and plans[11].between.blend == "cross"
    found = bring(V57 | {"interp_spline": "Cubic", "angle": "0:(0),2:(1),5:(0)"})
    assert verdicts(found)["interp_spline"] == "unsupported"


def test_texts_are_taken_letter_by_letter(bring) -> None:
    texts = ['{a} "quoted" \\ back', "tabs\tand\nlines", "- dash", "# hash: 2", "yes", "a: b: c", "é 漢 😀", "at 12:30"]
    film = bring(V57 | {"text_prompts": {"0": texts}}).film
    wanted = [" ".join(text.split()) for text in texts]
    assert [one.text for one in film.shots[0].plans[0].prompts] == wanted
    weights = [one.weight for one in film.shots[0].plans[0].prompts]
    assert weights[-1] / weights[0] == pytest.approx(30)


def test_what_never_acted_is_told_so(bring, verdicts) -> None:
    said = verdicts(bring(V57))
    assert {said[key] for key in INERT if key in said} == {"dropped"}
    assert {said[key] for key in SCALES} == {"exact"}
