"""Clouds with a lit and a shaded side: heaps of puffs, streaks that run out to the horizon, and the lid of bad weather.

The shapes of heaps are worked out once and shared; a picture mirrors, sizes and colours them by its own light.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from .dome import Dome
from .noise import Field, detail, ease

HEAPS: Final = 14
HEAP_SHAPE: Final = (176, 352)
# The puffs of a heap by storey: how many, how far to either side, between which heights, and how large.
STOREYS: Final = ((9, 0.8, 0.12, 0.22, 0.2), (6, 0.5, 0.3, 0.46, 0.24), (4, 0.27, 0.52, 0.68, 0.22))


@lru_cache(maxsize=HEAPS)
def heap(number: int) -> Field:
    """Return a heap of puffs (H, W, 3): its coverage, how far it faces the right, and how far it faces up."""
    rng = np.random.default_rng([number, 41])
    height, width = HEAP_SHAPE
    x = np.linspace(-1.06, 1.06, width, dtype=np.float32)[None]
    y = np.linspace(1.06, 0.0, height, dtype=np.float32)[:, None]
    rough = detail(number % 4)[40 : 40 + height, 20 : 20 + width]
    fine = detail((number + 1) % 4)[90 : 90 + height, 60 : 60 + width]
    x = x + (rough - 0.5) * 0.12 + (fine - 0.5) * 0.08
    y = y + (fine - 0.5) * 0.12 + (rough - 0.5) * 0.1
    peak = rng.uniform(-0.25, 0.25)
    puffs = []
    for count, reach, low, high, size in STOREYS:
        for across in np.linspace(-reach, reach, count) + rng.uniform(-0.06, 0.06, count):
            radius = size * rng.uniform(0.78, 1.18) * (1.0 - 0.5 * abs(across) ** 2)
            centre = (across + peak * low * 2, rng.uniform(low, high) * (1.0 - 0.45 * abs(across)))
            puffs.append((*centre, radius))
            for turn in rng.uniform(-0.3, np.pi + 0.3, 3):
                small = radius * rng.uniform(0.3, 0.55)
                reach = radius - 0.25 * small
                puffs.append((centre[0] + reach * np.cos(turn), centre[1] + reach * np.sin(turn), small))
    solid = np.zeros(HEAP_SHAPE, np.float32)
    cover = np.zeros(HEAP_SHAPE, np.float32)
    for across, up, radius in puffs:
        left = np.float32(radius * radius) - (x - np.float32(across)) ** 2 - (y - np.float32(up)) ** 2
        np.maximum(solid, np.sqrt(np.maximum(left, 0)) + np.float32(0.12 * radius) * (left > 0), out=solid)
        np.maximum(cover, left / np.float32(2 * radius), out=cover)
    base = ease(y, 0.02, 0.12)
    cover = ease(cover + (fine - 0.5) * 0.03, 0.004, 0.04) * base
    soft = cv2.GaussianBlur(solid, (0, 0), 1.5) + 1.8 * cv2.GaussianBlur(solid, (0, 0), 12.0)
    right = -cv2.Sobel(soft, cv2.CV_32F, 1, 0, ksize=3) * 5.5
    above = cv2.Sobel(soft, cv2.CV_32F, 0, 1, ksize=3) * 5.0 + (y - 0.36) * 1.9 + (fine - 0.5) * 0.5
    return np.stack([cover, np.clip(right, -1.4, 1.4), np.clip(above, -1.6, 1.4)], axis=2)


def place_heap(
    dome: Dome, number: int, spot: tuple[float, float], size: float, flip: bool, dense: float, below: float = 0.0
) -> None:
    """Draw a heap of clouds whose foot's middle is at `spot`, lit from the orb's side; `below` lights it from under."""
    height, width = round(size * 0.5 * dome.unit), round(size * dome.unit)
    left, top = round(spot[0] * dome.width - width / 2), round(spot[1] * dome.height) - height
    first, last = max(left, 0), min(left + width, dome.width)
    upper, lower = max(top, 0), min(top + height, dome.rows)
    if height < 2 or first >= last or upper >= lower:
        return
    sprite = heap(number)
    way = 1.0 if dome.orb[0] > spot[0] else -1.0
    if flip:
        sprite, way = np.ascontiguousarray(sprite[:, ::-1]), -way
    shrink = cv2.INTER_AREA if width < sprite.shape[1] else cv2.INTER_LINEAR
    sized = cv2.resize(sprite, (width, height), interpolation=shrink).astype(np.float32, copy=False)
    sprite = sized[upper - top : lower - top, first - left : last - left]
    light = 0.56 + 0.34 * way * sprite[..., 1] + (0.42 - 0.7 * below) * sprite[..., 2]
    light = ease(light.astype(np.float32), -0.1, 1.05)[..., None]
    lit, shaded = (np.asarray(colour, np.float32) for colour in dome.palette.clouds)
    # Heaps far off sink into the air of the horizon.
    far = np.float32(np.clip(spot[1] / dome.horizon - 0.45, 0, 1) * 0.75)
    colour = shaded + (lit - shaded) * light
    colour += (np.asarray(dome.palette.sky[2], np.float32) - colour) * far
    share = sprite[..., 0] * np.float32(dense)
    dome.lay(colour, share, (slice(upper, lower), slice(first, last)))


def heap_up(rng: np.random.Generator, dome: Dome, count: int, dense: float, below: float = 0.0) -> None:
    """Float heaps over the sky: small ones low down and far away, large ones high and near."""
    levels = np.concatenate([[1.02, 0.98], np.sort(rng.uniform(0.22, 0.86, count))[::-1]])
    shift = rng.random()
    for index, level in enumerate(levels):
        across = (shift + index * 0.618 + rng.uniform(-0.08, 0.08)) % 1.0
        size = rng.uniform(0.42, 0.62) * (1.3 - 0.85 * min(level, 0.9))
        number, flip = int(rng.integers(HEAPS)), bool(rng.random() < 0.5)
        place_heap(dome, number, (across, float(level) * dome.horizon), float(size), flip, dense, below)


def fleece(rng: np.random.Generator, dome: Dome, dense: float, below: float) -> None:
    """Spread a high field of small clouds that shrink towards the horizon, their edges catching the light."""
    density = 0.5 * overhead(rng, dome, 2.1, 1.3) + 0.5 * overhead(rng, dome, 0.5, 1.6)
    way = 1.0 if dome.orb[0] > 0.5 else -1.0
    light = relief(density, 0.014 * way, 0.018 * (1 - 2 * below), 6.0)
    lit, shaded = (np.asarray(colour, np.float32) for colour in dome.palette.clouds)
    x, y = dome.coarse(560, dome.orb)
    near = np.exp(-np.hypot(x * 0.8, y) * 2.6)[..., None]
    colour = shaded + (lit - shaded) * light[..., None]
    colour += (np.asarray(dome.palette.glow, np.float32) - colour) * (near * light[..., None] * 0.9)
    dome.lay(dome.drawn_up(colour), dome.drawn_up(ease(density, 0.47, 0.66) * np.float32(dense)))


def overhead(rng: np.random.Generator, dome: Dome, scale: float, stretch: float, side: int = 560) -> Field:
    """Return noise in 0..1 (coarse grid) as on a ceiling above the viewer that runs out to the horizon."""
    tile = detail(int(rng.integers(4)))
    shift = rng.random(2) * 512
    x, y = dome.coarse(side, (0.5, 0.0))
    level = np.clip(y * np.float32(dome.unit / (dome.height * dome.horizon)), 0, 1)
    away = 1.0 / (1.24 - level)
    across = (x * away * np.float32(scale / stretch * 200) + np.float32(shift[0])).astype(np.float32)
    along = np.broadcast_to(away * np.float32(scale * 170) + np.float32(shift[1]), across.shape).astype(np.float32)
    return np.asarray(
        cv2.remap(tile, across % 512, along % 512, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP), np.float32
    )


def relief(density: npt.NDArray[np.float32], right: float, up: float, gain: float) -> Field:
    """Return how much light (0..1) thick and thin parts get from a direction given in shares of the grid's height."""
    step = density.shape[0]
    move = np.array([[1, 0, -right * step], [0, 1, up * step]], np.float32)
    nearer = cv2.warpAffine(density, move, density.shape[::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.clip(0.5 + gain * (density - nearer), 0, 1).astype(np.float32)


def streak(rng: np.random.Generator, dome: Dome, low: float, high: float, dense: float, below: float) -> None:
    """Draw long streaks of cloud that thin out upwards; `below` (0..1) lights their undersides as a low sun does."""
    density = overhead(rng, dome, 1.1, 3.4)
    way = 1.0 if dome.orb[0] > 0.5 else -1.0
    light = relief(density, 0.02 * way, 0.035 * (1 - 2 * below), 4.0)
    lit, shaded = (np.asarray(colour, np.float32) for colour in dome.palette.clouds)
    level = np.clip(np.linspace(0, dome.rows / (dome.height * dome.horizon), len(density), dtype=np.float32), 0, 1)
    cover = ease(density, low, high) * (dense * (1 - 0.6 * level**4))[:, None].astype(np.float32)
    # Near the sun the clouds burn in its colour.
    x, y = dome.coarse(560, dome.orb)
    near = np.exp(-np.hypot(x * 0.7, y) * 4.0)[..., None]
    colour = shaded + (lit - shaded) * light[..., None]
    colour += (np.asarray(dome.palette.sun, np.float32) - colour) * (near * light[..., None] * 0.75)
    dome.lay(dome.drawn_up(colour), dome.drawn_up(cover))


def cover_over(rng: np.random.Generator, dome: Dome, dense: float, contrast: float) -> None:
    """Close the sky with a lid of billows, heavy overhead and lighter towards the horizon."""
    density = 0.65 * overhead(rng, dome, 0.72, 1.7) + 0.35 * overhead(rng, dome, 1.8, 1.5)
    way = 1.0 if dome.orb[0] > 0.5 else -1.0
    light = relief(density, 0.03 * way, 0.03, 3.2 * contrast)
    lit, shaded = (np.asarray(colour, np.float32) for colour in dome.palette.clouds)
    level = np.clip(np.linspace(0, dome.rows / (dome.height * dome.horizon), len(density), dtype=np.float32), 0, 1)
    cover = ease(density, 0.24, 0.6) * (dense * (1 - 0.72 * level**2))[:, None].astype(np.float32)
    thick = ease(density, 0.3, 0.8)
    share = np.clip(light * 1.1 - 0.45 * thick * contrast, 0, 1)[..., None]
    colour = shaded + (lit - shaded) * share
    dome.lay(dome.drawn_up(colour), dome.drawn_up(cover))
