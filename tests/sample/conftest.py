"""A tiny engine: networks of a few thousand weights drawn from a seeded generator, and a plan to draw with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from pipeline.models.upstream import import_guided_diffusion
from pipeline.types import FramePlan, Look, Size, WeightedPrompt

STILL = Look(
    sampler="ddim",
    steps=4,
    skip=0.5,
    eta=(0.8,),
    guidance_scale=(50.0,),
    guidance_path="unet",
    clamp_grad=(0.05,),
    tv_scale=(0.0,),
    range_scale=(0.0,),
    sat_scale=(0.0,),
    cut_overview=(2.0,),
    cut_innercut=(3.0,),
    cut_ic_pow=(1.0,),
    cut_icgray_p=(0.2,),
    cutn_batches=1,
)


class ToyPerceptor(nn.Module):
    """Embed pictures by a random smooth map, and texts by their characters."""

    def __init__(self, size: int, *, seed: int = 0, width: int = 8) -> None:
        super().__init__()
        self.size = size
        self.seen: list[tuple[int, ...]] = []
        generator = torch.Generator().manual_seed(seed)
        self.map = torch.randn(3 * 16, width, generator=generator)
        self.width = width

    def forward(self, images: Tensor) -> Tensor:
        self.seen.append(tuple(images.shape))
        pooled = nn.functional.adaptive_avg_pool2d(images, 4).flatten(1)
        return torch.tanh(pooled @ self.map)

    def embed_text(self, texts: Sequence[str]) -> Tensor:
        rows = [torch.randn(self.width, generator=torch.Generator().manual_seed(sum(map(ord, t)))) for t in texts]
        return torch.stack(rows)


def seeded(network: nn.Module, seed: int) -> nn.Module:
    """Give every weight a value, also those guided-diffusion starts at zero."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.08)
    return network


def unet(*, unshuffle: int = 1, learn_sigma: bool = False, seed: int = 0) -> nn.Module:
    """Return a seeded `UNetModel` of some 100 000 weights."""
    channels = 3 * unshuffle**2
    options: dict[str, Any] = {
        "image_size": 16,
        "in_channels": channels,
        "model_channels": 32,
        "out_channels": channels * (2 if learn_sigma else 1),
        "num_res_blocks": 1,
        "attention_resolutions": (2,),
        "channel_mult": (1, 1),
        "num_heads": 2,
        "use_scale_shift_norm": True,
    }
    return seeded(import_guided_diffusion("unet").UNetModel(**options), seed)


@pytest.fixture(autouse=True)
def one_thread():
    """Compute in one thread: the networks are too small to share out."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def plan() -> FramePlan:
    """Return the first frame of a shot, not square."""
    prompts = (WeightedPrompt("a red fox", 1.0),)
    return FramePlan("one", 0, 7, Size(16, 24), prompts, None, STILL)


@pytest.fixture
def make_unet():
    """Return the maker of tiny networks."""
    return unet


@pytest.fixture
def toy():
    """Return the maker of toy perceptors."""
    return ToyPerceptor


@pytest.fixture
def look():
    """Return the maker of looks: the still look with some fields replaced."""
    return lambda **changes: replace(STILL, **changes)
