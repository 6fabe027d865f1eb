"""What guidance pulls on: the distance of two embeddings, and three ways a picture can be ill-behaved.

The picture losses are means over all elements of one picture, as Disco has them, so scales copied from Disco files keep
their meaning. All take y (B, 3, H, W), nominally in [-1, 1], and return one number per picture.
"""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F


def spherical_distance(a: Tensor, b: Tensor) -> Tensor:
    """Return half the squared angle between directions, over their last axis.

    Shapes: (..., D), (..., D) -> (...), broadcast; need not be normalised.
    Convention: 0 for equal directions, pi^2 / 8 at a right angle, pi^2 / 2 for opposite ones.
    Source: Disco Diffusion v5.7, `spherical_dist_loss`: 2 asin(|a - b| / 2)^2.
    """
    chord = (F.normalize(a, dim=-1) - F.normalize(b, dim=-1)).square().sum(dim=-1)
    # the root's slope is infinite at 0; a floor far below float32's own error keeps the gradient finite there
    half = chord.clamp(1e-12, 4.0).sqrt() / 2
    return 2 * half.clamp(max=1.0 - 1e-7).asin().square()


def tv(y: Tensor) -> Tensor:
    """Return the mean squared difference to the right and lower neighbours; beyond the last there is no difference."""
    along_x = (y[..., :, 1:] - y[..., :, :-1]).square().sum(dim=(1, 2, 3))
    along_y = (y[..., 1:, :] - y[..., :-1, :]).square().sum(dim=(1, 2, 3))
    return (along_x + along_y) / y[0].numel()


def range_(y: Tensor) -> Tensor:
    """Return the mean squared excess over [-1, 1]."""
    return (y - y.clamp(-1, 1)).square().mean(dim=(1, 2, 3))


def sat(y: Tensor) -> Tensor:
    """Return the mean absolute excess over [-1, 1]."""
    return (y - y.clamp(-1, 1)).abs().mean(dim=(1, 2, 3))
