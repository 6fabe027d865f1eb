"""What the cuts show: geometry against torch's own resampling, colours, counts, and gradients."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F

from pipeline.sample import cutouts
from pipeline.sample.cutouts import JITTER, CutCounts, CutPlan, colour_change, cut, plan_cuts, resampling
from pipeline.sample.noise import named_uniform
from pipeline.types import Size

NAME = {"seed": 4, "frame": 9, "step": 2}


def picture(height: int, width: int, *, batch: int = 1) -> Tensor:
    """Return random pictures in [0, 1]."""
    return named_uniform((batch, 3, height, width), purpose="picture", **NAME)


def plain(plan: CutPlan) -> CutPlan:
    """Return the plan without its augmentations: geometry only."""
    n = len(plan)
    return replace(
        plan,
        is_flipped=torch.zeros(n, dtype=torch.bool),
        turn=torch.eye(2, 3).expand(n, 2, 3),
        colour=torch.eye(3).expand(n, 3, 3),
        bias=torch.zeros(n, 3, 1),
        grain_mix=torch.zeros(n, 2),
    )


def plan_of(height: int, width: int, size: int, **counts: float) -> CutPlan:
    """Return a plan with the counts given."""
    return plan_cuts(
        CutCounts(**{"overview": 0, "inner": 0, "batches": 1, **counts}), Size(height, width), size, **NAME
    )


@pytest.mark.parametrize(("side", "size"), [(40, 16), (16, 40), (17, 17)])
def test_an_overview_of_a_square_is_torchs_antialiased_resize(side, size):
    image = picture(side, side)
    ours = cut(image, plain(plan_of(side, side, size, overview=1)))
    peer = F.interpolate(image, (size, size), mode="bicubic", antialias=True, align_corners=False)
    # without antialias torch enlarges with a = -3/4 instead
    assert torch.allclose(ours, peer, atol=2e-5)


@pytest.mark.parametrize(("height", "width"), [(20, 36), (36, 20), (21, 36)])
def test_an_overview_of_a_wide_picture_stands_in_black(height, width):
    ours = cut(torch.ones(1, 3, height, width), plain(plan_of(height, width, 36, overview=1)))
    seen = ours[0, 0] if width > height else ours[0, 0].T
    assert seen[0].abs().max() < 1e-6
    assert seen[-1].abs().max() < 1e-6
    assert torch.allclose(seen[18], torch.ones(36), atol=1e-5)
    if height % 2 == 0:
        assert torch.allclose(seen, seen.flip(0), atol=1e-5)
        assert float(seen[:, 5].sum()) == pytest.approx(20, abs=1e-4)


@pytest.mark.parametrize("size", [8, 64])
def test_no_cut_is_darker_at_the_border(size):
    plan = plain(plan_of(24, 40, size, inner=40))
    assert torch.allclose(cut(torch.ones(1, 3, 24, 40), plan), torch.ones(40, 3, size, size), atol=1e-5)


def test_an_inner_cut_is_where_the_plan_says():
    plan = plain(plan_of(48, 64, 16, inner=1))
    plan = replace(plan, left=torch.tensor([30.0]), top=torch.tensor([8.0]), side=torch.tensor([16.0]))
    image = picture(48, 64)
    assert torch.allclose(cut(image, plan), image[:, :, 8:24, 30:46], atol=1e-5)


def test_an_inner_cut_shrinks_like_the_whole_picture():
    image = picture(64, 64)
    whole = F.interpolate(image, (32, 32), mode="bicubic", antialias=True)
    plan = plain(plan_of(64, 64, 16, inner=1))
    plan = replace(plan, left=torch.tensor([8.0]), top=torch.tensor([24.0]), side=torch.tensor([32.0]))
    assert torch.allclose(cut(image, plan), whole[:, :, 12:28, 4:20], atol=1e-5)


@given(height=st.integers(8, 200), width=st.integers(8, 200), size=st.integers(4, 64), power=st.floats(0.1, 20))
@settings(max_examples=40, deadline=None)
def test_inner_cuts_lie_inside_the_picture(height, width, size, power):
    plan = plan_of(height, width, size, inner=30, power=power)
    short = min(height, width)
    smallest = size if size < short else 0.35 * short
    assert (plan.side >= smallest - 1e-3).all()
    assert (plan.side <= short + 1e-3).all()
    assert (plan.left >= 0).all()
    assert (plan.top >= 0).all()
    assert (plan.left + plan.side <= width + 1e-3).all()
    assert (plan.top + plan.side <= height + 1e-3).all()


def test_a_large_power_makes_small_cuts():
    sides = [float(plan_of(200, 200, 20, inner=200, power=power).side.mean()) for power in (0.2, 1, 10)]
    assert sides[0] > 160
    assert 100 < sides[1] < 120
    assert sides[2] < 45


def test_which_cuts_are_grey_and_which_mirrored(monkeypatch):
    monkeypatch.setattr(cutouts, "FLIP_SHARE", 0.0)
    monkeypatch.setattr(cutouts, "GREY_SHARE", 0.0)
    plan = plan_of(32, 32, 8, overview=5, inner=4, batches=2, grey_share=0.5)
    # a grey map has three equal rows
    is_grey = (plan.colour[:, 0] - plan.colour[:, 1]).abs().amax(dim=1) < 1e-6
    assert plan.is_overview.tolist() == [True, True, True, True, True, False, False, False, False] * 2
    assert is_grey.tolist() == [False, True, False, True, False, True, True, False, False] * 2
    assert plan.is_flipped.tolist() == [False, False, True, True, False, False, False, False, False] * 2


def test_a_share_of_all_cuts_is_grey_and_half_are_mirrored():
    plan = plan_of(32, 32, 8, inner=2000)
    is_grey = (plan.colour[:, 0] - plan.colour[:, 1]).abs().amax(dim=1) < 1e-6
    assert float(is_grey.float().mean()) == pytest.approx(0.1, abs=0.03)
    assert float(plan.is_flipped.float().mean()) == pytest.approx(0.5, abs=0.05)


def test_grey_cuts_look_grey():
    plan = plan_of(32, 32, 8, overview=5, inner=10, batches=2, grey_share=0.24)
    views = cut(torch.rand(1, 3, 32, 32), replace(plan, grain_mix=torch.zeros(30, 2)))
    grey = (views - views.mean(dim=1, keepdim=True)).abs().amax(dim=(1, 2, 3)) < 1e-4
    for batch in (grey[:15], grey[15:]):
        assert batch[[1, 3, 5, 6]].all()
        assert batch.sum() < 8


def test_flipped_cuts_are_mirrored():
    plan = plain(plan_of(20, 30, 12, overview=2, inner=3))
    image = picture(20, 30)
    mirrored = cut(image, replace(plan, is_flipped=torch.tensor([True, False, True, False, True])))
    straight = cut(image, plan)
    assert torch.allclose(mirrored[[0, 2, 4]], straight[[0, 2, 4]].flip(-1), atol=1e-6)
    assert torch.equal(mirrored[[1, 3]], straight[[1, 3]])


def test_flips_turns_and_colours_differ_from_cut_to_cut():
    plan = plan_of(32, 32, 8, overview=12, batches=2)
    assert plan.is_flipped.unique().numel() == 2
    for numbers in (plan.turn, plan.colour, plan.grain_mix):
        assert len(numbers.flatten(1).unique(dim=0)) == 24
    views = cut(picture(32, 32), plan)
    assert len({tuple(view.flatten().tolist()) for view in views}) == 24


def test_grain_has_disco_strength_and_differs_between_cuts():
    plan = plan_of(32, 32, 64, inner=6)
    grain = cut(torch.zeros(1, 3, 32, 32), replace(plan, bias=torch.zeros(6, 3, 1)))
    assert torch.allclose(grain.std(dim=(1, 2, 3)), torch.tensor(0.01), rtol=0.05)


def test_colour_jitter_keeps_grey_grey_and_mid_grey_in_place():
    jitter = (named_uniform((20, 4), purpose="jitter", **NAME).double() * 2 - 1) * JITTER
    jitter[:, 0] = 0  # brightness
    colour, bias = colour_change(torch.zeros(20, dtype=torch.bool), jitter)
    assert torch.allclose(colour @ torch.full((3, 1), 0.5) + bias, torch.full((20, 3, 1), 0.5), atol=1e-4)
    grey = colour @ torch.full((3, 1), 0.8) + bias
    assert (grey - grey.mean(dim=1, keepdim=True)).abs().max() < 1e-4


def test_hue_turns_red_towards_another_colour_and_no_jitter_is_no_change():
    none = torch.zeros(1, 4, dtype=torch.float64)
    colour, bias = colour_change(torch.tensor([False]), none)
    assert torch.allclose(colour[0], torch.eye(3), atol=1e-6)
    assert float(bias.abs().max()) < 1e-6
    turned, _ = colour_change(torch.tensor([False]), torch.tensor([[0, 0, 0, 0.1]], dtype=torch.float64))
    assert (turned[0] - torch.eye(3)).abs().max() > 0.2


def test_all_pictures_of_a_batch_get_the_same_cuts():
    images = picture(20, 28, batch=2)
    plan = plan_of(20, 28, 8, overview=1, inner=2)
    together = cut(images, plan).reshape(3, 2, 3, 8, 8)
    for i in range(2):
        assert torch.allclose(together[:, i], cut(images[i : i + 1], plan), atol=1e-6)


def test_names_decide_the_cuts():
    one, same = plan_of(32, 48, 8, inner=4), plan_of(32, 48, 8, inner=4)
    other = plan_cuts(CutCounts(0, 4, 1), Size(32, 48), 8, seed=4, frame=9, step=3)
    assert torch.equal(one.left, same.left)
    assert torch.equal(one.grain, same.grain)
    assert not torch.equal(one.left, other.left)


def test_rows_of_a_resampling_sum_to_one():
    start, side = torch.tensor([0.0, 3.3, 20.0]), torch.tensor([30.0, 4.1, 10.0])
    rows = resampling(start, side, 7, length=30, framed=torch.zeros(3, dtype=torch.bool), frame=0)
    assert rows.shape == (3, 7, 30)
    assert torch.allclose(rows.sum(-1), torch.ones(3, 7))


def test_gradient():
    plan = plan_of(6, 9, 4, overview=1, inner=1)
    image = picture(6, 9).double().requires_grad_()
    assert torch.autograd.gradcheck(lambda x: cut(x, plan), (image,), fast_mode=True)


def test_without_hue_a_cut_keeps_its_colours_order_and_with_it_turns_them() -> None:
    red = torch.tensor([0.9, 0.2, 0.1])
    still, turning = (
        plan_cuts(CutCounts(0, 40, 1, hue=hue), Size(16, 16), 8, seed=1, frame=0, step=0) for hue in (0.0, 0.5)
    )
    told = [(plan.colour @ red)[~is_grey(plan)] for plan in (still, turning)]
    assert (told[0].argmax(dim=1) == 0).all()
    assert {0, 1, 2} == set(told[1].argmax(dim=1).tolist())


def is_grey(plan: CutPlan) -> torch.Tensor:
    return (plan.colour[:, 0] - plan.colour[:, 1]).abs().amax(dim=1) < 1e-4
