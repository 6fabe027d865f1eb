"""How near everything in a frame is: seen by a network, taken from a picture or clip of the artist's, or a plane.

All answer with nearness from 0 (far) to 1 (near), linear in 1/distance; the move says how far that is. Each answer
rests on one stored frame alone, as every frame must. The embedded network knows the scale of its world and is taken at
its word: stretched to the full range anew at each frame, distances would pump as things come and go.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional as F

from ..errors import ClipError, UsageError
from ..footage import ClipFault, Reel, Reels, Stills, look_at
from ..models import Entry, LoadedDepth, TransformersDepth, find, load_depth, open_transformers_depth, settle
from ..motion import Flow, Vectors
from ..types import Engine, FramePlan, PictureFile, Size, SpatialMove
from .rigid import arrived

Field = npt.NDArray[np.float64]
Pixels = npt.NDArray[np.uint8]


class Depth(Protocol):
    """Anything that can say how near things are in a frame."""

    def __call__(self, pixels: Pixels, move: SpatialMove) -> Field:
        """Return the nearness of each pixel, (H, W) in [0, 1], of uint8 (H, W, 3); the move says which frame it is."""
        ...


class Plane:
    """Everything is as near as the nearest thing."""

    def __call__(self, pixels: Pixels, move: SpatialMove) -> Field:
        """Return 1 everywhere."""
        return np.ones(pixels.shape[:2])


class DepthPicture:
    """A grey picture of 8 or 16 bits, for every frame."""

    def __init__(self, path: str) -> None:
        found = cv2.imdecode(
            np.frombuffer(Path(path).read_bytes(), np.uint8), cv2.IMREAD_GRAYSCALE | cv2.IMREAD_ANYDEPTH
        )
        if found is None or found.dtype not in (np.uint8, np.uint16):
            raise UsageError(f"{path}: is no grey picture of 8 or 16 bits; save the depth as a PNG")
        self.levels = found.astype(np.float64) / (255 if found.dtype == np.uint8 else 65535)

    def __call__(self, pixels: Pixels, move: SpatialMove) -> Field:
        """Return what the picture says, in the frame's size."""
        return nearness_of(resized(self.levels, Size(*pixels.shape[:2])), move)


class DepthClip:
    """A grey clip, of which each frame has its own.

    Raises: ClipError for a file that is no clip.
    """

    def __init__(self, path: str) -> None:
        try:
            self.reel = Reel(look_at(Path(path)), lambda picture: picture, "levels", grey=True)
        except ClipFault as fault:
            raise ClipError(f"{path}: {fault.what}; give a grey picture or a clip that ffmpeg reads") from fault

    def __call__(self, pixels: Pixels, move: SpatialMove) -> Field:
        """Return what the clip's frame says, in the frame's size."""
        return nearness_of(resized(self.levels(move.depth_frame), Size(*pixels.shape[:2])), move)

    def levels(self, frame: int) -> Field:
        """Return a frame's levels, (H, W) from 0, black, to 1, white.

        Raises: ClipError where the clip has no such frame.
        """
        return np.asarray(self.reel.picture(frame) / 65535)


class DepthModel:
    """A network of the catalogue; it looks at a picture that is no larger than it was made for."""

    def __init__(self, loaded: LoadedDepth, device: str) -> None:
        self.network = loaded.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.shape, self.device = loaded.architecture, device

    @torch.no_grad()
    def __call__(self, pixels: Pixels, move: SpatialMove) -> Field:
        """Return what the network sees."""
        size = Size(*pixels.shape[:2])
        step, shrunk = self.shape.size_multiple, min(1.0, self.shape.side / min(size.height, size.width))
        height, width = (max(step, step * round(side * shrunk / step)) for side in (size.height, size.width))
        image = torch.from_numpy(np.ascontiguousarray(pixels)).permute(2, 0, 1)[None].float() / 127.5 - 1
        image = F.interpolate(image, size=(height, width), mode="bilinear", antialias=True).to(self.device)
        rim = step // 2  # the picture goes on a little, or its edges would seem to lie against nothing
        image = F.pad(image, (rim,) * 4, mode="replicate").contiguous(memory_format=torch.channels_last)
        seen = self.network(image)[..., rim:-rim, rim:-rim]
        return resized(seen[0, 0].double().cpu().numpy(), size)


def looked_with(plans: Sequence[FramePlan], index: int) -> SpatialMove | None:
    """Return the move that says how the distances in frame `index` of a shot are found, None for one in its plane."""
    after = plans[index + 1].camera if index + 1 < len(plans) else None
    if isinstance(after, SpatialMove):  # what is moved into the next frame is this one
        return after
    own = plans[index].camera
    return arrived(own) if isinstance(own, SpatialMove) else None


def nearness_of(levels: Field, move: SpatialMove) -> Field:
    """Turn the levels of a grey picture, 0 to 1, into nearness.

    Convention: where the far is bright, levels are distance: 0 at `move.near`, 1 at `move.far`.
    """
    if move.depth_bright == "near" or move.far <= move.near:
        return levels
    distance = move.near + (move.far - move.near) * levels
    return np.asarray((1 / distance - 1 / move.far) / (1 / move.near - 1 / move.far))


def resized(field: Field, size: Size) -> Field:
    """Return a field in another size, smoothly."""
    if field.shape == (size.height, size.width):
        return field
    way = cv2.INTER_AREA if field.shape[0] > size.height else cv2.INTER_LINEAR
    return np.clip(cv2.resize(field, (size.width, size.height), interpolation=way), 0.0, 1.0)


class Sight:
    """What a film's camera may ask for: depths, the clips it follows and how these move; loaded when first asked for.

    Convention: `ways` keeps the flow back and there that was found last, by what it was looked for in.
    """

    def __init__(
        self, engine: Engine, pictures: Iterable[PictureFile] = (), reels: Reels | Stills | None = None
    ) -> None:
        self.engine, self.reels = engine, reels
        self.ways: dict[Any, tuple[Vectors, Vectors]] = {}
        self.paths = {picture.digest: picture.path for picture in pictures}
        self.known: dict[str, Depth] = {"plane": Plane()}

    def nearness(self, move: SpatialMove, pixels: Pixels) -> Field:
        """Return how near everything in a picture is, in the way that a move asks for."""
        if move.depth not in self.known:
            self.known[move.depth] = self._find(move.depth)
        return self.known[move.depth](pixels, move)

    def flow_by(self, model: str) -> Flow:
        """Return the network of the catalogue that looks for flow."""
        from .raft import load_flow

        return load_flow(model, settle(self.engine).device)

    def _find(self, depth: str) -> Depth:
        if depth == "model":
            return _load(find(self.engine.depth_model), settle(self.engine).device)
        if depth not in self.paths:
            raise UsageError(f"camera: no file is known for the depth {depth}; name it in Film.pictures")
        path = self.paths[depth]
        return DepthPicture(path) if cv2.haveImageReader(path) else DepthClip(path)


@lru_cache(maxsize=2)
def _load(entry: Entry, device: str) -> Depth:
    if isinstance(entry.architecture, TransformersDepth):
        look = open_transformers_depth(entry, device=device)
        return lambda pixels, move: look(pixels)
    return DepthModel(load_depth(entry.name, device=device), device)
