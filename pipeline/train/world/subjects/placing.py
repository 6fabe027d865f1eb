"""Where a subject stands and how it joins its picture: footing, light and shade, shadow, reflection and contrast.

The drawings are beside this module; here it becomes a layer with coverage, which the
styles also need to keep the subject readable.
"""

from __future__ import annotations

import cv2
import numpy as np

from ..brush import Brush, Image, blend, luminance, mix
from ..palettes import Palette
from . import PORTRAITS


def subject_brush(
    layer: Image, palette: Palette, subject: str, spot: tuple[float, float], size: float, tilt: float, flip: bool
) -> Brush:
    """Return the brush for a subject whose foot stands at `spot`; its y grows upwards."""
    height, width = layer.shape[:2]
    unit = size * min(height, width)
    across = -unit if flip and PORTRAITS[subject].flips else unit
    return Brush(layer, palette.subject, (spot[0] * width, spot[1] * height), (across, -unit), tilt)


def draw_subject(
    rng: np.random.Generator, brush: Brush, subject: str, light: int, palette: Palette
) -> tuple[Image, Image]:
    """Draw the subject; return its colours (H, W, 3), multiplied by coverage and shaded, and its coverage (H, W)."""
    PORTRAITS[subject].draw(brush, rng)
    layer = brush.layer
    cover = np.ascontiguousarray(layer[..., 3])
    soft = cv2.GaussianBlur(cover, (0, 0), 0.035 * brush.unit)
    slope = cv2.Sobel(soft, cv2.CV_32F, 1, 0, ksize=3, scale=light * brush.unit / 128 * 0.008)
    shade = np.clip(1.0 + slope, 0.62, 1.24)
    colours = layer[..., :3] * shade[..., None]
    return np.minimum(colours, cover[..., None]).astype(np.uint8), cover


def lay_footing(
    rng: np.random.Generator,
    canvas: Image,
    palette: Palette,
    subject: str,
    ground: str,
    spot: tuple[float, float],
    size: float,
    light: int,
) -> None:
    """Prepare the ground for a standing subject: an islet in the sea, a shadow elsewhere, away from the light."""
    height, width = canvas.shape[:2]
    unit = size * min(height, width)
    brush = Brush(canvas, palette.ground, (spot[0] * width, spot[1] * height), (unit, -unit))
    half = PORTRAITS[subject].foot
    if ground == "sea":
        sand = (206.0, 184.0, 134.0) if rng.random() < 0.6 else (128.0, 122.0, 116.0)
        brush.oval((236, 246, 250), (0, -0.035), (half + 0.2, 0.075))
        brush.oval(mix(sand, (60, 54, 60), 0.4), (0, -0.025), (half + 0.16, 0.06))
        brush.oval(sand, (-0.02 * light, 0.0), (half + 0.13, 0.055))
        return
    layer = canvas.copy()
    shadow = Brush(layer, lambda colour: colour, brush.origin, brush.scale)
    shadow.oval(palette.ink, (light * half * 0.55, -0.005), (half * 1.25, 0.06))
    canvas[:] = blend(canvas, layer, 0.5)


def reflect(canvas: Image, colours: Image, cover: Image, base: float, strength: float = 0.4) -> Image:
    """Mirror the subject in the water below row `base` (a share of the height), broken up by ripples."""
    height, width = cover.shape
    rows = np.arange(height, dtype=np.float32)
    foot = base * height
    source = 2 * foot - 1 - rows
    sway = np.sin((rows - foot) / height * 95.0) * 0.014 * width
    across = np.arange(width, dtype=np.float32)[None] + sway[:, None]
    down = np.broadcast_to(np.where(rows > foot, source, -9.0)[:, None], (height, width)).astype(np.float32)
    across = across.astype(np.float32)
    image = cv2.remap(colours, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    share = cv2.remap(cover, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    keep = 1.0 - share[..., None] * (strength / 255.0)
    return np.clip(canvas * keep + image * (strength * 0.85), 0, 255).astype(np.uint8)


def cast_light(canvas: Image, subject: str, brush: Brush, way: int, shine: bool) -> Image:
    """Lay the lighthouse's beam or the saucer's ray over the picture, behind the subject."""
    if not shine or subject not in ("lighthouse", "ufo"):
        return canvas
    layer = canvas.copy()
    ray = Brush(layer, lambda colour: colour, brush.origin, brush.scale, brush.tilt)
    if subject == "lighthouse":
        beam = (255.0, 246.0, 190.0)
        ray.fill(beam, [(0, 0.83), (way * 1.6, 1.06), (way * 1.6, 0.7)])
        ray.fill(beam, [(0, 0.83), (-way * 0.5, 0.87), (-way * 0.5, 0.79)])
    else:
        ray.fill((190, 255, 200), [(-0.18, 0.1), (0.18, 0.1), (0.4, -0.95), (-0.4, -0.95)])
    return blend(canvas, layer, 0.5)


def part_from_background(canvas: Image, colours: Image, cover: Image, palette: Palette) -> Image:
    """Set the background off from the subject: a soft halo against its brightness and a thin line around it."""
    unit = min(cover.shape)
    thick = max(3, 2 * round(unit * 0.0085) + 1)
    grown = cv2.dilate(cover, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (thick, thick)))
    around = luminance(cv2.mean(canvas, mask=grown))
    inside = luminance(cv2.mean(colours, mask=cover))
    soft = cv2.GaussianBlur(grown, (0, 0), 0.05 * unit).astype(np.float32) / 255.0
    dark_line = around > 92
    halo = palette.tone(0.98) if inside < around + 12 else palette.tone(0.12)
    strength = 0.55 if abs(inside - around) < 45 else 0.24
    canvas = blend(canvas, halo, soft * strength)
    line = palette.ink if dark_line else mix(palette.tones[2], (255, 255, 255), 0.35)
    return blend(canvas, line, grown.astype(np.float32) * (0.72 / 255.0))
