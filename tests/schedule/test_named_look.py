"""Looks with a name lie between the preset and the film, and each of their switches also stands alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from pipeline.errors import KeyframeError
from pipeline.schedule.bounds import LOOK_WORDS
from pipeline.schedule.preset import LOOK_KEYS
from pipeline.types import Film, Look

ReadFilm = Callable[..., Film]
LOOKS = Path(__file__).resolve().parents[2] / "configs" / "looks"
DISCO = {
    "augmentations": "motion",
    "cut_hue": (0.3,),
    "cut_draws": "batch",
    "cut_edges": "dark",
    "cut_grey_rule": "disco",
    "range_loss": "inert",
    "saved_picture": "unguided",
}


def look_of(film: Film, shot: int = 0) -> Look:
    return film.shots[shot].plans[0].look


@pytest.mark.parametrize("path", sorted(LOOKS.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_looks_that_come_along_hold_known_keys_and_open_with_a_comment(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert set(yaml.safe_load(text)) <= set(LOOK_KEYS)


def test_a_named_look_lies_over_the_preset_and_under_the_film(read_film: ReadFilm) -> None:
    plain = look_of(read_film("prompts: a"))
    named = look_of(read_film("prompts: a\nlook: disco57"))
    changed = {name for name in LOOK_WORDS | {"cut_hue": ()} if name in DISCO and getattr(named, name) != DISCO[name]}
    assert changed == set()
    assert all(getattr(plain, name) != value for name, value in DISCO.items())
    assert (named.steps, named.guidance_scale) == (plain.steps, plain.guidance_scale)
    film = read_film("prompts: a\nlook: {cut_edges: full, base: disco57, steps: 7}")
    assert (look_of(film).cut_edges, look_of(film).cut_draws, look_of(film).steps) == ("full", "batch", 7)


def test_disco57_reproduces_every_choice_that_has_a_name() -> None:
    said = yaml.safe_load((LOOKS / "disco57.yaml").read_text(encoding="utf-8"))
    assert {name: said[name] for name in ("guidance_limit", "recall", "renew", "schedule_by", "weight_in_text")} == {
        "guidance_limit": 0,
        "recall": 0,
        "renew": 0,
        "schedule_by": "noise",
        "weight_in_text": "kept",
    }
    assert {*said} == {*DISCO, "guidance_limit", "recall", "renew", "schedule_by", "weight_in_text"}


SHOTS = """prompts: a
look: {base: disco57, cut_grey_rule: share}
shots:
  - {name: one, frames: 1}
  - {name: two, frames: 1, look: {base: none}}
  - {name: three, frames: 1, look: {cut_draws: each}}
  - {name: four, frames: 1, look: mine.yaml}
"""


def test_a_shot_may_have_another_base_or_none(read_film: ReadFilm) -> None:
    Path("mine.yaml").write_text("cut_edges: dark\nsteps: 9\n", encoding="utf-8")
    film = read_film(SHOTS)
    found = [
        (look.cut_draws, look.cut_edges, look.cut_grey_rule, look.steps) for look in map(look_of, [film] * 4, range(4))
    ]
    assert found == [
        ("batch", "dark", "share", 30),
        ("each", "full", "share", 30),
        ("each", "dark", "share", 30),
        ("each", "dark", "share", 9),
    ]


def test_options_reach_a_look_that_is_written_as_a_name(read_film: ReadFilm) -> None:
    film = read_film("prompts: a\nlook: disco57", overrides=["look.steps=3"])
    assert (look_of(film).steps, look_of(film).cut_edges) == (3, "dark")
    film = read_film("prompts: a\nlook: {steps: 3}", overrides=["look.base=disco57"])
    assert (look_of(film).steps, look_of(film).cut_edges) == (3, "dark")
    film = read_film("prompts: a\nlook: {steps: 3}", overrides=["look=disco57", "look.eta=0.25"])
    assert (look_of(film).steps, look_of(film).eta, look_of(film).cut_edges) == (30, (0.25,), "dark")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("look: disco75", "film.yaml:2:7: there is no look 'disco75'; did you mean 'disco57'? (known: disco57)"),
        ("look: {base: [a]}", "film.yaml:2:14: look.base must be a single value (found a list); write one value"),
        ("look:", "film.yaml:2:6: look.base has no value; give one or remove the line"),
        ("look: ./list.yaml", "list.yaml:1:1: a look holds names and values (found a list); "),
        ("look: ./odd.yaml", "odd.yaml:1:1: unknown key 'stepps' in look; did you mean 'steps'?"),
        ("look: ./bad.yaml", "bad.yaml:1:12: unknown look.cut_edges 'soft'; use one of: full, dark"),
        ("look: {class: -1}", "film.yaml:2:15: unknown look.class '-1'; use one of: none, random, 0, 1, 2 and so on"),
    ],
)
def test_mistakes_are_named_where_they_stand(read_film: ReadFilm, text: str, message: str) -> None:
    Path("list.yaml").write_text("- 3\n", encoding="utf-8")
    Path("odd.yaml").write_text("stepps: 3\n", encoding="utf-8")
    Path("bad.yaml").write_text("cut_edges: soft\n", encoding="utf-8")
    with pytest.raises(KeyframeError) as caught:
        read_film(f"prompts: a\n{text}")
    assert str(caught.value).startswith(message)


# --- switches that the schedule itself turns ------------------------------------------------------------------------


def test_a_schedule_follows_the_noise_or_the_count_of_steps(read_film: ReadFilm) -> None:
    text = "prompts: a\nframes: 2\nlook: {steps: 10, skip: 0.6, cut_overview: '[12]*400+[4]*600', schedule_by: %s}"
    noise, steps = (read_film(text % by).shots[0].plans for by in ("noise", "steps"))
    assert noise[0].look.cut_overview == (12, 12, 12, 12, 4, 4, 4, 4, 4, 4)
    assert noise[1].look.cut_overview == (4,)  # a frame that skips 60 % never sees the first 400 entries
    assert steps[0].look.cut_overview == noise[0].look.cut_overview
    assert steps[1].look.cut_overview == (12, 12, 4, 4)
    single = read_film("prompts: a\nframes: 1\nlook: {steps: 1, tv_scale: 5*p, schedule_by: steps}")
    assert look_of(single).tv_scale == (0.0,)


def test_a_weight_may_stay_in_its_text(read_film: ReadFilm) -> None:
    text = "prompts: ['a castle: 5', a sea, yellow: 0.5, {text: gold, weight: 2}]\nlook: {weight_in_text: %s}"
    removed, kept = (read_film(text % way).shots[0].plans[0].prompts for way in ("left-out", "kept"))
    assert [(prompt.text, prompt.weight) for prompt in removed] == [
        ("a castle", 5),
        ("a sea", 1),
        ("yellow", 0.5),
        ("gold", 2),
    ]
    assert [prompt.text for prompt in kept] == ["a castle: 5", "a sea", "yellow: 0.5", "gold"]
    assert [prompt.weight for prompt in kept] == [prompt.weight for prompt in removed]


@pytest.mark.parametrize(("said", "label"), [("none", "none"), ("random", "random"), ("17", "17")])
def test_a_class_is_a_word_or_a_number(read_film: ReadFilm, said: str, label: str) -> None:
    assert look_of(read_film(f"prompts: a\nlook: {{class: {said}}}")).class_label == label


def test_guidance_through_a_secondary_model_wants_one(read_film: ReadFilm) -> None:
    text = "prompts: a\nlook: {guidance_path: secondary}"
    with pytest.raises(KeyframeError, match=r"^film.yaml:2:23: look.guidance_path is secondary, and the preset's "):
        read_film(text)
    film = read_film(text, overrides=["models.secondary=secondary"])
    assert (film.engine.secondary_model, look_of(film).guidance_path) == ("secondary", "secondary")


def test_a_processor_takes_no_float16(read_film: ReadFilm) -> None:
    with pytest.raises(KeyframeError, match=r"^--set:1:11: a processor does not compute in float16; write float32"):
        read_film("prompts: a", overrides=["precision=float16"])
    assert read_film("prompts: a", overrides=["precision=bfloat16"]).engine.precision == "bfloat16"
    assert read_film("prompts: a", overrides=["precision=float16", "device=auto"]).engine.precision == "float16"
