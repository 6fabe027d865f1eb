"""Lights of the sky that are no ball: stars and the milky way, meteors, aurora, rainbow and lightning."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from .brush import Brush, mix
from .dome import Dome
from .noise import detail, ease

BOW: Final = (
    (1.0, (226.0, 50.0, 60.0)),
    (0.82, (255.0, 140.0, 40.0)),
    (0.64, (255.0, 226.0, 70.0)),
    (0.46, (80.0, 200.0, 90.0)),
    (0.28, (60.0, 140.0, 236.0)),
    (0.1, (120.0, 80.0, 210.0)),
    (0.0, (130.0, 80.0, 200.0)),
)


def light_mask(dome: Dome) -> tuple[npt.NDArray[np.uint8], Brush]:
    """Return an empty mask (rows, width, 3) over the sky and a brush in fractions of the picture to draw on it."""
    mask = np.zeros((dome.rows, dome.width, 3), np.uint8)
    brush = Brush(mask, lambda colour: colour, scale=(float(dome.width), float(dome.height)))
    brush.unit = dome.unit
    return mask, brush


def add_mask(dome: Dome, mask: npt.NDArray[np.uint8], glow: float, strength: float = 1.0) -> None:
    """Add a drawn mask of light to the sky, with a soft glow of a width in units of the shorter side around it."""
    light = mask.astype(np.float32) * np.float32(strength / 255.0)
    if glow:
        small = cv2.resize(mask, (max(dome.width // 4, 1), max(dome.rows // 4, 1)), interpolation=cv2.INTER_AREA)
        soft = cv2.GaussianBlur(small.astype(np.float32), (0, 0), max(glow * dome.unit / 4, 0.3))
        light += cv2.resize(soft, (dome.width, dome.rows), interpolation=cv2.INTER_LINEAR) * np.float32(1.6 / 255.0)
    dome.pixels += (255.0 - dome.pixels) * np.clip(light, 0, 1)


def hang_stars(rng: np.random.Generator, dome: Dome, count: int, band: tuple[float, float] | None) -> None:
    """Scatter dust, small and large stars, a few with points; with a milky way they are denser along its band."""
    mask, brush = light_mask(dome)
    spots = rng.random((count * 4, 4))
    if band is not None:
        along = spots[: count * 2, 0]
        spots[: count * 2, 1] = band[0] + band[1] * (along - 0.5) + (spots[: count * 2, 1] - 0.5) * 0.22
    spots[:, 1] *= dome.horizon
    aspect = dome.unit / dome.width, dome.unit / dome.height
    for index, (x, y, size, hue) in enumerate(spots.tolist()):
        large = index % 4 == 0
        level = 255.0 if large else 50.0 + 100.0 * size
        colour = mix((level, level * 0.9, level * 0.76), (level * 0.78, level * 0.88, level), hue)
        radius = 0.0032 + 0.0042 * size**3 if large else 0.0016
        brush.oval(colour, (x, y), (radius * aspect[0], radius * aspect[1]))
        if large and size > 0.88:
            long, thin = 0.026 * size, 0.0034
            for across, down in ((long, thin), (thin, long)):
                across, down = across * aspect[0], down * aspect[1]
                brush.fill((255, 255, 255), [(x - across, y), (x, y - down), (x + across, y), (x, y + down)])
    add_mask(dome, mask, 0.006)


def draw_milky_way(rng: np.random.Generator, dome: Dome) -> tuple[float, float]:
    """Draw the milky way across the sky; returns its height in the middle and its slope, in shares of the sky."""
    middle, slope = float(rng.uniform(0.35, 0.5)), float(rng.choice([-1.0, 1.0]) * rng.uniform(0.5, 0.9))
    tile = np.roll(detail(int(rng.integers(4))), int(rng.integers(512)), 1)
    x, y = dome.coarse(256, (0.5, 0.0))
    tall = dome.height * dome.horizon / dome.unit
    x, y = x * np.float32(dome.unit / dome.width), y / np.float32(tall)
    off = y - np.float32(middle) - np.float32(slope) * x
    folds = tile[
        ((off * 150).astype(int) + 200) % 512, ((x * np.float32(180 * dome.width / dome.unit)).astype(int) + 256) % 512
    ]
    core = np.exp(-((off / 0.13) ** 2)) * (0.35 + 0.9 * folds)
    lane = np.exp(-(((off + (folds - 0.5) * 0.16) / 0.035) ** 2)) * 0.55
    cloud = np.clip(core - lane * core, 0, 1)
    dome.shine(mix(dome.palette.glow, (255, 236, 226), 0.45), dome.drawn_up(cloud * 0.62))
    dome.shine(mix(dome.palette.glow, dome.palette.tone(0.7), 0.5), dome.drawn_up(np.exp(-((off / 0.24) ** 2)) * 0.22))
    return middle, slope


def shoot_meteors(rng: np.random.Generator, dome: Dome) -> None:
    """Draw a dozen meteors falling the same way, each a bright head before a tail that thins out."""
    mask, brush = light_mask(dome)
    way = 1.0 if dome.orb[0] < 0.5 else -1.0
    steep = rng.uniform(0.62, 0.9)
    aspect = np.array([dome.unit / dome.width, dome.unit / dome.height])
    for index in range(13):
        x, y, draw = (index + rng.random()) / 13 * 1.25 - 0.12, rng.random(), rng.random()
        head = np.array([x, (0.12 + 0.8 * y) * dome.horizon])
        length, thick = (0.3 + 0.2 * draw, 0.0085) if index % 3 == 0 else (0.1 + 0.14 * draw, 0.005)
        back = -np.array([way * np.cos(steep), np.sin(steep)]) * length
        side = np.array([-back[1], back[0]]) / length * thick
        for share in np.linspace(1.0, 0.12, 7).tolist():
            level = 255.0 * (1.06 - share) ** 1.1
            tail = head + back * share * aspect
            brush.fill((level * 0.92, level * 0.92, level), [head + side * aspect, tail, head - side * aspect])
        brush.oval((255, 255, 255), (head[0], head[1]), (thick * aspect[0], thick * aspect[1]))
    add_mask(dome, mask, 0.012)


def hang_aurora(rng: np.random.Generator, dome: Dome) -> None:
    """Hang three folded curtains of light, green at the hem and violet where they fade out above."""
    x, y = dome.coarse(360, (0.5, 0.0))
    tall = np.float32(dome.height * dome.horizon / dome.unit)
    x, y = x * np.float32(dome.unit / dome.width), y / tall
    total = np.zeros((y.shape[0], x.shape[1], 3), np.float32)
    hem, crown = np.array([70, 255, 150], np.float32), np.array([170, 70, 230], np.float32)
    for index in range(2):
        base, phase, sway = rng.uniform(-0.06, 0.06), rng.random(4) * 6.28, rng.uniform(0.05, 0.1)
        base += (0.62, 0.84)[index]
        line = (
            base
            + sway * np.sin(x * 7 + phase[0])
            + 0.045 * np.sin(x * 15 + phase[1])
            + 0.012 * np.sin(x * 41 + phase[2])
        )
        fold = np.cos(x * 7 + phase[0]) * 0.5 + np.cos(x * 15 + phase[1]) * 0.5
        knots = rng.random(160).astype(np.float32)
        rays = np.interp((x[0] + 0.5) * 150 + np.sin(x[0] * 9) * 6, np.arange(160), knots).astype(np.float32)
        reach = 0.4 + 0.24 * rays[None]
        up = (line - y) / reach
        bright = ease(up.astype(np.float32), -0.24, 0.12) ** 1.6 * np.exp(-np.maximum(up, 0) * 1.9)
        bright = bright * (0.45 + 0.55 * rays[None]) * np.clip(0.66 + 0.5 * fold, 0.1, 1.1) * (1.1, 0.8)[index]
        share = np.clip(up * 1.05, 0, 1)[..., None]
        total += bright[..., None] * (hem + (crown - hem) * share)
    light = np.clip(total / 255.0, 0, 1)
    dome.pixels += (255.0 - dome.pixels) * dome.drawn_up(light.astype(np.float32))


def span_rainbow(rng: np.random.Generator, dome: Dome) -> None:
    """Span a broad rainbow from the horizon, with a faint second bow and lighter sky inside."""
    centre = (0.5 + (dome.orb[0] - 0.5) * -0.35, dome.horizon + float(rng.uniform(0.0, 0.08)))
    radius, wide = float(rng.uniform(0.44, 0.52)), 0.1
    x, y = dome.coarse(400, centre)
    away = np.hypot(x, y)
    colours = np.array([colour for _, colour in BOW], np.float32)[::-1]
    places = np.array([place for place, _ in BOW])[::-1]
    dome.lay((255.0, 252.0, 240.0), dome.drawn_up((1 - ease(away, radius - 0.05, radius)) * 0.22))
    for reach, width, strength, flip in ((radius, wide, 0.86, False), (radius + 0.17, wide * 0.8, 0.26, True)):
        across = (away - np.float32(reach - width / 2)) / np.float32(width)
        place = 1 - across if flip else across
        hue = np.stack([np.interp(place, places, colours[:, c]) for c in range(3)], axis=2).astype(np.float32)
        share = ease(across, 0.0, 0.16) * (1 - ease(across, 0.84, 1.0)) * np.float32(strength)
        dome.lay(dome.drawn_up(hue), dome.drawn_up(share))


def bolt(
    rng: np.random.Generator, start: tuple[float, float], end: tuple[float, float], jag: float
) -> npt.NDArray[np.float64]:
    """Return a jagged line (33, 2) from start to end, made by moving the middles of ever shorter pieces."""
    line = np.array([start, end])
    for _ in range(5):
        middles = (line[1:] + line[:-1]) / 2
        middles[:, 0] += rng.normal(0, jag, len(middles))
        line = np.insert(line, np.arange(1, len(line)), middles, axis=0)
        jag *= 0.56
    return line


def strike(rng: np.random.Generator, dome: Dome) -> None:
    """Draw a bolt of lightning with branches and light up the clouds around it."""
    x, y = dome.coarse(96, (dome.orb[0], dome.horizon * 0.35))
    dome.shine((170.0, 170.0, 236.0), dome.drawn_up(0.55 * np.exp(-((x / 0.26) ** 2) - (y / 0.34) ** 2)))
    mask, brush = light_mask(dome)
    end = dome.orb[0] + rng.uniform(-0.08, 0.08)
    main = bolt(rng, (dome.orb[0] + rng.uniform(-0.06, 0.06), -0.02), (end, dome.horizon), 0.05)
    way = 1.0 if dome.orb[0] < 0.5 else -1.0
    for index, reach in ((9, 0.2), (16, 0.16), (21, -0.12)):
        first = (float(main[index, 0]), float(main[index, 1]))
        last = (first[0] + way * reach * rng.uniform(0.7, 1.2), first[1] + abs(reach) * rng.uniform(0.9, 1.4))
        brush.lines((196, 200, 236), [bolt(rng, first, last, 0.022)], 0.0045)
    for index in range(4):
        brush.lines((255, 255, 255), [main[8 * index : 8 * index + 9]], 0.0125 - 0.002 * index)
    add_mask(dome, mask, 0.022)
