"""The names the painted world knows: what a picture can show, on which ground, in which mood and in which style.

The tuples hold the canonical names, whose order is part of the format of trained models. The words that captions use
for them are in `wordings`.
"""

from __future__ import annotations

from typing import Final

SUBJECTS: Final = (
    "lighthouse",
    "castle",
    "tree",
    "sailboat",
    "house",
    "pyramid",
    "rocket",
    "balloon",
    "mushroom",
    "windmill",
    "whale",
    "bridge",
    "ufo",
    "cactus",
    "snowman",
    "robot",
    "pagoda",
    "church",
    "clock tower",
    "torii gate",
    "temple",
    "ferris wheel",
    "floating island",
    "galleon",
    "train",
    "airship",
    "biplane",
    "car",
    "tent",
    "astronaut",
    "dragon",
    "elephant",
    "stag",
    "owl",
    "cat",
    "horse",
    "swan",
    "turtle",
    "jellyfish",
    "butterfly",
    "palm tree",
    "sunflower",
    "crystal",
    "moai",
)
GROUNDS: Final = (
    "sea",
    "desert",
    "meadow",
    "snow",
    "mountains",
    "city",
    "forest",
    "lava",
    "lake",
    "canyon",
    "jungle",
    "clouds",
)
MOODS: Final = (
    "red",
    "orange",
    "yellow",
    "green",
    "blue",
    "purple",
    "pink",
    "daylight",
    "dawn",
    "sunset",
    "night",
    "full moon",
    "storm",
    "rain",
    "fog",
    "snowfall",
    "aurora",
    "rainbow",
    "eclipse",
    "meteor shower",
    "pastel",
)
STYLES: Final = (
    "oil painting",
    "watercolour",
    "pencil sketch",
    "pixel art",
    "photo",
    "stained glass",
    "woodcut",
    "neon",
    "ink wash",
    "ukiyo-e",
    "low poly",
    "mosaic",
    "charcoal",
    "blueprint",
)
SEASONS: Final = ("spring", "summer", "autumn", "winter")
COLOUR_MOODS: Final = MOODS[:7]
GROWING: Final = ("meadow", "mountains", "forest", "lake")  # grounds that a season changes
KINDS: Final = {"subject": SUBJECTS, "ground": GROUNDS, "mood": MOODS, "style": STYLES}
