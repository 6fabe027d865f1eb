"""Fuzzy prompts: named, in proportion, around what the prompt means, and gone where there is no noise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from pipeline.sample.denoiser import UnetDenoiser
from pipeline.sample.draw import draw
from pipeline.sample.fuzz import Fuzz
from pipeline.sample.targets import Manner, aim
from pipeline.types import Blend, WeightedPrompt

FOX = WeightedPrompt("a red fox", 1.0)
FUZZ = Fuzz(0.2, 400, 7, 3)


def direction(width: int = 512, *, seed: int = 1, length: float = 9.0) -> torch.Tensor:
    """Return a direction of some length."""
    return length * F.normalize(torch.randn(width, generator=torch.Generator().manual_seed(seed)), dim=0)


def angles(copies: torch.Tensor, middle: torch.Tensor) -> torch.Tensor:
    """Return the angle of each copy to the middle."""
    return (copies.double() @ F.normalize(middle.double(), dim=0)).clamp(-1, 1).acos()


@pytest.mark.parametrize("length", [0.3, 9.0])
@pytest.mark.parametrize("width", [512, 64])
def test_copies_are_scattered_in_proportion_whatever_the_length(width, length):
    middle = direction(width, length=length)
    copies = FUZZ.copies_of(middle, "a", FOX)
    assert copies.shape == (400, width)
    assert torch.allclose(copies.norm(dim=1), torch.ones(400), atol=1e-6)
    # noise of length 0.2 at a right angle to a direction of length 1
    assert float(angles(copies, middle).mean()) == pytest.approx(np.arctan(0.2), rel=0.03)
    assert float(angles(F.normalize(copies.mean(dim=0), dim=0)[None], middle)) < 0.03
    assert (copies < 0).float().mean() > 0.4  # nothing is cut off at 0


def test_a_name_gives_the_same_copies_and_another_name_others():
    middle = direction()
    copies = FUZZ.copies_of(middle, "a", FOX)
    assert torch.equal(copies, FUZZ.copies_of(middle, "a", FOX))
    assert torch.equal(copies, FUZZ.copies_of(middle, "a", replace(FOX, weight=3.0, only=("a",))))
    others = [
        replace(FUZZ, seed=8).copies_of(middle, "a", FOX),
        replace(FUZZ, frame=4).copies_of(middle, "a", FOX),
        FUZZ.copies_of(middle, "b", FOX),
        FUZZ.copies_of(middle, "a", replace(FOX, text="a red wolf")),
        FUZZ.copies_of(middle, "a", replace(FOX, blend=Blend("snow", "", 0.5))),
    ]
    assert not any(torch.equal(copies, other) for other in others)
    assert torch.equal(replace(FUZZ, n_copies=5).copies_of(middle, "a", FOX), copies[:5])


def test_a_prompts_copies_do_not_depend_on_its_company(toy):
    manner = Manner(fuzz=replace(FUZZ, n_copies=5))
    snow = WeightedPrompt("snow", 3.0)
    (alone,) = aim([toy(8)], (FOX,), manner=manner)
    (beside,) = aim([toy(8)], (snow, FOX), manner=manner)
    assert torch.equal(beside.directions[5:], alone.directions)
    assert beside.weights.tolist() == pytest.approx([0.75 / 5] * 5 + [0.25 / 5] * 5)
    assert float(alone.weights.sum()) == pytest.approx(1)


@pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
def test_copies_are_the_same_on_every_device(device):
    if device == "cuda" and not torch.cuda.is_available():
        pytest.skip("there is no CUDA device here")
    middle = direction()
    found = FUZZ.copies_of(middle.to(device), "a", FOX)
    assert found.device.type == device
    assert torch.equal(found.cpu(), FUZZ.copies_of(middle, "a", FOX))


def test_no_noise_is_the_prompt_itself(toy):
    perceptor = toy(8)
    (target,) = aim([perceptor], (FOX,), manner=Manner(fuzz=Fuzz(0.0, 25, 7, 3)))
    assert torch.equal(target.directions, perceptor.embed_text(["a red fox"]))


def test_a_frame_with_fuzzy_prompts_is_drawn_again_the_same(plan, toy, make_unet):
    def drawn(**look):
        return draw(
            replace(plan, look=replace(plan.look, **look)),
            None,
            denoiser=UnetDenoiser(make_unet(), predicts="x0"),
            perceptors=[toy(8)],
            schedule="cosine",
            device="cpu",
        )

    fuzzy = drawn(fuzzy=0.5, fuzzy_copies=3)
    torch.manual_seed(99)
    assert np.array_equal(drawn(fuzzy=0.5, fuzzy_copies=3), fuzzy)
    assert not np.array_equal(drawn(), fuzzy)
    assert np.array_equal(drawn(fuzzy_copies=3), drawn())
