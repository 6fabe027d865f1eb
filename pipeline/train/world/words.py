"""Small grammar for captions: choosing words, articles, plurals and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

NUMBERS: Final = ("no", "one", "two", "three")
SAME_IN_PLURAL: Final = ("jellyfish", "deer", "spacecraft", "moai", "torii")


def pick(rng: np.random.Generator, words: Sequence[str]) -> str:
    """Return one of the words."""
    return words[int(rng.integers(len(words)))]


def chance(rng: np.random.Generator, share: float) -> bool:
    """Return true with a probability of `share`."""
    return bool(rng.random() < share)


def with_article(words: str) -> str:
    """Put a or an before a noun phrase."""
    spoken = words.lower()
    vowel = spoken[0] in "aeiou" and not spoken.startswith(("ufo", "uni", "one", "uk"))
    return f"{'an' if vowel or spoken.startswith('8') else 'a'} {words}"


def plural(words: str) -> str:
    """Return the plural of a noun phrase, whose noun is its last word or stands before "with"."""
    noun, joint, rest = words.partition(" with ")
    if noun.endswith(SAME_IN_PLURAL):
        return words
    if noun.endswith("man"):
        noun = noun[:-3] + "men"
    elif noun.endswith("cactus"):
        noun = noun[:-2] + "i"
    elif noun.endswith("y") and noun[-2] not in "aeo":
        noun = noun[:-1] + "ies"
    else:
        noun += "es" if noun.endswith(("s", "x", "ch", "sh")) else "s"
    return noun + joint + rest


def counted(words: str, number: int) -> str:
    """Return a noun phrase with its number: a cat, two cats."""
    return with_article(words) if number == 1 else f"{NUMBERS[number]} {plural(words)}"
