"""Fades of every kind, prefixes and suffixes, and pictures among prompts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import KeyframeError
from pipeline.schedule.language.easing import EASES, STRAYING
from pipeline.types import Blend, Film, WeightedPrompt

ReadFilm = Callable[..., Film]
Weights = list[dict[str, float]]


def prompts(read_film: ReadFilm, text: str, frames: int = 5) -> list[tuple[WeightedPrompt, ...]]:
    return [plan.prompts for plan in read_film(f"frames: {frames}\n{text}").shots[0].plans]


def weights(read_film: ReadFilm, text: str, frames: int = 5) -> Weights:
    return [{one.text: one.weight for one in frame} for frame in prompts(read_film, text, frames)]


def test_a_fade_may_ease(read_film: ReadFilm) -> None:
    found = weights(read_film, "prompts: {0: x, 4: y}\nprompt_fade: ease-in-quad")
    assert found == [{"x": 1}, {"x": 0.9375, "y": 0.0625}, {"x": 0.75, "y": 0.25}, {"x": 0.4375, "y": 0.5625}, {"y": 1}]
    stepped = weights(read_film, "prompts: {0: x, 4: y}\nprompt_fade: steps(2)")
    assert stepped == [{"x": 1}, {"x": 1}, {"x": 0.5, "y": 0.5}, {"x": 0.5, "y": 0.5}, {"y": 1}]


def test_one_key_may_fade_in_its_own_way(read_film: ReadFilm) -> None:
    text = "prompts: {0: x, 2: {prompts: y, fade: hold}, 4: z}"
    assert weights(read_film, text) == [{"x": 1}, {"x": 1}, {"y": 1}, {"y": 0.5, "z": 0.5}, {"z": 1}]


def test_a_spherical_fade_turns_each_prompt_into_its_counterpart(read_film: ReadFilm) -> None:
    text = "prompts: {0: [x, 'y: 3', z], 4: [v, 'y: 1']}\nprompt_fade: spherical"
    found = prompts(read_film, text)
    assert found[0] == (WeightedPrompt("x", 1), WeightedPrompt("y", 3), WeightedPrompt("z", 1))
    assert found[1] == (
        WeightedPrompt("x", 1, "", Blend("v", "", 0.25)),
        WeightedPrompt("y", 2.5),
        WeightedPrompt("z", 0.75),  # it has no counterpart and fades out
    )
    assert found[4] == (WeightedPrompt("v", 1), WeightedPrompt("y", 1))
    eased = prompts(read_film, "prompts: {0: x, 4: v}\nprompt_fade: spherical ease-in-quad")
    assert eased[2] == (WeightedPrompt("x", 1, "", Blend("v", "", 0.25)),)


@pytest.mark.parametrize(
    ("fade", "message"),
    [
        ("spline", "unknown prompt_fade 'spline'; "),
        ("sphericl", "unknown prompt_fade 'sphericl'; did you mean 'spherical'? "),
        ("spherical soft", "unknown prompt_fade 'soft'; "),
        ("spherical spherical", "unknown prompt_fade 'spherical'; "),
        ("cubic-bezier(1)", "'cubic-bezier' has 1 values; write cubic-bezier(x1, y1, x2, y2)"),
    ],
)
def test_wrong_fades_are_explained(read_film: ReadFilm, fade: str, message: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        weights(read_film, f"prompts: x\nprompt_fade: {fade}")
    assert message in str(caught.value)


def test_prefix_and_suffix_stand_around_what_is_wanted(read_film: ReadFilm) -> None:
    text = (
        "prompt_prefix: a film of\nprompt_suffix: ', in {1+t} colours'\nprompts: [x, 'y: -0.5', {text: z, weight: t-1}]"
    )
    found = weights(read_film, text, 3)
    assert found[0] == {"a film of x, in 1 colours": 1, "y": -0.5, "a film of z, in 1 colours": -1}
    assert found[2] == {"a film of x, in 3 colours": 1, "y": -0.5, "a film of z, in 3 colours": 1}


def test_a_suffix_of_words_has_a_blank_before_it_and_an_empty_one_is_none(read_film: ReadFilm) -> None:
    assert weights(read_film, "prompts: x\nprompt_suffix: at night", 1) == [{"x at night": 1}]
    assert weights(read_film, "prompts: x\nprompt_suffix: ''\nprompt_prefix:", 1) == [{"x": 1}]


def test_a_shot_has_its_own_prefix_or_none(read_film: ReadFilm) -> None:
    text = "frames: 1\nprompts: x\nprompt_prefix: a\nshots: [{}, {prompt_prefix: b}, {prompt_prefix: ''}]"
    assert [shot.plans[0].prompts[0].text for shot in read_film(text).shots] == ["a x", "b x", "x"]


def test_a_text_that_is_pushed_away_and_then_wanted_is_two(read_film: ReadFilm) -> None:
    text = "prompt_prefix: a\nprompts: {0: [x, 'y: -0.5'], 4: [x, 'y: 2']}"
    assert weights(read_film, text)[2] == {"a x": 1, "y": -0.25, "a y": 1}


def test_texts_may_change_in_every_frame(read_film: ReadFilm) -> None:
    assert weights(read_film, "prompts: ['{t} birds', '{floor(t/2)} birds']", 4) == [
        {"0 birds": 1},
        {"1 birds": 1, "0 birds": 1},
        {"2 birds": 1, "1 birds": 1},
        {"3 birds": 1, "1 birds": 1},
    ]


def test_weights_beyond_all_measure_are_refused(read_film: ReadFilm) -> None:
    with pytest.raises(KeyframeError, match="weight is inf at frame 0; keep it between"):
        weights(read_film, f"prompts: ['x: {'9' * 400}']")


ALL_WAYS = [name for name in EASES if name != "hold" and name.rsplit("-", 1)[-1] not in {*STRAYING, "bounce"}]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.dictionaries(st.sampled_from("xyzw"), st.integers(1, 9), min_size=1, max_size=3), min_size=2, max_size=4
    ),
    st.sampled_from([*ALL_WAYS, "cubic-bezier(.2 0 .4 1)"]),
)
def test_weights_are_continuous_whatever_the_fade(read_film: ReadFilm, keys: list[dict[str, int]], fade: str) -> None:
    """Two hundred frames from key to key: no weight jumps by a tenth of the way."""
    rows = [
        f"{200 * n}: [" + ", ".join(f"'{text}: {weight}'" for text, weight in key.items()) + "]"
        for n, key in enumerate(keys)
    ]
    found = weights(read_film, f"prompts: {{{', '.join(rows)}}}\nprompt_fade: {fade}", 200 * (len(keys) - 1) + 1)
    for before, after in pairwise(found):
        for text in {*before, *after}:
            assert abs(before.get(text, 0) - after.get(text, 0)) <= 9 * 0.1
    assert [found[200 * n] for n in range(len(keys))] == [pytest.approx(key) for key in keys]
