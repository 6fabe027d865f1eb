"""What a noisy picture shows by itself: pixels at last, the means of blocks earlier, and nothing in pure noise."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from pipeline.models.known import BLOCKS, PIXELS, Known
from pipeline.models.noise import alpha_bars

KEPT = torch.tensor(alpha_bars("shifted-cosine"))
NOISE = ((1 - KEPT) / KEPT).tolist()
KNOWN = Known(fold=8, noise_to_signal=NOISE)


def timestep(ratio: float) -> torch.Tensor:
    """Return the timestep where noise over signal, as variances, is nearest to a ratio."""
    return torch.tensor([min(range(1000), key=lambda t: abs(math.log(NOISE[t] / ratio)))])


def folded(pictures: torch.Tensor) -> torch.Tensor:
    return F.pixel_unshuffle(pictures, 8)


def noisy(clean: torch.Tensor, step: torch.Tensor, seed: int) -> torch.Tensor:
    noise = torch.randn(clean.shape, generator=torch.Generator().manual_seed(seed))
    kept = KEPT[step].float().view(-1, 1, 1, 1)
    return kept.sqrt() * clean + (1 - kept).sqrt() * noise


def test_shares_grow_as_noise_goes_and_are_half_where_they_say() -> None:
    assert (KNOWN.pixels.diff() <= 0).all() and (KNOWN.blocks.diff() <= 0).all()
    assert KNOWN.pixels[999] < 1e-4 and KNOWN.blocks[999] < 0.02
    assert (KNOWN.blocks >= KNOWN.pixels)[timestep(0.01).item() :].all()
    for shares, half in ((KNOWN.pixels, PIXELS), (KNOWN.blocks, BLOCKS)):
        assert shares[timestep(math.exp(half))] == pytest.approx(0.5, abs=0.05)


def test_a_wrong_colour_is_mended_where_there_is_little_noise_and_stands_where_there_is_much() -> None:
    """A prediction that is 0.2 too red, as small networks are: what is left of it by noise over signal."""
    clean = torch.tensor([-0.4, 0.3, 0.5]).view(1, 3, 1, 1).expand(1, 3, 64, 96).contiguous()
    wrong = clean + torch.tensor([0.2, 0, 0]).view(1, 3, 1, 1)
    left = []
    for ratio in (1e-4, 0.05, 1.0, 400.0):
        step = timestep(ratio)
        found = F.pixel_shuffle(KNOWN(folded(wrong), folded(noisy(clean, step, seed=1)), step), 8)
        left.append(float((found - clean)[:, 0].mean()))
        assert (found - clean)[:, 1:].mean().abs() < 0.02
    assert left == pytest.approx([0.0, 0.06, 0.14, 0.2], abs=0.025)


def test_shapes_that_a_network_says_stand_until_the_last_pixels_do() -> None:
    """Fine stripes that the clean picture does not have, in blocks of the right mean: half-way they are left alone."""
    clean = torch.zeros(1, 3, 64, 64)
    stripes = torch.tensor([0.5, -0.5]).repeat(32).expand(1, 3, 64, 64).contiguous()
    for ratio, stands in ((0.05, 0.95), (1e-4, 0.04)):
        step = timestep(ratio)
        found = F.pixel_shuffle(KNOWN(folded(stripes), folded(noisy(clean, step, seed=2)), step), 8)
        assert float((found * stripes).mean() / 0.25) == pytest.approx(stands, abs=0.04)


@given(height=st.integers(1, 7), width=st.integers(1, 7), first=st.integers(0, 999), second=st.integers(0, 999))
def test_what_is_shown_without_noise_and_said_stands(height: int, width: int, first: int, second: int) -> None:
    """The law of all shares: where the noisy picture says what the prediction does, nothing changes."""
    predicted = torch.randn(2, 192, height, width, generator=torch.Generator().manual_seed(7))
    step = torch.tensor([first, second])
    shown = predicted * KEPT[step].float().sqrt().view(-1, 1, 1, 1)
    torch.testing.assert_close(KNOWN(predicted, shown, step), predicted, atol=2e-4, rtol=1e-4)


def test_pictures_go_by_their_own_timesteps() -> None:
    predicted, shown = torch.randn(2, 2, 192, 4, 6, generator=torch.Generator().manual_seed(3))
    both = KNOWN(predicted, shown, torch.tensor([0, 999]))
    torch.testing.assert_close(both[:1], KNOWN(predicted[:1], shown[:1], torch.tensor([0])))
    torch.testing.assert_close(both[1:], predicted[1:], atol=0.2, rtol=0)
