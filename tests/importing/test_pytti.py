"""PyTTI's configurations: motion as its matrix made it, scenes by its steps, and nothing of a formula is run."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pipeline.errors import KeyframeError
from pipeline.warp.camera import matrix

CONFIG = """\
# @package _global_
scenes: "a winter sunrise | fog:-1:-.95 || a winter day:1+t || a winter sunset"
scene_suffix: " | oil painting:0.5"
steps_per_scene: 600
steps_per_frame: 50
pre_animation_steps: 100
interpolation_steps: 200
animation_mode: 2D
image_model: VQGAN
width: 512
height: 512
frames_per_second: 12
translate_x: "-10*sin(radians(90*t))"
translate_y: 3+t
rotate_2d: '5*cos(t/2)'
zoom_x_2d: '6'
zoom_y_2d: 6
infill_mode: mirror
seed: ${now:%f}
ViTB32: true
RN50: true
"""


def test_each_frame_moves_by_its_matrix(bring, verdicts) -> None:
    found = bring(CONFIG, name="conf.yaml")
    film, side = found.film, 512
    plans = film.shots[0].plans
    assert (film.fps, len(plans), film.size.width) == (12, 34, 512)
    to_ends = np.array([[2 / (side - 1), 0, -1], [0, 2 / (side - 1), -1], [0, 0, 1]])  # pixels' middles to -1..1
    for n in range(1, 34):
        t = n / 12
        theta, keep = math.radians(5 * math.cos(t / 2)), (side - 6) / side
        tx, ty = 10 * math.sin(math.radians(90 * t)) * 2 / side, (3 + t) * 2 / side
        read = np.array(
            [
                [keep * math.cos(theta), -keep * math.sin(theta), tx],
                [keep * math.sin(theta), keep * math.cos(theta), ty],
                [0, 0, 1],
            ]
        )
        there = np.linalg.inv(np.linalg.inv(to_ends) @ read @ to_ends)  # where what is seen goes
        ours = matrix(plans[n].camera, film.size)
        middle = np.array([255.5, 255.5, 1])
        assert ours[:2, :2] == pytest.approx(there[:2, :2], abs=1e-9)
        assert ours @ middle == pytest.approx(there @ middle, abs=0.35)
    assert plans[5].camera.border == "reflect"
    said = verdicts(found)
    assert (said["zoom_x_2d"], said["rotate_2d"], said["translate_x"], said["seed"]) == (
        *("exact", "exact", "approximated"),
        "approximated",
    )
    assert set(said.values()) <= {"exact", "approximated", "dropped"}


def test_scenes_give_way_within_their_first_steps(bring) -> None:
    plans = bring(CONFIG, name="conf.yaml").film.shots[0].plans
    weights = [{one.text: one.weight for one in plan.prompts} for plan in plans]
    assert weights[9] == pytest.approx({"a winter sunrise": 1, "fog": -1, "oil painting": 0.5})
    for n, share in ((10, 0), (11, 0.25), (12, 0.5), (13, 0.75), (14, 1)):  # 200 of 50 steps a frame
        day, first = weights[n].get("a winter day", 0), weights[n].get("a winter sunrise", 0)
        assert day * (1 - share) == pytest.approx(first * share * (1 + n / 12), abs=1e-12)
    assert set(weights[21]) == {"a winter day", "oil painting"}
    assert weights[20]["a winter day"] / weights[20]["oil painting"] == pytest.approx((1 + 20 / 12) / 0.5)
    assert set(weights[33]) == {"a winter sunset", "oil painting"}


def test_space_turns_and_moves_the_camera(bring, verdicts) -> None:
    turn = '"[cos(radians(3)), 0, sin(radians(3)), 0]"'
    more = f'translate_z_3d: "20*t"\nrotate_3d: {turn}\nfield_of_view: 50\nlock_camera: false\n'
    found = bring(CONFIG.replace("animation_mode: 2D", "animation_mode: 3D") + more, name="conf.yaml")
    move = found.film.shots[0].plans[12].camera
    assert (move.fov_deg, move.near, move.far, move.warp) == (50, 1, 10, "splat")
    assert move.rotation_y_deg == pytest.approx(6)
    assert move.translation_z == pytest.approx(200 * 20 / 999.9)
    assert move.translation_x == pytest.approx(-200 * -10 / 999.9)
    assert verdicts(found)["rotate_3d"] == "exact"
    assert verdicts(found)["rotate_2d"] == "dropped"
    found = bring(CONFIG.replace("animation_mode: 2D", "animation_mode: 3D"), name="conf.yaml")
    assert verdicts(found)["lock_camera" if "lock_camera" in CONFIG else "translate_x"] == "approximated"


def test_its_bands_of_a_song_are_signals(bring, verdicts, tmp_path, write_sound) -> None:
    write_sound(tmp_path / "song.wav", [[0.1 * math.sin(n / 3)] for n in range(8000 * 4)], 8000)
    bands = "input_audio_filters:\n  - {variable_name: low, f_center: 105, f_width: 65, order: 5}\n"
    text = CONFIG.replace("'5*cos(t/2)'", "'5*low + low_prev'")
    found = bring(text + f"input_audio: {tmp_path}/song.wav\ninput_audio_offset: 0.5\n" + bands, name="conf.yaml")
    assert found.film.music.start_s == 0.5
    assert "low: {band: [72.5, 137.5]}" in found.path.read_text()
    assert 'roll: "5*low + low"' in found.path.read_text()
    assert verdicts(found)["input_audio_filters"] == "approximated"
    gone = bring(text + "input_audio: gone.mp3\n" + bands, name="conf.yaml")
    assert gone.film.shots[0].plans[3].camera.roll_deg == 0
    assert verdicts(gone)["input_audio_filters"] == verdicts(gone)["input_audio"] == "unsupported"


@pytest.mark.parametrize(
    ("was", "now", "key"),
    [
        ('"-10*sin(radians(90*t))"', "\"__import__('os').system('true')\"", "translate_x"),
        ('"-10*sin(radians(90*t))"', '"[x for x in (1,)]"', "translate_x"),
        ("a winter day:1+t", "a winter day:np.random.rand(1)", "scenes np.random.rand(1)"),
        ("fog:-1:-.95", "fog:-1_r_0.3", "scenes r"),
        ("fog:-1:-.95", "[gone.png]:0.5", "scenes [gone.png]"),
    ],
)
def test_what_cannot_be_said_is_loud(bring, verdicts, was: str, now: str, key: str) -> None:
    assert was in CONFIG
    assert verdicts(bring(CONFIG.replace(was, now), name="conf.yaml"))[key] == "unsupported"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("scenes: ''\nsteps_per_scene: 100\n", "there is no scene with a text"),
        ("scenes: a fox\nsteps_per_scene: many\n", "steps_per_scene must be a number"),
        ("scenes: a fox\nsteps_per_scene: 100000000\nanimation_mode: 2D\n", "are 1999998 frames, more than 100000"),
        ("scenes: a fox\nanimation_mode: 4D\n", "there is no animation_mode '4D'"),
        ("scenes: a fox\ninput_audio_filters: [3]\n", "filter 1 has no name, or no band"),
        ("scenes: a fox\nanimation_mode: 3D\nfar_plane: 0\n", "far_plane must be larger"),
    ],
)
def test_what_is_wrong_is_told(bring, text: str, wanted: str) -> None:
    with pytest.raises(KeyframeError, match=wanted):
        bring(text, name="conf.yaml")
