"""Show pictures as a diffusion model guesses them from noise, which is what guidance shows a CLIP.

The two are trained side by side; before the model has learnt for a while, pictures are shown as they are.

A CLIP that never saw such guesses takes their blur and their half-made shapes for something else, and its slopes mean
little just where the picture is decided.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ..models.entry import DiffusionArchitecture
from ..models.noise import alpha_bars
from .denoiser import build_trainable, predict
from .edition import planned
from .progress import REREAD, Checkpoints, Means

LEARNT = 3000  # steps which the diffusion model has learnt before its guesses are of use
SHARE = 1 / 6  # of the pictures that are shown so
NOISIEST = 900  # timesteps above it say nothing any more


class Glimpses:
    """Noise a share of pictures to a random degree and return what a trained denoiser makes of them."""

    def __init__(self, name: str, means: Means) -> None:
        architecture = planned(name, DiffusionArchitecture)
        self._unshuffle = architecture.unshuffle
        self._checkpoints = Checkpoints(means.folder, name)
        self._means = means
        self._network = build_trainable(architecture).to(means.device, memory_format=torch.channels_last).eval()  # type: ignore[call-overload]
        self._alpha_bar = torch.tensor(alpha_bars(architecture.schedule), dtype=torch.float32, device=means.device)
        self._calls = 0
        self._is_there = False

    @torch.no_grad()
    def __call__(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """Return the pictures, the first `SHARE` of them as guessed.

        Shapes: (B, 3, H, W) in [0, 1], both.
        """
        if self._calls % REREAD == 0:
            self._is_there = self._read()
        self._calls += 1
        if not self._is_there:
            return images
        count = math.ceil(images.shape[0] * SHARE)
        clean = images[:count] * 2 - 1
        drawn = torch.rand(count, generator=generator, device=images.device)
        timesteps = (drawn * NOISIEST).long()
        kept = self._alpha_bar[timesteps].view(-1, 1, 1, 1)
        noise = torch.randn(clean.shape, generator=generator, device=images.device)
        with torch.autocast(self._means.device, dtype=torch.bfloat16, enabled=self._means.autocast):
            noisy = kept.sqrt() * clean + (1 - kept).sqrt() * noise
            folded = predict(self._network, noisy, timesteps, unshuffle=self._unshuffle)
        guessed = torch.nn.functional.pixel_shuffle(folded, self._unshuffle).clamp(-1, 1)
        return torch.cat([(guessed + 1) / 2, images[count:]])

    def _read(self) -> bool:
        state = self._checkpoints.resume()
        if state is None or state["step"] < LEARNT:
            return False
        self._network.load_state_dict(state["average"])
        return True
