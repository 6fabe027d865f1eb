"""The last frame's pixels, moved in their own plane, as the tensor the sampler starts from.

Positions are float64 and values stay on the 0..255 scale until the end, so a move by whole pixels, the identity among
them, returns the very pixels that went in without being a special case. It runs on the CPU, where the result is the
same for any number of threads.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from ..errors import UsageError
from ..types import CameraMove, Size
from .camera import is_flipped, matrix

PADDING: Final = {"reflect": "reflection", "replicate": "border", "zeros": "zeros", "wrap": "border"}
REACH: Final = 2  # pixels the bicubic kernel looks beyond the position it is asked for
FAR_OUT: Final = 3e4  # pixels beyond which a place is no place


def warp(pixels: npt.NDArray[np.uint8], move: CameraMove) -> Tensor:
    """Move a picture as the camera moved and return it as the sampler's start.

    Shapes: pixels uint8 (H, W, 3) -> float32 (1, 3, H, W) in [-1, 1].
    Convention: bicubic, align_corners=False; `reflect` repeats the edge pixel (cba|abc|cba), `zeros` is black.
    """
    image = as_image(pixels)
    where = sources(move, Size(*pixels.shape[:2]))
    return as_start(look_up(image, where, border=move.border, mode="bicubic"))


def as_image(pixels: npt.NDArray[np.uint8]) -> Tensor:
    """Turn uint8 (H, W, 3) into float64 (1, 3, H, W) on the same scale."""
    return torch.from_numpy(np.ascontiguousarray(pixels)).permute(2, 0, 1)[None].double()


def as_start(image: Tensor) -> Tensor:
    """Turn a moved picture, which may overshoot 0..255, into float32 in [-1, 1]."""
    return image.clamp(0.0, 255.0).float().div_(127.5).sub_(1.0)  # in place: fresh memory costs more than arithmetic


def sources(move: CameraMove, size: Size) -> Tensor:
    """Return the source position (x, y) of every destination pixel, float64 (1, H, W, 2).

    Convention: the sums go in the order of a matrix product, x before y before the shift: another order is another
        last bit, and another film.
    """
    backward = torch.from_numpy(np.linalg.inv(matrix(move, size)))
    x = torch.arange(size.width, dtype=torch.float64)
    y = torch.arange(size.height, dtype=torch.float64)[:, None]
    where = torch.empty(1, size.height, size.width, 2, dtype=torch.float64)
    for axis in (0, 1):
        along_x, along_y, shift = backward[axis]
        torch.add(along_x * x, along_y * y, out=where[0, ..., axis]).add_(shift)
    if is_flipped(move):
        along_x, along_y, shift = backward[2]
        away = along_x * x + along_y * y + shift
        beyond = (away <= 0)[None, ..., None]  # the horizon, where no place of the plane is seen
        where = (where / away[None, ..., None]).masked_fill_(beyond, FAR_OUT).clamp_(-FAR_OUT, FAR_OUT)
    return where


def look_up(image: Tensor, where: Tensor, *, border: str, mode: str) -> Tensor:
    """Read an image at pixel positions (x, y), and beyond its edges what the border puts there.

    Shapes: image (1, C, H, W), where (1, H', W', 2) -> (1, C, H', W').
    Raises: UsageError for a border that is not known.
    """
    image, where, padding = framed(image, where, border)
    return sample(image, where, padding=padding, mode=mode)


def framed(image: Tensor, where: Tensor, border: str) -> tuple[Tensor, Tensor, str]:
    """Return the image, the positions and the padding to `sample` with, so that the border is what it should be.

    Raises: UsageError for a border that is not known.
    """
    if border not in PADDING:
        raise UsageError(f"camera: unknown border '{border}'; use one of {', '.join(sorted(PADDING))}")
    if border == "wrap":
        height, width = image.shape[-2:]
        image = F.pad(image, (REACH,) * 4, mode="circular")
        where = torch.stack((fold(where[..., 0], width), fold(where[..., 1], height)), dim=-1) + REACH
    return image, where, PADDING[border]


def fold(position: Tensor, length: int) -> Tensor:
    """Bring positions into the one period -0.5 <= position < length - 0.5."""
    return torch.remainder(position + 0.5, float(length)) - 0.5


def sample(image: Tensor, where: Tensor, *, padding: str, mode: str) -> Tensor:
    """Read an image at pixel positions (x, y).

    Convention: positions are normalised edge to edge, so that -1 and 1 are the outer edges of the outer pixels.
    """
    height, width = image.shape[-2:]
    # in place: fresh memory costs more than the arithmetic
    grid = (2.0 * where).add_(1.0).div_(torch.tensor([width, height], dtype=where.dtype)).sub_(1.0)
    return F.grid_sample(image, grid, mode=mode, padding_mode=padding, align_corners=False)
