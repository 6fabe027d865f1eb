"""The beasts of the wild: elephants and stags. They look to the left; what is far from the viewer comes first.

Each is drawn by a brush whose zero is the middle of the subject's foot, whose y grows upwards and whose unit is its
height, or its width where it is wider than high. Random choices vary colours, never the silhouette's kind.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from ..brush import Brush, Colour, mix
from ..form import Curve, curve, eye, hairs, limb, model, moved, strokes, within
from .portrait import Portrait

WHITE = (255.0, 255.0, 255.0)
NIGHT = (22.0, 18.0, 40.0)
Flow = npt.NDArray[np.float64]


def coat(
    brush: Brush, rng: np.random.Generator, colour: Colour, shape: Curve, lie: float, strength: float = 0.26
) -> None:
    """Brush short hair over a body: it lies towards the angle `lie` and hangs a little more the lower it grows."""
    low, high = float(shape[:, 1].min()), float(shape[:, 1].max())

    def flow(spots: Curve) -> Flow:
        return lie - 0.7 * (high - spots[:, 1]) / (high - low)

    tones = (mix(colour, NIGHT, 0.5), mix(colour, (255, 236, 200), 0.5))
    hairs(brush, rng, tones, shape, flow, 520, 0.026, 0.003, strength)


def draw_elephant(brush: Brush, rng: np.random.Generator) -> None:
    """Draw an elephant with a raised trunk, a great ear, tusks and pillars of legs."""
    skin = mix((142.0, 142.0, 154.0), (156.0, 140.0, 128.0), float(rng.random()))
    far, dark = mix(skin, NIGHT, 0.42), mix(skin, NIGHT, 0.55)
    for text in ("-7 36, -7 20, -5 1", "20 40, 19 20, 20 1"):
        model(brush, far, limb(text, (0.17, 0.13, 0.125, 0.145), 0.1), depth=0.04)
    model(brush, far, limb("45 54, 49 42, 48 26", (0.05, 0.025, 0.018)), depth=0.01)
    strokes(brush, dark, [[(0.475 + d, 0.27), (0.478 + 2 * d, 0.18)] for d in (-0.012, -0.004, 0.004, 0.012)], 0.01)
    body = curve("-28 60, -22 72, -6 75, 10 79.5, 28 77, 41 67, 46 53, 43 38, 30 29, 8 25, -14 27, -26 40")
    legs = (
        limb("37 48, 35 30, 33.5 14, 34.5 1", (0.26, 0.19, 0.15, 0.145, 0.17), 0.1),
        limb("-18 46, -19 28, -20 13, -20 1", (0.2, 0.17, 0.15, 0.145, 0.17), 0.1),
    )
    model(brush, skin, body, *legs, depth=0.085, low=mix(skin, NIGHT, 0.1))
    for text, much in (
        ("24 62, 36 68, 45 58, 43 38, 40 26, 28 26, 24 42", 0.5),
        ("-26 52, -16 58, -10 48, -12 30, -20 22, -26 32", 0.5),
        ("-8 62, 8 72, 24 68, 22 46, 6 38, -8 44", 0.4),
    ):
        model(brush, skin, curve(text), depth=0.06, feather=0.03, strength=much)
    wrinkle = rng.random((70, 2)) * (0.8, 0.68) + (-0.34, 0.06)
    creases = [[(x, y), (x + 0.02, y - 0.006), (x + 0.045, y)] for x, y in wrinkle]
    within(brush, [body, *legs], lambda inner: strokes(inner, dark, creases, 0.003), 0.3)
    for x in (-0.2, 0.345):
        for d in (-0.06, -0.022, 0.018):
            brush.oval((228, 216, 196), (x + d, 0.016), (0.017, 0.018), (180, 360))
    elephant_head(brush, skin, dark)


def elephant_head(brush: Brush, skin: Colour, dark: Colour) -> None:
    """Draw an elephant's head: the trunk curling forwards, tusks, a wise eye and the fan of an ear."""
    trunk = limb(
        "-31 56, -37 44, -39 30, -42 20, -48 17.5, -52 23, -50.5 30", (0.2, 0.165, 0.12, 0.1, 0.085, 0.07, 0.055)
    )
    tusk = limb("-34 45, -39 37, -47 36, -52 42", (0.052, 0.046, 0.034, 0.006))
    model(brush, (214, 200, 170), moved(tusk, 0.035, 0.022), depth=0.015)
    head = curve("-40 62, -40 72, -34 80, -25 82, -16 77, -12 64, -15 52, -24 44, -33 44, -38 52")
    model(brush, skin, head, trunk, depth=0.065, cast=0.3)
    model(brush, skin, curve("-37 72, -31 79, -23 78, -22 70, -29 65, -36 66"), depth=0.04, feather=0.015, strength=0.5)
    spine = curve("-31 56, -37 44, -39 30, -42 20, -48 17.5, -52 23, -50.5 30", False)
    width = np.interp(np.arange(len(spine)), np.arange(7) * 8, (0.2, 0.165, 0.12, 0.1, 0.085, 0.07, 0.055)) / 2
    rolls = []
    for i in range(9, len(spine) - 2, 3):
        dx, dy = spine[i + 1] - spine[i - 1]
        side = np.array([-dy, dx]) / np.hypot(dx, dy) * width[i]
        rolls.append([spine[i] + side, spine[i] + np.array([dx, dy]) * 0.25, spine[i] - side])
    within(brush, [trunk], lambda inner: strokes(inner, dark, rolls, 0.005), 0.55)
    model(brush, (250, 243, 222), tusk, depth=0.015, cast=0.35)
    ear = curve("-22 73, -14 81, -1 80, 8 71, 9 57, 3 42, -5 34, -10 41, -16 50, -21 59")
    model(brush, mix(skin, WHITE, 0.1), ear, depth=0.05, cast=0.6, low=mix(skin, NIGHT, 0.12))
    inside = curve("-16 70, -10 75, -2 74, 4 67, 5 56, 0 46, -5 41, -9 49, -14 58")
    model(brush, mix(skin, (220, 150, 140), 0.5), inside, depth=0.05, feather=0.02, strength=0.6)
    folds = ["-15 67, -7 61, -2 51", "-13 72, -3 67, 2 58", "-16 62, -9 56, -6 48"]
    strokes(brush, mix(skin, NIGHT, 0.28), [curve(text, False) for text in folds], 0.005)
    eye(brush, (-0.3, 0.62), 0.0155, (120, 70, 30))
    strokes(
        brush,
        dark,
        [curve("-33.5 64, -30.5 65.6, -27 63.5", False), curve("-33.5 59.6, -29.5 58.6, -26.5 59.6", False)],
        0.006,
    )


def hoofed(brush: Brush, colour: Colour, hoof: Colour, text: str, widths: tuple[float, ...]) -> None:
    """Draw a slender leg ending in a hoof."""
    shape = limb(text, widths)
    model(brush, colour, shape, depth=0.025, cast=0.15)
    foot = curve(text, False)[-1]
    w = widths[-1] * 0.62
    sole = np.array([(-w * 1.35, -0.018), (-w * 0.8, 0.028), (w * 0.85, 0.028), (w * 1.1, -0.018)]) + foot
    model(brush, hoof, sole, depth=0.01)


def draw_stag(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a stag that lifts a wide crown of antlers above its maned neck."""
    hide = mix((172.0, 108.0, 56.0), (140.0, 92.0, 62.0), float(rng.random()))
    far, pale, hoof = mix(hide, NIGHT, 0.42), (240.0, 222.0, 194.0), (52.0, 40.0, 36.0)
    horn = (206.0, 178.0, 134.0)
    hoofed(brush, far, hoof, "-6 34, -7 20, -5.5 11, -6 2", (0.1, 0.05, 0.04, 0.032))
    hoofed(brush, far, hoof, "19 38, 22 25, 18 16, 17 2", (0.17, 0.085, 0.044, 0.034))
    antler(brush, mix(horn, NIGHT, 0.4), 1.0)
    body = curve("-18 44, -18 52, -10 57, 2 54, 14 54.5, 25 54.5, 32 49, 34 41, 30 34, 18 31.5, 4 29, -8 29, -15 35")
    legs = (
        limb("26 44, 28 30, 30 18, 26.5 9, 26 2", (0.22, 0.15, 0.06, 0.043, 0.036), 0.1),
        limb("-12 42, -14 24, -13 13, -14 2", (0.15, 0.075, 0.046, 0.036), 0.1),
    )
    neck = curve("-4 56, -10 63, -15 72, -19 78, -27 74, -26 64, -27 54, -26 45, -20 37, -10 42")
    model(brush, hide, body, *legs, neck, depth=0.065, low=mix(hide, NIGHT, 0.16))
    for x in (0.26, -0.14):
        sole = np.array([(x - 0.028, 0.004), (x - 0.017, 0.056), (x + 0.017, 0.056), (x + 0.022, 0.004)])
        model(brush, hoof, sole, depth=0.01)
    model(brush, hide, curve("16 52, 27 54, 33 46, 31 32, 27 24, 20 34"), depth=0.05, feather=0.022, strength=0.6)
    model(brush, hide, curve("-17 48, -10 54, -5 46, -8 34, -14 28, -17 36"), depth=0.05, feather=0.02, strength=0.55)
    model(brush, pale, curve("-8 31, 4 32, 18 34, 26 36, 18 30, 2 27"), depth=0.02, feather=0.014, strength=0.6)
    model(brush, pale, curve("31 52, 36.5 50, 37 43, 33.5 38.5, 31.5 44"), depth=0.02)
    coat(brush, rng, hide, body, 0.0)
    shaggy = mix(hide, NIGHT, 0.34)
    model(
        brush,
        shaggy,
        curve("-14 66, -24 70, -26 56, -26 45, -20 36, -13 42, -11 54"),
        depth=0.05,
        feather=0.02,
        strength=0.75,
    )
    shag(brush, rng, shaggy, neck)
    model(brush, mix(hide, NIGHT, 0.2), curve("-17 76, -9 79, -5 82.5, -12 82.5, -18 80"), depth=0.02, cast=0.3)
    head = curve("-17 80, -22 82.5, -28 80, -34 75.5, -41 71, -43 68, -41 65.5, -36 66, -29 68, -22 69, -17 73")
    model(brush, hide, head, depth=0.035, cast=0.3)
    muzzle = curve("-38 70, -43 69.5, -43 66, -40 64.5, -34 66, -34 68.5")
    model(brush, pale, muzzle, depth=0.02, feather=0.008, strength=0.9)
    model(brush, pale, curve("-29 79, -25 79.5, -23 76.5, -26 74.5, -29.5 76"), depth=0.02, feather=0.008, strength=0.5)
    brush.oval((30, 24, 28), (-0.418, 0.692), (0.017, 0.014))
    strokes(brush, (70, 44, 34), [curve("-41 66.4, -37 67.4, -34 67.6", False)], 0.005)
    model(brush, mix(hide, pale, 0.3), curve("-18 78, -12 81, -6 87, -9.5 79.5, -15 75.5"), depth=0.015, cast=0.3)
    eye(brush, (-0.265, 0.768), 0.0125, (96, 56, 24))
    antler(brush, horn, -1.0)


def antler(brush: Brush, horn: Colour, side: float) -> None:
    """Draw one antler: a beam that sweeps up and out, with five tines."""
    shift = (0.0, 0.0) if side < 0 else (-0.004, 0.004)
    beams = {
        -1.0: (
            "-20 81, -12 86, -5 91, -2 98, -4 106",
            "-17 83, -20 90, -21 94",
            "-10 87, -13 95, -13 99",
            "-4 92, -8 99, -9 104",
            "-2.5 97, 3 101, 4 106",
            "-7 89, 2 91, 6 95",
        ),
        1.0: (
            "-23 81, -31 86, -38 91, -41 98, -39 106",
            "-26 83, -27 89, -26 93",
            "-33 87, -31 94, -31 99",
            "-39 92, -35 99, -34 104",
            "-40.5 97, -46 101, -47 106",
            "-36 89, -45 91, -49 95",
        ),
    }[side]
    widths = ((0.036, 0.03, 0.026, 0.02, 0.008), *((0.024, 0.018, 0.005),) * 5)
    model(brush, horn, *(limb(text, wide) + shift for text, wide in zip(beams, widths, strict=True)), depth=0.012)


def shag(brush: Brush, rng: np.random.Generator, colour: Colour, shape: Curve) -> None:
    """Hang long dark and light locks over a neck."""
    tones = (mix(colour, NIGHT, 0.45), mix(colour, (250, 214, 160), 0.35))
    hairs(brush, rng, tones, shape, lambda spots: np.full(len(spots), -1.75), 160, 0.09, 0.006, 0.6)


PORTRAITS: Final[dict[str, Portrait]] = {
    "elephant": Portrait(draw_elephant, (0.6, 0.84), foot=0.42, flips=True),
    "stag": Portrait(draw_stag, (0.66, 0.84), foot=0.28, flips=True),
}
