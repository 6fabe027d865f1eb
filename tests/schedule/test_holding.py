"""Films are held as they were until they are to become another."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.schedule.straying import Move, carried
from pipeline.types import CameraMove, Film, SpatialMove

ReadFilm = Callable[..., Film]
CLIP = Path(__file__).resolve().parents[2] / "keyframes" / "clip.mp4"


def test_light_is_let_go_while_prompts_change_and_then_held_as_it_has_become(read_film: ReadFilm) -> None:
    text = "fps: 4\nframes: 12\nframe: {steady: 0.5}\nprompts: {0: day, 4: day, 6: night}\n"
    first, second = read_film(text + "shots: [{name: a}, {name: b, prompts: day}]\n").shots
    assert [plan.conditioning.steady for plan in first.plans[1:]] == [0.5] * 4 + [0.0] * 4 + [0.5] * 3
    assert [plan.looks_at for plan in first.plans] == [()] + [(0,)] * 4 + [()] * 4 + [(8,)] * 3
    assert {plan.looks_at for plan in second.plans[1:]} == {(0,)}


def test_light_is_held_at_that_of_a_frame_which_is_denoised(read_film: ReadFilm) -> None:
    text = "fps: 4\nframes: 16\nframe: {steady: 0.5}\nlook: {cadence: 3}\nprompts: {0: day, 2: day, 3: night}\n"
    (shot,) = read_film(text).shots
    found = {plan.frame: plan.looks_at for plan in shot.plans if plan.between is None}
    assert found == {0: (), 2: (0,), 3: (), 6: (), 9: (6,), 12: (6,), 15: (6,)}  # 5 stands still, and lies between


def recalls(film: Film) -> list[list[float]]:
    return [[max(plan.look.recall) for plan in shot.plans] for shot in film.shots]


def test_the_embedded_preset_recalls_unless_prompts_change_or_few_steps_are_left_out(read_film: ReadFilm) -> None:
    head = "preset: embedded\nfps: 4\nframes: 9\n"
    turning = "prompts: {0: day, 3: day, 4: night}\nshots: [{name: a}, {name: b, prompts: day}]\n"
    assert recalls(read_film(head + turning)) == [
        [1.0] * 4 + [0.0] * 2 + [1.0] * 3,
        [1.0] * 9,
    ]  # and half a second longer
    fading = "prompts: {0: day, 2: night, 5: night}\n"
    assert recalls(read_film(head + fading)) == [[1.0] + [0.0] * 3 + [1.0] * 5]
    open_ = "prompts: day\nlook: {skip: {0: 0.6, 2: 0.4 hold, 4: 0.3 hold, 6: 0.8 hold}}\n"
    assert recalls(read_film(head + open_))[0] == pytest.approx([1, 1, 0.5, 0.5, 0, 0, 1, 1, 1])


def test_what_a_film_says_of_recall_holds_whatever_its_prompts_do(read_film: ReadFilm) -> None:
    for preset in ("", "preset: embedded\n"):
        text = f"{preset}fps: 2\nframes: 5\nprompts: {{0: day, 2: night}}\nlook: {{recall: 0.7, skip: 0.2}}\n"
        assert recalls(read_film(text)) == [[0.7] * 5]
    assert recalls(read_film("fps: 2\nframes: 3\nprompts: day\n")) == [[0.0] * 3]


def test_shapes_of_a_film_over_a_film_are_the_clips_unless_it_only_moves_like_it(read_film: ReadFilm) -> None:
    head = f"preset: embedded\nprompts: day\nsource: {CLIP}\n"
    for text, recall in (("", 0.0), ("look: {recall: 0.5}\n", 0.5), ("follow: {mode: motion}\n", 1.0)):
        assert set(recalls(read_film(head + text))[0]) == {recall}


def test_a_zoom_that_goes_on_lets_its_subject_come_back_each_time_it_has_grown_by_half(read_film: ReadFilm) -> None:
    head = "preset: embedded\nfps: 4\nframes: 12\nprompts: day\n"
    zooming = recalls(read_film(head + "camera: {zoom: 1.11}\n"))[0]  # 1.11^4 = 1.518
    assert zooming == [1.0] * 4 + [0.0] + [1.0] * 3 + [0.0] + [1.0] * 3
    outward = recalls(read_film(head + "camera: {zoom: 0.9}\n"))[0]
    assert outward == zooming
    breathing = recalls(read_film(head + "camera: {zoom: 1 + 0.3*sin(2*pi*t/4)}\n"))[0]  # in and back out
    assert breathing == [1.0] * 12
    rolling = recalls(read_film(head + "camera: {roll: 30}\n"))[0]
    assert rolling == [1.0] * 12


def renewals(film: Film) -> list[float]:
    return [plan.look.renew for plan in film.shots[0].plans]


@pytest.mark.parametrize(
    ("prompts", "shares"),
    [
        ("{0: day, 3: day, 4: night}", [0.0] * 4 + [0.6] * 2 + [0.0] * 3),
        ("{0: day, 2: night, 5: night}", [0.0] + [0.6] * 3 + [0.0] * 5),
        (
            "{0: [day, {text: red, weight: 0.4}], 5: [day, {text: red, weight: 0.4}], 6: day}",
            [0.0] * 6 + [0.6] * 2 + [0.0],
        ),
        ("day", [0.0] * 9),
    ],
)
def test_frames_begin_on_what_their_texts_suggest_while_prompts_change(
    read_film: ReadFilm, prompts: str, shares: list[float]
) -> None:
    film = f"preset: embedded\nfps: 4\nframes: 9\nprompts: {prompts}\n"
    assert renewals(read_film(film)) == shares
    half = read_film(film + "look: {renew: 0.5}\n")
    assert renewals(half) == [0.5] * 9  # as the film says, in all frames
    assert recalls(half) == recalls(read_film(film))
    for said in ("recall: 1", "recall: 0", "cfg_scale: 0"):
        assert renewals(read_film(f"{film}look: {{{said}}}\n")) == [0.0] * 9
    assert renewals(read_film(film.replace("preset: embedded\n", ""))) == [0.0] * 9


def test_a_subject_that_comes_back_is_renewed_wholly(read_film: ReadFilm) -> None:
    zooming = "preset: embedded\nfps: 4\nframes: 12\nprompts: day\ncamera: {zoom: 1.11}\n"
    again = [0.0] * 4 + [1.0] + [0.0] * 3 + [1.0] + [0.0] * 3
    assert renewals(read_film(zooming)) == again
    assert renewals(read_film(zooming + "look: {skip: 0.5}\n")) == again
    assert {plan.look.skip for plan in read_film(zooming).shots[0].plans} == {0.6}
    assert renewals(read_film(zooming + "look: {recall: 1}\n")) == [0.0] * 12


def test_nothing_is_renewed_over_a_clip_whose_shapes_are_its_own(read_film: ReadFilm) -> None:
    head = f"preset: embedded\nprompts: {{0: day, 3: night}}\nsource: {CLIP}\n"
    assert set(renewals(read_film(head))) == {0.0}
    assert 0.6 in renewals(read_film(head + "follow: {mode: motion}\n"))


def test_straying_counts_from_where_what_turned_had_gone_back_to(read_film: ReadFilm) -> None:
    text = "preset: embedded\nfps: 8\nframes: 12\nprompts: {0: day, 2: day, 3: night}\ncamera: {zoom: 1.11}\n"
    assert recalls(read_film(text))[0] == [1.0] * 3 + [0.0] * 4 + [1.0] * 2 + [0.0] + [1.0] * 2


@pytest.mark.parametrize(
    ("move", "carried_to"),
    [
        (CameraMove(translation_x=8.0, translation_y=-3.0), (1.0, 0.08, -0.03, 0.0)),
        (CameraMove(zoom=1.5, center_x=0.1), (1.5, 0.2, 0.0, 0.0)),
        (CameraMove(zoom=1.25, stretch_x=0.64), (1.0, 0.0, 0.0, 0.0)),
        (CameraMove(roll_deg=-7.0), (1.0, 0.0, 0.0, -7.0)),
        (CameraMove(translation_x=8.0, zoom=2.0), (2.0, 0.16, 0.0, 0.0)),  # translated first
        (CameraMove(translation_x=8.0, roll_deg=90.0), (1.0, 0.0, -0.16, 90.0)),  # twice as wide as high
        (CameraMove(roll_deg=90.0, center_x=0.75), (1.0, 0.25, 0.5, 90.0)),
        (SpatialMove(translation_z=100.0), (1.333333, 0.0, 0.0, 0.0)),  # 2 units away and half a unit nearer
        (SpatialMove(translation_x=200.0, fov_deg=90.0, fov_before_deg=90.0), (1.0, -0.25, 0.0, 0.0)),
        (SpatialMove(rotation_y_deg=10.0, rotation_x_deg=-4.0), (1.0, -0.25, -0.1, 0.0)),
        (SpatialMove(fov_deg=40.0, fov_before_deg=60.0), (1.586257, 0.0, 0.0, 0.0)),
    ],
)
def test_what_a_move_carries_is_counted_in_the_pictures_own_sides(move: Move, carried_to: tuple[float, ...]) -> None:
    assert astuple(carried(move, 2.0)) == pytest.approx(carried_to, abs=1e-6)


def ways_of(film: Film) -> list[tuple[float, ...]]:
    return [astuple(plan.carried) for plan in film.shots[0].plans]


def test_what_is_named_is_where_the_camera_has_carried_it_until_it_is_drawn_anew(read_film: ReadFilm) -> None:
    head = "preset: embedded\nfps: 4\nframes: 12\n"
    moving = "camera: {zoom: 1.1, translation_x: 10, translation_y: -2}\n"
    here, once = (1.0, 0.0, 0.0, 0.0), (1.1, 0.11, -0.022, 0.0)
    twice, third = (1.21, 0.231, -0.0462, 0.0), (1.331, 0.3641, -0.07282, 0.0)
    found = ways_of(read_film(head + moving + "prompts: day\n"))
    assert math.hypot(*third[1:3]) > 0.35  # too far aside
    for frame, expected in enumerate([here, once, twice, here, once, twice, here]):
        assert found[frame] == pytest.approx(expected), frame


def test_what_turns_into_another_goes_back_to_its_place_by_and_by_as_the_picture_lies(read_film: ReadFilm) -> None:
    """At 8 fps exp(-1/2) = 0.6065 of its way is left after each frame; where that is too far it is there at once."""
    head = "preset: embedded\nfps: 8\nframes: 9\nprompts: {0: day, 2: day, 3: night}\n"
    moving = "translation_x: {0: 10, 3: 0 hold}, translation_y: -2, roll: {0: 0, 1: 90 hold, 2: 0 hold}"
    found = ways_of(read_film(f"{head}camera: {{{moving}}}\n"))
    assert found[2] == pytest.approx((1.0, -0.02 + 0.1, -0.1 - 0.02, 90.0))
    assert found[3] == pytest.approx((1.0, 0.08 * 0.60653, -0.14 * 0.60653, 90.0), rel=1e-4)
    assert found[6] == pytest.approx((1.0, 0.08 * 0.13534, found[6][2], 90.0), rel=1e-4)
    assert found[7] == pytest.approx((1.0, 0.08 * 0.13534, found[6][2] - 0.02, 90.0), rel=1e-4)
    away = ways_of(read_film(head + "camera: {zoom: 1.9, roll: 30}\n"))
    assert [way[:3] for way in away[3:7]] == [pytest.approx((1.4760, 0, 0), rel=1e-4), (1, 0, 0)] * 2


def test_what_is_aside_is_rolled_about_the_middle_in_a_picture_of_any_shape(read_film: ReadFilm) -> None:
    """A quarter counter-clockwise brings what is a tenth of the width to the right above the middle."""
    text = "preset: embedded\nfps: 4\nframes: 3\nprompts: day\nsize: 128x64\n"
    found = ways_of(read_film(text + "camera: {translation_x: 10*(t < 2), roll: 90*(t >= 2)}\n"))
    assert found[1] == pytest.approx((1.0, 0.1, 0.0, 0.0))
    assert found[2] == pytest.approx((1.0, 0.0, -0.2, 90.0))


def test_nothing_is_carried_where_nothing_is_told_or_shapes_are_a_clips(read_film: ReadFilm) -> None:
    moving = "fps: 4\nframes: 6\nprompts: day\ncamera: {zoom: 1.1}\n"
    for text in (moving, f"preset: embedded\n{moving}look: {{cfg_scale: 0}}\n"):
        assert set(ways_of(read_film(text))) == {(1.0, 0.0, 0.0, 0.0)}
    over = f"preset: embedded\nprompts: day\nsource: {CLIP}\ncamera: {{zoom: 1.1}}\n"
    assert set(ways_of(read_film(over))) == {(1.0, 0.0, 0.0, 0.0)}


def test_what_prompts_leave_open_is_as_the_picture_has_it_where_a_shot_begins_with_one(
    read_film: ReadFilm, tmp_path: Path
) -> None:
    cv2.imwrite(str(tmp_path / "sea.png"), np.full((5, 9, 3), 40, np.uint8))

    def unsaid(text: str, shot: int = 0) -> set[str]:
        return {plan.look.unsaid for plan in read_film(text).shots[shot].plans}

    head = "preset: embedded\nfps: 4\nframes: 4\nprompts: a fox\n"
    begun = "init: {image: sea.png}\n"
    assert unsaid(head) == {"seed"}
    assert unsaid(head + begun) == {"open"}  # in later frames too, which go on from it
    assert unsaid(head + begun + "look: {unsaid: seed}\n") == {"seed"}
    assert unsaid(head + "look: {unsaid: open}\n") == {"open"}
    assert unsaid(head + f"source: {CLIP}\n") == {"open"}
    assert unsaid(head + f"shots: [{{name: a, {begun.strip()}}}, {{name: b}}]\n", 1) == {"seed"}
    assert unsaid(head.replace("preset: embedded\n", "")) == {"open"}
