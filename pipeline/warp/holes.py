"""What is put where a moving camera uncovers what it had never seen.

A hole lies between something near, which has moved away, and what is behind it; so it is filled from the farther of its
edges, along a row or a column. Beyond the old picture's edge the same surface is taken to go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
WAYS: Final = ((0, -1), (0, 1), (-1, 0), (1, 0))  # row, column: left, right, up, down
CLEAR: Final = 2  # pixels from the edge on where a bicubic kernel no longer reaches what stands before it
NO_FARTHER: Final = 1.1  # edges whose nearness differs by less are of one background


@dataclass(frozen=True, slots=True)
class Edges:
    """For each hole pixel (n,): where it is, the edge it is filled from, how far that is, and how long its hole is.

    Convention: `row_step` and `column_step` lead to the edge; `length` counts the hole's pixels that way.
    """

    row: Whole
    column: Whole
    edge_row: Whole
    edge_column: Whole
    row_step: Whole
    column_step: Whole
    away: Whole
    length: Whole


def find_edges(near: npt.NDArray[np.float64]) -> Edges:
    """Return the edge of the background for each pixel whose nearness is 0; nothing at all where everything is 0.

    Shapes: near (H, W).
    """
    seen = near > 0
    row, column = np.nonzero(~seen & seen.any())
    every = np.arange(len(row))
    away = np.stack([_steps_to(seen, way)[row, column] for way in WAYS])  # 0 where there is none
    step_row, step_column = (np.array(WAYS)[:, axis, None] for axis in (0, 1))
    edge_row, edge_column = row + step_row * away, column + step_column * away
    there = np.where(away > 0, near[edge_row, edge_column], np.inf)
    cost = np.where(there <= NO_FARTHER * there.min(axis=0, initial=np.inf), away.astype(float), np.inf)
    chosen = cost.argmin(axis=0)
    opposite = away[np.array([1, 0, 3, 2])[chosen], every]
    away = away[chosen, every]
    return Edges(
        row,
        column,
        edge_row[chosen, every],
        edge_column[chosen, every],
        step_row[chosen, 0],
        step_column[chosen, 0],
        away,
        away + np.maximum(opposite, 1) - 1,
    )


def partners(edges: Edges, border: str, near: npt.NDArray[np.float64]) -> tuple[Whole, Whole]:
    """Return the pixel whose place each hole pixel takes: mirrored at the edge, repeated beyond it, or the edge itself.

    Convention: a partner outside the picture or in a hole, or on something nearer, gives way to the edge.
    """
    beyond = {"reflect": edges.away - 1, "wrap": edges.length - edges.away}.get(border, 0) + CLEAR
    row, column = edges.edge_row + edges.row_step * beyond, edges.edge_column + edges.column_step * beyond
    height, width = near.shape
    inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    there = near[np.where(inside, row, 0), np.where(inside, column, 0)]
    good = inside & (there > 0) & (there <= NO_FARTHER * near[edges.edge_row, edges.edge_column])
    return np.where(good, row, edges.edge_row), np.where(good, column, edges.edge_column)


def _steps_to(seen: npt.NDArray[np.bool_], way: tuple[int, int]) -> Whole:
    """Return for each pixel how many steps away the first seen one is in a direction; 0 where there is none."""
    axis = 0 if way[0] else 1
    turned = np.flip(seen, axis) if sum(way) > 0 else seen
    number = np.arange(seen.shape[axis]).reshape((-1, 1) if axis == 0 else (1, -1))
    last = np.maximum.accumulate(np.where(turned, number, -1), axis=axis)
    steps = np.where(last < 0, 0, number - last)
    return np.flip(steps, axis) if sum(way) > 0 else steps
