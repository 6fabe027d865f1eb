"""What a figure touches: its shadow on the land, an islet in the water, and grass, snow or cloud around its foot."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from ..brush import Brush, Colour, Image, blend, mix
from ..palettes import Palette
from . import PORTRAITS
from .placing import Drawn
from .portrait import Figure

WATERS: Final = ("sea", "lake")
SHADOWS: Final[dict[str, tuple[float, float]]] = {  # how dark, and how far aside for each unit of height
    "sunset": (0.5, 1.0),
    "dawn": (0.44, 1.0),
    "storm": (0.16, 0.2),
    "rain": (0.16, 0.2),
    "fog": (0.14, 0.2),
    "snowfall": (0.16, 0.2),
    "full moon": (0.42, 0.6),
    "night": (0.26, 0.5),
    "aurora": (0.26, 0.4),
    "meteor shower": (0.24, 0.4),
    "eclipse": (0.3, 0.5),
}


def figure_brush(canvas: Image, palette: Palette, figure: Figure) -> Brush:
    """Return a brush on the whole picture whose zero is the figure's foot and whose unit is its size."""
    height, width = canvas.shape[:2]
    unit = figure.size * min(height, width)
    brush = Brush(canvas, palette.ground, (figure.spot[0] * width, figure.spot[1] * height), (unit, -unit))
    brush.unit = unit
    return brush


def cast_shadow(canvas: Image, drawn: Drawn, figure: Figure, palette: Palette, mood: str, light: int) -> None:
    """Darken the land where a figure keeps the light off: its outline laid down, away from the sun and towards us."""
    strength, aside = SHADOWS.get(mood, (0.42, 0.5))
    height, width = canvas.shape[:2]
    unit = figure.size * min(height, width)
    first = round(figure.spot[1] * height - 0.03 * unit)
    last = min(height, round(first + 0.36 * unit))
    if last - first < 2 or first < 0:
        return
    rows, columns = drawn.window
    foot_x, foot_y = figure.spot[0] * width, figure.spot[1] * height
    lean, flat = light * aside, 0.24
    # a point that stands h above the foot falls at (x + lean h, foot + flat h)
    turn = np.array(
        [
            [1.0, -lean, columns.start - lean * (rows.start - foot_y)],
            [0.0, -flat, foot_y - first - flat * (rows.start - foot_y)],
        ]
    )
    mask = cv2.warpAffine(drawn.cover, turn, (width, last - first), flags=cv2.INTER_LINEAR)
    contact = Brush(mask, lambda colour: colour, (foot_x, foot_y - first), (unit, -unit))
    half = PORTRAITS[figure.subject].foot
    cv2.ellipse(
        mask,
        tuple(contact.place([(light * 0.05, -0.004)])[0].tolist()),
        (round((half + 0.06) * unit * 16), round(0.035 * unit * 16)),
        0,
        0,
        360,
        255,
        -1,
        cv2.LINE_AA,
        4,
    )
    mask = cv2.GaussianBlur(mask, (0, 0), max(0.5, 0.012 * unit))
    dark = mix(palette.ink, palette.sky[0], 0.25)
    share = mask.astype(np.float32) * (strength / 255.0)
    canvas[first:last] = blend(canvas[first:last], dark, share)


def lay_islet(
    rng: np.random.Generator, canvas: Image, palette: Palette, figure: Figure, ground: str, light: int
) -> None:
    """Raise an islet of sand, rock or grass out of the water for a figure to stand on."""
    brush = figure_brush(canvas, palette, figure)
    half = PORTRAITS[figure.subject].foot + 0.14
    sand = bool(rng.random() < 0.5)
    rock: Colour = (204.0, 182.0, 132.0) if sand else (128.0, 120.0, 114.0)
    turf: Colour = (116.0, 156.0, 74.0) if ground == "lake" or not sand else rock
    spread = np.linspace(-1.0, 1.0, 19)
    rough = rng.uniform(0.75, 1.2, (3, 19))
    crown = np.sqrt(np.maximum(1.0 - spread**2, 0.0))
    foam = mix((232.0, 244.0, 250.0), palette.tone(0.95), 0.3)
    layer = canvas.copy()
    surf = Brush(layer, palette.ground, brush.origin, brush.scale)
    for x, size in zip(spread, rough[2], strict=True):
        reach = (0.05 * size, 0.016 * size)
        surf.oval(foam, (1.06 * half * x, -0.045 - 0.05 * float(np.sqrt(1.0 - x * x))), reach, glow=True)
    canvas[:] = blend(canvas, layer, 0.6)
    shore = [(half * 1.08 * x, -0.045 - 0.05 * c * r) for x, c, r in zip(spread, crown, rough[0], strict=True)]
    top = [(half * x, 0.035 * c * r) for x, c, r in zip(spread, crown, rough[1], strict=True)]
    brush.fill(mix(rock, (40.0, 36.0, 46.0), 0.45), [*top, *reversed(shore)])
    lit = [(half * (0.9 * x - 0.1 * light), -0.06 * c * r) for x, c, r in zip(spread, crown, rough[2], strict=True)]
    brush.fill(rock, [*top, *reversed(lit)])
    lawn = [(half * 0.94 * x, -0.022 * c * r) for x, c, r in zip(spread, crown, rough[0], strict=True)]
    brush.fill(turf, [*top, *reversed(lawn)])


def settle(
    rng: np.random.Generator, canvas: Image, palette: Palette, figure: Figure, ground: str, season: str | None
) -> None:
    """Cover a figure's foot with what grows or lies there, so that it stands in the land and not upon it."""
    brush = figure_brush(canvas, palette, figure)
    half = PORTRAITS[figure.subject].foot + 0.08
    draws = rng.random((26, 3)) * (2.0, 1.0, 1.0) - (1.0, 0.0, 0.5)
    if ground == "clouds":
        wrap_in_cloud(canvas, palette, brush, draws[:12], half)
        return
    if ground == "snow" or season == "winter":
        drift = [(x * (half + 0.08), 0.02 * y - 0.012) for x, y, _ in sorted(draws[:9].tolist())]
        brush.fill((244.0, 248.0, 255.0), [(-half - 0.12, -0.03), *drift, (half + 0.12, -0.03), (0.0, -0.055)])
        return
    if ground not in ("meadow", "forest", "jungle"):
        return
    fresh = {"autumn": (170.0, 136.0, 60.0), "spring": (112.0, 178.0, 76.0)}.get(season or "", (84.0, 146.0, 60.0))
    dark = mix(fresh, (16.0, 40.0, 24.0), 0.45)
    for start, colour in enumerate((dark, fresh)):
        blades = [
            [(x * half - 0.012, -0.03), (x * half + 0.04 * lean, 0.02 + 0.05 * size), (x * half + 0.012, -0.03)]
            for x, size, lean in draws[start::2]
        ]
        brush.fill(colour, *blades)


def wrap_in_cloud(canvas: Image, palette: Palette, brush: Brush, draws: npt.NDArray[np.float64], half: float) -> None:
    """Let soft cloud rise over a figure's foot, lighter above than below."""
    height, width = canvas.shape[:2]
    first = max(0, round(brush.origin[1] - 0.22 * brush.unit))
    last = min(height, round(brush.origin[1] + 0.3 * brush.unit))
    if last - first < 2:
        return
    mask = np.zeros((last - first, width, 1), np.uint8)
    puffs = Brush(mask, lambda colour: colour, (brush.origin[0], brush.origin[1] - first), brush.scale)
    for x, size, _ in draws:
        radius = 0.05 + 0.06 * size
        puffs.oval((255.0, 255.0, 255.0), (x * (half + 0.1), -0.05), (radius * 1.6, radius * 0.9), glow=True)
    share = cv2.GaussianBlur(mask[..., 0], (0, 0), max(0.6, 0.018 * brush.unit)).astype(np.float32) / 255.0
    rows = np.linspace(0.0, 1.0, last - first, dtype=np.float32)[:, None]
    share *= np.clip((1.0 - rows) / 0.45, 0.0, 1.0) * 0.92
    canvas[first:last] = blend(canvas[first:last], mix(palette.clouds[0], palette.sky[2], 0.12), share)


def reflect(canvas: Image, drawn: Drawn, colours: Image, base: float, strength: float = 0.4) -> Image:
    """Mirror a figure in the water below row `base` (a share of the height), broken up by ripples."""
    height, width = canvas.shape[:2]
    rows, columns = drawn.window
    foot = base * height - rows.start
    first, last = round(base * height), min(height, round(base * height + (foot - 0)))
    if last - first < 2:
        return canvas
    down = np.arange(first, last, dtype=np.float32) - rows.start
    ripple = np.sin((down - foot) / height * 95.0) * 0.008 * width * np.linspace(0.4, 1.3, len(down))
    across = np.arange(columns.stop - columns.start, dtype=np.float32)[None] + ripple[:, None]
    source = np.broadcast_to((2 * foot - 1 - down)[:, None], across.shape).astype(np.float32)
    across = across.astype(np.float32)
    image = cv2.remap(colours, across, source, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    share = cv2.remap(drawn.cover, across, source, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    fade = np.linspace(1.0, 0.45, len(down), dtype=np.float32)[:, None, None] * strength
    below = canvas[first:last, columns]
    keep = 1.0 - share[..., None] * (fade / 255.0)
    canvas[first:last, columns] = np.clip(below * keep + image * (fade * 0.9), 0, 255).astype(np.uint8)
    return canvas
