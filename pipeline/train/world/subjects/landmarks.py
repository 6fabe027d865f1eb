"""The subjects that stand where they are: a lighthouse, a pyramid, a windmill and bridges.

Each is drawn by a brush whose zero is the middle of the subject's foot, whose y grows upwards, and whose unit is
the subject's height (its width, for the bridge). Random choices vary colours and details, never the silhouette's kind.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..brush import Brush, box, mix
from .portrait import Portrait
from .shading import DARK, EMBER, GOLD, LAMP, WHITE, across, arc, ball, down, fade, lines, radiate, smooth, trace

STONE = (156.0, 156.0, 166.0)
CREAM = (248.0, 240.0, 222.0)


def draw_lighthouse(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a white tower with red, blue or black bands, a lamp room and a rock to stand on."""
    band = [(214.0, 36.0, 36.0), (214.0, 36.0, 36.0), (36.0, 76.0, 180.0), (40.0, 40.0, 48.0)][rng.integers(4)]
    count = int(rng.integers(5, 8))
    rock = trace("-360 0, -310 50, -240 60, -200 95, -60 110, 60 100, 150 105, 220 65, 290 60, 360 0")
    fade(brush, [(170, 156, 146), (104, 94, 94), (54, 48, 58)], rock, start=(-0.2, 0.12), end=(0.2, -0.02))
    facets = ("-240 60, -200 95, -150 0, -210 0", "-60 110, 60 100, 20 0, -30 30", "150 105, 220 65, 180 0, 120 0")
    brush.fill((86, 78, 82), *[trace(facet) for facet in facets])
    edges = np.linspace(0.06, 0.74, count + 1)
    for index in range(count):
        low, high = edges[index], edges[index + 1]
        wide, slim = (0.185 - 0.095 * (y - 0.06) / 0.68 for y in (low, high))
        paint = band if index % 2 else CREAM
        shape = [(-wide, low), (wide, low), (slim, high), (-slim, high)]
        across(brush, [paint, mix(paint, WHITE, 0.35), paint, mix(paint, (24, 20, 50), 0.55)], shape)
    for y, x in ((0.3, 0.03), (0.5, -0.03), (0.64, 0.02)):
        brush.fill(
            CREAM, [*arc((x, y + 0.03), (0.026, 0.028), 0, 180, 9), (x - 0.026, y - 0.008), (x + 0.026, y - 0.008)]
        )
        brush.fill(LAMP, [*arc((x, y + 0.03), (0.016, 0.018), 0, 180, 9), (x - 0.016, y), (x + 0.016, y)], glow=True)
    across(brush, [(90, 86, 98), DARK], trace("-110 705, 110 705, 150 738, -150 738"))
    across(brush, [(96, 92, 104), DARK], box(-0.155, 0.735, 0.155, 0.76))
    radiate(
        brush,
        [(255, 255, 236), LAMP, EMBER],
        box(-0.08, 0.76, 0.08, 0.885),
        focus=(0, 0.82),
        radii=(0.1, 0.09),
        glow=True,
    )
    lines(brush, DARK, [[(x, 0.76), (x, 0.885)] for x in (-0.08, -0.03, 0.03, 0.08)], 0.01)
    rails = [[(x, 0.76), (x, 0.805)] for x in np.linspace(-0.148, 0.148, 9)]
    lines(brush, DARK, [*rails, [(-0.148, 0.805), (0.148, 0.805)]], 0.007)
    roof = mix(band, DARK, 0.2)
    dome = smooth(trace("-115 880, -90 915, -40 955, 0 985, 40 955, 90 915, 115 880"), closed=False)
    across(brush, [mix(roof, WHITE, 0.45), roof, mix(roof, DARK, 0.6)], dome)
    lines(brush, DARK, [[(-0.115, 0.882), (0.115, 0.882)], [(0, 0.97), (0, 1.04)]], 0.013)
    brush.oval(GOLD, (0, 0.99), (0.02, 0.02))
    across(
        brush,
        [(110, 76, 54), (50, 36, 36)],
        [*arc((0, 0.15), (0.045, 0.045), 0, 180, 11), (-0.045, 0.085), (0.045, 0.085)],
    )


def draw_pyramid(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a pyramid with a lit and a shaded face and courses of stone."""
    sand = mix((236.0, 200.0, 120.0), (218.0, 172.0, 114.0), float(rng.random()))
    ridge = float(rng.uniform(0.08, 0.3)) * (1 if rng.random() < 0.5 else -1)
    dark = mix(sand, (84, 46, 50), 0.62)
    fade(
        brush,
        [mix(sand, WHITE, 0.4), sand, mix(sand, dark, 0.25)],
        [(-0.74, 0), (ridge, -0.03), (0, 1.0)],
        start=(0, 1.0),
        end=(-0.2, 0),
    )
    fade(brush, [mix(dark, sand, 0.35), dark], [(ridge, -0.03), (0.74, 0), (0, 1.0)], start=(0, 1.0), end=(0.3, 0))
    courses, joints = [], []
    for row, height in enumerate(np.linspace(0.055, 0.93, 17).tolist()):
        near, above = 1 - height, 0.055
        courses.append([(-0.74 * near, height), (ridge * near, height - 0.03 * near), (0.74 * near, height)])
        for share in np.arange(0.08 + 0.06 * (row % 2), 1.0, 0.13).tolist():
            left = (-0.74 + (ridge + 0.74) * share) * near
            right = (ridge + (0.74 - ridge) * share) * near
            drop = above * 0.9
            joints.append(
                [(left, height - 0.03 * near * share), (left * (near + above) / max(near, 0.06), height - drop)]
            )
            joints.append(
                [(right, height - 0.03 * near * (1 - share)), (right * (near + above) / max(near, 0.06), height - drop)]
            )
    lines(brush, mix(sand, dark, 0.6), courses, 0.006)
    lines(brush, mix(sand, dark, 0.55), joints, 0.003)
    lines(brush, mix(sand, WHITE, 0.5), [[(0, 1.0), (ridge, -0.03)]], 0.008)
    fade(brush, [(255, 244, 190), GOLD], [(-0.0666, 0.91), (ridge * 0.09, 0.907), (0, 1.0)], start=(0, 1), end=(0, 0.9))
    fade(brush, [GOLD, (140, 90, 40)], [(ridge * 0.09, 0.907), (0.0666, 0.91), (0, 1.0)], start=(0, 1), end=(0.05, 0.9))
    brush.fill(mix(sand, WHITE, 0.3), [(-0.275, -0.008), (-0.095, -0.016), (-0.1, 0.155), (-0.27, 0.155)])
    fade(
        brush,
        [DARK, (96, 62, 50)],
        [(-0.25, -0.01), (-0.12, -0.016), (-0.12, 0.13), (-0.25, 0.13)],
        start=(0, 0.13),
        end=(0, 0),
    )


def draw_windmill(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a tapering mill with four latticed sails."""
    wall = [CREAM, (214.0, 180.0, 150.0), (190.0, 206.0, 214.0)][rng.integers(3)]
    hub, turn = np.array([0.0, 0.66]), float(rng.uniform(0.25, 1.3))
    wood = (88.0, 54.0, 38.0)
    across(
        brush,
        [wall, mix(wall, WHITE, 0.5), wall, mix(wall, (50, 36, 70), 0.55)],
        trace("-220 0, 220 0, 130 620, -130 620"),
    )
    bricks = [[(x, y), (x + 0.04, y)] for x, y in rng.uniform((-0.15, 0.05), (0.11, 0.58), (18, 2)).tolist()]
    lines(brush, mix(wall, (90, 60, 70), 0.35), bricks, 0.006)
    across(brush, [(150, 140, 136), (86, 78, 84)], trace("-228 0, 228 0, 214 60, -214 60"))
    cap = [*arc((0, 0.62), (0.15, 0.15), 0, 180, 17)]
    across(brush, [(206, 116, 84), (146, 70, 50), (80, 36, 40)], cap)
    lines(brush, (84, 42, 38), [[(-0.155, 0.62), (0.155, 0.62)]], 0.016)
    across(brush, [(150, 96, 62), (84, 50, 38)], [*arc((0, 0.15), (0.065, 0.06), 0, 180, 11), (-0.065, 0), (0.065, 0)])
    for y in (0.3, 0.46):
        brush.fill(wood, box(-0.045, y - 0.01, 0.045, y + 0.1))
        down(brush, [LAMP, EMBER], box(-0.033, y, 0.033, y + 0.088), glow=True)
        lines(brush, wood, [[(0, y), (0, y + 0.088)], [(-0.033, y + 0.044), (0.033, y + 0.044)]], 0.007)
    for quarter in range(4):
        angle = turn + quarter * np.pi / 2
        along, side = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
        sail = np.array(
            [hub + a * along + b * side for a, b in ((0.09, 0.012), (0.37, 0.012), (0.37, 0.12), (0.09, 0.1))]
        )
        fade(brush, [(255, 250, 232), (236, 220, 188), (188, 166, 146)], sail, start=tuple(sail[1]), end=tuple(sail[3]))
        rungs = [[hub + d * along, hub + d * along + 0.115 * side] for d in np.arange(0.13, 0.37, 0.048)]
        lines(
            brush, (150, 112, 84), [*rungs, [hub + 0.1 * along + 0.06 * side, hub + 0.37 * along + 0.066 * side]], 0.005
        )
        lines(brush, wood, [sail], 0.009, closed=True)
        lines(brush, wood, [[hub, hub + 0.385 * along]], 0.018)
    ball(brush, [(220, 190, 150), (120, 80, 54), (50, 34, 34)], (0, 0.66), (0.04, 0.04))


def draw_bridge(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a red suspension bridge, or one of stone arches; its unit is its width."""
    if rng.random() < 0.6:
        paint = mix((206.0, 58.0, 36.0), (226.0, 104.0, 40.0), float(rng.random()))
        xs = np.linspace(-0.56, 0.56, 29)
        sag = np.where(
            np.abs(xs) < 0.26, 0.25 + 0.27 * (xs / 0.26) ** 2, 0.2 + 0.32 * np.clip((0.56 - np.abs(xs)) / 0.3, 0, 1)
        )
        cable = np.stack([xs, sag], axis=1)
        brush.lines(paint, [[(x, 0.2), (x, y)] for x, y in cable[1:-1:2]], 0.007)
        brush.lines(mix(paint, DARK, 0.2), [cable], 0.02)
        for x in (-0.26, 0.26):
            brush.fill(paint, box(x - 0.034, -0.02, x + 0.034, 0.54))
            brush.fill(mix(paint, DARK, 0.5), box(x - 0.05, -0.02, x + 0.05, 0.05))
        brush.fill(mix(paint, DARK, 0.3), box(-0.58, 0.165, 0.58, 0.225))
        return
    stone = mix((176.0, 150.0, 124.0), (166.0, 166.0, 172.0), float(rng.random()))
    deck = [(x, 0.34 + 0.08 * np.cos(x * 2.8)) for x in np.linspace(0.56, -0.56, 15)]
    for middle in (-0.37, 0.0, 0.37):
        arch = [(middle + 0.145 * np.cos(t), 0.27 * np.sin(t)) for t in np.linspace(np.pi, 0, 13)]
        side = [(middle - 0.19, 0.36), (middle - 0.19, 0), *arch, (middle + 0.19, 0), (middle + 0.19, 0.36)]
        brush.fill(stone, side)
        brush.lines(mix(stone, DARK, 0.55), [arch], 0.02)
    brush.fill(mix(stone, (255, 255, 255), 0.15), [(-0.57, 0.3), (0.57, 0.3), *deck])
    brush.lines(mix(stone, DARK, 0.5), [[(x, y - 0.05) for x, y in deck]], 0.012)


PORTRAITS: Final[dict[str, Portrait]] = {
    "lighthouse": Portrait(draw_lighthouse, (0.66, 0.86), foot=0.36),
    "pyramid": Portrait(draw_pyramid, (0.46, 0.58), foot=0.74, flips=True),
    "windmill": Portrait(draw_windmill, (0.66, 0.84)),
    "bridge": Portrait(draw_bridge, (0.76, 0.9), afloat=True, rise=(0.05, 0.55)),
}
