"""What grows by itself: a tree, a toadstool and a cactus.

Each is drawn by a brush whose zero is the middle of the subject's foot, whose y grows upwards, and whose unit is
the subject's height.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..brush import Brush, mix
from .portrait import Portrait
from .shading import DARK, WHITE, across, arc, ball, down, foliage, lines, radiate, smooth, trace


def draw_tree(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a broad crown of leaves on a brown trunk with two boughs."""
    leaf = [(58.0, 136.0, 50.0), (78.0, 146.0, 44.0), (48.0, 122.0, 62.0), (206.0, 110.0, 40.0)][rng.integers(4)]
    bark = (112.0, 74.0, 48.0)
    boughs = [smooth(trace(bough), closed=False) for bough in ("0 280, -60 380, -190 520", "0 300, 80 400, 200 540")]
    lines(brush, mix(bark, DARK, 0.4), boughs, 0.045)
    trunk = smooth(
        trace("-170 -5, -90 60, -58 200, -52 520, 52 520, 58 200, 90 60, 180 -5, 90 14, 20 -12, -60 14"), steps=4
    )
    across(brush, [mix(bark, WHITE, 0.3), bark, mix(bark, (30, 14, 40), 0.65)], trunk)
    grain = ("-45 60, -22 200, -26 480", "-6 30, 2 200, -2 480", "30 60, 24 220, 28 480")
    lines(brush, mix(bark, (30, 14, 40), 0.5), [smooth(trace(line), closed=False) for line in grain], 0.007)
    spots = [
        (-0.27, 0.55, 0.16),
        (0.27, 0.56, 0.16),
        (0, 0.6, 0.2),
        (-0.17, 0.73, 0.18),
        (0.17, 0.75, 0.17),
        (0, 0.83, 0.165),
    ]
    shifts = rng.uniform(-0.02, 0.02, (len(spots), 2)).tolist()
    lobes = [(x + dx, y + dy, radius) for (x, y, radius), (dx, dy) in zip(spots, shifts, strict=True)]
    foliage(brush, leaf, lobes)


def draw_mushroom(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a toadstool: a red cap with white dots over a pale stem."""
    cap = mix((214.0, 30.0, 34.0), (228.0, 70.0, 30.0), float(rng.random()))
    stem = smooth(trace("-190 0, -205 60, -140 190, -120 480, 120 480, 140 190, 205 60, 190 0, 0 -12"))
    across(brush, [(240, 228, 206), (255, 252, 240), (236, 220, 194), (160, 138, 126)], stem)
    lines(
        brush,
        (206, 186, 164),
        [smooth([(s * 0.17, 0.05), (s * 0.11, 0.2), (s * 0.1, 0.4)], closed=False) for s in (-0.7, -0.25, 0.3, 0.75)],
        0.006,
    )
    down(brush, [(120, 92, 86), (214, 186, 160)], arc((0, 0.5), (0.5, 0.085)))
    gills = [[(s * 0.12, 0.485), (s * 0.48, 0.5 - 0.07 * (1 - s * s) ** 0.5)] for s in np.linspace(-0.98, 0.98, 17)]
    lines(brush, (150, 116, 104), gills, 0.006)
    skirt = smooth(trace("-125 420, -190 350, -100 366, 0 344, 100 366, 190 350, 125 420"))
    down(brush, [(255, 248, 232), (200, 178, 156)], skirt)
    dome = [*arc((0, 0.5), (0.54, 0.5), 0, 180, 41), *arc((0, 0.505), (0.54, 0.05), 180, 360, 21)]
    ramp = [mix(cap, (255, 214, 150), 0.6), cap, cap, mix(cap, (60, 0, 30), 0.6)]
    radiate(brush, ramp, dome, focus=(-0.18, 0.84), radii=(0.86, 0.62))
    for x, y, wide, high in (
        (-0.31, 0.64, 0.085, 0.07),
        (0.02, 0.71, 0.115, 0.095),
        (0.33, 0.63, 0.075, 0.07),
        (-0.15, 0.88, 0.07, 0.05),
        (0.2, 0.87, 0.066, 0.05),
        (-0.46, 0.545, 0.035, 0.035),
        (0.47, 0.535, 0.032, 0.032),
        (-0.13, 0.55, 0.05, 0.035),
        (0.18, 0.54, 0.04, 0.03),
    ):
        brush.oval(mix(cap, (50, 0, 24), 0.45), (x + 0.008, y - 0.012), (wide, high))
        ball(brush, [(255, 255, 255), (255, 246, 234), (216, 190, 180)], (x, y), (wide, high))


def draw_cactus(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a saguaro with two raised arms, ribs and a flower."""
    green = mix((46.0, 134.0, 70.0), (92.0, 146.0, 52.0), float(rng.random()))
    side = 1 if rng.random() < 0.5 else -1
    rib, lit = mix(green, (8.0, 30.0, 34.0), 0.6), mix(green, (240.0, 250.0, 150.0), 0.5)
    for way, start, top in ((-side, 0.36, 0.68), (side, 0.48, 0.84)):
        path = smooth(
            [(0.0, start + 0.07), (way * 0.2, start + 0.07), (way * 0.3, start + 0.15), (way * 0.315, top)],
            closed=False,
        )
        for colour, width, shift in ((rib, 0.16, 0.0), (green, 0.135, -0.006), (mix(green, lit, 0.45), 0.05, -0.03)):
            lines(brush, colour, [path + np.array([shift, 0.0])], width)
        lines(brush, rib, [path + np.array([0.0, 0.01]), path + np.array([0.042, -0.03])], 0.007)
        ball(brush, [(255, 190, 210), (236, 84, 140), (150, 30, 90)], (way * 0.315, top + 0.09), (0.045, 0.03))
    trunk = [(-0.12, 0), (0.12, 0), *arc((0, 0.88), (0.12, 0.12), 0, 180, 17)]
    across(brush, [green, lit, green, mix(green, rib, 0.55), rib], trunk)
    lines(brush, rib, [[(x, 0.0), (x, 0.9), (x * 0.6, 0.98)] for x in (-0.075, -0.025, 0.03, 0.08)], 0.008)
    spines = [
        [(x - 0.012, y + 0.012), (x + 0.012, y - 0.004)]
        for y in np.arange(0.06, 0.96, 0.075)
        for x in (-0.1, -0.05, 0.005, 0.055)
    ]
    lines(brush, (250, 246, 200), spines, 0.004)
    for x, y in ((-0.03, 1.005), (0.035, 1.0), (0.0, 1.02)):
        ball(brush, [(255, 210, 224), (240, 90, 140), (160, 36, 96)], (x, y), (0.04, 0.032))


PORTRAITS: Final[dict[str, Portrait]] = {
    "tree": Portrait(draw_tree, (0.6, 0.82), foot=0.2),
    "mushroom": Portrait(draw_mushroom, (0.52, 0.72)),
    "cactus": Portrait(draw_cactus, (0.62, 0.82)),
}
