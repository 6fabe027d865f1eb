"""Learning to draw over the frame before: how pictures wear, and what a network is asked for."""

from __future__ import annotations

import pytest
import torch

from pipeline.models.noise import alpha_bars
from pipeline.train import following
from pipeline.train.following import GUESSES, SETTLED, asked_for, frame_before, settled
from pipeline.train.wear import EACH, STRONGER, TINT, recoloured, worn

BARS = torch.tensor(alpha_bars("shifted-cosine"), dtype=torch.float32)


def drawn(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def patterns(count: int) -> torch.Tensor:
    """Return pictures of stripes in each colour, (count, 3, 24, 32)."""
    y, x = torch.meshgrid(torch.arange(24.0), torch.arange(32.0), indexing="ij")
    return torch.stack([torch.sin(x / 3), torch.cos(y / 4), torch.sin((x + y) / 5)])[None].repeat(count, 1, 1, 1) * 0.7


def test_pictures_wear_each_in_its_own_way_and_repeat_by_seed() -> None:
    clean = patterns(200)
    found = worn(clean, drawn(1))
    assert torch.equal(found, worn(clean, drawn(1))) and not torch.equal(found, worn(clean, drawn(2)))
    assert found.shape == clean.shape and found.abs().max() <= 1
    off = (found - clean).pow(2).mean((1, 2, 3)).sqrt()
    untouched = (off == 0).float().mean()
    assert untouched == pytest.approx((1 - EACH) ** 4, abs=0.03)
    assert 0.03 < off.median() < 0.3 and off.max() < 0.7  # a film's frame, and still the same picture
    assert len(set(off.tolist())) > 150


def test_a_plain_picture_is_only_stained_and_relit() -> None:
    plain = torch.full((1, 3, 16, 16), 0.25)
    kinds = {bool((found - found.mean((2, 3), keepdim=True)).abs().max() > 1e-5) for found in _many(plain, 60)}
    assert kinds == {True, False}
    smooth = [found for found in _many(plain, 60) if (found - found.mean((2, 3), keepdim=True)).abs().max() < 1e-5]
    assert all((found.mean() - 0.25).abs() <= 0.1 + 1e-5 for found in smooth)


def test_other_colours_leave_shapes_and_some_pictures_alone() -> None:
    grey = torch.linspace(-0.6, 0.6, 16).expand(300, 3, 16, 16)
    clean = grey + torch.tensor([0.2, -0.1, -0.1])[:, None, None]
    found = recoloured(clean, drawn(3))
    assert torch.equal(found, recoloured(clean, drawn(3))) and found.abs().max() <= 1
    off = (found - clean).abs().amax((1, 2, 3))
    assert (off == 0).float().mean() == pytest.approx(1 - EACH, abs=0.06)
    assert 0.2 < off[off > 0].median() <= STRONGER[1] * 0.3 + TINT
    for one in found[(off > 0) & (found.abs().amax((1, 2, 3)) < 1)][:20]:  # one colour is added to all places
        torch.testing.assert_close(one - grey[0], (one - grey[0])[:, :1, :1].expand_as(one))


def _many(picture: torch.Tensor, count: int) -> list[torch.Tensor]:
    return [worn(picture, drawn(seed)) for seed in range(count)]


def test_half_of_the_frames_before_are_the_networks_own_and_worn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "worn", lambda pictures, generator: pictures)
    clean, asked = patterns(3), []

    def guess(noisy: torch.Tensor, timesteps: torch.Tensor) -> torch.Tensor:
        assert not torch.is_grad_enabled()
        assert GUESSES[0] <= timesteps.min() and timesteps.max() < GUESSES[1]
        kept = BARS[timesteps].view(-1, 1, 1, 1)
        assert ((noisy - kept.sqrt() * clean) / (1 - kept).sqrt()).std() == pytest.approx(1, abs=0.1)
        asked.append(noisy)
        return torch.full_like(clean, 3.0)

    found = [frame_before(clean, BARS, guess, drawn(seed)) for seed in range(40)]
    assert 10 < len(asked) < 30
    shares = sorted(float(((one - clean) / (1 - clean)).mean()) for one in found)  # a guess within black and white is 1
    assert shares.count(0.0) == 40 - len(asked)
    assert all(0.5 <= share <= 1 for share in shares if share)


def test_what_was_worn_is_mended_where_there_is_little_noise() -> None:
    clean, before = torch.zeros(4, 3, 2, 2), torch.ones(4, 3, 2, 2)
    found = settled(before, clean, torch.tensor([0, SETTLED // 4, SETTLED, 799]))
    assert found[:, 0, 0, 0].tolist() == pytest.approx([0, 0.25, 1, 1])


def test_other_colours_are_asked_for_where_there_is_little_noise() -> None:
    clean = patterns(64)
    other = recoloured(clean, drawn(4))
    none, half, all_of_it = (asked_for(clean, torch.full((64,), t), drawn(4)) for t in (SETTLED, SETTLED // 2, 0))
    assert torch.equal(none, clean) and torch.equal(all_of_it, other)
    torch.testing.assert_close(half, (clean + other) / 2)
