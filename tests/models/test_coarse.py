"""The network inside a denoiser: its picture stands in the broad shapes of the other's, and nothing else of it does."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from pipeline.models import build_network
from pipeline.models.coarse import CoarseFirst
from pipeline.models.entry import CoarseShape, DetailShape, DiffusionArchitecture, TextCondition, UNetShape
from pipeline.models.networks import unets_in
from pipeline.models.noise import alpha_bars
from pipeline.models.rehearsal import random_state
from pipeline.sample.denoiser import UnetDenoiser
from pipeline.sample.precision import lower_torso
from pipeline.sample.steps import Steps
from pipeline.types import Size

INNER = UNetShape(4, 12, 32, 12, 1, (2,), (1, 1), True, False, num_head_channels=16)
ARCHITECTURE = DiffusionArchitecture(
    UNetShape(8, 48, 32, 96, 1, (2,), (1, 1), True, False, num_head_channels=16),
    unshuffle=4,
    schedule="cosine",
    predicts="x0",
    learn_sigma=True,
    recommended_size=Size(16, 24),
    size_multiple=8,
    detail=DetailShape(unshuffle=2, features=16, before=1, behind=2),
    coarse=CoarseShape(times=2, unshuffle=2, unet=INNER),
)
TIMES = torch.tensor([3, 801])


def built(architecture: DiffusionArchitecture = ARCHITECTURE) -> CoarseFirst:
    network = build_network(architecture)
    assert isinstance(network, CoarseFirst)
    network.load_state_dict(random_state(architecture, seed=3))
    return network.eval().requires_grad_(False)


@pytest.fixture
def network() -> CoarseFirst:
    found = built()
    for new in (found.hand.weight, found.hand.bias):
        torch.nn.init.zeros_(new)
    return found


@pytest.fixture
def folded() -> torch.Tensor:
    return torch.randn(2, 48, 4, 6, generator=torch.Generator().manual_seed(1))


def test_without_a_share_the_other_network_answers_alone(network: CoarseFirst, folded: torch.Tensor) -> None:
    network.share.copy_(torch.tensor([-1e4, 0.0]))
    torch.testing.assert_close(network(folded, TIMES), network.network(folded, TIMES))


def test_with_all_of_it_the_means_of_blocks_come_near_the_inner_picture_and_fine_differences_stay(
    network: CoarseFirst, folded: torch.Tensor
) -> None:
    network.share.copy_(torch.tensor([1e4, 0.0]))
    inner = torch.arange(2.0).view(2, 1, 1, 1).expand(2, 3, 8, 12) / 4 - 0.25
    network.inner = torch.nn.Identity()
    network.broad = lambda small, timesteps: inner  # type: ignore[method-assign]
    found = F.pixel_shuffle(network(folded, TIMES)[:, :48], 4)
    own = F.pixel_shuffle(network.network(folded, TIMES)[:, :48], 4)
    added = found - own
    larger = F.interpolate(inner - F.avg_pool2d(own, 2), scale_factor=2, mode="bilinear")
    torch.testing.assert_close(added, larger, atol=1e-4, rtol=0)
    torch.testing.assert_close(network(folded, TIMES)[:, 48:], network.network(folded, TIMES)[:, 48:])


def test_a_new_one_asks_the_inner_network_more_where_there_is_more_noise() -> None:
    new = build_network(ARCHITECTURE)
    assert isinstance(new, CoarseFirst)
    share = (new.share[0] + new.share[1] * new.noise).sigmoid()
    kept = torch.tensor(alpha_bars("cosine"))
    torch.testing.assert_close(share.double(), 1 - kept, atol=1e-4, rtol=0)  # noise / (signal + noise)


def test_a_small_noisy_picture_is_one_of_its_own_timestep(network: CoarseFirst) -> None:
    """Of pictures that are alike within blocks: signal and noise keep the ratio that means of 4 numbers have."""
    clean = torch.full((2, 3, 256, 256), 0.5)
    noise = torch.randn(clean.shape, generator=torch.Generator().manual_seed(2))
    kept = torch.tensor(alpha_bars("cosine"))[TIMES].view(2, 1, 1, 1)
    small = network.small((kept.sqrt() * clean + (1 - kept).sqrt() * noise).float(), TIMES)
    means = kept / (kept + (1 - kept) / 4)
    assert small.shape == (2, 3, 128, 128)
    for one, share in zip(small.double(), means.flatten(), strict=True):
        assert one.mean() == pytest.approx(0.5 * share.sqrt().item(), abs=0.01)
        assert one.var() == pytest.approx(1 - share.item(), rel=0.02)


def test_the_outer_network_is_handed_the_inner_picture(network: CoarseFirst, folded: torch.Tensor) -> None:
    network.share.copy_(torch.tensor([-1e4, 0.0]))
    before = network(folded, TIMES)
    network.hand.weight.copy_(torch.randn(network.hand.weight.shape, generator=torch.Generator().manual_seed(4)))
    assert not torch.allclose(network(folded, TIMES), before, atol=1e-3)


def test_a_picture_is_the_same_beside_any_other(folded: torch.Tensor) -> None:
    network = built()
    torch.testing.assert_close(network(folded[1:], TIMES[1:]), network(folded, TIMES)[1:])


def test_one_made_of_shapes_only_is_whole_with_its_weights(folded: torch.Tensor) -> None:
    with torch.device("meta"):
        network = build_network(ARCHITECTURE)
    network.load_state_dict(random_state(ARCHITECTURE, seed=3), assign=True)
    assert torch.equal(network.eval()(folded, TIMES), built()(folded, TIMES))


def test_both_are_told_texts(folded: torch.Tensor) -> None:
    network = built(replace(ARCHITECTURE, text=TextCondition("none", 8)))
    text = torch.randn(2, 8, generator=torch.Generator().manual_seed(5))
    small = network.small(F.pixel_shuffle(folded, 4), TIMES)
    assert not torch.allclose(network.broad(small, TIMES, text=text), network.broad(small, TIMES), atol=1e-3)
    assert not torch.allclose(network(folded, TIMES, text=text), network(folded, TIMES), atol=1e-3)


def test_it_denoises_and_hands_on_slopes_as_any_network_does() -> None:
    x = torch.randn(1, 3, 16, 24, generator=torch.Generator().manual_seed(2), requires_grad=True)
    denoiser = UnetDenoiser(built(), predicts="x0", unshuffle=4, learn_sigma=True)
    found = denoiser(x, Steps.plan("cosine", 5)[2])
    assert found.x0.shape == x.shape
    assert torch.autograd.grad(found.x0.square().sum(), x)[0].abs().min() > 0


def test_half_precision_reaches_both(folded: torch.Tensor) -> None:
    network = built()
    exact = network(folded, TIMES)
    lower_torso(network, torch.bfloat16)
    assert [unet.dtype for unet in unets_in(network)] == [torch.bfloat16] * 2 == [network.dtype] * 2
    with torch.autocast("cpu", dtype=torch.bfloat16):
        rounded = network(folded, TIMES)
    assert rounded.dtype == torch.float32
    assert 0 < (rounded - exact).abs().max() < 0.1 * exact.abs().max()
