"""Prompts that cancel, for all CLIPs or for one of them, are found while a film is checked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.errors import KeyframeError
from pipeline.types import Film

ReadFilm = Callable[..., Film]
TWO = {"overrides": ["models.clip=[painted-clip-a, RN50/openai]", "frames=5"]}
OPPOSITE = "[x, 'y:-1']"
EACH = "[{text: x, only: painted-clip-a}, {text: y, only: RN50/openai}]"
ONE = "[{text: x, only: painted-clip-a}]"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"prompts: {OPPOSITE}", "1:10: the prompts' weights sum to nothing at frame 0; change a weight: they are "),
        ("prompts: {0: x, 4: 'y:-1'}", "1:14: the prompts' weights sum to nothing at frame 2; change a weight: "),
        ("prompts: {text: x, weight: t-3}", "1:10: the prompts' weights sum to nothing at frame 3; change a weight: "),
        ("prompts: {0: x, 2: 'y: 0'}\nprompt_fade: hold", "1:20: the prompts' weights sum to nothing at frame 2; "),
        (f"prompts: {ONE}", "1:10: RN50/openai sees none of the prompts at frame 0; let one be for it too, or "),
        (
            f"prompts: [{EACH[1:-1]}, {{text: z, weight: {{0: 1, 4: -1}}, only: RN50/openai}}]",
            "1:10: the weights of the prompts that RN50/openai sees sum to nothing at frame 4; change a weight: ",
        ),
        (
            f"prompts: {ONE}\nlook: {{clip_weights: {{RN50/openai: {{0: 0, 4: 1}}}}}}",
            "1:10: RN50/openai sees none of the prompts at frame 1; ",
        ),
        (
            "prompts: ['x: 0', 'y: 0']\nlook: {prompt_weights: l2}",
            "1:10: the prompts' weights sum to nothing at frame 0; let one of them be other than 0",
        ),
    ],
)
def test_what_cancels_is_found(read_film: ReadFilm, text: str, wanted: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        read_film(text, **TWO)
    assert str(caught.value).startswith(f"film.yaml:{wanted}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        f"prompts: {EACH}",
        f"prompts: {OPPOSITE}\nlook: {{prompt_weights: l2}}",
        f"prompts: {OPPOSITE}\nlook: {{prompt_weights: abs_sum}}",
        f"prompts: {ONE}\nlook: {{clip_weights: {{RN50/openai: 0}}}}",
        f"prompts: {OPPOSITE}\nlook: {{clip_weights: {{RN50/openai: 0, painted-clip-a: 0}}}}",
        f"prompts: [{ONE[1:-1]}, 'y: -1', z]\nlook: {{prompt_weights: l2}}",
    ],
)
def test_what_does_not_cancel_passes(read_film: ReadFilm, text: str) -> None:
    assert read_film(text, **TWO).n_frames == 5


def test_mistakes_of_the_look_do_not_hide_prompts_that_cancel(read_film: ReadFilm) -> None:
    with pytest.raises(KeyframeError) as caught:
        read_film(f"prompts: {OPPOSITE}\nlook: {{eta: 2}}", **TWO)
    assert [complaint.mark.line for complaint in caught.value.complaints] == [1, 2]
    with pytest.raises(KeyframeError) as caught:  # and whom a mistake may have silenced is not accused
        read_film(f"prompts: {ONE}\nlook: {{clip_weights: {{RN50/openai: nought}}}}", **TWO)
    assert [complaint.mark.line for complaint in caught.value.complaints] == [2]
