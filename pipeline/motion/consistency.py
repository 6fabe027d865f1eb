"""Which pixels of a picture can be taken from the one before it, and which not and why.

Three things may be wrong with a pixel. It is *missed*: the way back and the way there do not lead home, so the search
went astray. It is *overshot*: the way back leads out of the picture, so it has just come in at an edge. It is
*undershot*: nothing of the picture before lands on it, so something has moved away and laid it open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from .field import Vectors, looked_up, places, reached, splat

SHARE, LEAST = 0.01, 0.5
"""A way home may miss by a hundredth of the ways' squared lengths and half a square pixel."""
COVERED: Final = 0.5  # of a pixel: less laid on it is nothing
Share = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is wrong with each pixel, 1 where it is, else 0.

    Shapes: (H, W) each.
    """

    missed: Share
    overshot: Share
    undershot: Share


def doubts(back: Vectors, there: Vectors) -> Doubt:
    """Compare the way from a picture back to the one before it with the way there; vectors in pixels.

    Shapes: back (H, W, 2) of the later picture, there (H, W, 2) of the earlier one.
    Source: missed as Sundaram et al. 2010, eq. 5: |w + w'|^2 > 0.01 (|w|^2 + |w'|^2) + 0.5; their bound on edges of
        motion is left out, since undershot says the same of one of the two sides of an edge.
    """
    height, width = back.shape[:2]
    at = places(back)
    home = looked_up(there, at)
    inside = reached(at)
    landed = np.zeros((height * width, 1))
    splat(np.zeros((height, width, 0)), there, np.ones((height, width)), landed)
    laid = landed.reshape(height, width)
    laid = cv2.blur(laid, (3, 3), borderType=cv2.BORDER_REPLICATE)  # stretched pictures have gaps of one pixel
    undershot = (laid < COVERED) & inside
    return Doubt(
        missed=(disagrees(back, home) & inside).astype(np.float32),
        overshot=(~inside).astype(np.float32),
        undershot=undershot.astype(np.float32),
    )


def disagrees(one: Vectors, other: Vectors) -> npt.NDArray[np.bool_]:
    """Say where the sum of two ways, which should lead home, does not.

    Shapes: (H, W, 2) twice -> (H, W).
    """
    off = np.square(one + other).sum(axis=-1)
    return np.asarray(off > SHARE * (np.square(one).sum(axis=-1) + np.square(other).sum(axis=-1)) + LEAST)


def trust(
    found: Doubt, *, missed: float = 1.0, overshot: float = 1.0, undershot: float = 1.0, blur: float = 0.0
) -> Share:
    """Return how far each pixel may be taken from the picture before, 1 where nothing is wrong.

    Shapes: (H, W).
    Convention: the shares say how much each fault counts; `blur` is a deviation in pixels. What is doubted wholly stays
        doubted: softening takes from what is trusted beside it.
    """
    counts = ((found.missed, missed), (found.overshot, overshot), (found.undershot, undershot))
    sure = np.ones_like(found.missed)
    for fault, weight in counts:
        sure = np.minimum(sure, 1 - np.float32(weight) * fault)
    if blur <= 0:
        return sure
    soft = cv2.GaussianBlur(sure, (0, 0), blur, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(np.minimum(sure, soft), dtype=np.float32)
