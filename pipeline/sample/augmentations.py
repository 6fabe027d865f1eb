"""Disco Diffusion's own augmentations of cuts, in its order: turn, perspective, grey, jitter, and grain between them.

`plan_chain` draws everything by name on the CPU; the stages are then plain functions of views. Unlike the soft
augmentations of `cutouts.py` they bring black in at the edges and clamp colours, where the gradient ends.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import torch
from torch import Tensor

from .distortion import affine_places, perspective_places, read_at
from .hue import hue_turned
from .noise import named_noise, named_uniform

GRAIN: Final = 0.01
LUMA: Final = (0.299, 0.587, 0.114)
JITTER: Final = 0.1  # of brightness, contrast and saturation
ORDERS: Final = tuple(itertools.permutations(range(4)))
N_DRAWS: Final = 19
N_GRAINS: Final = 4

Stage = Callable[[Tensor], Tensor]
"""Takes views (n, B, 3, s, s) in [0, 1] or thereabouts and returns the same."""


@dataclass(frozen=True, slots=True)
class Mode:
    """The strengths of a chain of Disco's; `turn_deg` and `shift` (of the side) are the largest, all else chances."""

    flip: float
    turn_deg: float
    shift: float
    reading: str
    grey: float
    jitters: bool
    perspective: float = 0.0
    distortion: float = 0.0


MODES: Final = {
    "still": Mode(flip=0.5, turn_deg=10, shift=0.05, reading="bilinear", grey=0.1, jitters=True),
    "motion": Mode(flip=0.4, turn_deg=10, shift=0.05, reading="bilinear", grey=0.1, jitters=True),
    "video": Mode(
        flip=0.5,
        turn_deg=15,
        shift=0.1,
        reading="nearest",
        grey=0.15,
        jitters=False,
        perspective=0.7,
        distortion=0.4,
    ),
}
"""Source: Disco Diffusion v5.7, `MakeCutoutsDango`, for the animation modes None, 2D and 3D, and Video Input."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The stages of a step's views, in order; `is_flipped` (n,) comes before them."""

    is_flipped: Tensor
    stages: tuple[Stage, ...]

    def __call__(self, views: Tensor) -> Tensor:
        """Change views (n, B, 3, s, s)."""
        for stage in self.stages:
            views = stage(views)
        return views


def plan_chain(mode: str, first: Tensor, size: int, *, hue: float, seed: int, frame: int, step: int) -> Chain:
    """Draw a chain for n views of `size` x `size` pixels; "none" changes nothing.

    Convention: view i takes the draws of view `first[i]`, itself or the first of its batch; grain is each one's own.
    """
    n = len(first)
    if mode == "none":
        return Chain(torch.zeros(n, dtype=torch.bool), ())
    chain, name = MODES[mode], {"seed": seed, "frame": frame, "step": step}
    u = named_uniform((n, N_DRAWS), purpose=f"augmentations {size}", **name).double()[first]
    mix = named_uniform((n, N_GRAINS), purpose=f"grain mix {size}", **name).double() * 2 * math.pi
    grains = named_noise((N_GRAINS, 2, 3, size, size), purpose=f"grains {size}", **name)
    noises = [partial(grained, mix=mix[:, i], noise=grains[i]) for i in range(N_GRAINS)]
    stages: list[Stage] = [noises[0], turned(u[:, 1:4], chain, size), noises[1]]
    if chain.perspective:
        stages += [slanted(u[:, 10:19], chain, size), noises[2]]
    stages += [partial(greyed, is_grey=u[:, 4] < chain.grey), noises[3]]
    if chain.jitters:
        strength = torch.tensor((JITTER, JITTER, JITTER, hue), dtype=torch.float64)
        order = torch.tensor(ORDERS)[(u[:, 9] * len(ORDERS)).long()]
        stages.append(partial(jittered, change=((u[:, 5:9] * 2 - 1) * strength).float(), order=order))
    return Chain(u[:, 0] < chain.flip, tuple(stages))


def turned(u: Tensor, mode: Mode, size: int) -> Stage:
    """Return the stage that turns and moves views, by whole pixels; u (n, 3) in 0 .. 1."""
    angle = (u[:, 0] * 2 - 1) * math.radians(mode.turn_deg)
    shift = ((u[:, 1:] * 2 - 1) * mode.shift * size).round()
    return partial(_read, places=affine_places(angle, shift, size).float(), mode=mode.reading)


def slanted(u: Tensor, mode: Mode, size: int) -> Stage:
    """Return the stage that sees some views aslant: with the chance u (n, 9) says first, corners moved inwards."""
    reach = int(mode.distortion * (size // 2)) + 1
    inwards = (u[:, 1:] * reach).floor().reshape(-1, 4, 2)
    edge = torch.tensor([[0, 0], [1, 0], [1, 1], [0, 1]]) * (size - 1)
    sign = torch.tensor([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    moved = torch.where((u[:, 0] < mode.perspective)[:, None, None], inwards, 0.0)
    return partial(_read, places=perspective_places(edge + sign * moved, size), mode="bilinear")


def _read(views: Tensor, *, places: Tensor, mode: str) -> Tensor:
    n, batch, channels, side, _ = views.shape
    flat = views.reshape(n, batch * channels, side, side)
    return read_at(flat, places.to(views), mode).reshape(views.shape)


def grained(views: Tensor, *, mix: Tensor, noise: Tensor) -> Tensor:
    """Add to each view its own mixture of two pictures of noise (2, 3, s, s), of deviation GRAIN; mix is (n,)."""
    weights = torch.stack((mix.cos(), mix.sin()), dim=1).to(views) * GRAIN
    grain = weights @ noise.to(views).reshape(2, -1)
    return views + grain.reshape(len(views), 1, *views.shape[2:])


def luma(views: Tensor) -> Tensor:
    """Return the grey of views (n, B, 3, s, s), (n, B, 1, s, s)."""
    weights = torch.tensor(LUMA, device=views.device, dtype=views.dtype)
    return (views * weights[:, None, None]).sum(dim=2, keepdim=True)


def greyed(views: Tensor, *, is_grey: Tensor) -> Tensor:
    """Make views grey where asked, (n,)."""
    return torch.where(is_grey.to(views.device)[:, None, None, None, None], luma(views), views)


def jittered(views: Tensor, *, change: Tensor, order: Tensor) -> Tensor:
    """Change brightness, contrast, saturation and hue of each view by `change` (n, 4), in the order of `order` (n, 4).

    Source: torchvision, `ColorJitter` on tensors: every change but the hue's is clamped to [0, 1].
    """
    at = torch.arange(len(views))  # which view each row is: those that are changed alike stand together
    for place in range(4):
        which, by = order[at, place].sort(stable=True)
        at, counts = at[by], which.bincount(minlength=4).tolist()
        rows = Permuted.apply(views, by).split(counts)
        amounts = change[at, which].to(views)[:, None, None, None, None].split(counts)
        alters = (brightened, contrasted, saturated, hue_turned)
        views = torch.cat([alter(*each) for alter, *each in zip(alters, rows, amounts, strict=True) if len(each[0])])
    return Permuted.apply(views, at.argsort())


class Permuted(torch.autograd.Function):
    """Puts views (n, ...) in another order; the gradient is put back, where torch's own would be added up."""

    @staticmethod
    def forward(ctx: Any, views: Tensor, by: Tensor) -> Tensor:
        ctx.back = by.argsort()
        return views[by.to(views.device)]

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor, None]:  # type: ignore[override]
        return slope[ctx.back.to(slope.device)], None


def brightened(views: Tensor, amount: Tensor) -> Tensor:
    """Multiply by 1 + amount."""
    return (views * (1 + amount)).clamp(0, 1)


def contrasted(views: Tensor, amount: Tensor) -> Tensor:
    """Move away from the mean grey of each picture."""
    mean = luma(views).mean(dim=(2, 3, 4), keepdim=True)
    return ((1 + amount) * views - amount * mean).clamp(0, 1)


def saturated(views: Tensor, amount: Tensor) -> Tensor:
    """Move away from each pixel's grey."""
    return ((1 + amount) * views - amount * luma(views)).clamp(0, 1)
