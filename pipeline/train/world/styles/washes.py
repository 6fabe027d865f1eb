"""Wet styles: watercolour, whose pigment settles in rims and grains, and ink wash, few black tones on warm paper."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from ..brush import Colour, Image, mix
from .marks import seal
from .plate import Plate, blend, displaced, multiply, ramp, saturated, shaded, sheet, soft
from .texture import VARIANTS, Field, border, cloud, fibres, grain, grid

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
    layers = np.dstack([saturated(plate.picture, 1.45), plate.cover])
    layers = run(plate, layers, number, 0.02, 0.006)
    flat = cv2.medianBlur(np.ascontiguousarray(layers[..., :3]), 5)
    cover = layers[..., 3].astype(np.float32) * np.float32(1 / 255)
    wash = soft(flat, 0.003 * unit)
    rim = cv2.subtract(soft(flat, 0.014 * unit), wash).max(axis=2).astype(np.float32) * np.float32(1 / 110)
    bloom = cloud(number + 40, height, width, 4.0, 4)
    tooth = grain(number, height, width, 220.0)
    amount = crusts(number, height, width) + np.minimum(rim, 0.24)
    # A sliver of dry paper is left around the subject, and the washes stop short of the sheet's border.
    sliver = ramp(soft(cover, 0.003 * unit), 0.03, 0.3) * (1 - ramp(cover, 0.1, 0.6)) * ramp(bloom, 0.35, 0.6)
    dry = ramp(border(height, width) + (bloom - 0.5) * 0.04, 0.012, 0.026)
    amount *= dry * (1 - 0.8 * sliver)
    subject, rest = plate.lines(0.003)
    paper = sheet(SHEET, plate.picture)
    painted = cv2.subtract(paper, multiply(cv2.subtract(paper, wash), amount))
    lead = 1.0 - 0.26 * np.maximum(subject, 0.4 * rest) * dry
    return multiply(painted, lead * (0.985 + 0.03 * tooth))


@lru_cache(maxsize=16)
def crusts(number: int, height: int, width: int) -> Field:
    """Return how much pigment a wash leaves: uneven, in the hollows of the paper, and in the rims of blooms."""
    bloom = cloud(number + 40, height, width, 4.0, 4)
    fine = cloud(number + 20, height, width, 40.0, 2)
    edge = np.maximum(np.clip(1 - np.abs(bloom - 0.64) * 26, 0, 1), np.clip(1 - np.abs(bloom - 0.3) * 30, 0, 1) * 0.7)
    wet = np.where(bloom > 0.64, -0.09, 0.0).astype(np.float32)
    tooth = grain(number, height, width, 220.0)
    return (0.68 + 0.36 * bloom + 0.07 * edge * fine + wet + (tooth - 0.5) * 0.15).astype(np.float32)


def paint_ink(plate: Plate, rng: np.random.Generator) -> Image:
    """Brush a few tones of black ink over a light wash of the mood's colour, and set a red seal in a corner."""
    height, width = plate.cover.shape
    unit = plate.unit
    number = int(rng.integers(VARIANTS))
    corner = int(rng.integers(4))
    mist = cloud(number, height, width, 3.0, 4)
    layers = np.dstack([(plate.tones(0.004) * 255).astype(np.uint8), plate.cover])
    layers = run(plate, layers, number, 0.014, 0.004).astype(np.float32) * np.float32(1 / 255)
    dark, inside = 1 - layers[..., 0], layers[..., 1]
    dry = fibres(number, height, width, -12.0, 0.12, 0.004)
    # Mist takes the background away in places, never the subject.
    clear = ramp(soft(inside, 0.02 * unit), 0.2, 0.6)
    ink = ramp(dark, 0.16, 0.5) * 0.26 + ramp(dark + (mist - 0.5) * 0.3, 0.52, 0.6) * 0.24
    ink += ramp(dark + (dry - 0.5) * 0.3, 0.7, 0.84) * (0.1 + 0.36 * clear)
    bleed = soft(ink, 0.018 * unit)
    ink = np.maximum(ink, bleed * 0.75) + np.clip(ink - bleed, 0, 0.25) * 0.6
    ink *= np.maximum(clear, 0.45 + 0.5 * mist)
    subject, rest = plate.lines(0.0075, 1.8)
    press = ramp(mist + (dry - 0.5) * 0.5, -0.1, 0.5)
    stroke = np.maximum(ramp(subject, 0.22, 0.55), ramp(rest, 0.28, 0.62) * (0.35 + 0.5 * press))
    ink = np.clip(np.maximum(ink, stroke * (0.74 + 0.26 * dry)), 0, 0.94)
    ink *= ramp(border(height, width) + (mist - 0.5) * 0.08, 0.0, 0.06)
    tint = blend(soft(saturated(plate.picture, 1.6, 30.0), 0.03 * unit), shaded(plate.hue(), 200.0, 1.35), 0.4)
    paper = multiply(RICE_PAPER, 0.97 + 0.05 * grain(number, height, width, 200.0))
    paper = blend(paper, tint, 0.36 + 0.24 * mist)
    black = mix((22.0, 20.0, 24.0), plate.palette.tones[0], 0.12)
    return seal(blend(paper, black, ink), rng, corner)
