"""Grounds of water: the sea with its breaking waves, and a still lake between wooded shores."""

from __future__ import annotations

import numpy as np

from .. import water
from ..brush import Colour, mix
from ..terrain import Field, Terrain, smooth
from .growth import draw_reeds, foliage, hills, leaves_of, scatter
from .heights import line_pines

FOAM: Colour = (240.0, 250.0, 255.0)


def paint_sea(land: Terrain) -> None:
    """Paint rows of cusped waves, larger towards the viewer and in a rough sea, clear where thin, white in front."""
    window = land.window(land.horizon)
    near, u, v = land.floor(window)
    glint = land.grain(u * 0.5, v * 2.2)
    land.lay(window, None, 1.0 - near + (glint - 0.5) * 0.5, land.ramp((14, 70, 122), (50, 128, 176), (128, 186, 212)))
    water.mirror(land.brush.layer, land.horizon, 0.26 if land.rough else 0.46, calm=0.15 if land.rough else 0.6)
    count = 9
    for index, y in enumerate(land.rows(count, 1.45)):
        if index:
            roll_wave(land, y, index / (count - 1))
    scatter_spray(land)


def roll_wave(land: Terrain, y: float, depth: float) -> None:
    """Paint one row of waves at `y`, at a depth from 0 (far) to 1 (near)."""
    crests, phase, push = 8.5 - 5.6 * depth, land.rng.random(), land.rng.random()
    turn = np.pi * (crests * land.x * land.across + phase)
    beat = 1.0 - np.abs(np.sin(turn + 0.35 * np.cos(turn))) ** 0.8
    swell = 0.62 + 0.38 * np.sin(2 * np.pi * (crests * 0.27 * land.x + push))
    height = (0.016 + 0.068 * depth) * swell * (1.75 if land.rough else 0.6)
    profile = y + 0.012 + 0.02 * depth - height * beat + land.line((1.5,), 0.003 + 0.006 * depth)
    window = land.window(float(profile.min()) - 0.003, y + 0.07 + 0.2 * depth)
    drop = (window.y - profile) / (0.03 + 0.1 * depth)
    streak = land.grain(window.x * land.across * (2.2 - 1.3 * depth), drop * (0.2 + 0.2 * depth) + profile * 2)
    body = 0.66 * np.exp(-drop * 1.9) * (0.4 + 0.6 * beat) + (streak - 0.5) * 0.5 + 0.2
    deep = land.ramp((6, 40, 88), (16, 84, 136), (48, 150, 178), (150, 222, 214), haze=0.34 * (1 - depth))
    land.lay(window, land.below(window, profile), body, deep)
    breaking = 0.62 * smooth(beat * swell, 0.3, 0.9) if land.rough else 0.8 * smooth(beat * swell, 0.42, 0.95)
    lace = land.grain(window.x * land.across * 2.6, (window.y - profile) * land.down * 5.0)
    thick = (0.1 + 0.75 * breaking) * (0.35 + lace)
    foam = smooth(thick - drop * (1.25 - 0.25 * breaking), 0.0, 0.09) * smooth(drop, -0.02, 0.0)
    land.lay(window, foam * (0.45 + 0.55 * depth), 1.0 - drop * 0.55, land.ramp((120, 176, 206), FOAM))


def scatter_spray(land: Terrain) -> None:
    """Throw drops of spray above the nearest crests."""
    for x, y, size in land.rng.random((26, 3)):
        spot = float(land.horizon + (1 - land.horizon) * (0.35 + 0.6 * y))
        land.brush.oval(FOAM, (x, spot), ((0.0016 + 0.003 * size * y) / land.across,) * 2)


def paint_lake(land: Terrain) -> None:
    """Paint hills and woods on the far shore, their image in still water, and reeds at the near corners."""
    winter = land.season == "winter"
    high = land.clear(0.5)
    rise = land.horizon - 0.045 - 0.15 * high + land.line((1.3, 2.9), 0.022)
    far = ((150, 164, 190), (206, 216, 232)) if winter else ((84, 116, 128), (132, 160, 150))
    hills(land, rise, land.ramp(*far, haze=0.42), land.horizon, 0.12)
    for depth, reach in enumerate((0.05, 0.1)):
        top = land.horizon - 0.008 - reach * (0.25 + high) * (0.9 - 0.5 * depth)
        foliage(land, top, land.horizon, leaves_of(land, 0.26 - 0.2 * depth), 0.016 + 0.008 * depth)
    line_pines(land, 16, land.horizon - 0.006, 0.13, (24, 66, 54), 0.12, 0.9 if winter else 0.0)
    window = land.window(land.horizon)
    near, u, v = land.floor(window)
    land.lay(window, None, 1.0 - near[:, :1] + 0 * u, land.ramp((16, 58, 84), (64, 122, 150), (150, 190, 204)))
    share = 0.9 - 0.34 * near
    water.mirror(land.brush.layer, land.horizon, share, calm=0.86, stretch=1.25)
    breeze = smooth(land.grain(u * 0.05, v * 0.9), 0.6, 0.75) * smooth(near, 0.0, 0.2) * 0.35
    land.lay(window, breeze, 0.7 + 0 * u, land.ramp((70, 130, 160), (214, 232, 240)))
    shine_shore(land)
    draw_banks(land)


def shine_shore(land: Terrain) -> None:
    """Draw the bright line where the water meets the far shore, and long flat ripples on the lake."""
    light = mix(land.palette.sky[2], (255, 255, 255), 0.5)
    edge = land.horizon + 0.003
    land.brush.lines(light, [[(-0.02, edge), (1.02, edge)]], 0.002, glow=True)
    for x, y, size in land.rng.random((30, 3)):
        y = y**1.5
        spot, reach = land.horizon + 0.03 + (0.95 - land.horizon) * y, (0.012 + 0.075 * size * (0.25 + y))
        land.brush.oval(
            mix(land.palette.sky[2], (255, 255, 255), 0.2), (x, spot), (reach, 0.0012 + 0.0022 * y), glow=True
        )


def draw_banks(land: Terrain) -> None:
    """Paint a strip of near bank in both corners with reeds, grass or snow on it."""
    side = np.abs(land.x - 0.5) * 2.0
    profile = 1.03 - 0.085 * smooth(side, 0.45, 1.0) + land.line((3.0, 7.0), 0.006)
    window = land.window(float(profile.min()))
    grain = land.mottle(window, 2.0)
    bank = ((150, 170, 200), (248, 250, 255)) if land.season == "winter" else ((34, 62, 36), (120, 146, 72))
    land.lay(window, land.below(window, profile), 0.25 + grain * 0.6, land.ramp(*bank))
    spots = np.concatenate([land.rng.uniform(-0.02, 0.17, 16), land.rng.uniform(0.83, 1.02, 16)])
    draw_reeds(land, spots, 1.0)
    pads: Field = scatter(land, 9, 0.5, 0.9)
    for x, y, size in pads:
        if land.season != "winter" and abs(x - land.middle) > 0.2:
            reach = (0.012 + 0.024 * size) * (0.4 + (y - land.horizon) / (1 - land.horizon))
            land.brush.oval((30, 84, 52), (x, y + reach * 0.12), (reach, reach * 0.3))
            land.brush.oval((92, 150, 78), (x, y), (reach, reach * 0.27), (20.0, 345.0))
            if size > 0.5:
                bloom = (250, 240, 246) if land.season != "autumn" else (226, 138, 60)
                land.brush.oval(bloom, (x, y - reach * 0.2), (reach * 0.32, reach * 0.22))
