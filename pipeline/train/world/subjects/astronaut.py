"""The astronaut, who stands on any ground and waves.

The figure is drawn by a brush whose zero is the middle between its feet, whose y grows upwards, and whose unit is
its height.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..brush import Brush, Colour, box, mix
from .portrait import Portrait
from .shading import WHITE, across, arc, ball, down, fade, glaze, limb, lines, smooth, trace

SUIT: Final = ((255.0, 255.0, 255.0), (222.0, 228.0, 238.0), (136.0, 146.0, 172.0))
BOOT: Final = ((0.05, 0.1), (0.2, 0.1), (0.225, 0.04), (0.225, 0.0), (0.055, 0.0), (0.055, 0.04))


def draw_astronaut(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a waving astronaut in a white suit with a mirrored visor, a pack and coloured bands."""
    band = [(222.0, 60.0, 48.0), (240.0, 130.0, 40.0), (48.0, 110.0, 200.0)][rng.integers(3)]
    gold = bool(rng.random() < 0.6)
    visor: list[Colour] = (
        [(255, 226, 150), (222, 140, 44), (84, 40, 40)] if gold else [(130, 190, 240), (36, 66, 130), (14, 16, 44)]
    )
    joint = (96.0, 104.0, 124.0)
    fade(
        brush,
        [(196, 204, 218), (150, 158, 178), (88, 94, 118)],
        smooth(trace("-250 320, -260 560, -225 690, 225 690, 260 560, 250 320"), steps=4),
        start=(-0.25, 0.6),
        end=(0.25, 0.35),
    )
    lines(brush, joint, [trace("-255 480, -225 480"), trace("225 480, 255 480")], 0.03)
    draw_legs(brush, band, joint)
    fade(
        brush,
        list(SUIT),
        smooth(trace("-190 330, -205 480, -215 580, -150 645, 150 645, 215 580, 205 480, 190 330, 110 275, -110 275")),
        start=(-0.16, 0.6),
        end=(0.23, 0.3),
    )
    lines(brush, joint, [smooth(trace("-190 352, 0 322, 190 352"), closed=False)], 0.03)
    draw_arms(brush, band, joint)
    down(brush, [(232, 236, 244), (176, 184, 202)], box(-0.105, 0.41, 0.105, 0.545))
    lines(brush, joint, [box(-0.105, 0.41, 0.105, 0.545)], 0.008, closed=True)
    for x, colour in ((-0.07, (232, 66, 56)), (-0.025, (250, 196, 60)), (0.02, (80, 190, 110))):
        ball(brush, [mix(colour, WHITE, 0.6), colour], (x, 0.51), (0.017, 0.017), glow=True)
    down(brush, [(120, 220, 250), (40, 90, 160)], box(-0.085, 0.43, 0.03, 0.475), glow=True)
    lines(brush, joint, [trace("60 440, 60 520"), trace("82 440, 82 520")], 0.012)
    lines(brush, (150, 158, 180), [smooth(trace("105 450, 190 430, 215 500, 170 600"), closed=False)], 0.024)
    draw_helmet(brush, visor)


def draw_legs(brush: Brush, band: Colour, joint: Colour) -> None:
    """Draw the astronaut's legs and boots."""
    for way in (-1, 1):
        limb(brush, SUIT, [(way * 0.09, 0.34), (way * 0.115, 0.2), (way * 0.12, 0.1)], 0.15)
        lines(brush, band, [[(way * 0.115 - 0.06, 0.165), (way * 0.115 + 0.06, 0.165)]], 0.022)
        lines(brush, joint, [[(way * 0.118 - 0.062, 0.105), (way * 0.118 + 0.062, 0.105)]], 0.014)
        boot = smooth([(way * x, y) for x, y in BOOT], steps=4)
        fade(
            brush,
            [SUIT[0], SUIT[1], (104, 112, 138)],
            boot,
            start=(way * 0.13 - 0.04, 0.1),
            end=(way * 0.13 + 0.05, 0.0),
        )
        brush.fill((70, 74, 92), box(way * 0.14 - 0.085, -0.004, way * 0.14 + 0.085, 0.018))


def draw_arms(brush: Brush, band: Colour, joint: Colour) -> None:
    """Draw the astronaut's arms: one hanging down, one waving with spread fingers."""
    limb(brush, SUIT, trace("-195 570, -290 455, -265 330"), 0.13)
    limb(brush, SUIT, trace("195 565, 325 620, 345 800"), 0.125)
    lines(brush, band, [trace("-318 420, -232 395"), trace("272 655, 385 640")], 0.026)
    lines(brush, joint, [trace("-318 350, -210 350"), trace("285 770, 402 775")], 0.022)
    limb(brush, ((255, 255, 255), (210, 216, 230), (120, 128, 156)), trace("-262 320, -255 285"), 0.11)
    for finger in ("345 820, 345 850", "322 840, 290 905", "340 850, 330 935", "362 850, 372 930", "378 830, 415 890"):
        limb(
            brush,
            ((255, 255, 255), (214, 220, 232), (130, 138, 164)),
            trace(finger),
            0.105 if finger.startswith("345") else 0.045,
        )


def draw_helmet(brush: Brush, visor: list[Colour]) -> None:
    """Draw the astronaut's helmet: a white ball on a collar, its visor mirroring sky, land and a star."""
    across(brush, [(220, 226, 236), (120, 128, 150)], arc((0, 0.645), (0.155, 0.04)))
    ball(brush, [SUIT[0], (244, 246, 250), SUIT[1], (140, 150, 176)], (0, 0.8), (0.205, 0.2))
    for way in (-1, 1):
        ball(brush, [(220, 226, 236), (150, 158, 178), (90, 96, 120)], (way * 0.2, 0.79), (0.035, 0.06))
    glass = smooth(trace("-155 800, -130 895, 0 930, 130 895, 155 800, 125 700, 0 672, -125 700"))
    lines(brush, (120, 128, 150), [glass], 0.022, closed=True)
    fade(brush, visor, glass, start=(-0.06, 0.93), end=(0.06, 0.67), glow=True)
    glaze(
        brush,
        (20, 16, 50),
        smooth(trace("-150 770, -60 740, 20 765, 90 742, 150 775, 122 702, 0 674, -122 702")),
        start=(0, 0.77),
        end=(0, 0.67),
        strength=(0.35, 0.6),
    )
    glaze(
        brush,
        WHITE,
        smooth(trace("-125 800, -105 870, -40 905, -60 860, -90 800, -95 740")),
        start=(0, 0.9),
        end=(0, 0.74),
        strength=(0.85, 0.2),
    )
    brush.oval(WHITE, (0.075, 0.86), (0.02, 0.024), glow=True)


PORTRAITS: Final[dict[str, Portrait]] = {
    "astronaut": Portrait(draw_astronaut, (0.62, 0.84), foot=0.26, flips=True),
}
