"""Green grounds: rolling meadows, woods with tall trunks at the sides, and a jungle of great leaves."""

from __future__ import annotations

import numpy as np

from ..brush import Colour, mix
from ..terrain import Terrain, smooth
from .growth import GRASS, draw_flowers, draw_grass, foliage, grass_of, hills, leaves_of, scatter
from .heights import line_pines
from .trees import draw_ferns, draw_frond, draw_leaf, draw_litter, draw_trees


def paint_meadow(land: Terrain) -> None:
    """Paint blue hills far off, rolling fields with trees and hedges, and grass and flowers in front."""
    blue = ((140, 160, 196), (220, 228, 240)) if land.season == "winter" else ((70, 116, 130), (128, 168, 150))
    hills(
        land,
        land.horizon - 0.045 + land.line((1.1, 2.6), 0.025),
        land.ramp(*blue, haze=0.45),
        land.horizon + 0.06,
        0.08,
    )
    for depth, (drop, size) in enumerate(((-0.012, 0.011), (0.045, 0.017), (0.1, 0.0))):
        air = 0.3 - 0.13 * depth
        rise = land.horizon + drop + land.line((0.9, 2.3), 0.02 + 0.003 * depth)
        if size:
            clumps = smooth(land.line((3.1, 5.3), 1.0), -0.2, 0.7) * (0.2 + 0.8 * land.clear(0.3))
            foliage(
                land,
                rise + 0.012 - size * 3.2 * clumps,
                float(rise.max()) + 0.02,
                leaves_of(land, air - 0.05),
                size,
                rows=2,
            )
        hills(land, rise, grass_of(land, air), land.horizon + 0.2 + 0.1 * depth, 0.16, 0.22)
    draw_trees(
        land, [(x, land.horizon + 0.075, 0.15) for x in (land.rng.uniform(0.0, 0.16), land.rng.uniform(0.84, 1.0))], 0.1
    )
    window = land.window(land.horizon + 0.1)
    near, u, v = land.floor(window)
    rim = land.horizon + 0.13 + land.line((0.8, 1.9), 0.016)
    grain, fine = land.grain(u * 0.5, v * 1.1), land.grain(u * 3.0, v * 4.4)
    shade = 0.86 - 0.5 * near + (grain - 0.5) * 0.5 + (fine - 0.5) * 0.5 + 0.2 * np.exp(-(window.y - rim) / 0.02)
    land.lay(window, land.below(window, rim), shade, grass_of(land, 0.0))
    draw_grass(land, 150, 0.34, 0.75, 0.075)
    draw_flowers(land, 64, 0.36, 0.74, 0.02)
    draw_grass(land, 120, 0.7, 1.08, 0.1)
    draw_flowers(land, 26, 0.74, 1.0, 0.024)
    if land.season == "autumn":
        draw_litter(land, 40)


def paint_forest(land: Terrain) -> None:
    """Paint ridges of firs in mist, broad crowns in the season's colours, a mossy floor, and trunks at both sides."""
    snow = 0.9 if land.season == "winter" else 0.0
    pine = (20, 66, 50)
    ridge = land.horizon - 0.04 - 0.12 * land.clear(0.5) + land.line((1.6, 3.3), 0.018)
    hills(land, ridge, land.ramp((40, 90, 84), (96, 140, 116), haze=0.52), land.horizon + 0.06, 0.1)
    for depth, (count, size, air) in enumerate(((30, 0.17, 0.46), (20, 0.26, 0.28))):
        line_pines(land, count, land.horizon + 0.012 + 0.014 * depth, size, pine, air, snow)
    crowns = land.horizon + 0.01 - (0.02 + 0.15 * land.clear(0.45))
    foliage(land, crowns + land.line((2.0, 5.0), 0.012), land.horizon + 0.05, leaves_of(land, 0.12), 0.03, 0.0, rows=4)
    line_pines(land, 10, land.horizon + 0.045, 0.38, pine, 0.06, snow)
    window = land.window(land.horizon + 0.02)
    near, u, v = land.floor(window)
    rim = land.horizon + 0.04 + land.line((1.1, 3.0), 0.008)
    moss = {"winter": GRASS["winter"], "autumn": ((58, 40, 28), (140, 82, 36), (214, 138, 56))}.get(
        land.season or "", ((24, 52, 28), (66, 110, 46), (146, 176, 84))
    )
    grain, fine = land.grain(u * 0.35, v * 0.9), land.grain(u * 1.8, v * 3.4)
    path = smooth(np.abs(window.x - 0.5 - 0.06 * np.sin(near * 5.0)) - 0.04 - 0.2 * near, 0.03 + 0.07 * near, 0.0)
    shade = 0.66 - 0.42 * near + (grain - 0.5) * 0.8 + (fine - 0.5) * 0.5 + 0.16 * path
    land.lay(window, land.below(window, rim), shade, land.ramp(*moss))
    land.lay(
        window,
        path * 0.55 * land.below(window, rim),
        shade + 0.12,
        land.ramp((70, 52, 36), (146, 116, 78), (214, 190, 140)),
    )
    stand_trunks(land)
    draw_ferns(land, 20, 0.45, 1.02, 0.075)
    if land.season == "autumn":
        draw_litter(land, 70)
    elif land.season != "winter":
        draw_flowers(land, 18, 0.4, 0.98, 0.01 if land.season is None else 0.014)


def stand_trunks(land: Terrain) -> None:
    """Paint great trunks with bark at the sides of the picture, lit on one side, away from the subject."""
    for way in (-1, 1):
        for depth in (0, 1):
            x = 0.5 + way * ((0.36, 0.475)[depth] + land.rng.uniform(-0.03, 0.02))
            wide, foot = (
                (0.022, 0.05)[depth] * land.rng.uniform(0.85, 1.2),
                land.horizon + (0.12, 0.3)[depth] * (1 - land.horizon) / 0.4,
            )
            if abs(x - land.middle) < 0.3:
                continue
            window = land.window(0.0, min(foot + 0.03, 1.0))
            flare = wide * (1.0 + 1.1 * np.exp(-np.maximum(foot - window.y, 0) / 0.035) - 0.25 * (foot - window.y))
            bend = 0.012 * np.sin(window.y * 5.0 + way)
            place = (window.x - x - bend) / flare * land.across
            bark = land.grain(place * 0.16 + way, window.y * 0.55)
            cover = smooth(np.abs(place) + (bark - 0.5) * 0.12, 1.03, 0.95) * smooth(
                window.y - foot - 0.02 * (1 - place**2), 0.004, -0.004
            )
            shade = 0.4 - 0.34 * place * land.light + (bark - 0.5) * 1.1
            land.lay(
                window, cover, shade, land.ramp((30, 22, 24), (86, 62, 50), (168, 128, 92), haze=0.14 - 0.12 * depth)
            )


def paint_jungle(land: Terrain) -> None:
    """Paint walls of leaves in mist, lianas from above, and great leaves that frame a clear middle."""
    leaves: tuple[Colour, ...] = ((6, 40, 30), (22, 88, 46), (74, 146, 56), (168, 206, 90))
    for depth, (low, high, size, air) in enumerate(((0.1, 0.3, 0.034, 0.5), (0.03, 0.42, 0.045, 0.26))):
        top = land.horizon - low - (high - low) * land.clear(0.42) ** 1.2 + land.line((2.0, 4.3), 0.03)
        foliage(land, top, land.horizon + 0.06, land.ramp(*leaves, haze=air), size, 0.06, rows=5)
        raise_palms(land, 3 - depth, land.horizon - low - 0.06, air * 0.8, leaves)
    window = land.window(land.horizon)
    near, u, v = land.floor(window)
    rim = land.horizon + 0.03 + land.line((1.3, 4.0), 0.012)
    grain, fine = land.grain(u * 0.6, v * 1.0), land.grain(u * 2.4, v * 3.0)
    shade = 0.75 - 0.4 * near + (grain - 0.5) * 0.9 + (fine - 0.5) * 0.7
    land.lay(window, land.below(window, rim), shade, land.ramp((14, 46, 26), (56, 112, 44), (150, 190, 84)))
    side = 1.16 - (0.72 + 0.16) * smooth(np.abs(land.x - 0.5), 0.2, 0.52) + land.line((3.0, 7.0), 0.02)
    foliage(land, side, 1.0, land.ramp((4, 26, 20), (12, 66, 36), (42, 118, 46), (120, 180, 70)), 0.055, 0.0, rows=9)
    draw_ferns(land, 9, 0.3, 0.9, 0.06)
    hang_lianas(land)
    crowd_leaves(land, leaves)


def raise_palms(land: Terrain, count: int, crown: float, air: float, leaves: tuple[Colour, ...]) -> None:
    """Draw slender palms that rise out of the leaves at both sides."""
    for n in range(count):
        x = land.rng.uniform(0.02, 0.24) if n % 2 else land.rng.uniform(0.76, 0.98)
        y, size = crown - land.rng.uniform(0.08, 0.16), land.rng.uniform(0.1, 0.14)
        bark = land.haze((70, 62, 46), air)
        land.brush.lines(
            bark, [[(x + 0.03, land.horizon), (x + 0.012, (y + land.horizon) / 2), (x, y)]], 0.009, glow=True
        )
        for turn in np.linspace(-2.9, -0.25, 7):
            draw_frond(
                land, (x, y), float(turn), size, mix(leaves[1], leaves[2], 0.5 - 0.4 * np.cos(turn) * land.light), air
            )


def hang_lianas(land: Terrain) -> None:
    """Hang lianas from the upper edge, some in loops, with leaves along them."""
    for n in range(9):
        x = land.rng.uniform(0.0, 0.27) if n % 2 else land.rng.uniform(0.73, 1.0)
        drop, sway = land.rng.uniform(0.18, 0.55), land.rng.uniform(-0.05, 0.05)
        steps = np.linspace(0.0, 1.0, 12)
        path = np.stack([x + sway * np.sin(steps * 3.0), -0.02 + drop * steps], axis=1)
        land.brush.lines((30, 62, 34), [path], 0.0065)
        land.brush.lines((104, 140, 66), [path - (0.0016 * land.light, 0)], 0.002)
        for (px, py), turn in zip(path[2::2], land.rng.uniform(0.3, 1.2, 5), strict=True):
            for way in (-1, 1):
                draw_leaf(land, (px, py), np.pi / 2 - way * turn, 0.03, 0.36, (60, 128, 54), 0)


def crowd_leaves(land: Terrain, leaves: tuple[Colour, ...]) -> None:
    """Crowd the sides and the lower corners with great leaves, dark ones behind and lit ones before them."""
    for layer, tone in enumerate((0.15, 0.6, 1.0)):
        for way in (-1, 1):
            for n in range(4):
                lift = land.rng.uniform(0.0, 1.0)
                x = 0.5 + way * (0.53 - 0.05 * layer * (lift < 0.4) + 0.02 * n * 0)
                y = 1.04 - lift * (0.62 - 0.16 * layer)
                turn = -np.pi / 2 - way * land.rng.uniform(0.3, 1.5)
                length = land.rng.uniform(0.17, 0.27)
                colour = mix(
                    mix(leaves[0], leaves[1], min(tone * 2, 1.0)),
                    leaves[2],
                    max(tone * 1.3 - 0.65, 0.0) * land.rng.uniform(0.6, 1.2),
                )
                if (n + layer) % 3 == 2:
                    for spread in np.linspace(-0.9, 0.9, 6):
                        draw_leaf(land, (x, y), turn + float(spread), length * 0.8, 0.13, colour, 0)
                else:
                    draw_leaf(land, (x, y), turn, length, land.rng.uniform(0.24, 0.36), colour, 6)
    for x, y, size in scatter(land, 12, 0.5, 1.02):
        if abs(x - land.middle) > 0.22:
            for spread in (-1.0, -0.4, 0.3, 0.9):
                draw_leaf(
                    land, (x, y), -np.pi / 2 + spread, 0.05 + 0.05 * size, 0.24, mix(leaves[1], leaves[2], size), 0
                )
