"""A tiny CLIP built by open_clip, as the perceptor that guidance sees."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
import torch

from pipeline.models.upstream import import_open_clip
from pipeline.sample.losses import spherical_distance
from pipeline.sample.perceptors import ClipPerceptor

SIZE = 32


@cache
def tiny_clip() -> tuple[Any, Any]:
    """Return a seeded CLIP of two layers and its tokenizer."""
    open_clip = import_open_clip()
    torch.manual_seed(0)
    model = open_clip.CLIP(
        embed_dim=16,
        vision_cfg={"image_size": SIZE, "layers": 2, "width": 32, "head_width": 16, "patch_size": 8},
        text_cfg={"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 2},
    )
    return model, open_clip.get_tokenizer("ViT-B-32")


@pytest.fixture
def clip() -> ClipPerceptor:
    """Return the tiny CLIP as a perceptor."""
    model, tokenizer = tiny_clip()
    return ClipPerceptor(model, tokenizer, size=SIZE, mean=(0.5, 0.4, 0.3), std=(0.2, 0.3, 0.4))


def test_pictures_are_normalised_inside(clip):
    images = torch.rand(2, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(1))
    raw = clip.model.encode_image((images - torch.tensor([0.5, 0.4, 0.3]).view(3, 1, 1)) / clip.std)
    assert torch.allclose(clip(images), raw, atol=1e-6)
    assert clip(images).shape == (2, 16)


def test_the_model_is_frozen_but_lets_gradients_through(clip):
    assert not clip.model.training
    assert not any(parameter.requires_grad for parameter in clip.parameters())
    images = torch.rand(1, 3, SIZE, SIZE, requires_grad=True)
    target = clip.embed_text(["a lighthouse"])
    (gradient,) = torch.autograd.grad(spherical_distance(clip(images), target).sum(), images)
    assert gradient.abs().max() > 0


def test_texts_are_encoded_once_and_alone(clip, monkeypatch):
    seen = []
    encode = clip.model.encode_text
    monkeypatch.setattr(clip.model, "encode_text", lambda tokens: (seen.append(len(tokens)), encode(tokens))[1])
    first = clip.embed_text(["a red fox", "snow"])
    again = clip.embed_text(["snow", "a red fox", "snow"])
    assert seen == [1, 1]
    assert torch.equal(again, first[[1, 0, 1]])
    assert not torch.equal(first[0], first[1])
    assert first.dtype == torch.float32
