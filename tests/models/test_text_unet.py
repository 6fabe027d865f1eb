"""A UNet that is told texts is guided-diffusion's own wherever it is told nothing."""

from __future__ import annotations

import pytest
import torch

from pipeline.models.entry import DiffusionArchitecture, TextCondition, UNetShape
from pipeline.models.networks import build_denoiser, build_unet
from pipeline.models.rehearsal import random_state
from pipeline.types import Size

SHAPE = UNetShape(16, 3, 32, 6, 1, (2,), (1, 1), True, False, num_heads=2)
ARCHITECTURE = DiffusionArchitecture(
    unet=SHAPE,
    unshuffle=1,
    schedule="cosine",
    predicts="x0",
    learn_sigma=True,
    recommended_size=Size(16, 16),
    size_multiple=2,
    text=TextCondition("tiny-clip", 8),
)
X, TIMES = torch.randn(3, 3, 12, 16, generator=torch.Generator().manual_seed(1)), torch.tensor([3.0, 500.0, 900.0])
TEXT = torch.randn(3, 8, generator=torch.Generator().manual_seed(2))


@pytest.fixture
def taught():
    """Return a UNet that listens: its weights are random, none of them zero."""
    network = build_denoiser(ARCHITECTURE)
    network.load_state_dict(random_state(ARCHITECTURE))
    return network.eval()


@torch.no_grad()
def test_untold_it_is_the_upstream_network(taught) -> None:
    upstream = build_unet(SHAPE).eval()
    state = taught.state_dict()
    added = {name for name in state if name not in upstream.state_dict()}
    assert added == {f"text_embed.{part}.{of}" for part in (0, 2) for of in ("weight", "bias")}
    upstream.load_state_dict({name: value for name, value in state.items() if name not in added})
    assert torch.equal(taught(X, TIMES), upstream(X, TIMES))
    assert torch.equal(taught(X, TIMES, text=torch.zeros(3, 8)), upstream(X, TIMES))


@torch.no_grad()
def test_each_picture_is_told_its_own_text(taught) -> None:
    told = taught(X, TIMES, text=TEXT)
    assert (told - taught(X, TIMES)).abs().amax(dim=(1, 2, 3)).min() > 1e-3
    some = taught(X, TIMES, text=torch.stack([TEXT[0], torch.zeros(8), TEXT[2]]))
    torch.testing.assert_close(some[[0, 2]], told[[0, 2]])
    torch.testing.assert_close(some[1], taught(X, TIMES)[1])


def test_a_trained_one_does_not_listen_at_first_and_can_learn_to(taught) -> None:
    network = build_denoiser(ARCHITECTURE)
    state = {name: value for name, value in taught.state_dict().items() if not name.startswith("text_embed")}
    assert network.load_state_dict(state, strict=False).unexpected_keys == []
    told = network(X, TIMES, text=TEXT)
    assert torch.equal(told, network(X, TIMES))
    told.square().sum().backward()
    assert network.text_embed[-1].weight.grad.abs().max() > 0
