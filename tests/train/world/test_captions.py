"""Captions: how often each part is named, that nothing untrue is said, and that articles and numbers fit."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter

import numpy as np
import pytest

from pipeline.train.world.captions import RICH_PRAISE, SHARES, caption, compose, phrase
from pipeline.train.world.parts import ALONE, CALM, FAR, HANGING, LARGE, ROUGH, SHINING
from pipeline.train.world.scene import Purpose, Scene, imagine, stream
from pipeline.train.world.vocabulary import COLOUR_MOODS, GROWING, KINDS, SEASONS
from pipeline.train.world.wordings import (
    GROUND_WORDS,
    MOOD_FRAGMENTS,
    MOOD_WORDS,
    SEASON_WORDS,
    STYLE_FRAGMENTS,
    STYLE_WORDS,
    SUBJECT_WORDS,
)
from pipeline.train.world.words import counted, plural, with_article

# One or more tell-tale words of each name; no caption of another name may hold them.
MARKS: dict[str, dict[str, tuple[str, ...]]] = {
    "subject": {name: (*words, *(plural(word) for word in words)) for name, words in SUBJECT_WORDS.items()},
    "ground": {
        "sea": ("sea", "ocean", "water", "waves"),
        "desert": ("desert", "dunes"),
        "meadow": ("meadow", "grassy", "grass"),
        "snow": ("snow", "snowy"),
        "mountains": ("mountains", "mountain", "peaks"),
        "city": ("city",),
        "forest": ("forest", "woods"),
        "lava": ("lava", "volcanic"),
        "lake": ("lake",),
        "canyon": ("canyon", "gorge"),
        "jungle": ("jungle", "rainforest"),
        "clouds": ("clouds", "cloudscape"),
    },
    "mood": {name: (*MOOD_WORDS[name], *MOOD_FRAGMENTS.get(name, ())) for name in KINDS["mood"]},
    "style": {name: (*STYLE_WORDS[name], *STYLE_FRAGMENTS[name]) for name in KINDS["style"]},
}
# Wordings that hold another name's word and mean no such thing.
JOINED = {
    "falling snow": "snowfall",
    "storm clouds": "storm",
    "golden hour": "sunset",
    "palm tree": "coconut palm",
    "ink painting": "ink wash",
    "charcoal sketch": "charcoal",
    "blueprint paper": "blueprint",
}
SCENES = [imagine(seed) for seed in range(3000)]
WORDINGS = [compose(scene, stream(scene.seed, Purpose.CAPTION)) for scene in SCENES]


def holds(text: str, words: tuple[str, ...]) -> bool:
    said = text.lower()
    for whole, meant in JOINED.items():
        if whole not in words:
            said = re.sub(rf"{whole}(s?)\b", rf"{meant}\1", said)
    return any(re.search(rf"(?<![\w-]){re.escape(word.lower())}(?![\w-])", said) for word in words)


def truths(scene: Scene, kind: str) -> set[str | None]:
    """What may be said of a scene in the words of a kind."""
    if kind == "subject":
        return {one.subject for one in scene.figures}
    if kind == "mood":
        return {scene.mood, scene.ground_colour, scene.sky_colour}
    return {getattr(scene, kind)}


@pytest.mark.parametrize("kind", list(KINDS))
def test_parts_are_named_as_often_as_intended(kind: str) -> None:
    able = [w for w, scene in zip(WORDINGS, SCENES, strict=True) if getattr(scene, kind) is not None]
    share = np.mean([kind in wording.named for wording in able])
    assert abs(share - SHARES[kind]) < 0.03


@pytest.mark.parametrize("kind", list(KINDS))
def test_captions_say_what_is_named_and_nothing_untrue(kind: str) -> None:
    for scene, wording in zip(SCENES, WORDINGS, strict=True):
        truth = getattr(scene, kind)
        said = truth is not None and holds(wording.text, MARKS[kind][truth])
        assert (kind in wording.named) == said, wording.text
        for name, words in MARKS[kind].items():
            if name not in truths(scene, kind):
                assert not holds(wording.text, words), (name, wording.text)


def test_what_is_there_besides_is_named_only_where_it_is() -> None:
    seen: Counter[str] = Counter()
    for scene, wording in zip(SCENES, WORDINGS, strict=True):
        text, number = wording.text, 1 + len(scene.companions)
        claims = {
            **{words: name in scene.accessories for name, words in HANGING.items()},
            "two": number > 1,
            "three": number == 3 and scene.companions[0].subject == scene.subject,
            **dict.fromkeys(ALONE, number == 1),
            **dict.fromkeys(RICH_PRAISE, scene.rich),
            **dict.fromkeys(LARGE, scene.size >= 0.6),
            **dict.fromkeys(FAR, scene.size < 0.48),
            **dict.fromkeys(set(ROUGH) - {"stormy"}, scene.rough and scene.ground == "sea"),
            **dict.fromkeys(CALM, not scene.rough and scene.ground in ("sea", "lake")),
            SHINING.strip(", "): scene.shining and scene.subject == "lighthouse",
            **{season: season == scene.season for season in SEASONS},
            "fall": scene.season == "autumn",
            "flower meadow": scene.season in (None, "spring", "summer"),
        }
        for words, true in claims.items():
            if holds(text, (words,)):
                seen[words] += 1
                assert true, (words, text)
        if scene.companions and scene.companions[0].subject == scene.subject and "subject" in wording.named:
            assert holds(text, ("two" if number == 2 else "three",)), text
    for words in ("two", "three", "isolated", "gorgeous", "majestic", "tumultuous", "calm", "autumn", "winter"):
        assert seen[words] > 2, words


def test_seasons_and_colours_are_where_they_can_be() -> None:
    for scene in SCENES:
        assert scene.season is None or scene.ground in GROWING
        if scene.mood in COLOUR_MOODS:
            assert scene.ground_colour is None and scene.sky_colour is None
        assert not (scene.ground_colour and scene.sky_colour)
    assert {scene.season for scene in SCENES} == {None, *SEASONS}
    assert {scene.ground_colour for scene in SCENES} == {scene.sky_colour for scene in SCENES} == {None, *COLOUR_MOODS}


def test_captions_are_short_enough_for_the_text_model() -> None:
    words = [len(re.findall(r"\w+|,", wording.text)) for wording in WORDINGS]
    assert max(words) <= 34
    assert np.mean(np.array(words) <= 26) > 0.97


def test_articles_and_spacing() -> None:
    for wording in WORDINGS:
        text = wording.text
        assert text and text == text.strip()
        assert "  " not in text and " ," not in text and not text.endswith(",") and not text.startswith(",")
        assert not re.search(r"\b[Aa] (?!ufo|UFO|uk)[aeiou]", text), text
        assert not re.search(r"\b[Aa]n (?![aeiouAEIO8])", text), text
    assert with_article("ufo") == "a ufo"
    assert with_article("old mill") == "an old mill"
    assert with_article("ukiyo-e print") == "a ukiyo-e print"


def test_plurals() -> None:
    known = {
        "house": "houses",
        "smiling snowman": "smiling snowmen",
        "cactus": "cacti",
        "church": "churches",
        "butterfly": "butterflies",
        "jellyfish": "jellyfish",
        "temple with columns": "temples with columns",
        "UFO": "UFOs",
        "fortress": "fortresses",
    }
    assert {words: plural(words) for words in known} == known
    assert counted("owl", 1) == "an owl"
    assert counted("owl", 3) == "three owls"


def test_captions_vary_and_repeat_by_seed() -> None:
    scene = SCENES[0]
    told = {caption(scene, stream(seed, Purpose.CAPTION)) for seed in range(200)}
    assert len(told) > 120
    assert caption(scene, stream(5, Purpose.CAPTION)) == caption(scene, stream(5, Purpose.CAPTION))


def test_the_classic_wording_is_among_those_of_its_scene() -> None:
    scene = dataclasses.replace(
        SCENES[0],
        subject="lighthouse",
        ground="sea",
        mood="red",
        style="oil painting",
        companions=(),
        season=None,
        rough=True,
        shining=True,
        rich=True,
    )
    told = [caption(scene, stream(seed, Purpose.CAPTION)) for seed in range(6000)]
    classic = (
        r"an? .*painting of an? .*(lighthouse|beacon), shining its light "
        r"across a .*(sea|ocean) of (blood )?(red|crimson|scarlet)"
    )
    assert sum(bool(re.match(classic, text, re.IGNORECASE)) for text in told) > 60
    for word in ("gorgeous", "isolated", "tumultuous sea of red"):
        assert sum(word in text for text in told) > 30, word


def test_colours_of_ground_and_sky_are_told() -> None:
    scene = dataclasses.replace(
        SCENES[0], subject="castle", ground="sea", mood="sunset", ground_colour="red", companions=(), season=None
    )
    told = " | ".join(caption(scene, stream(seed, Purpose.CAPTION)) for seed in range(400))
    assert "sea of red at sunset" in told
    scene = dataclasses.replace(scene, ground_colour=None, sky_colour="green")
    told = " | ".join(caption(scene, stream(seed, Purpose.CAPTION)) for seed in range(400))
    assert "under a green sky" in told


def test_phrases_name_one_attribute() -> None:
    canonical = [phrase(kind, name, None) for kind, names in KINDS.items() for name in names]
    assert len(set(canonical)) == len(canonical)
    assert phrase("subject", "lighthouse", None) == "a lighthouse"
    assert phrase("mood", "red", None) == "red color scheme"
    rng = np.random.default_rng(0)
    for kind, names in KINDS.items():
        for name in names:
            for _ in range(20):
                text = phrase(kind, name, rng)
                for other in KINDS:
                    named = [key for key, words in MARKS[other].items() if holds(text, words)]
                    assert named == ([name] if other == kind else []), text
    with pytest.raises(ValueError, match="no ground"):
        phrase("ground", "moon", None)


def test_synonym_tables_cover_the_vocabulary() -> None:
    assert set(SUBJECT_WORDS) == set(KINDS["subject"])
    assert set(GROUND_WORDS) == set(KINDS["ground"])
    assert set(MOOD_WORDS) == set(KINDS["mood"])
    assert set(STYLE_WORDS) == set(STYLE_FRAGMENTS) == set(KINDS["style"])
    assert set(SEASON_WORDS) == set(SEASONS)
