"""Trees and leaves: firs of several tiers, broad trees, great leaves with veins, fronds, ferns and fallen leaves."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from ..brush import Colour, mix
from ..terrain import Terrain
from .growth import LEAVES, scatter


@lru_cache(maxsize=2)
def fir_outlines(light: int) -> tuple[list[npt.NDArray[Any]], ...]:
    """Return the tiers of a fir of height 1, foot at zero, lowest first: their outlines, lit parts and snow."""
    rng = np.random.default_rng(31)
    tiers, lit, snow = [], [], []
    count = 7
    for n in range(count):
        low, high = -0.08 - 0.9 * n / count, min(-0.08 - 0.9 * (n + 2.1) / count, -0.3)
        high = max(high, -1.0)
        r = 0.27 * (1 - n / count) ** 0.9 + 0.018
        spots = np.linspace(-1, 1, 9)
        hem = [
            (
                float(a) * r,
                low + 0.05 * a * a * (1 - 0.5 * n / count) + float(rng.uniform(0.0, 0.02)) + (0.03 if k % 2 else 0.0),
            )
            for k, a in enumerate(spots)
        ]
        hem = [(x, y - 0.02) for x, y in hem]
        tiers.append(np.array([*hem, (0.0, high)]))
        side = [(x, y) for x, y in hem if -x * light >= -0.02 * r]
        side.sort(key=lambda q: abs(q[0]))
        lit.append(
            np.array(
                [
                    (-0.05 * light * r, (low + high) / 2 + 0.02),
                    *((x * 0.94, y - 0.014) for x, y in side),
                    (0.0, high + 0.015),
                ]
            )
        )
        cap = [(x * 0.92, y - 0.012 - (0.035 if k % 2 == 0 else 0.008)) for k, (x, y) in enumerate(hem)]
        crest = [(-0.9 * r * 0.8, low + 0.0), (0.0, high + 0.0), (0.9 * r * 0.8, low + 0.0)]
        snow.append(np.array([*cap[::-1], *[(x * 0.72, y - 0.03) for x, y in crest]]))
    return tiers, lit, snow


def draw_pines(
    land: Terrain, pines: list[tuple[float, float, float]], green: Colour, air: float = 0.0, snow: float = 0.0
) -> None:
    """Draw firs, each by the x and y of its foot and its height, the light's side brighter, with snow if wanted."""
    tiers, lit, caps = fir_outlines(land.light)
    stem = np.array([(-0.022, 0.0), (-0.022, -0.3), (0.022, -0.3), (0.022, 0.0)])
    wide = np.array([1.0 / land.across * land.down, 1.0])
    dark, dim = land.haze(mix(green, (0, 8, 24), 0.3), air), land.haze(green, air)
    bright = land.haze(mix(green, (186, 206, 104), 0.34), air)
    white, shadow = land.haze((248, 251, 255), air), land.haze((178, 200, 234), air)
    for x, y, size in pines:
        grow = size * wide
        land.brush.fill(land.haze((62, 44, 38), air), stem * grow + (x, y), glow=True)
        for n, tier in enumerate(tiers):
            if size < 0.1 and n % 2:
                continue
            land.brush.fill(dark if n % 2 else dim, tier * grow + (x, y), glow=True)
            land.brush.fill(bright, lit[n] * grow + (x, y), glow=True)
            if snow and n % 2 == 0:
                land.brush.fill(shadow, caps[n] * grow + (x, y), glow=True)
                land.brush.fill(
                    white,
                    caps[n] * (0.78, 1.0) * grow + (x - 0.02 * land.light * size * wide[0], y - 0.008 * size),
                    glow=True,
                )


def draw_trees(land: Terrain, trees: list[tuple[float, float, float]], air: float) -> None:
    """Draw single broad trees by the x and y of their foot and their height: trunk, boughs and lumps of leaves."""
    stops = LEAVES[land.season]
    scale = np.array([1.0 / land.across, 1.0 / land.down])
    for x, y, size in trees:
        bark = land.haze((76, 54, 46), air)
        foot = np.array([x, y])
        boughs = [[(0, 0), (0.01, -0.45), (lean, -0.8)] for lean in (-0.3, -0.1, 0.12, 0.32)]
        land.brush.lines(bark, [foot + np.array(b) * size * scale for b in boughs], 0.06 * size, glow=True)
        if land.season == "winter":
            twigs = [
                [(side * 0.6, -0.55), (side * 1.3, -0.8 - 0.1 * n)]
                for n, side in enumerate((-0.36, 0.36, -0.2, 0.22, 0.05))
            ]
            land.brush.lines(bark, [foot + np.array(t) * size * scale for t in twigs], 0.03 * size, glow=True)
            continue
        lumps = np.clip(land.rng.normal(0.0, 0.8, (30, 2)), -1.25, 1.25) * (0.2, 0.15) + (0, -0.74)
        for n, (dx, dy) in enumerate(sorted(lumps.tolist(), key=lambda p: -p[1])):
            light = 0.5 + (-dx * land.light * 1.3 - (dy + 0.74) * 1.9) * 0.5
            tone = stops[0] if light < 0.33 else stops[1] if light < 0.52 else stops[2] if light < 0.74 else stops[3]
            r = size * (0.15 - 0.002 * n)
            land.brush.oval(
                land.haze(tone, air),
                tuple(foot + np.array((dx, dy)) * size * scale),
                (r / land.across, r * 0.86 / land.down),
                glow=True,
            )


def draw_leaf(
    land: Terrain, root: Any, turn: float, length: float, wide: float, colour: Colour, veins: int, air: float = 0.0
) -> None:
    """Draw one arching leaf from its root: a lit half, a shaded half, a rib and veins; sizes by the shorter side."""
    steps = np.linspace(0.0, 1.0, 9)
    arch = turn + (steps - 0.3) * 0.7 * (1 if np.cos(turn) > 0 else -1)
    pace = np.stack([np.cos(arch), np.sin(arch)], axis=1) * (length / 8)
    spine = np.concatenate([np.zeros((1, 2)), np.cumsum(pace[:-1], axis=0)])
    swell = np.sin(np.pi * steps**0.72) * length * wide
    out = np.stack([-np.sin(arch), np.cos(arch)], axis=1) * swell[:, None]
    scale = np.array([1.0 / land.across, 1.0 / land.down])
    base = np.asarray(root, np.float64)
    rib, one, two = (base + part * scale for part in (spine, spine + out, spine - out))
    bright, dull = mix(colour, (226, 240, 150), 0.24), mix(colour, (4, 26, 30), 0.3)
    upper_first = float(out[4] @ (-0.6 * land.light, -1.0)) > 0
    land.brush.fill(land.haze(bright if upper_first else dull, air), np.concatenate([rib, one[::-1]]), glow=True)
    land.brush.fill(land.haze(dull if upper_first else bright, air), np.concatenate([rib, two[::-1]]), glow=True)
    if veins:
        pale = land.haze(mix(colour, (230, 244, 170), 0.42), air)
        land.brush.lines(pale, [rib], 0.0035, glow=True)
        marks = [[rib[n], (side[n + 1] * 0.85 + rib[n + 1] * 0.15)] for n in range(1, 7) for side in (one, two)]
        land.brush.lines(pale, marks, 0.0014, glow=True)


def draw_frond(land: Terrain, root: Any, turn: float, length: float, colour: Colour, air: float) -> None:
    """Draw one frond of a palm: a falling rib with narrow leaflets on both sides."""
    steps = np.linspace(0.0, 1.0, 10)
    run, rise = np.cos(turn) * length, np.sin(turn) * length
    spine = np.stack([run * steps, rise * steps + 0.75 * length * steps**2], axis=1)
    scale = np.array([1.0 / land.across, 1.0 / land.down])
    base = np.asarray(root, np.float64)
    tips = []
    for n in range(1, 10):
        along = spine[n] - spine[n - 1]
        along /= max(float(np.hypot(*along)), 1e-6)
        reach = length * 0.3 * np.sin(np.pi * min(steps[n] * 0.86 + 0.12, 1.0))
        for way in (-1, 1):
            out = np.array([-along[1], along[0]]) * way * 0.7 + along * 0.6 + (0.0, 0.25)
            tips.append(base + np.array([spine[n - 1], spine[n - 1] + out * reach, spine[n]]) * scale)
    land.brush.fill(land.haze(colour, air), *tips, glow=True)


def draw_ferns(land: Terrain, count: int, low: float, high: float, size: float) -> None:
    """Draw ferns or, in winter, tufts with snow: five fronds each."""
    stops = LEAVES[land.season if land.season != "spring" else "summer"]
    for x, y, s in scatter(land, count, low, high):
        near = (y - land.horizon) / (1 - land.horizon)
        for index, turn in enumerate((-2.7, -0.44, -2.2, -0.95, -1.55)):
            colour = mix(stops[1], stops[2], 0.2 * index)
            draw_frond(land, (x, y), turn + 0.2 * (s - 0.5), size * (0.35 + 0.65 * near) * (0.7 + 0.5 * s), colour, 0.0)


def draw_litter(land: Terrain, count: int) -> None:
    """Scatter fallen and falling leaves of autumn."""
    colours = LEAVES["autumn"]
    for index, (x, y, s) in enumerate(land.rng.random((count, 3))):
        falling = index % 3 == 0
        spot = (x, 0.1 + 0.8 * y if falling else land.horizon + (1 - land.horizon) * (0.3 + 0.7 * y))
        draw_leaf(land, spot, s * 6.28, 0.012 + 0.016 * y, 0.34, mix(colours[1 + index % 3], colours[2], s * 0.5), 0)
