"""Tell a diffusion model in training what its pictures show, by the directions of the CLIP that will tell it later."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..models.entry import DiffusionArchitecture
from .compact import build_compact, caption_vocabulary, encode_pictures, image_size
from .pictures import CAPTIONS, Album
from .progress import REREAD, Checkpoints, Means

UNTOLD: Final = 0.15  # of the pictures, so that the model learns to draw without being told, which guidance starts from
SHOWN: Final = 0.1  # of the pictures are told by their own direction, since prompts may be pictures too


class Teller:
    """Say what pictures of an album show, in the words of one of their captions or by their own direction."""

    def __init__(self, architecture: DiffusionArchitecture, means: Means) -> None:
        assert architecture.text is not None, "only a model that takes texts is told"
        name = architecture.text.perceptor
        self._checkpoints = Checkpoints(means.folder, name)
        self._vocabulary = caption_vocabulary()
        self._model: Any = build_compact(name, self._vocabulary)
        self._side = image_size(self._model)
        self._model.to(means.device).requires_grad_(False).eval()
        self._calls = 0

    @torch.no_grad()
    def __call__(
        self, album: Album, chosen: Tensor, images: Tensor, rng: np.random.Generator, *, shown: float
    ) -> Tensor:
        """Return a direction for each picture, 0 for those that nothing is told of; a share `shown` is its own.

        Shapes: chosen (B,), images (B, 3, H, W) in [-1, 1] -> (B, D), of length sqrt(D) or 0.
        """
        if self._calls % REREAD == 0:
            self._read()
        self._calls += 1
        count = len(chosen)
        tokens = album.tokens[chosen.cpu().numpy(), rng.integers(CAPTIONS, size=count)]
        told = self._model.encode_text(torch.from_numpy(self._vocabulary.compact(tokens)).to(images.device)).float()
        manner = torch.from_numpy(rng.random(count)).to(images.device)[:, None]
        direction = F.normalize(told, dim=-1)
        if shown:
            small = F.interpolate((images + 1) / 2, size=(self._side, self._side), mode="area")
            direction = torch.where(manner > 1 - shown, encode_pictures(self._model, small), direction)
        return torch.where(manner < UNTOLD, 0.0, direction * direction.shape[1] ** 0.5)

    def _read(self) -> None:
        state = self._checkpoints.resume()
        if state is None:
            raise FileNotFoundError(f"{self._checkpoints.path}: is not there; train that model first")
        self._model.load_state_dict(state["model"])
