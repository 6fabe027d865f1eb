"""The styles of the painted world: each turns a cleanly drawn plate into oil strokes, washes, hatching, leads or glow.

Stroke and cell layouts are drawn once per size and shared by all pictures, turned and mirrored by the scene, because
laying hundreds of strokes for every picture would cost more than all the rest of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from .brush import Colour, Image, blend, luminance, mix
from .palettes import Palette
from .skies import field, noise

Field = npt.NDArray[Any]  # of float32 or float64
LAYOUTS: Final = 8


@dataclass(frozen=True, slots=True)
class Plate:
    """A finished drawing before its style: picture (H, W, 3), the subject's coverage (H, W), colours and light."""

    picture: Image
    cover: Image
    palette: Palette

    @property
    def unit(self) -> int:
        """Return the shorter side in pixels."""
        return min(self.cover.shape)

    def edges(self) -> tuple[Field, Field]:
        """Return the strength (0..1) of the contours of the subject and inside it, and of everything else."""
        step = self.unit / 128
        slopes = contour(cv2.GaussianBlur(self.picture, (0, 0), 0.7 * step)) * step
        outline = contour(cv2.GaussianBlur(self.cover, (0, 0), 0.8 * step)) * (step / 200)
        inside = cv2.dilate(self.cover, np.ones((3, 3), np.uint8)).astype(np.float32) / 255
        subject = np.maximum(np.clip(outline, 0, 1), np.clip(slopes / 190, 0, 1) * inside)
        return subject, np.clip(slopes / 110, 0, 1) * (1 - inside)


def contour(image: Image) -> Field:
    """Return how steeply an image (H, W) or (H, W, 3) changes, by its steepest channel."""
    steep = np.abs(cv2.Sobel(image, cv2.CV_32F, 1, 0)) + np.abs(cv2.Sobel(image, cv2.CV_32F, 0, 1))
    return steep.max(axis=2) if steep.ndim == 3 else steep


def saturated(image: Image, factor: float, lift: float = 0.0) -> Image:
    """Return the image with its colours `factor` times as far from grey, and `lift` added."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None].astype(np.float32)
    return np.clip(grey + (image - grey) * factor + lift, 0, 255).astype(np.uint8)


@lru_cache(maxsize=96)
def strokes(number: int, height: int, width: int, fine: bool) -> tuple[Field, Field, Field]:
    """Return for each pixel the x and y of the middle of the stroke that covers it, and the stroke's shade."""
    rng = np.random.default_rng([number, 11, fine])
    count, length, thick = (2600, 0.05, 0.016) if fine else (1900, 0.085, 0.024)
    spots = rng.random((count, 2)) * 1.1 - 0.05
    bend = noise(number % 4)
    angles = bend[(spots[:, 1] * 127).astype(int) % 128, (spots[:, 0] * 127).astype(int) % 128] * 5.0 - 2.5
    unit = min(height, width)
    owner = np.zeros((height, width, 3), np.uint8)
    for index, ((x, y), angle) in enumerate(zip(spots, angles, strict=True)):
        reach = np.array([np.cos(angle), np.sin(angle)]) * (length * unit / 2)
        middle = np.array([x * width, y * height]) - 0.5
        first, last = [(round(float(v[0]) * 16), round(float(v[1]) * 16)) for v in (middle - reach, middle + reach)]
        cv2.line(owner, first, last, (index & 255, index >> 8, 0), max(1, round(thick * unit)), cv2.LINE_8, 4)
    who = owner[..., 0].astype(int) + 256 * owner[..., 1].astype(int)
    across = np.clip(spots[:, 0] * width - 0.5, 0, width - 1).astype(np.float32)[who]
    down = np.clip(spots[:, 1] * height - 0.5, 0, height - 1).astype(np.float32)[who]
    # A stroke is lit along one edge and dark along the other, as thick paint is.
    far = np.roll(who, 1, axis=0) != who
    shade = rng.uniform(0.9, 1.1, count).astype(np.float32)[who] * np.where(far, 1.1, 1.0).astype(np.float32)
    return across, down, shade


def paint_oil(plate: Plate, rng: np.random.Generator) -> Image:
    """Lay short thick strokes, finer ones over the subject."""
    height, width = plate.cover.shape
    number = int(rng.integers(LAYOUTS))
    picture = saturated(plate.picture, 1.3)
    x, y, shade = strokes(number, height, width, False)
    broad = cv2.remap(picture, x, y, cv2.INTER_LINEAR) * shade[..., None]
    broad = broad + (picture - broad) * 0.25
    x, y, shade = strokes(number, height, width, True)
    fine = cv2.remap(picture, x, y, cv2.INTER_LINEAR) * (0.5 + 0.5 * shade[..., None])
    size = max(3, 2 * round(plate.unit * 0.012) + 1)
    near = cv2.dilate(plate.cover, np.ones((size, size), np.uint8)).astype(np.float32)[..., None] / 255
    # The fine strokes are mixed with the drawing itself, or small features would be smeared away.
    fine = fine + (picture - fine) * 0.45
    return np.clip(broad + (fine - broad) * near, 0, 255).astype(np.uint8)


@lru_cache(maxsize=16)
def grid(height: int, width: int) -> tuple[Field, Field]:
    """Return the column and row number of every pixel."""
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return x, y


def paint_watercolour(plate: Plate, rng: np.random.Generator) -> Image:
    """Let pale washes run at their edges, with darker rims and bare paper at the border."""
    height, width = plate.cover.shape
    unit = plate.unit
    x, y = grid(height, width)
    sway_x, sway_y = field(rng, height, width), field(rng, height, width)
    step = np.float32(0.06 * unit)
    wet = cv2.remap(
        plate.picture,
        x + (sway_x - 0.5) * step,
        y + (sway_y - 0.5) * step,
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    wash = cv2.GaussianBlur(wet, (0, 0), 0.009 * unit).astype(np.float32)
    rim = np.abs(wash - cv2.GaussianBlur(wet, (0, 0), 0.045 * unit)).max(axis=2)
    grain = field(rng, height, width)
    pigment = (255 - saturated(wash.astype(np.uint8), 1.2)).astype(np.float32)
    strength = 0.5 + 0.34 * grain + np.clip(rim / 150, 0, 0.28)
    border = np.minimum(np.minimum(x + 1, width - x) / width, np.minimum(y + 1, height - y) / height)
    paper = np.clip((border + (sway_x - 0.5) * 0.16) * 15.0, 0, 1)
    return np.clip((253.0, 250.0, 243.0) - pigment * (strength * paper)[..., None], 0, 255).astype(np.uint8)


def paint_pencil(plate: Plate, rng: np.random.Generator) -> Image:
    """Draw contours and hatching in pencil over a light tint of coloured pencil."""
    height, width = plate.cover.shape
    x, y = grid(height, width)
    scale = 2 * np.pi / (plate.unit * 0.034)
    grey = cv2.cvtColor(plate.picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    low, high = np.percentile(grey[::4, ::4], (3, 97))
    dark = 1 - np.clip((grey - low) / (high - low + 40), 0, 1)
    shiver = field(rng, height, width) * 5.0
    first = 0.5 + 0.5 * np.sin((x + y) * (scale * 0.75) + shiver)
    second = 0.5 + 0.5 * np.sin((x - y) * (scale * 0.75) + shiver)
    hatch = np.clip((dark - 0.2 - first * 0.85) * 2.2, 0, 1) * 0.42
    hatch = np.maximum(hatch, np.clip((dark - 0.5 - second * 0.8) * 2.4, 0, 1) * 0.5)
    subject, rest = plate.edges()
    lead = np.maximum(hatch, np.maximum(np.clip(subject * 1.1 - 0.05, 0, 0.9), np.clip(rest * 0.7, 0, 0.6)))
    tint = np.clip(saturated(plate.picture, 1.9) * (215.0 / max(high, 90.0)), 0, 255).astype(np.uint8)
    paper = blend(tint, (254.0, 252.0, 246.0), 0.56)
    return blend(paper, mix((44.0, 44.0, 50.0), plate.palette.tones[0], 0.45), lead)


def paint_pixels(plate: Plate, rng: np.random.Generator) -> Image:
    """Reduce the picture to 24 or 32 square cells on a side and few colours, with a dark outline."""
    height, width = plate.cover.shape
    cells = int(rng.choice([24, 32]))
    across, down = round(cells * width / plate.unit), round(cells * height / plate.unit)
    subject, _ = plate.edges()
    rim = cv2.dilate(plate.cover, np.ones((3, 3), np.uint8)).astype(np.float32) / 255 * np.clip(subject, 0, 1)
    small = cv2.resize(
        blend(plate.picture, plate.palette.ink, rim * 0.35), (across, down), interpolation=cv2.INTER_AREA
    )
    tones = cv2.cvtColor(saturated(small, 1.3), cv2.COLOR_RGB2HSV).astype(np.float32)
    steps = np.array([10.0, 51.0, 36.0], np.float32)
    tones = np.rint(tones / steps) * steps
    tones[..., 0] %= 180
    few = cv2.cvtColor(np.clip(tones, 0, 255).astype(np.uint8), cv2.COLOR_HSV2RGB)
    return cv2.resize(few, (width, height), interpolation=cv2.INTER_NEAREST)


def paint_photo(plate: Plate, rng: np.random.Generator) -> Image:
    """Shade smoothly: background a little out of focus, light falling off to the corners, soft bloom."""
    height, width = plate.cover.shape
    soft = cv2.GaussianBlur(plate.picture, (0, 0), 0.0055 * plate.unit)
    picture = blend(soft, plate.picture, plate.cover.astype(np.float32) / 255)
    bloom = cv2.GaussianBlur(picture, (0, 0), 0.06 * plate.unit).astype(np.float32)
    x, y = grid(height, width)
    away = ((x + 0.5) / width - 0.5) ** 2 + ((y + 0.5) / height - 0.5) ** 2
    strength = rng.uniform(0.7, 1.0)
    value = picture * 0.97 + bloom * 0.08
    return np.clip(value * (1.06 - strength * away)[..., None], 0, 255).astype(np.uint8)


@lru_cache(maxsize=48)
def panes(number: int, height: int, width: int) -> tuple[Field, Field, Field, Field]:
    """Return for each pixel the x and y of its pane's middle, the pane's shade and the lead (0..1) between panes."""
    rng = np.random.default_rng([number, 23])
    count = 8
    unit = min(height, width)
    corners = np.stack(np.meshgrid(np.arange(-1, count + 1), np.arange(-1, count + 1)), axis=-1).reshape(-1, 2)
    spots = (corners + 0.5 + rng.uniform(-0.42, 0.42, corners.shape)) / count * (width, height) - 0.5
    x, y = grid(height, width)
    away = np.hypot(x[..., None] - spots[:, 0], y[..., None] - spots[:, 1])
    nearest = np.argmin(away, axis=2)
    closest = np.partition(away, 1, axis=2)
    lead = np.clip(1.6 - (closest[..., 1] - closest[..., 0]) / (0.011 * unit), 0, 1)
    middle = np.clip(spots, 0, (width - 1, height - 1)).astype(np.float32)[nearest]
    shade = rng.uniform(0.86, 1.16, len(spots))[nearest] * (1.12 - closest[..., 0] / (0.5 * unit))
    return middle[..., 0].copy(), middle[..., 1].copy(), shade.astype(np.float32), lead.astype(np.float32)


def paint_glass(plate: Plate, rng: np.random.Generator) -> Image:
    """Set the background into leaded panes of one colour each, and lead the subject's own contours."""
    height, width = plate.cover.shape
    x, y, shade, lead = panes(int(rng.integers(LAYOUTS)), height, width)
    rich = saturated(plate.picture, 1.55, 14.0)
    inside = plate.cover.astype(np.float32) / 255
    # The subject must not bleed into panes behind it: their colours come from a picture blurred without it.
    open_share = cv2.GaussianBlur(1 - inside, (0, 0), 0.045 * plate.unit) + 0.02
    behind = cv2.GaussianBlur(rich * (1 - inside)[..., None], (0, 0), 0.045 * plate.unit) / open_share[..., None]
    pane = cv2.remap(behind, x, y, cv2.INTER_LINEAR) * shade[..., None]
    own = cv2.medianBlur(rich, 3) * (0.35 + 0.65 * shade[..., None])
    glass = pane + (own - pane) * np.maximum(inside, 0.35)[..., None]
    subject, rest = plate.edges()
    black = np.maximum(lead * (1 - inside * 0.82), np.clip(subject * 1.6 - 0.25, 0, 1))
    black = np.maximum(black, np.clip(rest - 0.6, 0, 0.4))
    return blend(np.clip(glass, 0, 255).astype(np.uint8), (14.0, 12.0, 16.0), black)


def paint_woodcut(plate: Plate, rng: np.random.Generator) -> Image:
    """Cut the shades into black lines over two flat tints, one for the background and one for the subject."""
    height, width = plate.cover.shape
    x, y = grid(height, width)
    grey = cv2.cvtColor(cv2.GaussianBlur(plate.picture, (0, 0), 0.008 * plate.unit), cv2.COLOR_RGB2GRAY).astype(
        np.float32
    )
    low, high = np.percentile(grey[::4, ::4], (3, 97))
    light = np.clip((grey - low) / (high - low + 12), 0, 1)
    sway = field(rng, height, width) * 9.0
    wave = 0.5 + 0.5 * np.sin(y * (2 * np.pi / (plate.unit * 0.048)) + sway + x * (4.0 / plate.unit))
    inside = plate.cover.astype(np.float32) / 255
    # The subject is cut with less shade, so that it stands out as a light shape with firm contours.
    light = light + (0.3 - 0.3 * light) * inside
    cut = np.clip((0.2 - light * 0.55 + (wave - 0.5) * 0.66) * 5.0, 0, 1)
    near = cv2.GaussianBlur(inside, (0, 0), 0.045 * plate.unit)
    cut *= 1 - np.clip(near * 1.7, 0, 0.85) * (1 - inside)
    subject, rest = plate.edges()
    cut = np.maximum(
        cut * (1 - 0.25 * inside), np.maximum(np.clip(subject * 2.0 - 0.2, 0, 1), np.clip(rest * 1.3 - 0.3, 0, 1))
    )
    back: Colour = plate.palette.tone(0.72)
    if not plate.palette.ground_share:
        back = (150.0, 196.0, 224.0)
    mean = cv2.mean(plate.picture, mask=plate.cover)[:3] if plate.cover.any() else back
    front = mix((252.0, 246.0, 230.0), (mean[0], mean[1], mean[2]), 0.4)
    tints = np.array(back, np.float32) + (np.array(front, np.float32) - np.array(back, np.float32)) * inside[..., None]
    return blend(tints.astype(np.uint8), mix(plate.palette.ink, (10.0, 8.0, 10.0), 0.6), cut)


def paint_neon(plate: Plate, rng: np.random.Generator) -> Image:
    """Darken everything and let the contours glow, the subject's brightest and in its own colours."""
    subject, rest = plate.edges()
    hue = saturated(plate.picture, 2.4, 30.0).astype(np.float32)
    hue *= 255 / np.maximum(hue.max(axis=2, keepdims=True), 60)
    mood = plate.palette.tone(rng.uniform(0.5, 0.6))
    grey = luminance(mood)
    mood = mix((grey, grey, grey), mood, 2.2) if plate.palette.ground_share else (40.0, 150.0, 255.0)
    peak = 235.0 / max(*mood, 60.0)
    mood = (max(mood[0], 0.0) * peak, max(mood[1], 0.0) * peak, max(mood[2], 0.0) * peak)
    tube = np.clip(subject * 1.35 - 0.2, 0, 1)[..., None] * hue
    tube = np.maximum(tube, np.clip(rest * 1.2 - 0.22, 0, 0.62)[..., None] * np.array(mood, np.float32))
    near = cv2.GaussianBlur(tube, (0, 0), 0.02 * plate.unit)
    wide = cv2.GaussianBlur(tube, (0, 0), 0.07 * plate.unit)
    core = np.clip(subject * 2.0 - 1.0, 0, 1)[..., None] * 70
    return np.clip(plate.picture * 0.2 + tube * 0.9 + near * 0.45 + wide * 0.4 + core, 0, 255).astype(np.uint8)


PAINTERS: Final = {
    "oil painting": paint_oil,
    "watercolour": paint_watercolour,
    "pencil sketch": paint_pencil,
    "pixel art": paint_pixels,
    "photo": paint_photo,
    "stained glass": paint_glass,
    "woodcut": paint_woodcut,
    "neon": paint_neon,
}
