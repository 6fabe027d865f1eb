"""Buildings that rise high: a pagoda, a church and a clock tower.

Each is drawn by a brush whose zero is the middle of the subject's foot, whose y grows upwards, and whose unit is
the subject's height. Colours vary, the silhouette's kind never does.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..brush import Brush, Colour, box, mix
from .portrait import Portrait
from .shading import (
    DARK,
    EMBER,
    GOLD,
    LAMP,
    WHITE,
    across,
    arc,
    ball,
    both,
    down,
    fade,
    glaze,
    lines,
    radiate,
    smooth,
    trace,
)

CREAM: Final = (250.0, 242.0, 224.0)


def draw_pagoda(brush: Brush, rng: np.random.Generator) -> None:
    """Draw five storeys under sweeping roofs, with lit windows, a stone base and a golden spire."""
    roof = [(62.0, 84.0, 104.0), (44.0, 110.0, 92.0), (92.0, 62.0, 58.0)][rng.integers(3)]
    wall = [(198.0, 46.0, 36.0), (198.0, 46.0, 36.0), (232.0, 214.0, 184.0)][rng.integers(3)]
    post = mix(wall, DARK, 0.35) if wall[1] < 100 else (150.0, 44.0, 36.0)
    down(brush, [(186, 178, 168), (120, 112, 110)], box(-0.36, 0, 0.36, 0.05))
    across(brush, [(206, 198, 186), (150, 142, 136)], box(-0.3, 0.045, 0.3, 0.085))
    down(brush, [(206, 198, 186), (110, 102, 100)], trace("-100 0, 100 0, 70 85, -70 85"))
    lines(brush, (110, 104, 102), [[(-0.095, y), (0.095, y)] for y in (0.02, 0.04, 0.062)], 0.006)
    lines(brush, GOLD, [[(0, 0.84), (0, 1.0)]], 0.014)
    for index in range(5):
        low, wide = (0.085 + 0.155 * index, 0.225 - 0.03 * index)
        top, reach = (low + 0.09, wide * 1.55 + 0.035)
        across(brush, [mix(wall, WHITE, 0.14), wall, mix(wall, DARK, 0.45)], box(-wide, low, wide, top))
        for x in np.linspace(-0.6, 0.6, 3 if index < 3 else 2) * wide:
            half = wide * (0.15 if index < 3 else 0.2)
            down(brush, [LAMP, EMBER], box(x - half, low + 0.012, x + half, top - 0.022), glow=True)
            lines(
                brush,
                post,
                [[(x, low + 0.012), (x, top - 0.022)], [(x - half, low + 0.04), (x + half, low + 0.04)]],
                0.006,
            )
        lines(brush, post, [[(x, low), (x, top)] for x in np.linspace(-0.97, 0.97, 4) * wide], 0.012)
        lines(brush, GOLD, [[(-wide - 0.012, low + 0.008), (wide + 0.012, low + 0.008)]], 0.008)
        glaze(brush, DARK, box(-wide, low, wide, top), start=(0, low + 0.02), end=(0, top), strength=(0.0, 0.62))
        draw_roof(brush, roof, reach, wide * 0.8, top - 0.012)
    for y, size in ((0.905, 0.024), (0.94, 0.019), (0.97, 0.014)):
        brush.oval(GOLD, (0, y), (size, size * 0.5))
    ball(brush, [(255, 240, 170), GOLD, (150, 96, 30)], (0, 1.0), (0.018, 0.02))


def draw_roof(brush: Brush, roof: Colour, reach: float, wide: float, low: float) -> None:
    """Draw one roof of a pagoda: a bowed slope with ribs, and eaves that turn upwards at both ends."""
    high = low + 0.085
    slope = smooth(
        [
            (wide, high),
            (wide + 0.28 * (reach - wide), low + 0.055),
            (reach - 0.03, low + 0.034),
            (reach + 0.012, low + 0.062),
        ],
        closed=False,
    )
    under = smooth(
        [(reach + 0.012, low + 0.062), (reach - 0.06, low + 0.006), (0.5 * reach, low - 0.006), (0.0, low - 0.008)],
        closed=False,
    )
    outline = both([(float(x), float(y)) for x, y in [*slope, *under][::-1]])
    fade(brush, [mix(roof, WHITE, 0.42), roof, mix(roof, DARK, 0.5)], outline, start=(-0.02, high), end=(0.02, low))
    ribs = [
        [(s * wide, high), (s * (0.45 * wide + 0.55 * reach), low + 0.04), (s * reach * 0.97, low + 0.012)]
        for s in np.linspace(-0.9, 0.9, 11)
    ]
    lines(brush, mix(roof, DARK, 0.42), [smooth(rib, closed=False, steps=4) for rib in ribs], 0.005)
    edge = [(float(x), float(y)) for x, y in under]
    lines(brush, mix(roof, DARK, 0.6), [both(edge[::-1])[::1]], 0.009)
    lines(brush, mix(roof, WHITE, 0.5), [slope, slope * (-1.0, 1.0)], 0.008)
    lines(brush, mix(roof, DARK, 0.35), [[(-wide, high), (wide, high)]], 0.016)


def draw_church(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a church: a tower with a tall spire and a cross, a nave with pointed windows, and a lit door."""
    wall = [(240.0, 232.0, 214.0), (206.0, 186.0, 156.0), (176.0, 172.0, 172.0)][rng.integers(3)]
    roof = [(70.0, 84.0, 112.0), (128.0, 66.0, 52.0), (72.0, 112.0, 104.0)][rng.integers(3)]
    shade, lit = (mix(wall, (66, 60, 84), 0.5), mix(wall, WHITE, 0.35))
    fade(brush, [wall, shade], box(-0.08, 0, 0.44, 0.3), start=(-0.08, 0.2), end=(0.5, 0.0))
    fade(
        brush,
        [mix(roof, WHITE, 0.28), mix(roof, DARK, 0.3)],
        trace("-80 285, 475 285, 410 500, -80 500"),
        start=(0, 0.5),
        end=(0.1, 0.285),
    )
    lines(
        brush,
        mix(roof, DARK, 0.4),
        [[(-0.08, y), (0.475 - 0.3 * (y - 0.285), y)] for y in np.linspace(0.31, 0.475, 6)],
        0.005,
    )
    lines(brush, mix(roof, DARK, 0.55), [[(-0.08, 0.283), (0.478, 0.283)]], 0.012)
    for x in (0.05, 0.19, 0.33):
        arch_window(brush, (x, 0.07), 0.036, 0.15, lit)
        across(brush, [lit, shade], [(x + 0.06, 0), (x + 0.1, 0), (x + 0.085, 0.25), (x + 0.06, 0.25)])
    across(brush, [lit, wall, shade], box(-0.32, 0, -0.06, 0.62))
    for y in (0.31, 0.46, 0.62):
        lines(brush, lit, [[(-0.335, y), (-0.045, y)]], 0.014)
        lines(brush, shade, [[(-0.33, y - 0.013), (-0.05, y - 0.013)]], 0.007)
    fade(
        brush,
        [mix(roof, WHITE, 0.3), roof],
        [(-0.35, 0.625), (-0.16, 0.625), (-0.19, 0.98)],
        start=(-0.35, 0.6),
        end=(-0.16, 0.6),
    )
    fade(
        brush,
        [mix(roof, DARK, 0.25), mix(roof, DARK, 0.5)],
        [(-0.16, 0.625), (-0.03, 0.625), (-0.19, 0.98)],
        start=(-0.16, 0.6),
        end=(-0.03, 0.6),
    )
    for y in np.linspace(0.66, 0.92, 8):
        share = (0.98 - y) / 0.355
        lines(
            brush,
            mix(roof, DARK, 0.45),
            [[(-0.19 - 0.16 * share, y), (-0.19 + 0.03 * share, y - 0.008), (-0.19 + 0.16 * share, y)]],
            0.004,
        )
    lines(brush, (196, 150, 50), [[(-0.19, 0.96), (-0.19, 1.09)], [(-0.232, 1.05), (-0.148, 1.05)]], 0.02)
    for x in (-0.24, -0.14):
        brush.fill(DARK, [*arc((x, 0.56), (0.028, 0.034), 0, 180, 9), (x - 0.028, 0.49), (x + 0.028, 0.49)])
    ball(brush, [WHITE, CREAM, (206, 190, 150)], (-0.19, 0.385), (0.048, 0.048), glow=True)
    lines(brush, DARK, [[(-0.19, 0.42), (-0.19, 0.385), (-0.165, 0.37)]], 0.009)
    door = [*arc((-0.19, 0.135), (0.062, 0.075), 0, 180, 13), (-0.252, 0), (-0.128, 0)]
    brush.fill(shade, [*arc((-0.19, 0.135), (0.08, 0.095), 0, 180, 13), (-0.27, 0), (-0.11, 0)])
    fade(brush, [LAMP, EMBER, (150, 74, 30)], door, start=(-0.19, 0.0), end=(-0.19, 0.22), glow=True)
    lines(brush, (84, 48, 34), [[(-0.19, 0), (-0.19, 0.21)]], 0.012)
    arch_window(brush, (-0.19, 0.235), 0.026, 0.05, lit)


def arch_window(brush: Brush, foot: tuple[float, float], half: float, high: float, frame: Colour) -> None:
    """Draw a pointed window of coloured glass, lit from within, its foot in the middle of its sill."""
    x, y = foot
    for colours, grow in (((frame, frame), 0.012), ((EMBER, LAMP, (240, 120, 110)), 0.0)):
        wide, top = (half + grow, y + high)
        head = [(x + wide, top), (x + wide * 0.72, top + wide * 0.8), (x, top + wide * 1.6)]
        outline = [
            (x - wide, y - grow),
            (x + wide, y - grow),
            *head,
            (x - wide * 0.72, top + wide * 0.8),
            (x - wide, top),
        ]
        fade(brush, list(colours), outline, start=(x, y), end=(x, top + wide), glow=grow == 0.0)
    bars = [
        [(x, y), (x, y + high + half * 1.4)],
        *([(x - half, y + high * s), (x + half, y + high * s)] for s in (0.35, 0.8)),
    ]
    lines(brush, (96, 56, 48), bars, 0.006)


def draw_clock_tower(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a tall tower with a great lit clock face, ribs and slits, a belfry and a steep roof."""
    stone = [(214.0, 178.0, 116.0), (184.0, 110.0, 82.0), (188.0, 184.0, 180.0)][rng.integers(3)]
    roof = [(60.0, 96.0, 104.0), (58.0, 68.0, 96.0), (84.0, 62.0, 60.0)][rng.integers(3)]
    lit, shade = (mix(stone, WHITE, 0.35), mix(stone, (50, 40, 60), 0.55))
    across(brush, [lit, stone, shade], box(-0.135, 0, 0.135, 0.5))
    for x in (-0.075, 0.0, 0.075):
        for y in (0.09, 0.22, 0.35):
            down(
                brush,
                [shade, mix(shade, DARK, 0.5)],
                [*arc((x, y + 0.085), (0.02, 0.02), 0, 180, 9), (x - 0.02, y), (x + 0.02, y)],
            )
            brush.fill(EMBER, box(x - 0.009, y + 0.02, x + 0.009, y + 0.085), glow=True)
    lines(brush, lit, [[(x, 0.02), (x, 0.5)] for x in (-0.112, -0.037, 0.037)], 0.009)
    lines(brush, shade, [[(x, 0.02), (x, 0.5)] for x in (-0.1, -0.027, 0.047, 0.124)], 0.005)
    for y in (0.06, 0.195, 0.325):
        lines(brush, mix(stone, WHITE, 0.2), [[(-0.135, y), (0.135, y)]], 0.012)
        lines(brush, shade, [[(-0.135, y - 0.011), (0.135, y - 0.011)]], 0.006)
    across(brush, [lit, stone, shade], box(-0.18, 0, 0.18, 0.045))
    across(brush, [lit, stone, shade], trace("-135 450, 135 450, 175 500, 175 790, -175 790, -175 500"))
    glaze(brush, DARK, box(-0.175, 0.44, 0.175, 0.5), start=(0, 0.5), end=(0, 0.44), strength=(0.0, 0.5))
    for x, y in ((-0.145, 0.52), (0.145, 0.52), (-0.145, 0.77), (0.145, 0.77)):
        brush.oval(GOLD, (x, y), (0.016, 0.016))
    draw_clock(brush, rng, (0, 0.645))
    for y in (0.505, 0.785):
        lines(brush, GOLD, [[(-0.19, y), (0.19, y)]], 0.014)
        lines(brush, shade, [[(-0.185, y - 0.014), (0.185, y - 0.014)]], 0.008)
    across(brush, [lit, stone, shade], box(-0.14, 0.79, 0.14, 0.85))
    for x in (-0.09, -0.03, 0.03, 0.09):
        brush.fill(DARK, [*arc((x, 0.83), (0.02, 0.02), 0, 180, 9), (x - 0.02, 0.8), (x + 0.02, 0.8)])
    for x in (-0.16, 0.16):
        across(brush, [lit, shade], [(x - 0.018, 0.785), (x + 0.018, 0.785), (x, 0.875)])
    across(
        brush,
        [mix(roof, WHITE, 0.35), roof, mix(roof, DARK, 0.5)],
        trace("-165 850, 165 850, 75 940, 16 1060, -16 1060, -75 940"),
    )
    lines(
        brush,
        mix(roof, DARK, 0.4),
        [[(s * 0.15, 0.855), (s * 0.07, 0.935), (s * 0.01, 1.05)] for s in (-0.6, -0.2, 0.2, 0.6)],
        0.005,
    )
    lines(brush, GOLD, [[(-0.165, 0.852), (0.165, 0.852)], [(0, 1.05), (0, 1.13)]], 0.012)
    ball(brush, [(255, 244, 180), GOLD], (0, 1.07), (0.016, 0.016))


def draw_clock(brush: Brush, rng: np.random.Generator, centre: tuple[float, float]) -> None:
    """Draw a clock face with twelve marks and two hands at a random time."""
    ball(brush, [(255, 226, 140), GOLD, (128, 86, 30)], centre, (0.132, 0.132))
    radiate(
        brush,
        [(255, 255, 244), (255, 246, 208), (252, 214, 140)],
        arc(centre, (0.115, 0.115), count=41),
        focus=centre,
        radii=(0.12, 0.12),
        glow=True,
    )
    middle = np.array(centre)
    for hour in range(12):
        way = np.array([np.sin(hour * np.pi / 6), np.cos(hour * np.pi / 6)])
        lines(brush, DARK, [[middle + 0.084 * way, middle + 0.104 * way]], 0.011 if hour % 3 == 0 else 0.006, glow=True)
    minutes = float(rng.uniform(0, 720))
    for turn, reach, width in ((minutes / 720, 0.06, 0.017), (minutes / 60, 0.094, 0.012)):
        way = np.array([np.sin(turn * 2 * np.pi), np.cos(turn * 2 * np.pi)])
        lines(brush, DARK, [[middle - 0.018 * way, middle + reach * way]], width, glow=True)
    brush.oval(DARK, centre, (0.014, 0.014), glow=True)


PORTRAITS: Final[dict[str, Portrait]] = {
    "pagoda": Portrait(draw_pagoda, (0.66, 0.86), foot=0.36),
    "church": Portrait(draw_church, (0.6, 0.8), foot=0.44, flips=True),
    "clock tower": Portrait(draw_clock_tower, (0.64, 0.8), foot=0.18),
}
