"""One frame on its own: its prompts, seed and look, drawn from noise, and the sheet of how it came to be.

A preview is never stored as a frame: without the frames before it, it is another picture than the film will show.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .errors import UsageError
from .types import Film, FramePlan

if TYPE_CHECKING:
    from .sample.draw import DrawStep

SHEET_PERCENT = (0, 10, 25, 50, 75, 100)


@dataclass(frozen=True, slots=True)
class Preview:
    """A frame drawn from noise, and what the denoising looked like on the way.

    Shapes: pixels uint8 (H, W, 3); stages: uint8 (H, W, 3) each, at `SHEET_PERCENT` of the steps.
    """

    pixels: np.ndarray
    stages: tuple[np.ndarray, ...]


def preview(film: Film, frame: int, *, watch: Callable[[int, int], None] = lambda step, n_steps: None) -> Preview:
    """Draw the film's frame number `frame` (from 0, over all shots) as its own picture.

    Raises: UsageError for a frame the film does not have; PipelineError of the stage that failed.
    """
    from .sample.easel import set_up

    plan = still(plan_of(film, frame))
    seen: list[np.ndarray] = []

    def keep(step: DrawStep) -> None:
        seen.append(to_bytes(step.noisy))
        watch(step.index + 1, step.n_steps)

    pixels = set_up(film.engine).draw(plan, None, on_step=keep)
    last = len(seen)
    stages = tuple(
        pixels if percent == 100 else seen[min(last - 1, last * percent // 100)] for percent in SHEET_PERCENT
    )
    return Preview(pixels, stages)


def plan_of(film: Film, frame: int) -> FramePlan:
    """Return the plan of the film's frame number `frame`."""
    plans = [plan for shot in film.shots for plan in shot.plans]
    if not 0 <= frame < len(plans):
        raise UsageError(f"--frame {frame}: {film.source} has frames 0 to {len(plans) - 1}; choose one of them")
    return plans[frame]


def still(plan: FramePlan) -> FramePlan:
    """Return the plan of the same frame without the frame before it."""
    return replace(plan, camera=None)


def to_bytes(picture) -> np.ndarray:
    """Turn a picture tensor (1, 3, H, W) in [-1, 1], or beyond, into uint8 (H, W, 3)."""
    levels = (picture[0].float().cpu().clamp(-1, 1) + 1) * 127.5 + 0.5
    return levels.permute(1, 2, 0).numpy().astype(np.uint8)


def contact_sheet(pictures: tuple[np.ndarray, ...], *, enlarge: int = 1, gap: int = 4) -> np.ndarray:
    """Lay pictures side by side with a white gap between them."""
    columns: list[np.ndarray] = []
    for picture in pictures:
        big = picture.repeat(enlarge, axis=0).repeat(enlarge, axis=1)
        columns += [big, np.full((big.shape[0], gap, 3), 255, np.uint8)]
    return np.hstack(columns[:-1])


def save_picture(pixels: np.ndarray, path: Path) -> None:
    """Write an RGB picture as PNG, whole or not at all."""
    import cv2

    from .store import commit

    done, data = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    assert done
    commit(path, data.tobytes())
