"""Trained states -> the weight files that are shipped, in the layout that the loader of all other weights expects."""

from __future__ import annotations

from pathlib import Path

import torch

from ..models import ClipArchitecture, adopt, find, record
from ..models.adoption import Adopted
from .attributes import CompactVocabulary
from .perceptor import caption_vocabulary
from .progress import Checkpoints


def ship_averaged(name: str, *, folder: Path) -> Adopted:
    """Ship the averaged weights of a trained model other than a CLIP."""
    adopted = adopt(name, _trained(name, folder)["average"])
    record(name, adopted)
    return adopted


def ship_perceptor(name: str, *, folder: Path) -> Adopted:
    """Ship a trained CLIP, its token table spread out to open_clip's vocabulary."""
    adopted = adopt(name, full_table(name, _trained(name, folder)["model"], caption_vocabulary()))
    record(name, adopted)
    return adopted


def full_table(name: str, state: dict[str, torch.Tensor], vocabulary: CompactVocabulary) -> dict[str, torch.Tensor]:
    """Return a CLIP's state with one row for every token of open_clip's vocabulary, zero where no caption used it."""
    architecture = find(name).architecture
    assert isinstance(architecture, ClipArchitecture)
    rows = state["token_embedding.weight"]
    table = vocabulary.expand_embedding(rows, architecture.text_cfg.vocab_size)
    return {**state, "token_embedding.weight": table}


def _trained(name: str, folder: Path) -> dict:
    state = Checkpoints(folder, name).resume()
    if state is None:
        raise FileNotFoundError(f"{folder}: {name} has not been trained there; run python -m pipeline.train {name}")
    return state
