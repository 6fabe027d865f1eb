"""A frame that is not denoised, made of the two denoised frames on either side: both are moved to where it is.

The earlier one is carried on by the camera's moves up to here, the later one taken back by those still ahead, so that
what the camera does is the same in every frame. What only one of them shows is taken from that one alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from torch import Tensor

from ..errors import UsageError
from ..types import CameraMove, SpatialMove
from .depth import Sight
from .flow import flows, moved
from .way import View, view_ahead, view_back, without_noise

Pixels = npt.NDArray[np.uint8]
BLENDS = ("flow", "cross")


def between(
    before: Pixels,
    after: Pixels,
    passed: Sequence[CameraMove | SpatialMove],
    ahead: Sequence[CameraMove | SpatialMove],
    sight: Sight,
    *,
    blend: str,
) -> Pixels:
    """Return the picture that lies `passed` after one frame and `ahead` before another.

    Shapes: uint8 (H, W, 3).
    Raises: UsageError for a blend that is not known, or moves that cannot be.
    """
    if blend not in BLENDS:
        raise UsageError(f"look.blend: unknown word '{blend}'; use one of {', '.join(BLENDS)}")
    old = view_ahead(before, [without_noise(move) for move in passed], sight)
    new = view_back(after, [without_noise(move) for move in ahead], sight)
    share = len(passed) / (len(passed) + len(ahead))
    pictures = _levels(old.picture), _levels(new.picture)
    if blend == "flow":
        both = np.minimum(old.seen, new.seen)[..., None]  # nothing is found again where it was not seen
        there, back = flows(*(np.rint(one).astype(np.uint8) for one in pictures))
        pictures = moved(*pictures, (there * both, back * both), share)
    weight = _weight(old, new, share)[..., None]
    mixed = (1 - weight) * pictures[0] + weight * pictures[1]
    return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)


def _weight(old: View, new: View, share: float) -> npt.NDArray[np.float64]:
    """Return how much of the later picture each pixel has; where neither saw anything, as if both had."""
    of_new, of_old = share * (new.seen + 1e-6), (1 - share) * (old.seen + 1e-6)
    return of_new / (of_new + of_old)


def _levels(picture: Tensor) -> npt.NDArray[np.float64]:
    return np.ascontiguousarray(((picture[0].permute(1, 2, 0).double() + 1) * 127.5).numpy())
