"""The embedded CLIPs as they are trained: with a token table of only the words that captions use."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..models.entry import ClipArchitecture
from ..models.networks import build_clip
from ..sample.towers import attending
from .attributes import UNKNOWN, CompactVocabulary, collect_vocabulary, phrase_bank, sample_captions
from .edition import planned
from .pictures import tokenize
from .world import imagine
from .world.vocabulary import KINDS

IMAGE_MEAN = (0.48145466, 0.4578275, 0.40821073)  # OpenAI CLIP's normalisation, kept so that one code path serves all
IMAGE_STD = (0.26862954, 0.26130258, 0.27577711)
N_VOCABULARY, N_BANKS = 20_000, 200  # captions, and wordings of every name, whose words are learnt


def build_compact(name: str, vocabulary: CompactVocabulary) -> Any:
    """Build the catalogue's CLIP with a token table of only the words that captions use."""
    architecture = planned(name, ClipArchitecture)
    text = replace(architecture.text_cfg, vocab_size=vocabulary.size)
    model = build_clip(replace(architecture, text_cfg=text))
    with torch.no_grad():
        model.token_embedding.weight[UNKNOWN].zero_()
    model.token_embedding.padding_idx = UNKNOWN  # its row gets no gradient
    return model


def caption_vocabulary() -> CompactVocabulary:
    """Return the tokens that this world's captions use."""
    rng = np.random.default_rng(0)
    texts = sample_captions([imagine(seed) for seed in range(N_VOCABULARY)], rng)
    for _ in range(N_BANKS):
        texts += [text for bank in phrase_bank(rng).values() for text in bank]
    return collect_vocabulary(tokenize, texts)


def phrase_banks(vocabulary: CompactVocabulary) -> dict[str, Tensor]:
    """Return many wordings of every name of each kind, in compact tokens.

    Shapes: each int64 (`N_BANKS`, names, CONTEXT).
    """
    rng = np.random.default_rng(1)
    drawn = [phrase_bank(rng) for _ in range(N_BANKS)]
    return {
        kind: torch.from_numpy(np.stack([vocabulary.compact(tokenize(bank[kind])) for bank in drawn])) for kind in KINDS
    }


def encode_pictures(model: Any, images: Tensor) -> Tensor:
    """Return unit embeddings of pictures in [0, 1]."""
    mean = torch.tensor(IMAGE_MEAN, device=images.device).view(1, 3, 1, 1)
    std = torch.tensor(IMAGE_STD, device=images.device).view(1, 3, 1, 1)
    normal = ((images - mean) / std).contiguous(memory_format=torch.channels_last)
    device = images.device
    is_half = torch.is_autocast_enabled(device.type)
    with attending(model.visual, torch.get_autocast_dtype(device.type) if is_half else torch.float32, device):
        return F.normalize(model.encode_image(normal).float(), dim=-1)


def image_size(model: Any) -> int:
    """Return the side of the pictures that a CLIP looks at, in pixels."""
    size = model.visual.image_size
    return size[0] if isinstance(size, tuple) else size
