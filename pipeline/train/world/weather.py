"""The weather in front of everything: rain and its puddles, flakes of snow, fog and mist.

It is laid over subject and ground alike, and is therefore kept thin enough to leave both readable.
"""

from __future__ import annotations

import cv2
import numpy as np

from .brush import Brush, Image, blend, mix
from .noise import ease, field
from .palettes import Palette


def paint_weather(rng: np.random.Generator, canvas: Image, accessories: tuple[str, ...], palette: Palette) -> Image:
    """Return the canvas with what falls or drifts in front of everything: rain, snowflakes, fog, mist."""
    if "rain" in accessories:
        canvas = pour(rng, canvas, palette, "lightning" not in accessories)
    if "snowfall" in accessories:
        canvas = snow(rng, canvas, palette)
    if "fog" in accessories:
        canvas = shroud(rng, canvas, palette, 0.6, 0.16)
    if "mist" in accessories:
        canvas = shroud(rng, canvas, palette, 0.5, 0.0)
    return canvas


def pour(rng: np.random.Generator, canvas: Image, palette: Palette, steady: bool) -> Image:
    """Let it rain in slanting streaks, far ones fine and near ones long; steady rain also wets the ground."""
    light = mix(palette.tones[2], (240, 246, 250), 0.5)
    slant = float(rng.uniform(0.12, 0.34)) * (1 if rng.random() < 0.5 else -1)
    if steady:
        canvas = splash(rng, canvas, palette)
    for count, length, thick, share in ((150, 0.07, 0.004, 0.34), (80, 0.13, 0.0065, 0.5)):
        starts = rng.random((count, 2)) * (1.3, 1.2) - (0.15, 0.15)
        reach = length * rng.uniform(0.7, 1.2, (count, 1))
        drops = np.stack([starts, starts + reach * np.array([slant, 1.0])], axis=1)
        layer = canvas.copy()
        Brush(layer, lambda colour: colour).lines(light, drops if steady else drops[::2], thick)
        canvas = cv2.addWeighted(layer, share, canvas, 1 - share, 0)
    return canvas


def splash(rng: np.random.Generator, canvas: Image, palette: Palette) -> Image:
    """Lay the sheen of puddles and the rings of drops over the lowest part of the picture."""
    height, width = canvas.shape[:2]
    rows = ((np.arange(height, dtype=np.float32) + 0.5) / height)[:, None]
    pools = ease(field(rng, height, width), 0.55, 0.66)
    tall = np.ascontiguousarray(cv2.resize(pools[: max(height // 3, 1)], (width, height)))
    layer = canvas.copy()
    brush = Brush(layer, lambda colour: colour)
    light = mix(palette.sky[2], (255, 255, 255), 0.3)
    for x, y, size in rng.random((26, 3)).tolist():
        y = 0.8 + 0.19 * y
        across = (0.008 + 0.014 * size) * (0.4 + 2.4 * (y - 0.7))
        ends = np.linspace(0, 2 * np.pi, 17)
        brush.lines(light, [np.stack([x + across * np.cos(ends), y + 0.32 * across * np.sin(ends)], axis=1)], 0.003)
    canvas = blend(canvas, palette.sky[2], (tall * ease(rows, 0.78, 0.95) * 0.34).astype(np.float32))
    return cv2.addWeighted(layer, 0.5, canvas, 0.5, 0)


def snow(rng: np.random.Generator, canvas: Image, palette: Palette) -> Image:
    """Let it snow: a dust of far flakes, plain ones, and a few large ones out of focus close by."""
    height, width = canvas.shape[:2]
    white = mix(palette.tones[2], (255, 255, 255), 0.8)
    unit = float(min(height, width))
    for count, low, high, share in ((130, 0.0025, 0.005, 0.7), (60, 0.006, 0.011, 0.92), (12, 0.014, 0.022, 0.5)):
        layer = canvas.copy()
        brush = Brush(layer, lambda colour: colour)
        for x, y, size in (rng.random((count, 3)) * (1.04, 1.04, 1.0) - (0.02, 0.02, 0.0)).tolist():
            radius = (low + (high - low) * size) * unit
            brush.oval(white, (x, y), (radius / width, radius / height))
        canvas = cv2.addWeighted(layer, share, canvas, 1 - share, 0)
    return canvas


def shroud(rng: np.random.Generator, canvas: Image, palette: Palette, dense: float, everywhere: float) -> Image:
    """Draw banks of fog across the picture, thickest about the horizon, over a veil that lies everywhere."""
    height, width = canvas.shape[:2]
    rows = ((np.arange(height, dtype=np.float32) + 0.5) / height)[:, None]
    share = np.full((height, width), everywhere, np.float32)
    for middle, thick, part in ((rng.uniform(0.54, 0.66), 0.1, 0.72), (rng.uniform(0.82, 0.94), 0.07, 0.55)):
        drift = field(rng, height, width, 2)
        bank = np.exp(-(((rows + (drift - 0.5) * 0.16 - np.float32(middle)) / np.float32(thick)) ** 2))
        share += (1 - share) * bank * (0.45 + 0.55 * drift) * np.float32(part * dense)
    return blend(canvas, mix(palette.sky[2], palette.clouds[0], 0.3), share)
