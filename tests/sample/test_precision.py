"""Half precision: how far it drifts, and that gradients come through; on a graphics card where there is one."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from pipeline.errors import UsageError
from pipeline.models import facts, load_clip, load_diffusion, settle
from pipeline.models.networks import unet_in
from pipeline.sample.denoiser import UnetDenoiser
from pipeline.sample.easel import as_denoiser, as_perceptor
from pipeline.sample.noise import named_noise, named_uniform
from pipeline.sample.precision import Passage, in_half
from pipeline.sample.steps import Steps
from pipeline.types import Engine

NAME = {"seed": 1, "frame": 0, "step": 0}
CARD = pytest.mark.skipif(
    not torch.cuda.is_available(), reason="float16 needs a graphics card, and this machine has none"
)
HALVES = [("cpu", torch.bfloat16), pytest.param("cuda", torch.bfloat16, marks=CARD)]
HALVES += [pytest.param("cuda", torch.float16, marks=CARD)]


def drift(found: torch.Tensor, exact: torch.Tensor) -> float:
    """Return the root mean square of what differs, as a share of that of the exact values."""
    return float((found - exact).square().mean().sqrt() / exact.square().mean().sqrt())


@pytest.mark.parametrize(("device", "dtype"), HALVES)
def test_the_embedded_denoiser_drifts_little(device, dtype):
    exact = as_denoiser(load_diffusion("painted-world-128", device=device))
    half = as_denoiser(load_diffusion("painted-world-128", device=device), dtype)
    x = named_noise((1, 3, 64, 64), purpose="x", **NAME).to(device)
    slope = named_noise((1, 3, 64, 64), purpose="slope", **NAME).to(device)
    for step in (Steps.plan("cosine", 5)[1], Steps.plan("cosine", 5)[3]):
        pictures, slopes = [], []
        for denoiser in (half, exact):
            leaf = x.clone().requires_grad_()
            picture = denoiser(leaf, step).x0
            assert picture.dtype == torch.float32
            pictures.append(picture.detach())
            slopes.append(torch.autograd.grad(picture, leaf, slope * 1e-7)[0])
        assert 0 < drift(*pictures) < 0.03
        assert drift(*slopes) < 0.08


def test_only_the_torso_is_lowered():
    whole = as_denoiser(load_diffusion("painted-world-128"), torch.bfloat16).network
    network = unet_in(whole)
    kinds = {name.split(".")[0]: set() for name, _ in network.named_parameters()}
    for name, value in network.named_parameters():
        kinds[name.split(".")[0]].add(value.dtype)
    assert kinds["time_embed"] == kinds["out"] == {torch.float32}
    assert kinds["input_blocks"] == kinds["middle_block"] == kinds["output_blocks"] == {torch.float32, torch.bfloat16}
    lowered = {
        type(m).__name__
        for m in network.modules()
        if getattr(m, "weight", None) is not None and m.weight.dtype == torch.bfloat16
    }
    assert lowered == {"Conv1d", "Conv2d"}
    assert sum(value.dtype == torch.bfloat16 for value in whole.parameters()) == sum(
        value.dtype == torch.bfloat16 for value in network.parameters()
    )


@pytest.mark.parametrize(("device", "dtype"), HALVES)
def test_the_embedded_clip_drifts_little(device, dtype):
    exact, half = (as_perceptor(load_clip("painted-clip-a", device=device), each) for each in (torch.float32, dtype))
    images = named_uniform((4, 3, exact.size, exact.size), purpose="images", **NAME).to(device)
    slope = named_noise((4, 256), purpose="slope", **NAME).to(device)
    found, slopes = [], []
    for perceptor in (half, exact):
        leaf = images.clone().requires_grad_()
        embedding = perceptor(leaf)
        assert embedding.dtype == torch.float32
        found.append(embedding.detach())
        slopes.append(torch.autograd.grad(embedding, leaf, slope * 1e-8)[0])
    assert 0 < float((1 - F.cosine_similarity(*found)).max()) < 2e-3
    alike = F.cosine_similarity(*(one.flatten(1) for one in slopes))  # bfloat16 has eight bits: 0.95 to 0.997
    assert float(alike.min()) > 0.9
    assert float(alike.mean()) > 0.97
    assert torch.equal(half.embed_text(["a castle"]), exact.embed_text(["a castle"]))


def test_a_gradient_that_float16_cannot_hold_comes_through():
    x = torch.linspace(0.1, 1, 8).requires_grad_()

    def look(x):
        return (x.half() * 3).float()

    plain = torch.autograd.grad(look(x), x, torch.full((8,), 1e-9))[0]
    assert (plain == 0).all()  # without a passage it is lost
    passage = Passage(torch.float16)
    found = torch.autograd.grad(passage.out(look(passage.into(x))), x, torch.full((8,), 1e-9))[0]
    assert torch.allclose(found, torch.full((8,), 3e-9), rtol=2e-3)
    huge = torch.autograd.grad(passage.out(look(passage.into(x))), x, torch.full((8,), 1e6))[0]
    assert torch.allclose(huge, torch.full((8,), 3e6), rtol=2e-3)
    nothing = torch.autograd.grad(passage.out(look(passage.into(x))), x, torch.zeros(8))[0]
    assert (nothing == 0).all()


def test_single_precision_is_left_alone():
    x = named_noise((3, 5), purpose="x", **NAME)
    assert torch.equal(in_half(torch.sin, x, torch.float32), torch.sin(x))
    assert as_denoiser(load_diffusion("painted-world-128")).network.dtype == torch.float32


@pytest.mark.parametrize("has_units", [False, True])
def test_precision_follows_the_device(monkeypatch: pytest.MonkeyPatch, has_units: bool):
    monkeypatch.setattr(facts, "has_bfloat16", lambda: has_units)

    def precision(device: str, wanted: str = "auto") -> str:
        return settle(Engine("a", (), device, 1, precision=wanted)).precision

    assert (precision("cpu"), precision("cuda")) == ("bfloat16" if has_units else "float32", "float16")
    assert precision("cpu", "float32") == "float32"
    assert (precision("cpu", "bfloat16"), precision("cuda", "bfloat16"), precision("cuda", "float32")) == (
        "bfloat16",
        "bfloat16",
        "float32",
    )
    with pytest.raises(UsageError, match="precision: a processor does not compute in float16"):
        precision("cpu", "float16")


def test_a_network_without_a_torso_is_called_as_before():
    class Plain(torch.nn.Module):
        def forward(self, x, timesteps):
            return x / 2

    step = Steps.plan("linear", 3)[1]
    x = named_noise((1, 3, 8, 8), purpose="x", **NAME)
    assert torch.equal(UnetDenoiser(Plain(), predicts="x0")(x, step).x0, x / 2)
