"""The sky of a picture: its gradient, soft clouds, sun, moon, planet and stars, and the weather in front of it all.

Random numbers are drawn in the same order at every size, so that a scene's sky does not depend on its resolution.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from .brush import Brush, Image, blend, mix
from .palettes import Palette

CLOUDY_MOODS = ("daylight", "pastel", "storm", "sunset")


@lru_cache(maxsize=4)
def noise(number: int) -> npt.NDArray[np.float32]:
    """Return a tiling (128, 128) field of soft noise in 0..1; there are a few of them, by number."""
    rng = np.random.default_rng([number, 77])
    total = np.zeros((128, 128), np.float32)
    for cells, weight in ((4, 1.0), (8, 0.55), (16, 0.3), (32, 0.14)):
        grid = np.pad(rng.random((cells, cells), dtype=np.float32), 2, mode="wrap")
        step = 128 // cells
        large = cv2.resize(grid, None, fx=step, fy=step, interpolation=cv2.INTER_CUBIC)
        total += weight * large[2 * step : -2 * step, 2 * step : -2 * step]
    total -= total.min()
    return total / total.max()


def field(rng: np.random.Generator, height: int, width: int, stretch: int = 1) -> npt.NDArray[np.float32]:
    """Return (height, width) noise in 0..1 cut from a random place of a tile; `stretch` draws it out sideways."""
    tile = noise(int(rng.integers(4)))
    moved = np.roll(tile, tuple(int(n) for n in rng.integers(0, 128, 2)), (0, 1))
    return cv2.resize(moved[:, : 128 // stretch], (width, height), interpolation=cv2.INTER_LINEAR).astype(
        np.float32, copy=False
    )


def paint_sky(
    rng: np.random.Generator,
    palette: Palette,
    mood: str,
    accessories: tuple[str, ...],
    orb: tuple[float, float],
    horizon: float,
    shape: tuple[int, int],
) -> Image:
    """Return a (height, width, 3) sky; `orb` is where its sun, moon or planet stands, in fractions."""
    height, width = shape
    rows = (np.arange(height) + 0.5) / height / (horizon + 0.02)
    stops = np.array(palette.sky, np.float64)
    middle = rng.uniform(0.45, 0.65)
    column = np.stack([np.interp(rows, (0.0, middle, 1.0), stops[:, c]) for c in range(3)], axis=1)
    canvas = np.ascontiguousarray(np.broadcast_to(column[:, None], (height, width, 3)).astype(np.uint8))
    brush = Brush(canvas, lambda colour: colour)
    if "stars" in accessories:
        hang_stars(rng, brush, palette, horizon)
    if any(name in accessories for name in ("sun", "moon", "planet")):
        canvas = hang_orb(brush, palette, accessories, orb)
        brush = Brush(canvas, lambda colour: colour)
    if "clouds" in accessories:
        canvas = float_clouds(rng, canvas, palette, mood, horizon)
    if "lightning" in accessories:
        strike(rng, Brush(canvas, lambda colour: colour), orb, horizon)
    return canvas


def hang_stars(rng: np.random.Generator, brush: Brush, palette: Palette, horizon: float) -> None:
    """Scatter stars, a few of them with rays."""
    spots = rng.random((34, 3)) * (1.0, horizon, 1.0)
    light = mix(palette.tones[2], (255, 255, 255), 0.6)
    for x, y, size in spots:
        radius = 0.005 + 0.006 * size * size
        brush.oval(light, (x, y), (radius, radius))
        if size > 0.88:
            brush.lines(light, [[(x - 0.03, y), (x + 0.03, y)], [(x, y - 0.03), (x, y + 0.03)]], 0.006)


def hang_orb(brush: Brush, palette: Palette, accessories: tuple[str, ...], orb: tuple[float, float]) -> Image:
    """Draw the sun, moon or planet with the light around it and return the new canvas."""
    canvas = brush.layer
    height, width = canvas.shape[:2]
    y, x = np.ogrid[0:height, 0:width]
    away = np.hypot((x + 0.5 - orb[0] * width) / brush.unit, (y + 0.5 - orb[1] * height) / brush.unit)
    strength = 0.75 if "sun" in accessories else 0.4
    halo = (strength * np.exp(-away * (5.0 if "sun" in accessories else 9.0))).astype(np.float32)
    canvas = blend(canvas, palette.sun, halo)
    scale = (brush.unit, brush.unit)
    lamp = Brush(canvas, lambda colour: colour, (orb[0] * width, orb[1] * height), scale)
    if "sun" in accessories:
        lamp.oval(mix(palette.sun, (255, 255, 240), 0.3), (0, 0), (0.085, 0.085))
    elif "moon" in accessories:
        lamp.oval(palette.sun, (0, 0), (0.075, 0.075))
        shade = canvas[int(max(orb[1], 0.02) * height) - 1, -1 if orb[0] < 0.5 else 0]
        lamp.oval((float(shade[0]), float(shade[1]), float(shade[2])), (0.038, -0.014), (0.062, 0.062))
    else:
        body, ring = mix(palette.tone(0.62), palette.sun, 0.3), mix(palette.tone(0.9), palette.sun, 0.5)
        ends = np.linspace(0, 2 * np.pi, 25)
        loop = np.stack([0.15 * np.cos(ends) + 0.03 * np.sin(ends), 0.035 * np.sin(ends) - 0.04 * np.cos(ends)], axis=1)
        lamp.lines(ring, [loop[12:]], 0.018)
        lamp.oval(body, (0, 0), (0.085, 0.085))
        lamp.oval(mix(body, palette.tone(0.1), 0.3), (0.02, 0.02), (0.06, 0.06))
        lamp.lines(ring, [loop[:13]], 0.018)
    return canvas


def float_clouds(rng: np.random.Generator, canvas: Image, palette: Palette, mood: str, horizon: float) -> Image:
    """Lay clouds over the sky: heaps in daylight, long streaks at other times, a dark lid in a storm."""
    height, width = canvas.shape[:2]
    rows = ((np.arange(height, dtype=np.float32) + 0.5) / height / horizon)[:, None]
    if mood == "storm":
        cover = np.clip(field(rng, height, width, 1) * 2.6 - 0.9, 0, 1) * np.clip(1.35 - rows, 0, 1)
        canvas = blend(canvas, (24.0, 27.0, 34.0), cover * 0.85)
        rims = np.clip(field(rng, height, width, 1) * 3.4 - 2.0, 0, 1) * np.clip(1.1 - rows, 0, 1)
        return blend(canvas, palette.tone(0.85), rims * 0.55)
    if mood == "daylight":
        return heap_clouds(rng, canvas, horizon)
    cover = np.clip(field(rng, height, width, 4) * 3.0 - 1.6, 0, 1)
    cover *= np.clip(1.2 - rows, 0, 1) * 0.6
    light = (255.0, 176.0, 150.0) if mood == "sunset" else mix(palette.tones[2], (255, 255, 255), 0.25)
    return blend(canvas, light, cover)


def heap_clouds(rng: np.random.Generator, canvas: Image, horizon: float) -> Image:
    """Draw two to four white heaps with flat, shaded feet."""
    layer = canvas.copy()
    brush = Brush(layer, lambda colour: colour)
    for _ in range(int(rng.integers(2, 5))):
        x, y, size = rng.uniform(0.0, 1.0), rng.uniform(0.08, 0.75) * horizon, rng.uniform(0.05, 0.085)
        puffs = [
            (dx * size, -rng.uniform(0.1, 0.9) * size, size * rng.uniform(0.75, 1.1)) for dx in (-1.5, -0.5, 0.4, 1.4)
        ]
        for colour, drop in (((206.0, 222.0, 238.0), 0.16), ((255.0, 255.0, 255.0), -0.12)):
            for dx, dy, radius in puffs:
                brush.oval(colour, (x + dx, y + dy + drop * size), (radius, radius * 0.72))
    return blend(canvas, layer, 0.88)


def strike(rng: np.random.Generator, brush: Brush, orb: tuple[float, float], horizon: float) -> None:
    """Draw one bolt of lightning with a branch."""
    steps = np.linspace(0.0, horizon, 8)
    bolt = np.stack([orb[0] + np.cumsum(rng.normal(0, 0.028, 8)), steps], axis=1)
    branch = bolt[4] + np.array([(0, 0), (0.06, 0.05), (0.08, 0.12)]) * (1 if orb[0] < 0.5 else -1, 1)
    brush.lines((180, 186, 220), [bolt, branch], 0.022)
    brush.lines((255, 255, 246), [bolt, branch], 0.011)


def paint_weather(rng: np.random.Generator, canvas: Image, accessories: tuple[str, ...], palette: Palette) -> Image:
    """Return the canvas with what falls or drifts in front of everything: rain, snowflakes, mist."""
    if "rain" in accessories:
        layer = canvas.copy()
        starts = rng.random((60, 2)) * 1.15 - (0.0, 0.1)
        drops = np.stack([starts, starts + np.array([-0.028, 0.085])], axis=1)
        Brush(layer, lambda colour: colour).lines((206, 214, 224), drops, 0.006)
        canvas = blend(canvas, layer, 0.42)
    if "snowfall" in accessories:
        brush = Brush(canvas, lambda colour: colour)
        for x, y, size in rng.random((30, 3)):
            radius = 0.006 + 0.007 * size
            brush.oval(mix(palette.tones[2], (255, 255, 255), 0.6), (x, y), (radius, radius))
    if "mist" in accessories:
        height, width = canvas.shape[:2]
        rows = (np.arange(height, dtype=np.float32) / height)[:, None]
        band = np.exp(-(((rows - rng.uniform(0.55, 0.75)) / 0.11) ** 2)) * 0.42
        canvas = blend(canvas, palette.sky[2], (band * (0.5 + 0.5 * field(rng, height, width, 2))).astype(np.float32))
    return canvas
