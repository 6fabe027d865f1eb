"""Gradients that come from further on, brought back through a graph."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def brought_back(y: Tensor, inputs: Sequence[Tensor], slope: Tensor) -> tuple[Tensor, ...]:
    """Return the gradient at each of the inputs that y was made of, from `slope`, that at y.

    Convention: as `torch.autograd.grad(y, inputs, slope)` to the last bit, but a slope handed to that has torch compare
        shapes as its compiler does, for which it imports a computer algebra: 0.6 s before a first frame.
    """
    with torch.enable_grad():
        return torch.autograd.grad((y * slope.detach()).sum(), tuple(inputs))
