"""What films are drawn with beside the models: what sees depth, the clips that are followed, the precision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from ..types import ClipFile, Film

if TYPE_CHECKING:
    from ..footage import Reels
    from ..warp import Sight


def single(film: Film) -> Film:
    """Return a film that is drawn in single precision."""
    return replace(film, engine=replace(film.engine, precision="float32"))


def sight_for(film: Film) -> Sight:
    """Return what sees how far things are in a film's frames, and the clips that it follows."""
    from ..warp import Sight

    return Sight(film.engine, film.pictures, reels_of(film.clips) if film.clips else None)


def reels_of(clips: Iterable[ClipFile]) -> Reels:
    """Return what gives the pictures of clips, fitted as films are drawn over them."""
    from ..footage import PictureCache, Reels
    from ..sample.fitting import fit_picture

    return Reels(clips, fit_picture, PictureCache())
