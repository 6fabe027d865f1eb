"""A catalogue of tiny models in a temporary folder, with random weights that are the same every time."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import pytest
import torch

from pipeline.models import adopt, build_network, find, record
from pipeline.models.entry import Entry

CATALOGUE = """\
# a comment above everything

tiny-world:  # a comment behind a name
  kind: diffusion
  purpose: Draws noise for tests.
  file: tiny-world.safetensors
  bytes: null  # a comment behind a value
  sha256: null
  licence: MIT
  architecture:
    unet:
      image_size: 8
      in_channels: 12
      model_channels: 32
      out_channels: 24
      num_res_blocks: 1
      attention_resolutions: [2]
      channel_mult: [1, 1]
      num_head_channels: 16
      use_scale_shift_norm: true
      resblock_updown: false
    unshuffle: 2
    schedule: cosine
    predicts: x0
    learn_sigma: true
    recommended_size: {height: 16, width: 24}
    size_multiple: 4

tiny-world-2: # its name begins like another's
  kind: diffusion
  purpose: Has the layout of the 256 ImageNet checkpoint, an eighth as wide.
  file: tiny-world-2.pt
  bytes: null
  sha256: null
  licence: MIT
  architecture:
    unet:
      image_size: 256
      in_channels: 3
      model_channels: 32
      out_channels: 6
      num_res_blocks: 2
      attention_resolutions: [8, 16, 32]
      channel_mult: [1, 1, 2, 2, 4, 4]
      num_head_channels: 8
      use_scale_shift_norm: true
      resblock_updown: true
    unshuffle: 1
    schedule: linear
    predicts: eps
    learn_sigma: true
    recommended_size: {height: 256, width: 256}
    size_multiple: 32

tiny-clip:
  kind: clip
  purpose: Compares noise with texts for tests.
  file: tiny-clip.safetensors
  bytes: null
  sha256: null
  licence: MIT
  architecture:
    embed_dim: 16
    vision_cfg: {layers: [1, 1, 1, 1], width: 8, image_size: 32}
    text_cfg: {context_length: 12, vocab_size: 49408, width: 16, heads: 2, layers: 1}
    mean: [0.5, 0.25, 0.125]
    std: [0.5, 0.5, 0.5]
"""


@pytest.fixture
def catalogue(tmp_path) -> Path:
    """The tiny catalogue, with no weights adopted."""
    (tmp_path / "embedded").mkdir()
    path = tmp_path / "catalogue.yaml"
    path.write_text(CATALOGUE)
    return path


@pytest.fixture
def state_of(catalogue):
    """Random weights for the entry of a name: none of them zero, as some of a fresh network are."""

    def make(name: str) -> dict[str, torch.Tensor]:
        generator = torch.Generator().manual_seed(7)
        state = build_network(find(name, catalogue=catalogue).architecture).state_dict()
        for key, value in state.items():
            if value.is_floating_point():
                noise = torch.randn(value.shape, generator=generator)
                state[key] = noise.abs() + 0.5 if key.endswith("running_var") else 0.1 * noise
            else:
                state[key] = torch.tensor(70000)  # a counter no half-precision number could hold
        return state

    return make


@pytest.fixture
def adopted(catalogue, state_of):
    """The tiny catalogue with weights adopted for one model; gives that model's entry."""

    def make(name: str = "tiny-world") -> Entry:
        record(name, adopt(name, state_of(name), catalogue=catalogue), catalogue=catalogue)
        return find(name, catalogue=catalogue)

    return make


@pytest.fixture
def pinned(tmp_path):
    """An entry whose file has any content at all, under a size and digest that are right."""

    def make(entry: Entry, content: bytes, *, file: str) -> Entry:
        path = tmp_path / file
        path.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        return dataclasses.replace(entry, file=file, path=path, bytes=len(content), sha256=digest)

    return make


@pytest.fixture
def pin(catalogue):
    """Put content in place of a model's file, and its true size and digest into the catalogue."""

    def put(name: str, content: bytes) -> Path:
        from pipeline.models import Adopted

        path = find(name, catalogue=catalogue).path
        path.write_bytes(content)
        record(name, Adopted(path, len(content), hashlib.sha256(content).hexdigest()), catalogue=catalogue)
        return path

    return put


UPSCALER = """
small-upscaler:
  kind: upscaler
  purpose: Enlarges for tests.
  file: small-upscaler.safetensors
  bytes: null
  sha256: null
  licence: MIT
  architecture: {features: 8, convolutions: 2, times: 4}
"""


@pytest.fixture
def upscalers(catalogue: Path) -> Path:
    """A catalogue with a network that enlarges, its weights adopted."""
    catalogue.write_text(catalogue.read_text() + UPSCALER)
    torch.manual_seed(5)
    state = build_network(find("small-upscaler", catalogue=catalogue).architecture).state_dict()
    record("small-upscaler", adopt("small-upscaler", state, catalogue=catalogue), catalogue=catalogue)
    return catalogue
