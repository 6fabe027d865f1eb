"""Pictures side by side in one: the stages of a frame, the frames of a film, previews with a line of text under each.

A sheet shows what is really there: a frame that is damaged is named, and how many of a film are missing can be told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from ..errors import StoreError
from . import captions
from .stills import Preview

LABELLED_WIDTH = 224  # pixels that a labelled picture is wide, as nearly as whole enlargements allow
LABEL_PX = 13
GAP = 8

Enlarge = Callable[[np.ndarray], np.ndarray]
"""What enlarges each frame of a film by a network: uint8 (H, W, 3) to a multiple."""


def steps_sheet(shown: Preview, *, enlarge: int = 2) -> np.ndarray:
    """Lay out the stages from left to right: the noisy raster above, what the model saw in it below."""
    rows = [[stage.noisy for stage in shown.stages], [stage.seen for stage in shown.stages]]
    return np.vstack([contact_sheet(row, enlarge=enlarge) for row in rows])


def film_sheet(
    directory: Path, *, count: int = 8, columns: int = 8, enlarge: int = 1, enlarged: Enlarge | None = None
) -> np.ndarray:
    """Lay out `count` frames of a rendered film, evenly from its first to its last, in rows of `columns`.

    Convention: frames are `enlarge` times as large as they are stored; where a network enlarges those of the film, it
        enlarges these too, and they are brought to that size. Of a film that is drawn in part, those that are there.
    Raises: StoreError for a folder that holds no film or none of its frames, and naming a frame that is damaged or of
        another size.
    """
    from ..store import FrameStore, read_film_record

    record, store = read_film_record(directory), FrameStore(directory)
    places, _ = drawn_of(directory)
    if not places:
        raise StoreError(f"{directory}: none of the film's frames is there; render it")
    chosen = [places[number] for number in np.linspace(0, len(places) - 1, min(count, len(places))).round().astype(int)]
    pictures = [store.read(*place).pixels for place in chosen]
    for place, picture in zip(chosen, pictures, strict=True):
        if picture.shape[:2] != (record.size.height, record.size.width):
            raise StoreError(f"{store.path(*place)}: the frame has another size than the film; render it again")
    if enlarged is not None:
        pictures, enlarge = [sized(enlarged(picture), enlarge * record.size.width) for picture in pictures], 1
    blank = np.full_like(pictures[0], 255)
    pictures += [blank] * (-len(pictures) % min(columns, len(pictures)))
    rows = [pictures[start : start + columns] for start in range(0, len(pictures), columns)]
    return np.vstack([contact_sheet(row, enlarge=enlarge) for row in rows])


def drawn_of(directory: Path) -> tuple[list[tuple[str, int]], int]:
    """Return the shots and numbers of a film's frames that are stored, in their order, and how many it has in all.

    Raises: StoreError for a folder that holds no film.
    """
    from ..store import FrameStore, read_film_record

    store = FrameStore(directory)
    places = [(shot.name, index) for shot in read_film_record(directory).shots for index in range(shot.n_frames)]
    return [place for place in places if store.is_there(*place)], len(places)


def sized(picture: np.ndarray, width: int) -> np.ndarray:
    """Return a picture reduced over areas, or enlarged as it is, so that it is so many pixels wide."""
    import cv2

    height = round(picture.shape[0] * width / picture.shape[1])
    way = cv2.INTER_AREA if width < picture.shape[1] else cv2.INTER_NEAREST
    return cv2.resize(picture, (width, height), interpolation=way)


def as_shown(picture: np.ndarray, enlarged: Enlarge | None) -> np.ndarray:
    """Return a picture of a sheet: as a network enlarges it where one does, at twice its size."""
    return picture if enlarged is None else sized(enlarged(picture), 2 * picture.shape[1])


def labelled_sheet(pictures: Sequence[np.ndarray], labels: Sequence[str], *, columns: int) -> np.ndarray:
    """Lay pictures in rows of `columns`, each with its label of two lines at most under it.

    Convention: small pictures are enlarged by a whole number, so that a label has room; pictures may differ in size.
    """
    enlarge = max(1, round(LABELLED_WIDTH / max(picture.shape[1] for picture in pictures)))
    big = [picture.repeat(enlarge, axis=0).repeat(enlarge, axis=1) for picture in pictures]
    height, width = (max(picture.shape[axis] for picture in big) for axis in (0, 1))
    px = LABEL_PX
    texts = [captions.wrap(label, px, width, 2) for label in labels]
    cell_height = height + max(map(len, texts)) * captions.line_height(px) + 2 * GAP
    columns = min(columns, len(big))
    n_rows = -(-len(big) // columns)
    sheet = np.empty((n_rows * cell_height + GAP, columns * (width + GAP) + GAP, 3), np.uint8)
    sheet[:] = captions.PAPER
    for number, (picture, lines) in enumerate(zip(big, texts, strict=True)):
        x, y = GAP + number % columns * (width + GAP), GAP + number // columns * cell_height
        captions.put(sheet, picture, x, y)
        for row, text in enumerate(lines):
            place = y + picture.shape[0] + GAP // 2 + row * captions.line_height(px)
            captions.put(sheet, captions.line(text, px), x, place)
    return sheet


def contact_sheet(pictures: Sequence[np.ndarray], *, enlarge: int = 1, gap: int = 4) -> np.ndarray:
    """Lay pictures side by side, each with a white margin to its right and below."""
    columns = []
    for picture in pictures:
        big = picture.repeat(enlarge, axis=0).repeat(enlarge, axis=1)
        columns.append(np.pad(big, ((0, gap), (0, gap), (0, 0)), constant_values=255))
    return np.hstack(columns)


def save_picture(pixels: np.ndarray, path: Path) -> None:
    """Write a picture, RGB or grey, as PNG, whole or not at all."""
    import cv2

    from ..store.commit import commit, make_folder

    done, data = cv2.imencode(".png", pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    assert done, "cv2 encodes any picture of whole numbers"
    make_folder(path.parent)
    commit(path, data.tobytes())
