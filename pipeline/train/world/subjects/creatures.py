"""The creatures of tales and of the night: dragons and owls.

Each is drawn by a brush whose zero is the middle of the subject's foot, whose y grows upwards and whose unit is its
height, or its width where it is wider than high. Random choices vary colours, never the silhouette's kind.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..brush import Brush, Colour, mix
from ..form import curve, eye, limb, model, moved, scallops, smooth, strokes, within
from .portrait import Portrait

WHITE = (255.0, 255.0, 255.0)
NIGHT = (22.0, 18.0, 40.0)


def wing(brush: Brush, skin: Colour, bone: Colour, spots: str, way: float) -> None:
    """Draw a bat's wing: `spots` are shoulder, wrist and the tips of its fingers, the membrane hangs between them."""
    at = [np.array([float(n) / 100 for n in word.split()]) * (way, 1) for word in spots.split(",")]
    shoulder, wrist, tips = at[0], at[1], at[2:]
    edge = [shoulder, shoulder * 0.5 + wrist * 0.5 + (way * 0.02, 0.035), wrist]
    corners = [0, 2]
    for index, tip in enumerate(tips):
        corners.append(len(edge))
        edge.append(tip)
        following = tips[index + 1] if index + 1 < len(tips) else moved(shoulder, way * 0.02, -0.1)
        middle = (tip + following) / 2
        edge.append(middle + (wrist - middle) * 0.16)
    edge.append(moved(shoulder, way * 0.02, -0.1))
    sail = smooth(edge, corners=corners)
    model(brush, skin, sail, depth=0.05, low=mix(skin, (255, 170, 90), 0.4), cast=0.25)
    for index, tip in enumerate(tips):
        following = tips[index + 1] if index + 1 < len(tips) else moved(shoulder, way * 0.02, -0.1)
        fold = smooth(
            [
                wrist,
                (wrist + tip) / 2 + (wrist - following) * 0.06,
                tip,
                (tip + following) / 2,
                (wrist * 2 + following) / 3,
            ]
        )
        model(brush, mix(skin, NIGHT, 0.4), fold, depth=0.04, light=0.2, inside=sail, strength=0.4)
    fingers = []
    for tip in tips:
        bow = (wrist + tip) / 2 + np.array([way * 0.02, 0.03])
        fingers.append(limb(smooth([wrist, bow, tip], False), (0.022, 0.016, 0.006)))
    arm = limb(smooth([shoulder, edge[1], wrist], False), (0.06, 0.045, 0.032))
    model(brush, bone, *fingers, arm, depth=0.012, cast=0.3)
    claw = smooth([moved(wrist, -0.012, 0), moved(wrist, way * -0.004, 0.055), moved(wrist, 0.012, 0)], corners=[1])
    model(brush, (240, 228, 200), claw, depth=0.01)


def draw_dragon(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a rearing dragon with spread bat wings, a plated belly, horns and a barbed tail, breathing a flame."""
    hides = [(172.0, 34.0, 36.0), (40.0, 122.0, 72.0), (52.0, 70.0, 150.0), (92.0, 48.0, 130.0), (58.0, 54.0, 64.0)]
    kind = int(rng.integers(5))
    hide = hides[kind]
    sail = [(226.0, 96.0, 50.0), (150.0, 170.0, 60.0), (90.0, 130.0, 210.0), (190.0, 90.0, 170.0), (170.0, 40.0, 40.0)][
        kind
    ]
    belly, horn = (238.0, 204.0, 140.0), (236.0, 222.0, 190.0)
    flame = bool(rng.random() < 0.6)
    wing(brush, mix(sail, NIGHT, 0.18), mix(hide, NIGHT, 0.2), "4 52, 30 76, 53 58, 48 42, 36 30", -1.0)
    wing(brush, sail, hide, "5 54, 29 90, 56 70, 54 49, 40 35", 1.0)
    tail = limb("12 8, 28 3, 41 6, 45 16, 38 23, 40 31", (0.2, 0.14, 0.09, 0.06, 0.045, 0.03))
    spikes(brush, horn, "20 8, 30 7.5, 38 10, 41 16", 0.045)
    model(brush, hide, tail, depth=0.03, low=mix(hide, NIGHT, 0.2))
    model(brush, sail, curve("39.5 30!, 34 35!, 40 36, 43.5 44!, 46 35, 49 31!, 43 32"), depth=0.015)
    model(brush, mix(hide, NIGHT, 0.38), limb("12 20, 14 12, 9 5, 4 2", (0.2, 0.13, 0.07, 0.09)), depth=0.03)
    spikes(brush, horn, "6 88, 12 77, 13 66, 12 56, 17 44, 21 32", 0.05)
    body = curve("-6 44, -4 56, 6 58, 14 50, 20 36, 24 22, 22 8, 12 1, 0 2, -8 14, -10 30")
    neck = limb("3 46, 4 58, 9 68, 7 78, 0 86, -6 88", (0.27, 0.19, 0.135, 0.12, 0.12, 0.13))
    model(brush, hide, body, neck, depth=0.06, low=mix(hide, NIGHT, 0.15))
    plates = limb("2 6, -3 20, -4 36, -1 50, 3.5 62, 4 72, 0 81", (0.15, 0.17, 0.16, 0.12, 0.085, 0.07, 0.05))
    model(brush, belly, plates, depth=0.03, feather=0.004)
    bars = [
        [(x - 0.1, y + 0.012), (x, y - 0.016), (x + 0.1, y + 0.012)]
        for x, y in ((-0.03 + 0.04 * np.sin((y - 0.2) * 4), y) for y in np.arange(0.07, 0.8, 0.042))
    ]
    within(brush, [plates], lambda inner: strokes(inner, mix(belly, (120, 60, 40), 0.6), bars, 0.006), 0.8)
    side = curve("8 54, 16 44, 22 28, 20 10, 10 6, 6 24, 7 40")
    scallops(brush, mix(hide, NIGHT, 0.55), side, 0.042, 0.005, 0.65)
    scallops(
        brush, mix(hide, NIGHT, 0.55), limb("8 56, 12.5 66, 11 76, 5 85", (0.06, 0.05, 0.05, 0.05)), 0.03, 0.004, 0.6
    )
    scallops(brush, mix(hide, NIGHT, 0.55), tail, 0.034, 0.004, 0.5)
    thigh = limb("15 24, 16 12, 10 5, 3 2", (0.24, 0.19, 0.09, 0.1))
    model(brush, hide, thigh, depth=0.045, cast=0.45)
    model(brush, hide, limb("6 48, -2 40, -12 39, -17 33", (0.14, 0.09, 0.065, 0.06)), depth=0.025, cast=0.45)
    talons = [
        ("-16 33!, -21 31, -22 27!, -18 30!",),
        ("-15 31!, -18 28, -18 24!, -14 29!",),
        ("3 4!, -3 4, -7 0!, 0 1!",),
        ("5 2.5!, 0 1.5, -2.5 -1.5!, 4 -.5!",),
    ]
    for (text,) in talons:
        model(brush, horn, curve(text), depth=0.008, cast=0.3)
    if flame:
        breathe(brush)
    dragon_head(brush, hide, horn)


def spikes(brush: Brush, colour: Colour, text: str, size: float) -> None:
    """Set a row of bony spikes along a line, pointing to its left as it runs downwards."""
    line = curve(text, False)[::4]
    slope = np.gradient(line, axis=0)
    slope /= np.hypot(slope[:, 0], slope[:, 1])[:, None]
    out = np.stack([-slope[:, 1], slope[:, 0]], axis=1)
    shapes = [
        np.array([p - s * size * 0.45, p + o * size + s * size * 0.3, p + s * size * 0.45])
        for p, s, o in zip(line, slope, out, strict=True)
    ]
    model(brush, mix(colour, (190, 120, 70), 0.3), *shapes, depth=0.015)


def breathe(brush: Brush) -> None:
    """Draw the flame before a dragon's jaws."""
    outer = curve("-22 86!, -30 92, -38 96, -44 92, -52 96!, -49 88, -55 84!, -47 81, -49 75!, -40 79, -32 80, -26 83")
    for share, colour in ((1.0, (240, 88, 20)), (0.78, (255, 168, 36)), (0.5, (255, 240, 160))):
        brush.fill(colour, (outer - (-0.22, 0.86)) * (share, share * 0.92) + (-0.22, 0.86), glow=True)


def dragon_head(brush: Brush, hide: Colour, horn: Colour) -> None:
    """Draw a dragon's head in profile: swept horns, a ridged snout and open jaws with teeth."""
    for text in ("-4 93, 2 97, 9 98, 15 104", "-1 90, 5 92, 12 91, 19 95"):
        model(brush, horn, limb(text, (0.045, 0.036, 0.025, 0.004)), depth=0.014, cast=0.2)
    jaw = curve("-3 85, -9 81, -17 79.5, -24 80.5!, -20 83, -12 84.5, -7 88")
    model(brush, mix(hide, NIGHT, 0.2), jaw, depth=0.02)
    brush.fill((120, 24, 30), curve("-8 87, -20 84.5!, -22 86!, -12 88"))
    head = curve("2 88, 2 94, -4 97, -11 95.5, -16 93, -22 93, -26.5 91, -27 87.5, -24 86!, -16 87, -9 86.5, -4 84")
    model(brush, hide, head, depth=0.035, cast=0.3)
    teeth = [
        np.array([(x, 0.868), (x + 0.014, 0.868), (x + 0.006, 0.842)]) for x in (-0.25, -0.22, -0.19, -0.16, -0.13)
    ]
    brush.fill(
        (255, 250, 232),
        *teeth,
        *(np.array([(x, 0.825), (x + 0.012, 0.828), (x + 0.004, 0.85)]) for x in (-0.21, -0.17)),
    )
    for text in ("-3 90, 4 86, 9 84!, 4 83, -2 84", "-5 86, 1 81, 4 78!, -2 79, -6 83"):
        model(brush, mix(hide, NIGHT, 0.12), curve(text), depth=0.015, cast=0.3)
    brush.oval(mix(hide, NIGHT, 0.75), (-0.25, 0.903), (0.012, 0.008))
    model(brush, hide, curve("-5 95, -11 95.5, -14 92.5, -10 93, -6 92.5"), depth=0.015, cast=0.4)
    eye(brush, (-0.092, 0.914), 0.0155, (255, 206, 40), slit=True, glow=True)


def draw_owl(brush: Brush, rng: np.random.Generator) -> None:
    """Draw an owl on a stump: ear tufts, great eyes in pale discs, a barred breast and folded wings."""
    feather = [(150.0, 98.0, 56.0), (124.0, 110.0, 100.0), (164.0, 106.0, 54.0), (206.0, 200.0, 196.0)][rng.integers(4)]
    iris = [(255.0, 186.0, 30.0), (255.0, 214.0, 60.0), (250.0, 140.0, 30.0)][rng.integers(3)]
    dark, pale = mix(feather, NIGHT, 0.55), mix(feather, (254, 240, 212), 0.78)
    bark = (104.0, 78.0, 60.0)
    tail = curve("-9 20, -8 4, -4 1, 0 3, 4 1, 8 4, 9 20")
    stump = curve("-25 0!, -21 4, -20 14, -22 17, -10 19, 8 19, 22 17.5, 20 14, 21 4, 26 0!")
    model(brush, bark, stump, depth=0.06)
    model(
        brush, mix(bark, (240, 210, 160), 0.55), curve("-22 17, -10 15, 8 15, 22 17.5, 10 19.5, -10 19.5"), depth=0.03
    )
    grain = [curve(f"{x} 14, {x * 1.06} 8, {x * 1.2} 0", False) for x in (-17, -12, -5, 3, 11, 17)]
    strokes(brush, mix(bark, NIGHT, 0.55), grain, 0.008)
    model(brush, mix(feather, NIGHT, 0.3), tail, depth=0.03)
    body = curve(
        "0 88, 14 86, 22 78, 25 66, 30 50, 29 34, 20 21, 9 16, 0 15, "
        "-9 16, -20 21, -29 34, -30 50, -25 66, -22 78, -14 86"
    )
    model(brush, feather, body, depth=0.1, low=mix(feather, NIGHT, 0.12))
    breast = curve("0 62, 13 58, 18 46, 16 30, 8 20, 0 18, -8 20, -16 30, -18 46, -13 58")
    model(brush, pale, breast, depth=0.06, feather=0.012, shade=0.45)
    scallops(brush, mix(feather, NIGHT, 0.3), breast, 0.062, 0.009, 0.8)
    for way in (-1.0, 1.0):
        shape = curve("17 64, 25 60, 31 46, 30 32, 23 20, 17 14!, 16 28, 13 42, 13 56") * (way, 1)
        model(brush, mix(feather, NIGHT, 0.2), shape, depth=0.05, cast=0.4)
        scallops(
            brush,
            mix(dark, NIGHT, 0.2),
            curve("17 62, 25 58, 29 46, 27 40, 14 42, 14 54") * (way, 1),
            0.048,
            0.007,
            0.7,
        )
        quills = [
            curve(f"{a} 41, {b} 30, {c} 19", False) * (way, 1)
            for a, b, c in ((16, 17, 18), (20, 21, 20), (24, 25, 23), (27, 28, 26))
        ]
        strokes(brush, mix(feather, NIGHT, 0.6), quills, 0.007)
        strokes(
            brush,
            pale,
            [
                [(way * (x + 0.012), y), (way * (x + 0.03), y - 0.012)]
                for x in (0.16, 0.2, 0.24)
                for y in (0.37, 0.31, 0.25)
            ],
            0.009,
        )
        toes = [
            limb(f"{x} 20, {x + d} 17, {x + 1.5 * d} 14.5", (0.035, 0.034, 0.012)) * (way, 1)
            for x, d in ((6, -1), (8.5, 0), (11, 1))
        ]
        model(brush, (226, 176, 90), *toes, depth=0.012, cast=0.4)
    owl_head(brush, feather, pale, iris)


def owl_head(brush: Brush, feather: Colour, pale: Colour, iris: Colour) -> None:
    """Draw an owl's face: tufts, brows that meet above the beak, two discs of feathers and round eyes."""
    dark = mix(feather, NIGHT, 0.55)
    for way in (-1.0, 1.0):
        model(brush, mix(feather, NIGHT, 0.22), curve("6 86!, 12 93, 22 101!, 23 90, 22 78!") * (way, 1), depth=0.03)
    head = curve("0 90, 12 89, 21 83, 25 74, 23 64, 14 58, 0 56, -14 58, -23 64, -25 74, -21 83, -12 89")
    model(brush, feather, head, depth=0.07, cast=0.4)
    flecks = [[(x, 0.885 - 0.5 * x * x), (x * 0.9, 0.855 - 0.5 * x * x)] for x in np.linspace(-0.15, 0.15, 9)]
    strokes(brush, dark, flecks, 0.009)
    angle = np.linspace(0, 2 * np.pi, 37)[:-1]
    for way in (-1.0, 1.0):
        middle = np.array([way * 0.112, 0.725])
        disc = np.stack([np.cos(angle) * 0.125, np.sin(angle) * 0.132], axis=1) + middle
        model(brush, pale, disc, depth=0.05, cast=0.3)
        rays = [
            [moved(middle, np.cos(t) * 0.075, np.sin(t) * 0.078), moved(middle, np.cos(t) * 0.118, np.sin(t) * 0.125)]
            for t in angle
        ]
        strokes(brush, mix(feather, pale, 0.35), rays, 0.006)
        brush.oval((28, 20, 20), (way * 0.105, 0.728), (0.082, 0.082), glow=True)
        brush.oval(iris, (way * 0.105, 0.728), (0.07, 0.07), glow=True)
        brush.oval(mix(iris, (255, 255, 210), 0.6), (way * 0.105, 0.708), (0.055, 0.042), glow=True)
        brush.oval((12, 8, 14), (way * 0.1, 0.728), (0.042, 0.042), glow=True)
        brush.oval(WHITE, (way * 0.1 - 0.022, 0.75), (0.017, 0.017), glow=True)
        brow = curve("1 75!, 5 82, 12 87, 22 92!, 19 85, 12 81, 6 79") * (way, 1)
        model(brush, mix(pale, WHITE, 0.2), brow, depth=0.02, cast=0.4)
    model(brush, (238, 178, 70), curve("0 71, 3.4 68, 2.6 64, 0 59.5!, -2.6 64, -3.4 68"), depth=0.02, cast=0.5)


PORTRAITS: Final[dict[str, Portrait]] = {
    "dragon": Portrait(draw_dragon, (0.68, 0.86), foot=0.24, flips=True),
    "owl": Portrait(draw_owl, (0.62, 0.82), foot=0.26, flips=True),
}
