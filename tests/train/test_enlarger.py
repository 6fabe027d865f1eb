"""What an upscaler learns from: pictures that the diffusion model has drawn again, beside the paintings they are of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from pipeline.train.critic import Critic, critic_loss, disliked
from pipeline.train.enlarger import (
    BROAD,
    PART,
    Apprentice,
    cut_parts,
    in_the_colours_of,
    upscaler_loss,
    weave_loss,
    without_critic,
)
from pipeline.train.pictures import Album, AlbumPlan, paint_albums
from pipeline.train.redrawn import Redrawn


def test_a_large_picture_takes_the_broad_colours_of_the_drawn_one_and_keeps_its_own_detail() -> None:
    generator = torch.Generator().manual_seed(0)
    large = torch.rand(2, 3, 128, 256, generator=generator)
    clean = F.avg_pool2d(large, 4)
    tint = torch.tensor([0.2, -0.1, 0.05]).view(3, 1, 1)
    moved = in_the_colours_of(clean + tint, clean, large)
    torch.testing.assert_close(moved, large + tint)  # the whole is off: all of it is
    stain = torch.zeros_like(clean)
    stain[..., :BROAD, :BROAD] = 0.3
    off = in_the_colours_of(clean + stain, clean, large) - large
    assert off[..., :BROAD, :BROAD].mean() > 0.2
    assert off[..., -BROAD:].abs().max() < 1e-6  # far away nothing is
    grain = torch.randn(clean.shape, generator=generator) * 0.1
    assert (in_the_colours_of(clean + grain, clean, large) - large).std() < 0.02  # which is to be mended


def test_the_truth_costs_nothing_and_an_offset_has_no_slope() -> None:
    across = torch.arange(64.0).expand(2, 3, 64, 64)
    assert upscaler_loss(across, across) == 0
    assert upscaler_loss(across + 1, across) == pytest.approx(1)


def test_a_comb_over_blocks_is_a_weave_and_nothing_else_is() -> None:
    comb = torch.zeros(2, 3, 96, 104)
    comb[..., 3::8, 5::8] = 1  # at one place of each block of 8
    assert weave_loss(comb, 8) == pytest.approx(2 * 63 / 64**2)
    assert weave_loss(-0.5 * comb + 7, 8) == pytest.approx(63 / 64**2)  # an offset is none
    assert weave_loss(comb, 7) < weave_loss(comb, 8) / 2
    half = comb.clone()
    half[..., 48:, :] *= -1  # seen in each quarter for itself, or the halves would even out
    assert weave_loss(half, 8) == pytest.approx(2 * 63 / 64**2)
    torch.manual_seed(0)
    assert weave_loss(torch.randn(4, 3, 192, 192) * 0.05, 8) < 0.005
    assert torch.isfinite(weave_loss(torch.rand(1, 3, 8, 8), 8))  # of a single block


def test_parts_of_small_and_large_pictures_lie_in_the_same_place() -> None:
    across, down = torch.meshgrid(torch.arange(64.0), torch.arange(96.0), indexing="xy")
    small = torch.stack([across, down, across + down]).expand(2, 3, 96, 64)
    large = small.repeat_interleave(4, 2).repeat_interleave(4, 3)
    corners = set()
    for seed in range(8):
        near, far = cut_parts(small, large, np.random.default_rng(seed))
        assert near.shape == (2, 3, PART, PART)
        assert torch.equal(far, near.repeat_interleave(4, 2).repeat_interleave(4, 3))
        left = min(near[0, 0, 0, 0], near[0, 0, 0, -1])
        corners.add((int(left), int(near[0, 1, 0, 0])))
    assert len(corners) > 4
    assert all(x % 4 == y % 4 == 0 for x, y in corners)  # whole blocks


def test_the_critic_learns_from_both_and_what_enlarges_only_from_its_opinion() -> None:
    torch.manual_seed(0)
    pair = Apprentice(torch.nn.Conv2d(3, 3, 1))
    small, true = torch.rand(2, 3, 12, 12), torch.rand(2, 3, 48, 48)
    found = pair.upscaler(true)

    def learns(loss: torch.Tensor) -> tuple[bool, bool]:
        pair.zero_grad(set_to_none=True)
        loss.backward(retain_graph=True)
        return tuple(any(p.grad is not None for p in each.parameters()) for each in (pair.upscaler, pair.critic))

    assert learns(critic_loss(pair.critic, small, found, true)) == (False, True)
    assert learns(disliked(pair.critic, small, found)) == (True, False)
    assert all(parameter.requires_grad for parameter in pair.critic.parameters())


def test_an_upscaler_ships_without_its_critic() -> None:
    pair = Apprentice(torch.nn.Linear(2, 1))
    found = without_critic(pair.state_dict())
    assert found.keys() == {"weight", "bias"}
    assert torch.equal(found["weight"], pair.upscaler.weight)
    assert without_critic({"body.0.weight": torch.zeros(1)}) == {}  # any other network ships as it is


def test_a_critic_learns_to_tell_crisp_pictures_from_soft_ones() -> None:
    torch.manual_seed(0)
    critic = Critic()
    optimizer = torch.optim.Adam(critic.parameters(), lr=2e-3)
    for _ in range(30):
        small = torch.rand(4, 3, 8, 8)
        crisp = F.interpolate(small, scale_factor=4)
        soft = F.interpolate(small, scale_factor=4, mode="bilinear", align_corners=False)
        loss = critic_loss(critic, small, soft, crisp)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert disliked(critic, small, soft) > disliked(critic, small, crisp) + 0.5


def test_pictures_are_drawn_again_by_what_ships_and_are_much_like_the_painted_ones(tmp_path: Path) -> None:
    plan = AlbumPlan("large", 256, 256, 40, 4, page=4, near=True)
    paint_albums(tmp_path, [plan], processes=1)
    album, chosen = Album(tmp_path, plan), torch.arange(4)
    painted, redrawn = F.avg_pool2d(album.images(chosen), 2), Redrawn(album, times=2, folder=tmp_path)
    found = redrawn(chosen)
    assert found.shape == painted.shape == (4, 3, 128, 128)
    assert torch.equal(redrawn(chosen.flip(0)).flip(0), found)  # each is drawn once
    (tmp_path / "other").mkdir()
    again = Redrawn(album, times=2, folder=tmp_path / "other")
    assert torch.equal(again(chosen[2:3]), found[2:3])  # whatever was drawn before
    kept = Redrawn(album, times=2, folder=tmp_path)
    kept._draw = lambda number: pytest.fail(f"{number} was drawn before")
    assert torch.equal(kept(chosen), found)  # a training goes on with what it drew
    apart = (found - painted).abs().mean((1, 2, 3))
    assert apart.min() > 0.002
    assert apart.max() < 0.15 < (painted - painted.flip(0)).abs().mean()
