"""What flies by an engine: an airship and a biplane, both facing to the right.

Each is drawn by a brush whose zero is the middle of the subject's foot, whose y grows upwards, and whose unit is
the subject's width.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..brush import Brush, Colour, box, mix
from .portrait import Portrait
from .shading import (
    BRASS,
    DARK,
    EMBER,
    LAMP,
    WHITE,
    Spots,
    across,
    arc,
    ball,
    down,
    fade,
    lines,
    radiate,
    smooth,
    trace,
)

BAG: Final = (
    "-560 265, -520 285, -340 360, -120 416, 120 432, 330 412, 470 368, 540 315, 560 268",
    "560 268, 540 222, 470 168, 330 124, 120 106, -120 122, -340 172, -520 240, -560 265",
)
RIBS: Final = (
    (0.43, 0.384, 0.15),
    (0.29, 0.418, 0.118),
    (0.13, 0.431, 0.106),
    (-0.03, 0.426, 0.112),
    (-0.19, 0.402, 0.137),
    (-0.34, 0.36, 0.172),
)
LIVERIES: Final = (
    ((206.0, 44.0, 42.0), (246.0, 228.0, 190.0)),
    ((244.0, 178.0, 44.0), (52.0, 92.0, 160.0)),
    ((56.0, 110.0, 180.0), (246.0, 200.0, 70.0)),
    ((70.0, 120.0, 84.0), (236.0, 220.0, 176.0)),
)
TYRE: Final = ((96.0, 94.0, 104.0), (44.0, 42.0, 52.0), (20.0, 20.0, 28.0))


def draw_airship(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a long gas bag with ribs, a coloured stripe and tail fins over a cabin with lit windows."""
    skin = [(226.0, 220.0, 206.0), (206.0, 84.0, 64.0), (196.0, 160.0, 92.0), (124.0, 150.0, 176.0)][rng.integers(4)]
    stripe = [(190.0, 48.0, 52.0), (250.0, 226.0, 170.0), (70.0, 60.0, 92.0), (244.0, 196.0, 84.0)][rng.integers(4)]
    if abs(sum(skin) - sum(stripe)) < 90:
        stripe = (60.0, 74.0, 120.0)
    lit, dark = (mix(skin, WHITE, 0.6), mix(skin, (30, 24, 56), 0.66))
    for fin in ("-330 300, -430 470, -540 490, -520 330", "-330 220, -430 60, -540 40, -520 200"):
        down(brush, [mix(stripe, WHITE, 0.3), mix(stripe, DARK, 0.3)], smooth(trace(fin), steps=3))
    bag = np.concatenate([smooth(trace(side), closed=False) for side in BAG])
    fade(
        brush,
        [lit, mix(skin, WHITE, 0.25), skin, mix(skin, dark, 0.5), dark, mix(dark, skin, 0.3)],
        bag,
        start=(0.0, 0.44),
        end=(0.03, 0.1),
    )
    upper = smooth(trace("555 275, 330 318, 60 330, -250 308, -530 272"), closed=False)
    lower = smooth(trace("-530 262, -250 268, 60 268, 330 266, 555 262"), closed=False)
    down(brush, [mix(stripe, WHITE, 0.25), mix(stripe, DARK, 0.25)], [*upper, *lower])
    for x, top, low in RIBS:
        rib = arc((x, (top + low) / 2), (0.035, (top - low) / 2), -90, 90, 17)
        lines(brush, mix(skin, dark, 0.6), [rib], 0.006)
        lines(brush, mix(skin, WHITE, 0.35), [[(a - 0.008, b) for a, b in rib[8:]]], 0.004)
    for y, bow in ((0.37, 0.045), (0.21, -0.05), (0.16, -0.03)):
        seam = [(0.5, 0.134 + y * 0.5), (0.1, y + bow * 0.5), (-0.5, 0.214 + y * 0.2)]
        lines(brush, mix(skin, dark, 0.5), [smooth(seam, closed=False)], 0.004)
    down(
        brush,
        [mix(stripe, WHITE, 0.45), stripe, mix(stripe, DARK, 0.5)],
        smooth(trace("560 268, 545 310, 505 340, 508 268, 505 196, 545 226")),
    )
    down(brush, [stripe, mix(stripe, DARK, 0.45)], trace("-330 282, -560 300, -600 265, -560 232, -330 252"))
    draw_gondola(brush)


def draw_gondola(brush: Brush) -> None:
    """Draw the airship's cabin, its struts, lit windows and two engines."""
    wood = (140.0, 88.0, 54.0)
    lines(brush, DARK, [trace("-140 130, -110 70"), trace("170 120, 140 70"), trace("0 110, 0 70")], 0.008)
    down(
        brush,
        [mix(wood, WHITE, 0.3), wood, mix(wood, DARK, 0.55)],
        smooth(trace("-180 92, -170 40, -130 6, 120 6, 190 40, 215 92"), steps=3),
    )
    down(brush, BRASS, box(-0.18, 0.085, 0.21, 0.1))
    for x in (-0.125, -0.065, -0.005, 0.055, 0.115):
        radiate(
            brush,
            [(255, 252, 214), LAMP, EMBER],
            box(x - 0.019, 0.036, x + 0.019, 0.072),
            focus=(x, 0.06),
            radii=(0.03, 0.035),
            glow=True,
        )
    down(brush, [(222, 244, 252), (90, 140, 180)], trace("150 36, 178 42, 198 72, 150 72"))
    for x in (-0.27, 0.3):
        lines(brush, DARK, [[(x, 0.145), (x, 0.08)]], 0.01)
        ball(brush, [(220, 224, 234), (120, 124, 140), (50, 48, 62)], (x, 0.078), (0.045, 0.022))
        lines(brush, (90, 60, 44), [[(x - 0.05, 0.13), (x - 0.05, 0.026)]], 0.012)


def project(x: float, y: float, z: float) -> tuple[float, float]:
    """Return where a point of the biplane (forward, up, towards us) lies on the picture, seen from its front."""
    return (0.9 * x - 0.46 * z, 0.31 + y - 0.27 * z - 0.13 * x)


def plate(x: tuple[float, float], y: float, z: tuple[float, float]) -> Spots:
    """Return a level surface of the biplane between two places along it and from root to tip, slightly tapering."""
    corners = ((x[0], z[0]), (x[1], z[0]), (x[1] - 0.01, z[1]), (x[0] + 0.02, z[1]))
    return np.array([project(a, y, b) for a, b in corners])


def draw_wing(brush: Brush, wing: Colour, y: float, z: tuple[float, float]) -> None:
    """Draw one wing, or one half of it, with its thickness and ribs."""
    outline, under = plate((0.02, 0.25), y, z), plate((0.02, 0.25), y - 0.02, z)
    shade = mix(wing, (60, 40, 70), 0.3)
    brush.fill(mix(wing, (30, 20, 50), 0.55), under, [outline[1], outline[2], under[2], under[1]])
    fade(brush, [mix(wing, WHITE, 0.5), wing, shade], outline, start=project(0.25, y, 0), end=project(0.0, y, 0))
    ribs = np.linspace(z[0], z[1], 8)[1:-1].tolist()
    lines(brush, shade, [[project(0.03, y, t), project(0.24, y, t)] for t in ribs], 0.004)


def draw_struts(brush: Brush, z: float) -> None:
    """Draw the two posts and a wire between the wings."""
    (a, b), (c, d) = ([project(x, y, z) for y in (-0.05, 0.17)] for x in (0.05, 0.22))
    lines(brush, (60, 60, 70), [[a, d], [b, c]], 0.005)
    lines(brush, (84, 54, 40), [[a, b], [c, d]], 0.016)


def draw_biplane(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a biplane seen from its side and front: two wings with struts, a radial engine, a propeller and a pilot."""
    paint, wing = LIVERIES[rng.integers(len(LIVERIES))]
    dark = mix(paint, (16, 8, 40), 0.6)
    draw_wing(brush, wing, -0.06, (0.0, -0.52))
    draw_struts(brush, -0.4)
    lines(brush, DARK, [[project(0.2, -0.06, 0), project(0.22, -0.2, -0.13)]], 0.014)
    ball(brush, TYRE, project(0.22, -0.2, -0.13), (0.045, 0.05))
    draw_fuselage(brush, paint, wing)
    draw_pilot(brush)
    draw_engine(brush, paint)
    draw_wing(brush, wing, -0.06, (0.0, 0.52))
    wheel = project(0.22, -0.2, 0.13)
    lines(brush, DARK, [[project(x, -0.08, 0), wheel] for x in (0.2, 0.08)], 0.014)
    ball(brush, TYRE, wheel, (0.055, 0.06))
    ball(brush, [WHITE, paint, dark], wheel, (0.024, 0.027))
    posts = [[project(x, 0.09, z), project(x, 0.17, z)] for x in (0.06, 0.22) for z in (-0.06, 0.06)]
    lines(brush, (84, 54, 40), posts, 0.012)
    draw_struts(brush, 0.4)
    draw_wing(brush, wing, 0.17, (-0.56, 0.56))
    for colour, size in ((paint, 1.0), (WHITE, 0.64), (dark, 0.32)):
        turn = -10.0 if brush.scale[0] > 0 else 10.0
        brush.oval(colour, project(0.135, 0.17, 0.43), (0.062 * size, 0.036 * size), turn=turn)


def draw_fuselage(brush: Brush, paint: Colour, wing: Colour) -> None:
    """Draw the biplane's body with its tail."""
    lit, dark = mix(paint, WHITE, 0.45), mix(paint, (16, 8, 40), 0.6)
    far, near = plate((-0.5, -0.37), 0.035, (0.0, -0.2)), plate((-0.5, -0.37), 0.035, (0.0, 0.2))
    down(brush, [mix(wing, WHITE, 0.3), mix(wing, DARK, 0.25)], far)
    top = [project(x, y, 0) for x, y in ((0.34, 0.095), (0.2, 0.1), (0.0, 0.105), (-0.14, 0.085), (-0.5, 0.045))]
    low = [project(x, y, 0) for x, y in ((-0.52, 0.0), (-0.2, -0.06), (0.1, -0.1), (0.34, -0.1))]
    body = smooth([*top, *low], steps=4)
    fade(brush, [lit, paint, mix(paint, dark, 0.5), dark], body, start=project(0, 0.1, 0), end=project(0.04, -0.1, 0))
    tail = ((-0.36, 0.05), (-0.44, 0.17), (-0.52, 0.19), (-0.57, 0.12), (-0.55, 0.01))
    fin = smooth([project(x, y, 0) for x, y in tail], steps=4)
    across(brush, [mix(wing, WHITE, 0.4), mix(wing, DARK, 0.15)], fin)
    lines(brush, paint, [[project(-0.495, 0.035, 0), project(-0.505, 0.18, 0)]], 0.022)
    down(brush, [mix(wing, WHITE, 0.4), mix(wing, DARK, 0.12)], near)
    lines(brush, mix(wing, WHITE, 0.4), [[project(0.3, 0.02, 0), project(-0.48, 0.02, 0)]], 0.02)


def draw_pilot(brush: Brush) -> None:
    """Draw the open seat and the pilot in cap and goggles, whose scarf flies behind."""
    seat = smooth([project(x, y, 0) for x, y in ((-0.02, 0.1), (-0.1, 0.115), (-0.18, 0.08), (-0.1, 0.07))])
    brush.fill(DARK, seat)
    x, y = project(-0.1, 0.15, 0)
    scarf = smooth([(x, y - 0.035), (x - 0.07, y - 0.03), (x - 0.11, y - 0.005), (x - 0.16, y - 0.015)], closed=False)
    lines(brush, (236, 70, 60), [scarf], 0.022)
    ball(brush, [(190, 130, 90), (128, 80, 54), (70, 42, 36)], (x, y), (0.046, 0.05))
    ball(brush, [(220, 244, 255), (90, 140, 170)], (x + 0.024, y + 0.004), (0.022, 0.016))


def draw_engine(brush: Brush, paint: Colour) -> None:
    """Draw the biplane's round engine cowling and its propeller."""
    x, y = project(0.35, 0.0, 0)
    ball(brush, [mix(paint, WHITE, 0.6), paint, mix(paint, DARK, 0.6)], (x - 0.01, y), (0.075, 0.108))
    brush.oval(DARK, (x + 0.012, y), (0.052, 0.082))
    lines(
        brush,
        (130, 130, 142),
        [[(x + 0.012, y), (x + 0.012 + 0.048 * np.cos(t), y + 0.078 * np.sin(t))] for t in np.arange(7) * 0.9],
        0.014,
    )
    edge = trace("30 0, 50 90, 55 200, 30 235, 12 200, 18 90")
    for way in (1.0, -1.0):
        blade = smooth(edge * (1.0, way), steps=4) + np.array([x, y])
        across(brush, [(226, 170, 100), (128, 76, 44)], blade)
        tip = trace("50 195, 45 222, 30 235, 14 215, 14 195") * (1.0, way) + np.array([x, y])
        brush.fill((250, 206, 70), tip)
    ball(brush, [(255, 255, 255), (190, 196, 206), (80, 82, 96)], (x + 0.036, y), (0.03, 0.034))


PORTRAITS: Final[dict[str, Portrait]] = {
    "airship": Portrait(draw_airship, (0.7, 0.84), flying=True, flips=True, lean=0.12, rise=(0.44, 0.24)),
    "biplane": Portrait(draw_biplane, (0.66, 0.84), flying=True, flips=True, lean=0.24, rise=(0.46, 0.28)),
}
