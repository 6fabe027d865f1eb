"""What a frame's values are said to be, and where they are said to come from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import KeyframeError, UsageError
from pipeline.explain import Fact, explain, follow_value
from pipeline.schedule import Reading, study
from pipeline.schedule.bounds import PARAMETERS, WORDS

ROOT = Path(__file__).resolve().parents[1]
PLAIN = ROOT / "tests" / "schedule" / "plain.yaml"
FILM = """\
fps: 10
bpm: 60
seed: 7
let:
  slow: 0.5*sin(t, 2s)
  fine: where(p < 0.5, 3, 1)
labels: {drop: 1s}
camera:
  zoom: {2: 1.0, 6: 1.2, 10: 1.1 ease-in-out}
  roll: slow*2
look:
  guidance_scale: where(p < 0.5, 1000, 500)
  cut_overview: "[6]*800+[3]*200"
  steps: 10
  skip: 0
shots:
  - name: one
    frames: 20
    prompts:
      0: [a fox, "red: 0.5"]
      10: a wolf
    camera: {translation_x: "0: (0), 5: (sin(t))", border: wrap}
  - name: two
    duration: 0.5s
    prompts: "{floor(t)} birds"
    look: {eta: {0: 0.1, 4: 0.5 spline}}
"""
Facts = dict[str, Fact]


@pytest.fixture
def reading_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Reading]:
    """Return a function that reads a text as `film.yaml` with the tests' preset."""
    monkeypatch.chdir(tmp_path)

    def read(text: str = FILM, **options: Any) -> Reading:
        Path("film.yaml").write_text(text, encoding="utf-8")
        return study("film.yaml", **{"config": PLAIN, **options})

    return read


@pytest.fixture
def facts_at(reading_of: Callable[..., Reading]) -> Callable[..., Facts]:
    """Return a function that explains a frame, by name."""

    def facts(frame: int = 0, text: str = FILM, **options: Any) -> Facts:
        return {fact.name: fact for fact in explain(reading_of(text, **options), frame)}

    return facts


def said(fact: Fact) -> tuple[Any, str, str]:
    return fact.value, fact.how, str(fact.mark).removeprefix(str(PLAIN))


def test_every_value_is_told(facts_at: Callable[..., Facts]) -> None:
    facts = facts_at(3)
    assert set(PARAMETERS) | set(WORDS) <= set(facts)
    assert {"let.slow", "let.fine", "prompts.0.text", "prompts.0.weight", "prompts.1.text"} <= set(facts)
    assert {"film", "frame", "shot", "t", "sec", "film_sec", "beat", "bar", "fps", "bpm", "seed"} <= set(facts)
    assert {"size.width", "models.diffusion", "models.clip", "device", "threads", "film.crf"} <= set(facts)


def test_values_are_those_of_the_plan(reading_of: Callable[..., Reading]) -> None:
    reading = reading_of()
    plan = reading.film.shots[0].plans[7]
    facts = {fact.name: fact.value for fact in explain(reading, 7)}
    assert plan.camera is not None
    assert facts["camera.zoom"] == plan.camera.zoom
    assert facts["camera.roll"] == plan.camera.roll_deg
    assert facts["look.guidance_scale"] == list(plan.look.guidance_scale)
    assert facts["look.eta"] == plan.look.eta[0]
    assert [facts[f"prompts.{n}.weight"] for n in (0, 1, 2)] == [prompt.weight for prompt in plan.prompts]


@pytest.mark.parametrize(
    ("frame", "value", "how", "place"),
    [
        (0, 1.0, "before the first key, at frame 2 (1)", "9:10"),
        (2, 1.0, "key at frame 2", "9:10"),
        (3, 1.05, "between the keys at frame 2 (1) and 6 (1.2), linear, 25 %", "9:10"),
        (6, 1.2, "key at frame 6", "9:18"),
        (7, 1.19375, "between the keys at frame 6 (1.2) and 10 (1.1), ease-in-out, 25 %", "9:18"),
        (15, 1.1, "after the last key, at frame 10 (1.1)", "9:26"),
    ],
)
def test_keys(facts_at: Callable[..., Facts], frame: int, value: float, how: str, place: str) -> None:
    fact = facts_at(frame)["camera.zoom"]
    assert fact.value == pytest.approx(value)
    assert (fact.how, str(fact.mark)) == (how, f"film.yaml:{place}")


def test_expressions_lists_and_constants(facts_at: Callable[..., Facts]) -> None:
    facts = facts_at(5)
    assert said(facts["let.slow"])[1:] == ("expression 0.5*sin(t, 2s)", "film.yaml:5:9")
    assert said(facts["camera.roll"]) == (pytest.approx(1.0), "expression slow*2", "film.yaml:10:9")
    assert said(facts["camera.translation_x"])[1:] == (
        "expression (sin(t)) from the key at frame 5",
        "film.yaml:22:38",
    )
    assert said(facts["look.cut_overview"]) == (
        [6] * 8 + [3] * 2,
        "list over the denoising [6]*800+[3]*200",
        "film.yaml:13:18",
    )
    assert facts["let.fine"].value == [3.0] * 5 + [1.0] * 5
    assert said(facts["look.steps"]) == (10, "constant", "film.yaml:14:10")
    assert said(facts["camera.center_x"]) == (0.5, "not set", "None")
    assert said(facts["camera.border"]) == ("wrap", "constant", "film.yaml:22:60")
    assert facts["look.sampler"].value == "ddim"
    assert said(facts_at(22)["look.eta"])[1] == "between the keys at frame 0 (0.1) and 4 (0.5), spline, 50 %"


def test_a_shots_first_frame_tells_what_its_curves_say(facts_at: Callable[..., Facts]) -> None:
    facts = facts_at(20)
    assert (facts["shot"].value, facts["t"].value, facts["frame"].value, facts["film_sec"].value) == ("two", 0, 20, 2.0)
    assert facts["camera.zoom"].value == 1.0
    assert facts["prompts.0.text"].value == "0 birds"
    assert str(facts["prompts.0.text"].mark) == "film.yaml:25:14"


def test_prompts_tell_how_they_fade(facts_at: Callable[..., Facts]) -> None:
    facts = facts_at(5)
    how = "between the prompts at frame 0 and 10, linear, 50 %"
    assert said(facts["prompts.0.text"]) == ("a fox", how, "film.yaml:20:11")
    assert said(facts["prompts.1.weight"]) == (0.25, how, "film.yaml:20:18")
    assert said(facts["prompts.2.text"]) == ("a wolf", how, "film.yaml:21:11")
    assert facts_at(0)["prompts.0.text"].how == "key at frame 0"
    assert facts_at(15)["prompts.0.text"].how == "after the last prompts, at frame 10"


def test_blends_tell_what_they_turn_into(facts_at: Callable[..., Facts]) -> None:
    facts = facts_at(4, "prompts: {0: a fox, 8: {prompts: a wolf, fade: spherical}}\nframes: 9\n")
    assert facts["prompts.0.text"].value == "a fox"
    assert facts["prompts.0.blend.text"].value == "a wolf"
    assert facts["prompts.0.blend.share"].value == 0.5


def test_clips_tell_what_they_count_and_who_sees_a_prompt(reading_of: Callable[..., Reading]) -> None:
    text = (
        "prompts: [a fox, {text: a fox, weight: 2, only: RN50/openai}]\nframes: 3\n"
        "look: {steps: 2, clip_weights: {RN50/openai: '(t+1)*(p < 0.5)'}}\n"
    )
    reading = reading_of(text, overrides=["models.clip=[painted-clip-a, RN50/openai]"])
    facts = {fact.name: fact for fact in explain(reading, 0)}
    assert facts["look.clip_weights.painted-clip-a"] == Fact("look.clip_weights.painted-clip-a", 1, "not set")
    assert said(facts["look.clip_weights.RN50/openai"]) == ([1, 0], "expression (t+1)*(p < 0.5)", "film.yaml:3:47")
    assert "prompts.0.only" not in facts
    assert said(facts["prompts.1.only"]) == (["RN50/openai"], "the CLIPs that see it", "film.yaml:1:18")
    assert said(facts["prompts.1.weight"])[::2] == (2, "film.yaml:1:18")
    rows = follow_value(reading, "RN50/openai")
    assert [row.value for row in rows] == [[1, 0], 0, 0]


def test_engine_and_settings_have_places(facts_at: Callable[..., Facts]) -> None:
    facts = facts_at(0, overrides=["threads=2", "film.crf=20", "look.eta=0.3"], seed=9)
    assert said(facts["models.diffusion"]) == ("painted-world-128", "constant", ":5:14")
    assert said(facts["models.clip"])[0] == ["painted-clip-a"]
    assert said(facts["threads"]) == (2, "constant", "--set:1:9")
    assert said(facts["film.crf"]) == (20, "constant", "--set (2):1:10")
    line = PLAIN.read_text(encoding="utf-8").splitlines().index("  enlarge: 4") + 1
    assert said(facts["film.enlarge"])[2] == f":{line}:12"
    assert said(facts["look.eta"]) == (0.3, "constant", "--set (3):1:10")
    assert said(facts["seed"]) == (9, "constant", "--seed:1:1")
    assert said(facts["fps"]) == (10.0, "constant", "film.yaml:1:6")
    assert said(facts["frames"])[::2] == (20, "film.yaml:18:13")
    assert said(facts_at(20)["seed"]) == (8, "the film's seed plus the shot's number, from 0", "film.yaml:3:7")


def test_what_prompts_leave_open_is_told_as_it_acts(facts_at: Callable[..., Facts]) -> None:
    plain = "preset: embedded\nprompts: a\n"
    assert said(facts_at(text=f"{plain}frames: 2\n", config=None)["look.unsaid"])[:2] == ("seed", "constant")
    over = facts_at(text=f"{plain}source: {ROOT / 'keyframes' / 'clip.mp4'}\n", config=None)["look.unsaid"]
    assert said(over)[:2] == ("open", "what the shot begins with, or is drawn over, says it")


def test_labels_are_told_where_they_stand(facts_at: Callable[..., Facts]) -> None:
    assert facts_at(10)["labels"].value == ["drop"]
    assert facts_at(11)["labels"].value == []


def test_a_name_that_is_no_number_spoils_nothing_else(reading_of: Callable[..., Reading]) -> None:
    reading = reading_of("prompts: a\nframes: 3\nlet: {bad: log(t - 1)}\n")
    fact = next(fact for fact in explain(reading, 0) if fact.name == "let.bad")
    assert fact.value is None
    assert "the value is not a number" in fact.how
    with pytest.raises(KeyframeError, match="the value is not a number"):
        follow_value(reading, "bad")


def test_a_value_is_followed_through_all_shots(reading_of: Callable[..., Reading]) -> None:
    rows = follow_value(reading_of(), "camera.zoom")
    assert [row.frame for row in rows] == list(range(25))
    assert [row.shot for row in rows] == ["one"] * 20 + ["two"] * 5
    assert [row.frame for row in rows if row.is_key] == [2, 6, 10, 22]
    assert rows[15].sec == 1.5
    assert follow_value(reading_of(), "slow") == follow_value(reading_of(), "let.slow")
    assert follow_value(reading_of(), "look.cut_overview")[1].value == [6] * 8 + [3] * 2
    assert {row.origin.how for row in follow_value(reading_of(), "camera.shear_x")} == {"not set"}


@pytest.mark.parametrize(("name", "close"), [("zoom", "camera.zoom"), ("camera.zom", "camera.zoom"), ("slw", "")])
def test_unknown_names_are_answered_with_a_suggestion(
    reading_of: Callable[..., Reading], name: str, close: str
) -> None:
    with pytest.raises(UsageError, match=rf"--curve {name}: there is no such value; ") as caught:
        follow_value(reading_of(), name)
    assert f"did you mean '{close}'?" in str(caught.value) or not close


@pytest.mark.parametrize("frame", [-1, 25])
def test_frames_that_are_not_there(reading_of: Callable[..., Reading], frame: int) -> None:
    with pytest.raises(UsageError, match=f"--frame {frame}: film.yaml has frames 0 to 24; choose one of them"):
        explain(reading_of(), frame)
