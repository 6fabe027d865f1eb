"""A tiny film with two shots on the disk, its frames recognisable by their grey."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.store import FrameStore, frame_key, write_film_record
from pipeline.types import Engine, Film, FilmFormat, Frame, FramePlan, Look, Shot, Size

SIZE = Size(height=32, width=48)
LOOK = Look("ddim", 10, 0.5, *((0.0,),) * 2, "unet", "none", *((0.0,),) * 9, 1)  # type: ignore[call-arg]
LENGTHS = {"b-first": 3, "a.second": 2}


def plan_of(shot: str, frame: int) -> FramePlan:
    return FramePlan(shot, frame, 7, SIZE, (), None, LOOK)


def grey_of(shot: str, frame: int) -> int:
    return 20 + 40 * ({"b-first": 0, "a.second": 3}[shot] + frame)


@pytest.fixture
def film() -> Film:
    shots = tuple(Shot(name, tuple(plan_of(name, n) for n in range(length))) for name, length in LENGTHS.items())
    return Film("tiny film", "tiny.yaml", 12.0, SIZE, shots, Engine("tiny", (), "cpu", 1), FilmFormat(crf=6, enlarge=1))


@pytest.fixture
def folder(tmp_path: Path, film: Film) -> Path:
    """A rendered film: five grey frames, 20, 60, 100 in the first shot and 140, 180 in the second."""
    directory = tmp_path / "tiny film"
    store = FrameStore(directory)
    keys: dict[str, list[str]] = {}
    for shot in film.shots:
        for plan in shot.plans:
            pixels = np.full((SIZE.height, SIZE.width, 3), grey_of(shot.name, plan.frame), np.uint8)
            key = frame_key(keys.get(shot.name, [None])[-1], plan, {})
            keys.setdefault(shot.name, []).append(key)
            store.put(Frame(pixels, key), plan, {})
    write_film_record(directory, film, keys=keys)
    return directory
