"""Train the embedded depth network: the painter knows how far everything is, so every picture is its own teacher.

Each is cut, mirrored, reduced and spoiled at random, because the frames of a film are seen after the camera has moved
and are never as clean as a painting. Some albums show whole scenes, others subjects from near, as what is drawn does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..models import DepthArchitecture, build_network, load_depth
from .averaged import train_averaged
from .edition import planned
from .pictures import HELD_OUT_SEED, REFRESH, Album, album_of, choose
from .progress import Means
from .spoil import blur
from .world import paint

SIDES = (64, 64, 96)  # sides that the network is shown, each as often as it stands here
LOG_WEIGHT = 0.1  # of errors of the logarithm of distance, which is what tells a hill from the sky behind it


@dataclass(frozen=True, slots=True)
class DepthRun:
    """How long and how fast the depth network is trained; `albums` are of squares, each with its share of batches."""

    name: str
    seed: int
    steps: int
    albums: tuple[tuple[str, float], ...] = (("square", 0.5), ("near", 0.5))
    batch: int = 64
    peak_rate: float = 3e-3
    warmup: int = 100
    ema_decay: float = 0.998


def train_depth(run: DepthRun, albums: Mapping[str, Album], *, means: Means) -> nn.Module:
    """Train (or go on training) the catalogue's depth network `run.name`; return its averaged weights."""
    torch.manual_seed(run.seed)
    architecture = planned(run.name, DepthArchitecture)

    def loss_at(network: nn.Module, step: int) -> Tensor:
        if step % REFRESH == 0:
            for album in albums.values():
                album.refresh()
        images, nearness = draw_batch(run, step, albums, architecture, means.device)
        with torch.autocast(means.device, dtype=torch.bfloat16, enabled=means.autocast):
            seen = network(images.contiguous(memory_format=torch.channels_last))
        return depth_loss(seen.float(), nearness, architecture)

    def build() -> nn.Module:
        network = build_network(architecture)
        if means.onward:
            network.load_state_dict(load_depth(means.onward).network.state_dict())
        return network

    return train_averaged(run, build, loss_at, means=means, told=50)


def depth_loss(seen: Tensor, true: Tensor, architecture: DepthArchitecture) -> Tensor:
    """Return the mean error of nearness, of its slopes, and of the logarithm of distance.

    Shapes: seen, true (B, 1, H, W), nearness.
    """
    error = seen - true
    slopes = (error[..., 1:] - error[..., :-1]).abs().mean() + (error[..., 1:, :] - error[..., :-1, :]).abs().mean()
    in_log = (distance(seen, architecture).log() - distance(true, architecture).log()).abs().mean()
    return error.abs().mean() + slopes + LOG_WEIGHT * in_log


def distance(nearness: Tensor, architecture: DepthArchitecture) -> Tensor:
    """Turn nearness, 0 far and 1 near, into distance."""
    far, near = 1 / architecture.far, 1 / architecture.near
    return 1 / (far + (near - far) * nearness)


def nearness_of(distances: Tensor, architecture: DepthArchitecture) -> Tensor:
    """Turn distance into nearness, 0 far and 1 near."""
    far, near = 1 / architecture.far, 1 / architecture.near
    return ((1 / distances - far) / (near - far)).clamp(0, 1)


def draw_batch(
    run: DepthRun, step: int, albums: Mapping[str, Album], architecture: DepthArchitecture, device: str
) -> tuple[Tensor, Tensor]:
    """Return the pictures of a step in [-1, 1] and how near everything in them is.

    Shapes: (B, 3, S, S), (B, 1, S, S), with S one of `SIDES`.
    """
    rng = np.random.default_rng([run.seed, step])
    generator = torch.Generator(device).manual_seed(int(rng.integers(2**63)))
    side = int(rng.choice(SIDES))
    album = album_of(albums, run.albums, rng)
    chosen = choose(album, rng, run.batch, device)
    both = torch.cat([album.images(chosen), nearness_of(album.distances(chosen), architecture)], 1)
    cut = _cut(both, side, generator)
    return spoiled(cut[:, :3], generator), cut[:, 3:]


def spoiled(images: Tensor, generator: torch.Generator) -> Tensor:
    """Blur some pictures, change the light of some and add noise to some; nothing moves.

    Shapes: (B, 3, S, S) in [0, 1] -> the same in [-1, 1], not clamped.
    """
    draw = torch.rand(5, images.shape[0], 1, 1, 1, generator=generator, device=images.device)
    changed = blur(images, (draw[0] < 0.4).flatten() * 0.6 * draw[1].flatten())
    changed = (changed - 0.5) * (0.8 + 0.4 * draw[2]) + 0.4 + 0.2 * draw[3]
    grain = (draw[4] - 0.5).clamp(min=0) * 0.3
    return (changed + grain * torch.randn(images.shape, generator=generator, device=images.device)) * 2 - 1


def _cut(pictures: Tensor, side: int, generator: torch.Generator) -> Tensor:
    """Return half of the pictures whole and of the others a part down to half the side, perhaps mirrored.

    Shapes: (B, 4, H, W) -> (B, 4, side, side).
    """
    count, device = pictures.shape[0], pictures.device
    draw = torch.rand(5, count, generator=generator, device=device)
    scale = torch.where(draw[0] < 0.5, 1.0, 0.5 + 0.5 * draw[1])
    room, mirror = 1 - scale, torch.where(draw[2] < 0.5, -1.0, 1.0)
    zero = torch.zeros_like(scale)
    rows = [torch.stack([scale * mirror, zero, room * (2 * draw[3] - 1)], -1)]
    rows.append(torch.stack([zero, scale, room * (2 * draw[4] - 1)], -1))
    # twice the side and then halved, so that what is reduced is not sampled too thinly
    grid = F.affine_grid(torch.stack(rows, 1), [count, 4, 2 * side, 2 * side], align_corners=False)
    return F.avg_pool2d(F.grid_sample(pictures, grid, padding_mode="border", align_corners=False), 2)


@torch.no_grad()
def score_depth(
    network: nn.Module, architecture: DepthArchitecture, *, count: int, side: int, near: bool = False
) -> dict[str, float]:
    """Return how far a depth network is off on pictures that no training has seen.

    Convention: `scale_invariant` is the deviation, within a picture, of the logarithm of how many times too far things
        are seen, and `within_25` the share of pixels whose distance is right to a quarter; means over pictures.
    Source: Eigen et al. 2014, eq. 1, and delta < 1.25.
    """
    offs, rights = [], []
    for seed in range(HELD_OUT_SEED, HELD_OUT_SEED + count):
        picture = paint(seed, height=side, width=side, near=near)
        image = torch.from_numpy(picture.pixels).permute(2, 0, 1)[None].float() / 127.5 - 1
        seen = distance(network(image), architecture)[0, 0]
        off = seen.log() - torch.from_numpy(picture.depth).log()
        offs.append(float(off.std(correction=0)))
        rights.append(float((off.abs() < np.log(1.25)).float().mean()))
    return {"scale_invariant": float(np.mean(offs)), "within_25": float(np.mean(rights))}
