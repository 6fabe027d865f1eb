"""Train the embedded upscaler: pictures of 128 px, with the faults of drawn ones, against the same of 512 px.

Most pictures are shown as the shipped diffusion model draws them again, so the network learns to paint what was meant:
crisp edges and strokes in the place of seams and grain. The rest are reduced, some blurred or with noise, so that
pictures without such faults are enlarged well too. Colours come first; then a critic asks for crispness.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..models import UpscalerArchitecture, build_network
from ..models.networks import load_upscaler
from .averaged import train_averaged
from .critic import Critic, critic_loss, disliked
from .edition import planned
from .pictures import REFRESH, Album, choose
from .progress import Means
from .redrawn import Redrawn
from .spoil import blur

PART = 48  # side of the parts of small pictures that are learnt from, in pixels
BLOCK = 4  # parts begin at whole blocks of so many small pixels, since networks may fold pictures
SLOPES = 1.0  # weight of errors of the slopes between neighbours, against that of the colours
WEAVE = 2.0  # weight of what a picture has more than is painted at one place of all folded blocks
REDRAWN = 0.8  # of the batches are drawn again
CRITIC_RATE = 2e-4
OWN = "upscaler."  # what names of the upscaler's weights begin with, beside its critic's
BROAD = 16  # pixels of the small picture: colours of areas so large are left as they were drawn


@dataclass(frozen=True, slots=True)
class UpscalerRun:
    """How long and how fast an upscaler is trained; from step `alone` on the critic's opinion weighs `critic`."""

    name: str
    seed: int
    steps: int
    batch: int = 16
    peak_rate: float = 1e-3
    warmup: int = 100
    ema_decay: float = 0.995
    alone: int = 2000
    critic: float = 0.15


class Apprentice(nn.Module):
    """An upscaler and its critic, which are trained side by side."""

    def __init__(self, upscaler: nn.Module) -> None:
        super().__init__()
        self.upscaler = upscaler
        self.critic = Critic()


def train_upscaler(run: UpscalerRun, album: Album, *, means: Means) -> nn.Module:
    """Train (or go on training) the catalogue's upscaler `run.name`; return its averaged weights, and its critic's."""
    torch.manual_seed(run.seed)
    architecture = replace(planned(run.name, UpscalerArchitecture), smooth=False)  # or it would sharpen against that
    redrawn = Redrawn(album, times=architecture.times, folder=means.folder)
    block = architecture.times * architecture.unshuffle  # of large pixels that come of one place

    def loss_at(pair: Apprentice, step: int) -> Tensor:
        rng = np.random.default_rng([run.seed, step])
        if step % REFRESH == 0:
            album.refresh()
        small, large = batch_of(run, rng, album, redrawn, times=architecture.times)
        with torch.autocast(means.device, dtype=torch.bfloat16, enabled=means.autocast):
            found = pair.upscaler(small.contiguous(memory_format=torch.channels_last)).float()
        loss = upscaler_loss(found, large) + WEAVE * weave_loss(found - large, block)
        if step < run.alone:
            return loss
        with torch.autocast(means.device, dtype=torch.bfloat16, enabled=means.autocast):
            opinions = disliked(pair.critic, small, found), critic_loss(pair.critic, small, found, large)
        return loss + run.critic * opinions[0] + opinions[1]

    def build() -> Apprentice:
        upscaler = build_network(architecture)
        if means.onward:
            upscaler.load_state_dict(load_upscaler(means.onward).network.state_dict())
        return Apprentice(upscaler)

    return train_averaged(run, build, loss_at, means=means, told=50, groups=groups_of)


def groups_of(pair: Apprentice) -> list[dict[str, Any]]:
    """Return both networks' parameters.

    With the usual momentum the critic swings ever wider; where it learns no faster than the upscaler, a comb of fine
    lines stays in strong colours.
    """
    critic = {"params": list(pair.critic.parameters()), "betas": (0.5, 0.99), "lr": CRITIC_RATE, "keeps_rate": True}
    return [{"params": list(pair.upscaler.parameters())}, critic]


def without_critic(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the weights of an upscaler alone, out of those of one and its critic; none of any other network."""
    return {name.removeprefix(OWN): value for name, value in state.items() if name.startswith(OWN)}


def batch_of(
    run: UpscalerRun, rng: np.random.Generator, album: Album, redrawn: Redrawn, *, times: int
) -> tuple[Tensor, Tensor]:
    """Return parts of small pictures (B, 3, PART, PART) and of the large ones that they are to become."""
    chosen = choose(album, rng, run.batch, album.device)
    large = album.images(chosen)
    clean = F.avg_pool2d(large, times)
    if rng.random() < REDRAWN:
        small = redrawn(chosen)
        large = in_the_colours_of(small, clean, large)
    else:
        small = spoiled(clean, torch.Generator(album.device).manual_seed(int(rng.integers(2**63))))
    return cut_parts(small, large, rng)


def cut_parts(small: Tensor, large: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Return one part of each picture, small and large, all from one random place, some batches mirrored."""
    times, height, width = large.shape[-1] // small.shape[-1], *small.shape[-2:]
    side = min(PART, height, width)
    top, left = (int(rng.integers((full - side) // BLOCK + 1)) * BLOCK for full in (height, width))
    near = small[..., top : top + side, left : left + side]
    top, left, side = top * times, left * times, side * times
    far = large[..., top : top + side, left : left + side]
    return (near.flip(-1), far.flip(-1)) if rng.random() < 0.5 else (near, far)


def upscaler_loss(found: Tensor, true: Tensor) -> Tensor:
    """Return the mean error of the colours and of their slopes.

    Shapes: (B, 3, H, W), both.
    """
    error = found - true
    slopes = (error[..., 1:] - error[..., :-1]).abs().mean() + (error[..., 1:, :] - error[..., :-1, :]).abs().mean()
    return error.abs().mean() + SLOPES * slopes


def weave_loss(error: Tensor, block: int) -> Tensor:
    """Return how far errors at one place of all blocks are, on average, from those at the other places of blocks.

    Networks paint whole blocks at once and may weave a comb into them, which a critic alone does not see soon enough.
    Shapes: (B, 3, H, W); averages are taken over each quarter of a picture, of as many whole blocks as it has.
    """
    count, channels = error.shape[:2]
    rows, columns = (max(1, side // (2 * block)) for side in error.shape[-2:])
    tiles = [min(2, side // (block * blocks)) for side, blocks in zip(error.shape[-2:], (rows, columns), strict=True)]
    whole = error[..., : tiles[0] * rows * block, : tiles[1] * columns * block]
    parts = whole.reshape(count, channels, tiles[0], rows, block, tiles[1], columns, block).mean((3, 6))
    return (parts - parts.mean((3, 5), keepdim=True)).abs().mean()


def in_the_colours_of(drawn: Tensor, clean: Tensor, large: Tensor) -> Tensor:
    """Return a large picture in the broad colours that its small one was drawn in, which an upscaler is not to change.

    Shapes: drawn, clean (B, 3, H, W), large (B, 3, times H, times W) -> the latter.
    """
    sides = [max(1, side // BROAD) for side in drawn.shape[-2:]]
    off = F.interpolate(drawn - clean, size=sides, mode="area")
    return large + F.interpolate(off, size=large.shape[-2:], mode="bilinear", align_corners=False)


def spoiled(images: Tensor, generator: torch.Generator) -> Tensor:
    """Blur some small pictures a little and add noise to some.

    Shapes: (B, 3, H, W) in [0, 1] -> the same, not clamped.
    """
    draw = torch.rand(4, images.shape[0], generator=generator, device=images.device)
    soft = blur(images, (draw[0] < 0.4) * 0.3 * draw[1])
    grain = ((draw[2] < 0.4) * 0.05 * draw[3]).view(-1, 1, 1, 1)
    return soft + grain * torch.randn(images.shape, generator=generator, device=images.device)
