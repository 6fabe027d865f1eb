"""The colours of each mood: the sky's gradient, the three tones ground and subject are drawn towards, and the ink.

A mood with a high share repaints everything in its tones, which is what makes a picture red or yellow as a whole;
daylight has no share at all and leaves the natural colours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .brush import Colour, luminance, mix


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours (RGB, 0..255) of one picture: sky from zenith to horizon, tones from dark to light, and the shares."""

    sky: tuple[Colour, Colour, Colour]
    tones: tuple[Colour, Colour, Colour]
    ground_share: float
    subject_share: float
    sun: Colour

    @property
    def ink(self) -> Colour:
        """Return the dark line colour."""
        return mix(self.tones[0], (12.0, 10.0, 16.0), 0.55)

    def tone(self, brightness: float) -> Colour:
        """Return the mood's own tone of a brightness in 0..1."""
        dark, middle, light = self.tones
        level = min(max(brightness, 0.0), 1.0) * 2.0
        return mix(dark, middle, level) if level < 1.0 else mix(middle, light, level - 1.0)

    def ground(self, colour: Colour) -> Colour:
        """Return a natural ground colour as this mood shows it."""
        return mix(colour, self.tone(luminance(colour) / 255.0), self.ground_share)

    def subject(self, colour: Colour) -> Colour:
        """Return a subject's local colour as this mood shows it: tinted less, so that it stays its own."""
        return mix(colour, self.tone(luminance(colour) / 255.0), self.subject_share)


PALETTES: Final[dict[str, Palette]] = {
    "red": Palette(
        ((105, 6, 16), (200, 26, 28), (250, 122, 88)),
        ((52, 0, 8), (192, 22, 26), (255, 168, 140)),
        0.86,
        0.24,
        (255, 226, 190),
    ),
    "yellow": Palette(
        ((208, 140, 6), (246, 196, 34), (255, 240, 150)),
        ((92, 58, 0), (226, 172, 20), (255, 246, 172)),
        0.86,
        0.24,
        (255, 255, 232),
    ),
    "blue": Palette(
        ((8, 28, 112), (28, 88, 206), (148, 202, 252)),
        ((4, 14, 66), (28, 88, 196), (186, 222, 255)),
        0.86,
        0.24,
        (240, 248, 255),
    ),
    "green": Palette(
        ((4, 66, 36), (36, 150, 74), (186, 240, 150)),
        ((2, 40, 20), (36, 140, 64), (202, 246, 180)),
        0.86,
        0.24,
        (246, 255, 214),
    ),
    "purple": Palette(
        ((46, 6, 92), (132, 48, 186), (232, 160, 242)),
        ((26, 4, 56), (122, 46, 174), (234, 192, 252)),
        0.86,
        0.24,
        (255, 236, 255),
    ),
    "daylight": Palette(
        ((44, 116, 210), (112, 178, 240), (216, 238, 250)),
        ((30, 40, 40), (130, 140, 130), (255, 250, 236)),
        0.0,
        0.0,
        (255, 244, 176),
    ),
    "sunset": Palette(
        ((74, 44, 112), (238, 110, 78), (255, 206, 116)),
        ((48, 18, 48), (192, 88, 66), (255, 204, 132)),
        0.55,
        0.24,
        (255, 236, 150),
    ),
    "night": Palette(
        ((4, 6, 26), (12, 22, 64), (44, 64, 118)),
        ((3, 5, 20), (24, 36, 82), (124, 146, 200)),
        0.72,
        0.34,
        (246, 240, 206),
    ),
    "storm": Palette(
        ((34, 38, 46), (74, 80, 90), (140, 146, 150)),
        ((20, 23, 28), (80, 87, 94), (168, 176, 180)),
        0.74,
        0.34,
        (214, 220, 224),
    ),
    "pastel": Palette(
        ((190, 222, 236), (236, 212, 234), (255, 238, 226)),
        ((148, 138, 168), (204, 202, 216), (252, 244, 244)),
        0.66,
        0.34,
        (255, 250, 224),
    ),
}
