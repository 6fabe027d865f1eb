"""Turn scenes and captions into what the CLIP trainer learns from: token rows and a bank of single-attribute phrases.

The embedded CLIP keeps open_clip's vocabulary of 49,408 tokens, but only the few hundred that captions use are trained:
texts are renumbered to a compact table whose row 0 stands, always zero, for every other token, so that unknown words
are neutral. `expand_embedding` puts the learned rows back where open_clip's tokenizer expects them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .world import Scene
from .world.captions import caption, phrase
from .world.vocabulary import KINDS

Tokenize = Callable[[list[str]], np.ndarray]
Names = Mapping[str, Sequence[str]]  # what can be named, by kind
UNKNOWN = 0  # compact id of every token that no caption uses


@dataclass(frozen=True, slots=True)
class CompactVocabulary:
    """Renumber open_clip token ids to the rows that are trained, order kept (the end-of-text id stays the largest)."""

    used: np.ndarray  # sorted full ids; compact id = position + 1
    size: int

    def compact(self, tokens: np.ndarray) -> np.ndarray:
        """Map full token ids to compact ones; ids outside the vocabulary become `UNKNOWN`."""
        position = np.searchsorted(self.used, tokens).clip(max=len(self.used) - 1)
        return np.where(self.used[position] == tokens, position + 1, UNKNOWN)

    def expand_embedding(self, rows: Tensor, vocabulary_size: int) -> Tensor:
        """Return the full (vocabulary_size, D) table with zeros for tokens no caption used."""
        full = torch.zeros(vocabulary_size, rows.shape[1], dtype=rows.dtype)
        full[torch.from_numpy(self.used)] = rows[1:]
        return full


def collect_vocabulary(tokenize: Tokenize, texts: list[str]) -> CompactVocabulary:
    """Gather the tokens that `texts` use."""
    tokens = np.concatenate([np.asarray(tokenize(texts[i : i + 1000])).ravel() for i in range(0, len(texts), 1000)])
    used = np.unique(tokens[tokens != 0])
    return CompactVocabulary(used, len(used) + 1)


def sample_captions(scenes: Sequence[Scene], rng: np.random.Generator) -> list[str]:
    """Write a fresh caption for each scene."""
    return [caption(scene, rng) for scene in scenes]


def phrase_bank(rng: np.random.Generator | None, names: Names = KINDS) -> dict[str, list[str]]:
    """Return one phrase for every name of every kind; canonical ones without a generator."""
    return {kind: [phrase(kind, name, rng) for name in known] for kind, known in names.items()}


def labels(scenes: Sequence[Scene], names: Names = KINDS) -> dict[str, np.ndarray]:
    """Return the index of each scene's attribute among the names of its kind, -1 where it has none.

    Shapes: each int64 (N,).
    """
    index = {kind: {name: i for i, name in enumerate(known)} for kind, known in names.items()}
    return {
        kind: np.array([index[kind].get(getattr(scene, kind), -1) for scene in scenes], dtype=np.int64)
        for kind in names
    }
