"""Takes of one film under one another: the same frames of each, so that all that differs is what the seed changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..store import FrameStore
from ..types import Film
from .sheets import contact_sheet, labelled_sheet
from .stills import place_of

COUNT = 8
WIDE = 160  # pixels that a frame is wide at least, as nearly as whole enlargements allow


def takes_sheet(
    films: Sequence[Film], folders: Sequence[Path], *, frames: range | None = None, count: int = COUNT
) -> np.ndarray:
    """Lay out `count` frames of each take in a row, evenly over the film or over `frames`, its seeds under it.

    Raises: StoreError naming a frame that is missing or damaged.
    """
    rows, labels = [], []
    for film, folder in zip(films, folders, strict=True):
        wanted = frames or range(film.n_frames)
        places = np.linspace(wanted.start, wanted.stop - 1, min(count, len(wanted))).round().astype(int)
        store, shown = FrameStore(folder), []
        for number in places:
            shot, plan = place_of(film, int(number))
            shown.append(store.read(shot.name, plan.frame).pixels)
        enlarge = max(1, round(WIDE / film.size.width))
        rows.append(contact_sheet(shown, enlarge=enlarge))
        seeds = ", ".join(str(shot.plans[0].seed) for shot in film.shots)
        labels.append(f"{folder.name} · seed{'s' if len(film.shots) > 1 else ''} {seeds}")
    return labelled_sheet(rows, labels, columns=1)
