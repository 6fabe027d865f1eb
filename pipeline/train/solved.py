"""Solve for the pictures that a sketch mixes, by least squares over an album, where descending to them takes long.

What a picture shows is known exactly, and a sketch is linear in the shares of names: so the best picture for each name
and each pair of names is the solution of one system of equations, and the best few that all are mixed of are its first
principal components. Small steps downhill go on from there, for texts that leave open what a picture shows.
Source: reduced-rank regression, Izenman 1975, with a ridge.
"""

from __future__ import annotations

from typing import Any, Final

import torch
from torch import Tensor
from torch.nn import functional as F

from ..models.sketch import Sketch
from .pictures import Album

RIDGE: Final = 3.0  # as if every name had been seen so often in the mean picture, too
CHUNK: Final = 500  # pictures at once


@torch.no_grad()
def solve_pictures(sketch: Sketch, album: Album) -> None:
    """Give a sketch the pictures that are nearest to those of an album told what they show; what it reads is left.

    Convention: the album's pictures are square and of the sketch's side.
    """
    seen, shown, pictured = _sums(sketch, album)
    mean = pictured / album.count
    covered = seen + RIDGE * torch.eye(len(seen), device=seen.device)
    factor = torch.linalg.cholesky(covered)
    whole = torch.cholesky_solve(shown, factor)  # what each name and pair adds to the mean picture
    few, broad = _principal(_halved(whole, sketch), factor, sketch.features, album.count)
    base = _halved(mean[None], sketch)
    rest = whole - _enlarged(few @ broad, sketch)
    fine, strokes = _principal(rest, factor, sketch.fine, album.count)
    _fill(sketch.drawing, few, broad, base)
    _fill(sketch.strokes, fine, strokes, mean[None] - _enlarged(base, sketch))


def _fill(part: Any, mixture: Tensor, pictures: Tensor, base: Tensor) -> None:
    part[0].weight.copy_(mixture.T)
    part[1].weight.copy_(pictures.T)
    part[1].bias.copy_(base[0])


def _sums(sketch: Sketch, album: Album) -> tuple[Tensor, Tensor, Tensor]:
    """Return sums over an album: of what it shows with itself (K, K) and with its pictures (K, P), and of these (P,).

    The pictures' mean is taken off the sums (K, P).
    """
    n_known, n_values = sketch.n_known, 3 * sketch.side**2
    seen = torch.zeros(n_known, n_known, device=album.device)
    shown = torch.zeros(n_known, n_values, device=album.device)
    often, pictured = torch.zeros(n_known, device=album.device), torch.zeros(n_values, device=album.device)
    for chosen in torch.arange(album.count, device=album.device).split(CHUNK):
        shares = [
            F.one_hot(torch.where(found < 0, count - 1, found), count).float()
            for count, found in zip(sketch.kinds, album.labels(chosen).values(), strict=True)
        ]
        known, pictures = sketch.known(shares), (album.images(chosen) * 2 - 1).flatten(1)
        seen += known.T @ known
        shown += known.T @ pictures
        often += known.sum(0)
        pictured += pictures.sum(0)
    return seen, shown - often[:, None] * pictured / album.count, pictured


def _principal(whole: Tensor, factor: Tensor, number: int, count: int) -> tuple[Tensor, Tensor]:
    """Return the `number` pictures (N, P) that come nearest to all of (K, P), and how much of each is in which (K, N).

    Convention: `factor` is the triangle (K, K) whose square is what `count` pictures show.
    """
    weighed = factor.T @ whole
    _, directions = torch.linalg.eigh(weighed @ weighed.T)
    first = directions[:, -number:]
    scale = count**0.5  # so that shares are about 1
    return torch.linalg.solve_triangular(factor.T, first, upper=True) * scale, first.T @ weighed / scale


def _halved(pictures: Tensor, sketch: Sketch) -> Tensor:
    return F.avg_pool2d(pictures.view(-1, 3, sketch.side, sketch.side), 2).flatten(1)


def _enlarged(pictures: Tensor, sketch: Sketch) -> Tensor:
    return sketch.enlarged(pictures).flatten(1)
