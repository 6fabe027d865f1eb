"""One number for each frame, written with as few keys as straight lines between them allow.

Keys are in order of time; the first stands at frame 0, and the last one holds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ..importing.sheet import number

DIGITS = 12
CLOSE = 1e-9  # of the largest value: nothing that anybody sees


def tidy(value: float, digits: int = DIGITS) -> float:
    """Return a number without the digits that arithmetic leaves behind."""
    return float(f"{value:.{digits}g}")


def key_frames(columns: np.ndarray) -> list[int]:
    """Return the frames between which every column is a straight line.

    Shapes: columns (frames, n).
    """
    slack = CLOSE * np.maximum(1.0, np.abs(columns).max(axis=0))
    found = [0]
    if (np.abs(columns - columns[0]) <= slack).all():
        return found
    rows, margins = columns.tolist(), slack.tolist()  # plain numbers are ten times as fast one by one
    while found[-1] < len(rows) - 1:
        found.append(_reached(rows, found[-1], margins))
    if (np.abs(columns[found[-2] :] - columns[found[-2]]) <= slack).all():
        found.pop()  # the last one holds
    return found


def _reached(rows: list[list[float]], start: int, margins: list[float]) -> int:
    """Return the last frame to which a straight line leads from `start` through all between."""
    first = rows[start]
    low, high = [-math.inf] * len(first), [math.inf] * len(first)
    for frame in range(start + 1, len(rows)):
        steps = frame - start
        for index, value in enumerate(rows[frame]):
            ahead = value - first[index]
            if not low[index] <= ahead / steps <= high[index]:
                return frame - 1
        for index, value in enumerate(rows[frame]):
            ahead, margin = value - first[index], margins[index]
            low[index] = max(low[index], (ahead - margin) / steps)
            high[index] = min(high[index], (ahead + margin) / steps)
    return len(rows) - 1


def key_string(values: Sequence[float] | np.ndarray) -> str:
    """Return a schedule that has each of these values at its frame, `0: (1), 24: (1.5)`."""
    found = np.asarray(values, dtype=np.float64)
    return ", ".join(f"{frame}: ({number(tidy(found[frame]))})" for frame in key_frames(found[:, None]))


def runs(values: Sequence[float] | np.ndarray) -> str:
    """Return a list over the denoising, `[12]*400+[4]*600`."""
    found = np.asarray(values, dtype=np.float64)
    starts = [0, *(np.flatnonzero(np.diff(found)) + 1).tolist(), len(found)]
    return "+".join(f"[{number(tidy(found[start]))}]*{end - start}" for start, end in pairwise(starts))
