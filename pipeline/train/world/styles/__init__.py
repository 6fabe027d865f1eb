"""The styles of the painted world: each turns a cleanly drawn plate into strokes, washes, hatching, pieces or glow.

Papers, hatching and stroke layouts are drawn once per size and shared by all pictures, because laying them anew for
every picture would cost more than all the rest of it.
"""

from __future__ import annotations

from typing import Final

from .cellular import paint_facets, paint_glass, paint_mosaic, paint_pixels
from .drawings import paint_blueprint, paint_charcoal, paint_pencil
from .light import paint_neon, paint_photo
from .oil import paint_oil
from .plate import Plate
from .prints import paint_ukiyo, paint_woodcut
from .washes import paint_ink, paint_watercolour

PAINTERS: Final = {
    "oil painting": paint_oil,
    "watercolour": paint_watercolour,
    "pencil sketch": paint_pencil,
    "pixel art": paint_pixels,
    "photo": paint_photo,
    "stained glass": paint_glass,
    "woodcut": paint_woodcut,
    "neon": paint_neon,
    "ink wash": paint_ink,
    "ukiyo-e": paint_ukiyo,
    "low poly": paint_facets,
    "mosaic": paint_mosaic,
    "charcoal": paint_charcoal,
    "blueprint": paint_blueprint,
}

__all__ = ["PAINTERS", "Plate"]
