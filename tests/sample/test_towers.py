"""Frozen picture towers made ready: they say what they said, by fewer and quicker operations."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from torch import nn

from pipeline.models.upstream import import_open_clip
from pipeline.sample.precision import in_half
from pipeline.sample.towers import attending, fold_norms, make_ready, places

RESIDUAL = {"layers": [1, 2, 1, 1], "width": 8, "image_size": 64}
TRANSFORMER = {"layers": 2, "width": 32, "head_width": 16, "patch_size": 8, "image_size": 64}
SHAPES = pytest.mark.parametrize("shape", [RESIDUAL, TRANSFORMER], ids=["residual", "transformer"])


def a_clip(shape: dict[str, Any]) -> Any:
    """Return a seeded, frozen CLIP whose norms have seen pictures that are nothing like one another."""
    torch.manual_seed(3)
    model = import_open_clip().CLIP(
        embed_dim=16, vision_cfg=shape, text_cfg={"context_length": 8, "vocab_size": 9, "width": 8, "layers": 1}
    )
    for norm in (module for module in model.visual.modules() if isinstance(module, nn.BatchNorm2d)):
        for value, low, high in (
            (norm.weight, 0.2, 2.0),
            (norm.bias, -1, 0.5),
            (norm.running_mean, -1, 2),
            (norm.running_var, 0.1, 3),
        ):
            nn.init.uniform_(value, low, high)
    return model.eval().requires_grad_(False)


def some_pictures() -> torch.Tensor:
    """Return pictures (2, 3, 64, 64) that a slope can be asked of."""
    return torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(4)).requires_grad_()


def seen_and_slope(model: Any, dtype: torch.dtype) -> tuple[torch.Tensor, torch.Tensor]:
    """Return what a CLIP sees in some pictures, and the slope of its first number by them."""
    pictures = some_pictures()
    seen = in_half(model.encode_image, pictures, dtype)
    slope = torch.autograd.grad(seen[:, 0].sum(), pictures)[0]
    return seen.detach(), slope


def test_a_folded_tower_sees_what_it_saw_and_has_no_norms():
    model = a_clip(RESIDUAL)
    before = seen_and_slope(model, torch.float32)
    fold_norms(model.visual)
    assert not [module for module in model.visual.modules() if isinstance(module, nn.BatchNorm2d)]
    for was, found in zip(before, seen_and_slope(model, torch.float32), strict=True):
        assert torch.allclose(found, was, rtol=1e-3, atol=1e-5 * float(was.abs().max()))
    assert not any(value.requires_grad for value in model.parameters())


def test_a_transformer_in_single_precision_stays_as_it_is():
    model = a_clip(TRANSFORMER)
    was = copy.deepcopy(model.state_dict())
    make_ready(model.visual, torch.float32)
    found = model.state_dict()
    assert found.keys() == was.keys()
    assert all(torch.equal(found[name], value) for name, value in was.items())


@SHAPES
def test_weights_put_into_half_precision_beforehand_give_the_same_bits(shape):
    model = a_clip(shape)
    make_ready(model.visual, torch.float32)
    was = seen_and_slope(model, torch.bfloat16)
    make_ready(model.visual, torch.bfloat16)
    assert model.visual.conv1.weight.dtype == torch.bfloat16
    assert model.token_embedding.weight.dtype == torch.float32  # texts are read in single precision
    assert all(torch.equal(found, old) for found, old in zip(seen_and_slope(model, torch.bfloat16), was, strict=True))


@pytest.mark.parametrize(
    ("size", "dtype", "is_plain"),
    [
        (64, torch.bfloat16, True),  # 64 / 8 squared, and one for all: 65 places
        (96, torch.bfloat16, False),  # 145
        (64, torch.float32, False),
    ],
)
def test_a_tower_of_few_places_attends_by_plain_products_in_bfloat16(size, dtype, is_plain):
    tower = a_clip(TRANSFORMER | {"image_size": size}).visual
    assert places(tower) == (size // 8) ** 2 + 1
    with attending(tower, dtype, torch.device("cpu")):
        allowed = torch._C._get_flash_sdp_enabled(), torch._C._get_math_sdp_enabled()
    assert allowed == (not is_plain, True)


def test_a_residual_tower_attends_to_its_last_places_and_one_more():
    assert places(a_clip(RESIDUAL).visual) == (64 // 32) ** 2 + 1


def test_a_tower_that_does_not_tell_its_places_attends_as_torch_thinks_best():
    assert places(nn.Linear(3, 3)) == float("inf")
    with attending(nn.Linear(3, 3), torch.bfloat16, torch.device("cpu")):
        assert torch._C._get_flash_sdp_enabled()
