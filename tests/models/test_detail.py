"""The small network around a UNet: nothing at first, in its place at every pixel, and a way past for what is clean."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from pipeline.models import build_network
from pipeline.models.detail import DetailedUNet, waves
from pipeline.models.entry import DetailShape, DiffusionArchitecture, UNetShape
from pipeline.models.rehearsal import random_state
from pipeline.sample.denoiser import UnetDenoiser
from pipeline.sample.precision import lower_torso
from pipeline.sample.steps import Steps
from pipeline.types import Size

ARCHITECTURE = DiffusionArchitecture(
    UNetShape(8, 48, 32, 96, 1, (2,), (1, 1), True, False, num_head_channels=16),
    unshuffle=4,
    schedule="cosine",
    predicts="x0",
    learn_sigma=True,
    recommended_size=Size(16, 24),
    size_multiple=8,
    detail=DetailShape(unshuffle=2, features=16, before=1, behind=2),
)


@pytest.fixture
def network() -> DetailedUNet:
    """Return one whose UNet has random weights, and whose small network is new."""
    built = build_network(ARCHITECTURE)
    assert isinstance(built, DetailedUNet)
    given = random_state(ARCHITECTURE, seed=3)
    built.unet.load_state_dict({name[5:]: value for name, value in given.items() if name.startswith("unet.")})
    return built.eval().requires_grad_(False)


@pytest.fixture
def folded() -> torch.Tensor:
    return torch.randn(2, 48, 4, 6, generator=torch.Generator().manual_seed(1))


def test_a_new_one_adds_nothing(network, folded):
    times = torch.tensor([3, 801])
    assert torch.equal(network(folded, times), network.unet(folded, times))


def test_the_way_past_leads_every_pixel_to_its_place(network, folded):
    """Where all is let past, the answer is the noisy picture itself, whatever the two folds do to its channels."""
    torch.nn.init.ones_(network.detail.past.bias)
    found = network(folded, torch.tensor([3, 801]))
    torch.testing.assert_close(found[:, :48], folded)


def test_what_is_added_to_a_channel_of_the_finer_fold_is_added_to_its_pixels(network, folded):
    """Channel 6 of blocks of 2 x 2 is green, lower left: rows 1, 3, 5 and columns 0, 2, 4 of the picture."""
    times = torch.tensor([3, 801])
    before = F.pixel_shuffle(network(folded, times)[:, :48], 4)
    network.detail.leave.bias[6] = 0.5
    after = F.pixel_shuffle(network(folded, times)[:, :48], 4)
    wanted = torch.zeros_like(before)
    wanted[:, 1, 1::2, 0::2] = 0.5
    torch.testing.assert_close(after - before, wanted, atol=1e-5, rtol=0)


def test_it_sees_the_noisy_picture_what_the_unet_sees_and_the_time(network, folded):
    network.load_state_dict(random_state(ARCHITECTURE, seed=4))
    times = torch.tensor([3, 801])
    found = network(folded, times)
    assert found.shape == (2, 96, 4, 6) and found.isfinite().all()
    plain = network.unet(folded, times)
    assert not torch.allclose(found[:, 48:], plain[:, 48:], atol=1e-3)  # the UNet is handed what was found before it
    told, later = (network.detail.time(waves(at)) for at in (times, times + 20))
    seen, more = (network._finer(part) for part in plain.chunk(2, dim=1))
    noisy = network._finer(folded)
    assert not torch.allclose(network.detail.first(noisy, told), network.detail.first(noisy, later), atol=1e-3)

    def added_for(noisy, seen, more, features, told):
        return network.detail.last(noisy, seen, network.detail.then(noisy, seen, more, features, told), told)

    given = [noisy, seen, more, network.detail.first(noisy, told), told]
    added = added_for(*given)
    for number, other in enumerate([*(part + 0.1 for part in given[:4]), later]):
        changed = added_for(*given[:number], other, *given[number + 1 :])
        assert not torch.allclose(changed, added, atol=1e-3), number
    torch.testing.assert_close(network(folded[1:], times[1:]), found[1:])  # a picture is the same beside any other


def test_its_blocks_are_rounded_where_the_unet_is_in_bfloat16(network, folded):
    network.load_state_dict(random_state(ARCHITECTURE, seed=4))
    times, inside = torch.tensor([3, 801]), []
    exact = network(folded, times)
    network.detail.behind[0].leave.register_forward_hook(lambda *seen: inside.append(seen[2].dtype))
    with torch.autocast("cpu", dtype=torch.bfloat16):  # as a trainer does, whose UNet is in single precision
        network(folded, times)
    assert inside.pop() == torch.bfloat16
    lower_torso(network, torch.bfloat16)
    found = network(folded, times)
    assert (inside.pop(), found.dtype) == (torch.bfloat16, torch.float32)
    assert 0 < (found - exact).abs().max() < 0.1 * exact.abs().max()
    network.unet.dtype = torch.float16  # in which processors do not convolve: the small network alone
    network.unet.forward = lambda x, *_, **__: torch.cat([x, x], dim=1)
    network(folded, times)
    assert inside.pop() == torch.float32


def test_it_denoises_as_any_network_does(network):
    network.load_state_dict(random_state(ARCHITECTURE, seed=4))
    x = torch.randn(1, 3, 16, 24, generator=torch.Generator().manual_seed(2), requires_grad=True)
    denoiser = UnetDenoiser(network, predicts="x0", unshuffle=4, learn_sigma=True)
    found = denoiser(x, Steps.plan("cosine", 5)[2])
    assert found.x0.shape == x.shape
    assert torch.autograd.grad(found.x0.square().sum(), x)[0].abs().min() > 0


def test_times_are_told_apart():
    told = waves(torch.tensor([0, 1, 500, 999]))
    assert told.shape == (4, 64)
    assert told[0].tolist() == [1.0] * 32 + [0.0] * 32
    distances = torch.cdist(told, told) + torch.eye(4)
    assert distances.min() > 0.3
