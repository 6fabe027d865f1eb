"""Train the embedded upscaler: pictures of 128 px, with the faults of drawn ones, against the same of 512 px.

The large picture is reduced over areas, and some are blurred or get noise, so that the network mends a little of what a
diffusion model leaves behind instead of enlarging it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..models import UpscalerArchitecture, build_network
from .averaged import train_averaged
from .edition import planned
from .pictures import REFRESH, Album, choose
from .progress import Means
from .spoil import blur

PART = 192  # side of the parts of large pictures that are learnt from, in pixels
SLOPES = 1.0  # weight of errors of the slopes between neighbours, against that of the colours


@dataclass(frozen=True, slots=True)
class UpscalerRun:
    """How long and how fast an upscaler is trained."""

    name: str
    seed: int
    steps: int
    batch: int = 64
    peak_rate: float = 1e-3
    warmup: int = 100
    ema_decay: float = 0.999


def train_upscaler(run: UpscalerRun, album: Album, *, means: Means) -> nn.Module:
    """Train (or go on training) the catalogue's upscaler `run.name`; return its averaged weights."""
    torch.manual_seed(run.seed)
    architecture = planned(run.name, UpscalerArchitecture)

    def loss_at(network: nn.Module, step: int) -> Tensor:
        rng = np.random.default_rng([run.seed, step])
        generator = torch.Generator(means.device).manual_seed(int(rng.integers(2**63)))
        if step % REFRESH == 0:
            album.refresh()
        large = cut_parts(album.images(choose(album, rng, run.batch, means.device)), rng, architecture.times)
        small = spoiled(F.avg_pool2d(large, architecture.times), generator)
        with torch.autocast(means.device, dtype=torch.bfloat16, enabled=means.autocast):
            found = network(small.contiguous(memory_format=torch.channels_last))
        return upscaler_loss(found.float(), large)

    return train_averaged(run, lambda: build_network(architecture), loss_at, means=means, told=50)


def upscaler_loss(found: Tensor, true: Tensor) -> Tensor:
    """Return the mean error of the colours and of their slopes.

    Shapes: (B, 3, H, W), both.
    """
    error = found - true
    slopes = (error[..., 1:] - error[..., :-1]).abs().mean() + (error[..., 1:, :] - error[..., :-1, :]).abs().mean()
    return error.abs().mean() + SLOPES * slopes


def cut_parts(images: Tensor, rng: np.random.Generator, times: int) -> Tensor:
    """Return one part of each picture, all from one random place that begins at a whole small pixel, or mirrored."""
    side = min(PART, images.shape[-1], images.shape[-2])
    top, left = (int(rng.integers((full - side) // times + 1)) * times for full in images.shape[-2:])
    parts = images[..., top : top + side, left : left + side]
    return parts.flip(-1) if rng.random() < 0.5 else parts


def spoiled(images: Tensor, generator: torch.Generator) -> Tensor:
    """Blur some small pictures a little and add noise to some.

    Shapes: (B, 3, H, W) in [0, 1] -> the same, not clamped.
    """
    draw = torch.rand(4, images.shape[0], generator=generator, device=images.device)
    soft = blur(images, (draw[0] < 0.4) * 0.3 * draw[1])
    grain = ((draw[2] < 0.4) * 0.05 * draw[3]).view(-1, 1, 1, 1)
    return soft + grain * torch.randn(images.shape, generator=generator, device=images.device)
