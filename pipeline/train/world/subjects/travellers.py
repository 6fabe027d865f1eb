"""The subjects that sail, fly, swim or walk: boats, rockets, balloons, whales, saucers, snowmen and robots.

Each is drawn by a brush whose zero is the middle of the subject's foot, whose y grows upwards, and whose unit is
the subject's height, or its width for the sailboat, the whale and the saucer.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..brush import Brush, box, mirrored, mix
from .portrait import Portrait

WHITE = (250.0, 250.0, 252.0)
DARK = (36.0, 34.0, 44.0)
LAMP = (255.0, 240.0, 150.0)


def draw_sailboat(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a boat under two full sails with a pennant."""
    hull = [(140.0, 66.0, 36.0), (40.0, 66.0, 120.0), (160.0, 40.0, 44.0)][rng.integers(3)]
    sail = [WHITE, WHITE, (250.0, 222.0, 160.0), (236.0, 110.0, 70.0)][rng.integers(4)]
    brush.lines((90, 58, 36), [[(0.02, 0.12), (0.02, 1.0)]], 0.018)
    tall = [(0.05, 0.23), (0.05, 0.97), (0.18, 0.72), (0.3, 0.45), (0.39, 0.23)]
    fore = [(-0.01, 0.23), (-0.01, 0.86), (-0.14, 0.58), (-0.26, 0.38), (-0.38, 0.25)]
    brush.fill(sail, tall)
    brush.fill(mix(sail, DARK, 0.16), fore)
    brush.lines(mix(sail, DARK, 0.35), [[(0.05, 0.47), (0.28, 0.47)], [(0.05, 0.72), (0.17, 0.72)]], 0.008)
    brush.fill(hull, [(-0.47, 0.2), (0.46, 0.18), (0.36, 0.03), (0.28, 0), (-0.28, 0), (-0.38, 0.06)])
    brush.fill(mix(hull, WHITE, 0.6), [(-0.47, 0.2), (0.46, 0.18), (0.43, 0.14), (-0.45, 0.155)])
    brush.fill((226, 50, 44), [(0.02, 1.03), (0.15, 1.0), (0.02, 0.96)])


def draw_rocket(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a finned rocket on its flame."""
    paint = [(216.0, 38.0, 40.0), (216.0, 38.0, 40.0), (40.0, 90.0, 200.0), (240.0, 140.0, 30.0)][rng.integers(4)]
    for colour, wide, low in (((255, 120, 20), 0.12, 0.0), ((255, 204, 50), 0.08, 0.07), ((255, 252, 210), 0.04, 0.13)):
        brush.fill(colour, [(-wide, 0.26), (wide, 0.26), (wide * 0.9, 0.19), (0, low), (-wide * 0.9, 0.19)], glow=True)
    brush.fill(paint, [(-0.12, 0.5), (-0.29, 0.33), (-0.29, 0.2), (-0.09, 0.29)])
    brush.fill(mix(paint, DARK, 0.25), [(0.12, 0.5), (0.29, 0.33), (0.29, 0.2), (0.09, 0.29)])
    brush.fill(WHITE, mirrored([(0.1, 0.25), (0.165, 0.42), (0.165, 0.62), (0.11, 0.81), (0.0, 1.0)]))
    brush.fill((196, 202, 214), [(0.04, 0.25), (0.1, 0.25), (0.165, 0.42), (0.165, 0.62), (0.11, 0.81), (0.05, 0.81)])
    brush.fill(paint, mirrored([(0.118, 0.79), (0.07, 0.9), (0.0, 1.0)]))
    brush.fill(paint, box(-0.125, 0.3, 0.125, 0.345))
    brush.oval(DARK, (0, 0.62), (0.088, 0.088))
    brush.oval((110, 196, 246), (0, 0.62), (0.064, 0.064))
    brush.fill(mix(paint, DARK, 0.3), mirrored([(0.035, 0.18), (0.022, 0.45)]))


def draw_balloon(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a striped hot-air balloon with its basket."""
    pairs = [
        ((222.0, 48.0, 48.0), (252.0, 214.0, 80.0)),
        ((40.0, 110.0, 206.0), (250.0, 250.0, 246.0)),
        ((236.0, 120.0, 40.0), (250.0, 240.0, 220.0)),
        ((150.0, 60.0, 170.0), (252.0, 190.0, 90.0)),
    ]
    first, second = pairs[rng.integers(4)]
    brush.lines(
        (84, 60, 44), [[(-0.21, 0.36), (-0.075, 0.14)], [(0.21, 0.36), (0.075, 0.14)], [(0, 0.3), (0, 0.14)]], 0.01
    )
    angles = np.linspace(-0.46 * np.pi, 0.5 * np.pi, 15)
    edge = [(0.37 * np.cos(t), 0.635 + 0.365 * np.sin(t)) for t in angles]
    edge = [(0.075, 0.235), (0.2, 0.335), *[spot for spot in edge if spot[1] > 0.4]]
    for index, width in enumerate((1.0, 0.76, 0.47, 0.17)):
        brush.fill(second if index % 2 else first, mirrored([(x * width, y) for x, y in edge]))
    brush.fill((136, 84, 46), [(-0.085, 0.15), (0.085, 0.15), (0.068, 0), (-0.068, 0)])
    brush.fill((92, 54, 32), box(-0.095, 0.12, 0.095, 0.155))


def draw_whale(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a whale with raised flukes, a pale belly and a spout."""
    skin = mix((52.0, 92.0, 140.0), (78.0, 92.0, 110.0), float(rng.random()))
    back = [
        (-0.5, 0.2),
        (-0.485, 0.31),
        (-0.42, 0.4),
        (-0.3, 0.455),
        (-0.15, 0.46),
        (0.0, 0.42),
        (0.14, 0.34),
        (0.25, 0.28),
    ]
    tail = [(0.33, 0.3), (0.37, 0.4), (0.29, 0.47), (0.23, 0.57), (0.33, 0.57), (0.4, 0.51), (0.47, 0.58), (0.57, 0.59)]
    under = [
        (0.53, 0.47),
        (0.45, 0.4),
        (0.43, 0.28),
        (0.36, 0.16),
        (0.24, 0.06),
        (0.08, 0.0),
        (-0.3, 0.0),
        (-0.45, 0.06),
    ]
    brush.fill(skin, [*back, *tail, *under])
    belly = [
        (-0.5, 0.18),
        (-0.38, 0.16),
        (-0.2, 0.15),
        (-0.02, 0.11),
        (0.14, 0.04),
        (0.08, 0.0),
        (-0.3, 0.0),
        (-0.45, 0.06),
    ]
    brush.fill((226, 232, 236), belly)
    grooves = [[(-0.44 + d, 0.135 - d * 0.15), (-0.28 + d, 0.02)] for d in (0.0, 0.1, 0.2, 0.3)]
    brush.lines((150, 166, 180), grooves, 0.008)
    brush.fill(mix(skin, DARK, 0.35), [(-0.13, 0.15), (0.04, 0.14), (0.1, -0.03), (0.02, 0.0)])
    brush.oval(WHITE, (-0.33, 0.24), (0.034, 0.034))
    brush.oval(DARK, (-0.335, 0.237), (0.019, 0.019))
    spout = [
        [(-0.22, 0.46), (-0.23, 0.6), (-0.3, 0.68), (-0.37, 0.64)],
        [(-0.22, 0.46), (-0.21, 0.6), (-0.14, 0.68), (-0.07, 0.64)],
    ]
    brush.lines((206, 234, 250), [*spout, [(-0.22, 0.46), (-0.22, 0.7)]], 0.022)


def draw_ufo(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a flying saucer with a glass dome and coloured lights."""
    metal = mix((166.0, 174.0, 190.0), (140.0, 150.0, 150.0), float(rng.random()))
    glass = [(130.0, 240.0, 200.0), (150.0, 220.0, 255.0), (200.0, 255.0, 130.0)][rng.integers(3)]
    brush.oval(mix(metal, DARK, 0.6), (0, 0.13), (0.27, 0.11))
    brush.oval(glass, (0, 0.24), (0.22, 0.22), (180, 360))
    brush.oval(WHITE, (-0.08, 0.36), (0.045, 0.04))
    brush.oval((66, 120, 70), (0.04, 0.29), (0.05, 0.075))
    brush.oval(mix(metal, DARK, 0.35), (0, 0.19), (0.5, 0.115))
    brush.oval(metal, (0, 0.22), (0.5, 0.1))
    brush.oval(mix(metal, WHITE, 0.55), (0, 0.25), (0.3, 0.045))
    lamps = [(255.0, 220.0, 70.0), (255.0, 90.0, 80.0)]
    for index, x in enumerate((-0.38, -0.2, 0.0, 0.2, 0.38)):
        brush.oval(lamps[index % 2], (x, 0.165 + 0.14 * x * x), (0.036, 0.036), glow=True)


def draw_snowman(brush: Brush, rng: np.random.Generator) -> None:
    """Draw three balls of snow with hat, carrot, scarf and twig arms."""
    scarf = [(210.0, 40.0, 44.0), (40.0, 120.0, 200.0), (40.0, 150.0, 80.0)][rng.integers(3)]
    for x, y, radius in ((0.0, 0.24, 0.27), (0.0, 0.54, 0.2), (0.0, 0.76, 0.145)):
        brush.oval((206, 218, 236), (x, y), (radius, radius * 0.97))
        brush.oval(WHITE, (x - 0.02, y + 0.02), (radius * 0.86, radius * 0.84))
    twigs = [
        [(-0.16, 0.56), (-0.4, 0.7)],
        [(-0.32, 0.65), (-0.4, 0.61)],
        [(0.16, 0.56), (0.4, 0.7)],
        [(0.32, 0.65), (0.4, 0.61)],
    ]
    brush.lines((92, 58, 36), twigs, 0.02)
    brush.fill(scarf, mirrored([(0.14, 0.62), (0.15, 0.68)]), [(0.04, 0.65), (0.12, 0.65), (0.14, 0.46), (0.06, 0.46)])
    brush.fill(DARK, box(-0.2, 0.85, 0.2, 0.885), box(-0.125, 0.87, 0.125, 1.02), glow=True)
    brush.fill(scarf, box(-0.125, 0.885, 0.125, 0.92))
    for x, y in ((-0.055, 0.8), (0.055, 0.8), (0.0, 0.57), (0.0, 0.48), (0.0, 0.33)):
        brush.oval(DARK, (x, y), (0.021, 0.021), glow=True)
    brush.fill((246, 130, 30), [(-0.01, 0.78), (-0.01, 0.735), (0.15, 0.745)], glow=True)


def draw_robot(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a box-shaped robot with glowing eyes, an antenna and claws."""
    metal = [(120.0, 168.0, 176.0), (170.0, 176.0, 186.0), (222.0, 160.0, 60.0), (96.0, 130.0, 190.0)][rng.integers(4)]
    eye = [(255.0, 236.0, 90.0), (120.0, 255.0, 240.0), (255.0, 100.0, 80.0)][rng.integers(3)]
    joint, lit = mix(metal, DARK, 0.6), mix(metal, WHITE, 0.35)
    brush.lines(joint, [[(0, 0.9), (0, 0.98)]], 0.016)
    brush.oval(eye, (0, 0.985), (0.032, 0.032), glow=True)
    lift = float(rng.choice([0.0, 0.32]))
    for way, up in ((-1, 0.0), (1, lift)):
        brush.lines(joint, [[(way * 0.24, 0.55), (way * 0.35, 0.48 + up * 0.3), (way * 0.38, 0.3 + up)]], 0.042)
        brush.oval(metal, (way * 0.38, 0.28 + up), (0.065, 0.065))
        brush.oval(metal, (way * 0.25, 0.55), (0.065, 0.065))
        brush.fill(joint, box(way * 0.13 - 0.05, 0.05, way * 0.13 + 0.05, 0.26))
        brush.fill(metal, box(way * 0.15 - 0.1, 0.0, way * 0.15 + 0.1, 0.085))
    brush.fill(joint, box(-0.07, 0.58, 0.07, 0.68))
    brush.fill(metal, box(-0.235, 0.23, 0.235, 0.61))
    brush.fill(metal, box(-0.2, 0.655, 0.2, 0.91))
    brush.fill(joint, box(-0.24, 0.72, -0.2, 0.83), box(0.2, 0.72, 0.24, 0.83))
    brush.fill(DARK, box(-0.16, 0.745, 0.16, 0.855), glow=True)
    for x in (-0.085, 0.085):
        brush.oval(eye, (x, 0.8), (0.046, 0.046), glow=True)
    brush.lines(DARK, [[(-0.09, 0.7), (0.09, 0.7)]], 0.014)
    brush.fill(lit, box(-0.15, 0.34, 0.15, 0.54))
    brush.oval((232, 70, 60), (-0.07, 0.45), (0.04, 0.04))
    brush.fill(joint, box(0.0, 0.4, 0.11, 0.43), box(0.0, 0.46, 0.11, 0.49))


PORTRAITS: Final[dict[str, Portrait]] = {
    "sailboat": Portrait(draw_sailboat, (0.6, 0.82), afloat=True, flips=True, rise=(0.05, 1.03)),
    "rocket": Portrait(draw_rocket, (0.64, 0.84), flying=True, flips=True, lean=0.3, rise=(0.5, 0.5)),
    "balloon": Portrait(draw_balloon, (0.6, 0.8), flying=True, lean=0.06, rise=(0.47, 0.5)),
    "whale": Portrait(draw_whale, (0.66, 0.84), afloat=True, flips=True, rise=(0.05, 0.72)),
    "ufo": Portrait(draw_ufo, (0.6, 0.82), flying=True, lean=0.15, rise=(0.46, 0.2)),
    "snowman": Portrait(draw_snowman, (0.6, 0.8)),
    "robot": Portrait(draw_robot, (0.62, 0.84)),
}
