"""A clip's pictures by number, fitted to a film: forwards as they come from the decoder, else from a fresh start.

What would surprise: the last few are kept in memory, since each frame of a film looks at its own picture and at that of
the frame before.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..errors import ClipError
from ..types import ClipFile, Size
from .cache import PictureCache
from .decode import Picture, Reader
from .probe import ClipFault, look_at

Fit = Callable[[npt.NDArray[np.uint8], Size, str], npt.NDArray[np.uint8]]
"""Brings a picture to a size: `cover`, `contain` or `stretch`."""
Pixels = npt.NDArray[np.uint8]
AT_HAND = 4
NEAR_S = 4  # seconds that are sooner decoded through than jumped over


class Reel:
    """The pictures of a clip, each changed by `fit`, which `name` tells apart from other ways to fit.

    Convention: those of a `grey` one are not for a cache.
    """

    def __init__(
        self,
        clip: ClipFile,
        fit: Callable[[Picture], Picture],
        name: str,
        cache: PictureCache | None = None,
        *,
        grey: bool = False,
    ) -> None:
        self.clip, self.fit, self.name, self.cache, self.grey = clip, fit, name, cache, grey
        self._at_hand: OrderedDict[int, Picture] = OrderedDict()
        self._reader: Reader | None = None
        self._stride = 1
        self._asked = -1
        self._is_proven = False

    def picture(self, index: int) -> Picture:
        """Return picture `index`, from 0, uint8 (H, W, 3), or uint16 (H, W) where it is grey.

        Raises: ClipError where it cannot be had, or the file is no longer that clip.
        """
        if not 0 <= index < self.clip.n_frames:
            do = "load the keyframe file again"
            raise ClipError(f"{self.clip.path}: has pictures 0 to {self.clip.n_frames - 1}, not {index}; {do}")
        if index in self._at_hand:
            self._at_hand.move_to_end(index)
            return self._at_hand[index]
        found = self._kept(index)
        if index > self._asked >= 0:
            self._stride = index - self._asked
        self._asked = index
        self._at_hand[index] = found
        while len(self._at_hand) > AT_HAND:
            self._at_hand.popitem(last=False)
        return found

    def close(self) -> None:
        """End the decoder; it starts again when it is needed."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _kept(self, index: int) -> Picture:
        name = f"{self.clip.digest} {index} {self.name}"
        found = None if self.cache is None else self.cache.look_up(name)
        if found is None:
            found = self.fit(self._decoded(index))
            if self.cache is not None:
                self.cache.keep(name, found)
        return found

    def _decoded(self, index: int) -> Picture:
        self._prove()
        reader = self._reader
        if reader is not None:
            ahead = index - reader.next
            if 0 <= ahead <= NEAR_S * self.clip.rate and ahead % reader.every == 0:
                for _ in range(ahead // reader.every):
                    reader.skip()
                return reader.read()
            self.close()
        self._reader = Reader(self.clip, index, self._stride, self.grey)
        return self._reader.read()

    def _prove(self) -> None:
        """Make sure that the file is still the clip that the film was planned with."""
        if self._is_proven:
            return
        try:
            found = look_at(Path(self.clip.path)).digest
        except ClipFault as fault:
            raise ClipError(f"{self.clip.path}: {fault.what}; put the clip back in its place") from fault
        if found != self.clip.digest:
            raise ClipError(
                f"{self.clip.path}: is not the clip the film was planned with (sha256 {found}, the film says "
                f"{self.clip.digest}); restore it, or load the keyframe file again to use this one"
            )
        self._is_proven = True


class Reels:
    """The clips of a film by their digests, and how pictures are fitted; each is opened when it is first asked for."""

    def __init__(self, clips: Iterable[ClipFile], fit: Fit, cache: PictureCache | None = None) -> None:
        self.clips = {clip.digest: clip for clip in clips}
        self.fit, self.cache = fit, cache
        self._open: dict[tuple[str, Size, str], Reel] = {}

    def picture(self, digest: str, index: int, size: Size, fit: str) -> Pixels:
        """Return picture `index` of a clip, fitted.

        Shapes: uint8 (H, W, 3) of that size.
        Raises: ClipError where it cannot be had, or the clip is not known.
        """
        key = (digest, size, fit)
        if key not in self._open:
            if digest not in self.clips:
                raise ClipError(f"clip {digest}: no file is known for this digest; name it in Film.clips")
            for other in self._open.values():  # one decoder at a time
                other.close()

            def fitted(picture: Picture) -> Picture:
                return self.fit(picture, size, fit)

            self._open[key] = Reel(self.clips[digest], fitted, f"{size.width}x{size.height} {fit}", self.cache)
        return self._open[key].picture(index)

    def close(self) -> None:
        """End all decoders."""
        for reel in self._open.values():
            reel.close()
