"""The painted world: from a seed to a scene, from a scene to a picture with its depth and its caption."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from . import grounds, lighting, skies, styles
from .brush import Image
from .captions import caption
from .composition import Purpose, Scene, imagine, seen_from_near, stream
from .palettes import Palette, palette_of
from .subjects import PORTRAITS, footing, placing
from .subjects.portrait import Figure
from .terrain import Terrain

__all__ = ["Picture", "Purpose", "Scene", "imagine", "paint", "render", "seen_from_near", "stream"]

Depth = npt.NDArray[np.float32]
SKY_DEPTH = 100.0
BACKDROP_DEPTH = 45.0
NEAREST_GROUND = 3.0
FLYING_DEPTH = 14.0
FINE = 256  # pictures whose shorter side is smaller are painted at twice their size


@dataclass(frozen=True, slots=True)
class Picture:
    """A painted picture: `pixels` (H, W, 3) RGB, `depth` (H, W) in metres with the sky at 100, caption and scene."""

    pixels: Image
    depth: Depth
    caption: str
    scene: Scene


def render(scene: Scene, height: int, width: int) -> tuple[Image, Depth]:
    """Paint a scene at a size in pixels; returns its pixels (H, W, 3) and depth (H, W)."""
    finer = 2 if min(height, width) < FINE else 1
    shape = (height * finer, width * finer)
    palette = palette_of(scene.mood, scene.ground_colour, scene.sky_colour)
    sky = skies.paint_sky(
        stream(scene.seed, Purpose.SKY), palette, scene.mood, scene.accessories, scene.orb, scene.horizon, shape
    )
    canvas = sky.copy()
    middle = scene.spot[0] if scene.subject else 0.5
    rng = stream(scene.lie, Purpose.GROUND)
    land = Terrain(rng, canvas, palette, scene.horizon, middle, scene.light, scene.season, scene.rough)
    grounds.PAINTERS[scene.ground](land)
    canvas = land.brush.layer
    depth = measure_land(scene, (canvas != sky).any(axis=2), height, width)
    cover = np.zeros(shape, np.uint8)
    for figure, number in sorted(zip(scene.figures, range(9), strict=False), key=lambda one: -distance(scene, one[0])):
        canvas, drawn = place(scene, figure, number, palette, canvas)
        measure_figure(depth, figure, distance(scene, figure), drawn, shape)
        cover[drawn.window] = np.maximum(cover[drawn.window], drawn.cover)
    canvas = skies.paint_weather(stream(scene.seed, Purpose.WEATHER), canvas, scene.accessories, palette)
    if scene.rich:
        canvas = lighting.enrich(canvas, palette, scene.orb, scene.size)
    plate = styles.Plate(canvas, cover, palette)
    finished = styles.PAINTERS[scene.style](plate, stream(scene.hand, Purpose.STYLE))
    return cv2.resize(finished, (width, height), interpolation=cv2.INTER_AREA), depth


def place(scene: Scene, figure: Figure, number: int, palette: Palette, canvas: Image) -> tuple[Image, placing.Drawn]:
    """Paint a figure with its footing, light, shadow and reflection; returns the canvas and what was drawn."""
    portrait = PORTRAITS[figure.subject]
    drawn = placing.draw_figure(
        stream(scene.seed, Purpose.SUBJECT, number), figure, palette, scene.season, canvas.shape[:2]
    )
    snowy = scene.ground == "snow" or scene.season == "winter" or scene.mood == "snowfall"
    away = 0.0 if figure.size > 0.34 else 0.7 * (0.34 - figure.size)
    colours = placing.shade(drawn, scene.light, palette.sky[2], away, snowy and figure.subject in placing.CAPPED)
    rng = stream(scene.seed, Purpose.FOOTING, number)
    standing = not portrait.flying and not portrait.afloat
    wet = scene.ground in footing.WATERS
    if wet and not portrait.flying:
        canvas = footing.reflect(canvas, drawn, colours, figure.spot[1] + (0.05 * figure.size if standing else 0.0))
    if wet and standing:
        footing.lay_islet(rng, canvas, palette, figure, scene.ground, scene.light)
    elif not wet and not portrait.flying and scene.ground != "clouds":
        footing.cast_shadow(canvas, drawn, figure, palette, scene.mood, scene.light)
    if scene.shining and figure.subject == scene.subject:
        canvas = lighting.cast_rays(canvas, figure, scene.light)
    behind = placing.part_from_background(canvas[drawn.window], colours, drawn, palette)
    canvas[drawn.window] = placing.lay_over(behind, colours, drawn.cover)
    if not portrait.flying:
        footing.settle(rng, canvas, palette, figure, scene.ground, scene.season)
    return canvas, drawn


def distance(scene: Scene, figure: Figure) -> float:
    """Return how far away a figure is, in metres: by its foot on the ground's plane, or by its size in the air."""
    if PORTRAITS[figure.subject].flying:
        return min(FLYING_DEPTH * max(1.0, 0.5 / figure.size), 0.9 * BACKDROP_DEPTH)
    return min(NEAREST_GROUND * (1 - scene.horizon) / max(figure.spot[1] - scene.horizon, 0.03), 0.9 * BACKDROP_DEPTH)


def measure_land(scene: Scene, raised: npt.NDArray[np.bool_], height: int, width: int) -> Depth:
    """Return the depth (H, W) without figures: ground as a plane seen at an angle, backdrops as upright cards."""
    rows = (np.arange(height, dtype=np.float32) + 0.5) / height
    below = np.maximum(rows - scene.horizon, 1e-3)
    plane = np.clip(NEAREST_GROUND * (1 - scene.horizon) / below, NEAREST_GROUND, BACKDROP_DEPTH)
    depth = np.broadcast_to(plane[:, None], (height, width)).astype(np.float32)
    half = raised[:: raised.shape[0] // height, :: raised.shape[1] // width]
    above = (rows < scene.horizon)[:, None]
    depth[above & ~half] = SKY_DEPTH
    depth[above & half] = BACKDROP_DEPTH
    return depth


def measure_figure(depth: Depth, figure: Figure, away: float, drawn: placing.Drawn, shape: tuple[int, int]) -> None:
    """Put a figure into the depth (H, W): an upright card that bulges towards us."""
    height, width = depth.shape
    whole = np.zeros(shape, np.uint8)
    whole[drawn.window] = drawn.cover
    small = cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)
    bulge = cv2.GaussianBlur(small, (0, 0), 0.07 * figure.size * min(height, width)).astype(np.float32) / 255.0
    inside = small > 127
    depth[inside] = (np.float32(away) * (1.05 - 0.1 * bulge))[inside]


def paint(seed: int, *, height: int = 64, width: int = 64, near: bool = False) -> Picture:
    """Return the picture of a seed at a size in pixels; the same seed gives the same picture every time.

    `near` shows the subject of the seed's scene alone and large.
    """
    scene = seen_from_near(imagine(seed)) if near else imagine(seed)
    pixels, depth = render(scene, height, width)
    return Picture(pixels, depth, caption(scene, stream(seed, Purpose.CAPTION)), scene)
