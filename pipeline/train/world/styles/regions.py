"""Parts of a picture that are of one colour: a small palette found in the picture, and firm shapes filled from it."""

from __future__ import annotations

import cv2
import numpy as np

from ..brush import Image
from .texture import Field, cells


def few_colours(image: Image, count: int, rounds: int = 8) -> Field:
    """Return so many colours (K, 3) that stand for those of a small image, by k-means from an even start."""
    values = image.reshape(-1, 3).astype(np.float32)
    order = np.argsort(values @ np.array([0.3, 0.59, 0.11], np.float32), kind="stable")
    labels = np.empty((len(values), 1), np.int32)
    labels[order, 0] = np.arange(len(values)) * count // len(values)
    criteria = (cv2.TERM_CRITERIA_COUNT, rounds, 0.0)
    _, _, centres = cv2.kmeans(values, count, labels, criteria, 1, cv2.KMEANS_USE_INITIAL_LABELS)
    return centres


def nearest(image: Image, colours: Field) -> Field:
    """Return for each pixel of an image the number of the colour nearest to it."""
    values = image.reshape(-1, 3).astype(np.float32)
    away = (colours * colours).sum(axis=1) - 2 * (values @ colours.T)
    return away.argmin(axis=1).reshape(image.shape[:2])


def parts(image: Image, cover: Image, count: int, across: float = 128.0) -> tuple[Image, Field]:
    """Return the parts (numbers, on a small grid) of one colour each, those of the subject after the others.

    The second value holds the colours. Crumbs are taken up by what surrounds them.
    """
    rows, columns = cells(cover.shape, across)
    small = cv2.medianBlur(cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA), 5)
    inside = cv2.resize(cover, (columns, rows), interpolation=cv2.INTER_AREA) > 127
    colours: list[list[float]] = []
    labels = np.zeros((rows, columns), np.uint8)
    for mask, number in ((~inside, count), (inside, max(2, count - 3))):
        if mask.sum() < 4 * number:
            continue
        found = few_colours(small[mask][:: max(1, int(mask.sum()) // 1500), None], number)
        labels[mask] = nearest(small, found)[mask].astype(np.uint8) + len(colours)
        colours += found.tolist()
    return cv2.medianBlur(labels, 3), np.array(colours, np.float32)


def fewer(image: Image, cover: Image, count: int) -> Image:
    """Return the image in few flat colours with smooth, firm borders at any size."""
    height, width = cover.shape
    labels, colours = parts(image, cover, count, 256.0 if min(height, width) > 400 else 128.0)
    table = np.zeros((256, 1, 3), np.uint8)
    table[: len(colours), 0] = colours
    return cv2.applyColorMap(firm(labels, height, width), table)


def firm(labels: Image, height: int, width: int) -> Image:
    """Return a small map of numbers enlarged with smooth borders: at each pixel the middle one of those around."""
    large = cv2.resize(labels, (width, height), interpolation=cv2.INTER_NEAREST)
    reach = round(height / labels.shape[0])
    return cv2.medianBlur(large, 2 * reach + 1) if reach > 1 else large
