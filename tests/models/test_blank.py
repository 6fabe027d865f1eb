"""Networks built without random numbers are those built with them, once their weights are in place."""

from __future__ import annotations

import pytest
import torch

from pipeline.models.blank import Blank
from pipeline.models.catalogue import find
from pipeline.models.entry import ClipArchitecture
from pipeline.models.networks import build_clip

TEXT = {"context_length": 8, "vocab_size": 99, "width": 16, "heads": 2, "layers": 1}
TOWERS = {
    "resnet": {"layers": [1, 1, 1, 1], "width": 8, "image_size": 32},
    "vit": {"layers": 1, "width": 16, "head_width": 8, "patch_size": 8, "image_size": 32},
}


@pytest.mark.parametrize("tower", TOWERS)
def test_a_blank_clip_with_weights_is_the_clip(tower: str) -> None:
    shape = find("painted-clip-a").architecture
    assert isinstance(shape, ClipArchitecture)
    parts = {"embed_dim": 8, "vision_cfg": TOWERS[tower], "text_cfg": TEXT, "mean": shape.mean, "std": shape.std}
    usual = build_clip(ClipArchitecture(**parts)).eval()
    state = torch.get_rng_state()
    with Blank():
        blank = build_clip(ClipArchitecture(**parts)).eval()
    assert torch.equal(torch.get_rng_state(), state)  # nothing was drawn
    assert {k: v.shape for k, v in blank.state_dict().items()} == {k: v.shape for k, v in usual.state_dict().items()}
    blank.load_state_dict(usual.state_dict())
    assert torch.equal(blank.attn_mask, usual.attn_mask)  # no weight, so nothing replaces it
    picture, words = torch.rand(2, 3, 32, 32), torch.randint(99, (2, 8))
    assert torch.equal(blank.encode_image(picture), usual.encode_image(picture))
    assert torch.equal(blank.encode_text(words), usual.encode_text(words))


def test_what_is_computed_is_as_ever_and_drawing_comes_back_afterwards() -> None:
    with Blank():
        assert torch.randn(2, 3, generator=torch.Generator()).shape == (2, 3)
        assert torch.equal(torch.arange(3) + 1, torch.tensor([1, 2, 3]))
        assert torch.nn.LayerNorm(4).weight.tolist() == [1, 1, 1, 1]
    torch.manual_seed(0)
    assert torch.randn(3).std() > 0
