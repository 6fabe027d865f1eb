"""What films are drawn with: their models, what sees depth, the clips that are followed, the precision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from ..models import VGG, refuse_absent
from ..types import ClipFile, Film
from ..types.codec import names_model

if TYPE_CHECKING:
    from ..footage import Reels
    from ..sample.easel import Easel
    from ..warp import Sight


def set_up_for(film: Film) -> tuple[Easel, Sight]:
    """Load what a film is drawn with."""
    refuse_missing(film)  # before torch is imported
    from ..sample.easel import set_up

    return set_up(film.engine, pictures=film.pictures), sight_for(film)


def refuse_missing(film: Film) -> None:
    """Look for the weights that a film is drawn with.

    Raises: ModelError.
    """
    pulls = [plan.init for shot in film.shots for plan in shot.plans if plan.init and any(plan.init.scale)]
    compared_by = {VGG for init in pulls if init.distance == "lpips"}
    enlarged_by = [film.format.upscaler] if names_model(film.format.upscaler) else []
    refuse_absent(film.engine, also=(*compared_by, *enlarged_by))


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
