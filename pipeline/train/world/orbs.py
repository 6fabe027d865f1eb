"""What shines in the sky as a ball: the sun with its rays, the moon thin or full, a ringed planet, an eclipse."""

from __future__ import annotations

import numpy as np

from .brush import Colour, mix
from .dome import Dome
from .noise import Field, detail, ease


def glow_around(dome: Dome, strength: float, fall: float, colour: Colour) -> None:
    """Let the air shine around the orb; a larger `fall` keeps the glow nearer to it."""
    x, y = dome.coarse(96, dome.orb)
    away = np.hypot(x, y)
    dome.lay(colour, dome.drawn_up(strength * np.exp(-away * fall)))


def hang_sun(dome: Dome, low: bool) -> None:
    """Draw the sun: a white-hot disc with a rim of its colour, larger and softer when it stands low."""
    palette = dome.palette
    glow_around(dome, 0.85 if low else 0.7, 2.6 if low else 3.6, palette.glow)
    glow_around(dome, 0.8, 9.0, palette.sun)
    radius = 0.1 if low else 0.072
    window, x, y = dome.patch(dome.orb, radius * 1.9)
    away = np.hypot(x, y)
    dome.lay(palette.sun, np.exp(-(np.maximum(away / radius - 1, 0) ** 2) * 6.0) * 0.7, window)
    dome.lay(mix(palette.sun, (255, 255, 250), 0.65), dome.edge(away, radius), window)


def hang_pale_sun(dome: Dome) -> None:
    """Draw a sun that is only a pale disc behind the fog."""
    glow_around(dome, 0.8, 5.0, dome.palette.sun)
    window, x, y = dome.patch(dome.orb, 0.09)
    dome.lay((255.0, 254.0, 248.0), dome.edge(np.hypot(x, y), 0.07) * np.float32(0.9), window)


def cast_rays(rng: np.random.Generator, dome: Dome, strength: float) -> None:
    """Spread shafts of light from the orb, broad and narrow, fading with distance."""
    x, y = dome.coarse(240, dome.orb)
    angle = (np.arctan2(y, x) / np.float32(2 * np.pi) + 0.5).astype(np.float32)
    knots = rng.random(37)
    knots[-1] = knots[0]
    fine = np.interp(np.linspace(0, 36, 721), np.arange(37), knots).astype(np.float32)
    beams = ease(fine, 0.34, 0.78)[(angle * 720).astype(np.int32)]
    away = np.hypot(x, y)
    fade = np.exp(-away * 1.5) * np.clip(away * 9 - 0.7, 0, 1)
    dome.shine(mix(dome.palette.glow, dome.palette.sun, 0.5), dome.drawn_up(beams * fade * np.float32(strength)))


def hang_crescent(dome: Dome) -> None:
    """Draw a crescent moon, its dark side just showing."""
    palette, radius = dome.palette, 0.08
    glow_around(dome, 0.5, 7.0, palette.glow)
    window, x, y = dome.patch(dome.orb, radius * 1.2)
    away = np.hypot(x, y)
    disc = dome.edge(away, radius)
    dome.lay(mix(palette.sky[0], palette.sky[1], 0.6), disc * np.float32(0.85), window)
    way = 1.0 if dome.orb[0] > 0.5 else -1.0
    bite = dome.edge(np.hypot(x + np.float32(0.45 * radius * way), y + np.float32(0.2 * radius)), radius * 0.86)
    dome.lay(palette.sun, disc * (1 - bite), window)


def hang_full_moon(dome: Dome, radius: float) -> None:
    """Draw a full moon with its seas and the rays of its craters, large if `radius` (of the shorter side) is."""
    palette = dome.palette
    glow_around(dome, 0.75, 3.4, palette.glow)
    window, x, y = dome.patch(dome.orb, radius * 1.1)
    away = np.hypot(x, y)
    tile = detail(2)
    u, v = x / np.float32(radius) * 72 + 160, y / np.float32(radius) * 72 + 300
    spots = tile[v.astype(int) % 512, u.astype(int) % 512]
    dark = ease(spots, 0.4, 0.64) * 0.5
    for across, down, size in ((0.35, 0.45, 0.09), (-0.3, 0.6, 0.13), (0.1, -0.55, 0.08), (-0.55, -0.1, 0.07)):
        ring = np.hypot(x / np.float32(radius) - across, y / np.float32(radius) - down) / np.float32(size)
        dark = dark - 0.16 * np.exp(-((ring - 1) ** 2) * 5) + 0.1 * np.exp(-(ring**2) * 3)
    limb = np.sqrt(np.clip(1 - (away / np.float32(radius)) ** 2, 0, 1))
    bright = np.clip((1 - dark) * (0.72 + 0.28 * limb), 0, 1.02)[..., None]
    sun, shade = np.asarray(palette.sun, np.float32), np.asarray(mix(palette.sky[1], palette.sun, 0.2), np.float32)
    dome.lay((shade + (sun - shade) * bright).astype(np.float32), dome.edge(away, radius), window)


def hang_planet(dome: Dome) -> None:
    """Draw a banded planet in its own shadow, with a ring passing behind and before it."""
    palette, radius = dome.palette, 0.1
    glow_around(dome, 0.3, 6.0, palette.glow)
    window, x, y = dome.patch(dome.orb, 0.26)
    lean = -0.32
    along = x * np.float32(np.cos(lean)) - y * np.float32(np.sin(lean))
    over = x * np.float32(np.sin(lean)) + y * np.float32(np.cos(lean))
    turn = np.hypot(along, over / np.float32(0.28))
    ring = ease(turn, 0.135, 0.142) * (1 - ease(turn, 0.2, 0.21)) * (0.62 + 0.38 * np.cos(turn * 260))
    light, dark = mix(palette.tone(0.9), palette.sun, 0.45), mix(palette.sky[0], palette.tone(0.2), 0.6)
    band = np.asarray(palette.tone(0.62), np.float32)
    dome.lay(light, (ring * (over < 0) * 0.85).astype(np.float32), window)
    away = np.hypot(x, y)
    stripes = 0.5 + 0.5 * np.sin(over * np.float32(75) + np.sin(along * 18) * 0.6)
    body = band + (np.asarray(light, np.float32) - band) * (stripes * 0.75)[..., None]
    way = 1.0 if dome.orb[0] < 0.5 else -1.0
    lit = ease((1.0 + (x * np.float32(way) - y * 0.6) / np.float32(radius)).astype(np.float32), 0.1, 1.5)[..., None]
    body = np.asarray(dark, np.float32) + (body - np.asarray(dark, np.float32)) * lit
    dome.lay(body.astype(np.float32), dome.edge(away, radius), window)
    dome.lay(light, (ring * (over >= 0) * 0.95).astype(np.float32), window)


def corona(rng: np.random.Generator, dome: Dome, away: Field, angle: Field, radius: float) -> Field:
    """Return the light of the corona around a covered sun: streamers of uneven length."""
    knots = rng.uniform(0.3, 1.0, 25)
    knots[-1] = knots[0]
    turn = angle / np.float32(2 * np.pi) * 24 + 12
    length = np.interp(turn, np.arange(25), knots).astype(np.float32)
    outside = np.maximum(away / np.float32(radius) - 1, 0)
    return (np.exp(-outside * 2.1 / length) * 0.95 + 0.5 * np.exp(-outside * 9)).astype(np.float32)


def eclipse(rng: np.random.Generator, dome: Dome) -> None:
    """Cover the sun with a black disc: corona, a thin fiery rim and the last bead of light."""
    palette, radius = dome.palette, 0.115
    glow_around(dome, 0.55, 3.2, palette.glow)
    window, x, y = dome.patch(dome.orb, radius * 4)
    away, angle = np.hypot(x, y), np.arctan2(y, x)
    light = corona(rng, dome, away, angle.astype(np.float32), radius) * (1 - ease(away, radius * 2.9, radius * 4))
    dome.shine(palette.sun, light.astype(np.float32), window)
    dome.lay((255.0, 120.0, 60.0), dome.edge(away, radius * 1.03), window)
    dome.lay((6.0, 5.0, 8.0), dome.edge(away, radius), window)
    turn = rng.uniform(-1.2, -0.4)
    bead = np.hypot(x - np.float32(np.cos(turn) * radius), y - np.float32(np.sin(turn) * radius))
    dome.shine((255.0, 250.0, 236.0), np.clip(1.2 * np.exp(-((bead / 0.022) ** 2)), 0, 1).astype(np.float32), window)
