"""The galleon, facing to the right.

It is drawn by a brush whose zero is the middle of its keel, whose y grows upwards, and whose unit is its height.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..brush import Brush, Colour, box, mix
from .portrait import Portrait
from .shading import BRASS, EMBER, LAMP, WHITE, Spots, across, ball, down, fade, lines, smooth, trace

MASTS: Final = ((-0.3, 0.84), (0.0, 1.0), (0.27, 0.88))
SAILS: Final = (
    (-0.27, 0.46, 0.64, 0.12),
    (-0.28, 0.665, 0.78, 0.085),
    (0.28, 0.3, 0.52, 0.125),
    (0.275, 0.545, 0.68, 0.105),
    (0.27, 0.705, 0.8, 0.075),
    (0.01, 0.28, 0.54, 0.16),
    (0.005, 0.565, 0.76, 0.135),
    (0.0, 0.785, 0.92, 0.095),
)
PLANKS: Final = (
    "-455 165, -200 105, 120 105, 435 170",
    "-430 110, -200 65, 120 65, 410 120",
    "-390 52, -200 28, 120 28, 350 60",
)


def draw_galleon(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a three-masted ship under billowing sails, with a high gilded stern, gun ports and flags."""
    wood = [(140.0, 84.0, 46.0), (112.0, 64.0, 44.0), (96.0, 72.0, 60.0)][rng.integers(3)]
    trim = [(196.0, 52.0, 44.0), (44.0, 86.0, 150.0), (52.0, 120.0, 90.0)][rng.integers(3)]
    sail = [(252.0, 246.0, 228.0), (252.0, 246.0, 228.0), (244.0, 214.0, 160.0), (206.0, 70.0, 60.0)][rng.integers(4)]
    cross = trim if sail[1] > 100 else (252.0, 236.0, 190.0)
    draw_rigging(brush, sail)
    for x, low, high, half in SAILS:
        draw_sail(brush, (x, low, high, half), sail, cross if high == 0.54 else None)
    draw_hull(brush, wood, trim)
    for x, top in MASTS:
        cloth = trace("0 55, -50 40, -100 50, -160 30, -100 15, -50 5, 0 10") + np.array([x, top])
        flag = smooth(cloth, steps=4)
        across(brush, [trim, mix(trim, WHITE, 0.35), trim], flag)
        ball(brush, BRASS, (x, top + 0.06), (0.012, 0.012))


def draw_rigging(brush: Brush, sail: Colour) -> None:
    """Draw the galleon's masts, shrouds, stays, bowsprit, jib and spanker."""
    rope, shade = (70, 52, 44), mix(sail, (90, 70, 90), 0.45)
    stays = ("620 365, 280 840", "560 335, 270 690", "-500 430, -300 800", "-300 820, 0 520")
    lines(brush, rope, [trace(stay) for stay in stays], 0.005)
    for x, top in MASTS:
        lines(brush, rope, [[(x, top - 0.24), (x + s * 0.11, 0.2)] for s in (-1.0, -0.6, 0.6, 1.0)], 0.005)
        lines(brush, (92, 60, 40), [[(x, 0.15), (x, top)]], 0.022)
        lines(brush, (150, 104, 66), [[(x - 0.005, 0.15), (x - 0.005, top)]], 0.008)
        lines(brush, rope, [[(x - 0.09, y), (x + 0.09, y)] for y in (0.24, 0.28)], 0.004)
    lines(brush, (104, 68, 44), [trace("400 220, 660 385")], 0.024)
    jib = smooth(trace("640 372, 520 470, 330 800, 400 560, 420 330, 520 350"), steps=4)
    fade(brush, [mix(sail, WHITE, 0.5), sail, shade], jib, start=(0.36, 0.5), end=(0.6, 0.4))
    spanker = smooth(trace("-500 400, -420 640, -310 760, -315 560, -310 400, -400 385"), steps=4)
    across(brush, [sail, shade], spanker)


def draw_sail(brush: Brush, frame: tuple[float, float, float, float], sail: Colour, mark: Colour | None) -> None:
    """Draw a square sail full of wind on its yard: `frame` has its middle, foot, head and half width."""
    x, low, high, half = frame
    size = np.array([half, high - low])

    def edge(text: str) -> Spots:
        return smooth(trace(text) * size + np.array([x, low]), closed=False)

    sides = ("860 1000, 1300 500, 1100 0", "1100 0, 100 170, -980 30", "-980 30, -620 500, -860 1000")
    shade = mix(sail, (110, 86, 110), 0.5)
    ramp = [shade, sail, mix(sail, WHITE, 0.7), sail, mix(sail, shade, 0.75)]
    outline = np.concatenate([edge(side) for side in sides])
    fade(brush, ramp, outline, start=(x - half * 0.9, low), end=(x + half * 1.3, low - 0.1 * half))
    seams = ("-500 1000, -250 500, -560 120", "0 1000, 300 500, 0 120", "500 1000, 850 500, 560 120")
    lines(brush, mix(sail, shade, 0.5), [edge(seam) for seam in seams], 0.003)
    if mark:
        lines(brush, mark, [edge("340 820, 340 300"), edge("-60 560, 700 560")], 0.032)
    lines(brush, (84, 54, 38), [[(x - half, high + 0.004), (x + half, high + 0.004)]], 0.017)


def draw_hull(brush: Brush, wood: Colour, trim: Colour) -> None:
    """Draw the galleon's hull: planks, a painted band with gun ports, a gilded stern with lit windows."""
    lit, dark = (mix(wood, (255, 220, 160), 0.4), mix(wood, (20, 10, 30), 0.65))
    stern = trace("-155 255, -320 265, -330 275, -335 350, -460 400, -530 455, -520 300, -470 130, -400 30, -330 0")
    bow = trace("300 0, 390 60, 450 150, 500 260, 420 235, 300 215, 120 175, -120 175, -150 185")
    fade(brush, [lit, wood, dark], np.concatenate([stern, bow]), start=(0, 0.36), end=(0.02, 0.0))
    lines(brush, mix(dark, wood, 0.3), [smooth(trace(plank), closed=False) for plank in PLANKS], 0.005)
    band = smooth(trace("-500 235, -200 140, 120 140, 470 222"), closed=False)
    lines(brush, trim, [band], 0.042)
    lines(brush, BRASS[1], [band + np.array([0, 0.026]), band - np.array([0, 0.026])], 0.009)
    for share in np.linspace(0.16, 0.86, 8):
        x, y = band[int(share * (len(band) - 1))].tolist()
        brush.fill((44, 30, 34), box(x - 0.017, y - 0.016, x + 0.017, y + 0.016))
        lines(brush, BRASS[1], [box(x - 0.017, y - 0.016, x + 0.017, y + 0.016)], 0.005, closed=True)
    for x, y in ((-0.47, 0.32), (-0.42, 0.305), (-0.37, 0.295)):
        down(brush, [(255, 252, 200), LAMP, EMBER], box(x - 0.016, y - 0.022, x + 0.016, y + 0.022), glow=True)
    rails = [
        trace("-535 460, -460 402, -335 352"),
        trace("-330 277, -155 257"),
        trace("-150 187, 120 177, 300 217, 500 262"),
    ]
    lines(brush, BRASS[2], [rail - np.array([0, 0.01]) for rail in rails], 0.014)
    lines(brush, BRASS[1], rails, 0.012)
    lines(brush, BRASS[0], [trace("-520 300, -335 262"), trace("-520 365, -340 312")], 0.007)
    lines(brush, dark, [trace("-520 455, -520 530")], 0.012)
    ball(brush, [(255, 255, 230), LAMP, EMBER], (-0.52, 0.535), (0.022, 0.03), glow=True)
    ball(brush, BRASS, (0.5, 0.275), (0.028, 0.028))


PORTRAITS: Final[dict[str, Portrait]] = {
    "galleon": Portrait(draw_galleon, (0.58, 0.76), afloat=True, flips=True, rise=(0.05, 1.06)),
}
