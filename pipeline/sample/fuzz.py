"""Noise on what a prompt means: several directions around it, the same on every device and in any order.

A copy is named by seed, frame, perceptor and prompt, so a prompt's copies do not depend on the prompts beside it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Final

from torch import Tensor
from torch.nn import functional as F

from ..types import WeightedPrompt
from .noise import named_noise


@dataclass(frozen=True, slots=True)
class Fuzz:
    """How far copies of a prompt's direction are scattered, how many there are, and what names their noise.

    Convention: `amount` is the root mean square length of the noise, the direction's own being 1; 0 makes no copies.
    """

    amount: float
    n_copies: int
    seed: int
    frame: int

    def copies_of(self, direction: Tensor, perceptor: str, prompt: WeightedPrompt) -> Tensor:
        """Return the directions that stand for a prompt: itself, or noisy copies of it.

        Shapes: direction (D,) -> (1, D) or (n_copies, D) of length 1.
        Source: Disco Diffusion v5.7's fuzzy_prompt, which adds noise of one size to embeddings of any length and sets
            everything below 0 to 0; here the noise is in proportion and nothing is cut off.
        """
        if self.amount == 0:
            return direction[None]
        width = direction.shape[0]
        thing = {key: value for key, value in asdict(prompt).items() if key not in ("weight", "only")}
        purpose = f"fuzzy {perceptor} {json.dumps(thing, sort_keys=True)}"
        noise = named_noise((self.n_copies, width), seed=self.seed, frame=self.frame, purpose=purpose, step=0)
        # on the CPU in double precision: the same on every device
        middle = F.normalize(direction.cpu().double(), dim=0)
        return F.normalize(middle + self.amount / width**0.5 * noise.double(), dim=1).to(direction)


CLEAR: Final = Fuzz(0.0, 1, 0, 0)
