"""A perceptor turns pictures and texts into directions of one space, where near means alike.

CLIP is the perceptor in use; anything with the same three members will do. Texts are encoded once and remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor, nn


class Perceptor(Protocol):
    """Anything that places pictures and texts in one space."""

    @property
    def size(self) -> int:
        """Side of the square pictures it looks at."""
        ...

    def __call__(self, images: Tensor) -> Tensor:
        """Embed images (N, 3, size, size) in [0, 1] as float32 (N, D)."""
        ...

    def embed_text(self, texts: Sequence[str]) -> Tensor:
        """Embed n texts as float32 (n, D)."""
        ...


class ClipPerceptor(nn.Module):
    """A frozen open_clip model; pictures are normalised inside, as the model was trained."""

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        model: Any,
        tokenizer: Callable[[list[str]], Tensor],
        *,
        size: int,
        mean: Sequence[float],
        std: Sequence[float],
    ) -> None:
        super().__init__()
        self.model = model.requires_grad_(False).eval()
        self.tokenizer = tokenizer
        self.size = size
        parameter = next(model.parameters())
        self.dtype = parameter.dtype
        self.register_buffer("mean", torch.tensor(tuple(mean), device=parameter.device).view(3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(tuple(std), device=parameter.device).view(3, 1, 1), persistent=False)
        self.known: dict[str, Tensor] = {}

    def forward(self, images: Tensor) -> Tensor:
        """Embed images (N, 3, size, size) in [0, 1] as float32 (N, D)."""
        return self.model.encode_image(((images - self.mean) / self.std).to(self.dtype)).float()

    @torch.no_grad()
    def embed_text(self, texts: Sequence[str]) -> Tensor:
        """Embed n texts as float32 (n, D); each text goes through the model alone, so company never changes it."""
        for text in texts:
            if text not in self.known:
                tokens = self.tokenizer([text]).to(self.mean.device)
                self.known[text] = self.model.encode_text(tokens).float()[0]
        return torch.stack([self.known[text] for text in texts])
