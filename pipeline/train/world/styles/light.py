"""Styles of light: the photo with its lens and film, and neon tubes on a dark wall."""

from __future__ import annotations

import cv2
import numpy as np

from ..brush import Image
from .plate import Plate, blend, multiply, ramp, saturated, shaded, sheet, soft
from .texture import VARIANTS, border, cloud, grain, grid


def paint_photo(plate: Plate, rng: np.random.Generator) -> Image:
    """Throw far and very near parts out of focus, give surfaces a fine texture, and tone the whole as film does."""
    height, width = plate.cover.shape
    unit = plate.unit
    number = int(rng.integers(VARIANTS))
    strength = float(rng.uniform(0.6, 0.95))
    x, y = grid(height, width)
    down = (y + 0.5) / np.float32(height)
    rows = np.flatnonzero(plate.cover.max(axis=1) > 127)
    foot = float(rows[-1]) / height if len(rows) else 0.78
    inside = ramp(plate.inside, 0.3, 0.7)
    # Bright spots swell in a lens: they are raised before the blur.
    lifted = cv2.addWeighted(
        plate.picture, 1.0, ((plate.picture.astype(np.uint16) ** 2) >> 8).astype(np.uint8), 0.25, -14
    )
    far, further = soft(lifted, 0.006 * unit), soft(lifted, 0.016 * unit)
    away = np.clip(np.abs(down - np.float32(min(foot, 0.9))) * 2.6, 0, 1) * (1 - inside)
    away = np.where(inside > 0, away, np.maximum(away, 0.06))
    picture = blend(plate.picture, far, ramp(away, 0.04, 0.4))
    picture = blend(picture, further, ramp(away, 0.4, 1.0) * 0.8)
    texture = (grain(number, height, width, 240.0) - 0.5) * 0.1 + (cloud(number, height, width, 24.0, 3) - 0.5) * 0.1
    # Contact shade and light that wraps around the subject set it into its surroundings.
    shade = soft(plate.inside, 0.03 * unit)
    light = 1 + texture * (0.3 + 0.7 * ramp(away, 0.4, 0.05)) - 0.1 * shade * (1 - inside) * ramp(down, 0.3, 0.6)
    rim = 1 - soft(plate.inside, 0.012 * unit)
    picture = blend(picture, further, rim * inside * 0.35)
    bloom = soft(picture, 0.05 * unit).astype(np.float32)
    value = picture.astype(np.float32) * light[..., None] * 0.95 + bloom * 0.09
    middle = ((x + 0.5) / width - 0.5) ** 2 + ((y + 0.5) / height - 0.5) ** 2
    value = np.clip(value * (1.05 - np.float32(strength) * middle)[..., None], 0, 255)
    film = np.arange(256, dtype=np.float32) / 255
    curve = film + 0.1 * np.sin((film - 0.5) * 2 * np.pi) * 0.9
    tint = np.stack([curve * 1.01 + 0.004, curve * 0.985 + 0.012, curve * 0.94 + 0.045], axis=1)
    table = np.clip(tint * 255, 0, 255).astype(np.uint8)[None]
    return cv2.LUT(value.astype(np.uint8), table)


def paint_neon(plate: Plate, rng: np.random.Generator) -> Image:
    """Bend glowing tubes along the contours, the subject's brightest and in its own colours, on a dark wall.

    The scene is seen on the wall, faintly: fog, snow and pale colours have no contours to be told by.
    """
    height, width = plate.cover.shape
    unit = plate.unit
    number = int(rng.integers(VARIANTS))
    subject, rest = plate.lines(0.0058, 2.0)
    hue = saturated(soft(plate.picture, 0.008 * unit), 2.4, 30.0).astype(np.float32)
    red, green, blue = cv2.split(hue)
    most = cv2.max(cv2.max(red, green), blue)
    vivid = most - cv2.min(cv2.min(red, green), blue)
    hue *= (255 / np.maximum(most, 60))[..., None]
    mood = np.array(shaded(plate.hue(2.4), 150.0, 1.6), np.float32)
    mood *= 240 / max(float(mood.max()), 60.0)
    # Grey parts of the subject have no colour of their own to glow in and take the mood's.
    hue += (mood - hue) * (0.55 * ramp(vivid, 90.0, 20.0))[..., None]
    body = ramp(subject, 0.2, 0.5)
    thin = ramp(rest, 0.18, 0.5) * 0.8
    tube = np.maximum(body[..., None] * hue, thin[..., None] * (0.45 * hue + 0.55 * mood))
    tube = tube.astype(np.uint8)
    glow = cv2.addWeighted(soft(tube, 0.012 * unit), 0.6, soft(tube, 0.05 * unit), 0.75, 0)
    wall = multiply(saturated(plate.picture, 1.8), 0.3 + 0.05 * grain(number, height, width, 160.0))
    lit = multiply(sheet(tuple(mood.tolist()), tube), 0.05 + 0.05 * cloud(number, height, width, 3.0, 2))
    wall = multiply(cv2.add(wall, lit), ramp(border(height, width), -0.14, 0.1))
    core = ramp(subject, 0.5, 0.8) * np.float32(105) + ramp(rest, 0.6, 1.0) * np.float32(30)
    white = cv2.cvtColor(core.astype(np.uint8), cv2.COLOR_GRAY2RGB)
    return cv2.add(cv2.add(cv2.addWeighted(tube, 0.9, glow, 1.0, 0), wall), white)
