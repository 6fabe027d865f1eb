"""The network that enlarges pictures: the layout of its family, what it does untrained, and how far it sees."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

from pipeline.errors import ModelError
from pipeline.models import UpscalerArchitecture, build_network, find, load_upscaler
from pipeline.models.addition import add
from pipeline.models.enlarging import EnlargingNetwork, smoothed
from pipeline.models.upscaler import in_parts


def test_published_weights_of_the_family_have_this_layout():
    with torch.device("meta"):
        state = EnlargingNetwork(64, 16, 4).state_dict()
    assert sum(value.numel() for value in state.values()) == 621_424  # the compact network for animated films
    shapes = {name: tuple(value.shape) for name, value in state.items()}
    assert (shapes["body.0.weight"], shapes["body.1.weight"]) == ((64, 3, 3, 3), (64,))
    assert (shapes["body.32.weight"], shapes["body.33.weight"]) == ((64, 64, 3, 3), (64,))
    assert (shapes["body.34.weight"], shapes["body.34.bias"]) == ((48, 64, 3, 3), (48,))
    assert len(state) == 2 * 18 + 17


def test_without_weights_it_repeats_pixels():
    network = EnlargingNetwork(8, 1, 3)
    with torch.no_grad():
        for weight in network.parameters():
            weight.zero_()
    x = torch.rand(2, 3, 5, 7, generator=torch.Generator().manual_seed(0))
    assert torch.equal(network(x), x.repeat_interleave(3, 2).repeat_interleave(3, 3))


def test_channels_become_pixels_in_the_order_of_the_family():
    network = EnlargingNetwork(8, 1, 2)
    with torch.no_grad():
        for weight in network.parameters():
            weight.zero_()
        network.body[-1].bias.copy_(torch.arange(12.0))
    found = network(torch.zeros(1, 3, 1, 1))[0]
    assert found.tolist() == [[[0, 1], [2, 3]], [[4, 5], [6, 7]], [[8, 9], [10, 11]]]


def test_nothing_beyond_its_reach_changes_a_pixel():
    network = EnlargingNetwork(4, 3, 2).eval()
    assert network.reach == 5
    with torch.no_grad():
        for weight in network.parameters():
            weight.abs_().add_(0.1)  # so that nothing cancels
    x = torch.full((1, 3, 1, 25), 0.5)
    there = x.clone()
    there[..., 12] = 1.0
    changed = (network(there) - network(x)).abs().amax((0, 1, 2)) > 0
    assert changed.nonzero().flatten().tolist() == list(range(2 * 7, 2 * 18))


def test_folded_pictures_come_out_whole_and_where_they_were() -> None:
    network = EnlargingNetwork(8, 1, 3, 2)
    shapes = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    assert (shapes["body.0.weight"], shapes["body.4.weight"]) == ((8, 12, 3, 3), (108, 8, 3, 3))
    with torch.no_grad():
        for weight in network.parameters():
            weight.zero_()
    x = torch.rand(2, 3, 5, 7, generator=torch.Generator().manual_seed(0))
    assert torch.equal(network(x), x.repeat_interleave(3, 2).repeat_interleave(3, 3))
    with torch.no_grad():
        network.body[-1].bias.copy_(torch.arange(108.0))
    found = network(torch.zeros(1, 3, 5, 7))[0, 0]
    assert torch.equal(found[:6, :6], torch.arange(36.0).view(6, 6))  # a block of 2 x 2 becomes one of 6 x 6
    assert torch.equal(found[-3:], found[:3])  # what continued the picture is cut again


def test_smoothing_takes_away_what_alternates_and_nothing_else() -> None:
    across = torch.arange(12.0).expand(1, 1, 10, 12)
    checks = (-1.0) ** (torch.arange(10.0)[:, None] + torch.arange(12.0))
    found = smoothed(across + 5 * checks)
    torch.testing.assert_close(found[..., 1:-1, 1:-1], across[..., 1:-1, 1:-1])
    dot = torch.zeros(1, 1, 5, 6)
    dot[..., 2, 3] = 16.0
    assert smoothed(dot)[0, 0, 1:4, 2:5].tolist() == [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
    assert smoothed(torch.full((1, 1, 3, 3), 0.7)).sub(0.7).abs().max() < 1e-6  # the borders too


@pytest.mark.parametrize(("smooth", "reach"), [(False, 8), (True, 10)])
def test_a_folded_picture_in_parts_is_the_whole(smooth: bool, reach: int) -> None:
    torch.manual_seed(0)
    network = EnlargingNetwork(6, 2, 3, 2, smooth).eval()
    assert network.reach == reach
    x = torch.rand(1, 3, 43, 40)
    with torch.no_grad():
        found = in_parts(network, x, 3, margin=network.reach, part=16, large=20)
        torch.testing.assert_close(found, network(x))


def test_a_fresh_one_is_near_to_repeating_pixels():
    torch.manual_seed(0)
    network = build_network(UpscalerArchitecture(16, 4, 4))
    x = torch.rand(1, 3, 16, 16)
    assert (network(x) - F.interpolate(x, scale_factor=4)).abs().max() < 0.2


def test_it_loads_by_name_and_computes_with_the_stored_weights(upscalers: Path):
    entry = find("small-upscaler", catalogue=upscalers)
    loaded = load_upscaler("small-upscaler", catalogue=upscalers)
    assert (loaded.entry, loaded.digest, loaded.architecture) == (entry, entry.sha256, UpscalerArchitecture(8, 2, 4))
    assert loaded.digest == hashlib.sha256(entry.path.read_bytes()).hexdigest()
    assert not loaded.network.training and not any(weight.requires_grad for weight in loaded.network.parameters())
    assert loaded.network(torch.rand(1, 3, 6, 5)).shape == (1, 3, 24, 20)
    with pytest.raises(ModelError, match="tiny-clip: is a clip model, not an upscaler model"):
        load_upscaler("tiny-clip", catalogue=upscalers)


@pytest.mark.parametrize("wrapper", ["", "params", "params_ema"])
def test_a_published_checkpoint_of_its_shape_is_added(upscalers: Path, fetched: Path, tmp_path: Path, wrapper: str):
    state = EnlargingNetwork(8, 2, 4).state_dict()
    torch.save({wrapper: state} if wrapper else state, tmp_path / "film-x4.pth")
    digest = hashlib.sha256((tmp_path / "film-x4.pth").read_bytes()).hexdigest()
    add(tmp_path / "film-x4.pth", like="small-upscaler", trust=f"sha256:{digest}", catalogue=upscalers)
    for _ in range(2):  # the second time from what the first one was converted to
        network = load_upscaler("film-x4", catalogue=upscalers).network
        assert all(torch.equal(value, state[name]) for name, value in network.state_dict().items())
