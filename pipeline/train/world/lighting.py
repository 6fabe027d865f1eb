"""Light that a scene's picture gets besides its sky: rays from a lamp, and the dramatic light of a rich picture.

Both are computed on a coarse grid and spread out, because light is smooth and the grid costs the same at every size.
"""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from .brush import Image, blend
from .palettes import Palette
from .subjects.portrait import Figure

Grid = npt.NDArray[Any]  # of float32
ROWS: Final = 80
LAMP_HEIGHT: Final = 0.83  # of a lighthouse, in its units


def grid_of(shape: tuple[int, int]) -> tuple[Grid, Grid, float]:
    """Return the coarse grid's x and y in shorter sides of the picture, and cells for each shorter side."""
    height, width = shape
    cells = max(2, round(ROWS * width / height))
    unit = min(shape) / height * ROWS
    y, x = np.mgrid[0:ROWS, 0:cells].astype(np.float32)
    return (x + 0.5) / unit, (y + 0.5) / unit, unit


def spread(share: Grid, shape: tuple[int, int]) -> Grid:
    """Return a coarse share at the size of the picture."""
    return cv2.resize(share.astype(np.float32), (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)


def cast_rays(canvas: Image, figure: Figure, way: int) -> Image:
    """Lay a lighthouse's beam or a saucer's ray over the picture; the figure itself is painted over it."""
    height, width = canvas.shape[:2]
    x, y, _ = grid_of((height, width))
    unit = min(height, width)
    lift = LAMP_HEIGHT * figure.size if figure.subject == "lighthouse" else 0.05 * figure.size
    across, down = x - figure.spot[0] * width / unit, y - (figure.spot[1] * height / unit - lift)
    away = np.hypot(across, down) + 1e-4
    if figure.subject == "lighthouse":
        off = down / away + 0.05 * way * np.sign(across)
        main = np.exp(-((off / 0.13) ** 2)) * np.where(across * way > 0, 1.0, 0.5) * np.clip(1.15 - 0.45 * away, 0.2, 1)
        share = np.maximum(0.82 * main * np.clip(away / 0.02, 0, 1), 0.9 * np.exp(-((away / 0.07) ** 2)))
        return blend(canvas, (255.0, 246.0, 190.0), spread(share, (height, width)))
    cone = np.exp(-((across / (0.17 * figure.size + 0.34 * np.maximum(down, 0))) ** 4)) * (down > 0)
    return blend(canvas, (190.0, 255.0, 200.0), spread(0.62 * cone * np.exp(-0.8 * down), (height, width)))


def enrich(canvas: Image, palette: Palette, orb: tuple[float, float], phase: float) -> Image:
    """Return the picture in stronger colours, with shafts of light from the orb's side and darker far corners."""
    height, width = canvas.shape[:2]
    grey = cv2.cvtColor(cv2.cvtColor(canvas, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    strong = cv2.addWeighted(canvas, 1.34, grey, -0.3, -5.0)
    x, y, _ = grid_of((height, width))
    unit = min(height, width)
    across, down = x - orb[0] * width / unit, y - orb[1] * height / unit
    away, angle = np.hypot(across, down), np.arctan2(down, across)
    shafts = 0.5 + 0.5 * np.sin(9.0 * angle + 6.3 * phase) * np.sin(5.0 * angle - 4.0 * phase)
    glow = 0.3 * np.exp(-2.6 * away) + 0.22 * shafts**2 * np.exp(-1.7 * away) * np.clip(away / 0.12, 0, 1)
    strong = blend(strong, palette.sun, spread(glow, (height, width)))
    return blend(strong, palette.ink, spread(0.42 * np.clip((away - 0.45) / 0.9, 0, 1) ** 1.5, (height, width)))
