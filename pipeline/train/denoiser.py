"""Train the embedded diffusion models: guided-diffusion's UNet on the painted world, predicting the clean picture.

The variance half of the learn_sigma layout is never trained and stays zero, since DDIM does not read it. Loss weights
follow min-SNR for a prediction of x0, with a floor of one so that the first, structure-making steps are not starved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..models.entry import DiffusionArchitecture
from ..models.networks import build_denoiser
from ..sample.steps import alpha_bars
from .averaged import train_averaged
from .edition import planned
from .onward import take_over_denoiser
from .pictures import Album
from .progress import Means

REFRESH = 50  # steps from one look at what has been painted meanwhile to the next


@dataclass(frozen=True, slots=True)
class DenoiserRun:
    """How long and how fast an embedded diffusion model is trained.

    `albums` are the shapes of pictures it learns and the share of the batches that each gets.
    """

    name: str
    seed: int
    steps: int
    albums: tuple[tuple[str, float], ...] = (("square", 1.0),)
    batch: int = 16
    peak_rate: float = 6e-4
    warmup: int = 200
    ema_decay: float = 0.999
    snr_cap: float = 8.0


def train_denoiser(run: DenoiserRun, albums: Mapping[str, Album], *, means: Means) -> nn.Module:
    """Train (or go on training) the catalogue's diffusion model `run.name`; return its averaged weights."""
    torch.manual_seed(run.seed)
    architecture = planned(run.name, DiffusionArchitecture)
    alpha_bar = torch.tensor(alpha_bars(architecture.schedule), dtype=torch.float32, device=means.device)
    names, shares = [name for name, _ in run.albums], [share for _, share in run.albums]
    side = min(architecture.recommended_size.height, architecture.recommended_size.width)

    def loss_at(network: nn.Module, step: int) -> Tensor:
        rng = np.random.default_rng([run.seed, step])
        album = albums[names[int(rng.choice(len(names), p=shares))]]
        if step % REFRESH == 0:
            for each in albums.values():
                each.refresh()
        generator = torch.Generator(means.device).manual_seed(int(rng.integers(2**63)))
        size = side if album.plan.height == album.plan.width else None
        clean = draw_batch(album, rng, count=run.batch, size=size, device=means.device)
        timesteps = stratified_timesteps(run.batch, generator)
        noise = torch.randn(clean.shape, generator=generator, device=means.device)
        with torch.autocast(means.device, dtype=torch.bfloat16, enabled=means.autocast):
            return denoiser_loss(
                network, clean, noise, timesteps, alpha_bar, unshuffle=architecture.unshuffle, cap=run.snr_cap
            )

    def build() -> nn.Module:
        network = build_trainable(architecture)
        if means.onward:
            take_over_denoiser(network, architecture, ancestor=means.onward)
        return network

    return train_averaged(run, build, loss_at, means=means, told=100)


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
    predicted = predict(network, kept.sqrt() * clean + (1 - kept).sqrt() * noise, timesteps, unshuffle=unshuffle)
    weight = (1 + kept / (1 - kept)).clamp(max=cap)
    return (weight * (predicted - F.pixel_unshuffle(clean, unshuffle)) ** 2).mean()


def predict(network: nn.Module, noisy: Tensor, timesteps: Tensor, *, unshuffle: int) -> Tensor:
    """Return the clean pictures that a network sees in noisy ones, still folded.

    Shapes: (B, 3, H, W), (B,) -> (B, 3 u^2, H/u, W/u).
    """
    folded = F.pixel_unshuffle(noisy, unshuffle)
    found = network(folded.contiguous(memory_format=torch.channels_last), timesteps.float())
    return found[:, : folded.shape[1]].float()


def draw_batch(
    album: Album, rng: np.random.Generator, *, count: int, size: int | None = None, device: str = "cpu"
) -> Tensor:
    """Return `count` pictures in [-1, 1], half of them mirrored.

    Shapes: (B, 3, H, W).
    """
    images = album.images(choose(album, rng, count, device), size=size) * 2 - 1
    mirrored = torch.from_numpy(rng.random(count) < 0.5).to(device).view(-1, 1, 1, 1)
    return torch.where(mirrored, images.flip(-1), images)


def choose(album: Album, rng: np.random.Generator, count: int, device: str) -> Tensor:
    """Return the numbers of `count` pictures of an album."""
    return torch.from_numpy(np.sort(rng.choice(album.count, count, replace=count > album.count))).to(device)


def stratified_timesteps(count: int, generator: torch.Generator) -> Tensor:
    """Draw one timestep from each of `count` equal parts of 0..999, so that every batch covers all noise levels."""
    drawn = torch.rand(count, generator=generator, device=generator.device)
    return ((torch.arange(count, device=generator.device) + drawn) * (1000 / count)).long().clamp(max=999)


def build_trainable(architecture: DiffusionArchitecture) -> nn.Module:
    """Build a diffusion model with its initial random weights."""
    return build_denoiser(architecture)
