"""Oil painting: strokes of three sizes that follow the form, with bristles and ridges of paint that catch the light."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import cv2
import numpy as np

from ..brush import Image
from .plate import Plate, blend, flow, multiply, ramp, saturated, soft
from .texture import VARIANTS, Field, cloud, grain, grid

LAYERS: Final = ((520, 0.15, 0.044), (1200, 0.085, 0.021), (1700, 0.04, 0.009))  # strokes, length, thickness


@lru_cache(maxsize=32)
def spots(number: int, layer: int) -> Field:
    """Return where strokes lie (x and y in fractions, spread evenly) and three random numbers for each."""
    rng = np.random.default_rng([number, layer, 11])
    count = LAYERS[layer][0]
    side = int(count**0.5)
    corners = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2)
    middle = (corners + rng.uniform(0, 1, corners.shape)) / side
    rng.shuffle(middle)
    return np.hstack([middle, rng.random((len(middle), 3))]).astype(np.float32)


def lay(canvas: Image, reference: Image, plate: Plate, way: tuple[Field, Field], number: int, layer: int) -> None:
    """Lay one layer of strokes on a canvas (H, W, 4) of colours and heights, each in the colour under its middle."""
    height, width = plate.cover.shape
    unit = plate.unit
    _, length, thick = LAYERS[layer]
    marks = spots(number, layer)
    x, y = marks[:, 0] * (width - 1), marks[:, 1] * (height - 1)
    column, row = x.astype(np.int32), y.astype(np.int32)
    colour = reference[row, column].astype(np.float32)
    if layer:
        # Finer strokes are only laid where the broad ones missed something.
        missed = np.abs(colour - canvas[row, column, :3]).max(axis=1)
        keep = missed > (10.0 if layer == 1 else 16.0)
        keep |= marks[:, 4] < (0.3 if layer == 1 else 0.04)
        marks, x, y, column, row, colour = (part[keep] for part in (marks, x, y, column, row, colour))
    rows, columns = way[0].shape
    at = (np.minimum(row * rows // height, rows - 1), np.minimum(column * columns // width, columns - 1))
    turn = (marks[:, 2] - 0.5) * (0.7, 0.4, 0.2)[layer]
    cos, sin = (
        way[0][at] * np.cos(turn) - way[1][at] * np.sin(turn),
        way[1][at] * np.cos(turn) + way[0][at] * np.sin(turn),
    )
    ends = []
    for side in (-1.0, 1.0):
        reach = np.full(len(x), length * unit / 2, np.float32)
        for _ in range(2):  # a stroke stops where the colour changes
            to_x = np.clip(x + side * cos * reach, 0, width - 1).astype(np.int32)
            to_y = np.clip(y + side * sin * reach, 0, height - 1).astype(np.int32)
            other = np.abs(reference[to_y, to_x].astype(np.float32) - colour).max(axis=1) > 26.0
            reach = np.where(other, reach * 0.4, reach)
        ends.append(np.stack([x + side * cos * reach, y + side * sin * reach], axis=1))
    vary = 1 + (marks[:, 3:4] - 0.5) * 0.2
    warm = (marks[:, 4:5] - 0.5) * np.array([16.0, -2.0, -16.0], np.float32)
    paint = np.clip(colour * vary + warm, 0, 255)
    paint = np.hstack([paint, 60 + 190 * marks[:, 2:3]]).tolist()
    first, last = (np.rint(end * 16).astype(np.int32).tolist() for end in ends)
    size = max(1, round(thick * unit))
    for start, stop, tube in zip(first, last, paint, strict=True):
        cv2.line(canvas, start, stop, tube, size, cv2.LINE_8, 4)


def bristles(plate: Plate, way: tuple[Field, Field], number: int) -> Field:
    """Return the marks of the brush's hairs (about -0.5..0.5): noise drawn out along the direction of form."""
    height, width = plate.cover.shape
    scale = min(1.0, 420 / plate.unit)
    size = (round(width * scale), round(height * scale))
    cos, sin = (cv2.resize(part, size, interpolation=cv2.INTER_NEAREST) for part in way)
    x, y = grid(size[1], size[0])
    noise = grain(number, size[1], size[0], 200.0)
    step = min(size) * 0.005
    for reach in (step, step * 3):
        ahead = cv2.remap(noise, x + cos * reach, y + sin * reach, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        back = cv2.remap(noise, x - cos * reach, y - sin * reach, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        noise = (noise + ahead + back) * np.float32(1 / 3)
    return cv2.resize(noise, (width, height), interpolation=cv2.INTER_LINEAR) - np.float32(0.5)


def paint_oil(plate: Plate, rng: np.random.Generator) -> Image:
    """Lay broad strokes, then finer ones where detail is missing, and let the ridges of paint catch the light."""
    number = int(rng.integers(VARIANTS))
    swirl = float(rng.uniform(1.2, 2.6))
    picture = saturated(plate.picture, 1.25)
    way = flow(plate, (cloud(number, 96, 96, 3.0, 2) - 0.5) * np.float32(swirl))
    canvas = cv2.cvtColor(picture, cv2.COLOR_RGB2RGBA)
    for layer, blur in enumerate((0.014, 0.006, 0.002)):
        lay(canvas, soft(picture, blur * plate.unit), plate, way, number, layer)
    hairs = bristles(plate, way, number)
    relief = canvas[..., 3].astype(np.float32) * np.float32(1 / 160) + hairs * 1.1
    step = max(1, round(plate.unit / 256))
    ridge = cv2.GaussianBlur(relief, (0, 0), 0.0028 * plate.unit)
    ridge = np.clip(ridge - np.roll(ridge, (-step, -step), (0, 1)), -0.5, 0.5)
    light = 1 + ridge * 0.36 + hairs * 0.24
    paint = cv2.cvtColor(canvas, cv2.COLOR_RGBA2RGB)
    # Small features would be smeared away: where much is missing, some of the drawing shows.
    paint = blend(paint, picture, ramp(plate.inside, 0.4, 0.8) * np.float32(0.22))
    return blend(multiply(paint, light), (255.0, 250.0, 238.0), np.clip(ridge - 0.1, 0, 0.4) * 0.5)
