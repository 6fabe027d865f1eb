"""Where people live: a castle and a house.

Each is drawn by a brush whose zero is the middle of the subject's foot, whose y grows upwards, and whose unit is
the subject's height.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..brush import Brush, Colour, box, mix
from .portrait import Portrait
from .shading import DARK, EMBER, GOLD, LAMP, WHITE, across, arc, ball, down, fade, glaze, lines, radiate, smooth, trace

STONE: Final = (156.0, 156.0, 166.0)
CREAM: Final = (248.0, 240.0, 222.0)


def draw_castle(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a keep between two towers with pointed roofs, battlements, a gate and flags."""
    roof = [(176.0, 52.0, 60.0), (64.0, 84.0, 160.0), (120.0, 62.0, 140.0)][rng.integers(3)]
    stone = mix(STONE, (200.0, 180.0, 150.0), float(rng.random()) * 0.6)
    draw_keep(brush, (0.0, 0.3, 0.15, 0.68), mix(stone, WHITE, 0.12), roof, 0.3)
    wall = [mix(stone, WHITE, 0.2), stone, mix(stone, (40, 30, 60), 0.35)]
    down(
        brush,
        wall,
        box(-0.36, 0, 0.36, 0.4),
        *[box(x - 0.034, 0.39, x + 0.034, 0.45) for x in np.arange(-0.3, 0.31, 0.12)],
    )
    mortar = mix(stone, (50, 40, 60), 0.3)
    courses = [[(x, y), (x + 0.05, y)] for x, y in rng.uniform((-0.26, 0.03), (0.22, 0.37), (16, 2)).tolist()]
    lines(brush, mortar, [*courses, [(-0.36, 0.39), (0.36, 0.39)]], 0.007)
    for x in (-0.36, 0.36):
        draw_keep(brush, (x, 0.0, 0.11, 0.6), mix(stone, DARK, 0.06), roof, 0.29)
    frame = [*arc((0, 0.14), (0.105, 0.105), 0, 180, 15), (-0.105, 0), (0.105, 0)]
    brush.fill(mix(stone, (50, 40, 60), 0.45), frame)
    gate = [*arc((0, 0.14), (0.08, 0.08), 0, 180, 15), (-0.08, 0), (0.08, 0)]
    fade(brush, [EMBER, (110, 60, 44), DARK], gate, start=(0, 0.0), end=(0, 0.2), glow=True)
    bars = [[(x, 0.0), (x, 0.2)] for x in (-0.04, 0.0, 0.04)] + [[(-0.08, y), (0.08, y)] for y in (0.06, 0.12)]
    lines(brush, DARK, bars, 0.008, glow=True)


def draw_keep(brush: Brush, frame: tuple[float, float, float, float], stone: Colour, roof: Colour, peak: float) -> None:
    """Draw a tower of the castle with windows, a pointed roof and a flag: `frame` has middle, foot, half width, top."""
    x, low, wide, top = frame
    across(brush, [mix(stone, WHITE, 0.3), stone, mix(stone, (40, 30, 60), 0.5)], box(x - wide, low, x + wide, top))
    mortar = mix(stone, (50, 40, 60), 0.3)
    blocks = [
        [(x + s * wide, y), (x + s * wide + 0.04, y)]
        for y, s in zip(np.arange(low + 0.05, top, 0.05), np.tile((-0.8, 0.2, -0.3, 0.45), 9), strict=False)
    ]
    lines(brush, mortar, blocks, 0.006)
    across(
        brush,
        [mix(stone, WHITE, 0.35), mix(stone, (40, 30, 60), 0.45)],
        box(x - wide - 0.015, top - 0.06, x + wide + 0.015, top),
    )
    reach = wide + 0.04
    across(
        brush,
        [mix(roof, WHITE, 0.4), roof, mix(roof, DARK, 0.55)],
        [(x - reach, top - 0.01), (x + reach, top - 0.01), (x, top + peak)],
    )
    tiles = [
        [(x - s * reach, top - 0.01 + (1 - s) * peak), (x + s * reach, top - 0.01 + (1 - s) * peak)]
        for s in (0.82, 0.64, 0.46, 0.28)
    ]
    lines(brush, mix(roof, DARK, 0.35), tiles, 0.005)
    lines(brush, DARK, [[(x, top + peak - 0.02), (x, top + peak + 0.08)]], 0.009)
    flag = smooth(
        [
            (x, top + peak + 0.085),
            (x + 0.05, top + peak + 0.075),
            (x + 0.11, top + peak + 0.06),
            (x, top + peak + 0.025),
        ],
        steps=3,
    )
    across(brush, [(240, 84, 64), (190, 40, 44)], flag)
    for dx, y in ((0.0, top - 0.2),) if wide < 0.12 else ((-0.06, top - 0.2), (0.06, top - 0.2)):
        window = [*arc((x + dx, y + 0.07), (0.026, 0.028), 0, 180, 9), (x + dx - 0.026, y), (x + dx + 0.026, y)]
        fade(brush, [LAMP, EMBER], window, start=(0, y + 0.1), end=(0, y), glow=True)
        lines(brush, mix(stone, DARK, 0.6), [window], 0.008, closed=True)


def draw_house(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a gabled house with a door, two lit windows and a smoking chimney."""
    wall = [CREAM, (240.0, 206.0, 140.0), (206.0, 222.0, 226.0)][rng.integers(3)]
    roof = [(166.0, 56.0, 42.0), (120.0, 68.0, 48.0), (70.0, 78.0, 104.0)][rng.integers(3)]
    wood = (112.0, 66.0, 40.0)
    across(brush, [(172, 100, 78), (104, 56, 48)], box(0.2, 0.6, 0.33, 0.96))
    lines(brush, (92, 50, 44), [[(0.19, 0.955), (0.34, 0.955)]], 0.026)
    for x, y, size in ((0.27, 1.03, 0.045), (0.32, 1.09, 0.06), (0.27, 1.16, 0.075), (0.35, 1.2, 0.06)):
        ball(brush, [(255, 255, 255), (228, 228, 236), (186, 186, 202)], (x, y), (size, size * 0.8))
    front = [(-0.46, 0), (0.46, 0), (0.46, 0.52), (0, 0.86), (-0.46, 0.52)]
    fade(
        brush, [mix(wall, WHITE, 0.35), wall, mix(wall, (60, 50, 90), 0.38)], front, start=(-0.46, 0.6), end=(0.46, 0.1)
    )
    lines(brush, mix(wall, (60, 50, 80), 0.22), [[(-0.45, y), (0.45, y)] for y in np.arange(0.1, 0.5, 0.065)], 0.004)
    across(brush, [(164, 154, 148), (98, 92, 98)], box(-0.48, 0, 0.48, 0.045))
    glaze(
        brush,
        (30, 20, 50),
        trace("-460 380, 0 720, 460 380, 460 520, 0 860, -460 520"),
        start=(0, 0.4),
        end=(0, 0.8),
        strength=(0.1, 0.5),
    )
    left = [(-0.58, 0.44), (-0.54, 0.385), (0, 0.8), (0, 0.95)]
    fade(brush, [mix(roof, WHITE, 0.4), roof], left, start=(-0.5, 0.5), end=(-0.38, 0.3))
    fade(brush, [roof, mix(roof, DARK, 0.5)], [(-x, y) for x, y in left], start=(0.2, 0.8), end=(0.56, 0.4))
    tiles = [
        [(s * x, 0.95 - 0.88 * x), (s * (x - 0.01), 0.8 - 0.77 * x)]
        for x in np.arange(0.06, 0.56, 0.06)
        for s in (-1, 1)
    ]
    lines(brush, mix(roof, DARK, 0.4), tiles, 0.006)
    fade(
        brush,
        [mix(wood, WHITE, 0.25), mix(wood, DARK, 0.35)],
        [*arc((0, 0.27), (0.09, 0.08), 0, 180, 13), (-0.09, 0.03), (0.09, 0.03)],
        start=(-0.09, 0.3),
        end=(0.09, 0),
    )
    lines(brush, mix(wood, DARK, 0.5), [[(x, 0.04), (x, 0.32)] for x in (-0.03, 0.03)], 0.006)
    brush.oval(GOLD, (0.06, 0.17), (0.014, 0.014))
    across(brush, [(186, 178, 170), (116, 108, 112)], box(-0.12, 0, 0.12, 0.03))
    for x in (-0.29, 0.29):
        draw_window(brush, x, roof, wood)
    ball(brush, [(255, 252, 214), LAMP, EMBER], (0, 0.6), (0.07, 0.07), glow=True)
    lines(brush, wood, [arc((0, 0.6), (0.072, 0.072)), [(-0.07, 0.6), (0.07, 0.6)], [(0, 0.53), (0, 0.67)]], 0.011)


def draw_window(brush: Brush, x: float, roof: Colour, wood: Colour) -> None:
    """Draw a lit window of the house with shutters and a box of flowers, its middle at x."""
    brush.fill(mix(wood, WHITE, 0.75), box(x - 0.118, 0.17, x + 0.118, 0.405))
    radiate(
        brush,
        [(255, 252, 214), LAMP, EMBER],
        box(x - 0.088, 0.2, x + 0.088, 0.378),
        focus=(x, 0.25),
        radii=(0.14, 0.17),
        glow=True,
    )
    lines(brush, wood, [[(x, 0.2), (x, 0.378)], [(x - 0.088, 0.295), (x + 0.088, 0.295)]], 0.012)
    for way in (-1, 1):
        across(brush, [roof, mix(roof, DARK, 0.35)], box(x + way * 0.14 - 0.03, 0.18, x + way * 0.14 + 0.03, 0.398))
    across(brush, [(140, 90, 58), (86, 54, 42)], box(x - 0.12, 0.125, x + 0.12, 0.17))
    for index, dx in enumerate(np.linspace(-0.1, 0.1, 7).tolist()):
        brush.oval((86, 150, 66), (x + dx, 0.172), (0.024, 0.02))
        brush.oval([(240, 80, 90), (255, 214, 90), (250, 240, 250)][index % 3], (x + dx, 0.188), (0.015, 0.014))


PORTRAITS: Final[dict[str, Portrait]] = {
    "castle": Portrait(draw_castle, (0.56, 0.78), foot=0.48, flips=True),
    "house": Portrait(draw_house, (0.5, 0.68), foot=0.5),
}
