"""Places to be alone: a lit tent, and an island afloat in the air.

Each is drawn by a brush whose zero is the middle of the subject's foot, whose y grows upwards, and whose unit is
the island's height and the tent's width.
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
    down,
    fade,
    foliage,
    glaze,
    lines,
    radiate,
    smooth,
    trace,
)


def draw_tent(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a ridge tent lit from within, its flaps open, with ropes and pegs and a small fire beside it."""
    cloth = [(222.0, 118.0, 44.0), (206.0, 60.0, 50.0), (64.0, 132.0, 120.0), (214.0, 170.0, 84.0)][rng.integers(4)]
    dark, lit = (mix(cloth, DARK, 0.5), mix(cloth, WHITE, 0.35))
    ropes = [[(-0.2, 0.62), (-0.66, 0.0)], [(0.3, 0.56), (0.7, 0.02)], [(-0.45, 0.2), (-0.62, 0.0)]]
    lines(brush, (226, 214, 186), ropes, 0.01)
    for x, y in ((-0.66, 0.0), (0.7, 0.02), (-0.62, 0.0)):
        lines(brush, (96, 66, 44), [[(x - 0.012, y + 0.05), (x + 0.008, y - 0.015)]], 0.02)
    side = [(-0.1, 0.64), (0.3, 0.57), (0.56, 0.03), (0.3, 0.0)]
    fade(brush, [cloth, mix(cloth, DARK, 0.2), dark], side, start=(0.05, 0.5), end=(0.56, 0.0))
    for share in (0.3, 0.65):
        top, low = ((-0.1 + 0.4 * share, 0.64 - 0.07 * share), (0.3 + 0.26 * share, 0.03 * share))
        lines(brush, mix(cloth, DARK, 0.4), [[top, low]], 0.008)
    brush.fill(dark, trace("540 50, 570 20, 310 -15, 280 10"))
    lines(brush, (120, 84, 52), [[(-0.1, 0.0), (-0.1, 0.68)]], 0.022)
    radiate(
        brush,
        [(255, 250, 210), LAMP, EMBER, (170, 76, 40)],
        [(-0.1, 0.62), (-0.44, 0.0), (0.25, 0.0)],
        focus=(-0.1, 0.12),
        radii=(0.34, 0.5),
        glow=True,
    )
    brush.fill((128, 62, 44), smooth(trace("-360 0, 160 0, 100 50, -80 65, -300 45")))
    lines(brush, (120, 84, 52), [[(-0.1, 0.05), (-0.1, 0.62)]], 0.016)
    left = [(-0.1, 0.655), *smooth(trace("-100 600, -190 280, -340 120, -330 0"), closed=False).tolist(), (-0.5, 0.0)]
    right = [(-0.1, 0.655), *smooth(trace("-100 600, 0 280, 150 120, 130 0"), closed=False).tolist(), (0.31, 0.0)]
    fade(brush, [lit, cloth, dark], left, start=(-0.4, 0.1), end=(-0.17, 0.2))
    fade(brush, [cloth, lit, cloth], right, start=(0.0, 0.1), end=(0.27, 0.12))
    lines(
        brush, mix(lit, WHITE, 0.4), [[(-0.5, 0.0), (-0.1, 0.655), (0.31, 0.0)], [(-0.1, 0.655), (0.3, 0.575)]], 0.014
    )
    lines(brush, mix(cloth, DARK, 0.3), [[(-0.42, 0.06), (-0.32, 0.06)], [(0.14, 0.06), (0.26, 0.06)]], 0.006)
    ball(brush, [(255, 240, 180), GOLD], (-0.1, 0.69), (0.022, 0.022))
    brush.fill((226, 60, 50), [(-0.1, 0.79), (0.02, 0.755), (-0.1, 0.72)])
    lines(brush, (120, 84, 52), [[(-0.1, 0.65), (-0.1, 0.79)]], 0.012)


def draw_island(brush: Brush, rng: np.random.Generator) -> None:
    """Draw an island afloat in the air: meadow, trees and a cottage on top, a waterfall, and crags tapering below."""
    rock = mix((142.0, 108.0, 88.0), (122.0, 116.0, 130.0), float(rng.random()))
    grass = [(98.0, 172.0, 62.0), (74.0, 158.0, 84.0), (142.0, 178.0, 60.0)][rng.integers(3)]
    lit, dark = (mix(rock, WHITE, 0.35), mix(rock, (40, 28, 60), 0.65))
    crag = [
        (-0.48, 0.54),
        (-0.44, 0.44),
        (-0.36, 0.41),
        (-0.31, 0.3),
        (-0.22, 0.26),
        (-0.17, 0.14),
        (-0.08, 0.1),
        (-0.02, 0.0),
        (0.05, 0.09),
        (0.11, 0.13),
        (0.15, 0.24),
        (0.25, 0.28),
        (0.31, 0.38),
        (0.42, 0.43),
        (0.48, 0.54),
    ]
    fade(brush, [lit, rock, dark], crag, start=(-0.4, 0.5), end=(0.34, 0.16))
    for points in (
        [(-0.36, 0.54), (-0.3, 0.4), (-0.22, 0.26), (-0.17, 0.14), (-0.2, 0.34), (-0.16, 0.54)],
        [(-0.04, 0.54), (-0.09, 0.34), (-0.02, 0.0), (0.05, 0.09), (0.06, 0.3), (0.14, 0.54)],
        [(0.22, 0.54), (0.17, 0.4), (0.25, 0.28), (0.31, 0.38), (0.36, 0.54)],
    ):
        down(brush, [mix(rock, dark, 0.55), dark], points)
    for points in (
        [(-0.3, 0.54), (-0.2, 0.42), (-0.14, 0.2), (-0.08, 0.12), (-0.1, 0.36), (-0.04, 0.54)],
        [(0.1, 0.54), (0.09, 0.36), (0.12, 0.2), (0.15, 0.26), (0.18, 0.42), (0.26, 0.54)],
    ):
        fade(brush, [rock, lit, dark], points, start=(points[0][0], 0.5), end=(points[-1][0], 0.15))
    glaze(brush, (24, 44, 26), crag, start=(0, 0.43), end=(0, 0.53), strength=(0.0, 0.7))
    draw_turf(brush, rng, grass)
    draw_cottage(brush)
    for x, y, size in ((-0.3, 0.55, 1.0), (-0.4, 0.545, 0.66), (-0.17, 0.535, 0.8)):
        draw_bough(brush, (x, y), size, mix(grass, (20, 92, 60), 0.5))
    fall = smooth(trace("290 520, 385 525, 390 400, 380 250, 355 130, 335 70, 315 130, 300 250, 288 400"))
    down(brush, [(250, 254, 255), (150, 208, 240), (206, 236, 250)], fall)
    threads = ("312 510, 308 340, 316 180", "340 510, 338 300, 336 130", "366 510, 368 340, 354 190")
    lines(brush, (255, 255, 255), [trace(thread) for thread in threads], 0.008)
    for x, y, size in ((0.335, 0.085, 0.03), (0.312, 0.12, 0.022), (0.362, 0.115, 0.024)):
        ball(brush, [(255, 255, 255), (214, 236, 248)], (x, y), (size, size * 0.8))


def draw_turf(brush: Brush, rng: np.random.Generator, grass: Colour) -> None:
    """Draw the island's meadow with hanging edges, a pond and flowers."""
    fringe = [(x, 0.5 - 0.035 * (i % 2) - 0.06 * (1 - abs(x) * 2)) for i, x in enumerate(np.linspace(0.49, -0.49, 21))]
    top = smooth(trace("-500 530, -360 575, -100 600, 160 595, 380 570, 500 530"), closed=False)
    fade(
        brush,
        [mix(grass, (20, 70, 50), 0.25), mix(grass, (16, 50, 50), 0.65)],
        [*top, *fringe],
        start=(-0.3, 0.56),
        end=(0.2, 0.42),
    )
    fade(
        brush,
        [mix(grass, (250, 250, 160), 0.5), grass, mix(grass, (16, 80, 50), 0.35)],
        [*top, *smooth(trace("500 530, 200 495, -200 490, -500 530"), closed=False)],
        start=(-0.4, 0.6),
        end=(0.4, 0.5),
    )
    fade(
        brush,
        [(226, 246, 255), (96, 172, 220)],
        smooth(trace("220 545, 320 560, 400 545, 385 520, 280 515")),
        start=(0.2, 0.56),
        end=(0.4, 0.52),
    )
    for x, y in rng.uniform((-0.42, 0.502), (0.22, 0.535), (14, 2)).tolist():
        brush.oval([(255, 240, 120), (250, 130, 150), (255, 255, 255)][int(x * 1000) % 3], (x, y), (0.009, 0.008))


def draw_cottage(brush: Brush) -> None:
    """Draw the island's cottage with a red roof and lit windows."""
    across(brush, [(250, 240, 220), (186, 170, 176)], box(-0.02, 0.55, 0.2, 0.68))
    across(brush, [(160, 84, 66), (104, 56, 54)], box(0.13, 0.74, 0.17, 0.84))
    fade(
        brush,
        [(232, 102, 74), (156, 46, 50)],
        trace("-50 670, 230 670, 160 800, 20 800"),
        start=(0, 0.8),
        end=(0.08, 0.66),
    )
    lines(
        brush,
        (128, 40, 44),
        [[(-0.035, 0.695), (0.215, 0.695)], [(-0.02, 0.725), (0.2, 0.725)], [(-0.004, 0.757), (0.184, 0.757)]],
        0.006,
    )
    brush.fill((116, 68, 44), [*arc((0.05, 0.62), (0.026, 0.026), 0, 180, 9), (0.024, 0.55), (0.076, 0.55)])
    brush.fill(LAMP, box(0.105, 0.59, 0.165, 0.645), glow=True)
    lines(brush, (104, 62, 44), [box(0.105, 0.59, 0.165, 0.645)], 0.008, closed=True)
    lines(brush, (104, 62, 44), [[(0.135, 0.59), (0.135, 0.645)], [(0.105, 0.618), (0.165, 0.618)]], 0.005)


def draw_bough(brush: Brush, foot: tuple[float, float], size: float, leaf: Colour) -> None:
    """Draw a round tree of the island."""
    x, y = foot
    across(
        brush,
        [(150, 104, 66), (74, 46, 40)],
        [
            (x - 0.024 * size, y),
            (x + 0.024 * size, y),
            (x + 0.014 * size, y + 0.2 * size),
            (x - 0.014 * size, y + 0.2 * size),
        ],
    )
    lobes = ((0.075, 0.2, 0.09), (-0.08, 0.2, 0.09), (0.0, 0.19, 0.085), (0.0, 0.31, 0.11))
    foliage(brush, leaf, [(x + dx * size, y + dy * size, radius * size) for dx, dy, radius in lobes])


PORTRAITS: Final[dict[str, Portrait]] = {
    "tent": Portrait(draw_tent, (0.5, 0.66), foot=0.56, flips=True),
    "floating island": Portrait(draw_island, (0.6, 0.82), flying=True, flips=True, rise=(0.46, 0.5)),
}
