"""The way from one direction to another: on the sphere, at one speed, the same from both ends."""

from __future__ import annotations

import math
from hashlib import sha256

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F

from pipeline.sample.directions import NEARLY_OPPOSITE, direction, slerp
from pipeline.sample.gallery import NO_PICTURES, Gallery
from pipeline.sample.targets import aim
from pipeline.types import Blend, PictureFile, WeightedPrompt

SHARES = st.floats(0, 1)
SEEDS = st.integers(0, 2**32 - 1)


def angle(a: Tensor, b: Tensor) -> float:
    a, b = F.normalize(a, dim=-1), F.normalize(b, dim=-1)
    return 2 * math.atan2(float((a - b).norm()), float((a + b).norm()))


@st.composite
def pairs(draw) -> tuple[Tensor, Tensor]:
    """Draw two directions of any length at any angle, with small ones and nearly straight ones as likely as others."""
    generator = torch.Generator().manual_seed(draw(SEEDS))
    size = draw(st.sampled_from([2, 3, 8, 512]))
    a, aside = torch.randn(2, size, generator=generator, dtype=torch.float64)
    a = F.normalize(a, dim=0)
    aside = F.normalize(aside - torch.dot(a, aside) * a, dim=0)
    tiny = st.sampled_from([0.0, 1e-12, 1e-9, 9e-7, 1.1e-6, 1e-5, 9e-4, 1.1e-3, 0.1])
    turn = draw(st.one_of(st.floats(0, math.pi), tiny, tiny.map(lambda t: math.pi - t)))
    lengths = st.sampled_from([0.01, 1.0, 30.0])
    return draw(lengths) * a, draw(lengths) * (math.cos(turn) * a + math.sin(turn) * aside)


@given(pairs(), SHARES)
def test_the_way_stays_on_the_sphere(pair, share) -> None:
    assert float(slerp(*pair, share).norm()) == pytest.approx(1, abs=1e-12)


@given(pairs())
def test_it_leads_from_the_first_to_the_second(pair) -> None:
    a, b = (F.normalize(end, dim=0) for end in pair)
    assert torch.allclose(slerp(*pair, 0.0), a, rtol=0, atol=1e-15)
    assert torch.allclose(slerp(*pair, 1.0), b, rtol=0, atol=1e-15)


@given(pairs(), SHARES)
def test_the_way_back_is_the_same_way(pair, share) -> None:
    a, b = pair
    assert torch.allclose(slerp(a, b, share), slerp(b, a, 1 - share), rtol=0, atol=1e-11)


@given(pairs(), SHARES, SHARES)
def test_its_speed_is_constant(pair, one, other) -> None:
    whole = angle(*pair)
    passed = angle(slerp(*pair, one), slerp(*pair, other))
    if whole <= NEARLY_OPPOSITE:
        assert passed == pytest.approx(whole * abs(one - other), abs=1e-9)
    else:  # two quarter circles, each to a thousandth
        assert passed == pytest.approx(math.pi * abs(one - other), abs=4e-3)


@given(pairs(), SHARES)
def test_a_small_step_of_the_share_is_a_small_step_of_the_direction(pair, share) -> None:
    there = slerp(*pair, share)
    for near in (max(0.0, share - 1e-7), min(1.0, share + 1e-7)):
        assert float((slerp(*pair, near) - there).norm()) <= 1e-6


def test_a_third_of_a_right_angle() -> None:
    a, b = torch.tensor([5.0, 0.0, 0.0]), torch.tensor([0.0, 0.0, 0.1])
    assert slerp(a, b, 1 / 3).tolist() == pytest.approx([math.sqrt(3) / 2, 0, 0.5], abs=1e-6)


def test_opposite_ends_are_joined_through_the_axis_that_counts_least() -> None:
    a = torch.tensor([0.6, 0.0, -0.8], dtype=torch.float64)
    assert slerp(a, -a, 0.5).tolist() == [0, 1, 0]
    assert slerp(a, -a, 0.25).tolist() == pytest.approx([0.6 / math.sqrt(2), 1 / math.sqrt(2), -0.8 / math.sqrt(2)])
    assert slerp(-a, a, 0.25).tolist() == pytest.approx([-0.6 / math.sqrt(2), 1 / math.sqrt(2), 0.8 / math.sqrt(2)])


@pytest.fixture
def shown(tmp_path) -> tuple[str, np.ndarray, Gallery]:
    """A picture's digest, its pixels, and the gallery that holds it."""
    pixels = np.random.default_rng(3).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    path = tmp_path / "shown.png"
    cv2.imwrite(str(path), pixels[..., ::-1])
    digest = sha256(path.read_bytes()).hexdigest()
    return digest, pixels, Gallery([PictureFile(digest, str(path))])


def test_a_plain_text_is_where_its_perceptor_put_it(toy) -> None:
    prompts = (WeightedPrompt("a red fox", 1.0), WeightedPrompt("snow", 2.0))
    (target,) = aim([toy(8)], prompts)
    assert torch.equal(target.directions, toy(8).embed_text(["a red fox", "snow"]))


def test_each_perceptor_is_aimed_at_its_own_view_of_a_picture(toy, shown) -> None:
    digest, pixels, gallery = shown
    perceptors = [toy(8, seed=1), toy(12, seed=2)]
    prompts = (WeightedPrompt("snow", 3.0), WeightedPrompt("", -1.0, image=digest))
    for target, perceptor in zip(aim(perceptors, prompts, gallery), perceptors, strict=True):
        assert target.weights.tolist() == [1.5, -0.5]
        assert torch.equal(target.directions[0], perceptor.embed_text(["snow"])[0])
        assert torch.equal(target.directions[1], perceptor.embed_picture(pixels))


@pytest.mark.parametrize("kinds", ["text to text", "text to picture", "picture to text"])
def test_a_blend_is_one_direction_between_its_two(toy, shown, kinds) -> None:
    digest, pixels, gallery = shown
    perceptor = toy(8)
    text, picture = perceptor.embed_text(["a red fox"])[0], perceptor.embed_picture(pixels)
    snow = perceptor.embed_text(["snow"])[0]
    a, b, prompt = {
        "text to text": (text, snow, WeightedPrompt("a red fox", 1.0, blend=Blend("snow", "", 0.3))),
        "text to picture": (text, picture, WeightedPrompt("a red fox", 1.0, blend=Blend("", digest, 0.3))),
        "picture to text": (picture, text, WeightedPrompt("", 1.0, image=digest, blend=Blend("a red fox", "", 0.3))),
    }[kinds]
    found = direction(perceptor, prompt, gallery)
    assert (found.dtype, found.shape) == (torch.float32, (8,))
    assert float(found.norm()) == pytest.approx(1, abs=1e-6)
    assert angle(a, found) == pytest.approx(0.3 * angle(a, b), abs=1e-5)
    assert angle(found, b) == pytest.approx(0.7 * angle(a, b), abs=1e-5)
    (target,) = aim([perceptor], (prompt,), gallery)
    assert torch.equal(target.directions, found[None])


@pytest.mark.parametrize(("share", "text"), [(0.0, "a red fox"), (1.0, "snow")])
def test_a_blend_begins_and_ends_at_its_prompts(toy, share, text) -> None:
    found = direction(toy(8), WeightedPrompt("a red fox", 1.0, blend=Blend("snow", "", share)), NO_PICTURES)
    assert torch.allclose(found, F.normalize(toy(8).embed_text([text])[0], dim=0), rtol=0, atol=1e-7)
