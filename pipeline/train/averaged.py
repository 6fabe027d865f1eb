"""The loop that trains a network and the running average of its weights, which is what ships.

What is learned at a step is a function of (seed, step) alone, so a training that was stopped goes on as if it had not.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from .progress import Checkpoints, learning_rate


class Run(Protocol):
    """How long and how fast a network is trained."""

    @property
    def name(self) -> str: ...
    @property
    def steps(self) -> int: ...
    @property
    def peak_rate(self) -> float: ...
    @property
    def warmup(self) -> int: ...
    @property
    def ema_decay(self) -> float: ...


def train_averaged(
    run: Run, build: Callable[[], nn.Module], loss_at: Callable[[nn.Module, int], Tensor], *, folder: Path, told: int
) -> nn.Module:
    """Train (or go on training) what `build` makes; return its averaged weights.

    Convention: `loss_at` gives the loss of a step; every `told` steps their mean is logged.
    """
    network = build().to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # 4.5 times faster on a CPU
    average = build()
    average.load_state_dict(network.state_dict())
    optimizer = torch.optim.AdamW(network.parameters(), lr=run.peak_rate, betas=(0.9, 0.99), weight_decay=0.01)
    checkpoints = Checkpoints(folder, run.name)
    state, first = checkpoints.resume(), 0
    if state is not None:
        network.load_state_dict(state["network"])
        average.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        first = int(state["step"])
    recent: list[float] = []
    for step in range(first, run.steps):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, steps=run.steps, peak=run.peak_rate, warmup=run.warmup)
        loss = loss_at(network, step)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        update_average(average, network, min(run.ema_decay, (1 + step) / (10 + step)))
        recent.append(float(loss.detach()))
        if step % told == told - 1:
            checkpoints.log(step=step, loss=round(float(np.mean(recent)), 5))
            recent.clear()
        if checkpoints.is_due() or step + 1 == run.steps:
            state = {"network": network.state_dict(), "average": average.state_dict()}
            checkpoints.save({**state, "optimizer": optimizer.state_dict(), "step": step + 1})
    return average


@torch.no_grad()
def update_average(average: nn.Module, network: nn.Module, decay: float) -> None:
    """Move the averaged weights towards the trained ones."""
    for kept, fresh in zip(average.parameters(), network.parameters(), strict=True):
        kept.lerp_(fresh.to(memory_format=torch.contiguous_format), 1 - decay)
