"""The last frame of a film that follows another: moved as things move there, and laid over that one's picture.

    start = picture + weight * (moved - picture),  weight = blend * (1 - consistency * (1 - trust))

The flow is looked for between the clip's own pictures, where it can be found, never between the painted ones. Camera
moves of the film itself come first, and all of it is one resampling where they stay in the plane.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ..errors import UsageError
from ..footage import Still
from ..motion import MOTIONS, Doubt, Pixels, Vectors, doubts, places, reduced, search, trust, whole_motion
from ..motion.consistency import disagrees
from ..types import CameraMove, Footage, FramePlan, Size, SpatialMove
from .planar import as_image, as_start, look_up
from .route import begin, compose, onward, paint
from .spatial import BORDERS
from .way import carry

if TYPE_CHECKING:
    from .depth import Sight
    from .spatial import Noise

LEAST: Final = 256  # pixels of the shorter side that flow is looked for on
MODES: Final = ("stylise", "motion")
AFTER: Final = ("off", "linear", "flow")
Share = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Way:
    """How the clip moved up to a frame.

    Shapes: field (H, W, 2): where each pixel was in the picture before, less its place; trust (H, W) from 0 to 1.
    """

    field: Vectors
    trust: Share


def pictured(plan: FramePlan, sight: Sight) -> Tensor:
    """Return the clip's picture of a frame as the sampler's start.

    Shapes: float32 (1, 3, H, W) in [-1, 1].
    Raises: ClipError where it cannot be had.
    """
    return as_start(as_image(small_picture(_footage(plan), plan.size, sight)))


def small_picture(footage: Footage, size: Size, sight: Sight) -> Pixels:
    """Return the clip's picture in the film's size, uint8 (H, W, 3)."""
    return np.asarray(_area(_seen(footage, footage.index, size, sight), size), dtype=np.uint8)


def looked_at(plan: FramePlan) -> tuple[Still, ...]:
    """Return the pictures of clips that a frame is drawn from, in the size they are looked at."""
    footage = plan.footage
    if footage is None:
        return ()
    is_drawn_over = footage.mode != "motion"
    is_moved = not is_drawn_over or footage.blend > 0 or footage.after == "flow"
    is_searched = footage.before >= 0 and footage.motion != "off" and is_moved
    indices = [footage.index] if is_drawn_over or is_searched else []
    return tuple(_still(footage, index, plan.size) for index in [*indices, *[footage.before] * is_searched])


def follow(last: Pixels, plan: FramePlan, sight: Sight, noise: Noise | None = None) -> Tensor:
    """Move the last frame as the film's camera and the clip moved, and lay it over the clip's picture.

    Shapes: last uint8 (H, W, 3) -> float32 (1, 3, H, W) in [-1, 1].
    Raises: ClipError where a picture of the clip cannot be had; UsageError for words that are not known.
    """
    footage = _footage(plan)
    if footage.mode == "motion":
        if footage.motion == "off":
            return carry(last, plan.moves, sight, noise)
        way = way_of(plan, sight)
        field = way.field * way.trust[..., None] if footage.motion == "flow" else way.field
        return moved(last, plan.moves, footage.factor * field, sight, noise)
    picture = pictured(plan, sight)
    if footage.motion == "off" or footage.blend == 0:
        return picture
    way = way_of(plan, sight)
    over = moved(last, plan.moves, footage.factor * way.field, sight, noise)
    return picture + torch.from_numpy(footage.blend * _counted(way, footage)) * (over - picture)


def settled(drawn: Pixels, last: Pixels, plan: FramePlan, sight: Sight) -> Pixels:
    """Mix the frame before into a finished one: as it is, or moved as the clip moved where that can be trusted.

    Shapes: uint8 (H, W, 3) twice -> the same.
    """
    footage = _footage(plan)
    if footage.after == "off":
        return drawn
    before, share = last.astype(np.float32), np.full(drawn.shape[:2], footage.after_blend, np.float32)
    if footage.after == "flow" and footage.motion != "off":
        way = way_of(plan, sight)
        over = moved(last, (), footage.factor * way.field, sight)
        before = ((over[0].permute(1, 2, 0) + 1) * 127.5).numpy()
        share = share * _counted(way, footage)
    mixed = drawn + share[..., None] * (before - drawn)
    return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)


def moved(
    last: Pixels,
    moves: Sequence[CameraMove | SpatialMove],
    field: Vectors,
    sight: Sight,
    noise: Noise | None = None,
) -> Tensor:
    """Move a picture by the camera, and then along a field of vectors back to it.

    Shapes: last uint8 (H, W, 3), field (H, W, 2) -> float32 (1, 3, H, W) in [-1, 1].
    """
    size = Size(*last.shape[:2])
    there = torch.from_numpy(places(field).astype(np.float64))[None]
    if all(isinstance(move, CameraMove) for move in moves):
        border = moves[-1].border if moves else "reflect"
        idle = all(move == CameraMove(border=move.border) for move in moves)
        route = begin(size) if idle else compose(moves, size)
        return paint(last, onward(route, there, border))
    seen = carry(last, moves, sight, noise)
    border = BORDERS[moves[-1].border]
    return as_start(look_up((seen.double() + 1) * 127.5, there, border=border, mode="bicubic"))


def way_of(plan: FramePlan, sight: Sight) -> Way:
    """Return how the clip moved from the picture of the frame before to that of this one."""
    footage, size = _footage(plan), plan.size
    key = (footage.clip, footage.before, footage.index, footage.fit, footage.search, size)
    if key not in sight.ways:
        now, before = (_seen(footage, index, size, sight) for index in (footage.index, footage.before))
        flow = search if footage.search == "dis" else sight.flow_by(footage.search)
        sight.ways.clear()  # the next frame looks at other pictures
        sight.ways[key] = flow(now, before), flow(before, now)
    return way(*sight.ways[key], footage, size)


def way(back: Vectors, there: Vectors, footage: Footage, size: Size) -> Way:
    """Return the way in a film's size from the flow back and there, looked for on larger pictures."""
    found = doubts(back, there)
    if footage.motion in MOTIONS:
        common = whole_motion(back, trust(found), footage.motion)
        alone = disagrees(common, -back).astype(np.float32)  # goes a way of its own
        found = Doubt(np.maximum(found.missed, alone), found.overshot, found.undershot)
        back = common
    small = Doubt(*(_area(layer, size) for layer in (found.missed, found.overshot, found.undershot)))
    weights = {"missed": footage.missed, "overshot": footage.overshot, "undershot": footage.undershot}
    return Way(reduced(back, size.height, size.width), trust(small, **weights, blur=footage.mask_blur))


def _counted(way: Way, footage: Footage) -> Share:
    return np.asarray(1 - footage.consistency * (1 - way.trust), dtype=np.float32)


def _seen(footage: Footage, index: int, size: Size, sight: Sight) -> Pixels:
    """Return a picture of the clip, a whole number of times as large as the film where that is small."""
    if sight.reels is None:
        raise UsageError(f"follow: no file is known for the clip {footage.clip}; name it in Film.clips")
    still = _still(footage, index, size)
    return sight.reels.picture(still.clip, still.index, still.size, still.fit)


def _still(footage: Footage, index: int, size: Size) -> Still:
    times = max(1, -(-LEAST // min(size.height, size.width)))
    return Still(footage.clip, index, Size(size.height * times, size.width * times), footage.fit)


def _area(picture: npt.NDArray, size: Size) -> npt.NDArray:
    if picture.shape[:2] == (size.height, size.width):
        return picture
    return np.asarray(cv2.resize(picture, (size.width, size.height), interpolation=cv2.INTER_AREA))


def _footage(plan: FramePlan) -> Footage:
    found, where = plan.footage, f"frame {plan.frame:04d}"
    if found is None:
        raise UsageError(f"{where}: follows no clip; plan it with one")
    for what, word, known in (
        ("mode", found.mode, MODES),
        ("motion", found.motion, ("off", "flow", *MOTIONS)),
        ("after", found.after, AFTER),
    ):
        if word not in known:
            raise UsageError(f"{where}: unknown follow.{what} '{word}'; use one of {', '.join(known)}")
    return found
