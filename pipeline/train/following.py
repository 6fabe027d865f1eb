"""Learn to draw a frame over the one before it: what a network is shown of that one, and what it is asked for.

A network that only ever saw clean pictures noised gives each back a little softer, and a film of its frames dissolves
within two seconds. One that is shown worn pictures, its own among them, and asked for clean ones holds what it drew.
Source: our own; noise on the frames gone on from is Valevski et al. 2024 (GameNGen, 3.2.1), learning from one's own
guesses Bengio et al. 2015 (scheduled sampling).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor

from .wear import recoloured, worn

SETTLED: Final = 500  # timestep below which the steps before have mended a part
GUESSED: Final = 0.5  # of the batches have frames before that the network itself has drawn
GUESSES: Final = (250, 700)  # timesteps that it guessed those from

Guess = Callable[[Tensor, Tensor], Tensor]
"""Noisy pictures (B, 3, H, W) and timesteps int64 (B,) -> clean pictures (B, 3, H, W)."""


@torch.no_grad()
def frame_before(clean: Tensor, alpha_bar: Tensor, guess: Guess, generator: torch.Generator) -> Tensor:
    """Return the frames before those that are to be drawn, worn by one frame or by two.

    Shapes: (B, 3, H, W) in [-1, 1], both; alpha_bar (1000,).
    """
    before = worn(clean, generator)
    drawn, share = torch.rand(2, generator=generator, device=clean.device).tolist()
    if drawn >= GUESSED:
        return before
    timesteps = torch.randint(*GUESSES, (len(clean),), generator=generator, device=clean.device)
    kept = alpha_bar[timesteps].view(-1, 1, 1, 1)
    noise = torch.randn(clean.shape, generator=generator, device=clean.device)
    guessed = guess(kept.sqrt() * before + (1 - kept).sqrt() * noise, timesteps)
    return worn(before.lerp(guessed.clamp(-1, 1).to(before), 0.5 + 0.5 * share), generator)


def asked_for(clean: Tensor, timesteps: Tensor, generator: torch.Generator) -> Tensor:
    """Return what is to be drawn: the clean picture, in ever more other colours where there is little noise.

    There colours are what they are. A network that has seen no others than a painter's makes those that a film comes to
    stronger in each frame, until a sky is plain cyan.
    Shapes: clean (B, 3, H, W) in [-1, 1], timesteps int64 (B,) -> (B, 3, H, W).
    """
    return settled(clean, recoloured(clean, generator), timesteps)


def settled(before: Tensor, clean: Tensor, timesteps: Tensor) -> Tensor:
    """Return what lies under the noise: the frame before, and ever more of the clean picture where there is little.

    Shapes: before, clean (B, 3, H, W), timesteps int64 (B,) -> (B, 3, H, W).
    """
    share = (timesteps.to(before.dtype) / SETTLED).clamp(max=1).view(-1, 1, 1, 1)
    return clean.lerp(before, share)
