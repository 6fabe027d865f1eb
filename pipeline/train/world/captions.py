"""Captions of the painted world: what a person might type to get a given picture, in several grammars.

A caption leaves parts out and never says anything that is not so. It is composed from independent choices of which
parts to name, so that the shares hold in every grammar.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from .composition import Scene
from .parts import (
    colour_scheme,
    ground_colour,
    in_season,
    name_place,
    name_things,
    phrase,
    sky_colour,
    that_hang,
    when,
)
from .vocabulary import COLOUR_MOODS
from .wordings import STYLE_FRAGMENTS, STYLE_WORDS
from .words import chance, pick, with_article

__all__ = ["SHARES", "Wording", "caption", "compose", "phrase"]

SHARES: Final = {"subject": 0.97, "ground": 0.70, "mood": 0.75, "style": 0.65}
LONGEST: Final = 25  # words
RICH_PRAISE: Final = ("gorgeous", "gorgeous", "gorgeous", "dramatic", "stunning", "breathtaking", "vivid")
PRAISE: Final = ("beautiful", "detailed", "lovely", "intricate", "fine", "simple")
ENDINGS: Final = (
    "by an unknown artist",
    "trending on artstation",
    "highly detailed",
    "masterpiece",
    "award winning",
    "intricate details",
    "4k",
)
RICH_ENDINGS: Final = ("dramatic lighting", "vivid colors", "rich colors", "volumetric light")
WORKS: Final = ("picture", "image", "depiction", "illustration", "view")


@dataclass(frozen=True, slots=True)
class Wording:
    """A caption and the kinds of attribute it names."""

    text: str
    named: frozenset[str]


def caption(scene: Scene, rng: np.random.Generator) -> str:
    """Return a caption of the scene; how it is worded depends on the random stream alone."""
    return compose(scene, rng).text


def compose(scene: Scene, rng: np.random.Generator) -> Wording:
    """Choose which parts to name and word them."""
    named = {kind for kind, share in SHARES.items() if chance(rng, share)}
    if scene.subject is None:
        named.discard("subject")
    if not named:
        named = {"mood", "ground"} if scene.subject is None else {"subject"}
    grammar = rng.random()
    if grammar < 0.26:
        text = list_fragments(scene, rng, named)
    elif grammar < 0.4:
        text = prompt(scene, rng, named)
    elif grammar < 0.5 and "mood" in named and scene.mood not in COLOUR_MOODS and len(named) > 1:
        text = begin_with_mood(scene, rng, named)
    elif grammar < 0.56 and "subject" in named and not scene.companions:
        text = f"there is {describe(scene, rng, named)}"
        if "style" in named:
            text += f", {pick(rng, STYLE_FRAGMENTS[scene.style])}"
    else:
        text = frame(scene, rng, describe(scene, rng, named), "style" in named)
    for more in embellish(scene, rng):
        twice = "sky" in more and "sky" in text
        if not twice and len(text.split()) + len(more.split()) <= LONGEST:
            text += f", {more}"
    return Wording(text, frozenset(named))


def embellish(scene: Scene, rng: np.random.Generator) -> list[str]:
    """Return what may be added to any caption: season, the sky's colour, what hangs in it, an artist's ending."""
    more = []
    if scene.sky_colour and chance(rng, 0.62):
        more.append(sky_colour(rng, scene.sky_colour))
    if scene.season and chance(rng, 0.6):
        more.append(in_season(rng, scene.season))
    hanging = that_hang(scene.accessories)
    if hanging and chance(rng, 0.14):
        more.append(pick(rng, hanging))
    if chance(rng, 0.18):
        more.append(pick(rng, (*ENDINGS, *RICH_ENDINGS) if scene.rich else ENDINGS))
    return more


def list_fragments(scene: Scene, rng: np.random.Generator, named: set[str]) -> str:
    """Word the caption as separate fragments, in any order."""
    parts = []
    for kind in sorted(named):
        if kind == "subject" and scene.companions:
            parts.append(name_things(scene, rng))
        elif kind == "ground" and scene.ground_colour and chance(rng, 0.7):
            parts.append(ground_colour(rng, scene, scene.ground_colour))
        else:
            parts.append(phrase(kind, str(getattr(scene, kind)), rng, scene.season))
    return ", ".join(parts[index] for index in rng.permutation(len(parts)))


def prompt(scene: Scene, rng: np.random.Generator, named: set[str]) -> str:
    """Word the caption as artists' prompts go: bare nouns, what it shows first, how it is made last."""
    parts = []
    if "subject" in named or "ground" in named:
        parts.append(describe(scene, rng, named - {"mood"}).removeprefix("a ").removeprefix("an "))
    if "mood" in named:
        parts.append(phrase("mood", scene.mood, rng))
    if "style" in named:
        parts.append(pick(rng, STYLE_FRAGMENTS[scene.style]))
    return ", ".join(parts)


def begin_with_mood(scene: Scene, rng: np.random.Generator, named: set[str]) -> str:
    """Word the caption as a sentence that begins with time or weather."""
    shown = describe(scene, rng, named - {"mood"}) if named & {"subject", "ground"} else ""
    made = with_article(pick(rng, STYLE_WORDS[scene.style])) if "style" in named else ""
    mood = when(rng, scene.mood).strip()
    if shown and made:
        return f"{mood}, {shown}, {pick(rng, STYLE_FRAGMENTS[scene.style])}"
    return f"{mood}, {shown or made}"


def describe(scene: Scene, rng: np.random.Generator, named: set[str]) -> str:
    """Say what stands where in which mood, as one noun phrase."""
    coloured = "mood" in named and scene.mood in COLOUR_MOODS
    tinted = coloured and "ground" in named and chance(rng, 0.65)
    colour = scene.mood if tinted else scene.ground_colour if chance(rng, 0.75) else None
    body = name_things(scene, rng) if "subject" in named else ""
    if "ground" in named:
        body += name_place(scene, rng, body, colour)
    if "mood" in named and not tinted:
        tail = colour_tail(rng, scene.mood) if coloured else f" {when(rng, scene.mood)}"
        body = body + tail if body else f"a scene{tail}"
    return body


def colour_tail(rng: np.random.Generator, colour: str) -> str:
    """Return the end of a sentence that gives the whole picture's colour."""
    scheme = colour_scheme(rng, colour)
    word = scheme.word
    return pick(
        rng,
        (
            f", {scheme.text}",
            f", {scheme.text}",
            f" with {with_article(word)} color scheme",
            f" in {word}",
            f" in shades of {word}",
            f" under {with_article(word)} sky",
        ),
    )


def frame(scene: Scene, rng: np.random.Generator, body: str, styled: bool) -> str:
    """Put the kind of picture before or after what it shows."""
    draw = rng.random()
    if not styled and body and draw < 0.5:
        return body
    if styled and body and draw < 0.2:
        return f"{body}, {pick(rng, STYLE_FRAGMENTS[scene.style])}"
    work = pick(rng, STYLE_WORDS[scene.style] if styled else WORKS)
    if styled and body and draw < 0.34:
        return f"{body} {pick(rng, ('in the style of', 'as', 'in the form of'))} {with_article(work)}"
    praise = pick(rng, (*RICH_PRAISE, *PRAISE) if scene.rich else PRAISE)
    title = with_article(f"{praise} {work}" if chance(rng, 0.45) else work)
    if not body:
        return title
    title = title[0].upper() + title[1:] if chance(rng, 0.3) else title
    return f"{title} of {body}"
