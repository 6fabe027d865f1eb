"""A tiny CLIP built by open_clip, as the perceptor that guidance sees."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch

from pipeline.models import load_clip
from pipeline.models.upstream import import_open_clip
from pipeline.sample.cutouts import CutCounts, cut, plan_cuts
from pipeline.sample.easel import as_perceptor
from pipeline.sample.losses import spherical_distance
from pipeline.sample.perceptors import ClipPerceptor, picture_views
from pipeline.sample.turning import turning
from pipeline.train.world import paint
from pipeline.types import Size

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


def grey(rows: list[list[int]]) -> np.ndarray:
    """Return a picture whose red is as written, its green half of that and its blue nothing."""
    red = np.array(rows, np.uint8)
    return np.dstack((red, red // 2, np.zeros_like(red)))


def levels(view: torch.Tensor) -> list[list[int]]:
    """Return a view's red in 0 .. 255."""
    assert torch.allclose(view[1] * 2, view[0], atol=1e-6)
    assert not view[2].any()
    return (view[0] * 255).round().int().tolist()


def test_a_picture_is_seen_whole_in_a_black_square_and_in_its_middle():
    wide = grey([[2, 40, 60, 80], [100, 120, 140, 254]])
    whole, middle = picture_views(wide, 4)
    assert levels(whole) == [[0, 0, 0, 0], [2, 40, 60, 80], [100, 120, 140, 254], [0, 0, 0, 0]]
    assert middle.shape == whole.shape
    assert levels(picture_views(wide, 2)[1]) == [[40, 60], [120, 140]]
    tall = wide.transpose(1, 0, 2)
    assert levels(picture_views(tall, 4)[0]) == [[0, 2, 100, 0], [0, 40, 120, 0], [0, 60, 140, 0], [0, 80, 254, 0]]
    assert levels(picture_views(tall, 2)[1]) == [[40, 120], [60, 140]]


def test_an_odd_pixel_of_room_puts_the_picture_between_pixels():
    whole, middle = picture_views(grey([[100, 100], [100, 100], [100, 100]]), 3)
    left, inside, right = (whole[0] * 255)[1].tolist()
    assert left == pytest.approx(right, abs=1e-4)
    assert 40 < left < 60 and inside > 100  # half of a pixel each, sharpened by the cubic
    assert torch.allclose(middle[0] * 255, torch.tensor(100.0), atol=1e-4)


def test_both_views_of_a_square_picture_are_the_picture():
    pixels = np.random.default_rng(0).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    for view in picture_views(pixels, 6):
        assert torch.allclose(view.permute(1, 2, 0) * 255, torch.tensor(pixels).float(), atol=1e-3)


def test_a_large_picture_is_shrunk_without_aliasing():
    checks = grey((np.indices((96, 128)).sum(axis=0) % 2 * 254).tolist())
    middle = picture_views(checks, 16)[1, 0]
    assert torch.allclose(middle[2:-2, 2:-2], torch.tensor(127 / 255), atol=0.01)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (700, 2)])
def test_pictures_of_any_shape_have_views(shape):
    views = picture_views(np.full((*shape, 3), 255, np.uint8), 8)
    assert views.shape == (2, 3, 8, 8)
    assert torch.allclose(views[1], torch.ones(3, 8, 8), atol=1e-5)


def test_the_whole_picture_is_what_an_overview_shows():
    pixels = np.random.default_rng(1).integers(0, 256, (15, 24, 3), dtype=np.uint8)
    plan = plan_cuts(CutCounts(1, 0, 1), Size(15, 24), 10, seed=0, frame=0, step=0)
    plain = replace(
        plan,
        is_flipped=torch.tensor([False]),
        turn=turning(torch.zeros(1), torch.zeros(1, 2)),
        colour=torch.eye(3)[None],
        bias=torch.zeros(1, 3, 1),
        grain_mix=torch.zeros(1, 2),
    )
    image = torch.tensor(pixels).permute(2, 0, 1)[None] / 255
    assert torch.allclose(picture_views(pixels, 10)[:1], cut(image, plain), atol=1e-5)


def test_a_picture_is_one_direction_between_its_two_views(clip):
    pixels = np.random.default_rng(2).integers(0, 256, (20, 50, 3), dtype=np.uint8)
    whole, middle = torch.nn.functional.normalize(clip(picture_views(pixels, SIZE)), dim=-1)
    found = clip.embed_picture(pixels)
    assert (found.shape, found.dtype, found.requires_grad) == ((16,), torch.float32, False)
    assert float(found.norm()) == pytest.approx(1, abs=1e-6)
    assert float(found @ whole) == pytest.approx(float(found @ middle), abs=1e-5)
    assert torch.allclose(found * (whole + middle).norm(), whole + middle, atol=1e-5)
    torch.manual_seed(5)
    assert torch.equal(clip.embed_picture(pixels), found)


def test_a_frame_is_nearer_to_itself_as_a_prompt_than_to_any_other_picture():
    """The embedded CLIP, by the cuts that guidance looks through."""
    perceptor = as_perceptor(load_clip("painted-clip-a"))
    frames = [paint(seed, height=96, width=128).pixels for seed in range(900_000_000, 900_000_006)]
    targets = torch.stack([perceptor.embed_picture(pixels) for pixels in frames])
    plan = plan_cuts(CutCounts(4, 8, 1), Size(96, 128), perceptor.size, seed=1, frame=0, step=0)
    for number, pixels in enumerate(frames):
        cuts = cut(torch.tensor(pixels).permute(2, 0, 1)[None] / 255, plan)
        with torch.no_grad():
            found = spherical_distance(perceptor(cuts)[:, None], targets[None]).mean(dim=0)
        assert int(found.argmin()) == number
