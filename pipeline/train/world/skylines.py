"""The grounds that rise above the horizon: ranges of mountains, a city's houses, and rows of pines.

They keep low near the subject, so that nothing crowds it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np

from .brush import Colour, mix
from .terrain import Terrain

LIT: Final = (255.0, 226.0, 120.0)


def paint_mountains(land: Terrain) -> None:
    """Paint two jagged ranges with lit and shaded faces and caps of snow, above stony ground."""
    rock, dark, cap = (140.0, 136.0, 148.0), (48.0, 48.0, 72.0), (250.0, 252.0, 255.0)
    for depth, count in ((0, 6), (1, 5)):
        xs = (np.arange(count) + land.rng.uniform(0.2, 0.8, count)) / count
        order = land.rng.permutation(count)
        for x in xs[order]:
            clear = min(abs(x - land.middle) / 0.4, 1.0)
            top = land.horizon - (0.22 + 0.28 * clear) * land.rng.uniform(0.8, 1.1) * (1.0 - 0.42 * depth)
            draw_peak(
                land,
                float(x),
                float(top),
                land.haze(rock, 0.45 - 0.4 * depth),
                land.haze(dark, 0.34 - 0.34 * depth),
                cap,
            )
    land.plain((120, 128, 104), (74, 84, 70))
    for index, y in enumerate(land.rows(3)):
        line = y + 0.03 + land.swell((2.0, 5.0, 11.0), 0.014)
        land.land(line, mix((122.0, 128.0, 104.0), (70.0, 78.0, 70.0), index / 2))
    for x, y, size in land.rng.random((14, 3)):
        y = land.horizon + 0.08 + (0.9 - land.horizon) * y
        radius = 0.012 + 0.018 * size * (y - land.horizon + 0.4)
        land.brush.oval(dark, (x, y + radius * 0.3), (radius * 1.2, radius * 0.8))
        land.brush.oval((164, 162, 164), (x, y), (radius, radius * 0.65))


def draw_peak(land: Terrain, x: float, top: float, lit: Colour, dark: Colour, cap: Colour) -> None:
    """Draw one mountain with a ridge, two faces and a ragged cap of snow."""
    foot = land.horizon + 0.03
    height = foot - top
    half, lean = height * 0.72, land.rng.uniform(-0.06, 0.06)
    faces = (lit, dark) if land.light > 0 else (dark, lit)
    ridge = [(x, top), (x + 0.04 * height + lean, top + 0.4 * height), (x + lean, foot)]
    for way, face in zip((-1, 1), faces, strict=True):
        side = [
            (x + way * half, foot),
            (x + way * half * 0.55, top + 0.5 * height),
            (x + way * half * 0.3, top + 0.33 * height),
        ]
        land.brush.fill(face, [*ridge, *side], glow=True)
        snow = mix(land.palette.ground(cap), face, 0.12 if face is lit else 0.45)
        teeth = [(0.3, 0.36), (0.22, 0.28), (0.15, 0.42), (0.08, 0.3)]
        edge = [(x + way * half * a * 0.95, top + b * height) for a, b in teeth]
        land.brush.fill(snow, [(x, top), *edge, (x + 0.03 * height + lean * 0.7, top + 0.34 * height)], glow=True)


def paint_city(land: Terrain) -> None:
    """Paint two rows of houses with lit windows and a street leading to them."""
    for depth, (count, colour) in enumerate(((11, (122.0, 132.0, 156.0)), (9, (66.0, 72.0, 98.0)))):
        edges = np.linspace(-0.03, 1.03, count + 1)
        for left, right in pairwise(edges):
            clear = min(abs((left + right) / 2 - land.middle) / 0.38, 1.0)
            height = (0.13 + 0.36 * clear**1.3) * land.rng.uniform(0.65, 1.1) * (1.0 - 0.25 * depth)
            draw_building(
                land, left + 0.004, right - 0.002 * depth, height, land.haze(colour, 0.42 - 0.36 * depth), depth
            )
    land.plain((112, 112, 120), (82, 82, 92))
    top, centre = land.horizon, 0.5
    land.brush.fill(
        (52, 54, 64), [(centre - 0.06, top), (centre + 0.06, top), (centre + 0.62, 1.02), (centre - 0.62, 1.02)]
    )
    for way in (-1, 1):
        land.brush.lines((206, 206, 206), [[(centre + way * 0.06, top), (centre + way * 0.62, 1.02)]], 0.012)
    for start in (0.05, 0.28, 0.6):
        a, b = top + (1 - top) * start, top + (1 - top) * (start * 1.25 + 0.12)
        wide = [0.004 + 0.03 * (y - top) for y in (a, b)]
        dash = [(centre - wide[0], a), (centre + wide[0], a), (centre + wide[1], b), (centre - wide[1], b)]
        land.brush.fill((250, 226, 120), dash)


def draw_building(land: Terrain, left: float, right: float, height: float, colour: Colour, depth: int) -> None:
    """Draw one house block and the windows that are lit in it."""
    foot, top = land.horizon + 0.01, land.horizon - height
    land.brush.fill(colour, [(left, foot), (right, foot), (right, top), (left, top)], glow=True)
    edge = right - (right - left) * 0.18 if land.light > 0 else left + (right - left) * 0.18
    wall = right if land.light > 0 else left
    land.brush.fill(
        mix(colour, land.palette.ink, 0.3), [(edge, foot), (wall, foot), (wall, top), (edge, top)], glow=True
    )
    lit = mix(LIT, land.palette.tone(0.9), 0.35)
    dim = mix(colour, land.palette.ink, 0.35)
    for y in np.arange(top + 0.022, foot - 0.03, 0.044):
        for x in np.linspace(left, right, 5)[1:4]:
            pane = [(x - 0.0085, y), (x + 0.0085, y), (x + 0.0085, y + 0.021), (x - 0.0085, y + 0.021)]
            land.brush.fill(lit if land.rng.random() < 0.3 + 0.3 * depth else dim, pane, glow=True)


def draw_pines(
    land: Terrain, pines: list[tuple[float, float, float]], green: Colour, snow: Colour | None = None
) -> None:
    """Draw firs of three tiers, each given by the x and y of its foot and its height, with snow if wanted."""
    outline = (
        (0.05, 0.0),
        (0.05, -0.12),
        (0.3, -0.12),
        (0.14, -0.42),
        (0.23, -0.42),
        (0.1, -0.7),
        (0.16, -0.7),
        (0.0, -1.0),
    )
    ring = np.array([*outline, *((-x, y) for x, y in reversed(outline[:-1]))])
    land.brush.fill(green, *(ring * size + (x, y) for x, y, size in pines))
    tips = [ring[3:12] * (0.6, 0.42) * size + (x, y - 0.58 * size) for x, y, size in pines]
    land.brush.fill(snow or mix(green, (190, 220, 130), 0.3), *tips)


def paint_forest(land: Terrain) -> None:
    """Paint three rows of pines, the farthest pale, the nearest framing the picture, over a mossy floor."""
    for depth, (count, height) in enumerate(((14, 0.27), (9, 0.42))):
        xs = (np.arange(count) + land.rng.uniform(0.1, 0.9, count)) / count
        clear = np.minimum(np.abs(xs - land.middle) / 0.38, 1.0)
        sizes = height * (0.55 + 0.7 * clear) * land.rng.uniform(0.85, 1.15, count)
        foot = land.horizon + 0.02 + 0.03 * depth
        green = mix(land.palette.ground((22.0, 74.0, 46.0)), land.palette.sky[2], 0.4 - 0.38 * depth)
        tint, land.brush.tint = land.brush.tint, lambda colour: colour
        draw_pines(land, [(float(x), foot, float(s)) for x, s in zip(xs, sizes, strict=True)], green)
        land.brush.tint = tint
        if not depth:
            land.plain((92, 124, 70), (44, 72, 40))
    for index, y in enumerate(land.rows(3) + 0.05):
        land.land(y + land.swell((1.2, 4.0), 0.012), mix((88.0, 118.0, 62.0), (42.0, 70.0, 40.0), index / 2))
    frame = [(x, land.rng.uniform(0.88, 0.98), land.rng.uniform(0.5, 0.68)) for x in (0.0, 0.1, 0.9, 1.0)]
    near = [(x + land.rng.uniform(-0.05, 0.05), y, s) for x, y, s in frame if abs(x - land.middle) > 0.4]
    draw_pines(land, near, (12.0, 46.0, 30.0))
    ferns = [
        [(x, y), (x + way * 0.025, y - 0.035)]
        for x, y in land.rng.random((22, 2)) * (1, 0.2) + (0, 0.8)
        for way in (-1, 1)
    ]
    land.brush.lines((112, 156, 70), ferns, 0.008)
