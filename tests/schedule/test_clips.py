"""The engine's CLIPs by name: weights over frames and steps, and prompts for some of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.errors import KeyframeError
from pipeline.types import Blend, Film, Look, WeightedPrompt

ReadFilm = Callable[..., Film]
A, B = "painted-clip-a", "RN50/openai"
CLIPS = f"models.clip=[{A}, {B}]"
TWO = {"overrides": [CLIPS]}


def looks(read_film: ReadFilm, weights: str, *more: str) -> list[Look]:
    text = f"frames: 5\nprompts: x\nlook: {{steps: 4, skip: 0.5, clip_weights: {weights}}}"
    return [plan.look for plan in read_film(text, overrides=[CLIPS, *more]).shots[0].plans]


def test_without_a_word_every_clip_counts_in_full(read_film: ReadFilm) -> None:
    assert looks(read_film, "{}")[2].clip_weights == ()
    assert looks(read_film, f"{{{A}: 1, {B}: 1.0}}") == looks(read_film, "{}")


def test_a_weight_follows_the_film_the_denoising_or_both(read_film: ReadFilm) -> None:
    found = [look.clip_weights for look in looks(read_film, f"{{{A}: {{0: 0, 4: 2}}}}")]
    assert found == [((A, (0.0,)),), ((A, (0.5,)),), (), ((A, (1.5,)),), ((A, (2.0,)),)]
    found = [look.clip_weights for look in looks(read_film, f'{{{B}: "where(p < 0.5, 1, 0)"}}')]
    assert found[0] == ((B, (1.0, 1.0, 0.0, 0.0)),)
    assert found[1] == ((B, (0.0,)),)  # the steps that are left are the later half
    found = [look.clip_weights for look in looks(read_film, f'{{{B}: "[1]*400+[0]*600", {A}: "t*(p > 0.8)"}}')]
    assert found[0] == ((A, (0.0,)), (B, (1.0, 1.0, 0.0, 0.0)))  # in the engine's order
    assert found[3] == ((A, (0.0, 3.0)), (B, (0.0,)))


def test_weights_are_laid_over_one_another_by_name(read_film: ReadFilm) -> None:
    text = f"frames: 1\nprompts: x\nlook: {{clip_weights: {{{A}: 2, {B}: 3}}}}\nshots: [{{}}, {{look: {{clip_weights: "
    film = read_film(text + f"{{{B}: 0}}}}}}]", **TWO)
    assert [shot.plans[0].look.clip_weights for shot in film.shots] == [
        ((A, (2.0,)), (B, (3.0,))),
        ((A, (2.0,)), (B, (0.0,))),
    ]


def test_a_weight_can_be_set_from_the_command_line(read_film: ReadFilm) -> None:
    assert looks(read_film, "{}", f"look.clip_weights.{A}=0.5")[0].clip_weights == ((A, (0.5,)),)
    assert looks(read_film, f"{{{A}: 4}}", f"look.clip_weights={{{B}: 0.5}}")[0].clip_weights == ((B, (0.5,)),)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (
            "look: {clip_weights: {RN50/opnai: 0.5}}",
            "2:23: look.clip_weights: the preset has no CLIP 'RN50/opnai'; did you mean 'RN50/openai'? ",
        ),
        ("look: {clip_weights: {ViT: 0.5}}", "2:23: look.clip_weights: the preset has no CLIP 'ViT'; use one of: "),
        ("look: {clip_weights: 0.5}", "2:22: look.clip_weights must hold names and weights (found '0.5'); write "),
        (
            "look: {clip_weights: {RN50/openai: -1}}",
            "2:36: look.clip_weights.RN50/openai is -1 at frame 0; keep it between 0 and 1e+09",
        ),
        ("look: {clip_weights: {RN50/openai: pp}}", "2:36: unknown name 'pp' in expression; did you mean 'p'? "),
        ("look: {prompt_weights: abs-sum}", "2:24: unknown look.prompt_weights 'abs-sum'; did you mean 'abs_sum'? "),
        ("look: {fuzzy: -0.1}", "2:15: look.fuzzy is -0.1 at frame 0; keep it between 0 and 100"),
    ],
)
def test_mistakes_are_placed_and_explained(read_film: ReadFilm, line: str, wanted: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        read_film(f"prompts: x\n{line}", **TWO)
    assert str(caught.value).startswith(f"film.yaml:{wanted}")


def test_every_mistake_is_told_at_once(read_film: ReadFilm) -> None:
    text = "prompts: [{text: x, only: [RN5, RN50/openai, RN6]}]\nlook: {clip_weights: {RN7: 1, RN8: 1}}"
    with pytest.raises(KeyframeError) as caught:
        read_film(text, **TWO)
    assert [str(complaint.mark) for complaint in caught.value.complaints] == [
        f"film.yaml:{place}" for place in ("1:28", "1:46", "2:23", "2:31")
    ]


def test_a_preset_that_cannot_be_read_says_nothing_of_its_clips(read_film: ReadFilm) -> None:
    with pytest.raises(KeyframeError) as caught:
        read_film("prompts: {text: x, only: RN50}\nlook: {clip_weights: {RN50: 0.5}}", config="huge")
    assert [str(complaint.mark.file) for complaint in caught.value.complaints] == ["--config"]


# --- prompts for some -------------------------------------------------------------------------------------------------


def prompts(read_film: ReadFilm, text: str) -> list[tuple[WeightedPrompt, ...]]:
    return [plan.prompts for plan in read_film(f"frames: 5\nprompts: {text}", **TWO).shots[0].plans]


def test_a_prompt_may_be_for_some(read_film: ReadFilm) -> None:
    found = prompts(read_film, f"[x, {{text: y, weight: 2, only: {A}}}, {{text: z, only: [{B}, {A}, {B}]}}]")[0]
    assert found == (WeightedPrompt("x", 1), WeightedPrompt("y", 2, only=(A,)), WeightedPrompt("z", 1))


@pytest.mark.parametrize(
    ("only", "wanted"),
    [
        ("[]", "2:33: no CLIP sees this prompt; name at least one, or leave 'only' out"),
        ("RN50", "2:33: only: the preset has no CLIP 'RN50'; did you mean 'RN50/openai'? "),
        ("[[RN50]]", "2:34: only must be a single value (found a list); write one value"),
        ("{RN50: 1}", "2:33: only must be a single value (found names and values); write one value"),
        ("''", "2:33: only has no value; give one or remove the line"),
    ],
)
def test_wrong_names_of_clips_are_explained(read_film: ReadFilm, only: str, wanted: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        prompts(read_film, f"[x, {{text: y, only: {only}}}]".replace("{text", "   {text"))
    assert str(caught.value).startswith(f"film.yaml:{wanted}")


def test_the_same_text_for_others_is_another_prompt(read_film: ReadFilm) -> None:
    found = prompts(read_film, f"[x, {{text: x, only: {A}}}, {{text: x, weight: 2, only: {A}}}]")[0]
    assert found == (WeightedPrompt("x", 1), WeightedPrompt("x", 3, only=(A,)))


def test_a_prompt_stays_through_a_fade_with_those_who_see_it(read_film: ReadFilm) -> None:
    found = prompts(read_film, f"{{0: [x, {{text: y, only: {A}}}], 4: [x, {{text: y, only: {B}}}]}}")
    assert found[1] == (
        WeightedPrompt("x", 1),
        WeightedPrompt("y", 0.75, only=(A,)),
        WeightedPrompt("y", 0.25, only=(B,)),
    )


def test_what_different_clips_see_does_not_turn_into_one_another(read_film: ReadFilm) -> None:
    first = f"[x, {{text: y, only: {A}}}, {{text: v, only: {B}}}]"
    last = f"[w, {{text: z, only: {A}}}, {{text: u, only: {A}}}, q]"
    found = prompts(read_film, f"{{0: {first}, 4: {{prompts: {last}, fade: spherical}}}}")
    assert found[1] == (
        WeightedPrompt("x", 1, "", Blend("w", "", 0.25)),
        WeightedPrompt("y", 1, "", Blend("z", "", 0.25), (A,)),
        WeightedPrompt("v", 0.75, only=(B,)),
        WeightedPrompt("u", 0.25, only=(A,)),
        WeightedPrompt("q", 0.25),
    )
    assert found[4][1] == WeightedPrompt("z", 1, only=(A,))
