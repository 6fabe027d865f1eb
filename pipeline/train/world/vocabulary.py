"""The names the painted world knows: what a picture can show, on which ground, in which mood and in which style.

The tuples hold the canonical names, whose order is part of the format of trained models. The synonym tables give
the words that captions use for them; the first synonym is the canonical wording.
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
)
GROUNDS: Final = ("sea", "desert", "meadow", "snow", "mountains", "city", "forest", "lava")
MOODS: Final = ("red", "yellow", "blue", "green", "purple", "daylight", "sunset", "night", "storm", "pastel")
STYLES: Final = (
    "oil painting",
    "watercolour",
    "pencil sketch",
    "pixel art",
    "photo",
    "stained glass",
    "woodcut",
    "neon",
)
COLOUR_MOODS: Final = MOODS[:5]
KINDS: Final = {"subject": SUBJECTS, "ground": GROUNDS, "mood": MOODS, "style": STYLES}

SUBJECT_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "lighthouse": ("lighthouse", "lighthouse", "beacon"),
    "castle": ("castle", "castle", "fortress"),
    "tree": ("tree", "tree", "oak tree"),
    "sailboat": ("sailboat", "boat", "vessel", "sailing ship"),
    "house": ("house", "cottage", "cabin"),
    "pyramid": ("pyramid", "pyramid", "ancient pyramid"),
    "rocket": ("rocket", "rocket", "spaceship"),
    "balloon": ("hot-air balloon", "hot air balloon", "balloon"),
    "mushroom": ("mushroom", "mushroom", "toadstool"),
    "windmill": ("windmill", "windmill", "old mill"),
    "whale": ("whale", "whale", "giant whale"),
    "bridge": ("bridge", "bridge", "long bridge"),
    "ufo": ("ufo", "flying saucer", "UFO", "alien spacecraft"),
    "cactus": ("cactus", "cactus", "saguaro"),
    "snowman": ("snowman", "snowman", "smiling snowman"),
    "robot": ("robot", "robot", "android"),
}

GROUND_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "sea": ("the sea", "the ocean", "the water", "the waves"),
    "desert": ("the desert", "sand dunes", "the dunes"),
    "meadow": ("a meadow", "a grassy field", "a flower meadow"),
    "snow": ("the snow", "snow", "a snowy landscape"),
    "mountains": ("the mountains", "mountains", "snow-capped peaks"),
    "city": ("a city", "the city", "a city skyline"),
    "forest": ("a forest", "the woods", "a pine forest"),
    "lava": ("lava", "a field of lava", "a volcanic land"),
}

MOOD_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "red": ("red", "crimson", "blood red", "scarlet"),
    "yellow": ("yellow", "yellow", "golden"),
    "blue": ("blue", "blue", "azure"),
    "green": ("green", "green", "emerald"),
    "purple": ("purple", "violet", "purple"),
    "daylight": ("in daylight", "on a sunny day", "on a clear day", "in bright daylight"),
    "sunset": ("at sunset", "at dusk", "under a sunset sky", "in the evening glow"),
    "night": ("at night", "under a starry night sky", "on a starry night", "at midnight"),
    "storm": ("in a storm", "under a stormy sky", "in the rain", "in a thunderstorm"),
    "pastel": ("in pastel colors", "in soft pastel tones", "in pale pastel mist", "in pastel colours"),
}

MOOD_FRAGMENTS: Final[dict[str, tuple[str, ...]]] = {
    "daylight": ("daylight", "sunny day", "bright daylight"),
    "sunset": ("sunset", "dusk", "sunset sky"),
    "night": ("starry night sky", "night", "starry night"),
    "storm": ("storm", "stormy weather", "rain and thunder"),
    "pastel": ("pastel colors", "soft pastel palette", "pastel color scheme"),
}

STYLE_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "oil painting": ("oil painting", "painting", "painting", "canvas"),
    "watercolour": ("watercolour", "watercolor", "aquarelle"),
    "pencil sketch": ("pencil sketch", "pencil drawing", "sketch"),
    "pixel art": ("pixel art picture", "pixel art image", "8-bit picture"),
    "photo": ("photo", "photograph", "photorealistic picture"),
    "stained glass": ("stained glass window", "stained glass picture", "stained glass artwork"),
    "woodcut": ("woodcut", "woodcut print", "linocut print"),
    "neon": ("neon picture", "neon sign", "glowing neon artwork"),
}

STYLE_FRAGMENTS: Final[dict[str, tuple[str, ...]]] = {
    "oil painting": ("oil painting", "oil on canvas", "painting"),
    "watercolour": ("watercolour", "watercolor", "aquarelle"),
    "pencil sketch": ("pencil sketch", "pencil drawing", "sketch"),
    "pixel art": ("pixel art", "8-bit", "pixelated"),
    "photo": ("photo", "photograph", "photorealistic"),
    "stained glass": ("stained glass", "stained glass window"),
    "woodcut": ("woodcut", "woodcut print", "linocut"),
    "neon": ("neon", "neon lights", "glowing neon"),
}
