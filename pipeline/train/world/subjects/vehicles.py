"""What rolls: a steam locomotive and a motor car, both facing to the right.

Each is drawn by a brush whose zero is the middle of the subject's foot, whose y grows upwards, and whose unit is
the subject's width.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..brush import Brush, Colour, box, mix
from .portrait import Portrait
from .shading import BRASS, DARK, EMBER, LAMP, WHITE, across, arc, ball, down, fade, glaze, lines, smooth, trace

STEEL: Final = ((244.0, 248.0, 252.0), (160.0, 168.0, 182.0), (70.0, 74.0, 90.0))


STEAM: Final = ((255.0, 255.0, 255.0), (242.0, 242.0, 248.0), (184.0, 186.0, 204.0))
PUFFS: Final = (
    (-0.42, 0.87, 0.11),
    (-0.25, 0.86, 0.12),
    (-0.06, 0.83, 0.115),
    (0.11, 0.78, 0.1),
    (0.24, 0.71, 0.08),
    (0.32, 0.63, 0.055),
)
LOBES: Final = ((-0.5, -0.3, 0.7), (0.5, -0.25, 0.65), (0.0, 0.1, 0.95), (-0.45, 0.2, 0.6), (0.3, 0.4, 0.55))


def draw_train(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a steam locomotive under its smoke: boiler, cab, domes, red wheels with rods, on a piece of track."""
    paint = [(40.0, 92.0, 70.0), (44.0, 70.0, 128.0), (58.0, 58.0, 70.0), (150.0, 44.0, 44.0)][rng.integers(4)]
    rim = (206.0, 60.0, 48.0) if paint[0] < 100 else (60.0, 62.0, 76.0)
    lit, dark = (mix(paint, WHITE, 0.5), mix(paint, (10, 8, 20), 0.65))
    draw_smoke(brush)
    for x in np.linspace(-0.55, 0.55, 12).tolist():
        down(brush, [(120, 86, 62), (66, 46, 40)], box(x - 0.026, 0, x + 0.026, 0.026))
    lines(brush, (70, 72, 84), [[(-0.6, 0.03), (0.6, 0.03)]], 0.018)
    lines(brush, (190, 196, 208), [[(-0.6, 0.036), (0.6, 0.036)]], 0.006)
    brush.fill(DARK, box(-0.46, 0.1, 0.44, 0.2))
    fade(
        brush,
        [mix(rim, WHITE, 0.2), mix(rim, DARK, 0.5)],
        trace("430 170, 480 170, 610 40, 590 36, 430 50"),
        start=(0.45, 0.17),
        end=(0.55, 0.04),
    )
    lines(brush, mix(rim, DARK, 0.6), [[(0.45, 0.165), (x, 0.042)] for x in (0.455, 0.49, 0.525, 0.56)], 0.008)
    draw_boiler(brush, paint)
    draw_cab(brush, paint)
    down(brush, [mix(rim, WHITE, 0.4), mix(rim, DARK, 0.35)], box(-0.48, 0.175, 0.47, 0.2))
    down(brush, [lit, paint, dark], box(0.29, 0.085, 0.43, 0.17))
    lines(brush, BRASS[1], [box(0.3, 0.095, 0.42, 0.16)], 0.006, closed=True)
    for x, radius in ((-0.41, 0.052), (-0.255, 0.098), (-0.045, 0.098), (0.165, 0.098), (0.34, 0.052), (0.44, 0.045)):
        draw_spokes(brush, (x, radius + 0.036), radius, rim)
    pins = [(x, 0.1) for x in (-0.255, -0.045, 0.165)]
    lines(brush, (60, 62, 74), [pins, [(-0.045, 0.1), (0.36, 0.125)]], 0.026)
    lines(brush, (214, 220, 230), [pins, [(-0.045, 0.103), (0.36, 0.128)]], 0.015)
    for x, y in pins:
        ball(brush, BRASS, (x, y), (0.015, 0.015))


def draw_smoke(brush: Brush) -> None:
    """Draw the locomotive's steam drifting back in growing puffs."""
    for x, y, radius in PUFFS:
        for dx, dy, size in LOBES:
            spot = (x + dx * radius, y + dy * radius)
            ball(brush, STEAM, spot, (radius * size, radius * size * 0.94))


def draw_boiler(brush: Brush, paint: Colour) -> None:
    """Draw the locomotive's boiler with brass bands and domes, the smoke box, its chimney and the lamp."""
    lit, dark = mix(paint, WHITE, 0.5), mix(paint, (10, 8, 20), 0.65)
    down(brush, [lit, paint, paint, dark, mix(dark, paint, 0.4)], box(-0.2, 0.19, 0.36, 0.39))
    down(brush, [(120, 120, 134), (48, 48, 58), (18, 18, 26)], box(0.35, 0.18, 0.46, 0.4))
    down(brush, [(130, 130, 144), (28, 28, 36)], trace("460 210, 478 230, 485 290, 478 350, 460 370"))
    for x in (-0.06, 0.09, 0.23, 0.35):
        down(brush, BRASS, box(x - 0.007, 0.19, x + 0.007, 0.391))
    for x, wide, high in ((0.02, 0.05, 0.07), (0.165, 0.04, 0.055)):
        dome = [
            *arc((x, 0.385 + high * 0.4), (wide, high * 0.75), 0, 180, 13),
            (x - wide * 1.2, 0.385),
            (x + wide * 1.2, 0.385),
        ]
        fade(brush, BRASS, dome, start=(x - wide, 0.45), end=(x + wide, 0.4))
    across(
        brush,
        [(120, 120, 134), (52, 52, 62), (16, 16, 24)],
        trace("370 390, 445 390, 440 420, 436 480, 470 550, 345 550, 378 480, 374 420"),
    )
    across(brush, BRASS, box(0.338, 0.54, 0.477, 0.562))
    down(brush, STEEL, trace("455 395, 500 395, 500 450, 455 450"))
    ball(brush, [(255, 255, 240), LAMP, EMBER], (0.5, 0.422), (0.022, 0.032), glow=True)


def draw_cab(brush: Brush, paint: Colour) -> None:
    """Draw the locomotive's cab with its lit window, curved roof and golden lining."""
    lit, dark = (mix(paint, WHITE, 0.3), mix(paint, (10, 8, 20), 0.5))
    fade(brush, [lit, paint, dark], box(-0.47, 0.16, -0.18, 0.54), start=(-0.47, 0.5), end=(-0.15, 0.1))
    brush.fill(mix(dark, DARK, 0.4), box(-0.41, 0.36, -0.24, 0.5))
    down(brush, [LAMP, EMBER], box(-0.4, 0.37, -0.25, 0.49), glow=True)
    lines(brush, dark, [[(-0.325, 0.37), (-0.325, 0.49)]], 0.012)
    lines(brush, BRASS[1], [box(-0.44, 0.22, -0.21, 0.335)], 0.007, closed=True)
    ball(brush, BRASS, (-0.325, 0.277), (0.035, 0.035))
    roof = smooth(trace("-530 545, -400 590, -325 597, -250 590, -130 545"), closed=False)
    fade(
        brush,
        [(150, 150, 164), (58, 56, 68), (26, 24, 34)],
        [*roof, (-0.13, 0.525), (-0.53, 0.525)],
        start=(-0.1, 0.6),
        end=(-0.08, 0.525),
    )
    lines(brush, BRASS[1], [[(-0.525, 0.527), (-0.135, 0.527)]], 0.008)


def draw_spokes(brush: Brush, centre: tuple[float, float], radius: float, paint: Colour) -> None:
    """Draw a spoked wheel with a steel tyre."""
    brush.oval((40, 40, 50), centre, (radius, radius))
    lines(brush, (196, 202, 214), [arc(centre, (radius * 0.93, radius * 0.93), 20, 200)], radius * 0.09)
    brush.oval(mix(paint, DARK, 0.75), centre, (radius * 0.8, radius * 0.8))
    spots = [(centre[0] + radius * np.cos(t), centre[1] + radius * np.sin(t)) for t in np.arange(8) * np.pi / 4 + 0.3]
    middle = np.array(centre)
    lines(brush, paint, [[middle, middle + (np.array(spot) - middle) * 0.8] for spot in spots], radius * 0.15)
    lines(brush, paint, [arc(centre, (radius * 0.78, radius * 0.78), count=33)], radius * 0.16)
    ball(brush, [mix(paint, WHITE, 0.6), paint, mix(paint, DARK, 0.5)], centre, (radius * 0.3, radius * 0.3))


def draw_car(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a rounded car of the fifties with chrome, whitewalled tyres and lit lamps."""
    paint = [(206.0, 42.0, 44.0), (48.0, 140.0, 168.0), (240.0, 176.0, 48.0), (104.0, 160.0, 120.0)][rng.integers(4)]
    lit, dark = (mix(paint, WHITE, 0.55), mix(paint, (20, 10, 40), 0.6))
    roof = WHITE if rng.random() < 0.5 else paint
    cabin = smooth(trace("-330 290, -270 390, -190 462, -60 490, 70 482, 150 430, 235 300"), closed=False)
    fade(
        brush,
        [mix(roof, WHITE, 0.6), mix(roof, (200, 196, 210), 0.3), mix(roof, DARK, 0.4)],
        cabin,
        start=(-0.1, 0.49),
        end=(-0.05, 0.3),
    )
    for pane in ("-275 310, -235 385, -170 435, -75 450, -75 310", "-45 310, -45 451, 50 446, 115 408, 185 310"):
        glass = trace(pane)
        fade(brush, [(212, 238, 250), (110, 166, 200), (58, 84, 118)], glass, start=(0, 0.45), end=(0.05, 0.3))
        lines(brush, STEEL[1], [glass], 0.01, closed=True)
    for ray in ("-215 330, -150 428, -115 440, -180 330", "20 330, 75 430, 95 420, 50 330"):
        glaze(brush, WHITE, trace(ray), start=(0, 0.45), end=(0, 0.3), strength=(0.6, 0.1))
    upper = smooth(trace("-540 130, -545 200, -510 270, -410 312, 0 316, 200 312, 360 296, 480 256"), closed=False)
    lower = smooth(trace("480 256, 540 200, 545 130, 480 85, 0 76, -480 85, -540 130"), closed=False)
    body = np.concatenate([upper, lower])
    fade(brush, [lit, paint, mix(paint, dark, 0.3), dark], body, start=(0, 0.32), end=(0.02, 0.08))
    shine = smooth(trace("-490 262, -300 296, 0 300, 240 294, 420 262, 240 280, 0 284, -300 280"))
    brush.fill(mix(paint, WHITE, 0.75), shine)
    for x in (-0.315, 0.325):
        fender = smooth(trace("-165 110, -150 200, -80 252, 0 266, 80 252, 150 200, 165 110"), closed=False)
        fender = fender + np.array([x, 0.0])
        fade(brush, [lit, paint, dark], fender, start=(x - 0.02, 0.27), end=(x + 0.03, 0.1))
        hollow = [*arc((x, 0.105), (0.128, 0.13), 0, 180, 21), (x - 0.128, 0.07), (x + 0.128, 0.07)]
        brush.fill(mix(dark, DARK, 0.7), hollow)
    lines(brush, dark, [trace("-60 310, -62 200, -50 95"), trace("155 308, 150 200, 130 95")], 0.007)
    lines(brush, STEEL[1], [trace("-150 190, 150 186")], 0.018)
    lines(brush, STEEL[0], [trace("-150 194, 150 190"), trace("-40 262, 5 262")], 0.009)
    down(
        brush,
        STEEL,
        smooth(trace("430 140, 560 145, 582 120, 560 95, 430 92")),
        smooth(trace("-430 140, -560 145, -582 120, -560 95, -430 92")),
    )
    ball(brush, STEEL, (0.49, 0.218), (0.052, 0.052))
    ball(brush, [(255, 255, 240), LAMP, EMBER], (0.497, 0.218), (0.04, 0.042), glow=True)
    ball(brush, [(255, 180, 160), (226, 40, 40), (120, 10, 30)], (-0.522, 0.21), (0.022, 0.038), glow=True)
    for x in (-0.315, 0.325):
        draw_tyre(brush, (x, 0.105), paint)


def draw_tyre(brush: Brush, centre: tuple[float, float], paint: Colour) -> None:
    """Draw a whitewalled tyre with a chrome cap."""
    ball(brush, [(90, 88, 98), (40, 38, 46), (16, 16, 22)], centre, (0.105, 0.105))
    brush.oval((240, 240, 236), centre, (0.078, 0.078))
    ball(brush, STEEL, centre, (0.06, 0.06))
    lines(brush, STEEL[2], [arc(centre, (0.042, 0.042), count=25)], 0.005)
    ball(brush, [WHITE, paint, mix(paint, DARK, 0.6)], centre, (0.02, 0.02))


PORTRAITS: Final[dict[str, Portrait]] = {
    "train": Portrait(draw_train, (0.62, 0.8), foot=0.58, flips=True),
    "car": Portrait(draw_car, (0.62, 0.8), foot=0.5, flips=True),
}
