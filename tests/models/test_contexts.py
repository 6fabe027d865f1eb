"""Texts that no CLIP reads to the end: how many tokens are lost, which words, by which CLIP, at which line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.models import cut_texts
from pipeline.models.contexts import context_length
from pipeline.schedule import study

PRESET = Path(__file__).parents[1] / "schedule" / "plain.yaml"
LONG = (
    "a lighthouse on a cliff above a stormy sea in the evening light with gulls and a small boat "
    "and many houses and men who wait for the rain to end"
)
VERY_LONG = f"{LONG} and {LONG} and {LONG} and the end"
Told = list[tuple[str, str]]


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Told]:
    """Return a function that reads a text as `film.yaml` and returns where and what it is warned of."""
    monkeypatch.chdir(tmp_path)

    def tell(text: str, *clips: str) -> Told:
        Path("film.yaml").write_text(text, encoding="utf-8")
        overrides = [f"models.clip=[{', '.join(clips)}]"] if clips else []
        found = cut_texts(study("film.yaml", config=PRESET, overrides=overrides))
        assert {notice.code for notice in found} <= {"text-cut"}
        return [(str(notice.mark), notice.what) for notice in found]

    return tell


@pytest.mark.parametrize(
    ("name", "length"),
    [
        ("painted-clip-a", 32),
        ("ViT-B-32/openai", 77),
        ("RN50-quickgelu/cc12m", 77),
        ("ViT-B-16/datacomp_xl_s13b_b90k", 77),  # not in the catalogue: by its architecture
        ("ViT-B-16-SigLIP/webli", None),  # has a tokenizer of its own, and is refused when loaded
        ("roberta-ViT-B-32/laion2b_s12b_b32k", None),
        ("painted-world-128", None),
        ("nobody/nothing", None),
    ],
)
def test_every_clip_has_its_context(name: str, length: int | None) -> None:
    assert context_length(name) == length


def test_the_lost_words_are_told_at_the_prompts_line(told: Callable[..., Told]) -> None:
    (found,) = told(f"prompts:\n  - a tree\n  - {{text: {LONG}, weight: 2}}\n")
    what = "the text has 31 tokens at frame 0 and painted-clip-a reads 30, so 1 is cut off: 'end'"
    assert found == ("film.yaml:3:5", what)
    (found,) = told(f"prompts: {LONG} soon")
    assert found[1].endswith("has 32 tokens at frame 0 and painted-clip-a reads 30, so 2 are cut off: 'end soon'")


def test_each_context_is_told_of_by_itself(told: Callable[..., Told]) -> None:
    clips = ("ViT-B-32/openai", "painted-clip-a", "RN50/openai")
    assert len(told(f"prompts: {LONG}", *clips)) == 1  # 77 are enough
    found = [what for _, what in told(f"prompts: {VERY_LONG}", *clips)]
    assert len(found) == 2
    assert "ViT-B-32/openai, RN50/openai read 75, so" in found[0]
    assert found[0].endswith("and the end'")
    assert "painted-clip-a reads 30, so" in found[1]
    assert len(found[1]) < 300  # not all of the words


def test_only_those_count_who_see_the_text(told: Callable[..., Told]) -> None:
    clips = ("ViT-B-32/openai", "painted-clip-a")
    text = f"prompts: [a tree, {{text: {LONG}, only: ViT-B-32/openai}}]"
    assert told(text, *clips) == []
    assert len(told(text.replace("only: ViT-B-32/openai", "only: painted-clip-a"), *clips)) == 1


def test_what_stands_around_a_text_and_what_it_turns_into_counts(told: Callable[..., Told]) -> None:
    assert told("prompts: a tree in the snow") == []
    (around,) = told(f"prompts: a tree in the snow\nprompt_suffix: ', {LONG}'")
    assert around[0] == "film.yaml:1:10"
    text = f"frames: 8\nprompts:\n  0: a tree\n  20: {{prompts: {LONG}, fade: spherical}}"
    assert [place for place, _ in told(text)] == ["film.yaml:4:17"]


def test_of_a_text_that_changes_the_longest_is_told_of(told: Callable[..., Told]) -> None:
    text = f"frames: 6\nprompts: '{LONG}, {{10**t}} of them'"
    (found,) = told(text)
    assert " at frame 5 " in found[1]


def test_later_frames_and_shots_are_looked_at_too(told: Callable[..., Told]) -> None:
    text = (
        f"prompt_fade: hold\nframes: 9\nprompts: {{0: a tree, 5: {LONG}}}\nshots: [{{prompts: a fox}}, {{name: two}}]"
    )
    (found,) = told(text)
    assert found[0] == "film.yaml:3:25"
    assert " at frame 5 of shot 'two' and painted-clip-a reads 30" in found[1]


def test_the_warning_can_be_silenced(told: Callable[..., Told]) -> None:
    assert told(f"prompts: {LONG}\nsilence: text-cut") == []


def test_pictures_have_no_text(told: Callable[..., Told], tmp_path: Path) -> None:
    (tmp_path / "p.png").write_bytes((Path(__file__).parents[2] / "keyframes" / "lighthouse.png").read_bytes())
    assert told("prompts: {image: p.png}") == []


def test_check_tells_and_goes_on(command: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "film.yaml"
    path.write_text(f"prompts: {LONG}\nframes: 3\n")
    answer = command("check", path)
    assert answer.code == 0
    assert "[text-cut]" in answer.err and "good with 1 warning" in answer.out
    assert '"code": "text-cut"' in command("check", path, "--json").out
