"""Printed styles: the woodcut, black lines that swell and taper over two tints, and ukiyo-e with flat colours."""

from __future__ import annotations

import cv2
import numpy as np

from ..brush import Image, mix
from .marks import cartouche
from .plate import Plate, blend, multiply, ramp, saturated, shaded, soft
from .regions import fewer
from .texture import VARIANTS, border, cloud, fibres, grain, grid


def paint_woodcut(plate: Plate, rng: np.random.Generator) -> Image:
    """Cut the shades into black lines that bend over the form and taper into the light, over two flat tints."""
    height, width = plate.cover.shape
    unit = plate.unit
    number = int(rng.integers(VARIANTS))
    x, y = grid(height, width)
    inside = plate.inside
    tone = plate.tones(0.005)
    relief = soft(tone, 0.04 * unit)
    sway = cloud(number, height, width, 3.0, 2)
    # Lines lie level behind the subject and slope over it; relief and a slow sway bend them.
    pitch = 1 / (0.031 * unit)
    level = y * pitch + sway * 2.6 + relief * 2.2
    slope = (y * 0.55 - x * 0.83) * pitch + relief * 3.0
    solid = plate.cover > 127
    wave = 0.5 + 0.5 * np.cos(2 * np.pi * np.where(solid, slope, level))
    taper = fibres(number, height, width, 0.0, 0.15, 0.016)
    dark = 1 - tone
    dark = np.where(solid, dark * 0.92 - 0.05, dark * 0.95)
    amount = dark + (taper - 0.5) * 0.34
    cut = ramp(wave - 1.06 + ramp(amount, 0.28, 0.86) * 1.12, -0.03, 0.08)
    halo = soft(inside, 0.012 * unit) * (1 - inside)
    cut *= 1 - ramp(halo, 0.1, 0.3)
    subject, rest = plate.lines(0.0065, 1.9)
    # Contours are black where it is light, and left standing white where it is dark.
    night = ramp(soft(cut, 0.05 * unit), 0.5, 0.7) * (1 - inside)
    contour = ramp(rest, 0.22, 0.5)
    cut = np.maximum(cut, np.maximum(ramp(subject, 0.2, 0.42), contour * (1 - night))) * (1 - contour * night)
    back = shaded(plate.hue(1.5), 176.0, 1.15)
    mean = cv2.mean(plate.picture, mask=plate.cover)[:3] if plate.cover.any() else back
    front = mix((252.0, 244.0, 224.0), shaded(mean, 190.0, 1.6), 0.5)
    tints = np.array(back, np.float32) + (np.array(front, np.float32) - np.array(back, np.float32)) * inside[..., None]
    light = ramp(tone + (taper - 0.5) * 0.1, 0.86, 0.9) * 0.75
    sheet = blend(tints.astype(np.uint8), (250.0, 243.0, 226.0), light)
    frame = border(height, width) + (sway - 0.5) * 0.012
    black = np.maximum(cut, ramp(frame, 0.03, 0.026)) * (
        0.9 + 0.1 * ramp(grain(number, height, width, 200.0), 0.1, 0.3)
    )
    sheet = blend(sheet, mix(plate.palette.ink, (12.0, 9.0, 10.0), 0.6), black)
    return blend(sheet, (244.0, 236.0, 218.0), ramp(frame, 0.02, 0.016))


def paint_ukiyo(plate: Plate, rng: np.random.Generator) -> Image:
    """Print few flat colours with a graded band above and below, firm contours, woodgrain, border and title."""
    height, width = plate.cover.shape
    unit = plate.unit
    number = int(rng.integers(VARIANTS))
    right = bool(rng.random() < 0.5)
    hue = plate.hue(1.7)
    flat = fewer(saturated(plate.picture, 1.4, 6.0), plate.cover, 9)
    flat = blend(flat, soft(plate.picture, 0.02 * unit), 0.18)
    # Printed colours are muted by the warm paper beneath them.
    flat = blend(flat, (246.0, 230.0, 196.0), 0.16)
    _, y = grid(height, width)
    down = (y + 0.5) / np.float32(height)
    inside = plate.inside
    deep = mix(shaded(hue, 52.0, 1.5), (22.0, 36.0, 84.0), 0.4)
    band = ramp(down, 0.24, 0.04) ** 1.5 * 0.85
    flat = blend(flat, deep, band * (1 - inside))
    flat = blend(flat, deep, ramp(down, 0.82, 1.0) * 0.4 * (1 - inside))
    wood = fibres(number, height, width, float(number - 1.5), 0.7, 0.006) * 0.7
    wood += fibres(number + 7, height, width, 0.0, 0.5, 0.02) * 0.3
    flat = multiply(flat, 0.93 + 0.13 * wood * (1 - 0.6 * inside) + 0.05 * inside)
    subject, rest = plate.lines(0.0042, 2.0)
    line = np.maximum(ramp(subject, 0.16, 0.34), ramp(rest, 0.2, 0.42) * 0.85)
    print_ = blend(flat, mix((24.0, 26.0, 44.0), plate.palette.ink, 0.25), line * (0.86 + 0.14 * ramp(wood, 0.1, 0.3)))
    frame = border(height, width)
    paper = multiply((246.0, 236.0, 212.0), 0.985 + 0.03 * cloud(number, height, width, 12.0, 3))
    print_ = blend(print_, (34.0, 32.0, 44.0), ramp(frame, 0.042, 0.039))
    print_ = blend(print_, paper, ramp(frame, 0.036, 0.033))
    fill = (206.0, 60.0, 44.0) if hue[0] < 1.35 * max(hue[1], hue[2]) else (238.0, 206.0, 120.0)
    return cartouche(print_, rng, fill, (30.0, 26.0, 34.0), right)
