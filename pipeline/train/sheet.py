"""Sheets of pictures for the model card: what the world looks like, and what the models draw of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from .pictures import HELD_OUT_SEED
from .world import paint

COLUMNS, ROWS = 8, 8
SIDE, DRAWN_SIDE = 128, 192  # of each picture on a sheet, in pixels
DOCS = Path(__file__).parent.parent.parent / "docs"
PAINTED, DRAWN, CURVES = DOCS / "painted-world.jpg", DOCS / "drawn.jpg", DOCS / "training.png"


def painted_sheet() -> np.ndarray:
    """Return pictures that no training has seen, in rows."""
    seeds = range(HELD_OUT_SEED, HELD_OUT_SEED + COLUMNS * ROWS)
    return lay_out([paint(seed, height=SIDE, width=SIDE).pixels for seed in seeds])


def lay_out(pictures: Sequence[np.ndarray], side: int = SIDE) -> np.ndarray:
    """Lay up to 64 square pictures out in rows of eight, as many as are full, each enlarged or reduced to `side`.

    Shapes: each uint8 (S, S, 3) -> uint8 (rows * side, COLUMNS * side, 3).
    """
    shown = [
        cv2.resize(each, (side, side), interpolation=cv2.INTER_AREA if len(each) > side else cv2.INTER_LANCZOS4)
        for each in pictures[: COLUMNS * ROWS]
    ]
    rows = [np.hstack(shown[at : at + COLUMNS]) for at in range(0, len(shown) // COLUMNS * COLUMNS, COLUMNS)]
    return np.vstack(rows)


def write_sheet(path: Path, sheet: np.ndarray) -> None:
    """Write a sheet, uint8 (H, W, 3) RGB, as a JPEG."""
    written = cv2.imwrite(str(path), sheet[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
    if not written:
        raise OSError(f"{path}: cannot be written")
