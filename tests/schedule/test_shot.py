from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import KeyframeError
from pipeline.schedule import load
from pipeline.types import Engine, Film, FilmFormat, Size

ReadFilm = Callable[..., Film]
SHOTS = """\
fps: 10
seed: 3
frames: 4
camera: {zoom: 1.5, roll: t}
look: {steps: 20, eta: 0.25}
prompts: a tree
shots:
- {name: one, camera: {roll: film_t}}
- {frames: 2, seed: 40, look: {steps: 10}}
- {name: last, duration: 0.3s, prompts: a house, prompt_fade: hold, camera: {zoom: film_sec + 1}}
"""


def test_a_film_has_what_its_preset_says(read_film: ReadFilm) -> None:
    film = read_film("prompts: a tree")
    assert (film.name, film.source, film.fps, film.size, film.n_frames) == ("film", "film.yaml", 12, Size(128, 128), 48)
    assert film.engine == Engine("painted-world-128", ("painted-clip-a",), "cpu", 0, precision="float32")
    assert film.format == FilmFormat(crf=17, enlarge=4)
    assert [shot.name for shot in film.shots] == ["film"]


def test_shots_share_what_stands_at_the_top(read_film: ReadFilm) -> None:
    one, two, last = read_film(SHOTS).shots
    assert [(shot.name, len(shot.plans), shot.plans[0].seed) for shot in (one, two, last)] == [
        ("one", 4, 3),
        ("shot-02", 2, 40),
        ("last", 3, 5),
    ]
    assert [plan.look.steps for plan in (one.plans[0], two.plans[0], last.plans[0])] == [20, 10, 20]
    assert {plan.look.eta for shot in (one, two, last) for plan in shot.plans} == {(0.25,)}
    assert [plan.prompts[0].text for plan in (one.plans[0], two.plans[0], last.plans[0])] == ["a tree"] * 2 + [
        "a house"
    ]


def test_time_begins_anew_in_each_shot_and_runs_through_the_film(read_film: ReadFilm) -> None:
    one, two, last = read_film(SHOTS).shots
    moves = [
        [(plan.camera.zoom, plan.camera.roll_deg) for plan in shot.plans[1:] if plan.camera]
        for shot in (one, two, last)
    ]
    assert moves[0] == [(1.5, 1), (1.5, 2), (1.5, 3)]
    assert moves[1] == [(1.5, 1)]
    assert moves[2] == [(1.7, 1), (1.8, 2)]
    assert [shot.plans[0].camera for shot in (one, two, last)] == [None] * 3


def test_films_are_named_after_their_files(tmp_path: Path) -> None:
    path = tmp_path / "My Film (2).yaml"
    path.write_text("prompts: a tree\ntitle: Something else")
    film = load(path)  # with the embedded preset, whose numbers may change
    assert (film.name, film.source, film.shots[0].name) == ("my-film-2", str(path), "my-film-2")


@pytest.mark.parametrize(
    ("text", "frames"),
    [
        ("frames: 7", 7),
        ("duration: 7", 7),
        ("duration: 0.7s", 7),
        ("duration: 0:01.2", 12),
        ("duration: 3b\nbpm: 60", 30),
        ("duration: bar 3\nbpm: 60\nbeats_per_bar: 3", 60),
    ],
)
def test_durations(read_film: ReadFilm, text: str, frames: int) -> None:
    assert read_film(f"fps: 10\nprompts: a tree\n{text}").n_frames == frames


def test_overrides_win_in_every_shot(read_film: ReadFilm) -> None:
    changes = ["look.steps=5", "camera.zoom=2", "frames=3", "prompts=a boat", "shots.last.seed=9", "fps=20"]
    film = read_film(SHOTS, overrides=changes)
    assert film.fps == 20
    assert [len(shot.plans) for shot in film.shots] == [3, 3, 3]
    assert [shot.plans[0].seed for shot in film.shots] == [3, 40, 9]
    for shot in film.shots:
        for plan in shot.plans:
            assert (plan.look.steps, plan.prompts[0].text) == (5, "a boat")
            assert plan.camera is None or plan.camera.zoom == 2


def test_an_overridden_length_replaces_the_other_way_to_say_it(read_film: ReadFilm) -> None:
    assert read_film("prompts: a\nframes: 9", overrides=["duration=1s"]).n_frames == 12
    assert read_film("prompts: a\nduration: 9s", overrides=["frames=2"]).n_frames == 2


def test_seed_and_size_have_options_of_their_own(read_film: ReadFilm) -> None:
    film = read_film(SHOTS, seed=100, size="64x96")
    assert [shot.plans[0].seed for shot in film.shots] == [100, 101, 102]
    assert film.size == film.shots[0].plans[0].size == Size(height=96, width=64)
    assert read_film(SHOTS, size=Size(height=96, width=64)) == read_film(SHOTS, size="64x96")


def test_the_engine_can_be_overridden(read_film: ReadFilm) -> None:
    changes = ["device=cuda", "threads=2", "models.diffusion=big", "models.clip=[a, b]"]
    assert read_film("prompts: a", overrides=changes).engine == Engine(
        "big", ("a", "b"), "cuda", 2, precision="float32"
    )


def test_sections_are_merged_key_by_key(read_film: ReadFilm) -> None:
    film = read_film("prompts: a\nfilm: {enlarge: 2}", overrides=["film.crf=30"])
    assert film.format == FilmFormat(crf=30, enlarge=2)


def test_the_largest_seed_is_allowed_and_then_no_more(read_film: ReadFilm) -> None:
    assert read_film(f"prompts: a\nseed: {2**63 - 1}").shots[0].plans[0].seed == 2**63 - 1
    with pytest.raises(KeyframeError, match="the seed of shot 2 is too large; choose a smaller seed for the film"):
        read_film(f"prompts: a\nseed: {2**63 - 1}\nshots: [{{name: a}}, {{name: b}}]")


def test_the_title_may_be_any_line(read_film: ReadFilm) -> None:
    assert read_film("prompts: a\ntitle: 'Où? 灯台'").name == "film"
