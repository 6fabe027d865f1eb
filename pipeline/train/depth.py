"""Train the embedded depth network: the painter knows how far everything is, so every picture is its own teacher.

Pictures are painted while the training goes on and kept, a few more at each step, so that the network starts at once
and ends having seen many. Each is cut, mirrored, reduced and spoiled at random, because the frames of a film are seen
after the camera has moved and are never as clean as a painting.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..models import DepthArchitecture, build_network, find
from .averaged import train_averaged
from .pictures import HELD_OUT_SEED
from .spoil import blur
from .world import paint

PAINTED = 128  # side of the paintings, in pixels
SIDES = (64, 64, 96)  # sides that the network is shown, each as often as it stands here
LOG_WEIGHT = 0.1  # of errors of the logarithm of distance, which is what tells a hill from the sky behind it


@dataclass(frozen=True, slots=True)
class DepthRun:
    """How long and how fast the depth network is trained; `first` paintings at the start, `more` at each step."""

    name: str
    seed: int
    steps: int
    batch: int = 8
    first: int = 64
    more: int = 1
    paintings: int = 1000
    peak_rate: float = 3e-3
    warmup: int = 100
    ema_decay: float = 0.995


def train_depth(run: DepthRun, *, folder: Path) -> nn.Module:
    """Train (or go on training) the catalogue's depth network `run.name`; return its averaged weights."""
    torch.manual_seed(run.seed)
    architecture = find(run.name).architecture
    assert isinstance(architecture, DepthArchitecture)

    def loss_at(network: nn.Module, step: int) -> Tensor:
        images, nearness = draw_batch(run, step, architecture)
        return depth_loss(network(images.contiguous(memory_format=torch.channels_last)), nearness, architecture)

    return train_averaged(run, lambda: build_network(architecture), loss_at, folder=folder, told=50)


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


def nearness_of(depth: np.ndarray, architecture: DepthArchitecture) -> np.ndarray:
    """Turn distance into nearness, 0 far and 1 near."""
    far, near = 1 / architecture.far, 1 / architecture.near
    return np.clip((1 / depth - far) / (near - far), 0, 1)


def draw_batch(run: DepthRun, step: int, architecture: DepthArchitecture) -> tuple[Tensor, Tensor]:
    """Return the pictures of a step in [-1, 1] and how near everything in them is.

    Shapes: (B, 3, S, S), (B, 1, S, S), with S one of `SIDES`.
    """
    rng = np.random.default_rng([run.seed, step])
    painted = min(run.paintings, run.first + run.more * step)
    side = int(rng.choice(SIDES))
    pairs = [_cut(rng, int(seed), side, architecture) for seed in rng.integers(painted, size=run.batch)]
    images = torch.cat([image for image, _ in pairs])
    generator = torch.Generator().manual_seed(int(rng.integers(2**63)))
    return spoiled(images, generator), torch.cat([nearness for _, nearness in pairs])


def spoiled(images: Tensor, generator: torch.Generator) -> Tensor:
    """Blur some pictures, change the light of some and add noise to some; nothing moves.

    Shapes: (B, 3, S, S) in [0, 1] -> the same in [-1, 1], not clamped.
    """
    draw = torch.rand(5, images.shape[0], 1, 1, 1, generator=generator)
    changed = blur(images, (draw[0] < 0.4).flatten() * 0.6 * draw[1].flatten())
    changed = (changed - 0.5) * (0.8 + 0.4 * draw[2]) + 0.4 + 0.2 * draw[3]
    grain = (draw[4] - 0.5).clamp(min=0) * 0.3
    return (changed + grain * torch.randn(images.shape, generator=generator)) * 2 - 1


def _cut(rng: np.random.Generator, seed: int, side: int, architecture: DepthArchitecture) -> tuple[Tensor, Tensor]:
    """Return one painting, or a part of it, perhaps mirrored, in the size that is shown."""
    pixels, depth = _painting(seed)
    part = PAINTED if rng.random() < 0.5 else int(rng.integers(PAINTED // 2, PAINTED))
    top, left = (int(rng.integers(PAINTED - part + 1)) for _ in range(2))
    window = (slice(top, top + part), slice(left, left + part))
    image = torch.from_numpy(pixels[window].astype(np.float32) / 255).permute(2, 0, 1)[None]
    nearness = torch.from_numpy(nearness_of(depth[window].astype(np.float32), architecture))[None, None]
    if rng.random() < 0.5:
        image, nearness = image.flip(-1), nearness.flip(-1)
    return (
        F.interpolate(image, size=(side, side), mode="bilinear", antialias=True),
        F.interpolate(nearness, size=(side, side), mode="area"),
    )


@lru_cache(maxsize=4096)
def _painting(seed: int) -> tuple[np.ndarray, np.ndarray]:
    picture = paint(seed, height=PAINTED, width=PAINTED)
    return picture.pixels, picture.depth.astype(np.float16)


@torch.no_grad()
def score_depth(network: nn.Module, architecture: DepthArchitecture, *, count: int, side: int) -> dict[str, float]:
    """Return how far a depth network is off on pictures that no training has seen.

    Convention: `scale_invariant` is the deviation, within a picture, of the logarithm of how many times too far things
        are seen, and `within_25` the share of pixels whose distance is right to a quarter; means over pictures.
    Source: Eigen et al. 2014, eq. 1, and delta < 1.25.
    """
    offs, rights = [], []
    for seed in range(HELD_OUT_SEED, HELD_OUT_SEED + count):
        picture = paint(seed, height=side, width=side)
        image = torch.from_numpy(picture.pixels).permute(2, 0, 1)[None].float() / 127.5 - 1
        seen = distance(network(image), architecture)[0, 0]
        off = seen.log() - torch.from_numpy(picture.depth).log()
        offs.append(float(off.std(correction=0)))
        rights.append(float((off.abs() < np.log(1.25)).float().mean()))
    return {"scale_invariant": float(np.mean(offs)), "within_25": float(np.mean(rights))}
