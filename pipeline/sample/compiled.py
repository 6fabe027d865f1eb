"""Compile a diffusion network, and have a graphics card replay its kernels instead of being asked for each of them.

A small network on a fast card waits for its launches more than for its arithmetic: thousands of kernels a step, each of
which the processor asks for. A CUDA graph is asked for once, with all of them in it.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ..models.compiling import GRAPHS, keep_compiled


def compiled(network: nn.Module, how: str) -> Any:
    """Return the network compiled for each size of pictures when it is first asked for one.

    Convention: `how` is "on", or "graphs" to replay it too, which a graphics card must be there for.
    """
    keep_compiled()
    if how != GRAPHS:
        return torch.compile(network, dynamic=False)
    return Replayed(torch.compile(network, dynamic=False, mode="reduce-overhead"))


class Replayed(nn.Module):
    """A network whose kernels torch records in a CUDA graph and replays, called as the network is.

    A replay writes over what the one before answered, so answers are copied out; samplers keep them from step to step.
    """

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def __getattr__(self, name: str) -> Any:
        """Return what is asked of the network itself: its sketches, what it computes in."""
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(super().__getattr__("network"), name)

    def forward(self, *given: Any, **named: Any) -> Tensor:
        """Return the network's answer, in memory of its own."""
        torch.compiler.cudagraph_mark_step_begin()
        answer: Tensor = self.network(*given, **named)
        return answer.clone()
