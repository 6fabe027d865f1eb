"""Clouds to start a picture from: Disco's Perlin init in its three modes, read at the picture's own pixels.

Disco makes 4096 pixels of noise and shrinks them; here layers finer than two pixels, which shrinking blurs to nothing,
are not made at all. The lattice is stretched over the picture, so that broad forms are as wide as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor

from ..types import Size

NormalNoise = Callable[[tuple[int, ...], str, int], Tensor]
"""Named standard normal numbers, by shape, purpose and a number."""

MODES: Final = {"color": (3, 3), "gray": (1, 1), "mixed": (3, 1)}
"""Channels of the broad and of the fine layer."""

LAYERS: Final = (("broad", 1, 12), ("fine", 4, 8))
"""Name, cells of the first octave along each side, and octaves at most; as in Disco Diffusion v5.7."""


def clouds(mode: str, size: Size, noise: NormalNoise) -> Tensor:
    """Return clouds as a picture (1, 3, H, W) in [-1, 1]: the mean of a broad and a fine layer.

    Source: Disco Diffusion v5.7, `regen_perlin`.
    """
    layers = [
        layer(name, cells, n_octaves, channels, size, noise)
        for (name, cells, n_octaves), channels in zip(LAYERS, MODES[mode], strict=True)
    ]
    mean = (layers[0] + layers[1]) / 2  # a grey layer is the same in all channels
    return (mean * 2 - 1).expand(3, -1, -1)[None].float().contiguous()


def layer(name: str, cells: int, n_octaves: int, channels: int, size: Size, noise: NormalNoise) -> Tensor:
    """Return octaves of gradient noise, each twice as fine and two thirds as strong, from black to white.

    Shapes: -> float64 (channels, H, W) in [0, 1], each channel reaching both ends.
    """
    total = torch.full((channels, size.height, size.width), 0.5, dtype=torch.float64)
    for octave in range(n_octaves):
        lattice = cells * 2**octave
        if octave and min(size.height, size.width) < 2 * lattice:
            break
        slopes = noise((2, channels, lattice + 1, lattice + 1), f"perlin {name}", octave)
        total += 0.5 * 1.5**-octave * gradient_noise(slopes.double(), size)
    total = total.clamp(0, 1)
    low, high = (bound(dim=(1, 2), keepdim=True) for bound in (total.amin, total.amax))
    return (total - low) / (high - low).clamp(min=1e-9)


def gradient_noise(slopes: Tensor, size: Size) -> Tensor:
    """Return noise whose slope is given at the points of a lattice over the picture, 0 at the points themselves.

    Shapes: slopes (2, C, n + 1, n + 1), along x and along y -> (C, H, W).
    Source: Perlin 1985, with the cubic fade 3t^2 - 2t^3 and slopes of any length, as Disco has them.
    """
    n = slopes.shape[-1] - 1
    y, x = ((torch.arange(length, dtype=torch.float64) + 0.5) * n / length for length in (size.height, size.width))
    rows, columns = y.floor().long(), x.floor().long()
    v, u = (y - rows)[:, None], (x - columns)[None, :]
    found = torch.zeros(slopes.shape[1], size.height, size.width, dtype=torch.float64)
    for below in (0, 1):
        for right in (0, 1):
            along_x, along_y = slopes[:, :, (rows + below)[:, None], (columns + right)[None, :]]
            share = (_fade(v) if below else 1 - _fade(v)) * (_fade(u) if right else 1 - _fade(u))
            found += share * (along_x * (u - right) + along_y * (v - below))
    return found


def _fade(t: Tensor) -> Tensor:
    return t * t * (3 - 2 * t)
