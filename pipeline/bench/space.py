"""`python -m pipeline.bench space`: how true and how fast the warps in space are, in a room whose distances are known.

Each warp carries the first picture on through ten moves, stored in eight bits after each as frames are, with the true
distances given; the last picture is compared with what a camera really sees there, where the first camera saw it too.
Beside them stands the ceiling: every pixel is read at the very place where the frame before had it, by distances of the
new view that no warp can know, so that only ten readings of a picture are lost. Then the ten moves are made at once.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from ..types import Engine, Size, SpatialMove
from ..warp import Sight, paint
from ..warp.formula import by_formula, formula_route
from ..warp.planar import as_start
from ..warp.rigid import joined
from ..warp.spatial import BORDERS, FINDERS, read_within, reproject
from ..warp.visible import Turn, raster
from .findings import Bar, Bars, Claim, Panel
from .machine import machine
from .room import Pose, photograph, seen_before, survey

WARPS = (*FINDERS, "disco")
CEILING = "ceiling"
AIM_DB = 6.0  # that a true warp shall be better by than the old formula
STEPS = 10
SIZES = (Size(192, 192), Size(180, 320))
LARGE = Size(360, 640)
NETWORK = "painted-depth"
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
    rows += [{"size": "at once", "path": path, **at_once(move, SIZES[0])} for path, move in MOVES.items()]
    seconds = {warp: speed(warp, rounds=options.rounds) for warp in WARPS} | {"depth": look(rounds=options.rounds)}
    where = machine(torch.get_num_threads())
    return {"command": f"space --rounds {options.rounds}", "machine": where, "rows": rows, "seconds": seconds}


def fidelity(path: dict[str, float], size: Size) -> dict[str, float]:
    """Return for each warp the peak signal-to-noise ratio in dB after ten moves, over the pixels that can be right."""
    moves = {warp: _move(path, warp) for warp in WARPS}
    pose = Pose()
    pixels, depth = photograph(pose, size, FOV_DEG)
    pictures = dict.fromkeys((*WARPS, CEILING), pixels)
    for _ in range(STEPS):
        pose = pose.moved(moves["splat"])
        ahead = survey(pose, size, FOV_DEG)
        pictures = {
            warp: carried(picture, depth, moves[warp]) if warp in WARPS else reread(picture, ahead, moves["splat"])
            for warp, picture in pictures.items()
        }
        depth = ahead
    return _compared(pictures, pose, size)


def at_once(path: dict[str, float], size: Size) -> dict[str, float]:
    """Return the same where the ten moves are made at once, as between denoised frames."""
    pose = Pose()
    pixels, depth = photograph(pose, size, FOV_DEG)
    for _ in range(STEPS):
        pose = pose.moved(_move(path, "splat"))
    pictures = {warp: carried(pixels, depth, joined([_move(path, warp)] * STEPS)) for warp in FINDERS}
    pictures["disco"] = _bytes(paint(pixels, formula_route(depth, [_move(path, "disco")] * STEPS, size)[0]))
    ahead, whole = survey(pose, size, FOV_DEG), joined([_move(path, "splat")] * STEPS)
    return _compared({**pictures, CEILING: reread(pixels, ahead, whole)}, pose, size)


def reread(pixels: np.ndarray, ahead: np.ndarray, move: SpatialMove) -> np.ndarray:
    """Return the picture after a move, each pixel read where the new view's true distance says that it was."""
    size = Size(*pixels.shape[:2])
    x, y, _ = Turn(move, size).backward(*raster(size), 1 / ahead)
    where = torch.from_numpy(np.stack((x, y), axis=-1))[None]
    return _bytes(as_start(read_within(pixels, where, BORDERS[move.border])))


def _compared(pictures: dict[str, np.ndarray], pose: Pose, size: Size) -> dict[str, float]:
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
    return _bytes(start)


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


def look(*, rounds: int) -> float:
    """Return the least seconds that the embedded network took to see the distances in a 640x360 picture."""
    sight = Sight(Engine("", (), "cpu", 0, depth_model=NETWORK))
    pixels, _ = photograph(Pose(), LARGE, FOV_DEG)
    taken = []
    for _ in range(rounds + 1):  # the first one loads the network
        started = time.perf_counter()
        sight.nearness(SpatialMove(), pixels)
        taken.append(time.perf_counter() - started)
    return min(taken)


def _bytes(start: torch.Tensor) -> np.ndarray:
    return ((start[0].permute(1, 2, 0).numpy() + 1) * 127.5 + 0.5).astype(np.uint8)


def _move(path: dict[str, float], warp: str) -> SpatialMove:
    still = SpatialMove(
        warp=warp, fov_deg=FOV_DEG, fov_before_deg=FOV_DEG, near=NEAR, far=FAR, border="smear", depth="plane"
    )
    return replace(still, **path)  # type: ignore[arg-type]


def _decibels(found: np.ndarray, true: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / np.square(found.astype(float) - true).mean()))


def table(found: dict[str, Any]) -> list[str]:
    """Return what was measured as lines of text."""
    columns = (*WARPS, CEILING)
    lines = [f"{'dB after ten moves':<22}" + "".join(f"{warp:>9}" for warp in columns)]
    lines += [
        f"  {row['size']:<9}{row['path']:<11}" + "".join(f"{row[warp]:9.1f}" for warp in columns)
        for row in found["rows"]
    ]
    for row in found["rows"]:
        gain, most = row["splat"] - row["disco"], row[CEILING] - row["disco"]
        if gain < AIM_DB:
            why = "all but that is lost to reading pictures" if most < AIM_DB else "more could be had"
            lines.append(f"  {row['size']} {row['path']}: {gain:+.1f} dB to disco, of {most:+.1f} that can be; {why}")
    large = f"{LARGE.width}x{LARGE.height}"
    lines.append(f"{'ms a frame, ' + large:<22}" + "".join(f"{found['seconds'][warp] * 1e3:9.0f}" for warp in WARPS))
    depth, splat = (found["seconds"][part] * 1e3 for part in ("depth", "splat"))
    lines.append(f"{'  with its distances':<22}{depth + splat:9.0f}   of which {depth:.0f} for the embedded network")
    return lines


def claims(found: dict[str, Any]) -> list[Claim]:
    """Return the numbers that are claimed, with their aims."""
    open_to_all = [row["splat"] - row["disco"] for row in found["rows"] if row[CEILING] - row["disco"] >= AIM_DB]
    least = [Claim("the least gain over disco where the aim can be had", min(open_to_all), "{:.1f} dB", AIM_DB, True)]
    shown = f"a frame of {LARGE.width}x{LARGE.height}, its distances included"
    together = 1e3 * (found["seconds"]["splat"] + found["seconds"]["depth"])
    return [*(least if open_to_all else []), Claim(shown, together, "{:.0f} ms")]


def panels(found: dict[str, Any]) -> list[Panel]:
    """Return what the picture shows."""
    rows: dict[str, list[Bar]] = {}
    for row in found["rows"]:
        gain, most = (row[warp] - row["disco"] for warp in ("splat", CEILING))
        rows.setdefault(row["size"], []).append(Bar(row["path"], {"": gain}, could=most, note=f"of {most:+.1f}"))
    return [Bars(f"Gain over disco, {size}", "dB, and the ceiling", bars, "{:+.1f}") for size, bars in rows.items()]
