"""Optical flow by a network of the catalogue, as the search without weights gives it."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..models import LoadedFlow, load_flow_model
from ..motion import Pixels, Vectors

STEP: Final = 8  # the network halves a picture three times
LEAST: Final = 128  # pixels of a side that it cannot do without


class NetworkFlow:
    """A network that sees how things move; pictures are filled up at their edges to the sizes it takes."""

    def __init__(self, loaded: LoadedFlow, device: str) -> None:
        self.network, self.device = loaded.network, device
        self.n_updates = loaded.architecture.n_updates

    @torch.no_grad()
    def __call__(self, first: Pixels, second: Pixels) -> Vectors:
        """Return where each pixel of the first picture is in the second, less where it was, in pixels.

        Shapes: uint8 (H, W, 3) twice -> float32 (H, W, 2), x before y.
        """
        height, width = first.shape[:2]
        tall, wide = (max(LEAST, -(-side // STEP) * STEP) for side in (height, width))
        both = [self._filled(one, tall, wide) for one in (first, second)]
        found = self.network(*both, num_flow_updates=self.n_updates)[-1]
        return np.ascontiguousarray(found[0, :, :height, :width].permute(1, 2, 0).float().cpu().numpy())

    def _filled(self, pixels: Pixels, tall: int, wide: int) -> Tensor:
        image = torch.from_numpy(np.ascontiguousarray(pixels)).permute(2, 0, 1)[None].float() / 127.5 - 1
        room = (0, wide - pixels.shape[1], 0, tall - pixels.shape[0])
        return F.pad(image, room, mode="replicate").to(self.device)


@lru_cache(maxsize=1)
def load_flow(name: str, device: str) -> NetworkFlow:
    """Load the network called `name`.

    Raises: ModelError where its weights are refused.
    """
    return NetworkFlow(load_flow_model(name, device=device), device)
