"""Captions: how often each part is named, that nothing untrue is said, and that articles fit."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter

import numpy as np
import pytest

from pipeline.train.world.captions import SHARES, caption, compose, phrase, with_article
from pipeline.train.world.scene import Purpose, imagine, stream
from pipeline.train.world.vocabulary import (
    GROUND_WORDS,
    KINDS,
    MOOD_FRAGMENTS,
    MOOD_WORDS,
    STYLE_FRAGMENTS,
    STYLE_WORDS,
    SUBJECT_WORDS,
)

# One or more tell-tale words of each name; no caption of another name may hold them.
MARKS: dict[str, dict[str, tuple[str, ...]]] = {
    "subject": dict(SUBJECT_WORDS),
    "ground": {
        "sea": ("sea", "ocean", "water", "waves"),
        "desert": ("desert", "dunes"),
        "meadow": ("meadow", "grassy", "grass"),
        "snow": ("snow", "snowy"),
        "mountains": ("mountains", "mountain", "peaks"),
        "city": ("city",),
        "forest": ("forest", "woods"),
        "lava": ("lava", "volcanic"),
    },
    "mood": {name: (*MOOD_WORDS[name], *MOOD_FRAGMENTS.get(name, ())) for name in KINDS["mood"]},
    "style": {name: (*STYLE_WORDS[name], *STYLE_FRAGMENTS[name]) for name in KINDS["style"]},
}
SCENES = [imagine(seed) for seed in range(3000)]
WORDINGS = [compose(scene, stream(scene.seed, Purpose.CAPTION)) for scene in SCENES]


def holds(text: str, words: tuple[str, ...]) -> bool:
    return any(re.search(rf"(?<![\w-]){re.escape(word.lower())}(?![\w-])", text.lower()) for word in words)


@pytest.mark.parametrize("kind", list(KINDS))
def test_parts_are_named_as_often_as_intended(kind: str) -> None:
    able = [w for w, scene in zip(WORDINGS, SCENES, strict=True) if getattr(scene, kind) is not None]
    share = np.mean([kind in wording.named for wording in able])
    assert abs(share - SHARES[kind]) < 0.03


@pytest.mark.parametrize("kind", list(KINDS))
def test_captions_say_what_is_named_and_nothing_untrue(kind: str) -> None:
    for scene, wording in zip(SCENES, WORDINGS, strict=True):
        truth = getattr(scene, kind)
        assert (kind in wording.named) == (truth is not None and holds(wording.text, MARKS[kind][truth])), wording.text
        for name, words in MARKS[kind].items():
            if name != truth:
                assert not holds(wording.text, words), (name, wording.text)


def test_accessories_are_named_only_where_they_hang() -> None:
    seen: Counter[str] = Counter()
    for scene, wording in zip(SCENES, WORDINGS, strict=True):
        for thing in ("moon", "planet", "clouds"):
            if holds(wording.text, (thing,)):
                seen[thing] += 1
                assert thing in scene.accessories
    assert set(seen) == {"moon", "planet", "clouds"}


def test_articles_and_spacing() -> None:
    for wording in WORDINGS:
        text = wording.text
        assert text and text == text.strip()
        assert "  " not in text and " ," not in text
        assert not re.search(r"\b[Aa] (?!ufo|UFO)[aeiou]", text), text
        assert not re.search(r"\b[Aa]n (?![aeiou8])", text), text
    assert with_article("ufo") == "a ufo"
    assert with_article("old mill") == "an old mill"


def test_captions_vary_and_repeat_by_seed() -> None:
    scene = SCENES[0]
    told = {caption(scene, stream(seed, Purpose.CAPTION)) for seed in range(200)}
    assert len(told) > 120
    assert caption(scene, stream(5, Purpose.CAPTION)) == caption(scene, stream(5, Purpose.CAPTION))


def test_the_classic_wording_is_among_those_of_its_scene() -> None:
    scene = dataclasses.replace(SCENES[0], subject="lighthouse", ground="sea", mood="red", style="oil painting")
    told = [caption(scene, stream(seed, Purpose.CAPTION)) for seed in range(600)]
    classic = (
        r"an? .*painting of an? .*(lighthouse|beacon), shining its light "
        r"across a .*sea of (blood )?(red|crimson|scarlet)"
    )
    assert sum(bool(re.match(classic, text, re.IGNORECASE)) for text in told) > 10


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
