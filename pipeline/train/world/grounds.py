"""The grounds of the painted world, from the horizon to the lower edge, each with its own shapes and texture.

Those that rise above the horizon are in `skylines`; `PAINTERS` has them all by name.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final

import cv2
import numpy as np

from .brush import Brush, Colour, blend, luminance, mix
from .skies import field
from .skylines import draw_pines, paint_city, paint_forest, paint_mountains
from .terrain import COLUMNS, Terrain


def paint_sea(land: Terrain) -> None:
    """Paint rows of cusped waves, larger towards the viewer, with foam on their crests."""
    far, near, foam = (112.0, 168.0, 200.0), (16.0, 74.0, 124.0), (232.0, 244.0, 250.0)
    land.plain(far, near)
    rows = land.rows(8, 1.35) + 0.012
    for index, y in enumerate(rows):
        depth = index / (len(rows) - 1)
        crests, phase = 9.5 - 6.0 * depth, land.rng.random()
        beat = np.abs(np.sin(np.pi * (crests * COLUMNS + phase)))
        profile = y + (0.010 + 0.042 * depth) * (beat - 0.4) + land.swell((1.5,), 0.004 + 0.008 * depth)
        water = mix(mix(far, near, depth), (8, 44, 92) if index % 2 else (86, 158, 196), 0.34)
        line = land.land(profile, water)
        if index:
            land.brush.lines(mix(water, foam, 0.3 + 0.55 * depth), [line], 0.006 + 0.008 * depth)


def paint_desert(land: Terrain) -> None:
    """Paint dunes with a lit and a shaded flank and wind ripples in front."""
    sand, shade = (244.0, 204.0, 128.0), (140.0, 82.0, 48.0)
    land.plain((240, 208, 146), (220, 168, 92))
    for index, y in enumerate((land.horizon, *land.rows(4)[1:])):
        depth = index / 3
        height = 0.07 + 0.04 * depth
        peak = land.rng.uniform(0.1, 0.9)
        away = np.abs(COLUMNS - peak)
        profile = y + 0.02 - height * np.exp(-((away / 0.3) ** 1.3)) + land.swell((1.0,), 0.012)
        face = land.palette.ground(mix(sand, (206, 150, 84), depth * 0.5))
        land.land(profile, mix(face, land.palette.sky[2], 0.35 * (1 - depth)), glow=True)
        tip = float(np.interp(peak, COLUMNS, profile))
        side = [(x, float(v)) for x, v in zip(COLUMNS, profile, strict=True) if 0 < (x - peak) * land.light < 0.5]
        side.sort(key=lambda spot: abs(spot[0] - peak))
        curl = [(peak + land.light * w, tip + v) for w, v in ((0.3, 0.2), (0.13, 0.15), (0.04, 0.08))]
        land.brush.fill(mix(shade, sand, 0.15 + 0.3 * (1 - depth)), [(peak, tip), *side, *curl])
    for y in np.linspace(0.9, 1.0, 4):
        ripple = y + land.swell((5.0, 2.0), 0.006)
        land.brush.lines(mix(shade, sand, 0.3), [np.stack([COLUMNS, ripple], axis=1)], 0.007)


def paint_meadow(land: Terrain) -> None:
    """Paint rolling green hills with blades of grass and scattered flowers."""
    land.plain((150, 200, 110), (58, 130, 44))
    for index, y in enumerate((land.horizon - 0.03, land.horizon + 0.05, land.horizon + 0.16)):
        green = mix((140.0, 196.0, 104.0), (62.0, 140.0, 46.0), index / 2)
        colour = land.haze(green, 0.35 - 0.16 * index)
        land.land(y + land.swell((0.9, 2.1), 0.022), colour, glow=True)
    spots = land.rng.random((84, 3))
    tops = land.horizon + 0.1 + (0.92 - land.horizon) * spots[:, 1] ** 0.8
    for share, colour in enumerate(((40.0, 104.0, 36.0), (130.0, 190.0, 70.0))):
        blades = []
        for (x, _, lean), y in list(zip(spots, tops, strict=True))[share::2]:
            size = 0.02 + 0.09 * max(y - land.horizon, 0)
            blades.append([(x, y), (x + (lean - 0.5) * size, y - size * 1.3)])
        land.brush.lines(colour, blades, 0.009)
    petals = ((250.0, 90.0, 110.0), (255.0, 226.0, 80.0), (252.0, 250.0, 252.0), (180.0, 110.0, 220.0))
    for index, (x, y, _) in enumerate(land.rng.random((26, 3))):
        y = land.horizon + 0.1 + (0.9 - land.horizon) * y
        radius = 0.008 + 0.022 * (y - land.horizon)
        land.brush.oval(
            mix(land.palette.ground(petals[index % 4]), petals[index % 4], 0.4), (x, y), (radius, radius), glow=True
        )


def paint_snow(land: Terrain) -> None:
    """Paint white drifts with blue shadows and a few snow-laden firs at the horizon."""
    white, shadow = (250.0, 252.0, 255.0), (170.0, 194.0, 226.0)
    land.plain((226, 236, 248), (250, 252, 255))
    for x in (*land.rng.uniform(-0.02, 0.22, 2), *land.rng.uniform(0.78, 1.02, 2)):
        size, foot = land.rng.uniform(0.09, 0.15), land.horizon + 0.03
        draw_pines(land, [(x, foot, size)], (70.0, 104.0, 104.0), white)
    for index, y in enumerate(land.rows(4, 1.2) + 0.01):
        profile = y + land.swell((0.8, 1.7), 0.022 + 0.01 * index)
        land.land(profile, mix((255.0, 255.0, 255.0), shadow, 0.1))
        for step, share in enumerate((0.25, 0.5, 0.75)):
            profile = profile + 0.02 + 0.006 * index + land.swell((1.4,), 0.008)
            land.land(profile, mix(white, shadow, share * (1.15 - 0.1 * step)))
    for x, y, size in land.rng.random((16, 3)):
        radius = 0.004 + 0.004 * size
        land.brush.oval((255, 255, 255), (x, land.horizon + (1 - land.horizon) * y), (radius, radius), glow=True)


def paint_lava(land: Terrain) -> None:
    """Paint dark plates of rock between glowing cracks, and a smoking cone far off."""
    far = -1 if land.middle > 0.5 else 1
    x, top = 0.5 + far * land.rng.uniform(0.3, 0.4), land.horizon - land.rng.uniform(0.2, 0.28)
    cone = [(x - 0.3, land.horizon + 0.02), (x - 0.07, top), (x + 0.07, top), (x + 0.3, land.horizon + 0.02)]
    land.brush.fill((74, 58, 62), cone)
    hot, bright = (
        mix(c, land.palette.tone(0.86), 0.72 * land.palette.ground_share) for c in ((255, 92, 12), (255, 220, 96))
    )
    stream = [(x, top), (x + 0.02, top + 0.07), (x - 0.03, top + 0.14), (x + 0.02, land.horizon + 0.02)]
    land.brush.fill(hot, [(x - 0.07, top), (x + 0.07, top), (x + 0.04, top + 0.03), (x - 0.05, top + 0.035)], glow=True)
    land.brush.lines(hot, [stream], 0.025, glow=True)
    land.plain((72, 54, 56), (34, 26, 32))
    canvas = land.brush.layer
    height, width = canvas.shape[:2]
    mottle = field(land.rng, height, width, 1)
    first = round(land.horizon * height)
    canvas[first:] = blend(canvas[first:], (12.0, 9.0, 12.0), np.ascontiguousarray(mottle[first:]) * 0.6)
    crack_ground(land, hot, bright)


def crack_ground(land: Terrain, hot: Colour, bright: Colour) -> None:
    """Draw the net of cracks in perspective and its glow."""
    canvas = land.brush.layer
    mask = np.zeros_like(canvas)
    rows = land.horizon + (1.03 - land.horizon) * np.linspace(0, 1, 6) ** 1.6
    knots = []
    for index, y in enumerate(rows):
        count = 9 - index
        xs = (np.arange(count + 1) + land.rng.uniform(-0.3, 0.3, count + 1)) / count
        knots.append(np.stack([xs, y + land.rng.uniform(-0.3, 0.3, count + 1) * (0.012 + 0.09 * index / 5)], axis=1))
    paths = [list(row) for row in knots[1:]]
    for upper, lower in pairwise(knots):
        for spot in upper:
            paths.append([spot, lower[np.argmin(np.abs(lower[:, 0] - spot[0]))]])
    wide = Brush(mask, lambda colour: colour)
    wide.lines(hot, paths, 0.02)
    glow = cv2.GaussianBlur(mask, (0, 0), 0.03 * wide.unit)
    cv2.add(canvas, cv2.convertScaleAbs(glow, alpha=0.9 if luminance(hot) < 170 else 0.6), canvas)
    land.brush.lines(hot, paths, 0.02, glow=True)
    land.brush.lines(bright, paths[:5], 0.008, glow=True)


PAINTERS: Final[dict[str, Callable[[Terrain], None]]] = {
    "sea": paint_sea,
    "desert": paint_desert,
    "meadow": paint_meadow,
    "snow": paint_snow,
    "mountains": paint_mountains,
    "city": paint_city,
    "forest": paint_forest,
    "lava": paint_lava,
}
