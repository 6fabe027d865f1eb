"""An architecture of the catalogue -> a checkpoint with its very keys and random numbers, as narrow as a test needs.

With one the whole way from a file to a picture can be walked without the real weights, which are large and not ours.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from .entry import Architecture, DiffusionArchitecture, SecondaryArchitecture
from .networks import build_network


def narrow(architecture: DiffusionArchitecture, factor: int) -> DiffusionArchitecture:
    """Return the architecture with every width divided by `factor`: the same keys, smaller tensors."""
    unet = architecture.unet
    heads = unet.num_head_channels
    return replace(
        architecture,
        unet=replace(
            unet,
            model_channels=unet.model_channels // factor,
            num_head_channels=heads // factor if heads > 0 else heads,
        ),
    )


def random_state(architecture: Architecture, *, seed: int = 0, dtype: torch.dtype = torch.float32) -> dict[str, Tensor]:
    """Return weights for an architecture, none of them zero, the same for every call with the same seed."""
    generator = torch.Generator().manual_seed(seed)
    state = build_network(architecture).state_dict()
    for key, value in state.items():
        if value.is_floating_point():
            fan_in = max(1, value[0].numel()) if value.dim() > 1 else 400
            state[key] = (torch.randn(value.shape, generator=generator) / fan_in**0.5).to(dtype)
    return state


def write_checkpoint(
    architecture: DiffusionArchitecture | SecondaryArchitecture,
    path: Path,
    *,
    seed: int = 0,
    dtype: torch.dtype = torch.float32,
) -> None:
    """Write random weights as the authors of the real ones save theirs, in torch's own format."""
    torch.save(random_state(architecture, seed=seed, dtype=dtype), path)
