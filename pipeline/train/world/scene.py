"""The painted world: from a seed to a scene, from a scene to a picture with its depth and its caption.

Everything random comes from streams numbered by seed and purpose, and every place is a fraction of the picture, so
that one seed shows the same scene at every size.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum

import cv2
import numpy as np
import numpy.typing as npt

from . import grounds, skies, styles
from .brush import Image
from .captions import caption
from .palettes import PALETTES
from .subjects import PORTRAITS, placing
from .terrain import Terrain
from .vocabulary import COLOUR_MOODS, GROUNDS, MOODS, STYLES, SUBJECTS

Depth = npt.NDArray[np.float32]
SKY_DEPTH = 100.0
BACKDROP_DEPTH = 45.0
NEAREST_GROUND = 3.0
OVERSAMPLING = 2


class Purpose(IntEnum):
    """What a stream of random numbers is for; the numbers are part of what a seed means."""

    SCENE = 0
    SKY = 1
    GROUND = 2
    SUBJECT = 3
    STYLE = 4
    CAPTION = 5
    FOOTING = 6
    WEATHER = 7


@dataclass(frozen=True, slots=True)
class Scene:
    """What a picture shows and where: places are fractions of its sides, the size one of its shorter side.

    `spot` is the middle of the subject's foot, `tilt` is in radians, `light` is 1 for light from the left and -1
    for light from the right, `orb` is the place of sun, moon or planet, `accessories` says what else there is.
    """

    seed: int
    subject: str | None
    ground: str
    mood: str
    style: str
    horizon: float
    spot: tuple[float, float]
    size: float
    tilt: float
    flip: bool
    light: int
    orb: tuple[float, float]
    accessories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A painted picture: `pixels` (H, W, 3) RGB, `depth` (H, W) in metres with the sky at 100, caption and scene."""

    pixels: Image
    depth: Depth
    caption: str
    scene: Scene


def stream(seed: int, purpose: Purpose) -> np.random.Generator:
    """Return the random numbers of a seed for one purpose."""
    return np.random.default_rng([seed, int(purpose)])


def imagine(seed: int) -> Scene:
    """Return the scene of a seed: every attribute is drawn evenly and independently of the others."""
    rng = stream(seed, Purpose.SCENE)
    named = bool(rng.random() >= 0.03)
    subject = choose(rng, SUBJECTS, PORTRAITS)
    ground = choose(rng, GROUNDS, grounds.PAINTERS)
    mood = choose(rng, MOODS, PALETTES)
    style = choose(rng, STYLES, styles.PAINTERS)
    horizon = float(rng.uniform(0.52, 0.68))
    portrait = PORTRAITS[subject]
    low, high = portrait.sizes
    size = float(rng.uniform(low, high))
    x = 0.5 + float(rng.uniform(-0.12, 0.12)) * (1.0 if size < 0.74 else 0.6)
    foot = max(horizon + 0.12, size + 0.08) + float(rng.uniform(0.0, 0.06))
    tilt = 0.0
    if portrait.flying:
        foot = portrait.rise[0] + size * portrait.rise[1] + float(rng.uniform(-0.05, 0.03))
        tilt = float(rng.uniform(-1.0, 1.0)) * portrait.lean
    elif portrait.afloat:
        foot = max(horizon + 0.14, portrait.rise[1] * size + portrait.rise[0]) + float(rng.uniform(0.0, 0.06))
    light = 1 if rng.random() < 0.5 else -1
    side = 0.5 - light * float(rng.uniform(0.26, 0.4))
    orb = (side, float(rng.uniform(0.1, 0.24)))
    if mood == "sunset":
        orb = (side, horizon - float(rng.uniform(0.04, 0.14)))
    accessories = furnish(rng, mood, ground)
    spot = (x, min(foot, 0.95))
    flip = bool(rng.random() < 0.5)
    return Scene(
        seed, subject if named else None, ground, mood, style, horizon, spot, size, tilt, flip, light, orb, accessories
    )


def choose(rng: np.random.Generator, names: tuple[str, ...], painted: Collection[str]) -> str:
    """Return one of the names that can be painted."""
    able = [name for name in names if name in painted]
    return able[int(rng.integers(len(able)))]


def furnish(rng: np.random.Generator, mood: str, ground: str) -> tuple[str, ...]:
    """Return what else hangs in the sky or falls from it."""
    draw = rng.random(4).tolist()
    things = {
        "daylight": ["clouds"] + ["sun"] * (draw[0] < 0.6),
        "sunset": ["clouds", "sun"],
        "night": ["stars", "moon" if draw[0] < 0.8 else "planet"],
        "storm": ["clouds", "rain"] + ["lightning"] * (draw[0] < 0.35),
        "pastel": ["clouds", "mist"] + ["sun"] * (draw[0] < 0.3),
    }.get(mood, [])
    if mood in COLOUR_MOODS:
        things = ["clouds"] * (draw[1] < 0.6)
        if draw[0] < 0.62:
            things.append("sun" if draw[0] < 0.3 else "moon" if draw[0] < 0.46 else "planet")
    if ground == "snow" and mood != "storm" and draw[2] < 0.7:
        things.append("snowfall")
    return tuple(things)


def render(scene: Scene, height: int, width: int) -> tuple[Image, Depth]:
    """Paint a scene at a size in pixels; returns its pixels (H, W, 3) and depth (H, W)."""
    shape = (height * OVERSAMPLING, width * OVERSAMPLING)
    palette = PALETTES[scene.mood]
    sky = skies.paint_sky(
        stream(scene.seed, Purpose.SKY), palette, scene.mood, scene.accessories, scene.orb, scene.horizon, shape
    )
    canvas = sky.copy()
    middle = scene.spot[0] if scene.subject else 0.5
    land = Terrain(stream(scene.seed, Purpose.GROUND), canvas, palette, scene.horizon, middle, scene.light)
    grounds.PAINTERS[scene.ground](land)
    raised = (canvas != sky).any(axis=2)
    canvas, cover = place_subject(scene, canvas)
    canvas = skies.paint_weather(stream(scene.seed, Purpose.WEATHER), canvas, scene.accessories, palette)
    plate = styles.Plate(canvas, cover, palette)
    finished = styles.PAINTERS[scene.style](plate, stream(scene.seed, Purpose.STYLE))
    pixels = cv2.resize(finished, (width, height), interpolation=cv2.INTER_AREA)
    return pixels, measure(scene, raised, cover, height, width)


def place_subject(scene: Scene, canvas: Image) -> tuple[Image, Image]:
    """Paint the scene's subject, with its footing, light and reflection; returns canvas and coverage (H, W)."""
    height, width = canvas.shape[:2]
    layer = np.zeros((height, width, 4), np.uint8)
    if scene.subject is None:
        return canvas, layer[..., 3].copy()
    portrait = PORTRAITS[scene.subject]
    palette = PALETTES[scene.mood]
    rng = stream(scene.seed, Purpose.SUBJECT)
    shine = bool(rng.random() < (0.8 if scene.subject == "lighthouse" else 0.5))
    brush = placing.subject_brush(layer, palette, scene.subject, scene.spot, scene.size, scene.tilt, scene.flip)
    grounded = not portrait.flying and not portrait.afloat
    colours, cover = placing.draw_subject(rng, brush, scene.subject, scene.light, palette)
    if scene.ground == "sea" and not portrait.flying:
        canvas = placing.reflect(canvas, colours, cover, scene.spot[1] + (0.02 if grounded else 0.0))
    if not portrait.flying and (grounded or scene.ground != "sea"):
        footing = stream(scene.seed, Purpose.FOOTING)
        placing.lay_footing(footing, canvas, palette, scene.subject, scene.ground, scene.spot, scene.size, scene.light)
    canvas = placing.cast_light(canvas, scene.subject, brush, scene.light, shine)
    canvas = placing.part_from_background(canvas, colours, cover, palette)
    keep = (255 - cover)[..., None].astype(np.float32) / 255.0
    return np.clip(canvas * keep + colours, 0, 255).astype(np.uint8), cover


def measure(scene: Scene, raised: npt.NDArray[np.bool_], cover: Image, height: int, width: int) -> Depth:
    """Return the depth (H, W): ground as a plane seen at an angle, backdrops and subject as upright cards."""
    rows = (np.arange(height, dtype=np.float32) + 0.5) / height
    below = np.maximum(rows - scene.horizon, 1e-3)
    plane = np.clip(NEAREST_GROUND * (1 - scene.horizon) / below, NEAREST_GROUND, BACKDROP_DEPTH)
    depth = np.broadcast_to(plane[:, None], (height, width)).astype(np.float32)
    half = raised[::OVERSAMPLING, ::OVERSAMPLING]
    above = (rows < scene.horizon)[:, None]
    depth[above & ~half] = SKY_DEPTH
    depth[above & half] = BACKDROP_DEPTH
    if scene.subject is None:
        return depth
    foot = max(scene.spot[1] - scene.horizon, 0.05)
    distance = 14.0 if PORTRAITS[scene.subject].flying else NEAREST_GROUND * (1 - scene.horizon) / foot
    small = cv2.resize(cover, (width, height), interpolation=cv2.INTER_AREA)
    bulge = cv2.GaussianBlur(small, (0, 0), 0.05 * min(height, width)).astype(np.float32) / 255.0
    depth[small > 127] = (np.float32(distance) * (1.05 - 0.1 * bulge))[small > 127]
    return depth


def paint(seed: int, *, height: int = 64, width: int = 64) -> Picture:
    """Return the picture of a seed at a size in pixels; the same seed gives the same picture every time."""
    scene = imagine(seed)
    pixels, depth = render(scene, height, width)
    return Picture(pixels, depth, caption(scene, stream(seed, Purpose.CAPTION)), scene)
