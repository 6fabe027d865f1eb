"""Keep a long training safe: save its whole state every few minutes, go on from it, and log as JSON lines.

A run that was stopped and resumed sees the same batches as one that was not: every batch is drawn from a generator
seeded by (seed, step). Where a run is given minutes, the learning rate falls by the clock instead of by the steps.
"""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

SAVE_EVERY_S = 60.0
REREAD = 500  # steps from one look at the weights of a model that may still be in training to the next


@dataclass(frozen=True, slots=True)
class Means:
    """What a training may use: where it keeps its state, on which device, in which precision, compiled, for how long.

    `minutes` bounds the time trained, over all resumed parts; 0 leaves the planned steps alone. `onward` names a
    shipped model whose weights a new training starts from.
    """

    folder: Path
    device: str = "cpu"
    autocast: bool = False
    minutes: float = 0.0
    compiled: bool = False
    onward: str = ""


class Checkpoints:
    """Save and restore named state dicts of one run under one folder."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{name}.pt"
        self.log_path = folder / f"{name}.jsonl"
        self._saved_at = time.monotonic()
        self._started_at = time.monotonic()
        self._seconds_before = 0.0

    def resume(self) -> dict[str, Any] | None:
        """Return the last saved state, or None at the first start."""
        if not self.path.exists():
            return None
        state = torch.load(self.path, map_location="cpu", weights_only=True)
        self._seconds_before = float(state["seconds"])
        return state

    @property
    def seconds(self) -> float:
        """Wall time trained so far, over all resumed parts."""
        return self._seconds_before + time.monotonic() - self._started_at

    def is_due(self) -> bool:
        """Say whether the last save is older than a while."""
        return time.monotonic() - self._saved_at > SAVE_EVERY_S

    def save(self, state: dict[str, Any]) -> None:
        """Write the state beside the old one, then put it in its place."""
        unfinished = self.path.with_suffix(".part")
        torch.save({**state, "seconds": self.seconds}, unfinished)
        unfinished.replace(self.path)
        self._saved_at = time.monotonic()

    def log(self, **values: float | int | str | dict) -> None:
        """Append one JSON line."""
        with self.log_path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({**values, "seconds": round(self.seconds, 1)}) + "\n")

    def along(self, step: int, *, steps: int, means: Means) -> float:
        """Return how much of the training has passed, 0..1: the share of the steps, or of the minutes if more."""
        passed = step / max(1, steps)
        return min(1.0, max(passed, self.seconds / (60 * means.minutes) if means.minutes else 0.0))


def learning_rate(step: int, *, along: float, peak: float, warmup: int) -> float:
    """Rise linearly over `warmup` steps, then fall along half a cosine to a fiftieth of the peak at `along` = 1."""
    rise = min(1.0, (step + 1) / warmup)
    return peak * rise * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * along)))
