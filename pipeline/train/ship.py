"""Trained states -> the weight files that are shipped, in the layout that the loader of all other weights expects."""

from __future__ import annotations

import json
from pathlib import Path

import torch

from ..models import ClipArchitecture, adopt, record
from ..models.adoption import Adopted, enter
from ..models.catalogue import FOLDER, PACKAGED
from .attributes import CompactVocabulary
from .compact import caption_vocabulary
from .edition import EDITION, planned
from .enlarger import without_critic
from .progress import Checkpoints
from .score import NAMES, taught_names
from .world.vocabulary import KINDS


def ship_averaged(name: str, *, folder: Path) -> Adopted:
    """Ship the averaged weights of a trained model other than a CLIP; an upscaler without its critic."""
    state = _trained(name, folder)["average"]
    return _ship(name, without_critic(state) or state)


def ship_perceptor(name: str, *, folder: Path) -> Adopted:
    """Ship a trained CLIP, its token table spread out to open_clip's vocabulary, and what it was taught to name."""
    adopted = _ship(name, full_table(name, _trained(name, folder)["model"], caption_vocabulary()))
    taught = {**taught_names(), name: KINDS}
    NAMES.write_text(json.dumps(taught, indent=1) + "\n", encoding="utf-8")
    return adopted


def full_table(name: str, state: dict[str, torch.Tensor], vocabulary: CompactVocabulary) -> dict[str, torch.Tensor]:
    """Return a CLIP's state with one row for every token of open_clip's vocabulary, zero where no caption used it."""
    architecture = planned(name, ClipArchitecture)
    rows = state["token_embedding.weight"]
    table = vocabulary.expand_embedding(rows, architecture.text_cfg.vocab_size)
    return {**state, "token_embedding.weight": table}


def _ship(name: str, state: dict[str, torch.Tensor]) -> Adopted:
    """Write a model's weights where the package looks for them, and put its entry into the package's catalogue."""
    adopted = adopt(name, state, folder=PACKAGED.parent / FOLDER, catalogue=EDITION)
    enter(name, EDITION)
    record(name, adopted)
    return adopted


def _trained(name: str, folder: Path) -> dict:
    state = Checkpoints(folder, name).resume()
    if state is None:
        raise FileNotFoundError(f"{folder}: {name} has not been trained there; run python -m pipeline.train {name}")
    return state
