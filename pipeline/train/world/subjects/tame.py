"""The beasts that live with people: horses and cats.

Each is drawn by a brush whose zero is the middle of the subject's foot, whose y grows upwards and whose unit is its
height, or its width where it is wider than high. Random choices vary colours, never the silhouette's kind.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..brush import Brush, Colour, mix
from ..form import Curve, curve, dots, eye, hairs, limb, model, strokes, within
from .beasts import coat, hoofed
from .portrait import Portrait

WHITE = (255.0, 255.0, 255.0)
NIGHT = (22.0, 18.0, 40.0)


def draw_horse(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a horse at a high trot, mane and tail flying."""
    coats = [(158.0, 84.0, 42.0), (110.0, 62.0, 40.0), (234.0, 230.0, 226.0), (70.0, 64.0, 72.0), (204.0, 148.0, 84.0)]
    kind = int(rng.integers(5))
    hide = coats[kind]
    locks = [(48.0, 34.0, 36.0), (34.0, 26.0, 30.0), (198.0, 194.0, 204.0), (30.0, 26.0, 36.0), (248.0, 234.0, 208.0)][
        kind
    ]
    sock = (244.0, 240.0, 234.0) if kind != 3 else hide
    far, hoof = mix(hide, NIGHT, 0.42), (58.0, 48.0, 46.0)
    hoofed(brush, far, hoof, "-12 42, -15 28, -13 16, -17 3", (0.14, 0.075, 0.048, 0.042))
    hoofed(brush, far, hoof, "24 42, 22 30, 27 20, 22 3", (0.18, 0.11, 0.055, 0.044))
    tail(brush, rng, locks)
    body = curve("-20 50, -19 60, -10 66, 4 62.5, 16 63.5, 28 66, 37 60, 39 50, 33 42, 20 40, 6 37, -8 36.5, -17 41")
    neck = curve("0 63, -7 74, -13 84, -21 92, -29 90, -31 82, -27 74, -25 64, -24 52, -16 44, -6 50")
    hind = limb("30 52, 32 36, 38 23, 36 12, 33 2", (0.27, 0.19, 0.075, 0.054, 0.05), 0.1)
    fore = limb("-12 50, -21 43, -31 39.5, -34 31, -28 23", (0.17, 0.13, 0.085, 0.056, 0.05), 0.2)
    model(brush, hide, body, neck, hind, fore, depth=0.07, low=mix(hide, NIGHT, 0.12))
    muscles = (
        "17 60, 29 65, 37 57, 36 44, 31 34, 24 36, 19 46",
        "-22 56, -15 63, -6 58, -6 46, -14 40, -21 46",
        "-6 60, 8 61, 18 58, 17 46, 4 42, -5 46",
        "-26 80, -20 86, -12 78, -6 66, -14 62, -22 68",
    )
    for text, much in zip(muscles, (0.65, 0.6, 0.3, 0.4), strict=True):
        model(brush, hide, curve(text), depth=0.05, feather=0.022, strength=much, light=0.7)
    for text, shape in (("37.5 17, 36 11, 33 2", hind), ("-34.5 31, -32.5 27, -27.5 22.5", fore)):
        wrap = limb(text, (0.09, 0.09, 0.09), 0.1)
        model(brush, sock, wrap, depth=0.02, inside=shape, strength=0.9)
    model(brush, hoof, curve("30.5 -1.5!, 31 4!, 36 4!, 36.5 -1.5!"), depth=0.01)
    model(brush, hoof, curve("-31 24!, -26.5 26.5!, -22.5 20!, -28 18!"), depth=0.01)
    horse_head(brush, hide, kind)
    mane(brush, rng, locks)


def horse_head(brush: Brush, hide: Colour, kind: int) -> None:
    """Draw a horse's head in profile, tucked in, with pricked ears and sometimes a blaze."""
    head = curve(
        "-19 88, -23 94, -29 94, -34 87, -39 78, -44.5 71, -46 66, -42.5 63.5, -38 65.5, -33 71, -26 74.5, -20 80"
    )
    model(brush, mix(hide, NIGHT, 0.2), curve("-29 93, -31 98, -29 102, -26 97, -25 92"), depth=0.015)
    model(brush, hide, head, depth=0.04, cast=0.22)
    model(brush, hide, curve("-25 92, -26 98, -22.5 102.5, -20.5 96, -20 90"), depth=0.015, cast=0.2)
    model(brush, hide, curve("-20 88, -25 88, -28 82, -26 76, -21 78"), depth=0.03, feather=0.012, strength=0.6)
    if kind < 2:
        blaze = curve("-30 91, -35.5 83, -41 75, -43 71, -40 72, -35 79, -29 87")
        model(brush, (246, 240, 232), blaze, depth=0.02, feather=0.005, strength=0.9)
    model(
        brush,
        mix(hide, (90, 66, 70), 0.55),
        curve("-41 71, -46 69, -46 64, -42 62.5, -38 65"),
        depth=0.025,
        feather=0.012,
        strength=0.7,
    )
    brush.oval(mix(hide, NIGHT, 0.75), (-0.438, 0.678), (0.01, 0.014))
    strokes(brush, mix(hide, NIGHT, 0.6), [curve("-43 64.8, -40 67.2, -38.5 68.5", False)], 0.006)
    eye(brush, (-0.305, 0.852), 0.0135, (70, 40, 22))
    strokes(brush, mix(hide, NIGHT, 0.5), [curve("-33 86.4, -30.5 87.4, -28 86", False)], 0.006)


def tail(brush: Brush, rng: np.random.Generator, locks: Colour) -> None:
    """Let a horse's tail stream behind it in long strands."""
    for index, bend in enumerate(np.linspace(-1, 1, 9) + rng.normal(0, 0.12, 9)):
        end, mid = 0.57 - 0.03 * abs(bend), 0.12 * bend
        path = f"34 61, 42 {65 + 5 * bend:.2f}, 50 {57 + 100 * mid * 0.5:.2f}, {end * 100:.2f} {40 + 110 * mid:.2f}"
        tone = mix(locks, WHITE, 0.16 * (index % 3)) if index % 2 else mix(locks, NIGHT, 0.25)
        model(brush, tone, limb(path, (0.03, 0.05, 0.045, 0.004)), depth=0.015)


def mane(brush: Brush, rng: np.random.Generator, locks: Colour) -> None:
    """Let a horse's mane stream back from its crest, a lock at a time."""
    crest = curve("-28 96, -22 94, -15 86, -9 76, -4 66", False)
    drift = rng.normal(0, 0.018, (14, 2))
    for index, (dx, dy) in enumerate(drift):
        x, y = crest[min(index * 2 + 4, len(crest) - 1)]
        spots = [(x, y), (x + 0.06, y + 0.025), (x + 0.12 + dx, y - 0.01 + dy), (x + 0.19 + dx, y - 0.03 + 2 * dy)]
        text = ", ".join(f"{100 * a:.2f} {100 * b:.2f}" for a, b in spots)
        tone = mix(locks, WHITE, 0.08 * (index % 3)) if index % 2 else mix(locks, NIGHT, 0.2)
        model(brush, tone, limb(text, (0.045, 0.05, 0.035, 0.004)), depth=0.015)
    model(brush, locks, limb("-24 95, -29 93, -33 88, -34 84", (0.03, 0.032, 0.024, 0.004)), depth=0.012)


def draw_cat(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a sitting cat with pricked ears, bright eyes, whiskers and a curling tail."""
    coats = [
        (226.0, 138.0, 62.0),
        (52.0, 48.0, 58.0),
        (150.0, 146.0, 146.0),
        (238.0, 226.0, 208.0),
        (138.0, 104.0, 74.0),
    ]
    kind = int(rng.integers(5))
    fur = coats[kind]
    iris = [
        (90.0, 170.0, 70.0),
        (250.0, 206.0, 50.0),
        (226.0, 168.0, 40.0),
        (90.0, 176.0, 230.0),
        (150.0, 190.0, 60.0),
    ][kind]
    dark = mix(fur, NIGHT, 0.55)
    bib = fur if kind == 1 else mix(fur, WHITE, 0.7)
    tip = mix(fur, NIGHT, 0.25)
    tail_shape = limb("16 8, 30 7, 38 16, 36 30, 31 40, 33 50, 40 52", (0.1, 0.1, 0.09, 0.085, 0.08, 0.07, 0.05))
    model(brush, tip, tail_shape, depth=0.03)
    banded(
        brush,
        dark,
        tail_shape,
        [f"{24 + i} {y}, {46 - i} {y + 3}" for i, y in ((0, 44), (0, 34), (0, 25), (2, 15))],
        kind,
    )
    body = curve("-12 56, -18 44, -23 28, -27 12, -24 2, -10 0, 10 0, 24 2, 28 12, 24 28, 18 44, 12 56")
    model(brush, fur, body, depth=0.09, low=mix(fur, NIGHT, 0.12))
    coat(brush, rng, fur, body, -1.2)
    for way in (-1.0, 1.0):
        haunch = curve("12 22, 22 26, 28 16, 27 4, 20 0, 11 2") * (way, 1)
        model(brush, fur, haunch, depth=0.05, cast=0.3)
        banded(brush, dark, haunch, ["30 18, 22 17, 17 13", "30 11, 23 11, 19 8"], kind, way)
        banded(brush, dark, body, ["25 38, 17 38, 12 35", "26 31, 18 31, 13 28"], kind, way)
    chest = curve("-10 54, -11 42, -7 30, 0 26, 7 30, 11 42, 10 54")
    within(brush, [body], lambda inner: model(inner, bib, chest, depth=0.05), 0.85)
    hairs(brush, rng, (mix(bib, NIGHT, 0.3), WHITE), chest, lambda s: -np.pi / 2 + 2.5 * s[:, 0], 120, 0.05, 0.005, 0.4)
    for way in (-1.0, 1.0):
        leg = limb(np.array([(way * x, y) for x, y in curve("7 34, 7 18, 7.5 5", False)]), (0.11, 0.1, 0.11))
        model(brush, fur, leg, depth=0.03, cast=0.35, low=bib)
        paw = curve("1 3, 3 6.5, 8 7.5, 13 6, 14.5 2.5, 12 -.5, 4 -.5") * (way, 1)
        model(brush, bib, paw, depth=0.025, cast=0.35)
        strokes(brush, dark, [[(way * x, 0.0), (way * x, 0.024)] for x in (0.055, 0.098)], 0.006)
    cat_head(brush, rng, fur, bib, iris, kind)


def banded(brush: Brush, colour: Colour, shape: Curve, bands: list[str], kind: int, way: float = 1.0) -> None:
    """Lay tabby bands on part of a cat, if it is of a kind that has them."""
    if kind in (1, 3):
        return
    tapers = [limb(curve(text, False), (0.028, 0.024, 0.004)) * (way, 1) for text in bands]
    within(brush, [shape], lambda inner: inner.fill(colour, *tapers), 0.62)


def cat_eye(brush: Brush, iris: Colour, way: float) -> None:
    """Draw a cat's eye on one side: an almond with a slit."""
    x = way * 0.092
    almond = curve("2.6 73.6!, 5 77.6, 9.5 79, 14 77.5, 16 74.8!, 13 71, 9 69.9, 5 71.2") * (way, 1)
    brush.fill((20, 16, 20), almond * (1.04, 1.0), glow=True)
    shape = (almond - (x, 0.745)) * 0.86 + (x, 0.745)
    brush.fill(iris, shape, glow=True)

    def look(inner: Brush) -> None:
        inner.oval(mix(iris, (255, 255, 200), 0.55), (x, 0.727), (0.055, 0.028), glow=True)
        inner.oval((10, 8, 14), (x, 0.745), (0.02, 0.043), glow=True)
        inner.oval(WHITE, (x - 0.022, 0.765), (0.013, 0.013), glow=True)

    within(brush, [shape], look)


def cat_head(brush: Brush, rng: np.random.Generator, fur: Colour, bib: Colour, iris: Colour, kind: int) -> None:
    """Draw a cat's face: ears, cheeks with ruffs of fur, eyes with slits, nose, mouth and whiskers."""
    dark = mix(fur, NIGHT, 0.55)
    for way in (-1.0, 1.0):
        model(brush, fur, curve("4 86!, 10 95, 17.5 103!, 20.5 92, 20 78!") * (way, 1), depth=0.03)
        model(brush, (232, 150, 148), curve("8 88!, 12 94, 16 98.5!, 18 91, 17 82!") * (way, 1), depth=0.03)
    face = curve(
        "0 92, 9 91, 17 86, 21.5 77, 25 69!, 21 68, 23 64!, 18 63, 12 56, 0 53, -12 56, -18 63, -23 64!, -21 68, "
        "-25 69!, -21.5 77, -17 86, -9 91"
    )
    model(brush, fur, face, depth=0.07, cast=0.45)
    coat(brush, rng, fur, face, -0.9, 0.3)
    marks = ["0 92, 0 82", "5 92, 4.5 84", "-5 92, -4.5 84", "25 74, 19 73, 15 71", "-25 74, -19 73, -15 71"]
    banded(brush, dark, face, [*marks, "24 68, 18 68, 14 67", "-24 68, -18 68, -14 67"], kind)
    muzzle = curve("0 70, 6 69, 11 64, 9 58, 3 56.5, 0 57.5, -3 56.5, -9 58, -11 64, -6 69")
    model(brush, bib, muzzle, depth=0.035)
    for way in (-1.0, 1.0):
        cat_eye(brush, iris, way)
    model(brush, (226, 124, 126), curve("-3 67.5, 0 68, 3 67.5, 1.6 65, 0 64, -1.6 65"), depth=0.012)
    mouth = [curve("0 64, -1.5 61, -5.5 60.4", False), curve("0 64, 1.5 61, 5.5 60.4", False)]
    strokes(brush, dark, mouth, 0.007)
    spots = np.array([(way * x, y) for way in (-1, 1) for x, y in ((0.06, 0.64), (0.075, 0.62), (0.055, 0.61))])
    dots(brush, mix(bib, NIGHT, 0.5), spots, 0.004)
    hair = [
        curve(f"{w * 8} {62.5 + d}, {w * 20} {63.5 + 2 * d}, {w * 33} {61 + 4 * d}", False)
        for w in (-1, 1)
        for d in (-1.2, 0.2, 1.6)
    ]
    strokes(brush, (250, 248, 244) if kind != 3 else (120, 110, 110), hair, 0.0045)


PORTRAITS: Final[dict[str, Portrait]] = {
    "horse": Portrait(draw_horse, (0.62, 0.8), foot=0.34, flips=True),
    "cat": Portrait(draw_cat, (0.62, 0.82), foot=0.28, flips=True),
}
