"""Tell a diffusion model in training what its pictures show, by the directions of the CLIP that will tell it later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..models.entry import DiffusionArchitecture
from .compact import build_compact, caption_vocabulary, encode_pictures, image_size, phrase_banks
from .pictures import CAPTIONS, Album
from .progress import REREAD, Checkpoints, Means
from .world.vocabulary import KINDS

UNTOLD: Final = 0.15  # of the pictures, so that the model learns to draw without being told, which guidance starts from
SHOWN: Final = 0.1  # of the pictures are told by their own direction, since prompts may be pictures too
WEIGHED: Final = 0.3  # of the pictures are told by short prompts with weights, as films are
NAMED: Final = {"subject": 0.97, "ground": 0.35, "mood": 0.4, "style": 0.35}  # by a prompt of its own, of those
WORDINGS: Final = 50  # of every name, for prompts
LIGHTEST: Final = 3.0  # the least weight is 2 to the minus this


class Teller:
    """Say what pictures of an album show: in the words of one of their captions, by short prompts with weights, or by
    their own direction.
    """

    def __init__(self, architecture: DiffusionArchitecture, means: Means) -> None:
        assert architecture.text is not None, "only a model that takes texts is told"
        name = architecture.text.perceptor
        self._checkpoints = Checkpoints(means.folder, name)
        self._vocabulary = caption_vocabulary()
        self._model: Any = build_compact(name, self._vocabulary)
        self._side = image_size(self._model)
        self._model.to(means.device).requires_grad_(False).eval()
        self._phrases = {
            kind: bank[:WORDINGS].to(means.device) for kind, bank in phrase_banks(self._vocabulary).items()
        }
        self._said: dict[str, Tensor] = {}
        self._calls = 0

    @torch.no_grad()
    def __call__(
        self, album: Album, chosen: Tensor, rng: np.random.Generator, *, shown: Tensor | None = None
    ) -> Tensor:
        """Return a direction for each picture, 0 for those that nothing is told of, or its own where it is `shown`.

        Shapes: chosen (B,), shown (B, 3, H, W) in [-1, 1] -> (B, D), of length sqrt(D) or 0.
        """
        if self._calls % REREAD == 0:
            self._read()
        self._calls += 1
        count, device = len(chosen), album.device
        tokens = album.tokens[chosen.cpu().numpy(), rng.integers(CAPTIONS, size=count)]
        told = self._model.encode_text(torch.from_numpy(self._vocabulary.compact(tokens)).to(device)).float()
        manner = torch.from_numpy(rng.random(count)).to(device)[:, None]
        direction = torch.where(manner < UNTOLD + WEIGHED, self._weighed(album.labels(chosen), rng), told)
        direction = F.normalize(direction, dim=-1)
        if shown is not None:
            small = F.interpolate((shown + 1) / 2, size=(self._side, self._side), mode="area")
            direction = torch.where(manner > 1 - SHOWN, encode_pictures(self._model, small), direction)
        return torch.where(manner < UNTOLD, 0.0, direction * direction.shape[1] ** 0.5)

    def _weighed(self, labels: dict[str, Tensor], rng: np.random.Generator) -> Tensor:
        """Return the middle (B, D) of the directions of short prompts, by their weights."""
        middle = torch.zeros(())
        said = prompts_with_weights({kind: found.cpu().numpy() for kind, found in labels.items()}, rng)
        for kind, (names, weights) in said.items():
            bank = self._said[kind]
            direction = bank[torch.from_numpy(rng.integers(len(bank), size=len(names))), torch.from_numpy(names)]
            middle = middle + torch.from_numpy(weights).to(direction)[:, None] * direction
        return middle

    def _read(self) -> None:
        state = self._checkpoints.resume()
        if state is None:
            raise FileNotFoundError(f"{self._checkpoints.path}: is not there; train that model first")
        self._model.load_state_dict(state["model"])
        for kind, bank in self._phrases.items():
            told = self._model.encode_text(bank.flatten(0, 1)).float()
            self._said[kind] = F.normalize(told, dim=-1).view(*bank.shape[:2], -1)


def prompts_with_weights(
    labels: Mapping[str, np.ndarray], rng: np.random.Generator
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return for each kind of attribute which name a prompt says of each picture, and its weight, 0 where none does.

    Shapes: labels int64 (B,), -1 for none -> int64 (B,) and float32 (B,) for each kind.
    Convention: of the prompts of a picture one weighs 1 and is true; any other is as likely to be true as it weighs,
        and names anything else of its kind as often, so what is drawn follows a prompt as far as it weighs.
    """
    count = len(labels["subject"])
    is_there = np.stack([labels[kind] >= 0 for kind in KINDS], axis=1)
    is_said = is_there & (rng.random((count, len(KINDS))) < [NAMED[kind] for kind in KINDS])
    rank = rng.random(is_said.shape) + is_said  # those that are said come before the others
    leads = np.where(is_there, rank, -1).argmax(1)
    weights = np.where(is_said, 2.0 ** -(LIGHTEST * rng.random(is_said.shape)), 0.0)
    weights[np.arange(count), leads] = 1.0
    is_true = rng.random(weights.shape) < weights
    found = {}
    for number, (kind, names) in enumerate(KINDS.items()):
        said = np.where(is_true[:, number], labels[kind], rng.integers(len(names), size=count)).clip(min=0)
        found[kind] = said, weights[:, number].astype(np.float32)
    return found
