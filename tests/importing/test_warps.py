"""The figures that are told of the old formulas are what the formulas do, measured on depths of one distance."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pipeline.importing.warps import FARTHEST, differences
from pipeline.types import Size, SpatialMove
from pipeline.warp.formula import depth_of, places

SIZE = Size(60, 90)


def shift(move: SpatialMove, distance: float) -> np.ndarray:
    """Return how many pixels right and down the content of each pixel went, (H, W, 2)."""
    where = places(np.full((SIZE.height, SIZE.width), distance), move, SIZE)[0].numpy()
    column, row = np.meshgrid(np.arange(SIZE.width), np.arange(SIZE.height))
    return np.stack([column, row], axis=-1) - where


@pytest.mark.parametrize("warp", ["deforum", "disco"])
@pytest.mark.parametrize("fov", [40.0, 70.0])
def test_the_figures_are_measured(warp: str, fov: float) -> None:
    focal, far = 1 / math.tan(math.radians(fov) / 2), FARTHEST[warp]
    said = differences(warp, fov, SIZE.width, SIZE.height)
    assert f"{focal:.2f} times" in said and f"{focal / far:.2f} times" in said and "sideways 1.50 times" in said
    assert depth_of(np.array([1.0, 0.0]), warp) == pytest.approx([1.0, far])
    forward = SpatialMove(translation_z=0.02, fov_deg=fov, warp=warp)
    roll = SpatialMove(rotation_z_deg=0.01, fov_deg=fov, warp=warp)
    aside = SpatialMove(translation_x=0.02, fov_deg=fov, warp=warp)
    for distance in (1.0, far):
        corner = (SIZE.width - 1) / 2
        true = {forward: corner * 0.0001 / distance, roll: corner * math.radians(0.01)}
        for move, pixels in true.items():
            assert abs(shift(move, distance)[-1, -1, 0]) / pixels == pytest.approx(focal / distance, rel=0.02)
        true_aside = focal * SIZE.height / 2 * 0.0001 / distance  # of a lens whose pixels are square
        found = abs(shift(aside, distance)[30, 45, 0]) / true_aside
        assert found == pytest.approx(SIZE.width / SIZE.height, rel=0.02)
