"""What grows and rolls: hills, leafy outlines, pines, grass, flowers and reeds, in the colours of the season."""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from ..brush import Brush, Colour, Image, mix
from ..terrain import Field, Terrain, Window, smooth

LEAVES: Final[dict[str | None, tuple[Colour, ...]]] = {
    None: ((16, 52, 34), (44, 100, 48), (96, 150, 66), (158, 194, 98)),
    "spring": ((34, 78, 40), (96, 158, 66), (170, 208, 104), (250, 206, 222)),
    "summer": ((14, 56, 28), (36, 110, 40), (84, 160, 54), (160, 204, 84)),
    "autumn": ((86, 32, 24), (180, 70, 26), (230, 132, 36), (252, 202, 88)),
    "winter": ((62, 66, 80), (112, 116, 132), (176, 188, 206), (250, 252, 255)),
}
GRASS: Final[dict[str | None, tuple[Colour, ...]]] = {
    None: ((34, 92, 36), (76, 150, 54), (150, 200, 92)),
    "spring": ((48, 120, 44), (112, 186, 66), (188, 226, 118)),
    "summer": ((40, 100, 32), (98, 158, 48), (190, 204, 96)),
    "autumn": ((96, 74, 34), (166, 132, 58), (220, 186, 100)),
    "winter": ((148, 168, 204), (214, 226, 242), (252, 253, 255)),
}
PETALS: Final[dict[str | None, tuple[Colour, ...]]] = {
    None: ((236, 58, 62), (255, 222, 74), (252, 250, 252), (168, 98, 214)),
    "spring": ((250, 150, 190), (255, 236, 110), (255, 250, 252), (176, 130, 236)),
    "summer": ((232, 44, 44), (255, 206, 40), (90, 110, 226), (252, 250, 240)),
    "autumn": ((206, 84, 32), (236, 164, 40), (160, 44, 40), (240, 200, 110)),
    "winter": ((250, 252, 255),),
}


def leaves_of(land: Terrain, haze: float) -> Image:
    """Return the ramp of foliage in this season through some air."""
    return land.ramp(*LEAVES[land.season], haze=haze)


def grass_of(land: Terrain, haze: float) -> Image:
    """Return the ramp of grass in this season through some air."""
    return land.ramp(*GRASS[land.season], haze=haze)


def scatter(land: Terrain, count: int, low: float, high: float) -> npt.NDArray[Any]:
    """Return (count, 3) places on the ground and a random size each, the farthest first; shares of its depth."""
    spots = land.rng.random((count, 3))
    spots[:, 1] = land.horizon + (1.0 - land.horizon) * (low + (high - low) * spots[:, 1])
    return spots[np.argsort(spots[:, 1])]


def hills(land: Terrain, profile: Field, ramp: Image, foot: float, rough: float, glow: float = 0.3) -> None:
    """Paint a range of hills below a profile: lit where they slope to the light, mottled, paler at their foot."""
    window = land.window(float(profile.min()) - 0.004, max(foot, float(profile.max()) + 0.01))
    slope = np.gradient(profile, land.x) * -land.light
    drop = window.y - profile
    noise = land.grain(window.x * land.across * 1.6 + drop, drop * land.down * 3.0)
    depth = max(foot - float(profile.min()), 0.02)
    shade = 0.46 - np.tanh(slope * 2.2) * 0.3 * np.exp(-drop / depth * 1.2) + (noise - 0.5) * rough * 4
    land.lay(window, land.below(window, profile), shade + glow * smooth(drop, 0.0, depth), ramp)


def foliage(
    land: Terrain, top: npt.NDArray[Any], foot: float, ramp: Image, size: float, shift: float = 0.0, rows: int = 3
) -> None:
    """Paint a thicket of round crowns whose tops follow `top` down to `foot`: lit lumps with ragged, leafy edges."""
    window = land.window(float(np.min(top)) - size * 1.3, foot)
    sheet = lump(land, window, np.asarray(top), size, rows)
    scale = 0.06 / size
    ragged, push = fray(land, window, sheet, scale, 2.0 * size)
    tufts = land.mottle(window, scale * 2.6)
    shade = ragged[..., 0] / np.float32(255.0) + (tufts - 0.5) * 0.5 + push * 0.2 + shift
    land.lay(window, np.asarray(ragged[..., 1] / 255.0, np.float32), shade, ramp)


def lump(land: Terrain, window: Window, top: npt.NDArray[Any], size: float, rows: int, step: float = 44.0) -> Image:
    """Return shade and coverage (h, w, 3) of rows of balls under an outline, lit from above and the light's side."""
    sheet = np.zeros((window.last - window.first, len(land.x), 3), np.uint8)
    whole = (float(len(land.x)), float(land.brush.layer.shape[0]))
    brush = Brush(sheet, lambda colour: colour, (0.0, -float(window.first)), whole)
    inner = np.interp(np.linspace(-0.02, 1.02, 40), land.x, top) + size * 1.5
    brush.fill((62.0, 255.0, 0.0), [(-0.02, 1.1), *zip(np.linspace(-0.02, 1.02, 40), inner, strict=True), (1.02, 1.1)])
    count = max(int(1.0 / size / 1.15), 4)
    tall = size / land.down
    for row in range(rows):
        xs = (np.arange(count) + land.rng.uniform(0.0, 1.0, count)) / count * 1.08 - 0.04
        drops, radii = land.rng.uniform(-0.5, 0.4, count), land.rng.uniform(0.72, 1.3, count)
        tones = np.clip(92.0 - 16.0 * row + land.rng.normal(0, 16, count), 0, 165)
        ys = np.interp(xs, land.x, top) + tall * (0.7 + 1.15 * row + drops)
        unit, lifts = land.brush.unit, (0.0, 0.26, 0.46) if size > 0.024 else (0.0, 0.36)
        for x, y, r, tone in zip(xs * whole[0], ys * whole[1] - window.first, radii * size * unit, tones, strict=True):
            if y - r > len(sheet):
                continue
            for n, lift in enumerate(lifts):
                spot = (round((x - land.light * r * lift * 0.75 - 0.5) * 16), round((y - r * lift - 0.5) * 16))
                shade = (float(tone) + n * step, 255.0, 0.0)
                cv2.circle(sheet, spot, max(round(r * (1.0 - 1.2 * lift) * 16), 1), shade, -1, cv2.LINE_AA, 4)
    return sheet


def fray(land: Terrain, window: Window, sheet: Image, scale: float, reach: float) -> tuple[Image, Field]:
    """Return a sheet with all its edges pushed about by noise of a scale, and the push itself about 0."""
    push, lift = land.mottle(window, scale) - 0.5, land.mottle(window, scale) - 0.5
    far = reach * land.brush.unit
    across = window.x * len(land.x) - 0.5 + push * far
    down = (window.y * land.brush.layer.shape[0] - 0.5 - window.first) + lift * far
    maps = np.asarray(across, np.float32), np.asarray(down, np.float32)
    return cv2.remap(sheet, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), push + lift


def draw_grass(land: Terrain, count: int, low: float, high: float, size: float) -> None:
    """Draw curved blades of grass, dark ones behind light ones, longer towards the viewer."""
    stops = GRASS[land.season]
    spots = scatter(land, count, low, high)
    lean = land.rng.uniform(-0.5, 0.5, count)
    if land.season == "winter":
        stops, spots = ((150, 140, 140), (190, 172, 146), (222, 210, 190)), spots[::6]
    groups: tuple[list[Any], ...] = ([], [], [])
    for index, ((x, y, s), slant) in enumerate(zip(spots, lean, strict=False)):
        near = (y - land.horizon) / (1 - land.horizon)
        tall = size * (0.25 + 0.75 * near) * (0.6 + 0.6 * s)
        wide = (0.0024 if land.season == "winter" else 0.0045) * (0.35 + near) / land.across
        bend = slant * tall / land.across * land.down
        tip = (x + bend * 1.4, y - tall)
        groups[index % 3].append(
            [
                (x - wide, y),
                (x + bend * 0.4 - wide * 0.7, y - tall * 0.6),
                tip,
                (x + bend * 0.4 + wide * 0.7, y - tall * 0.6),
                (x + wide, y),
            ]
        )
    for colour, blades in zip((mix(stops[0], (0, 0, 0), 0.25), stops[1], stops[2]), groups, strict=True):
        land.brush.fill(colour, *blades)


def draw_flowers(land: Terrain, count: int, low: float, high: float, size: float) -> None:
    """Draw flowers with stems, petals and hearts in the colours of the season, in drifts of one kind."""
    petals = PETALS[land.season]
    spots = scatter(land, count, low, high)
    if land.season == "winter":
        return
    for index, (x, y, s) in enumerate(spots):
        near = (y - land.horizon) / (1 - land.horizon)
        radius = size * (0.22 + 0.78 * near) * (0.7 + 0.5 * s)
        flat = (radius / land.across * 1.0, radius * 0.8 / land.down)
        natural = petals[int(x * 5 + index % 2) % len(petals)]
        colour = mix(land.palette.ground(natural), natural, 0.4)
        if near > 0.3:
            land.brush.lines(
                mix(GRASS[land.season][0], (0, 0, 0), 0.2), [[(x, y), (x + 0.004, y + radius * 2.6)]], 0.003
            )
        if radius > 0.008:
            for turn in np.linspace(0, 2 * np.pi, 6)[:-1] + s * 3:
                spot = (x + flat[0] * 0.62 * np.cos(turn), y + flat[1] * 0.62 * np.sin(turn))
                land.brush.oval(colour, spot, (flat[0] * 0.52, flat[1] * 0.52), glow=True)
            land.brush.oval(mix(colour, (90, 50, 20), 0.55), (x, y), (flat[0] * 0.32, flat[1] * 0.32), glow=True)
        else:
            land.brush.oval(colour, (x, y), flat, glow=True)


def draw_reeds(land: Terrain, xs: npt.NDArray[Any], y: float) -> None:
    """Draw reeds and bulrushes growing from below `y`."""
    stops = GRASS[land.season]
    for index, x in enumerate(xs):
        tall, lean = land.rng.uniform(0.07, 0.2), land.rng.uniform(-0.03, 0.03)
        colour = mix(stops[index % 3], (20, 44, 30), 0.45)
        wide = 0.004 / land.across
        tip = (float(x + lean), float(y - tall))
        land.brush.fill(
            colour,
            [
                (x - wide, y + 0.02),
                (x + lean * 0.4 - wide, y - tall * 0.6),
                tip,
                (x + lean * 0.4 + wide, y - tall * 0.6),
                (x + wide, y + 0.02),
            ],
        )
        if index % 4 == 0:
            land.brush.oval((92, 58, 34), tip, (0.006 / land.across, 0.022))
