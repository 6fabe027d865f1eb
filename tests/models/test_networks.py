"""Networks: what was stored is what computes, upstream's layouts load as they are, and facts name everything."""

from __future__ import annotations

import io
from collections import OrderedDict

import pytest
import torch
from safetensors.torch import save

from pipeline.errors import ModelError, UsageError
from pipeline.models import build_network, find, load_clip, load_diffusion
from pipeline.models.entry import ClipArchitecture, TextShape, UNetShape, VisionShape
from pipeline.models.networks import build_clip, build_unet


def rounded(state):
    """The weights as half precision keeps them."""
    return {key: value.half().float() if value.is_floating_point() else value for key, value in state.items()}


def test_a_denoiser_computes_with_exactly_the_stored_weights(catalogue, adopted, state_of):
    entry = adopted()
    reference = build_network(entry.architecture).eval()
    reference.load_state_dict(rounded(state_of("tiny-world")))
    loaded = load_diffusion("tiny-world", device="cpu", catalogue=catalogue)
    x = torch.randn(2, 12, 8, 12, generator=torch.Generator().manual_seed(1))
    t = torch.tensor([3, 801])
    out = loaded.network(x, t)
    assert out.shape == (2, 24, 8, 12) and out.abs().max() > 0
    assert torch.equal(out, reference(x, t))
    assert (loaded.digest, loaded.entry, loaded.architecture) == (entry.sha256, entry, entry.architecture)


def test_a_loaded_network_is_frozen_and_lets_gradients_through(catalogue, adopted):
    adopted()
    network = load_diffusion("tiny-world", catalogue=catalogue).network
    assert not network.training
    assert all(p.dtype == torch.float32 and not p.requires_grad for p in network.parameters())
    x = torch.ones(1, 12, 8, 8, requires_grad=True)
    network(x, torch.tensor([10])).sum().backward()
    assert x.grad is not None and x.grad.abs().sum() > 0


def test_a_clip_computes_with_exactly_the_stored_weights(catalogue, adopted, state_of):
    entry = adopted("tiny-clip")
    reference = build_network(entry.architecture).eval().requires_grad_(False)  # torch attends otherwise with gradients
    reference.load_state_dict(rounded(state_of("tiny-clip")))
    loaded = load_clip("tiny-clip", device="cpu", catalogue=catalogue)
    assert not loaded.model.training and not any(p.requires_grad for p in loaded.model.parameters())
    pictures = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    texts = loaded.tokenizer(["a diagram", "a dog"])
    images, words, scale = loaded.model(pictures, texts)
    for found, wanted in zip((images, words, scale), reference(pictures, texts), strict=True):
        assert torch.equal(found, wanted)
    assert images.shape == words.shape == (2, 16)


def test_the_tokenizer_gives_clips_own_numbers(catalogue, adopted):
    adopted("tiny-clip")
    tokenizer = load_clip("tiny-clip", catalogue=catalogue).tokenizer
    assert tokenizer(["a diagram"]).tolist() == [[49406, 320, 22697, 49407] + [0] * 8]
    assert tokenizer(["a " * 40])[0].tolist() == [49406] + [320] * 10 + [49407]


def test_a_vision_transformer_is_built_from_one_layer_count():
    model = build_clip(
        ClipArchitecture(
            embed_dim=8,
            vision_cfg=VisionShape(layers=1, width=64, image_size=32, patch_size=8),
            text_cfg=TextShape(context_length=6, vocab_size=49408, width=16, heads=2, layers=1),
            mean=(0.5, 0.5, 0.5),
            std=(0.5, 0.5, 0.5),
            quick_gelu=True,
        )
    )
    assert model.state_dict()["visual.conv1.weight"].shape == (64, 3, 8, 8)
    assert model.state_dict()["visual.positional_embedding"].shape == (17, 64)


IMAGENET_512 = UNetShape(512, 3, 256, 6, 2, (16, 32, 64), (0.5, 1, 1, 2, 2, 4, 4), True, True, num_head_channels=64)
IMAGENET_256 = UNetShape(256, 3, 256, 6, 2, (8, 16, 32), (1, 1, 2, 2, 4, 4), True, True, num_head_channels=64)
PIXEL_ART = UNetShape(256, 3, 128, 6, 2, (16,), (1, 1, 2, 2, 4, 4), False, False)


@pytest.mark.parametrize(
    ("shape", "tensors", "millions"),
    [(IMAGENET_512, 644, 557.97), (IMAGENET_256, 566, 552.81), (PIXEL_ART, 426, 113.68)],
    ids=["imagenet-512", "imagenet-256", "pixel-art"],
)
def test_the_published_checkpoints_have_this_layout(shape, tensors, millions):
    with torch.device("meta"):
        state = build_unet(shape).state_dict()
    assert len(state) == tensors
    assert round(sum(value.numel() for value in state.values()) / 1e6, 2) == millions


def save_pt(state) -> bytes:
    buffer = io.BytesIO()
    torch.save(state, buffer)
    return buffer.getvalue()


def save_old_pt(state) -> bytes:
    buffer = io.BytesIO()
    torch.save(state, buffer, _use_new_zipfile_serialization=False)
    return buffer.getvalue()


@pytest.mark.parametrize(("file", "write"), [("w.pt", save_pt), ("w.pt", save_old_pt), ("w.safetensors", save)])
def test_a_checkpoint_in_guided_diffusions_layout_loads(catalogue, pin, state_of, file, write):
    """The 256 ImageNet model an eighth as wide, as its authors save it: single precision, an ordered dictionary."""
    catalogue.write_text(catalogue.read_text().replace("tiny-world-2.pt", file))
    state = OrderedDict(state_of("tiny-world-2"))
    assert len(state) == 566
    assert state["input_blocks.3.0.in_layers.2.weight"].shape == (32, 32, 3, 3)
    assert state["output_blocks.17.0.skip_connection.weight"].shape == (32, 64, 1, 1)
    assert state["middle_block.1.qkv.weight"].shape == (384, 128, 1)
    pin("tiny-world-2", write(state))
    network = load_diffusion("tiny-world-2", catalogue=catalogue).network
    assert all(torch.equal(value, state[key]) for key, value in network.state_dict().items())
    out = network(torch.ones(1, 3, 32, 32), torch.tensor([500]))
    assert out.shape == (1, 6, 32, 32) and torch.isfinite(out).all()


def test_a_model_of_the_other_kind_is_refused(catalogue, adopted):
    adopted()
    adopted("tiny-clip")
    with pytest.raises(ModelError, match="tiny-clip: is a clip model, not a diffusion model"):
        load_diffusion("tiny-clip", catalogue=catalogue)
    with pytest.raises(ModelError, match="tiny-world: is a diffusion model, not a clip model"):
        load_clip("tiny-world", catalogue=catalogue)


@pytest.mark.parametrize("device", ["warp-drive", "", "cuda:99"])
def test_a_device_that_is_not_there_is_refused_before_anything_is_read(catalogue, device):
    with pytest.raises(UsageError, match=r"device: .* cannot be used"):
        load_diffusion("tiny-world", device=device, catalogue=catalogue)


def test_the_entry_found_is_the_entry_loaded(catalogue, adopted):
    adopted()
    assert load_diffusion("tiny-world", catalogue=catalogue).entry == find("tiny-world", catalogue=catalogue)
