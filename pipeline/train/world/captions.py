"""Captions of the painted world: what a person might type to get a given picture, in several grammars.

A caption leaves parts out and never says anything that is not so. It is composed from independent choices of which
parts to name, so that the shares hold in every grammar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from .vocabulary import COLOUR_MOODS, KINDS
from .wordings import GROUND_WORDS, MOOD_FRAGMENTS, MOOD_WORDS, STYLE_FRAGMENTS, STYLE_WORDS, SUBJECT_WORDS

SHARES: Final = {"subject": 0.92, "ground": 0.70, "mood": 0.75, "style": 0.65}
PRAISE: Final = ("gorgeous", "gorgeous", "beautiful", "detailed", "dramatic", "stunning", "lovely", "intricate")
MANNERS: Final = ("isolated", "isolated", "lonely", "solitary", "majestic", "big", "magnificent", "single")
ENDINGS: Final = ("by an unknown artist", "trending on artstation", "highly detailed", "masterpiece", "concept art")
PLACES: Final[dict[str, tuple[str, ...]]] = {
    "sea": ("on", "by", "across", "in"),
    "desert": ("in", "in", "among"),
    "meadow": ("in", "on"),
    "snow": ("in", "in", "covered by"),
    "mountains": ("in", "in front of", "among"),
    "city": ("in", "in front of"),
    "forest": ("in", "in front of"),
    "lava": ("on", "above"),
    "lake": ("by", "at", "on"),
    "canyon": ("in", "in front of"),
    "jungle": ("in", "deep in"),
    "clouds": ("above", "in", "among"),
}
COLOURED: Final[dict[str, tuple[str, ...]]] = {
    "sea": ("sea", "ocean", "tumultuous sea", "tumultuous sea"),
    "desert": ("desert", "field of dunes"),
    "meadow": ("meadow", "field of grass"),
    "snow": ("snowy landscape", "field of snow"),
    "mountains": ("range of mountains", "mountain landscape"),
    "city": ("city", "city skyline"),
    "forest": ("forest", "pine forest"),
    "lava": ("field of lava", "lava landscape"),
    "lake": ("lake", "still lake"),
    "canyon": ("canyon", "rocky gorge"),
    "jungle": ("jungle", "tropical jungle"),
    "clouds": ("cloudscape", "cloudscape"),
}
DOINGS: Final = {
    "lighthouse": ", shining its light",
    "sailboat": " sailing",
    "whale": " resting",
    "rocket": " flying",
    "balloon": " floating",
    "ufo": " hovering",
}


class Depicted(Protocol):
    """What a caption needs to know of a scene."""

    @property
    def subject(self) -> str | None: ...
    @property
    def ground(self) -> str: ...
    @property
    def mood(self) -> str: ...
    @property
    def style(self) -> str: ...
    @property
    def accessories(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Wording:
    """A caption and the kinds of attribute it names."""

    text: str
    named: frozenset[str]


def pick(rng: np.random.Generator, words: Sequence[str]) -> str:
    """Return one of the words."""
    return words[int(rng.integers(len(words)))]


def chance(rng: np.random.Generator, share: float) -> bool:
    """Return true with a probability of `share`."""
    return bool(rng.random() < share)


def with_article(words: str) -> str:
    """Put a or an before a noun phrase."""
    spoken = words.lower()
    vowel = spoken[0] in "aeiou" and not spoken.startswith(("ufo", "uni", "one"))
    return f"{'an' if vowel or spoken.startswith('8') else 'a'} {words}"


def colour_scheme(rng: np.random.Generator | None, word: str) -> str:
    """Return a fragment that gives the whole picture's colour."""
    if rng is None:
        return f"{word} color scheme"
    scheme = pick(rng, ("color scheme", "color scheme", "color scheme", "colour scheme", "palette"))
    return f"{word} {scheme}" if chance(rng, 0.6) else with_article(f"{word} {scheme}")


def phrase(kind: str, name: str, rng: np.random.Generator | None) -> str:
    """Return a short caption for a single attribute alone; without a random stream, its canonical one."""
    if name not in KINDS[kind]:
        raise ValueError(f"no {kind} is called {name!r}")
    if kind == "subject":
        if rng is None:
            return with_article(SUBJECT_WORDS[name][0])
        thing = with_article(pick(rng, SUBJECT_WORDS[name]))
        return pick(
            rng, (thing, thing, f"a picture of {thing}", f"{pick(rng, ('drawing', 'image', 'view'))} of {thing}")
        )
    if kind == "ground":
        place = GROUND_WORDS[name][0] if rng is None else pick(rng, GROUND_WORDS[name])
        if rng is None:
            return f"a picture of {place}"
        return pick(rng, (place.removeprefix("the ").removeprefix("a "), f"a picture of {place}", f"a view of {place}"))
    if kind == "mood":
        if name in COLOUR_MOODS:
            return colour_scheme(rng, MOOD_WORDS[name][0] if rng is None else pick(rng, MOOD_WORDS[name]))
        if rng is None:
            return f"a scene {MOOD_WORDS[name][0]}"
        return pick(rng, (pick(rng, MOOD_FRAGMENTS[name]), f"a scene {pick(rng, MOOD_WORDS[name])}"))
    if rng is None:
        return with_article(STYLE_WORDS[name][0])
    work = with_article(pick(rng, STYLE_WORDS[name]))
    return pick(rng, (pick(rng, STYLE_FRAGMENTS[name]), work, f"in the style of {work}"))


def compose(scene: Depicted, rng: np.random.Generator) -> Wording:
    """Choose which parts to name and word them."""
    named = {kind for kind, share in SHARES.items() if chance(rng, share)}
    if scene.subject is None:
        named.discard("subject")
    if not named:
        named = {"mood", "ground"} if scene.subject is None else {"subject"}
    grammar = rng.random()
    text = list_fragments(scene, rng, named) if grammar < 0.3 else tell(scene, rng, named)
    return Wording(text, frozenset(named))


def caption(scene: Depicted, rng: np.random.Generator) -> str:
    """Return a caption of the scene; how it is worded depends on the random stream alone."""
    return compose(scene, rng).text


def list_fragments(scene: Depicted, rng: np.random.Generator, named: set[str]) -> str:
    """Word the caption as separate fragments, in any order."""
    parts = [phrase(kind, str(getattr(scene, kind)), rng) for kind in sorted(named)]
    parts = [parts[index] for index in rng.permutation(len(parts))]
    if chance(rng, 0.25):
        parts.append(pick(rng, ENDINGS))
    return ", ".join(parts)


def tell(scene: Depicted, rng: np.random.Generator, named: set[str]) -> str:
    """Word the caption as one sentence, of the kind: a painting of a thing at a place in a mood."""
    coloured = "mood" in named and scene.mood in COLOUR_MOODS
    tinted_place = coloured and "ground" in named and chance(rng, 0.75)
    thing = name_thing(scene, rng) if "subject" in named else ""
    place = name_place(scene, rng, thing, tinted_place) if "ground" in named else ""
    body = f"{thing}{place}" or ""
    if "mood" in named and not tinted_place:
        word = pick(rng, MOOD_WORDS[scene.mood])
        tail = colour_tail(rng, word) if coloured else f" {word}"
        body = body + tail if body else ("a scene" + tail)
    text = frame(scene, rng, body, "style" in named)
    for name, words in (("moon", "with a moon"), ("planet", "with a ringed planet"), ("clouds", "with a cloudy sky")):
        if name in scene.accessories and chance(rng, 0.12):
            text += f", {words}"
    if chance(rng, 0.16):
        text += f", {pick(rng, ENDINGS)}"
    return text


def colour_tail(rng: np.random.Generator, word: str) -> str:
    """Return the end of a sentence that gives the whole picture's colour."""
    return pick(
        rng,
        (
            f", {colour_scheme(rng, word)}",
            f" with a{'n' if word[0] in 'aeiou' else ''} {word} color scheme",
            f" in {word}",
            f" in shades of {word}",
        ),
    )


def name_thing(scene: Depicted, rng: np.random.Generator) -> str:
    """Return the subject with its article, now and then with an adjective or what it does."""
    subject = str(scene.subject)
    thing = pick(rng, SUBJECT_WORDS[subject])
    thing = with_article(f"{pick(rng, MANNERS)} {thing}" if chance(rng, 0.35) else thing)
    if subject in DOINGS and chance(rng, 0.5 if subject == "lighthouse" else 0.25):
        thing += DOINGS[subject]
    return thing


def name_place(scene: Depicted, rng: np.random.Generator, thing: str, tinted: bool) -> str:
    """Return the ground, in the mood's colour if `tinted`, with the preposition a subject before it needs."""
    ground = scene.ground
    if tinted:
        colour, noun = pick(rng, MOOD_WORDS[scene.mood]), pick(rng, COLOURED[ground])
        place = (
            f"{with_article(noun)} of {colour}"
            if ground == "sea" and chance(rng, 0.7)
            else with_article(f"{colour} {noun}")
        )
    else:
        place = pick(rng, GROUND_WORDS[ground])
        if ground == "sea" and chance(rng, 0.3):
            place = f"{pick(rng, ('a tumultuous', 'a calm', 'a wide', 'the open'))} {pick(rng, ('sea', 'ocean'))}"
    if not thing:
        return place
    preposition = pick(rng, PLACES[ground])
    if scene.subject in ("rocket", "balloon", "ufo"):
        preposition = "over"
    if thing.endswith("shining its light"):
        return f" across {place}"
    return f" {preposition} {place}"


def frame(scene: Depicted, rng: np.random.Generator, body: str, styled: bool) -> str:
    """Put the kind of picture before or after what it shows."""
    praise = chance(rng, 0.45)
    if not styled:
        if body and chance(rng, 0.5):
            return body
        work = pick(rng, ("picture", "image", "depiction"))
    else:
        work = pick(rng, STYLE_WORDS[scene.style])
        if body and chance(rng, 0.2):
            return f"{body}, {pick(rng, STYLE_FRAGMENTS[scene.style])}"
    title = with_article(f"{pick(rng, PRAISE)} {work}" if praise else work)
    if not body:
        return title
    title = title[0].upper() + title[1:] if chance(rng, 0.4) else title
    return f"{title} of {body}"
