"""A training that starts from shipped weights starts with what they can do."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from pipeline.models import DiffusionArchitecture, find, load_clip, load_diffusion
from pipeline.models.catalogue import read_catalogue
from pipeline.models.entry import DetailShape, UNetShape
from pipeline.models.networks import build_denoiser, build_unet, unet_in
from pipeline.train import onward
from pipeline.train.compact import build_compact, caption_vocabulary
from pipeline.train.denoiser import predict
from pipeline.train.onward import refold, spread, take_over_denoiser, take_over_perceptor
from pipeline.train.pictures import tokenize

SMALL = UNetShape(8, 12, 32, 24, 1, (2,), (1, 2), True, False, num_head_channels=32)


@pytest.mark.parametrize("pictures", [1, 2])
def test_a_larger_fold_draws_the_same_pictures_with_larger_pixels(pictures: int) -> None:
    torch.manual_seed(0)
    small = build_unet(replace(SMALL, in_channels=12 * pictures))
    large = build_unet(replace(SMALL, in_channels=48 * pictures, out_channels=96))
    for network in (small, large):
        for parameter in network.parameters():  # a new UNet answers zero
            torch.nn.init.normal_(parameter, std=0.1)
    large.load_state_dict(refold(small.state_dict(), fold=2, times=2))
    picture, at = torch.randn(2, 3 * pictures, 16, 24), torch.tensor([10.0, 700.0])
    with torch.no_grad():
        expected = F.pixel_shuffle(small(F.pixel_unshuffle(picture, 2), at)[:, :12], 2)
        larger = F.pixel_unshuffle(F.interpolate(picture, scale_factor=2), 4)
        found = F.pixel_shuffle(large(larger, at)[:, :48], 4)
    torch.testing.assert_close(found, F.interpolate(expected, scale_factor=2), rtol=1e-4, atol=1e-4)


def shipped_diffusion() -> tuple[str, DiffusionArchitecture]:
    name = next(name for name, entry in read_catalogue().items() if entry.kind == "diffusion")
    architecture = find(name).architecture
    assert isinstance(architecture, DiffusionArchitecture)
    return name, architecture


def test_a_diffusion_model_goes_on_from_the_one_that_ships() -> None:
    name, architecture = shipped_diffusion()
    network = build_denoiser(architecture)
    take_over_denoiser(network, architecture, ancestor=name)
    for key, value in load_diffusion(name).network.state_dict().items():
        assert torch.equal(network.state_dict()[key], value), key


def test_a_model_with_another_small_network_around_it_goes_on_with_the_unet_and_the_sketch() -> None:
    """The small network adds nothing at first, so the pictures are those of the UNet and the sketch."""
    name, architecture = shipped_diffusion()
    assert architecture.sketch is not None
    detailed = replace(architecture, detail=DetailShape(architecture.unshuffle // 4, features=8, before=1, behind=1))
    network = build_denoiser(detailed)
    take_over_denoiser(network, detailed, ancestor=name)
    alone = load_diffusion(name).network
    alone.network = unet_in(alone)
    picture, at = torch.randn(1, 3, 64, 96), torch.tensor([300])
    expected = predict(alone, picture, at, unshuffle=architecture.unshuffle)
    assert torch.equal(predict(network, picture, at, unshuffle=architecture.unshuffle), expected)


def test_a_fold_that_does_not_divide_is_refused() -> None:
    name, architecture = shipped_diffusion()
    with pytest.raises(ValueError, match="does not divide the new fold"):
        take_over_denoiser(
            build_denoiser(architecture), replace(architecture, unshuffle=architecture.unshuffle + 1), ancestor=name
        )


def test_a_clip_goes_on_from_the_one_that_ships(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is added to a ResNet lets everything pass at first, so pictures and known words mean what they meant."""
    monkeypatch.setattr("pipeline.train.compact.N_VOCABULARY", 500)
    monkeypatch.setattr("pipeline.train.compact.N_BANKS", 5)
    name = "painted-clip-a"
    shipped = load_clip(name)
    vocabulary = caption_vocabulary()
    deeper = replace(shipped.architecture, vision_cfg=replace(shipped.architecture.vision_cfg, layers=(2, 2, 2, 2)))
    monkeypatch.setattr("pipeline.train.compact.planned", lambda name, kind: deeper)
    model = build_compact(name, vocabulary).eval()
    take_over_perceptor(model, vocabulary, ancestor=name)
    tokens = tokenize(["a castle in the snow at night, oil painting"])
    side = shipped.architecture.vision_cfg.image_size
    pictures = torch.randn(2, 3, side, side)
    with torch.no_grad():
        said = model.encode_text(torch.from_numpy(vocabulary.compact(tokens)))
        torch.testing.assert_close(said, shipped.model.encode_text(torch.from_numpy(tokens)))
        torch.testing.assert_close(model.encode_image(pictures), shipped.model.encode_image(pictures))


def test_places_are_spread_over_a_finer_square_the_mean_apart() -> None:
    mean = torch.tensor([[9.0, 9.0]])
    rows = torch.tensor([[0.0, 0.0], [0.0, 1.0], [4.0, 0.0], [4.0, 1.0]])  # row and column say what is added
    places = torch.cat([mean, rows])
    assert spread(places, count=5) is places
    found = spread(places, count=10)
    assert torch.equal(found[:1], mean)
    assert found[1:, 0].view(3, 3).tolist() == [[0, 0, 0], [2, 2, 2], [4, 4, 4]]
    assert found[1:, 1].view(3, 3).tolist() == [[0, 0.5, 1]] * 3


def test_strangers_are_no_ancestors() -> None:
    name, _ = shipped_diffusion()
    with pytest.raises(ValueError, match="has a name and shape"):
        onward._take_over(torch.nn.Linear(3, 3), load_diffusion(name).network.state_dict())
