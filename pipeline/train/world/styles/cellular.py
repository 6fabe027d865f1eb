"""Styles made of pieces: stained glass, low poly, mosaic and pixel art."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import cv2
import numpy as np

from ..brush import Image
from .plate import Plate, blend, flow, ramp, saturated, soft
from .regions import few_colours, nearest, parts
from .texture import VARIANTS, Field, cells, fibres, grid

TESSERAE: Final = 30.0  # of a mosaic along the shorter side: enough to show at 64 px
BAYER: Final = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) / 16


@lru_cache(maxsize=16)
def panes(number: int, rows: int, columns: int) -> Field:
    """Return for each pixel of a small grid the number of its pane, of a few dozen irregular ones."""
    rng = np.random.default_rng([number, 23])
    down, across = cells((rows, columns), 6.0)
    corners = np.stack(np.meshgrid(np.arange(across), np.arange(down)), axis=-1).reshape(-1, 2)
    spots = (corners + 0.5 + rng.uniform(-0.4, 0.4, corners.shape)) / (across, down) * (columns, rows)
    x, y = grid(rows, columns)
    away = (x[..., None] - spots[:, 0]) ** 2 + (y[..., None] - spots[:, 1]) ** 2
    return np.argmin(away, axis=2).astype(np.int32)


def seams(labels: Field) -> Image:
    """Return where (255) neighbouring numbers differ."""
    mark = np.zeros(labels.shape, np.uint8)
    mark[1:] |= (labels[1:] != labels[:-1]).astype(np.uint8)
    mark[:, 1:] |= (labels[:, 1:] != labels[:, :-1]).astype(np.uint8)
    return mark * 255


def paint_glass(plate: Plate, rng: np.random.Generator) -> Image:
    """Set the picture into leaded panes cut along its own contours, each of one glowing colour.

    Finer contours of the scene are painted on the panes, as glaziers do: by panes alone no sea is told from a desert.
    """
    height, width = plate.cover.shape
    unit = plate.unit
    number = int(rng.integers(VARIANTS))
    rich = saturated(plate.picture, 1.6, 12.0)
    small, _ = parts(saturated(plate.clear, 1.6, 12.0), plate.cover, 4, 128.0)
    small = np.where(small < 4, cv2.medianBlur(small, 9), small)  # crumbs of background would be all lead
    rows, columns = small.shape
    owner = panes(number, rows, columns) * 16 + small
    inside = cv2.resize(plate.cover, (columns, rows), interpolation=cv2.INTER_AREA) > 127
    owner[inside] = small[inside]  # the subject is not cut by the panes behind it
    _, owner = np.unique(owner, return_inverse=True)
    owner = owner.reshape(rows, columns)
    tiny = cv2.resize(rich, (columns, rows), interpolation=cv2.INTER_AREA).reshape(-1, 3).astype(np.float64)
    count = np.maximum(np.bincount(owner.ravel()), 1)
    colours = np.stack([np.bincount(owner.ravel(), tiny[:, channel]) / count for channel in range(3)], axis=1)
    colours = colours * np.random.default_rng([number, 5]).uniform(0.84, 1.16, (len(colours), 1))
    pane = cv2.resize(colours.astype(np.float32)[owner], (width, height), interpolation=cv2.INTER_NEAREST)
    seam = cv2.resize(soft(seams(owner), 0.9), (width, height), interpolation=cv2.INTER_CUBIC)
    subject, rest = plate.lines(0.0045, 1.9)
    lead = np.maximum(ramp(seam.astype(np.float32), 72.0, 100.0), ramp(subject, 0.32, 0.6))
    glass = blend(np.clip(pane, 0, 255).astype(np.uint8), rich, 0.4 + 0.25 * plate.inside)
    glass = blend(glass, (40.0, 26.0, 20.0), 0.75 * ramp(rest, 0.15, 0.6))
    away = cv2.distanceTransform((lead < 0.5).astype(np.uint8), cv2.DIST_L2, 3) * np.float32(1 / unit)
    streak = fibres(number, height, width, 64.0, 0.2, 0.012)
    glow = 0.72 + 0.34 * np.minimum(away * 22, 1) + 0.2 * (streak - 0.5)
    value = np.clip(glass * glow[..., None], 0, 255).astype(np.uint8)
    value = cv2.addWeighted(value, 0.94, soft(value, 0.03 * unit), 0.2, 0)
    return blend(value, (16.0, 14.0, 18.0), lead)


@lru_cache(maxsize=8)
def scattered(number: int, down: int, across: int) -> Field:
    """Return points (x, y in 0..1) spread loosely over a picture, in `down` by `across` cells."""
    rng = np.random.default_rng([number, 29])
    corners = np.stack(np.meshgrid(np.arange(across), np.arange(down)), axis=-1).reshape(-1, 2)
    return ((corners + 0.5 + rng.uniform(-0.46, 0.46, corners.shape)) / (across, down)).astype(np.float32)


def corners_of(plate: Plate, number: int) -> Field:
    """Return the corners (x, y in 0..1) of the facets: a loose net, more on contours, most on the subject's."""
    rows, columns = cells(plate.cover.shape, 160.0)
    small = cv2.GaussianBlur(cv2.resize(plate.picture, (columns, rows), interpolation=cv2.INTER_AREA), (0, 0), 1.0)
    shape = cv2.resize(plate.cover, (columns, rows), interpolation=cv2.INTER_AREA)
    steep = (np.abs(cv2.Sobel(small, cv2.CV_32F, 1, 0)) + np.abs(cv2.Sobel(small, cv2.CV_32F, 0, 1))).max(axis=2)
    rim = np.abs(cv2.Sobel(shape, cv2.CV_32F, 1, 0)) + np.abs(cv2.Sobel(shape, cv2.CV_32F, 0, 1))
    inside = cv2.dilate(shape, np.ones((5, 5), np.uint8)) > 60
    score = np.minimum(steep, 220) * np.where(inside, 1.6, 0.9) + np.minimum(rim, 500)
    score *= 1 + 0.2 * np.random.default_rng([number, 3]).random(score.shape)
    points = [scattered(number, *cells(plate.cover.shape, 9.0))]
    for reach, least, mask in ((2, 70.0, inside), (5, 50.0, ~inside)):
        peak = (score >= cv2.dilate(score, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))) & (score > least) & mask
        found = np.argwhere(peak)[:900, ::-1]
        points.append(((found + 0.5) / (columns, rows)).astype(np.float32))
    ring = np.linspace(0, 1, 9, dtype=np.float32)
    for side in (0.0, 1.0):
        points += [np.stack([ring, np.full_like(ring, side)], 1), np.stack([np.full_like(ring, side), ring], 1)]
    return np.concatenate(points)


def paint_facets(plate: Plate, rng: np.random.Generator) -> Image:
    """Fold the picture into flat triangles, small ones on the subject, each turned to the light in its own way."""
    height, width = plate.cover.shape
    number = int(rng.integers(VARIANTS))
    corners = np.clip(corners_of(plate, number), 0, 1) * (1000, 1000)
    net = cv2.Subdiv2D((-2, -2, 1004, 1004))
    net.insert(corners.astype(np.float32).tolist())
    triangles = np.array(net.getTriangleList(), np.float32).reshape(-1, 3, 2) / 1000
    triangles = triangles[((triangles > -0.01) & (triangles < 1.01)).all(axis=(1, 2))]
    triangles = triangles[np.lexsort((triangles[:, 0, 0], triangles[:, 0, 1]))]
    picture = soft(saturated(plate.picture, 1.25), 0.004 * plate.unit)
    shares = np.array([[1, 1, 1], [3, 1, 1], [1, 3, 1], [1, 1, 3]], np.float32)
    shares /= shares.sum(axis=1, keepdims=True)
    spots = np.einsum("sk,tkc->tsc", shares, triangles) * (width - 1, height - 1)
    column, row = np.clip(np.rint(spots).astype(np.int32), 0, (width - 1, height - 1)).transpose(2, 0, 1)
    colour = np.median(picture[row, column].astype(np.float32), axis=1)
    # The slope of a facet is made up from its shape, so that neighbours differ as folded paper does.
    turn = np.arctan2(*(triangles[:, 1] - triangles[:, 0]).T) * 2 + np.arctan2(*(triangles[:, 2] - triangles[:, 0]).T)
    first, second = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    area = np.abs(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0])
    light = 1 + np.sin(turn) * (0.07 + 0.06 * np.minimum(area * 300, 1))
    paint = np.clip(colour * light[:, None] + (light[:, None] - 1) * 40, 0, 255).tolist()
    places = np.rint((triangles * (width, height) - 0.5) * 16).astype(np.int32)
    canvas = picture.copy()
    for spot, tube in zip(places, paint, strict=True):
        cv2.fillConvexPoly(canvas, spot, tube, cv2.LINE_8, 4)
    if plate.unit >= 400:
        for spot, tube in zip(places, paint, strict=True):
            cv2.fillConvexPoly(canvas, spot, tube, cv2.LINE_AA, 4)
    return canvas


def settle(plate: Plate, number: int) -> tuple[Field, Field, Field, float]:
    """Return middles (x, y in 0..1 of the sides) and directions of tesserae, and the side of a tessera.

    Starting from a loose grid, each moves to the middle of what is nearest to it, measured along the direction of
    form; pixels on the subject's contour belong to none, which drives tesserae to either side of it.
    """
    rows, columns = cells(plate.cover.shape, 144.0)
    down, across = cells(plate.cover.shape, TESSERAE)
    spots = scattered(number, down, across) * (columns, rows) - 0.5
    cos, sin = flow(plate, np.zeros((8, 8), np.float32), 144.0)
    cos, sin = cos[:rows, :columns], sin[:rows, :columns]
    small = cv2.resize(plate.cover, (columns, rows), interpolation=cv2.INTER_AREA)
    free = (cv2.morphologyEx(small, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) < 150).ravel().astype(np.float64)
    x, y = grid(rows, columns)
    index = np.arange(len(spots))
    for _ in range(3):
        column = np.clip(spots[:, 0].round().astype(np.int32), 0, columns - 1)
        row = np.clip(spots[:, 1].round().astype(np.int32), 0, rows - 1)
        value = np.stack([spots[:, 0], spots[:, 1], cos[row, column], sin[row, column], index], axis=1)
        value = np.pad(value.reshape(down, across, 5).astype(np.float32), ((1, 1), (1, 1), (0, 0)), mode="edge")
        best = np.full((rows, columns), 1e9, np.float32)
        owner = np.zeros((rows, columns), np.float32)
        for step_y, step_x in np.ndindex(3, 3):
            near = np.ascontiguousarray(value[step_y : step_y + down, step_x : step_x + across])
            at_x, at_y, c, s, who = cv2.split(cv2.resize(near, (columns, rows), interpolation=cv2.INTER_NEAREST))
            away_x, away_y = x - at_x, y - at_y
            away = np.maximum(np.abs(away_x * c + away_y * s), np.abs(away_y * c - away_x * s))
            owner = np.where(away < best, who, owner)
            best = np.minimum(best, away)
        flat = owner.ravel().astype(np.int32)
        weight = np.bincount(flat, free, len(spots))
        moved = [np.bincount(flat, free * part.ravel(), len(spots)) / np.maximum(weight, 1e-6) for part in (x, y)]
        spots = np.where(weight[:, None] > 0.5, np.stack(moved, axis=1), spots).astype(np.float32)
    column = np.clip(spots[:, 0].round().astype(np.int32), 0, columns - 1)
    row = np.clip(spots[:, 1].round().astype(np.int32), 0, rows - 1)
    return (spots + 0.5) / (columns, rows), cos[row, column], sin[row, column], 1 / TESSERAE


def paint_mosaic(plate: Plate, rng: np.random.Generator) -> Image:
    """Lay small tesserae along the contours into pale grout, each of one colour and a little tilted to the light."""
    height, width = plate.cover.shape
    number = int(rng.integers(VARIANTS))
    middles, cos, sin, side = settle(plate, number)
    picture = soft(saturated(plate.picture, 1.4), 0.006 * plate.unit)
    x, y = middles[:, 0] * width - 0.5, middles[:, 1] * height - 0.5
    column, row = np.clip(x.round().astype(int), 0, width - 1), np.clip(y.round().astype(int), 0, height - 1)
    chance = np.random.default_rng([number, 43]).random((len(x), 3))
    vary = 1 + (chance[:, :1] - 0.5) * 0.26
    paint = np.clip(picture[row, column] * vary + (chance[:, 1:2] - 0.5) * (14, 0, -14), 0, 255)
    half = side * plate.unit * 0.5 * (0.94 - 0.08 * chance[:, 2])
    a, b = np.stack([cos * half, sin * half], 1), np.stack([-sin * half, cos * half], 1)
    centre = np.stack([x, y], 1)
    tiles = np.stack([centre - a - b, centre + a - b, centre + a + b, centre - a + b], axis=1)
    places = np.ascontiguousarray(np.rint(tiles * 16).astype(np.int32))
    grout = soft(picture, 0.05 * plate.unit)
    canvas = blend(grout, (40.0, 38.0, 38.0), 0.75)
    for spot, tube in zip(places, paint.tolist(), strict=True):
        cv2.fillConvexPoly(canvas, spot, tube, cv2.LINE_AA, 4)
    if plate.unit >= 400:
        ridges = np.ascontiguousarray(
            np.rint((tiles[:, [3, 0, 1]] - (tiles[:, [3, 0, 1]] - centre[:, None]) * 0.1) * 16).astype(np.int32)
        )
        thick = max(1, round(plate.unit * 0.002))
        for spot, tube in zip(ridges, np.minimum(paint * 1.14 + 16, 255).tolist(), strict=True):
            cv2.polylines(canvas, [spot], False, tube, thick, cv2.LINE_AA, 4)
    return canvas


def paint_pixels(plate: Plate, rng: np.random.Generator) -> Image:
    """Reduce the picture to few square cells in sixteen colours, dithered in a pattern, with a dark outline."""
    height, width = plate.cover.shape
    count = int(rng.choice([32, 40]))
    across, down = round(count * width / plate.unit), round(count * height / plate.unit)
    small = cv2.resize(saturated(plate.picture, 1.4), (across, down), interpolation=cv2.INTER_AREA)
    cover = cv2.resize(plate.cover, (across, down), interpolation=cv2.INTER_AREA)
    solid = (cover > 110).astype(np.uint8)
    # Subject and background get their colours apart, or small bright features of the subject would be lost.
    colours = np.concatenate(
        [few_colours(small[part][:, None], 9) for part in (solid == 0, solid > 0) if part.sum() > 30]
    )
    pattern = np.tile(BAYER, (down // 4 + 1, across // 4 + 1))[:down, :across, None] - 0.47
    amount = np.where(solid[..., None] > 0, 10.0, 30.0)
    dithered = np.clip(small + pattern * amount, 0, 255)
    few = colours[nearest(dithered, colours)]
    outline = cv2.dilate(solid, cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))) - solid
    ink = np.array(plate.palette.ink, np.float32)
    few = np.where(outline[..., None] > 0, ink + (few - ink) * 0.25, few)
    return cv2.resize(np.clip(few, 0, 255).astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
