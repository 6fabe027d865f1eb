"""What `init:` says of each frame of a shot, and every mistake that can be made in it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.errors import KeyframeError
from pipeline.types import Film, Init

ReadFilm = Callable[..., Film]


@pytest.fixture
def pictures(tmp_path: Path) -> dict[str, str]:
    """Two pictures beside the film, and their digests by name."""
    found = {}
    for name, value in (("sea.png", 40), ("edge.png", 255)):
        cv2.imwrite(str(tmp_path / name), np.full((5, 9, 3), value, np.uint8))
        found[name] = hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
    return found


def inits(film: Film, shot: int = 0) -> list[Init | None]:
    return [plan.init for plan in film.shots[shot].plans]


def test_without_init_no_frame_has_one(read_film: ReadFilm) -> None:
    assert inits(read_film("frames: 3\nprompts: a")) == [None, None, None]


def test_a_picture_is_the_first_frames_alone(read_film: ReadFilm, pictures: dict[str, str]) -> None:
    film = read_film("frames: 3\nprompts: a\ninit: {image: sea.png, skip: 0.4, scale: 700, fit: contain}")
    first = Init(image=pictures["sea.png"], fit="contain", skip=0.4, scale=(700.0,))
    assert inits(film) == [first, None, None]
    assert [plan.skip for plan in film.shots[0].plans] == [0.4, 0.6, 0.6]
    assert [file.digest for file in film.pictures] == [pictures["sea.png"]]


def test_a_mask_holds_in_every_frame(read_film: ReadFilm, pictures: dict[str, str]) -> None:
    text = "frames: 3\nprompts: a\ninit: {image: sea.png, mask: edge.png, mask_feather: {0: 1, 2: 3}, scale: 700}"
    first, second, third = inits(read_film(text))
    kept = {"image": pictures["sea.png"], "mask": pictures["edge.png"]}
    assert first == Init(**kept, skip=0.5, scale=(700.0,), mask_feather=1.0)
    assert second == Init(**kept, mask_feather=2.0)
    assert third == Init(**kept, mask_feather=3.0)


def test_later_frames_are_pulled_by_a_scale_of_their_own(read_film: ReadFilm, pictures: dict[str, str]) -> None:
    film = read_film("frames: 3\nprompts: a\ninit: {frames_scale: {1: 0, 2: 1500}}")
    assert inits(film) == [None, None, Init(scale=(1500.0,))]


def test_scales_have_a_value_for_each_step_that_is_executed(read_film: ReadFilm, pictures: dict[str, str]) -> None:
    text = "frames: 2\nprompts: a\nlook: {steps: 10, skip: 0.6, eta: p}\n"
    film = read_film(text + "init: {image: sea.png, skip: 0.3, scale: 100*p, frames_scale: 1+p}")
    first, second = film.shots[0].plans
    assert first.init is not None and second.init is not None
    assert (len(first.init.scale), len(second.init.scale)) == (7, 4)
    assert len(first.look.eta) == 7
    assert first.init.scale[0] == pytest.approx(100 / 3, abs=0.1)
    assert second.init.scale[-1] == 2


@pytest.mark.parametrize("mode", ["color", "gray", "mixed"])
def test_clouds_take_the_place_of_a_picture(read_film: ReadFilm, mode: str) -> None:
    film = read_film(f"frames: 2\nprompts: a\ninit: {{perlin: {mode}, skip: 0.2}}")
    assert inits(film) == [Init(perlin=mode, skip=0.2), None]


def test_a_shot_can_take_the_films_picture_back(read_film: ReadFilm, pictures: dict[str, str]) -> None:
    text = (
        "frames: 1\nprompts: a\ninit: {image: sea.png, mask: edge.png, skip: 0.4}\n"
        "shots: [{name: one}, {name: two, init: {image: none}}, {name: three, init: {image: edge.png, mask: none}}]"
    )
    film = read_film(text)
    assert inits(film, 0) == [Init(image=pictures["sea.png"], mask=pictures["edge.png"], skip=0.4)]
    assert inits(film, 1) == [None]
    assert inits(film, 2) == [Init(image=pictures["edge.png"], skip=0.4)]


MISTAKES = {
    "{image: see.png}": "3:15: there is no picture 'see.png'; did you mean 'sea.png'? (give a path from the keyframe",
    "{image: ./see.png}": "3:15: there is no picture './see.png'; did you mean './sea.png'? ",
    "{image: film.yaml}": "3:15: 'film.yaml' is no picture that can be read; give a PNG, JPEG or WebP file",
    "{image: [sea.png]}": "3:15: init.image wants the path of a picture (found a list); write image: mood.png",
    "{image: sea.png, mask: egde.png}": "3:30: there is no picture 'egde.png'; did you mean 'edge.png'? ",
    "{mask: edge.png}": "3:14: init.mask has nothing to act on: there is no init.image; write image: a-pic",
    "{skip: 0.3}": "3:14: init.skip has nothing to act on: there is no init.image; write image: a-picture",
    "{scale: 100}": "3:15: init.scale has nothing to act on: there is no init.image; ",
    "{image: sea.png, mask_feather: 3}": "3:38: init.mask_feather has nothing to act on: there is no init.mask; ",
    "{image: sea.png, perlin: gray}": "3:32: a shot cannot start from both a picture and clouds; write perlin: off, or",
    "{perlin: grey}": "3:16: unknown init.perlin 'grey'; did you mean 'gray'? (known: off, color, gray, mixed)",
    "{image: sea.png, fit: fill}": "3:29: unknown init.fit 'fill'; use one of: cover, contain, stretch",
    "{image: sea.png, skip: 1}": "3:30: init.skip is 1 at frame 0; keep it from 0 to below 1",
    "{image: sea.png, scale: -1}": "3:31: init.scale is -1 at frame 0; keep it between 0 and 1e+09",
    "{init_image: sea.png}": "3:8: unknown key 'init_image' in init; did you mean 'image'? ",
    "{image: sea.png, skip: 1 - p}": "3:34: unknown name 'p' in expression; it is known only to values",
    "{image: sea.png, scale: 1 + init.mask}": "3:35: init.mask is a word, not a number; only numbers can be used in",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_mistakes_are_placed_and_explained(read_film: ReadFilm, pictures: dict[str, str], text: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        read_film(f"frames: 2\nprompts: a\ninit: {text}")
    assert str(caught.value).startswith(f"film.yaml:{MISTAKES[text]}")
    assert len(caught.value.complaints) == 1


def test_a_distance_that_is_not_installed_is_told_where_it_acts(
    read_film: ReadFilm, pictures: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.schedule.pictures.init.PACKAGES", {"lpips": "a_package_that_nobody_has"})
    read_film("frames: 1\nprompts: a\ninit: {image: sea.png, distance: lpips}")
    with pytest.raises(KeyframeError, match=r"^film.yaml:3:18: init.distance: lpips needs the package 'a_package"):
        read_film("frames: 1\nprompts: a\ninit: {distance: lpips, image: sea.png, scale: 3}")


def test_another_picture_makes_another_plan(read_film: ReadFilm, pictures: dict[str, str], tmp_path: Path) -> None:
    text = "frames: 2\nprompts: a\ninit: {image: sea.png}"
    before = [plan.canonical() for plan in read_film(text).shots[0].plans]
    cv2.imwrite(str(tmp_path / "sea.png"), np.full((5, 9, 3), 41, np.uint8))
    after = [plan.canonical() for plan in read_film(text).shots[0].plans]
    assert before[0] != after[0]
    assert before[1] == after[1]  # only its key changes, by the frame that it rests on
