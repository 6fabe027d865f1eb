"""The colours of each mood: the sky's gradient, the three tones ground and subject are drawn towards, and the ink.

A mood with a high share repaints everything in its tones, which is what makes a picture red or yellow as a whole;
daylight has no share at all and leaves the natural colours. `palette_of` also gives ground or sky a colour of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Final

from .brush import Colour, luminance, mix

Tones = tuple[Colour, Colour, Colour]
BLACK: Final[Colour] = (0.0, 0.0, 0.0)
WHITE: Final[Colour] = (255.0, 255.0, 255.0)


def climb(tones: Tones, brightness: float) -> Colour:
    """Return the colour at a brightness in 0..1 on the way from the dark tone over the middle to the light one."""
    dark, middle, light = tones
    level = min(max(brightness, 0.0), 1.0) * 2.0
    return mix(dark, middle, level) if level < 1.0 else mix(middle, light, level - 1.0)


def as_bright(tones: Tones, target: float) -> Colour:
    """Return the colour of that luminance (0..255) on the way from black through the tones to white."""
    ramp = (BLACK, *tones, WHITE)
    for below, above in pairwise(ramp):
        low, high = luminance(below), luminance(above)
        if target <= high:
            return mix(below, above, min(max((target - low) / max(high - low, 1e-6), 0.0), 1.0))
    return WHITE


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours (RGB, 0..255) of one picture.

    `sky` runs from zenith to horizon, `tones` from dark to light; `sun` is the orb's own colour, `glow` that of the
    air around it, `clouds` their lit and their shaded side. The ground has tones of its own (`earth`) where a picture
    gives it a colour.
    """

    sky: Tones
    tones: Tones
    ground_share: float
    subject_share: float
    sun: Colour
    glow: Colour
    clouds: tuple[Colour, Colour]
    earth: Tones | None = None

    @property
    def ink(self) -> Colour:
        """Return the dark line colour."""
        return mix(self.tones[0], (12.0, 10.0, 16.0), 0.55)

    def tone(self, brightness: float) -> Colour:
        """Return the mood's own tone of a brightness in 0..1."""
        return climb(self.tones, brightness)

    def ground(self, colour: Colour) -> Colour:
        """Return a natural ground colour as this mood shows it."""
        return mix(colour, climb(self.earth or self.tones, luminance(colour) / 255.0), self.ground_share)

    def subject(self, colour: Colour) -> Colour:
        """Return a subject's local colour as this mood shows it: tinted less, so that it stays its own."""
        return mix(colour, self.tone(luminance(colour) / 255.0), self.subject_share)


SCHEME: Final = (0.74, 0.3)
PALETTES: Final[dict[str, Palette]] = {
    "red": Palette(
        ((70, 2, 14), (188, 18, 26), (255, 116, 84)),
        ((44, 0, 8), (192, 20, 26), (255, 172, 146)),
        *SCHEME,
        (255, 226, 196),
        (255, 92, 60),
        ((255, 138, 112), (104, 4, 18)),
    ),
    "orange": Palette(
        ((164, 54, 2), (240, 116, 12), (255, 202, 118)),
        ((66, 22, 0), (232, 108, 14), (255, 218, 158)),
        *SCHEME,
        (255, 244, 206),
        (255, 178, 74),
        ((255, 222, 164), (190, 74, 8)),
    ),
    "yellow": Palette(
        ((206, 142, 4), (250, 204, 40), (255, 244, 168)),
        ((88, 58, 0), (228, 176, 18), (255, 248, 180)),
        *SCHEME,
        (255, 255, 236),
        (255, 246, 150),
        ((255, 252, 212), (204, 148, 12)),
    ),
    "green": Palette(
        ((2, 56, 34), (30, 142, 70), (190, 242, 156)),
        ((2, 36, 20), (34, 140, 64), (206, 248, 184)),
        *SCHEME,
        (248, 255, 220),
        (186, 250, 130),
        ((214, 250, 196), (8, 88, 50)),
    ),
    "blue": Palette(
        ((6, 22, 100), (26, 86, 208), (158, 210, 255)),
        ((4, 14, 66), (28, 88, 198), (192, 226, 255)),
        *SCHEME,
        (242, 249, 255),
        (140, 204, 255),
        ((206, 230, 255), (18, 56, 150)),
    ),
    "purple": Palette(
        ((42, 6, 88), (126, 46, 188), (232, 166, 246)),
        ((26, 4, 58), (122, 46, 178), (234, 196, 253)),
        *SCHEME,
        (255, 238, 255),
        (226, 142, 255),
        ((238, 202, 255), (72, 20, 124)),
    ),
    "pink": Palette(
        ((214, 58, 138), (250, 132, 186), (255, 220, 232)),
        ((104, 14, 66), (240, 106, 170), (255, 224, 238)),
        *SCHEME,
        (255, 248, 248),
        (255, 196, 220),
        ((255, 236, 244), (216, 84, 150)),
    ),
    "daylight": Palette(
        ((32, 104, 206), (98, 172, 242), (214, 238, 252)),
        ((30, 40, 40), (130, 140, 130), (255, 250, 236)),
        0.0,
        0.0,
        (255, 246, 190),
        (255, 248, 214),
        ((255, 255, 255), (150, 178, 212)),
    ),
    "dawn": Palette(
        ((74, 116, 186), (206, 168, 206), (255, 222, 176)),
        ((52, 54, 94), (158, 136, 170), (255, 226, 204)),
        0.46,
        0.22,
        (255, 250, 222),
        (255, 206, 150),
        ((255, 200, 190), (134, 122, 182)),
    ),
    "sunset": Palette(
        ((54, 28, 104), (226, 74, 84), (255, 186, 76)),
        ((44, 14, 50), (190, 78, 62), (255, 198, 120)),
        0.58,
        0.3,
        (255, 240, 170),
        (255, 156, 48),
        ((255, 146, 84), (96, 34, 98)),
    ),
    "night": Palette(
        ((3, 5, 24), (12, 24, 70), (48, 72, 132)),
        ((3, 5, 20), (24, 36, 86), (124, 148, 206)),
        0.74,
        0.42,
        (250, 244, 214),
        (120, 150, 220),
        ((70, 92, 150), (14, 22, 58)),
    ),
    "full moon": Palette(
        ((8, 18, 34), (24, 52, 78), (84, 124, 142)),
        ((5, 12, 22), (38, 66, 86), (176, 204, 208)),
        0.74,
        0.4,
        (255, 246, 214),
        (176, 206, 208),
        ((150, 180, 190), (22, 42, 60)),
    ),
    "storm": Palette(
        ((14, 16, 24), (48, 52, 64), (122, 128, 124)),
        ((12, 14, 20), (62, 68, 76), (152, 160, 162)),
        0.78,
        0.42,
        (236, 236, 255),
        (170, 170, 220),
        ((126, 130, 140), (16, 18, 26)),
    ),
    "rain": Palette(
        ((92, 112, 134), (132, 152, 170), (176, 192, 202)),
        ((38, 52, 68), (104, 126, 144), (206, 220, 228)),
        0.64,
        0.34,
        (226, 236, 240),
        (206, 220, 228),
        ((172, 188, 202), (78, 96, 118)),
    ),
    "fog": Palette(
        ((188, 192, 192), (206, 208, 206), (226, 226, 220)),
        ((84, 90, 94), (156, 162, 164), (236, 236, 230)),
        0.66,
        0.36,
        (255, 252, 238),
        (244, 240, 226),
        ((232, 232, 228), (184, 188, 188)),
    ),
    "snowfall": Palette(
        ((134, 154, 184), (176, 194, 216), (222, 232, 242)),
        ((74, 92, 122), (176, 194, 216), (250, 252, 255)),
        0.74,
        0.26,
        (255, 252, 244),
        (236, 240, 248),
        ((226, 234, 244), (142, 160, 188)),
    ),
    "aurora": Palette(
        ((4, 8, 30), (6, 32, 54), (22, 92, 92)),
        ((2, 10, 20), (14, 66, 70), (120, 226, 176)),
        0.74,
        0.4,
        (228, 255, 232),
        (64, 220, 150),
        ((40, 110, 110), (8, 24, 40)),
    ),
    "rainbow": Palette(
        ((66, 98, 138), (120, 160, 196), (206, 228, 236)),
        ((26, 44, 44), (126, 148, 128), (255, 252, 232)),
        0.1,
        0.04,
        (255, 246, 206),
        (255, 246, 220),
        ((240, 244, 246), (84, 102, 130)),
    ),
    "eclipse": Palette(
        ((10, 8, 16), (40, 24, 38), (206, 98, 44)),
        ((10, 6, 12), (72, 42, 44), (226, 140, 86)),
        0.78,
        0.42,
        (255, 244, 222),
        (255, 196, 130),
        ((150, 84, 56), (24, 14, 24)),
    ),
    "meteor shower": Palette(
        ((12, 4, 40), (52, 22, 100), (206, 92, 140)),
        ((10, 4, 30), (66, 34, 104), (214, 148, 196)),
        0.74,
        0.4,
        (255, 250, 236),
        (226, 190, 255),
        ((130, 70, 140), (28, 12, 62)),
    ),
    "pastel": Palette(
        ((176, 222, 232), (226, 208, 240), (255, 232, 214)),
        ((148, 138, 168), (204, 202, 216), (252, 244, 244)),
        0.66,
        0.36,
        (255, 250, 224),
        (255, 236, 206),
        ((255, 244, 246), (206, 190, 226)),
    ),
}


def tinted(tones: Tones, scheme: str, own: float) -> Tones:
    """Return tones in the colours of a scheme, `own` of the way from their own brightness to the scheme's."""
    ramp = PALETTES[scheme].tones
    dark, middle, light = (
        as_bright(ramp, luminance(tone) * (1 - own) + luminance(hue) * own)
        for tone, hue in zip(tones, ramp, strict=True)
    )
    return dark, middle, light


@lru_cache(maxsize=256)
def palette_of(mood: str, ground_colour: str | None = None, sky_colour: str | None = None) -> Palette:
    """Return the colours of a mood; a colour's name may be given that repaints the ground or the sky alone."""
    palette = PALETTES[mood]
    if ground_colour is not None:
        palette = replace(
            palette,
            earth=tinted(palette.tones, ground_colour, 0.6),
            ground_share=max(palette.ground_share, PALETTES[ground_colour].ground_share),
        )
    if sky_colour is not None:
        scheme = PALETTES[sky_colour]
        zenith, middle, horizon = (
            as_bright(scheme.tones, luminance(own) * 0.55 + luminance(hue) * 0.45)
            for own, hue in zip(palette.sky, scheme.sky, strict=True)
        )
        lit, shaded = (as_bright(scheme.tones, luminance(own)) for own in palette.clouds)
        palette = replace(
            palette, sky=(zenith, middle, horizon), glow=mix(scheme.glow, palette.glow, 0.2), clouds=(lit, shaded)
        )
    return palette
