"""`python -m pipeline.bench space`: how true and how fast the warps in space are, in a room whose distances are known.

Each warp carries the first picture on through ten moves, stored in eight bits after each as frames are, with the true
distances given; the last picture is compared with what a camera really sees there, where the first camera saw it too.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from typing import Any

import numpy as np
import torch

from ..types import Size, SpatialMove
from ..warp.formula import by_formula
from ..warp.spatial import FINDERS, reproject
from .room import Pose, photograph, seen_before, survey

WARPS = (*FINDERS, "disco")
STEPS = 10
SIZES = (Size(192, 192), Size(180, 320))
LARGE = Size(360, 640)
FOV_DEG = 60.0
NEAR, FAR = 0.5, 60.0
MOVES = {
    "forward": {"translation_z": 10.0},
    "sideways": {"translation_x": 8.0, "translation_y": 2.0},
    "turning": {"rotation_y_deg": 0.8, "rotation_x_deg": 0.3, "rotation_z_deg": 0.7},
    "all": {"translation_z": 6.0, "translation_x": 5.0, "rotation_y_deg": -0.5, "rotation_z_deg": 0.5},
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen on the command line."""
    parser.add_argument("--rounds", type=int, default=3, help="times that each speed is taken; the least counts")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Measure every warp along every path and in both shapes, and its time on a larger picture."""
    rows = []
    for size in SIZES:
        for path, move in MOVES.items():
            rows.append({"size": f"{size.width}x{size.height}", "path": path, **fidelity(move, size)})
    seconds = {warp: speed(warp, rounds=options.rounds) for warp in WARPS}
    machine = f"{platform.machine()}, {os.cpu_count()} cores, {torch.get_num_threads()} threads"
    return {"command": f"space --rounds {options.rounds}", "machine": machine, "rows": rows, "seconds": seconds}


def fidelity(path: dict[str, float], size: Size) -> dict[str, float]:
    """Return for each warp the peak signal-to-noise ratio in dB after ten moves, over the pixels that can be right."""
    moves = {warp: _move(path, warp) for warp in WARPS}
    pose = Pose()
    pixels, depth = photograph(pose, size, FOV_DEG)
    pictures = dict.fromkeys(WARPS, pixels)
    for _ in range(STEPS):
        pictures = {warp: carried(picture, depth, moves[warp]) for warp, picture in pictures.items()}
        pose = pose.moved(moves["splat"])
        depth = survey(pose, size, FOV_DEG)
    true, _ = photograph(pose, size, FOV_DEG)
    visible = seen_before(Pose(), pose, size, FOV_DEG)
    return {warp: _decibels(picture[visible], true[visible]) for warp, picture in pictures.items()}


def carried(pixels: np.ndarray, depth: np.ndarray, move: SpatialMove) -> np.ndarray:
    """Return the picture after a move, in eight bits; every warp is given the same true distances."""
    if move.warp in FINDERS:
        nearness = (1 / depth - 1 / FAR) / (1 / NEAR - 1 / FAR)
        start = reproject(pixels, move, nearness)
    else:
        start = by_formula(pixels, move, depth)
    return ((start[0].permute(1, 2, 0).numpy() + 1) * 127.5 + 0.5).astype(np.uint8)


def speed(warp: str, *, rounds: int) -> float:
    """Return the least seconds that a move of a 640x360 picture took."""
    move = _move(MOVES["all"], warp)
    pixels, depth = photograph(Pose(), LARGE, FOV_DEG)
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        carried(pixels, depth, move)
        taken.append(time.perf_counter() - started)
    return min(taken)


def _move(path: dict[str, float], warp: str) -> SpatialMove:
    return SpatialMove(
        **path, warp=warp, fov_deg=FOV_DEG, fov_before_deg=FOV_DEG, near=NEAR, far=FAR, border="smear", depth="plane"
    )  # type: ignore[arg-type]


def _decibels(found: np.ndarray, true: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / np.square(found.astype(float) - true).mean()))


def table(found: dict[str, Any]) -> list[str]:
    """Return what was measured as lines of text."""
    lines = [f"{'dB after ten moves':<22}" + "".join(f"{warp:>9}" for warp in WARPS)]
    lines += [
        f"  {row['size']:<9}{row['path']:<11}" + "".join(f"{row[warp]:9.1f}" for warp in WARPS) for row in found["rows"]
    ]
    large = f"{LARGE.width}x{LARGE.height}"
    lines.append(f"{'ms a frame, ' + large:<22}" + "".join(f"{found['seconds'][warp] * 1e3:9.0f}" for warp in WARPS))
    return lines
