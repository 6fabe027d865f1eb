"""Wide and open works: a torii gate, a Greek temple and a ferris wheel.

Each is drawn by a brush whose zero is the middle of the subject's foot, whose y grows upwards, and whose unit is
the subject's height; gate and temple are a fifth wider than that.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from ..brush import Brush, Colour, box, mix
from .portrait import Portrait
from .shading import DARK, EMBER, GOLD, LAMP, WHITE, across, arc, ball, down, fade, glaze, lines, radiate, smooth, trace

CREAM: Final = (250.0, 242.0, 224.0)


FIGURES: Final = (
    (-0.27, 0.035),
    (-0.17, 0.06),
    (-0.085, 0.082),
    (0.0, 0.108),
    (0.085, 0.082),
    (0.17, 0.06),
    (0.27, 0.035),
)


def draw_torii(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a vermilion gate: two leaning pillars, a tie beam, a curved lintel under a black cap, and a straw rope."""
    paint = mix((218.0, 54.0, 28.0), (232.0, 92.0, 34.0), float(rng.random()))
    lit, shade = (mix(paint, (255, 220, 150), 0.4), mix(paint, (60, 8, 24), 0.6))
    for way in (-1, 1):
        pillar = [
            (way * 0.4 - 0.058, 0),
            (way * 0.4 + 0.058, 0),
            (way * 0.345 + 0.046, 0.88),
            (way * 0.345 - 0.046, 0.88),
        ]
        across(brush, [paint, lit, paint, shade], pillar)
        foot = [(way * 0.4 - 0.072, 0), (way * 0.4 + 0.072, 0), (way * 0.395 + 0.066, 0.1), (way * 0.395 - 0.066, 0.1)]
        across(brush, [(58, 54, 62), (96, 92, 98), (24, 22, 30)], foot)
        glaze(
            brush,
            DARK,
            box(way * 0.35 - 0.07, 0.7, way * 0.35 + 0.07, 0.88),
            start=(0, 0.75),
            end=(0, 0.85),
            strength=(0.0, 0.6),
        )
    down(brush, [lit, paint, shade], box(-0.52, 0.6, 0.52, 0.68))
    for x in (-0.445, 0.445):
        brush.fill(mix(shade, DARK, 0.3), box(x - 0.028, 0.615, x + 0.028, 0.665))
    lintel = smooth(trace("580 930, 350 855, 0 835, -350 855, -580 930"), closed=False)
    above = lintel[::-1] * (1.06, 1.0) + (0.0, 0.075)
    down(brush, [lit, paint, shade], np.concatenate([lintel, above]))
    top = lintel[::-1] * (1.12, 1.0) + (0.0, 0.135)
    cap = np.concatenate([lintel * (1.1, 1.0) + (0.0, 0.07), top])
    down(brush, [(110, 106, 120), (54, 50, 60), (26, 24, 32)], cap)
    lines(brush, (150, 146, 160), [top], 0.009)
    down(brush, [paint, shade], box(-0.062, 0.66, 0.062, 0.86))
    down(brush, [(54, 48, 60), (30, 26, 34)], box(-0.045, 0.68, 0.045, 0.83))
    lines(brush, GOLD, [box(-0.045, 0.68, 0.045, 0.83)], 0.008, closed=True)
    lines(brush, GOLD, [[(-0.018, y), (0.018, y)] for y in (0.715, 0.755, 0.795)], 0.012)
    rope = smooth(trace("-370 570, -180 515, 0 500, 180 515, 370 570"), closed=False)
    lines(brush, (132, 96, 48), [rope - (0, 0.006)], 0.03)
    lines(brush, (226, 190, 120), [rope], 0.022)
    for x in (-0.22, -0.075, 0.075, 0.22):
        y = 0.49 + 0.55 * x * x
        brush.fill(
            (252, 250, 244),
            [
                (x - 0.016, y),
                (x + 0.02, y),
                (x + 0.004, y - 0.04),
                (x + 0.026, y - 0.04),
                (x + 0.008, y - 0.085),
                (x - 0.02, y - 0.05),
                (x - 0.004, y - 0.045),
            ],
        )


def draw_temple(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a Greek temple: three steps, six fluted columns before a dark hall, a frieze and a pediment."""
    marble = mix((246.0, 240.0, 226.0), (232.0, 206.0, 164.0), float(rng.random()))
    shade, mid = (mix(marble, (84, 74, 104), 0.6), mix(marble, (110, 100, 120), 0.3))
    flame = bool(rng.random() < 0.6)
    for step in range(3):
        wide, low = (0.62 - 0.04 * step, 0.036 * step)
        across(brush, [marble, mid], box(-wide, low, wide, low + 0.036))
        lines(brush, shade, [[(-wide, low + 0.002), (wide, low + 0.002)]], 0.006)
        lines(brush, mix(marble, WHITE, 0.6), [[(-wide, low + 0.034), (wide, low + 0.034)]], 0.005)
    down(brush, [(40, 34, 54), (96, 84, 104)], box(-0.5, 0.108, 0.5, 0.48))
    brush.fill(DARK, box(-0.075, 0.108, 0.075, 0.37))
    if flame:
        radiate(
            brush,
            [LAMP, EMBER, (96, 52, 50)],
            box(-0.19, 0.108, 0.19, 0.44),
            focus=(0, 0.17),
            radii=(0.21, 0.27),
            glow=True,
        )
        across(brush, [(120, 84, 60), (60, 40, 40)], box(-0.045, 0.108, 0.045, 0.16))
        brush.fill((255, 252, 220), smooth(trace("-32 165, 32 165, 30 200, 0 270, -26 205")), glow=True)
    for x in np.linspace(-0.49, 0.49, 6).tolist():
        draw_column(brush, x, marble, shade)
    across(brush, [marble, mid], box(-0.57, 0.475, 0.57, 0.53))
    across(brush, [mid, shade], box(-0.56, 0.53, 0.56, 0.575))
    tint = [(176.0, 62.0, 48.0), (60.0, 96.0, 150.0), (150.0, 138.0, 136.0)][rng.integers(3)]
    for x in np.linspace(-0.525, 0.525, 16):
        brush.fill(mix(marble, tint, 0.55), box(x - 0.015, 0.535, x + 0.015, 0.572))
    draw_pediment(brush, marble, tint)


def draw_pediment(brush: Brush, marble: Colour, tint: Colour) -> None:
    """Draw the temple's gable with seven marble figures and golden ornaments."""
    shade, mid = mix(marble, (84, 74, 104), 0.6), mix(marble, (110, 100, 120), 0.3)
    fade(brush, [marble, mid], trace("-620 575, 620 575, 630 605, 0 800, -630 605"), start=(-0.5, 0.7), end=(0.6, 0.6))
    down(brush, [mix(shade, tint, 0.3), mix(mid, tint, 0.22)], [(-0.47, 0.612), (0.47, 0.612), (0, 0.752)])
    for x, high in FIGURES:
        ball(brush, [WHITE, marble, shade], (x, 0.612 + high), (0.018, 0.018))
        across(
            brush,
            [marble, shade],
            [
                (x - 0.028, 0.612),
                (x + 0.028, 0.612),
                (x + 0.014, 0.612 + high * 0.85),
                (x - 0.014, 0.612 + high * 0.85),
            ],
        )
    lines(brush, mix(marble, WHITE, 0.7), [[(-0.63, 0.605), (0, 0.8), (0.63, 0.605)]], 0.014)
    lines(
        brush,
        shade,
        [[(-0.57, 0.6), (0.57, 0.6)], [(-0.57, 0.53), (0.57, 0.53)], [(-0.61, 0.578), (0.61, 0.578)]],
        0.006,
    )
    for x, y in ((0, 0.83), (-0.61, 0.635), (0.61, 0.635)):
        fade(
            brush,
            [(255, 232, 150), GOLD, (150, 100, 40)],
            [(x - 0.03, y - 0.03), (x + 0.03, y - 0.03), (x + 0.018, y), (x, y + 0.035), (x - 0.018, y)],
            start=(x - 0.03, y),
            end=(x + 0.03, y),
        )


def draw_column(brush: Brush, x: float, marble: Colour, shade: Colour) -> None:
    """Draw one fluted column, slightly swelling, between its base and its capital."""
    lit = mix(marble, WHITE, 0.5)
    shaft = [
        (x - 0.043, 0.125),
        (x + 0.043, 0.125),
        (x + 0.041, 0.26),
        (x + 0.033, 0.445),
        (x - 0.033, 0.445),
        (x - 0.041, 0.26),
    ]
    across(brush, [marble, lit, marble, shade], shaft)
    lines(
        brush,
        mix(marble, shade, 0.7),
        [[(x + s * 0.043, 0.13), (x + s * 0.033, 0.44)] for s in (-0.55, -0.15, 0.25, 0.62)],
        0.005,
    )
    across(brush, [lit, marble, shade], box(x - 0.053, 0.108, x + 0.053, 0.13))
    across(
        brush,
        [lit, marble, shade],
        [
            (x - 0.033, 0.44),
            (x + 0.033, 0.44),
            (x + 0.058, 0.462),
            (x + 0.058, 0.48),
            (x - 0.058, 0.48),
            (x - 0.058, 0.462),
        ],
    )


def draw_ferris_wheel(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a great wheel of lights with twelve coloured cabins on its two legs and a platform."""
    steel = [(232.0, 236.0, 244.0), (220.0, 70.0, 84.0), (70.0, 120.0, 196.0)][rng.integers(3)]
    paints = [
        (230.0, 56.0, 58.0),
        (250.0, 190.0, 44.0),
        (48.0, 150.0, 210.0),
        (92.0, 180.0, 84.0),
        (238.0, 122.0, 50.0),
        (170.0, 84.0, 190.0),
    ]
    centre = (0.0, 0.545)
    hub, turn, dark = (np.array(centre), float(rng.uniform(0, np.pi / 6)), mix(steel, DARK, 0.55))
    ways = [np.array([np.cos(t), np.sin(t)]) for t in turn + np.arange(12) * np.pi / 6]
    lines(brush, mix(dark, DARK, 0.3), [[(-0.2, 0.04), centre, (0.2, 0.04)]], 0.022)
    lines(brush, mix(steel, DARK, 0.25), [[hub, hub + 0.41 * way] for way in ways], 0.009)
    lines(
        brush,
        mix(steel, DARK, 0.4),
        [[hub + 0.2 * ways[i], hub + 0.4 * ways[i - 1], hub + 0.2 * ways[i - 2]] for i in range(0, 12, 2)],
        0.005,
    )
    lines(brush, dark, [arc(centre, (0.415, 0.415), count=73), arc(centre, (0.2, 0.2), count=49)], 0.02)
    lines(
        brush,
        steel,
        [arc((-0.003, 0.548), (0.415, 0.415), count=73), arc((-0.002, 0.547), (0.2, 0.2), count=49)],
        0.012,
    )
    lines(brush, steel, [arc(centre, (0.355, 0.355), count=73)], 0.008)
    for t in np.arange(36) * np.pi / 18 + turn:
        brush.oval(
            (255, 240, 170), (0.385 * float(np.cos(t)), 0.545 + 0.385 * float(np.sin(t))), (0.009, 0.009), glow=True
        )
    for index, way in enumerate(ways):
        draw_cabin(brush, hub + 0.42 * way, paints[index % 6])
    lines(brush, dark, [[(-0.26, 0.04), centre, (0.26, 0.04)]], 0.036)
    lines(brush, steel, [[(-0.264, 0.04), centre, (0.256, 0.04)]], 0.024)
    lines(brush, dark, [[(-0.17, 0.2), (0.17, 0.2)], [(-0.17, 0.2), (0.1, 0.36)], [(0.17, 0.2), (-0.1, 0.36)]], 0.012)
    ball(brush, [(255, 250, 210), GOLD, (140, 84, 40)], centre, (0.055, 0.055))
    down(brush, [(176, 132, 92), (92, 64, 54)], box(-0.38, 0, 0.38, 0.05))
    lines(brush, CREAM, [[(-0.38, 0.052), (0.38, 0.052)]], 0.01)
    across(brush, [paints[0], mix(paints[0], DARK, 0.4)], box(-0.08, 0.05, 0.08, 0.13))
    brush.fill(LAMP, box(-0.045, 0.07, 0.045, 0.11), glow=True)
    for index, x in enumerate(np.linspace(-0.08, 0.08, 5)):
        brush.fill(
            CREAM if index % 2 else paints[0],
            [(x - 0.02, 0.15), (x + 0.02, 0.15), (x + 0.02, 0.125), (x, 0.115), (x - 0.02, 0.125)],
        )


def draw_cabin(brush: Brush, pivot: npt.NDArray[np.float64], paint: Colour) -> None:
    """Draw a cabin of the wheel hanging from its pivot, with a lit window."""
    x, y = (float(pivot[0]), float(pivot[1]))
    body = [*arc((x, y - 0.045), (0.05, 0.045), 180, 360, 11), (x + 0.05, y - 0.02), (x - 0.05, y - 0.02)]
    fade(
        brush,
        [mix(paint, WHITE, 0.4), paint, mix(paint, DARK, 0.45)],
        body,
        start=(x - 0.05, y),
        end=(x + 0.05, y - 0.05),
    )
    brush.fill(LAMP, box(x - 0.034, y - 0.052, x + 0.034, y - 0.022), glow=True)
    lines(brush, mix(paint, DARK, 0.3), [[(x, y - 0.055), (x, y - 0.018)]], 0.007)
    brush.fill(
        mix(paint, DARK, 0.2),
        [(x - 0.056, y - 0.022), (x + 0.056, y - 0.022), (x + 0.02, y + 0.012), (x - 0.02, y + 0.012)],
    )


PORTRAITS: Final[dict[str, Portrait]] = {
    "torii gate": Portrait(draw_torii, (0.5, 0.7), afloat=True, rise=(0.05, 1.06)),
    "temple": Portrait(draw_temple, (0.56, 0.72), foot=0.62),
    "ferris wheel": Portrait(draw_ferris_wheel, (0.66, 0.86), foot=0.38),
}
