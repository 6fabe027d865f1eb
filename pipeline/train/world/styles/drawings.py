"""Dry styles: pencil on white paper, charcoal and chalk on tinted paper, and blueprint in pale lines."""

from __future__ import annotations

import numpy as np

from ..brush import Image, mix
from .marks import dimensions
from .plate import Plate, blend, displaced, multiply, ramp, saturated, shaded, soft
from .texture import VARIANTS, Field, border, cloud, fibres, grain, grid, hatching


def doubled(plate: Plate, line: Field, number: int, stray: float) -> Field:
    """Return a line drawn twice by a hand that strays a little, so that contours overlap and part again."""
    height, width = line.shape
    x, y = grid(height, width)
    away = np.float32(stray * plate.unit)
    step = (cloud(number, height, width, 6.0, 2) - 0.5) * away
    other = (cloud(number + 10, height, width, 6.0, 2) - 0.5) * away
    return np.maximum(displaced(line, x, y, step, other), displaced(line, x, y, other - away * 0.2, -step) * 0.75)


def paint_pencil(plate: Plate, rng: np.random.Generator) -> Image:
    """Hatch the shades in three directions and draw crisp contours, over a breath of coloured pencil."""
    height, width = plate.cover.shape
    number = int(rng.integers(VARIANTS))
    dark = 1 - plate.tones(0.003)
    dark = dark * (1 - 0.12 * plate.inside)
    lead = np.zeros_like(dark)
    for angle, pitch, low, weight in ((-48.0, 0.0125, 0.22, 0.5), (38.0, 0.0115, 0.5, 0.5), (-8.0, 0.01, 0.72, 0.6)):
        marks = hatching(number, height, width, angle, pitch)
        depth = ramp(dark, low, low + 0.42)
        lead = np.maximum(lead, ramp(marks, 0.92 - 0.62 * depth, 1.08 - 0.5 * depth) * (depth > 0) * weight)
    subject, rest = plate.lines(0.0028, 1.9)
    contour = np.maximum(ramp(subject, 0.12, 0.6) * 0.95, ramp(rest, 0.2, 0.9) * 0.7)
    tooth = grain(number, height, width, 300.0)
    lead = np.maximum(lead, doubled(plate, contour, number, 0.006))
    lead = np.clip(lead * (0.78 + 0.4 * tooth), 0, 1)
    edge = border(height, width) + (cloud(number, height, width, 6.0, 2) - 0.5) * 0.03
    tint = soft(saturated(plate.picture, 1.9, 20.0), 0.004 * plate.unit)
    share = 0.42 * ramp(edge, 0.02, 0.05) * (0.72 + 0.55 * hatching(number, height, width, -48.0, 0.0125))
    paper = blend(multiply((254.0, 252.0, 246.0), 0.98 + 0.03 * tooth), tint, np.clip(share, 0, 0.6))
    return blend(paper, mix((38.0, 38.0, 44.0), plate.palette.tones[0], 0.3), lead * ramp(edge, 0.012, 0.02))


def paint_charcoal(plate: Plate, rng: np.random.Generator) -> Image:
    """Smudge greys into the tooth of a tinted paper, with strong darks, broad contours and lights of white chalk."""
    height, width = plate.cover.shape
    unit = plate.unit
    number = int(rng.integers(VARIANTS))
    hue = plate.hue()
    paper = shaded(hue, 172.0, 0.75)
    tooth = grain(number, height, width, 230.0)
    rub = fibres(number, height, width, -38.0, 0.16, 0.012)
    tone = plate.tones(0.006)
    dark = 1 - tone
    smudge = soft(ramp(dark, 0.22, 1.0), 0.01 * unit) * (0.66 + 0.26 * rub) * (0.84 + 0.22 * tooth)
    rough = ramp(dark - 0.7 + (rub - 0.5) * 0.3 - (tooth - 0.5) * 0.42, -0.06, 0.16) * 0.86
    subject, rest = plate.lines(0.0075, 1.9)
    # Contours are coal on what is light and chalk on what is dark.
    night = ramp(soft(dark, 0.05 * unit), 0.55, 0.75) * (1 - plate.inside)
    press = np.maximum(subject * 1.3, rest * 0.85)
    contour = ramp(press - (tooth - 0.5) * 0.55, 0.3, 0.62)
    pale = contour * night
    contour -= pale
    coal = np.maximum(np.maximum(smudge, rough) * (1 - pale), contour * 0.93)
    fade = ramp(border(height, width) + (rub - 0.5) * 0.1, 0.0, 0.05)
    chalk = ramp(tone - 0.74 + (tooth - 0.5) * 0.36 + (rub - 0.5) * 0.34, 0.0, 0.26) * 0.8 * (1 - contour)
    tint = blend(multiply(paper, 0.93 + 0.12 * tooth), soft(saturated(plate.picture, 1.1), 0.02 * unit), 0.22)
    sheet = blend(tint, shaded(hue, 246.0, 0.2), np.maximum(chalk, 0.6 * pale) * fade)
    return blend(sheet, (26.0, 24.0, 26.0), coal * fade)


def paint_blueprint(plate: Plate, rng: np.random.Generator) -> Image:
    """Draw everything in pale lines and thin hatching on a dark paper in the mood's colour, with grid and measures."""
    height, width = plate.cover.shape
    unit = plate.unit
    number = int(rng.integers(VARIANTS))
    hue = plate.hue(1.8)
    blue = (24.0, 66.0, 140.0)
    paper = mix(blue, shaded(hue, 80.0, 1.7), 0.72)
    sheet = np.empty_like(plate.picture)
    sheet[:] = np.array(paper, np.uint8)
    tone = plate.tones(0.004)
    # Light parts are filled with a faint wash, so that sky, sun and cloud keep their places.
    sheet = blend(sheet, shaded(hue, 214.0, 0.5), (tone * 0.34 + 0.04) * (0.9 + 0.2 * cloud(number, height, width)))
    x, y = grid(height, width)
    pale = shaded(paper, 236.0, 0.28)
    for pitch, share in ((1 / 32, 0.1), (1 / 8, 0.2)):
        pixel = max(1.0, unit / 512)
        away = np.minimum(np.mod(x + 0.5, pitch * unit), np.mod(y + 0.5, pitch * unit))
        sheet = blend(sheet, pale, ramp(away, pixel, pixel * 0.5) * share)
    subject, rest = plate.lines(0.0032, 2.0)
    hatch = hatching(number, height, width, -45.0, 0.016)
    shade = ramp(hatch, 0.7, 0.9) * ramp(1 - tone, 0.45, 0.8) * (0.16 + 0.2 * plate.inside)
    line = np.maximum(ramp(subject, 0.1, 0.42), ramp(rest, 0.1, 0.46) * 0.8)
    sheet = blend(sheet, pale, np.maximum(line, shade))
    sheet = dimensions(sheet, plate.cover, pale)
    return multiply(sheet, 0.95 + 0.1 * grain(number, height, width, 200.0))
