"""Camera moves that cannot be made."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.errors import UsageError
from pipeline.types import CameraMove, Size
from pipeline.warp.camera import matrix
from pipeline.warp.planar import warp


@pytest.mark.parametrize(
    "move",
    [
        CameraMove(zoom=0),
        CameraMove(zoom=float("nan")),
        CameraMove(stretch_x=-1),
        CameraMove(shear_x_deg=45, shear_y_deg=45),
        CameraMove(translation_x=float("inf")),
    ],
)
def test_a_move_that_cannot_be_undone(move):
    with pytest.raises(UsageError, match=r"^camera: the move cannot be undone \(CameraMove.*; keep numbers finite"):
        matrix(move, Size(9, 16))


def test_an_unknown_border_names_the_known_ones():
    with pytest.raises(UsageError, match=r"unknown border 'mirror'; use one of reflect, replicate, wrap, zeros"):
        warp(np.zeros((4, 5, 3), np.uint8), CameraMove(border="mirror"))
