"""`python -m pipeline.bench store`: milliseconds until a frame is safe on the disk, part by part, in turn.

Encoding and reading back are the processor's, committing is the disk's: written, synced, renamed, the folder synced.
A plain write, which a power cut may undo, stands beside it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from ..store.commit import commit
from ..store.frame_file import encode, read
from ..types import Frame
from .findings import Bars, Claim, Panel, plain
from .machine import machine


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen on the command line."""
    parser.add_argument("--size", type=int, default=512, help="side of the square frame in pixels")
    parser.add_argument("--runs", type=int, default=25)
    parser.add_argument("--folder", type=Path, help="a folder on the disk to measure (default: the system's own)")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Return median milliseconds of each part, and how large the file is."""
    frame = Frame(picture(options.size), "0" * 64)
    data = encode(frame, facts={"plan": "{}"})
    with tempfile.TemporaryDirectory(dir=options.folder) as place:
        path = Path(place) / "00000.png"
        commit(path, data)
        parts: dict[str, Callable[[], object]] = {
            "encode": lambda: encode(frame, facts={"plan": "{}"}),
            "write": lambda: (Path(place) / "plain").write_bytes(data),
            "commit": lambda: commit(path, data),
            "read": lambda: read(path),
        }
        taken: dict[str, list[float]] = {name: [] for name in parts}
        for _ in range(options.runs):
            for name, part in parts.items():
                begin = time.perf_counter()
                part()
                taken[name].append(1000 * (time.perf_counter() - begin))
    return {
        "command": f"store --size {options.size} --runs {options.runs}",
        "machine": machine(),
        "bytes": len(data),
        "ms": {name: median(values) for name, values in taken.items()},
    }


def table(found: dict[str, Any]) -> list[str]:
    """Return what was measured as lines of text."""
    said = {
        "encode": "as a PNG that proves itself",
        "write": "plainly, which a power cut may undo",
        "commit": "so that a power cut cannot",
        "read": "back, with every checksum",
    }
    lines = [f"a frame of {found['bytes'] / 1000:.0f} kB"]
    return lines + [f"  {name:<8}{found['ms'][name]:8.1f} ms  {words}" for name, words in said.items()]


def claims(found: dict[str, Any]) -> list[Claim]:
    """Return the numbers that are claimed, with their aims."""
    ms = found["ms"]
    return [
        Claim(f"a frame of {found['bytes'] / 1000:.0f} kB packed and safe", ms["encode"] + ms["commit"], "{:.1f} ms")
    ]


def panels(found: dict[str, Any]) -> list[Panel]:
    """Return what the picture shows."""
    title = f"A frame of {found['bytes'] / 1000:.0f} kB until it is safe on the disk"
    return [Bars(title, "milliseconds", plain(found["ms"], beside=("write",)), "{:.1f} ms")]


def picture(side: int) -> np.ndarray:
    """Return a picture about as hard to pack as a painting: soft shapes and grain.

    Shapes: uint8 (side, side, 3), RGB.
    """
    source = np.random.default_rng(1)
    ramp = np.linspace(0, 6, side)
    soft = 128 + 80 * np.sin(ramp[:, None, None] + np.arange(3)) * np.cos(ramp[None, :, None] * 1.7)
    return np.clip(soft + source.normal(0, 3, (side, side, 3)), 0, 255).astype(np.uint8)
