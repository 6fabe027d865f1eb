"""What grows and what is hewn: palm trees, sunflowers, clusters of crystals and great stone heads.

Each is drawn by a brush whose zero is the middle of the subject's foot, whose y grows upwards and whose unit is its
height. Random choices vary colours and details, never the silhouette's kind.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ..brush import Brush, Colour, mix
from ..form import Curve, curve, dots, limb, model, moved, strokes, turned, within
from .portrait import Portrait

WHITE = (255.0, 255.0, 255.0)
NIGHT = (22.0, 18.0, 40.0)


def frond(brush: Brush, root: tuple[float, float], angle: float, length: float, green: Colour) -> None:
    """Draw one arching palm leaf: a lit and a shaded row of leaflets along a rib."""
    t = np.linspace(0, 1, 19)
    x = root[0] + np.cos(angle) * length * t
    y = root[1] + np.sin(angle) * length * t - 0.62 * length * t**2.1 * (0.55 + 0.45 * abs(np.cos(angle)))
    spine = np.stack([x, y], axis=1)
    slope = np.gradient(spine, axis=0)
    slope /= np.hypot(slope[:, 0], slope[:, 1])[:, None]
    reach = (0.3 * length * np.sin(np.pi * (0.1 + 0.86 * t)) ** 0.8)[1::2, None]
    for side, colour in ((-1.0, mix(green, NIGHT, 0.34)), (1.0, mix(green, (236, 240, 140), 0.32))):
        way = side if slope[0, 0] > 0 else -side
        out = np.stack([-slope[:, 1], slope[:, 0]], axis=1)[1::2] * way
        tips = spine[1::2] + (out * 0.62 + slope[1::2] * 0.75 + (0, -0.34 if side < 0 else -0.12)) * reach
        edge = np.empty((len(t), 2))
        edge[0::2], edge[1::2] = spine[0::2], tips
        brush.fill(colour, np.concatenate([edge, spine[::-1]]))
    strokes(brush, mix(green, (250, 240, 170), 0.6), [spine], 0.007)


def draw_palm(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a leaning ringed trunk under a crown of arching leaves, with coconuts."""
    green = mix((46.0, 140.0, 62.0), (96.0, 150.0, 44.0), float(rng.random()))
    bark = mix((150.0, 108.0, 70.0), (128.0, 104.0, 84.0), float(rng.random()))
    turn = rng.normal(0, 0.05, 15)
    spine = curve("14 0, 11 14, 5 34, 0 54, -2 74", False)
    trunk = limb(spine[::-1], (0.06, 0.064, 0.072, 0.085, 0.15), 0.1)
    crown = (-0.02, 0.745)
    back = (0.15, 0.62, 1.12, 1.62, 2.1, 2.56, 3.0)
    for angle, off in zip(back, turn[:7], strict=True):
        frond(brush, crown, angle + off, 0.44, mix(green, NIGHT, 0.38))
    model(brush, bark, trunk, depth=0.03, low=mix(bark, NIGHT, 0.2))
    rings = np.arange(2, len(spine) - 1, 2)
    wide = np.interp(rings, (0, 8, 16, 24, 32), (0.15, 0.085, 0.072, 0.064, 0.06)) / 2
    cuts = [
        [(spine[i, 0] - w, spine[i, 1] + 0.012), (spine[i, 0], spine[i, 1] - 0.008), (spine[i, 0] + w, spine[i, 1])]
        for i, w in zip(rings, wide, strict=True)
    ]
    strokes(brush, mix(bark, NIGHT, 0.6), cuts, 0.009)
    lit = [[(x + 0.004, y + 0.014) for x, y in cut[:2]] for cut in cuts]
    strokes(brush, mix(bark, (255, 236, 190), 0.5), lit, 0.006)
    for angle, off in zip((-0.16, 3.3, 0.42, 2.74, 0.95, 2.2, 1.5), turn[7:14], strict=True):
        frond(brush, crown, angle + off, 0.42, green)
    for x, y in ((-0.055, 0.725), (0.03, 0.715), (-0.015, 0.7)):
        nut = turned(curve("3.4 0, 0 3.6, -3.4 0, 0 -3.6"), 0.0, x, y)
        model(brush, (112, 70, 40), nut, depth=0.02, cast=0.4)
    tuft = [[(0.14 + d, 0.0), (0.14 + 1.5 * d, 0.05), (0.14 + 2.3 * d, 0.075)] for d in np.linspace(-0.09, 0.08, 9)]
    strokes(brush, mix(green, NIGHT, 0.25), tuft, 0.012)


def draw_sunflower(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a great golden head of two rows of petals around a spiral of seeds, on a stem with two leaves."""
    gold = mix((255.0, 200.0, 24.0), (252.0, 168.0, 20.0), float(rng.random()))
    green = (74.0, 136.0, 48.0)
    heart = (0.0, 0.68)
    sway = rng.normal(0, 0.05, 44)
    reach = rng.uniform(0.94, 1.05, 44)
    model(brush, green, limb("2 0, 3 20, 1 42, 0 66", (0.05, 0.042, 0.042, 0.05)), depth=0.02, low=(48, 92, 40))
    leaf = curve("0 0!, 8 9, 20 12, 31 7, 38 -1!, 27 -5, 14 -6")
    veins = [[(0.12 * i, 0.0), (0.12 * i + 0.1, w)] for i in (0.4, 1.0, 1.6) for w in (0.08, -0.06)]
    for way, at, angle in ((1.0, (0.025, 0.2), 0.42), (-1.0, (0.02, 0.13), 0.5)):
        shape = turned(leaf, angle, 0, 0) * (way, 1) + at
        model(brush, mix(green, (150, 180, 60), 0.2), shape, depth=0.035, low=mix(green, NIGHT, 0.25), cast=0.3)
        paths = [turned(np.array(path), angle) * (way, 1) + at for path in [[(0, 0), (0.36, -0.004)], *veins]]
        strokes(brush, (176, 200, 110), paths, 0.006)
    petal = curve("0 -4.2, 9 -5, 16 -2.6, 20 0!, 16 2.6, 9 5, 0 4.2")
    rib = np.array([(0.02, 0.0), (0.15, 0.0)])
    for ring, colour, size, shift in ((0, mix(gold, (206, 96, 10), 0.5), 1.04, 0.0), (22, gold, 0.92, 0.5)):
        folds = []
        for index in range(22):
            angle = (index + shift) / 22 * 2 * np.pi + sway[ring + index]
            spot = (heart[0] + 0.115 * np.cos(angle), heart[1] + 0.115 * np.sin(angle))
            lift = 0.16 * np.sin(angle)
            paint = mix(colour, (255, 246, 150), lift) if lift > 0 else mix(colour, (196, 84, 8), -lift * 1.6)
            shape = turned(petal * (size * reach[ring + index], 0.86), angle, *spot)
            brush.fill(mix(paint, (150, 66, 8), 0.45), shape)
            brush.fill(paint, turned(petal * (size * reach[ring + index] * 0.96, 0.72), angle, *spot))
            folds.extend([turned(rib * (size, 1) + (0, d), angle, *spot) for d in (-0.008, 0.008)])
        strokes(brush, mix(colour, (176, 84, 6), 0.5), folds, 0.004)
    disc = turned(curve("15.5 0, 11 11, 0 15.5, -11 11, -15.5 0, -11 -11, 0 -15.5, 11 -11"), 0.0, *heart)
    model(brush, (96, 52, 22), disc, depth=0.05, cast=0.6, light=0.4)
    seeds = np.arange(1, 260)
    radius, around = 0.15 * np.sqrt(seeds / 260), seeds * 2.39996
    spots = np.stack([heart[0] + radius * np.cos(around), heart[1] + radius * np.sin(around)], axis=1)
    if abs(brush.scale[0]) > 90:
        dots(brush, (54, 28, 14), spots[radius < 0.075], 0.0046)
        dots(brush, (150, 86, 30), spots[(radius >= 0.075) & (radius < 0.118)], 0.0044)
        dots(brush, (216, 142, 40), spots[radius >= 0.118], 0.0046)
    within(brush, [disc], lambda inner: inner.oval((40, 22, 12), heart, (0.06, 0.06)), 0.5)


CRYSTALS: Final = (  # where each stands, how it leans, its length and width; from the back to the front
    (-0.1, 0.3, 0.66, 0.13),
    (0.14, -0.34, 0.6, 0.12),
    (0.02, -0.02, 0.99, 0.2),
    (-0.2, 0.66, 0.5, 0.12),
    (0.22, -0.72, 0.46, 0.11),
    (-0.12, 0.26, 0.56, 0.15),
    (0.15, -0.24, 0.68, 0.15),
    (-0.26, 0.9, 0.3, 0.1),
    (0.28, -1.0, 0.3, 0.1),
    (0.02, 0.08, 0.4, 0.13),
)


def shard(brush: Brush, at: tuple[float, float], angle: float, size: tuple[float, float], hue: Colour) -> None:
    """Draw one six-sided crystal from its foot to its pointed tip: three long faces and three short ones."""
    length, wide = size[0], size[1] / 2
    neck, edge = length - wide * 2.2, wide * 0.32
    deep, bright = mix(hue, NIGHT, 0.55), mix(hue, WHITE, 0.55)

    def face(*spots: tuple[float, float]) -> Curve:
        return turned(np.array(spots), angle, *at)

    left, right = (-wide, neck + wide * 0.2), (wide, neck + wide * 0.35)
    inner, outer = (-edge, neck - wide * 0.3), (wide * 0.62, neck - wide * 0.1)
    tip = (wide * 0.1, length)
    flat: dict[str, Any] = {"light": 0.0, "shade": 0.0, "glow": True}
    model(brush, bright, face((-wide, 0), (-edge, 0), inner, left), low=mix(hue, NIGHT, 0.2), cast=0.35, **flat)
    model(brush, mix(hue, WHITE, 0.14), face((-edge, 0), (wide * 0.62, 0), outer, inner), low=deep, **flat)
    model(
        brush, mix(hue, NIGHT, 0.32), face((wide * 0.62, 0), (wide, 0), right, outer), low=mix(deep, NIGHT, 0.4), **flat
    )
    brush.fill(mix(hue, WHITE, 0.85), face(left, inner, tip), glow=True)
    brush.fill(mix(hue, WHITE, 0.42), face(inner, outer, tip), glow=True)
    brush.fill(mix(hue, NIGHT, 0.1), face(outer, right, tip), glow=True)
    edges = [face((-edge, 0.05), inner, tip), face(outer, tip), face(left, inner, outer, right)]
    strokes(brush, mix(hue, WHITE, 0.8), edges, 0.006, glow=True)
    gleam = [face((-edge + wide * 0.3, neck * 0.45), (-edge + wide * 0.3, neck * 0.8))]
    gleam.append(face((-wide * 0.66, neck * 0.3), (-wide * 0.66, neck * 0.9)))
    strokes(brush, mix(hue, WHITE, 0.7), gleam, 0.009, glow=True)


def draw_crystal(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a fan of glowing six-sided crystals rising from dark rock."""
    hues = [
        (150.0, 70.0, 232.0),
        (40.0, 190.0, 236.0),
        (236.0, 70.0, 170.0),
        (44.0, 206.0, 140.0),
        (96.0, 120.0, 250.0),
    ]
    hue = hues[rng.integers(5)]
    other = mix(hue, hues[rng.integers(5)], 0.35)
    lean, grow = rng.normal(0, 0.05, len(CRYSTALS)), rng.uniform(0.9, 1.0, len(CRYSTALS))
    rock = (74.0, 68.0, 84.0)
    model(
        brush, mix(rock, NIGHT, 0.3), curve("-40 0!, -38 7!, -26 11!, -10 13!, 8 12!, 26 12!, 38 6!, 41 0!"), depth=0.04
    )
    for index, (x, angle, length, wide) in enumerate(CRYSTALS):
        paint = other if index % 3 == 0 else hue
        shade = 0.22 if index < 2 else 0.0
        shard(brush, (x, 0.04), angle + lean[index], (length * grow[index], wide), mix(paint, NIGHT, shade))
    for text in (
        "-42 0!, -40 6!, -32 9!, -22 6!, -18 0!",
        "-22 0!, -19 5!, -8 8!, 3 5!, 6 0!",
        "4 0!, 9 6!, 20 7!, 27 0!",
        "22 0!, 28 7!, 37 6!, 43 0!",
    ):
        model(brush, mix(rock, hue, 0.16), curve(text), depth=0.03, light=0.7, cast=0.4)
    spark = curve("0 5!, .7 .7!, 5 0!, .7 -.7!, 0 -5!, -.7 -.7!, -5 0!, -.7 .7!")
    for x, y, size in ((-0.02, 0.86, 1.0), (0.27, 0.6, 0.7), (-0.27, 0.5, 0.6)):
        brush.fill(mix(hue, WHITE, 0.95), spark * size + (x, y), glow=True)


def draw_moai(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a great stone head with a heavy brow, a long nose and long ears, on its shoulders; some wear a red hat."""
    stone = mix((140.0, 134.0, 124.0), (124.0, 116.0, 108.0), float(rng.random()))
    hat = bool(rng.random() < 0.3)
    dark = mix(stone, NIGHT, 0.62)
    squash = 0.87 if hat else 1.0
    bust = curve("-33 0!, -32 10, -27 19, -15 25, 14 26, 28 20, 33 10, 35 0!")
    head = curve(
        "-18 33, -19.5 48, -18 62, -19 74, -17 88, -12 97, 1 100, "
        "13 98, 19 90, 20.5 74, 20 50, 17 32, 8 24, -8 22, -15 25"
    )
    ear = curve("15 74, 20 77, 24 72, 23.5 56, 24 44, 20 41, 17 46, 16 60")
    size = (1.0, squash)
    model(brush, mix(stone, NIGHT, 0.14), bust * size, depth=0.1, low=mix(stone, NIGHT, 0.5))
    if hat:
        red = (150.0, 74.0, 56.0)
        model(brush, red, curve("-18 83, -19 93, -13 99, 2 100, 15 99, 21 93, 20 83, 2 80"), depth=0.06)
        model(brush, mix(red, NIGHT, 0.1), curve("-8 97, -8 102, 2 104, 11 102, 11 97"), depth=0.03)
    model(brush, stone, head * size, depth=0.07, cast=0.55)
    cheek = curve("9 98, 20 92, 24 70, 22 30, 8 22, 12 34, 10 50, 13 66, 11 80") * size
    within(brush, [head * size], lambda inner: model(inner, mix(stone, NIGHT, 0.3), cheek, depth=0.06, light=0.2), 0.7)
    model(brush, mix(stone, NIGHT, 0.08), ear * size, depth=0.03, cast=0.5)
    sockets = (curve("-16.5 74, -9 75, -7 69, -9 64, -14 63, -17 67"), curve("1 75, 11 75.5, 12 67, 8 63, 2 64, 0 69"))
    within(brush, [head * size], lambda inner: model(inner, dark, *[s * size for s in sockets], depth=0.04, shade=0.9))
    brow = curve("-20.5 76, -19 82.5, -10 84, -3 82.5, 5 84, 15 83.5, 18.5 77, 14 73, 5 74, -2 73.5, -9 73, -18 71.5")
    model(brush, mix(stone, WHITE, 0.06), brow * size, depth=0.03, cast=0.6, light=0.7)
    nose = curve("-6 78!, -8 64, -11 52, -13 47, -11 43.5, -5 42.5, 3 43.5, 4.5 47, 2 53, 0 64, 0 78!")
    model(brush, mix(stone, WHITE, 0.05), nose * size, depth=0.035, cast=0.5, light=0.7)
    brush.fill(dark, *(curve(t) * size for t in ("-10 45, -7 46, -6 44, -9 43.4", "-2 44, 1 46, 3 45, 1 43.6")))
    lips = (
        "-12.5 36.5, -8 39.5, -4 38.5, 1 39.8, 6 37, 2 36, -4 35.6, -9 35.7",
        "-11 35, -4 34.6, 4 35.4, 1 31.6, -4 30.8, -9 31.6",
    )
    for text in lips:
        model(brush, stone, curve(text) * size, depth=0.02, cast=0.55, light=0.6)
    weather(brush, rng, stone, [head * size, bust * size])


def weather(brush: Brush, rng: np.random.Generator, stone: Colour, shapes: list[Curve]) -> None:
    """Pit stone with small holes and cracks and grow lichen on it."""
    spots = rng.random((150, 2)) * (0.66, 0.98) - (0.33, 0.0)
    cracks = [
        np.cumsum(np.concatenate([rng.uniform((-0.2, 0.2), (0.2, 0.9), (1, 2)), steps]), axis=0)
        for steps in rng.normal(0, 0.022, (7, 4, 2)) - (0, 0.016)
    ]
    fuzz = rng.random((5, 3))

    def age(inner: Brush) -> None:
        for x, y, r in fuzz:
            spot = (x * 0.6 - 0.3, y)
            inner.oval((150, 160, 96), spot, (0.02 + 0.04 * r, 0.015 + 0.03 * r))
        dots(inner, mix(stone, NIGHT, 0.55), spots[:80], 0.0045)
        dots(inner, mix(stone, WHITE, 0.4), moved(spots[80:], 0.003, -0.004), 0.004)
        strokes(inner, mix(stone, NIGHT, 0.6), cracks, 0.004)

    within(brush, shapes[:1], age, 0.42)
    within(brush, shapes[1:], age, 0.42)
    blades = [
        [(x, -0.005), (x + 0.01, 0.03 + 0.03 * h), (x + 0.03 * (h - 0.5), 0.05 + 0.05 * h)]
        for x, h in zip(np.linspace(-0.36, 0.36, 26), rng.random(26), strict=True)
    ]
    strokes(brush, (96, 122, 62), blades, 0.008)


PORTRAITS: Final[dict[str, Portrait]] = {
    "palm tree": Portrait(draw_palm, (0.66, 0.86), foot=0.16, flips=True),
    "sunflower": Portrait(draw_sunflower, (0.66, 0.86), foot=0.1, flips=True),
    "crystal": Portrait(draw_crystal, (0.56, 0.78), foot=0.42, flips=True),
    "moai": Portrait(draw_moai, (0.62, 0.84), foot=0.34, flips=True),
}
