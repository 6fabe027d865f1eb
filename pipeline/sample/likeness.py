"""How unlike a picture is to the one that it started from, as a loss that pulls it back: Disco's `init_scale`.

The default distance asks the CLIPs that are loaded anyway. Each compares its embeddings of the whole picture and of a
fixed grid of squares, which say what there is and roughly where; a picture of a few cells says where the colours are.
It is 0 for equal pictures and 1.5 for two pictures of the painted world (1.0 seen, 0.5 of colours, means of 64 pairs).
What would surprise: what is finer than the cells counts only as far as the CLIPs see it; a picture blurred over two
pixels is 0.002 away. LPIPS sees such things.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn import functional as F

from ..types import Size, StepValues
from .cutouts import resampling
from .losses import spherical_distance
from .perceptors import Perceptor
from .steps import Step, at

Distance = Callable[[Tensor], Tensor]
"""A picture (1, 3, H, W) in [-1, 1] -> how far it is from the one picture that was there from the start, (1,)."""

PART: Final = 5 / 8  # side of the squares, of the picture's shorter side: two overlap by a quarter of it
CELLS: Final = 16  # of the small picture, along the shorter side


class Likeness:
    """The pull of a frame towards a picture; what is known of that picture is worked out once."""

    def __init__(self, distance: Distance, scale: StepValues) -> None:
        self.distance = distance
        self.scale = scale

    def acts(self, step: Step) -> bool:
        """Say whether it pulls in this step."""
        return at(self.scale, step.index) != 0

    def slope(self, y: Tensor, step: Step) -> Tensor:
        """Return the gradient at the guidance image y (1, 3, H, W)."""
        with torch.enable_grad():
            leaf = y.detach().requires_grad_()
            return at(self.scale, step.index) * torch.autograd.grad(self.distance(leaf).sum(), leaf)[0]


def seen_distance(picture: Tensor, perceptors: Sequence[Perceptor]) -> Distance:
    """Return the distance from `picture` (1, 3, H, W) by what perceptors see, and by its small picture.

    It is the mean over perceptors and views of half the squared angle between embeddings, plus the mean squared
    difference of small pictures in [-1, 1].
    """
    with torch.no_grad():
        known = [perceptor(views(picture, perceptor.size)) for perceptor in perceptors]
        small = shrunk(picture)

    def distance(y: Tensor) -> Tensor:
        pixels = (shrunk(y) - small).square().mean(dim=(1, 2, 3))
        seen = [
            spherical_distance(perceptor(views(y, perceptor.size)), there).mean()
            for perceptor, there in zip(perceptors, known, strict=True)
        ]
        return pixels + sum(seen) / max(len(seen), 1)

    return distance


def lpips_distance(picture: Tensor, network: Any) -> Distance:
    """Return LPIPS from `picture` (1, 3, H, W), by a network as the package `lpips` has it.

    Source: Zhang et al. 2018, eq. 1; the features of the picture are kept, where the package works them out each time.
    """

    def features(y: Tensor) -> list[Tensor]:
        return [F.normalize(found, dim=1, eps=1e-10) for found in network.net(network.scaling_layer(y))]

    with torch.no_grad():
        known = features(picture)

    def distance(y: Tensor) -> Tensor:
        layers = zip(network.lins, features(y), known, strict=True)
        return sum(layer.model((here - there).square()).mean(dim=(1, 2, 3)) for layer, here, there in layers)

    return distance


def views(y: Tensor, size: int) -> Tensor:
    """Return the views that a picture is compared in: all of it in a black square, and a grid of squares over it.

    Shapes: (1, 3, H, W) in [-1, 1] -> (n, 3, size, size) in [0, 1] but for the cubic's overshoot.
    """
    picture = Size(y.shape[-2], y.shape[-1])
    short, long = sorted((picture.height, picture.width))
    part = PART * short
    tops, lefts = (_places(length, part) for length in (picture.height, picture.width))
    corners = torch.tensor([(top, left) for top in tops for left in lefts], dtype=y.dtype, device=y.device)
    side = torch.tensor([long, *[part] * len(corners)], dtype=y.dtype, device=y.device)
    is_whole = torch.arange(len(side), device=y.device) == 0

    def axis(length: int, starts: Tensor) -> Tensor:
        start = torch.cat((starts.new_tensor([(length - long) / 2]), starts))
        return resampling(start, side, size, length=length, framed=is_whole, frame=long - length)

    rows, columns = axis(picture.height, corners[:, 0]), axis(picture.width, corners[:, 1])
    return rows[:, None] @ ((y[0] + 1) / 2) @ columns.transpose(1, 2)[:, None]


def shrunk(y: Tensor) -> Tensor:
    """Return a picture of a few cells, antialiased.

    Shapes: (B, 3, H, W) -> (B, 3, h, w), the shorter side of `CELLS`.
    """
    height, width = y.shape[-2:]
    cell = min(height, width) / CELLS
    rows, columns = (_cells(y, length, max(1, round(length / cell))) for length in (height, width))
    return rows @ y @ columns.T


def _cells(y: Tensor, length: int, n_cells: int) -> Tensor:
    start, side = y.new_zeros(1), y.new_tensor([float(length)])
    no_frame = torch.zeros(1, dtype=torch.bool, device=y.device)
    return resampling(start, side, n_cells, length=length, framed=no_frame, frame=0)[0]


def _places(length: int, part: float) -> list[float]:
    """Return where squares of side `part` begin that cover a length evenly, the first and last at its ends."""
    n = max(2, math.ceil(length / part - 1e-6))
    return [(length - part) * index / (n - 1) for index in range(n)]
