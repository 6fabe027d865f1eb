"""The light creatures of water and air: swans, turtles, jellyfish and butterflies.

Each is drawn by a brush whose zero is the middle of the subject's foot, whose y grows upwards and whose unit is its
height, or its width where it is wider than high. Random choices vary colours, never the silhouette's kind.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..brush import Brush, Colour, mix
from ..form import curve, dots, eye, limb, model, scallops, smooth, strokes, within
from .portrait import Portrait

WHITE = (255.0, 255.0, 255.0)
NIGHT = (22.0, 18.0, 40.0)


def draw_swan(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a swan afloat with an arched neck, half-raised wings and an orange bill; a few are black."""
    black = bool(rng.random() < 0.12)
    plume = (62.0, 58.0, 70.0) if black else mix((252.0, 250.0, 248.0), (250.0, 240.0, 232.0), float(rng.random()))
    bill = (222.0, 52.0, 40.0) if black else (244.0, 130.0, 36.0)
    cool = mix(plume, (120, 134, 184), 0.36)
    line = mix(plume, (80, 90, 140), 0.45)
    model(brush, cool, curve("36 20!, 44 22, 52 29!, 47 19, 40 11, 32 10"), depth=0.03)
    body = curve("-30 16, -33 24, -26 33, -12 33, 6 30, 24 28, 38 24, 46 20!, 40 8, 24 0, -4 -1, -20 3")
    model(brush, plume, body, depth=0.09, low=cool, shade=0.45)
    neck = limb(
        "-24 22, -31 30, -29 41, -20 50, -15 60, -18 69, -26 71, -31 67",
        (0.22, 0.16, 0.105, 0.09, 0.082, 0.078, 0.085, 0.08),
    )
    model(brush, cool, curve("-6 27, 6 47, 22 57, 40 58!, 33 50, 46 47!, 36 40, 46 36!, 30 26, 10 22"), depth=0.05)
    model(brush, plume, neck, depth=0.035, cast=0.2)
    shape = curve(
        "-15 18, -15 31, -7 43, 5 50, 19 51!, 15 46.5, 29 48!, "
        "23 42.5, 37 43!, 29 37, 43 36!, 33 31, 45 29!, 33 21, 18 11, 2 7, -10 10"
    )
    model(brush, plume, shape, depth=0.06, low=mix(plume, cool, 0.7), cast=0.3)
    quills = [
        curve(f"{a} {b}, {(a + c) / 2} {(b + d) / 2 + 1.5}, {c} {d}", False)
        for a, b, c, d in ((-4, 38, 15, 47), (-1, 33, 23, 43), (2, 28, 29, 37.5), (5, 23, 33, 31.5), (8, 18, 30, 23))
    ]
    strokes(brush, line, quills, 0.007)
    scallops(brush, line, curve("-15 18, -14 30, -6 41, 3 43, 1 30, 4 16, -4 10"), 0.042, 0.006, 0.5)
    head = curve("-21 72, -26 76, -32 75, -36 70, -36 66, -32 64, -26 65")
    model(brush, plume, head, depth=0.03)
    model(brush, bill, curve("-35 70, -40 66.5, -46 62, -46.5 60, -41 60.5, -36 62.5, -33.5 65"), depth=0.02, cast=0.3)
    brush.fill((24, 20, 26), curve("-35 72, -37.5 70.3, -37 67.8, -34 66!, -32.3 69!"), glow=True)
    strokes(brush, (110, 40, 20), [curve("-45.5 61, -40 63, -35 65.2", False)], 0.005)
    dots(brush, (20, 16, 20) if not black else (200, 40, 30), np.array([(-0.3, 0.712)]), 0.011, glow=True)
    ripple = [
        curve(f"{-40 + 3 * i} {-1 - 2.4 * i}, 0 {-4 - 2.2 * i}, {46 - 3 * i} {-1 - 2.4 * i}", False) for i in range(2)
    ]
    strokes(brush, (236, 246, 252), ripple[:1], 0.009)


def draw_turtle(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a turtle walking under a high shell of plates, its head raised."""
    shell = mix((112.0, 84.0, 44.0), (84.0, 108.0, 56.0), float(rng.random()))
    skin = mix((128.0, 152.0, 74.0), (150.0, 142.0, 84.0), float(rng.random()))
    far, seam = mix(skin, NIGHT, 0.4), mix(shell, NIGHT, 0.55)
    plate = mix(shell, (240, 200, 96), 0.5)
    model(
        brush,
        far,
        limb("-17 20, -22 10, -24 1", (0.15, 0.13, 0.14), 0.2),
        limb("26 18, 27 8, 25 1", (0.15, 0.13, 0.14), 0.2),
        depth=0.03,
    )
    model(brush, skin, curve("34 17, 44 14, 51 9!, 43 9, 34 10"), depth=0.02)
    neck = limb("-24 20, -34 25, -40 34", (0.18, 0.14, 0.13))
    head = curve("-33 38, -36 45, -43 47, -50 44, -54 39, -53 35.5, -47 33, -40 31, -35 33")
    model(brush, skin, neck, head, depth=0.045)
    folds = [
        [(-0.3 + d, 0.18 + d * 0.3 + 0.03), (-0.33 + d, 0.25 - d * 0.2), (-0.32 + d, 0.31 - 0.4 * d)]
        for d in (0.0, 0.03, -0.035)
    ]
    within(brush, [neck], lambda inner: strokes(inner, mix(skin, NIGHT, 0.5), folds, 0.006), 0.7)
    strokes(brush, mix(skin, NIGHT, 0.65), [curve("-53.5 37.2, -48 37, -44 36, -41 37.5", False)], 0.007)
    eye(brush, (-0.462, 0.415), 0.0165, (150, 96, 30))
    dots(brush, mix(skin, NIGHT, 0.6), np.array([(-0.53, 0.4)]), 0.005)
    legs = (limb("-16 18, -15 8, -17 1", (0.17, 0.15, 0.17), 0.2), limb("32 18, 35 8, 34 1", (0.17, 0.15, 0.17), 0.2))
    model(brush, skin, *legs, depth=0.04)
    for leg in legs:
        scallops(brush, mix(skin, NIGHT, 0.5), leg, 0.035, 0.005, 0.6)
    for x in (-0.17, 0.34):
        for d in (-0.06, -0.02, 0.02):
            brush.oval((236, 224, 190), (x + d, 0.008), (0.015, 0.018), (180, 360))
    dome = curve("-30 19, -31 26, -24 41, -11 53, 6 58, 22 54, 35 42, 42 27, 42 19, 24 14, 4 12, -16 14")
    model(brush, shell, dome, depth=0.11, cast=0.35, low=mix(shell, NIGHT, 0.15))
    rows = [
        "-23 40!, -14 51!, -6 43!, -9 33!, -20 30!",
        "-11 53!, 5 59!, 14 55!, 13 44!, 1 40!, -5 44!",
        "17 55!, 31 47!, 32 37!, 21 35!, 15 43!",
        "-8 32!, -4 42!, 1 39!, 5 28!, 1 21!, -7 22!",
        "3 38!, 13 43!, 20 34!, 17 23!, 8 22!, 6 29!",
        "22 33!, 32 36!, 37 28!, 35 22!, 20 23!",
        "-21 29!, -10 31!, -9 22!, -25 22!",
    ]
    for text in rows:
        spots = curve(text)
        middle = spots.mean(axis=0)
        outer, knob = ((spots - middle) * size + middle for size in (0.88, 0.42))
        model(brush, plate, outer, depth=0.035, light=0.6, inside=dome)
        model(brush, mix(shell, NIGHT, 0.1), knob, depth=0.025, inside=dome, strength=0.75)
    rim = limb("-32 21, -16 15.5, 4 13.5, 24 15.5, 43 21", (0.04, 0.062, 0.066, 0.062, 0.04))
    model(brush, mix(shell, (220, 180, 90), 0.3), rim, depth=0.025, cast=0.45)
    cuts = [
        [(x, 0.115 + 0.45 * (x - 0.05) ** 2), (x - 0.006, 0.18 + 0.4 * (x - 0.05) ** 2)]
        for x in np.linspace(-0.26, 0.36, 10)
    ]
    within(brush, [rim], lambda inner: strokes(inner, seam, cuts, 0.007))


def draw_jellyfish(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a glowing jellyfish: a ribbed bell with a frilled hem over ruffled arms and long threads."""
    hues = [
        (232.0, 90.0, 160.0),
        (110.0, 110.0, 240.0),
        (60.0, 190.0, 230.0),
        (250.0, 140.0, 90.0),
        (170.0, 90.0, 230.0),
    ]
    hue = hues[rng.integers(5)]
    pale, deep = mix(hue, WHITE, 0.62), mix(hue, (40, 20, 90), 0.5)
    waves = rng.uniform(-1, 1, (14, 3))
    t = np.linspace(0, 1, 26)
    for index, x in enumerate(np.linspace(-0.27, 0.27, 14)):
        a, b, c = waves[index]
        fall = 0.34 + 0.24 * (0.5 + 0.5 * c) * (1.2 - abs(x) * 2)
        path = np.stack(
            [x * (1 - 0.15 * t) + 0.035 * t * np.sin(6 * t + 3 * a) + 0.03 * b * t, 0.58 - (fall + 0.02) * t], axis=1
        )
        brush.fill(mix(deep, pale, 0.25 + 0.5 * (index % 2)), limb(path, (0.016, 0.013, 0.01, 0.003)))
    model(brush, mix(deep, NIGHT, 0.2), curve("-31 60, -20 53, 0 50, 20 53, 31 60, 0 66"), depth=0.03)
    for index, (x, drop, way) in enumerate(
        ((-0.12, 0.43, -1.0), (0.13, 0.45, 1.0), (-0.04, 0.56, 1.0), (0.05, 0.5, -1.0))
    ):
        path = np.stack([x + 0.035 * way * np.sin(5.5 * t + index) * (0.4 + t), 0.6 - drop * t], axis=1)
        width = 0.055 * (1 - 0.75 * t) * (1 + 0.42 * np.sin(34 * t + index))
        model(
            brush, mix(pale, hue, 0.25 * (index % 2)), limb(path, width * 1.5), depth=0.02, low=hue, cast=0.2, shade=0.4
        )
    jelly_bell(brush, hue, pale, deep)


def jelly_bell(brush: Brush, hue: Colour, pale: Colour, deep: Colour) -> None:
    """Draw a jellyfish's bell: ribs and rings that shine through, and beads of light along its hem."""
    bell = curve(
        "-34 60!, -36 70, -31 84, -18 96, 0 100, 18 96, 31 84, 36 70, 34 60!, 29 57, 24.5 60!, 19 55.5, 14 58.5!, "
        "7 54.5, 0 57.5!, -7 54.5, -14 58.5!, -19 55.5, -24.5 60!, -29 57"
    )
    model(brush, mix(hue, pale, 0.3), bell, depth=0.09, low=mix(hue, deep, 0.45), light=0.8, shade=0.4)
    ribs = [
        smooth([(x * 0.1, 0.985), (x * 0.75, 0.86), (x * 1.02, 0.7), (x * 0.98, 0.59)], False)
        for x in np.linspace(-0.3, 0.3, 7)
    ]
    within(brush, [bell], lambda inner: strokes(inner, mix(hue, WHITE, 0.75), ribs, 0.007, glow=True), 0.55)
    inner_light = mix(hue, (255, 240, 220), 0.7)
    model(
        brush,
        inner_light,
        curve("-19 70, -12 79, 0 82, 12 79, 19 70, 9 66, -9 66"),
        depth=0.06,
        feather=0.03,
        strength=0.75,
        glow=True,
    )
    for x in (-0.105, -0.036, 0.036, 0.105):
        ring = smooth(
            [(x + 0.03 * np.cos(t), 0.755 - 1.6 * x * x + 0.042 * np.sin(t)) for t in np.linspace(-0.4, 3.54, 7)], False
        )
        strokes(brush, mix(hue, WHITE, 0.8), [ring], 0.013, glow=True)
    model(
        brush,
        WHITE,
        curve("-25 82, -17 92, -8 95.5, -10 91, -18 85, -22 76"),
        depth=0.02,
        shade=0.0,
        light=0.0,
        feather=0.012,
        strength=0.75,
        glow=True,
    )
    spots = np.stack([np.linspace(-0.3, 0.3, 15), 0.625 - 0.03 * np.cos(np.linspace(-1.3, 1.3, 15))], axis=1)
    dots(brush, mix(hue, WHITE, 0.85), spots, 0.0085, glow=True)


UPPER: Final = "1 47!, 6 62, 16 76, 30 84, 44 85, 50 80, 48 70, 43 60, 40 50, 28 44, 12 42"
LOWER: Final = "1 46!, 14 45, 28 46, 38 43, 41 34, 36 24, 30 18, 27 8!, 23 15, 14 16, 7 26, 2 38"


def butterfly_wing(
    brush: Brush,
    hues: tuple[Colour, Colour, Colour],
    outline: str,
    heart_y: float,
    tips: tuple[tuple[int, int], ...],
    way: float,
) -> None:
    """Draw one wing of a butterfly: veins and spots; `hues` are its field, its glowing root and its hem."""
    shape = curve(outline) * (way, 1)
    root = np.array([way * 0.02, 0.46])
    brush.fill(hues[2], shape)
    heart = (shape - root) * 0.84 + root + (way * 0.006, 0.004)
    model(brush, hues[0], heart, depth=0.05, light=0.3, shade=0.35)
    core = (shape - root) * 0.52 + root + (way * 0.02, 0.006)
    model(brush, hues[1], core, depth=0.05, feather=0.03, light=0.4, shade=0.1)
    veins = [
        smooth(
            [
                (way * 0.03, 0.46),
                (way * (0.04 + x * 0.005), heart_y * 0.5 + y * 0.005),
                (way * x / 100, y / 100),
            ],
            False,
        )
        for x, y in tips
    ]
    strokes(brush, hues[2], veins, 0.009)
    rim = ((shape - root) * 0.925 + root)[::6]
    far = np.hypot(*(rim - root).T) > (0.3 if outline == UPPER else 0.24)
    dots(brush, (255, 250, 236), rim[far], 0.0105)


def draw_butterfly(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a butterfly from above: four veined wings with dark hems and pale spots, a furry body and feelers."""
    pairs = [
        ((246.0, 128.0, 24.0), (255.0, 206.0, 80.0)),
        ((36.0, 110.0, 226.0), (120.0, 220.0, 255.0)),
        ((250.0, 208.0, 40.0), (255.0, 246.0, 170.0)),
        ((214.0, 50.0, 70.0), (255.0, 150.0, 110.0)),
        ((150.0, 70.0, 206.0), (236.0, 150.0, 240.0)),
        ((40.0, 166.0, 110.0), (180.0, 240.0, 140.0)),
    ]
    outer, inner_hue = pairs[rng.integers(6)]
    hem = mix((30.0, 22.0, 28.0), outer, 0.1)
    tops = ((36, 82), (46, 77), (45, 66), (40, 55))
    for text, focus, tips in (
        (LOWER, 0.4, ((26, 12), (34, 24), (39, 34), (37, 42), (16, 18))),
        (UPPER, 0.5, ((20, 76), *tops, (26, 46))),
    ):
        for way in (-1.0, 1.0):
            butterfly_wing(brush, (outer, inner_hue, hem), text, focus, tips, way)
    for way in (-1.0, 1.0):
        for radius, colour in (
            (0.044, hem),
            (0.033, mix(inner_hue, WHITE, 0.3)),
            (0.018, (60, 110, 210)),
            (0.008, hem),
        ):
            brush.oval(colour, (way * 0.27, 0.27), (radius, radius))
    feelers = [curve(f"{w} 60, {4 * w} 72, {11 * w} 82", False) for w in (-1, 1)]
    strokes(brush, hem, feelers, 0.009)
    dots(brush, hem, np.array([path[-1] for path in feelers]), 0.013)
    body = limb("0 61, 0 50, 0 36, 0 22", (0.05, 0.062, 0.05, 0.018))
    model(brush, mix(hem, (110, 80, 60), 0.35), body, depth=0.02, cast=0.3)
    bars = [[(-0.03, y), (0, y - 0.01), (0.03, y)] for y in np.arange(0.26, 0.46, 0.03)]
    within(brush, [body], lambda b: strokes(b, hem, bars, 0.006), 0.8)
    model(brush, hem, curve("-3 62, 0 65.5, 3 62, 2 58.5, -2 58.5"), depth=0.015)


PORTRAITS: Final[dict[str, Portrait]] = {
    "swan": Portrait(draw_swan, (0.62, 0.8), afloat=True, flips=True, rise=(0.05, 0.8)),
    "turtle": Portrait(draw_turtle, (0.66, 0.82), foot=0.42, flips=True),
    "jellyfish": Portrait(draw_jellyfish, (0.62, 0.82), flying=True, flips=True, lean=0.22, rise=(0.47, 0.5)),
    "butterfly": Portrait(draw_butterfly, (0.64, 0.84), flying=True, flips=True, lean=0.4, rise=(0.46, 0.44)),
}
