"""Wet styles: watercolour, whose pigment settles in rims and grains, and ink wash, few black tones on warm paper."""

from __future__ import annotations

import cv2
import numpy as np

from ..brush import Colour, Image, blend, mix
from .marks import seal
from .plate import Plate, displaced, multiply, ramp, saturated, shaded, soft
from .texture import VARIANTS, border, cloud, fibres, grain, grid

SHEET: Colour = (252.0, 249.0, 240.0)
RICE_PAPER: Colour = (243.0, 234.0, 214.0)


def run(plate: Plate, image: Image, number: int, far: float, near: float) -> Image:
    """Return an image whose edges have run: far and near are the reach of the slow and the quick wandering."""
    height, width = plate.cover.shape
    x, y = grid(height, width)
    step_x = (cloud(number, height, width, 5.0, 2) - 0.5) * np.float32(far * plate.unit)
    step_y = (cloud(number + 10, height, width, 5.0, 2) - 0.5) * np.float32(far * plate.unit)
    step_x += (cloud(number + 20, height, width, 40.0, 2) - 0.5) * np.float32(near * plate.unit)
    step_y += (cloud(number + 30, height, width, 40.0, 2) - 0.5) * np.float32(near * plate.unit)
    return displaced(image, x, y, step_x, step_y)


def paint_watercolour(plate: Plate, rng: np.random.Generator) -> Image:
    """Lay clear washes that darken at their rims and settle in the paper, with blooms and an unpainted border."""
    height, width = plate.cover.shape
    unit = plate.unit
    number = int(rng.integers(VARIANTS))
    layers = np.dstack([saturated(plate.picture, 1.35), plate.cover])
    layers = run(plate, layers, number, 0.03, 0.012)
    kernel = 2 * round(0.008 * unit) + 1
    flat = cv2.medianBlur(np.ascontiguousarray(layers[..., :3]), min(kernel, 5 if unit < 400 else 9))
    cover = layers[..., 3].astype(np.float32) / 255
    wash = soft(flat, 0.004 * unit).astype(np.float32)
    wide = soft(flat, 0.022 * unit).astype(np.float32)
    bloom = cloud(number + 40, height, width, 4.0, 4)
    crust = np.clip(1 - np.abs(bloom - 0.62) * 22, 0, 1) * cloud(number + 20, height, width, 40.0, 2)
    tooth = grain(number, height, width, 220.0)
    rim = np.clip((wide - wash).max(axis=2) * np.float32(1 / 90), 0, 0.5)
    amount = 0.66 + 0.3 * bloom + rim + 0.14 * crust + (tooth - 0.5) * 0.26
    # A sliver of dry paper is left around the subject, and the washes stop short of the sheet's border.
    sliver = ramp(soft(cover, 0.004 * unit), 0.03, 0.3) * (1 - ramp(cover, 0.1, 0.6))
    dry = ramp(border(height, width) + (bloom - 0.5) * 0.05, 0.012, 0.03)
    amount = amount * dry * (1 - 0.65 * sliver)
    density = np.log((wash + 14) * np.float32(1 / 269)) * np.float32(0.92)
    subject, rest = plate.lines(0.004)
    film = np.exp(density * amount[..., None]) * (1 - 0.34 * np.maximum(subject, 0.6 * rest) * dry)[..., None]
    return multiply(SHEET, film * (0.985 + 0.03 * tooth)[..., None])


def paint_ink(plate: Plate, rng: np.random.Generator) -> Image:
    """Brush a few tones of black ink over a light wash of the mood's colour, and set a red seal in a corner."""
    height, width = plate.cover.shape
    unit = plate.unit
    number = int(rng.integers(VARIANTS))
    corner = int(rng.integers(4))
    inside = plate.inside
    mist = cloud(number, height, width, 3.0, 4)
    tone = run(plate, (plate.tones(0.004) * 255).astype(np.uint8), number, 0.016, 0.016).astype(np.float32) / 255
    dry = fibres(number, height, width, -12.0, 0.12, 0.005)
    dark = 1 - tone
    pale = ramp(dark, 0.2, 0.44) * 0.3
    middle = ramp(dark + (mist - 0.5) * 0.3, 0.5, 0.6) * 0.3
    deep = ramp(dark + (dry - 0.5) * 0.4, 0.72, 0.82) * 0.5
    ink = pale + middle + deep
    bleed = soft(ink, 0.02 * unit)
    ink = np.maximum(ink, bleed * 0.8) + np.clip(ink - bleed, 0, 0.3) * 0.5
    # Mist takes the background away in places, never the subject.
    clear = ramp(soft(inside, 0.03 * unit), 0.1, 0.5)
    ink *= np.maximum(clear, 0.3 + 0.6 * mist)
    subject, rest = plate.lines(0.009, 1.8)
    press = ramp(mist + (dry - 0.5) * 0.5, -0.1, 0.5)
    stroke = np.maximum(ramp(subject, 0.25, 0.6), ramp(rest, 0.35, 0.8) * press * 0.75)
    ink = np.clip(np.maximum(ink, stroke * (0.72 + 0.28 * dry)), 0, 0.94)
    ink *= ramp(border(height, width) + (mist - 0.5) * 0.08, 0.0, 0.07)
    tint = blend(soft(saturated(plate.picture, 1.5), 0.03 * unit), shaded(plate.hue(), 190.0, 1.2), 0.4)
    paper = blend(
        multiply(RICE_PAPER, 0.97 + 0.05 * grain(number, height, width, 200.0)), tint, 0.3 * (0.5 + mist * 0.5)
    )
    black = mix((22.0, 20.0, 24.0), plate.palette.tones[0], 0.12)
    return seal(blend(paper, black, ink), rng, corner)
