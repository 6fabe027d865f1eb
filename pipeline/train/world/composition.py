"""From a seed to a scene: what a picture shows, where it stands and what stands beside it.

Everything random comes from streams numbered by seed and purpose, and every place is a fraction of the picture, so
that one seed shows the same scene at every size.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

import numpy as np

from .skies import furnish, place_orb
from .subjects import PORTRAITS
from .subjects.extent import reach
from .subjects.portrait import Figure
from .vocabulary import COLOUR_MOODS, GROUNDS, GROWING, MOODS, SEASONS, STYLES, SUBJECTS

COMPANY: Final = 0.25
FILLING: Final = 0.785  # how much of a picture's longer way a subject takes that is seen from near
LIE: Final = 1  # the seed of how land and light lie in all pictures from near: peaks and walls at both sides
HAND: Final = 3  # the seed of how strokes, papers and pieces are laid in all pictures from near
LOW_HORIZON: Final = 0.56  # of pictures from near
LARGE: Final = 0.65
OPEN_SKIES: Final = ("daylight", "dawn", "sunset", "storm", "rain", "fog", "snowfall")  # that can have any colour
COLOURLESS: Final = ("pencil sketch", "charcoal", "ink wash", "blueprint")  # styles that show one colour at most
SMALL: Final = (  # subjects that stand in front of a large one without looking like its toy
    "mushroom",
    "snowman",
    "robot",
    "tent",
    "astronaut",
    "stag",
    "owl",
    "cat",
    "horse",
    "swan",
    "turtle",
    "sunflower",
    "crystal",
)


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
    SUBJECT_LEFT_OUT = 8


@dataclass(frozen=True, slots=True)
class Scene:
    """What a picture shows and where: places are fractions of its sides, the size one of its shorter side.

    `spot` is the middle of the subject's foot, `tilt` is in radians, `light` is 1 for light from the left and -1
    for light from the right, `orb` is the place of sun, moon or planet, `accessories` says what else there is.
    `rough` is a storm-swept sea, `shining` a lamp that casts its ray, `rich` stronger colours and dramatic light;
    ground and sky may have colours of their own where the mood gives none. `lie` is the seed of how the ground lies,
    `hand` of how the style's strokes, papers and pieces are laid.
    """

    seed: int
    lie: int
    hand: int
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
    season: str | None = None
    ground_colour: str | None = None
    sky_colour: str | None = None
    companions: tuple[Figure, ...] = ()
    rough: bool = False
    shining: bool = False
    rich: bool = False

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Return the subject, where there is one, and its companions."""
        if self.subject is None:
            return self.companions
        return (Figure(self.subject, self.spot, self.size, self.tilt, self.flip), *self.companions)


def stream(seed: int, purpose: Purpose, number: int = 0) -> np.random.Generator:
    """Return the random numbers of a seed for one purpose, and for one of several figures."""
    return np.random.default_rng([seed, int(purpose), number] if number else [seed, int(purpose)])


def choose(rng: np.random.Generator, names: tuple[str, ...]) -> str:
    """Return one of the names."""
    return names[int(rng.integers(len(names)))]


def imagine(seed: int) -> Scene:
    """Return the scene of a seed: every attribute is drawn evenly and independently of the others."""
    rng = stream(seed, Purpose.SCENE)
    named = bool(rng.random() >= 0.03)
    subject = choose(rng, SUBJECTS)
    ground = choose(rng, GROUNDS)
    mood = choose(rng, MOODS)
    style = choose(rng, STYLES)
    horizon = float(rng.triangular(0.45, 0.58, 0.72))
    company = bool(rng.random() < COMPANY) and named
    main = pose(rng, subject, horizon, company)
    light = 1 if rng.random() < 0.5 else -1
    if abs(main.spot[0] - 0.5) > 0.08:  # the orb is not behind the subject
        light = -1 if main.spot[0] < 0.5 else 1
    orb = place_orb(rng, mood, light, horizon)
    companions = invite(rng, main, horizon)
    ground_colour, sky_colour = colours(rng, mood, style)
    luck = rng.random(4).tolist()
    season = SEASONS[int(rng.integers(len(SEASONS)))]
    return Scene(
        seed=seed,
        lie=seed,
        hand=seed,
        subject=subject if named else None,
        ground=ground,
        mood=mood,
        style=style,
        horizon=horizon,
        spot=main.spot,
        size=main.size,
        tilt=main.tilt,
        flip=main.flip,
        light=light,
        orb=orb,
        accessories=furnish(rng, mood, ground),
        season=season if luck[0] < 0.5 and ground in GROWING else None,
        ground_colour=ground_colour,
        sky_colour=sky_colour,
        companions=companions if company else (),
        rough=ground == "sea" and luck[1] < (0.85 if mood == "storm" else 0.35),
        shining=luck[2] < {"lighthouse": 0.8, "ufo": 0.6}.get(subject, 0.0),
        rich=luck[3] < 0.35,
    )


def seen_from_near(scene: Scene) -> Scene:
    """Return the scene with its subject alone, in the middle, upright, filling the picture, as it is drawn.

    What the many pictures of a subject have in common is then its shape itself, so a model learns it from few of them;
    were it a pixel to the left in one and to the right in another, its edges would be learnt soft.
    So it is with grounds, which lie alike in all of them, with the sun and the moon, which stand in one place, and with
    a style's tesserae, hatching and paper: where each picture has its own, a network can only learn their mean, which
    is none.
    """
    orb = place_orb(stream(LIE, Purpose.SKY), scene.mood, 1, LOW_HORIZON)
    scene = replace(scene, lie=LIE, hand=HAND, horizon=LOW_HORIZON, light=1, orb=orb)
    if scene.subject is None:
        return replace(scene, companions=())
    half, top = reach(scene.subject)
    size = FILLING / max(2 * half, top)
    return replace(scene, spot=(0.5, 0.5 + 0.5 * size * top), size=size, tilt=0.0, flip=False, companions=())


def pose(rng: np.random.Generator, subject: str, horizon: float, company: bool) -> Figure:
    """Place the main subject: large in the middle mostly, or at a distance and a third; aside where it has company."""
    portrait = PORTRAITS[subject]
    half, top = reach(subject)
    large = bool(rng.random() < LARGE)
    low, high = portrait.sizes if large else (0.58 * portrait.sizes[0], 0.62 * portrait.sizes[1])
    size = float(rng.uniform(low, high))
    size = min(size, (0.3 if company else 0.47) / half, 0.88 / top)
    side = 1 if rng.random() < 0.5 else -1
    sway, drop, deep = rng.random(3).tolist()
    if company:
        x = 0.5 + side * (0.5 - half * size - 0.03 - 0.05 * sway)
    elif large:
        x = 0.5 + side * min(0.12 * sway, max(0.0, 0.49 - half * size))
    else:
        x = 0.5 + side * (0.1 + 0.08 * sway)
    foot = max(horizon + 0.1 + 0.08 * drop, size * top + 0.06) + 0.05 * deep
    tilt = 0.0
    if portrait.flying:
        middle = portrait.rise[0] if large else 0.24 + (horizon - 0.36) * drop
        foot = middle + size * portrait.rise[1] + 0.08 * deep - 0.05
        tilt = float(rng.uniform(-1.0, 1.0)) * portrait.lean
    elif portrait.afloat:
        foot = max(horizon + 0.12 + 0.06 * drop, portrait.rise[1] * size + portrait.rise[0]) + 0.05 * deep
    return Figure(subject, (x, min(foot, 0.95)), size, tilt, bool(rng.random() < 0.5))


def invite(rng: np.random.Generator, main: Figure, horizon: float) -> tuple[Figure, ...]:
    """Return one or two companions of a kind in the room that the main subject leaves, in perspective with it."""
    kind = main.subject if rng.random() < 0.45 else choose(rng, SUBJECTS)
    count = 1 if rng.random() < 0.68 else 2
    near = kind in SMALL and main.subject not in SMALL and bool(rng.random() < 0.6)
    portrait, (half, top) = PORTRAITS[kind], reach(kind)
    room = max(0.5 + abs(main.spot[0] - 0.5) - reach(main.subject)[0] * main.size - 0.02, 0.2)
    slot = room / count
    figures = []
    for number in range(count):
        scale, sway, drop, middle = rng.random(4).tolist()
        size = min((0.2 + 0.13 * scale) * sum(portrait.sizes) / 1.5, 0.48 * slot / half, 0.42 / top)
        size = min(size, 0.6 * main.size)
        from_edge = slot * (number + 0.5) + (sway - 0.5) * max(slot - 2 * half * size, 0.0) * 0.8
        x = 1.0 - from_edge if main.spot[0] < 0.5 else from_edge
        below = 0.3 if PORTRAITS[main.subject].flying else max(main.spot[1] - horizon, 0.1)
        if not near:
            below = max(below * size / main.size * (0.8 + 0.5 * drop), 0.045)
        foot = min(max(horizon + below, size * top + 0.04), 0.95)
        if portrait.flying:
            foot = 0.15 + (horizon - 0.33) * middle + size * portrait.rise[1]
        figures.append(Figure(kind, (x, foot), size, 0.0, bool(rng.random() < 0.5)))
    return tuple(figures)


def colours(rng: np.random.Generator, mood: str, style: str) -> tuple[str | None, str | None]:
    """Return the colour of the ground and that of the sky, where a picture has one of its own."""
    draw, colour = float(rng.random()), COLOUR_MOODS[int(rng.integers(len(COLOUR_MOODS)))]
    if mood in COLOUR_MOODS or style in COLOURLESS:
        return None, None
    if draw < 0.16:
        return colour, None
    return None, colour if draw > 0.84 and mood in OPEN_SKIES else None
