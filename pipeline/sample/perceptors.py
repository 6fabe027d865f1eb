"""A perceptor turns pictures and texts into directions of one space, where near means alike.

CLIP is the perceptor in use; anything with the same members will do. Texts are encoded once and remembered. A picture
that a prompt names becomes one direction, always the same: no view of it is left to chance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .cutouts import resampling
from .precision import in_half
from .towers import attending


class Perceptor(Protocol):
    """Anything that places pictures and texts in one space."""

    @property
    def name(self) -> str:
        """What presets and keyframe files call it."""
        ...

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

    def embed_picture(self, pixels: npt.NDArray[np.uint8]) -> Tensor:
        """Embed a picture uint8 (H, W, 3) of any size as one direction, float32 (D,), of length 1."""
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
        name: str = "",
        looks_in: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        self.name = name
        self.model = model.requires_grad_(False).eval()
        self.tokenizer = tokenizer
        self.size = size
        self.looks_in = looks_in
        parameter = next(model.parameters())
        self.dtype = parameter.dtype
        self.register_buffer("mean", torch.tensor(tuple(mean), device=parameter.device).view(3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(tuple(std), device=parameter.device).view(3, 1, 1), persistent=False)
        self.known: dict[str, Tensor] = {}

    def forward(self, images: Tensor) -> Tensor:
        """Embed images (N, 3, size, size) in [0, 1] as float32 (N, D)."""
        normal = ((images - self.mean) / self.std).to(self.dtype)
        with attending(self.model.visual, self.looks_in, normal.device):
            return in_half(self.model.encode_image, normal, self.looks_in)

    @torch.no_grad()
    def embed_text(self, texts: Sequence[str]) -> Tensor:
        """Embed n texts as float32 (n, D); each text goes through the model alone, so company never changes it."""
        for text in texts:
            if text not in self.known:
                tokens = self.tokenizer([text]).to(self.mean.device)
                self.known[text] = self.model.encode_text(tokens).float()[0]
        return torch.stack([self.known[text] for text in texts])

    @torch.no_grad()
    def embed_picture(self, pixels: npt.NDArray[np.uint8]) -> Tensor:
        """Embed a picture uint8 (H, W, 3) of any size as one direction, float32 (D,), of length 1."""
        return mean_direction(self(picture_views(pixels, self.size).to(self.mean.device)))


def picture_views(pixels: npt.NDArray[np.uint8], size: int) -> Tensor:
    """Return the two views that stand for a picture: all of it, centred in a black square, and its central square.

    The frame being drawn is judged by overviews and by inner cuts, so a picture it shall resemble is looked at in both
    ways: the first view is an overview, the second the largest inner cut there is. Both are the same in every run.

    Shapes: (H, W, 3) -> float32 (2, 3, size, size), RGB in [0, 1] but for the cubic's overshoot.
    Convention: antialiased as all cuts are; an odd pixel of room is halved, never rounded.
    Source: Disco Diffusion v5.7 instead cuts 16 squares at random from the padded picture, anew in every run, turns and
        skews them, makes each a prompt with a 16th of the weight, and normalises [-1, 1] as if it were [0, 1].
    """
    image = torch.tensor(np.ascontiguousarray(pixels)).permute(2, 0, 1).float() / 255
    height, width = image.shape[-2:]
    short, long = sorted((height, width))
    side, is_whole = torch.tensor((float(long), float(short))), torch.tensor((True, False))

    def axis(length: int) -> Tensor:
        return resampling((length - side) / 2, side, size, length=length, framed=is_whole, frame=long - length)

    return axis(height)[:, None] @ image @ axis(width).transpose(1, 2)[:, None]


def mean_direction(embeddings: Tensor) -> Tensor:
    """Return the direction (D,), of length 1, in the middle of those of embeddings (N, D)."""
    return F.normalize(F.normalize(embeddings, dim=-1).mean(dim=0), dim=-1)
