"""What prompts leave open is said as the seed has it: in whole texts, without a jump, and nothing twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from pipeline.models import find
from pipeline.models.entry import Words
from pipeline.sample.directions import direction
from pipeline.sample.gallery import NO_PICTURES
from pipeline.sample.unsaid import choice, completed, says
from pipeline.train.world.captions import phrase
from pipeline.train.world.vocabulary import KINDS
from pipeline.types import Blend, WeightedPrompt

LAND = Words("land", ("sea", "snow", "lava"))
SKY = Words("sky", ("night", "storm", "dawn"), ("dawn",))
WORDS = (LAND, SKY)
NAMES = ("fox", *LAND.known, *SKY.known)


class Reader:
    """Knows a few words, and places a text where the words in it point; remembers what it read."""

    name, size = "reader", 8

    def __init__(self) -> None:
        self.read: list[str] = []

    def embed_text(self, texts: Sequence[str]) -> torch.Tensor:
        self.read.extend(texts)
        found = [[1.0 * (name in re.findall(r"\w+", text)) for name in NAMES] for text in texts]
        return torch.tensor(found) + 1e-3


def told(*prompts: WeightedPrompt, words: Sequence[Words] = WORDS, seed: int = 4) -> list[list[str]]:
    """Return the names that each prompt comes to point at."""
    found = completed(Reader(), prompts, NO_PICTURES, words, seed=seed)
    return [[name for name, share in zip(NAMES, one.tolist(), strict=True) if share > 0.05] for one in found]


def test_a_text_is_told_with_a_phrase_for_all_that_it_leaves_open() -> None:
    land = choice(LAND, seed=4)
    assert told(WeightedPrompt("a fox", 1.0)) == [["fox", land, "dawn"]]
    assert told(WeightedPrompt("a fox in the snow", 1.0)) == [["fox", "snow", "dawn"]]
    assert told(WeightedPrompt("a fox in the snow at night", 1.0)) == [["fox", "snow", "night"]]
    assert told(WeightedPrompt("a fox", 1.0), words=()) == [["fox"]]


def test_where_nothing_is_asked_for_nothing_is_added() -> None:
    reader = Reader()
    assert len(completed(reader, [WeightedPrompt(" ", 1.0)], NO_PICTURES, WORDS, seed=4)) == 1
    assert reader.read == [" "]
    prompts = [WeightedPrompt("a fox", 1.0, blend=Blend(",", "", 0.5)), WeightedPrompt("", 1.0)]
    assert all(bool(one.isfinite().all()) for one in completed(reader, prompts, NO_PICTURES, WORDS, seed=4))


def test_what_is_open_is_read_behind_the_prompt() -> None:
    reader = Reader()
    completed(reader, [WeightedPrompt("a fox", 1.0)], NO_PICTURES, WORDS, seed=4)
    assert reader.read[-1] == f"a fox, {choice(LAND, seed=4)}, dawn"


def test_a_seed_chooses_of_what_may_be_chosen_and_always_the_same() -> None:
    assert {choice(LAND, seed=seed) for seed in range(40)} == set(LAND.known)
    assert {choice(SKY, seed=seed) for seed in range(40)} == {"dawn"}
    assert [choice(LAND, seed=seed) for seed in range(6)] == ["snow", "lava", "lava", "lava", "lava", "sea"]


def test_what_another_prompt_says_is_not_open_and_what_none_says_is_the_same_in_all() -> None:
    fox, storm = WeightedPrompt("a fox", 1.0), WeightedPrompt("storm", 0.5)
    land = choice(LAND, seed=4)
    assert told(fox, storm) == [["fox", land], [land, "storm"]]
    assert told(fox, WeightedPrompt("storm", 0.5), WeightedPrompt("snow", 2.0))[0] == ["fox"]


def test_prompts_are_completed_by_their_share_of_the_weights() -> None:
    """Or the land would be said once for each, and what each prompt is about would weigh less beside it."""
    land, reader = choice(LAND, seed=4), Reader()
    prompts = [WeightedPrompt("a fox at night", 3.0), WeightedPrompt("night", 1.0)]
    for found, prompt, share in zip(
        completed(reader, prompts, NO_PICTURES, WORDS, seed=4), prompts, (0.75, 0.25), strict=True
    ):
        plain, whole = F.normalize(reader.embed_text([prompt.text, f"{prompt.text}, {land}"]), dim=-1)
        torch.testing.assert_close(found, plain.lerp(whole, share))


def test_a_prompt_that_weighs_little_speaks_for_others_by_its_weight() -> None:
    def sky_beside(weight: float) -> float:
        prompts = [WeightedPrompt("a fox in the snow", 1.0), WeightedPrompt("storm", weight)]
        return float(completed(Reader(), prompts, NO_PICTURES, WORDS, seed=4)[0][NAMES.index("dawn")])

    found = [sky_beside(weight) for weight in (1e-6, 0.1, 0.25, 0.4, 0.5, 1.0)]
    assert found == sorted(found, reverse=True) and found[0] > 0.5 and found[-1] < 0.01 and found[-2] == found[-1]
    assert max(abs(a - b) for a, b in pairwise(found)) < 0.25


@given(weight=st.floats(0.01, 3.0), other=st.floats(0.01, 3.0), seed=st.integers(0, 50))
def test_directions_change_as_smoothly_as_weights(weight: float, other: float, seed: int) -> None:
    def at(step: float) -> torch.Tensor:
        prompts = [
            WeightedPrompt("a fox", 1.0),
            WeightedPrompt("storm", weight + step),
            WeightedPrompt("lava", other + step),
        ]
        return torch.stack(completed(Reader(), prompts, NO_PICTURES, WORDS, seed=seed))

    assert float((at(1e-4) - at(0.0)).norm(dim=-1).max()) < 50 * 1e-4 / min(weight, other, 1.0)


def test_a_prompt_that_turns_into_another_is_completed_at_both_ends() -> None:
    reader, land = Reader(), choice(LAND, seed=4)

    def halfway(share: float) -> torch.Tensor:
        prompt = WeightedPrompt("a fox in a storm", 1.0, blend=Blend("lava at night", "", share))
        return completed(reader, [prompt], NO_PICTURES, WORDS, seed=4)[0]

    start, end = (
        F.normalize(reader.embed_text([text])[0], dim=0) for text in (f"a fox in a storm, {land}", "lava at night")
    )
    torch.testing.assert_close(halfway(0.0), start)
    torch.testing.assert_close(halfway(1.0), end)
    torch.testing.assert_close(halfway(0.5), F.normalize(start + end, dim=0))


def test_a_picture_leaves_nothing_open() -> None:
    """It says all there is to say, beside itself and beside the texts."""

    class Shown(Reader):
        def embed_picture(self, pixels: object) -> torch.Tensor:
            return torch.eye(len(NAMES))[0]

    class Pictures:
        def embed(self, perceptor: Shown, image: str) -> torch.Tensor:
            return perceptor.embed_picture(image)

    prompts = [WeightedPrompt("", 1.0, image="a" * 64), WeightedPrompt("a fox", 1.0)]
    picture, fox = completed(Shown(), prompts, Pictures(), WORDS, seed=4)
    assert torch.equal(picture, torch.eye(len(NAMES))[0])
    torch.testing.assert_close(fox, F.normalize(Reader().embed_text(["a fox"])[0], dim=0))


def test_without_words_prompts_are_told_as_they_are(toy) -> None:
    perceptor = toy(8, seed=1, name="tiny")
    prompts = [WeightedPrompt("a fox", 1.0), WeightedPrompt("snow", 0.3, blend=Blend("fog", "", 0.3))]
    for found, prompt in zip(completed(perceptor, prompts, NO_PICTURES, (), seed=3), prompts, strict=True):
        expected = direction(perceptor, prompt, NO_PICTURES)
        torch.testing.assert_close(F.normalize(found, dim=0), F.normalize(expected, dim=0))


@pytest.fixture(scope="module")
def embedded():
    from pipeline.models import load_clip
    from pipeline.sample.easel import as_perceptor

    text = find("painted-world-128").architecture.text
    return as_perceptor(load_clip(text.perceptor)), {one.of: one for one in text.unsaid}


def test_the_embedded_model_knows_what_its_captions_spoke_of(embedded) -> None:
    for kind, words in embedded[1].items():
        assert words.known == tuple(phrase(kind, name, None) for name in KINDS[kind])
        assert set(words.chosen) <= set(words.known)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a lighthouse", ""),
        ("a castle in the snow", "ground"),
        ("a sailboat at night", "mood"),
        ("a red castle", "mood"),
        ("a photograph of a tree", "style"),
        ("A gorgeous painting of an isolated house", "style"),
        ("a blueprint of a car, in the jungle, in a storm", "ground mood style"),
        ("castle on a hill, trending on artstation", ""),
        ("A lighthouse, shining its light across a tumultuous sea of red", "ground mood"),
        ("epic concept art of a whale in the ocean", "ground style"),
    ],
)
def test_the_embedded_clip_knows_what_a_text_speaks_of(embedded, text: str, said: str) -> None:
    perceptor, words = embedded
    assert {kind for kind, one in words.items() if says(perceptor, text, one)} == set(said.split())
