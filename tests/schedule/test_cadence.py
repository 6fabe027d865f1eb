"""Which frames are denoised, and that the others lose no move."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import KeyframeError
from pipeline.schedule.cadence import denoised
from pipeline.types import Between, CameraMove, Film, FramePlan

ReadFilm = Callable[..., Film]


def plans(read_film: ReadFilm, text: str) -> tuple[FramePlan, ...]:
    return read_film(text).shots[0].plans


@pytest.mark.parametrize(
    ("cadence", "also", "found"),
    [
        ([3] * 8, (), [0, 3, 6, 7]),
        ([3] * 7, (), [0, 3, 6]),
        ([1] * 3, (), [0, 1, 2]),
        ([50] * 5, (), [0, 4]),
        ([50] * 6, (2, 9), [0, 2, 5]),  # new prompts
        ([4, 4, 4, 1, 1, 4, 4, 4, 4, 4], (), [0, 3, 4, 8, 9]),  # dense in the middle
        ([2], (), [0]),
    ],
)
def test_a_frame_is_denoised_once_enough_have_passed(cadence, also, found) -> None:
    assert denoised(cadence, also) == found


@given(st.lists(st.integers(1, 9), min_size=1, max_size=60), st.sets(st.integers(0, 80)))
def test_no_gap_is_wider_than_the_cadence_and_both_ends_are_there(cadence: list[int], also: set[int]) -> None:
    found = denoised(cadence, also)
    assert found[0] == 0
    assert found[-1] == len(cadence) - 1
    assert found == sorted(set(found))
    assert {number for number in also if number < len(cadence)} <= set(found)
    for before, after in pairwise(found):
        assert all(frame - before < cadence[frame] for frame in range(before + 1, after))


def test_every_move_stands_between_two_denoised_frames_once(read_film: ReadFilm) -> None:
    found = plans(read_film, "prompts: {0: a tree, 3: a fox}\nframes: 6\ncamera: {roll: t}\nlook: {cadence: 3}\n")
    assert [plan.drawn_from for plan in found] == [(), (0, 3), (0, 3), (0,), (3, 5), (3,)]
    assert [plan.between is None for plan in found] == [True, False, False, True, False, True]
    rolls = [[move.roll_deg for move in plan.moves] for plan in found]
    assert rolls == [[], [1], [1, 2], [1, 2, 3], [4], [4, 5]]
    border = found[1].camera.border
    assert found[1].between == Between(
        (CameraMove(roll_deg=2.0, border=border), CameraMove(roll_deg=3.0, border=border))
    )
    assert [plan.camera for plan in found] == [
        None,
        *(CameraMove(roll_deg=float(number), border=border) for number in range(1, 6)),
    ]


def test_what_is_not_denoised_is_not_conditioned(read_film: ReadFilm) -> None:
    text = "prompts: a tree\nframes: 3\nframe: {contrast: 1.2}\ninit: {frames_scale: 5}\n"
    found = plans(read_film, text + "look: {cadence: 2, blend: cross}\n")
    assert [plan.conditioning is None for plan in found] == [True, True, False]
    assert [plan.init is None for plan in found] == [True, True, False]
    assert found[1].between == Between((found[2].camera,), "cross")


def test_a_cadence_of_one_is_none(read_film: ReadFilm) -> None:
    text = "prompts: a tree\nframes: 4\ncamera: {zoom: 1.1}\n"
    assert plans(read_film, text + "look: {cadence: 1, blend: cross}\n") == plans(read_film, text)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("cadence: 0", "look.cadence is 0 at frame 0; keep it between 1 and 50"),
        ("cadence: {0: 1, 3: 60}", "look.cadence is 60 at frame 3; keep it between 1 and 50"),
        ("blend: melt", "unknown look.blend 'melt'"),
    ],
)
def test_what_cannot_be_is_refused(read_film: ReadFilm, said: str, told: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        read_film(f"prompts: a tree\nframes: 4\nlook: {{{said}}}\n")
    assert told in str(caught.value)
