"""The sky of a picture: what hangs in it, where its light stands, and how it is laid together.

Random numbers are drawn in the same order at every size, so that a scene's sky does not depend on its resolution.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from . import clouds, lights, orbs
from .brush import Brush, Image
from .dome import Dome
from .noise import field, noise
from .palettes import Palette
from .vocabulary import COLOUR_MOODS
from .weather import paint_weather

__all__ = ["field", "furnish", "noise", "paint_sky", "paint_weather", "place_orb"]

LOW_SUN: Final = frozenset(("dawn", "sunset"))
HEAPED: Final = frozenset(("daylight", "pastel", "rainbow", "snowfall"))


def furnish(rng: np.random.Generator, mood: str, ground: str) -> tuple[str, ...]:
    """Return what hangs in the sky of a mood or falls from it; always four random numbers are drawn."""
    draw = rng.random(4).tolist()
    if mood in COLOUR_MOODS:
        return furnish_coloured(draw)
    birds = ["birds"] * (draw[3] < 0.3 and ground != "lava")
    things = {
        "daylight": ["clouds", *["sun"] * (draw[0] < 0.5), *birds],
        "dawn": ["sun", "rays", *["clouds"] * (draw[0] < 0.8), *["mist"] * (draw[1] < 0.5), *birds],
        "sunset": ["clouds", "sun", *["rays"] * (draw[0] < 0.3), *birds],
        "night": ["stars", "moon" if draw[0] < 0.66 else "planet" if draw[0] < 0.8 else "milky way"],
        "full moon": ["full moon", "stars", *["clouds"] * (draw[0] < 0.6)],
        "storm": ["clouds", "lightning", *["rain"] * (draw[0] < 0.5)],
        "rain": ["clouds", "rain"],
        "fog": ["fog", *["sun"] * (draw[0] < 0.35)],
        "snowfall": ["clouds", "snowfall"],
        "aurora": ["aurora", "stars"],
        "rainbow": ["rainbow", "clouds"],
        "eclipse": ["eclipse", "stars"],
        "meteor shower": ["meteors", "stars", *["milky way"] * (draw[0] < 0.35)],
        "pastel": ["clouds", *["sun"] * (draw[0] < 0.3), *["mist"] * (draw[1] < 0.5)],
    }[mood]
    return tuple(things)


def furnish_coloured(draw: list[float]) -> tuple[str, ...]:
    """Return what hangs in the sky of a picture in one colour: anything from nothing at all to a planet and stars."""
    kind = draw[0]
    if kind < 0.12:
        return ()
    if kind < 0.32:
        return ("clouds",)
    if kind < 0.52:
        return ("sun", "clouds") if draw[1] < 0.6 else ("sun", "rays")
    if kind < 0.64:
        return ("moon", "stars")
    if kind < 0.74:
        return ("full moon", "clouds") if draw[1] < 0.5 else ("full moon",)
    if kind < 0.86:
        return ("planet", "stars")
    return ("stars", "milky way") if draw[1] < 0.5 else ("stars",)


def place_orb(rng: np.random.Generator, mood: str, light: int, horizon: float) -> tuple[float, float]:
    """Return where sun, moon or planet stands, on the side the light comes from: low at dawn and sunset."""
    away, rise = rng.random(2).tolist()
    if mood in LOW_SUN:
        return 0.5 - light * (0.24 + 0.14 * away), horizon - (0.03 + 0.07 * rise)
    if mood == "full moon":
        return 0.5 - light * (0.16 + 0.12 * away), 0.25 + 0.07 * rise
    if mood == "eclipse":
        return 0.5 - light * (0.16 + 0.12 * away), 0.2 + 0.06 * rise
    return 0.5 - light * (0.26 + 0.14 * away), 0.1 + 0.14 * rise


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
    dome = Dome(palette, orb, horizon, shape)
    stops = np.array(palette.sky, np.float64)
    starry = mood in COLOUR_MOODS and any(name in accessories for name in ("stars", "full moon"))
    if starry:
        stops = stops + (np.array(palette.tones[0]) - stops) * np.array([0.82, 0.55, 0.12])[:, None]
    dome.wash(stops, float(rng.uniform(0.48, 0.62)))
    hang_lights(rng, dome, accessories)
    hang_orb(rng, dome, mood, accessories)
    if "clouds" in accessories:
        float_clouds(rng, dome, mood, starry)
    if "rays" in accessories:
        orbs.cast_rays(rng, dome, 0.55 if mood in LOW_SUN else 0.42)
    if "rainbow" in accessories:
        lights.span_rainbow(rng, dome)
    if "lightning" in accessories:
        lights.strike(rng, dome)
    canvas = dome.finish()
    if "birds" in accessories:
        fly_birds(rng, canvas, palette, orb, horizon)
    return canvas


def hang_lights(rng: np.random.Generator, dome: Dome, accessories: tuple[str, ...]) -> None:
    """Lay the lights that stand behind sun and moon."""
    band = lights.draw_milky_way(rng, dome) if "milky way" in accessories else None
    if "stars" in accessories:
        few = any(name in accessories for name in ("full moon", "aurora", "eclipse"))
        lights.hang_stars(rng, dome, 22 if few else 40, band)
    if "aurora" in accessories:
        lights.hang_aurora(rng, dome)
    if "meteors" in accessories:
        lights.shoot_meteors(rng, dome)


def hang_orb(rng: np.random.Generator, dome: Dome, mood: str, accessories: tuple[str, ...]) -> None:
    """Hang the one ball of the sky, if it has one."""
    if "fog" in accessories:
        if "sun" in accessories:
            orbs.hang_pale_sun(dome)
    elif "sun" in accessories:
        orbs.hang_sun(dome, mood in LOW_SUN)
    elif "moon" in accessories:
        orbs.hang_crescent(dome)
    elif "full moon" in accessories:
        orbs.hang_full_moon(dome, 0.2 if mood == "full moon" else 0.13)
    elif "planet" in accessories:
        orbs.hang_planet(dome)
    elif "eclipse" in accessories:
        orbs.eclipse(rng, dome)


def float_clouds(rng: np.random.Generator, dome: Dome, mood: str, starry: bool) -> None:
    """Lay the clouds of a mood: heaps by day, streaks when the sun is low or at night, a lid in bad weather."""
    if mood == "storm":
        clouds.cover_over(rng, dome, 0.95, 1.25)
        clouds.heap_up(rng, dome, 4, 0.6)
    elif mood == "rain":
        clouds.cover_over(rng, dome, 0.8, 0.8)
    elif mood == "snowfall":
        clouds.cover_over(rng, dome, 0.55, 0.5)
    elif mood in HEAPED:
        clouds.streak(rng, dome, 0.56, 0.9, 0.4, 0.3)
        clouds.heap_up(rng, dome, int(rng.integers(4, 7)), 0.97 if mood != "pastel" else 0.9)
    elif mood in LOW_SUN:
        if rng.random() < 0.6:
            clouds.fleece(rng, dome, 0.85, 0.8)
            clouds.streak(rng, dome, 0.52, 0.8, 0.8, 0.85)
        else:
            clouds.streak(rng, dome, 0.4, 0.7, 0.9, 0.85)
    elif mood == "full moon":
        clouds.streak(rng, dome, 0.5, 0.8, 0.72, 0.3)
    elif rng.random() < 0.5 or starry:
        clouds.streak(rng, dome, 0.46, 0.76, 0.8, 0.3)
    else:
        clouds.streak(rng, dome, 0.56, 0.9, 0.4, 0.3)
        clouds.heap_up(rng, dome, 5, 0.95)


def fly_birds(
    rng: np.random.Generator, canvas: Image, palette: Palette, orb: tuple[float, float], horizon: float
) -> None:
    """Draw a small flock of birds on the side away from the light."""
    height, width = canvas.shape[:2]
    unit = float(min(height, width))
    middle = np.array([1.0 - orb[0] + rng.uniform(-0.08, 0.08), horizon * rng.uniform(0.25, 0.5)])
    flock = Brush(canvas, lambda colour: colour, (middle[0] * width, middle[1] * height), (unit, unit))
    wings = []
    for across, up, size, beat in rng.uniform(-1, 1, (7, 4)).tolist():
        span, lift = 0.017 + 0.006 * size, 0.008 + 0.006 * beat
        x, y = across * 0.13, up * 0.07
        wing = [(-1.0, 1.0), (-0.4, 1.1), (0.0, 0.0), (0.4, 1.1), (1.0, 1.0)]
        wings.append([(x + span * along, y - lift * high) for along, high in wing])
    layer = canvas.copy()
    flock.layer = layer
    flock.lines(palette.ink, wings, 0.005)
    cv2.addWeighted(layer, 0.8, canvas, 0.2, 0, canvas)
