"""Find where what a text suggests stands in a picture that a camera has moved through space.

How far such a move carries what a frame shows depends on how far that stands, and a film's plan knows no distances. So
a plan says about where it is, and the picture itself decides: near ground passes faster than what is behind it, which
leans what stands on it, and a sketch that stood upright where the picture leans would be drawn into it once more.
Source: Evangelidis and Psarakis 2008 (enhanced correlation coefficient), as OpenCV has it, from several places at once.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

SIDE: Final = 64  # of the shorter side, in pixels, where pictures are compared
AROUND: Final = (0.42, 0.45)  # half of the shorter side, across and down: where the subject stands in a sketch
GUESSES: Final = (0.5, 1.0, 1.5)  # of the planned way: what is named may be farther than planned for, or nearer
LIKE: Final = 0.5  # correlation of brightness below which nothing was found
ASTRAY: Final = 0.35  # half sides (or times) from the plan, beyond which something else was found
STOP: Final = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 30, 1e-4)
BLUR: Final = 3  # pixels

Matrix = npt.NDArray[np.float64]


def where_it_stands(sketch: Tensor, picture: Tensor, *, planned: Tensor, home: Tensor) -> Tensor:
    """Return the map under which a sketch is most like a picture, found from about where it is planned to be.

    Shapes: sketch, picture (1, 3, H, W) in [-1, 1], the former as it is without a map; planned, home and what is
        returned (1, 2, 3), as `layout_of` gives them for now and for where the camera set out.
    Convention: where nothing like the sketch is found, or only far from the plan, it is the planned one.
    """
    height, width = picture.shape[2:]
    least = min(height, width)
    size = round(height * SIDE / least), round(width * SIDE / least)
    there, sought = _grey(picture, size), _grey(sketch, size)
    mask = np.zeros(size, np.uint8)
    reach = int(AROUND[0] * SIDE), int(AROUND[1] * SIDE)
    cv2.ellipse(mask, (size[1] // 2, size[0] // 2), reach, 0, 0, 360, 255, -1)
    into_unit = np.array([[2 / size[1], 0, 1 / size[1] - 1], [0, 2 / size[0], 1 / size[0] - 1], [0, 0, 1]])
    out_of_unit = np.linalg.inv(into_unit)
    plan, set_out = _square(planned), _square(home)
    best, likest = plan, LIKE
    for share in GUESSES:
        guess = out_of_unit @ (set_out + share * (plan - set_out)) @ into_unit
        try:
            like, found = cv2.findTransformECC(
                there, sought, guess[:2].astype(np.float32), cv2.MOTION_AFFINE, STOP, mask, BLUR
            )
        except cv2.error:  # it went out of the picture
            continue
        if like > likest:
            best, likest = into_unit @ np.vstack([found, (0, 0, 1)]) @ out_of_unit, like
    is_near = np.abs(best - plan).max() <= ASTRAY
    return torch.from_numpy(best[None, :2]).to(planned) if is_near else planned


def _grey(picture: Tensor, size: tuple[int, int]) -> npt.NDArray[np.float32]:
    small: npt.NDArray[np.float32] = F.interpolate(picture.float(), size, mode="area")[0].mean(0).cpu().numpy()
    return small


def _square(layout: Tensor) -> Matrix:
    return np.vstack([layout[0].double().cpu().numpy(), (0, 0, 1)])
