"""The parts of captions: how a subject and its company, a place, a mood, a season or a colour are put into words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from .composition import Scene
from .subjects import PORTRAITS
from .vocabulary import COLOUR_MOODS, KINDS
from .wordings import (
    GROUND_WORDS,
    MOOD_FRAGMENTS,
    MOOD_WORDS,
    SEASON_WORDS,
    STYLE_FRAGMENTS,
    STYLE_WORDS,
    SUBJECT_WORDS,
)
from .words import chance, counted, pick, with_article

ALONE: Final = ("isolated", "isolated", "isolated", "lonely", "solitary", "single", "lone")
LARGE: Final = ("majestic", "big", "huge", "magnificent", "large")
FAR: Final = ("small", "distant", "little", "tiny")
SHINING: Final = ", shining its light"
PLACES: Final[dict[str, tuple[str, ...]]] = {  # for what stands there
    "sea": ("on", "by", "across", "in"),
    "desert": ("in", "in", "among"),
    "meadow": ("in", "on"),
    "snow": ("in", "in", "on"),
    "mountains": ("in", "in front of", "among"),
    "city": ("in", "in front of"),
    "forest": ("in", "in front of"),
    "lava": ("on", "above", "on"),
    "lake": ("by", "at", "on"),
    "canyon": ("in", "in front of"),
    "jungle": ("in", "deep in"),
    "clouds": ("above", "on", "among"),
}
COLOURED: Final[dict[str, tuple[str, ...]]] = {
    "sea": ("sea", "ocean", "sea"),
    "desert": ("desert", "field of dunes"),
    "meadow": ("meadow", "field of grass"),
    "snow": ("snowy landscape", "field of snow"),
    "mountains": ("range of mountains", "mountain landscape"),
    "city": ("city", "city skyline"),
    "forest": ("forest", "forest"),
    "lava": ("field of lava", "lava landscape"),
    "lake": ("lake", "still lake"),
    "canyon": ("canyon", "rocky gorge"),
    "jungle": ("jungle", "tropical jungle"),
    "clouds": ("cloudscape", "cloudscape"),
}
ROUGH: Final = ("tumultuous", "tumultuous", "stormy", "raging", "rough")
CALM: Final = ("calm", "quiet", "peaceful", "wide")
DOINGS: Final = {
    "sailboat": " sailing",
    "galleon": " sailing",
    "whale": " swimming",
    "swan": " swimming",
    "rocket": " flying",
    "biplane": " flying",
    "airship": " flying",
    "balloon": " floating",
    "ufo": " hovering",
}
HANGING: Final = {"moon": "with a moon", "planet": "with a ringed planet", "clouds": "with a cloudy sky"}


@dataclass(frozen=True, slots=True)
class Scheme:
    """A colour's word and the fragment that makes it the whole picture's."""

    word: str
    text: str


def colour_scheme(rng: np.random.Generator | None, colour: str) -> Scheme:
    """Return a fragment that gives the whole picture's colour."""
    if rng is None:
        word = MOOD_WORDS[colour][0]
        return Scheme(word, f"{word} color scheme")
    word = pick(rng, MOOD_WORDS[colour])
    scheme = pick(rng, ("color scheme", "color scheme", "color scheme", "colour scheme", "palette"))
    texts = (
        f"{word} {scheme}",
        f"{word} {scheme}",
        f"{word} {scheme}",
        with_article(f"{word} {scheme}"),
        f"color scheme: {word}",
        f"{word} colors",
        f"{word} tones",
    )
    return Scheme(word, pick(rng, texts))


def phrase(kind: str, name: str, rng: np.random.Generator | None, season: str | None = None) -> str:
    """Return a short caption for a single attribute alone; without a random stream, its canonical one."""
    if name not in KINDS[kind]:
        raise ValueError(f"no {kind} is called {name!r}")
    if kind == "subject":
        if rng is None:
            return with_article(SUBJECT_WORDS[name][0])
        noun = pick(rng, SUBJECT_WORDS[name])
        thing = with_article(noun)
        return pick(rng, (noun, thing, thing, f"a picture of {thing}", f"{pick(rng, ('image', 'view'))} of {thing}"))
    if kind == "ground":
        if rng is None:
            return f"a picture of {GROUND_WORDS[name][0]}"
        place = pick(rng, places(name, season))
        return pick(rng, (place.removeprefix("the ").removeprefix("a "), f"a picture of {place}", f"a view of {place}"))
    if kind == "mood":
        if name in COLOUR_MOODS:
            return colour_scheme(rng, name).text
        if rng is None:
            return f"a scene {MOOD_WORDS[name][0]}"
        return pick(rng, (pick(rng, MOOD_FRAGMENTS[name]), f"a scene {pick(rng, MOOD_WORDS[name])}"))
    if rng is None:
        return with_article(STYLE_WORDS[name][0])
    work = with_article(pick(rng, STYLE_WORDS[name]))
    return pick(rng, (pick(rng, STYLE_FRAGMENTS[name]), work, f"in the style of {work}"))


def places(ground: str, season: str | None) -> tuple[str, ...]:
    """Return the words of a ground that hold in a season: no flowers and no green outside of spring and summer."""
    if season is None:
        return GROUND_WORDS[ground]
    untrue = ("flower", "grassy", "pine") if season in ("autumn", "winter") else ("pine",)
    return tuple(words for words in GROUND_WORDS[ground] if not any(word in words for word in untrue))


def when(rng: np.random.Generator, mood: str) -> str:
    """Return the time or weather of a mood that is not a colour."""
    return pick(rng, MOOD_WORDS[mood])


def in_season(rng: np.random.Generator, season: str) -> str:
    """Return a fragment that tells the season."""
    return pick(rng, (*SEASON_WORDS[season], season))


def sky_colour(rng: np.random.Generator, colour: str) -> str:
    """Return a fragment that gives the sky's colour."""
    word = pick(rng, MOOD_WORDS[colour])
    return pick(rng, (f"under {with_article(word)} sky", f"under {with_article(word)} sky", f"{word} sky"))


def ground_colour(rng: np.random.Generator, scene: Scene, colour: str) -> str:
    """Return the ground in a colour, with its article."""
    word, noun = pick(rng, MOOD_WORDS[colour]), pick(rng, COLOURED[scene.ground])
    manner = ""
    if scene.ground == "sea" and chance(rng, 0.5):
        manner = pick(rng, ROUGH if scene.rough else CALM) + " "
    if scene.ground == "sea" and chance(rng, 0.65):
        return with_article(f"{manner}{noun} of {word}")
    return with_article(f"{manner}{word} {noun}")


def that_hang(accessories: tuple[str, ...]) -> list[str]:
    """Return fragments on what hangs in the sky besides what the mood says."""
    return [words for name, words in HANGING.items() if name in accessories]


def name_things(scene: Scene, rng: np.random.Generator) -> str:
    """Return the subject with its article, now and then with its manner, and its company."""
    subject, companions = str(scene.subject), scene.companions
    noun = pick(rng, SUBJECT_WORDS[subject])
    if companions and companions[0].subject == subject:
        return counted(noun, 1 + len(companions))
    manners: tuple[str, ...] = LARGE if scene.size >= 0.6 else FAR if scene.size < 0.48 else ()
    if not companions and scene.ground != "city":
        manners = (*ALONE, *manners)
    if manners and chance(rng, 0.38) and not noun.startswith(("giant", "huge", "mighty", "tall")):
        noun = f"{pick(rng, manners)} {noun}"
    thing = with_article(noun)
    if companions and chance(rng, 0.75):
        return thing + name_company(scene, rng)
    if subject == "lighthouse" and scene.shining and not companions:
        return thing + SHINING * chance(rng, 0.55)
    if subject in DOINGS and chance(rng, 0.25) and fits(subject, scene.ground):
        thing += DOINGS[subject]
    return thing


def fits(subject: str, ground: str) -> bool:
    """Return whether a subject can do there what it does: what swims or sails needs water."""
    return PORTRAITS[subject].flying or ground in ("sea", "lake")


def name_company(scene: Scene, rng: np.random.Generator) -> str:
    """Return what stands beside the subject, where it is of another kind."""
    kind, number = scene.companions[0].subject, len(scene.companions)
    others = counted(pick(rng, SUBJECT_WORDS[kind]), number)
    if PORTRAITS[kind].flying:
        return pick(rng, (f" and {others}", f" with {others} in the sky", f" and {others}"))
    far = max(one.spot[1] for one in scene.companions) - scene.horizon < 0.12
    return pick(rng, (f" and {others}", f" with {others} {'in the distance' if far else 'beside it'}"))


def name_place(scene: Scene, rng: np.random.Generator, thing: str, colour: str | None) -> str:
    """Return the ground, in a colour if there is one, with the preposition that what stands before it needs."""
    ground = scene.ground
    if colour is not None:
        place = ground_colour(rng, scene, colour)
    elif ground == "sea" and chance(rng, 0.4):
        place = with_article(f"{pick(rng, ROUGH if scene.rough else CALM)} {pick(rng, ('sea', 'ocean'))}")
    else:
        place = pick(rng, places(ground, scene.season))
    if not thing:
        return place
    if thing.endswith(SHINING):
        return f" across {place}"
    if PORTRAITS[str(scene.subject)].flying:
        return f" {pick(rng, ('over', 'above'))} {place}"
    return f" {pick(rng, PLACES[ground])} {place}"
