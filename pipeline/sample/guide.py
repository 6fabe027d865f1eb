"""The secondary model as a denoiser: what guidance passes through in place of the large one."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from .denoiser import Prediction
from .steps import Step


class SecondaryDenoiser(nn.Module):
    """A small network that is told the noise level as an angle, and predicts v; always in single precision.

    Shapes: network(x (B, 3, H, W), t (B,)) -> v, x0 and eps, each (B, 3, H, W).
    """

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network.requires_grad_(False).eval()

    def forward(self, x: Tensor, step: Step) -> Prediction:
        """Predict from x (B, 3, H, W) at the noise level of `step`."""
        t = torch.full((len(x),), angle_share(step), dtype=torch.float32, device=x.device)
        found = self.network(x, t)
        return Prediction(found.x0, found.eps)


def angle_share(step: Step) -> float:
    """Return a noise level as the secondary model counts it: 0 no noise, 1 noise alone, cos and sin of it the shares.

    Source: Disco Diffusion v5.7, `alpha_sigma_to_t`.
    """
    return math.atan2(step.sigma, step.signal) * 2 / math.pi
