"""The subjects that stand where they are: buildings, plants and bridges.

Each is drawn by a brush whose zero is the middle of the subject's foot, whose y grows upwards, and whose unit is
the subject's height (its width, for the bridge). Random choices vary colours and details, never the silhouette's kind.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..brush import Brush, box, mirrored, mix
from .portrait import Portrait

LAMP = (255.0, 240.0, 150.0)
STONE = (156.0, 156.0, 166.0)
DARK = (40.0, 36.0, 44.0)
CREAM = (248.0, 240.0, 222.0)


def draw_lighthouse(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a white tower with red, blue or black bands, a lamp room and a rock to stand on."""
    band = [(214.0, 36.0, 36.0), (214.0, 36.0, 36.0), (36.0, 76.0, 180.0), (40.0, 40.0, 48.0)][rng.integers(4)]
    count = int(rng.integers(5, 8))
    brush.fill((104, 94, 90), [(-0.36, 0), (-0.27, 0.075), (-0.1, 0.1), (0.14, 0.095), (0.29, 0.06), (0.36, 0)])
    edges = np.linspace(0.06, 0.74, count + 1)
    for index in range(count):
        low, high = edges[index], edges[index + 1]
        wide, slim = (0.185 - 0.095 * (y - 0.06) / 0.68 for y in (low, high))
        brush.fill(band if index % 2 else CREAM, [(-wide, low), (wide, low), (slim, high), (-slim, high)])
    brush.fill(DARK, box(-0.15, 0.735, 0.15, 0.775))
    brush.fill(LAMP, box(-0.08, 0.775, 0.08, 0.885), glow=True)
    brush.lines(DARK, [[(-0.08, 0.775), (-0.08, 0.885)], [(0.08, 0.775), (0.08, 0.885)]], 0.012)
    brush.fill(mix(band, DARK, 0.25), [(-0.115, 0.88), (0.115, 0.88), (0, 1.0)])
    brush.fill(DARK, box(-0.045, 0.06, 0.045, 0.17))


def draw_castle(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a keep between two towers with pointed roofs, battlements, a gate and flags."""
    roof = [(176.0, 52.0, 60.0), (64.0, 84.0, 160.0), (120.0, 62.0, 140.0)][rng.integers(3)]
    stone = mix(STONE, (200.0, 180.0, 150.0), float(rng.random()) * 0.6)
    brush.fill(stone, box(-0.36, 0, 0.36, 0.4))
    for x in np.arange(-0.3, 0.31, 0.12):
        brush.fill(stone, box(x - 0.034, 0.39, x + 0.034, 0.45))
    brush.fill(mix(stone, (255, 255, 255), 0.12), box(-0.15, 0.3, 0.15, 0.68))
    for x, wide, top in ((-0.36, 0.11, 0.6), (0.36, 0.11, 0.6)):
        brush.fill(mix(stone, DARK, 0.14), box(x - wide, 0, x + wide, top))
        brush.fill(roof, [(x - wide - 0.035, top), (x + wide + 0.035, top), (x, top + 0.25)])
        brush.fill(DARK, box(x - 0.025, 0.36, x + 0.025, 0.47))
    brush.fill(roof, [(-0.19, 0.68), (0.19, 0.68), (0, 0.95)])
    brush.lines(DARK, [[(0, 0.94), (0, 1.02)]], 0.01)
    brush.fill((226, 60, 50), [(0, 1.03), (0.11, 1.0), (0, 0.97)])
    brush.fill(DARK, box(-0.08, 0, 0.08, 0.14), glow=True)
    brush.oval(DARK, (0, 0.14), (0.08, 0.08), (180, 360), glow=True)
    brush.fill(LAMP, box(-0.09, 0.48, -0.04, 0.57), box(0.04, 0.48, 0.09, 0.57), glow=True)


def draw_tree(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a broad crown of leaves on a brown trunk with two boughs."""
    leaf = [(52.0, 128.0, 50.0), (70.0, 140.0, 44.0), (44.0, 112.0, 62.0), (206.0, 110.0, 40.0)][rng.integers(4)]
    bark = (98.0, 62.0, 38.0)
    brush.fill(bark, [(-0.13, 0), (0.13, 0), (0.055, 0.12), (0.05, 0.5), (-0.05, 0.5), (-0.055, 0.12)])
    brush.lines(bark, [[(0, 0.3), (-0.17, 0.5)], [(0, 0.33), (0.18, 0.54)]], 0.032)
    spots = [
        (-0.27, 0.55, 0.16),
        (0.27, 0.56, 0.16),
        (-0.16, 0.74, 0.18),
        (0.17, 0.75, 0.17),
        (0, 0.6, 0.2),
        (0, 0.83, 0.165),
    ]
    shifts = rng.uniform(-0.02, 0.02, (len(spots), 2))
    for shade, drop, size in (
        (mix(leaf, DARK, 0.32), -0.02, 1.0),
        (leaf, 0.015, 0.86),
        (mix(leaf, LAMP, 0.3), 0.06, 0.42),
    ):
        for (x, y, radius), (dx, dy) in zip(spots, shifts, strict=True):
            brush.oval(shade, (x + dx - drop, y + dy + drop), (radius * size, radius * size))


def draw_house(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a gabled house with a door, two lit windows and a smoking chimney."""
    wall = [CREAM, (240.0, 206.0, 140.0), (206.0, 222.0, 226.0)][rng.integers(3)]
    roof = [(166.0, 56.0, 42.0), (120.0, 68.0, 48.0), (70.0, 78.0, 104.0)][rng.integers(3)]
    brush.fill((126, 70, 56), box(0.2, 0.6, 0.33, 0.96))
    brush.oval((226, 226, 230), (0.3, 1.03), (0.07, 0.05))
    brush.fill(wall, box(-0.46, 0, 0.46, 0.52), [(-0.46, 0.52), (0.46, 0.52), (0, 0.86)])
    brush.fill(roof, [(-0.58, 0.46), (-0.46, 0.46), (0, 0.8), (0.46, 0.46), (0.58, 0.46), (0, 0.94)])
    brush.fill((112, 66, 40), box(-0.09, 0, 0.09, 0.33))
    for x in (-0.29, 0.29):
        brush.fill((92, 60, 44), box(x - 0.115, 0.17, x + 0.115, 0.4))
        brush.fill(LAMP, box(x - 0.085, 0.2, x + 0.085, 0.37), glow=True)
        brush.lines((92, 60, 44), [[(x, 0.2), (x, 0.37)]], 0.012)
    brush.oval(LAMP, (0, 0.6), (0.07, 0.07), glow=True)


def draw_pyramid(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a pyramid with a lit and a shaded face and courses of stone."""
    sand = mix((232.0, 196.0, 116.0), (214.0, 168.0, 110.0), float(rng.random()))
    ridge = float(rng.uniform(0.08, 0.3)) * (1 if rng.random() < 0.5 else -1)
    lit, shaded = ((-0.74, 0), (ridge, -0.03)), ((ridge, -0.03), (0.74, 0))
    brush.fill(sand, [*lit, (0, 1.0)])
    brush.fill(mix(sand, (92, 56, 40), 0.55), [*shaded, (0, 1.0)])
    for height in (0.14, 0.28, 0.42, 0.56, 0.7):
        near = 1 - height
        course = [(-0.74 * near, height), (ridge * near, height - 0.03 * near), (0.74 * near, height)]
        brush.lines(mix(sand, (92, 56, 40), 0.42), [course], 0.008)
    brush.fill(DARK, [(-0.25, 0.0), (-0.12, -0.005), (-0.12, 0.13), (-0.25, 0.13)])


def draw_mushroom(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a toadstool: a red cap with white dots over a pale stem."""
    cap = mix((214.0, 30.0, 34.0), (228.0, 70.0, 30.0), float(rng.random()))
    brush.fill(CREAM, mirrored([(0.19, 0), (0.2, 0.06), (0.125, 0.2), (0.12, 0.5)]))
    brush.fill((222, 206, 186), mirrored([(0.2, 0.38), (0.13, 0.46)]))
    brush.oval((214, 186, 160), (0, 0.5), (0.5, 0.085))
    brush.oval(cap, (0, 0.5), (0.54, 0.5), (180, 360))
    brush.oval(cap, (0, 0.505), (0.54, 0.05), (180, 360))
    for x, y, radius in (
        (-0.3, 0.64, 0.075),
        (0.02, 0.7, 0.1),
        (0.32, 0.63, 0.075),
        (-0.14, 0.87, 0.06),
        (0.2, 0.86, 0.06),
    ):
        brush.oval((255, 250, 244), (x, y), (radius * 1.1, radius))


def draw_windmill(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a tapering mill with four latticed sails."""
    wall = [CREAM, (214.0, 180.0, 150.0), (190.0, 206.0, 214.0)][rng.integers(3)]
    hub, turn = np.array([0.0, 0.66]), float(rng.uniform(0.25, 1.3))
    brush.fill(wall, mirrored([(0.22, 0), (0.13, 0.62)]))
    brush.oval((132, 66, 48), (0, 0.62), (0.15, 0.14), (180, 360))
    brush.fill((110, 66, 44), box(-0.065, 0, 0.065, 0.17))
    brush.fill(DARK, box(-0.04, 0.34, 0.04, 0.43))
    for quarter in range(4):
        angle = turn + quarter * np.pi / 2
        along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
        sail = [
            hub + 0.09 * along,
            hub + 0.37 * along,
            hub + 0.37 * along + 0.12 * across,
            hub + 0.09 * along + 0.1 * across,
        ]
        brush.fill((244, 232, 206), sail)
        brush.lines((88, 54, 38), [sail], 0.01, closed=True)
        rungs = [[hub + d * along, hub + d * along + 0.11 * across] for d in (0.18, 0.28)]
        brush.lines((88, 54, 38), [*rungs, [hub, hub + 0.38 * along]], 0.012)
    brush.oval(DARK, (0, 0.66), (0.035, 0.035))


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


def draw_cactus(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a saguaro with two raised arms, ribs and a flower."""
    green = mix((46.0, 134.0, 70.0), (92.0, 146.0, 52.0), float(rng.random()))
    side = 1 if rng.random() < 0.5 else -1
    low, high = 0.36, 0.48
    arms = ((-side, low, 0.68), (side, high, 0.84))
    ends = np.linspace(0, np.pi, 9)
    brush.fill(green, [(-0.12, 0), (0.12, 0), *[(0.12 * np.cos(t), 0.88 + 0.12 * np.sin(t)) for t in ends]])
    for way, start, top in arms:
        inner, outer = way * 0.235, way * 0.395
        tip = [(way * 0.315 + way * 0.08 * np.cos(t), top + 0.08 * np.sin(t)) for t in ends]
        bend = [(inner, start + 0.14), (0, start + 0.14), (0, start), (way * 0.3, start), (outer, start + 0.1)]
        brush.fill(green, [*tip, *bend])
    rib = mix(green, (12.0, 40.0, 30.0), 0.5)
    brush.lines(rib, [[(x, 0.02), (x, 0.93)] for x in (-0.05, 0.05)], 0.01)
    brush.lines(rib, [[(way * 0.315, start + 0.1), (way * 0.315, top)] for way, start, top in arms], 0.01)
    brush.oval((240, 90, 140), (0, 1.0), (0.05, 0.035))


PORTRAITS: Final[dict[str, Portrait]] = {
    "lighthouse": Portrait(draw_lighthouse, (0.66, 0.86), foot=0.36),
    "castle": Portrait(draw_castle, (0.56, 0.78), foot=0.48, flips=True),
    "tree": Portrait(draw_tree, (0.6, 0.82), foot=0.2),
    "house": Portrait(draw_house, (0.5, 0.68), foot=0.5),
    "pyramid": Portrait(draw_pyramid, (0.46, 0.58), foot=0.74, flips=True),
    "mushroom": Portrait(draw_mushroom, (0.52, 0.72)),
    "windmill": Portrait(draw_windmill, (0.66, 0.84)),
    "bridge": Portrait(draw_bridge, (0.76, 0.9), afloat=True, rise=(0.05, 0.55)),
    "cactus": Portrait(draw_cactus, (0.62, 0.82)),
}
