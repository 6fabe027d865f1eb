"""Train the embedded diffusion model: guided-diffusion's UNet on the painted world, predicting the clean picture.

The variance half of the learn_sigma layout is never trained and stays zero, since DDIM does not read it. Loss weights
follow min-SNR for a prediction of x0, with a floor of one so that the first, structure-making steps are not starved.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..models.catalogue import find
from ..models.entry import DiffusionArchitecture
from ..models.upstream import import_guided_diffusion
from ..sample.steps import alpha_bars
from .averaged import train_averaged
from .pictures import Pictures, reduce


@dataclass(frozen=True, slots=True)
class DenoiserRun:
    """How long and how fast the embedded diffusion model is trained."""

    name: str
    seed: int
    steps: int
    batch: int = 32
    peak_rate: float = 8e-4
    warmup: int = 200
    ema_decay: float = 0.999
    snr_cap: float = 8.0


def train_denoiser(run: DenoiserRun, pictures: Pictures, *, folder: Path, autocast: bool = True) -> nn.Module:
    """Train (or go on training) the catalogue's diffusion model `run.name`; return its averaged weights."""
    torch.manual_seed(run.seed)
    architecture = find(run.name).architecture
    assert isinstance(architecture, DiffusionArchitecture)
    pictures = reduce(pictures, architecture.recommended_size.height)
    alpha_bar = torch.tensor(alpha_bars(architecture.schedule), dtype=torch.float32)

    def loss_at(network: nn.Module, step: int) -> Tensor:
        rng = np.random.default_rng([run.seed, step])
        clean = draw_batch(pictures, rng, count=run.batch)
        generator = torch.Generator().manual_seed(int(rng.integers(2**63)))
        timesteps = stratified_timesteps(run.batch, generator)
        noise = torch.randn(clean.shape, generator=generator)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=autocast):
            return denoiser_loss(
                network, clean, noise, timesteps, alpha_bar, unshuffle=architecture.unshuffle, cap=run.snr_cap
            )

    return train_averaged(run, lambda: build_trainable(architecture), loss_at, folder=folder, told=100)


def denoiser_loss(
    network: nn.Module,
    clean: Tensor,
    noise: Tensor,
    timesteps: Tensor,
    alpha_bar: Tensor,
    *,
    unshuffle: int,
    cap: float,
) -> Tensor:
    """Return the weighted mean squared error of the predicted clean picture.

    Shapes: clean, noise (B, 3, H, W), clean in [-1, 1]; timesteps int64 (B,); alpha_bar (1000,).
    Source: Ho et al. 2020, eq. 4; weight min(1 + SNR, cap), after Hang et al. 2023 (min-SNR).
    """
    kept = alpha_bar[timesteps].view(-1, 1, 1, 1)
    noisy = F.pixel_unshuffle(kept.sqrt() * clean + (1 - kept).sqrt() * noise, unshuffle)
    target = F.pixel_unshuffle(clean, unshuffle)
    predicted = network(noisy.contiguous(memory_format=torch.channels_last), timesteps.float())
    predicted = predicted[:, : target.shape[1]].float()
    weight = (1 + kept / (1 - kept)).clamp(max=cap)
    return (weight * (predicted - target) ** 2).mean()


def draw_batch(pictures: Pictures, rng: np.random.Generator, *, count: int) -> Tensor:
    """Return `count` pictures in [-1, 1], half of them mirrored.

    Shapes: (B, 3, S, S).
    """
    chosen = np.sort(rng.choice(len(pictures.pixels), count, replace=False))
    images = torch.from_numpy(pictures.pixels[chosen]).permute(0, 3, 1, 2).float() / 127.5 - 1
    mirrored = torch.from_numpy(rng.random(count) < 0.5).view(-1, 1, 1, 1)
    return torch.where(mirrored, images.flip(-1), images)


def stratified_timesteps(count: int, generator: torch.Generator) -> Tensor:
    """Draw one timestep from each of `count` equal parts of 0..999, so that every batch covers all noise levels."""
    return ((torch.arange(count) + torch.rand(count, generator=generator)) * (1000 / count)).long().clamp(max=999)


def build_trainable(architecture: DiffusionArchitecture) -> nn.Module:
    """Build guided-diffusion's UNet with its initial random weights."""
    return import_guided_diffusion("unet").UNetModel(**asdict(architecture.unet))
