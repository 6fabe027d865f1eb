r"""Read what Stable Diffusion's hosts write into a prompt: brackets that weigh, swap or alternate words, and backticks.

`(x)` and `(x:1.3)` weigh words, `[x]` weakens them, `[a:b:0.5]` swaps them while a frame is drawn, `[a|b]` alternates
them step by step, `<lora:NAME:1>` loads a network, `BREAK` begins a new text, and a backslash takes a bracket's
meaning. What would surprise: a text may come to several, because CLIP knows no weight inside a text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from ..schedule.language.functions import FUNCTIONS
from ..schedule.scope import OLD_WORDS

MORE, LESS = 1.1, 1 / 1.1  # what a pair of brackets without a number does to the words in it
DEEPEST = 40
MOST_TURNS = 12
LONGEST = 2000  # letters of a prompt; CLIP reads about 300
STRONGEST = 1e6
STEPS = 25  # of a frame, against which a whole number in [a:b:10] counts
HELD = 0xE000  # what stands in backticks is held by private letters from here on
NETWORK = re.compile(r"<\s*(?:lora|lyco|hypernet)\s*:[^<>]*>", re.IGNORECASE)
BREAK = re.compile(r"\bBREAK\b")
BACKTICKS = re.compile(r"`([^`]*)`")
EXPRESSION = re.compile(r"[\w\s.+\-*/%()<>=&|,]{1,200}", re.ASCII)
NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*", re.ASCII)
KNOWN = {*FUNCTIONS, "t", "max_f", "seed", "pi", "e", "fps"}
WEIGHTED = re.compile(r"(?P<inner>.*):\s*(?P<weight>[-+]?(?:\d+\.?\d*|\.\d+))\s*", re.ASCII | re.DOTALL)
NUMBER = re.compile(r"\s*(?:\d+\.?\d*|\.\d+)\s*", re.ASCII)
PAIRS = {"(": ")", "[": "]"}
ESCAPED = {char: chr(0xE800 + index) for index, char in enumerate("()[]\\")}  # until a text is put together
PUNCTUATION = " \t\n,.;:!?"

Verdict = Literal["approximated", "unsupported"]
Tell = Callable[[Verdict, str, str], None]
"""Takes a verdict, the kind of sign, and what became of it."""


@dataclass(slots=True)
class Group:
    """What stands in one pair of brackets: `options` are the texts between its bars or colons."""

    options: list[list[str | Group]]
    kind: Literal["weighs", "alternates", "swaps"] = "weighs"
    number: float = 1.0


@dataclass(slots=True)
class Reader:
    """One text, read from left to right; `at` is the next letter."""

    text: str
    at: int = 0
    depth: int = 0
    tell: Tell = field(default=lambda verdict, kind, why: None)
    ends: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        """Find where each bracket that is closed closes."""
        self.ends = {}
        opened: dict[str, list[int]] = {")": [], "]": []}
        at = 0
        while at < len(self.text):
            char = self.text[at]
            if char in PAIRS:
                opened[PAIRS[char]].append(at)
            elif opened.get(char):
                self.ends[opened[char].pop()] = at
            at += 2 if char == "\\" else 1

    def pieces(self, closing: str = "") -> list[str | Group]:
        """Return words and groups up to `closing`, or to the end; a bracket that closes nothing is a letter."""
        found: list[str | Group] = []
        words = ""
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == "\\" and self.at + 1 < len(self.text) and self.text[self.at + 1] in "()[]\\":
                words += ESCAPED[self.text[self.at + 1]]
                self.at += 2
                continue
            if char == closing:
                break
            self.at += 1
            end = self.ends.get(self.at - 1) if self.depth < DEEPEST else None
            if end is None:
                words += char
                continue
            found += [words, self._group(char, end)]
            words = ""
        return [*found, words]

    def _group(self, opening: str, end: int) -> Group:
        inner = self.text[self.at : end]
        self.at = end + 1
        bars, colons = parted(inner, "|"), parted(inner, ":")
        if opening == "[" and len(bars) > 1:
            return Group([self._inner(part) for part in bars], "alternates")
        if opening == "[" and len(colons) in (2, 3) and NUMBER.fullmatch(colons[-1]):
            before = colons[0] if len(colons) == 3 else ""
            return Group([self._inner(before), self._inner(colons[-2])], "swaps", strength(colons[-1]))
        match = WEIGHTED.fullmatch(inner) if opening == "(" else None
        if match and len(parted(inner, ":")) > 1:
            return Group([self._inner(match["inner"])], number=strength(match["weight"]))
        return Group([self._inner(inner)], number=MORE if opening == "(" else LESS)

    def _inner(self, text: str) -> list[str | Group]:
        return Reader(text, depth=self.depth + 1, tell=self.tell).pieces()


def strength(said: str) -> float:
    """Return a weight's number; one of hundreds of digits is a large one."""
    return max(-STRONGEST, min(STRONGEST, float(said)))


def parted(text: str, at: str) -> list[str]:
    """Return a text's parts between signs that stand outside of brackets."""
    parts, depth, start = [], 0, 0
    for index, char in enumerate(text):
        is_escaped = index > 0 and text[index - 1] == "\\"
        if not is_escaped:
            depth += (char in "([") - (char in ")]")
        if char == at and depth == 0 and not is_escaped:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]


def texts(said: str, tell: Tell) -> list[tuple[str, float]]:
    """Return the texts that a prompt comes to, each with its share of the prompt's weight.

    Convention: the shares of the texts themselves sum to 1; words that were weighed up come once more by themselves,
        with what they had above 1. Expressions are held: `written` puts them into a finished text.
    """
    if NETWORK.search(said):
        for name in dict.fromkeys(NETWORK.findall(said)):
            tell("unsupported", name[:60], "no network of Stable Diffusion acts here; leave it, or say it in words")
        said = NETWORK.sub(" ", said)
    if len(said) > LONGEST:
        tell("approximated", "length", f"what comes after {LONGEST} letters of a prompt is left out")
        said = said[:LONGEST]
    chunks = [chunk for chunk in BREAK.split(said) if chunk.strip(PUNCTUATION)]
    if len(chunks) > 1:
        tell("approximated", "BREAK", "the texts between are prompts of their own, of equal weights")
    found: dict[str, float] = {}
    for chunk in chunks:
        for text, share in _chunk(chunk, tell):
            found[text] = found.get(text, 0.0) + share / len(chunks)
    return list(found.items())


def _chunk(said: str, tell: Tell) -> list[tuple[str, float]]:
    tree = Reader(said, tell=tell).pieces()
    turns = min(MOST_TURNS, math.lcm(*(_turns(tree) or [1])))
    if turns > 1:
        tell("approximated", "[a|b]", "what alternated step by step is several prompts, which share the weight")
    found: list[tuple[str, float]] = []
    loud: dict[str, float] = {}
    for turn in range(turns):
        spans = _spans(tree, turn, 1.0, tell)
        found.append((_joined([words for words, weight in spans if weight > 0]), 1 / turns))
        for words, weight in spans:
            text = _joined([words])
            if text and not math.isclose(weight, 1):
                _tell_weight(text, weight, tell)
                loud[text] = loud.get(text, 0.0) + max(0.0, weight - 1) / turns
    return [(text, share) for text, share in [*found, *loud.items()] if text and share > 0]


def _tell_weight(text: str, weight: float, tell: Tell) -> None:
    if weight > 1:
        why = "weighed words stay in the text, and are a prompt of their own with what they had above 1"
        tell("approximated", "(x:1.3)", why)
    elif weight > 0:
        tell("approximated", "[x], (x:0.7)", "weakened words stay in the text as strong as the others")
    else:
        tell("approximated", "(x:0)", f"words of no weight are left out, such as '{text[:40]}'")


def _turns(tree: list[str | Group]) -> list[int]:
    """Return how many texts each group alternates between."""
    found = []
    for piece in tree:
        if isinstance(piece, Group):
            found += [len(piece.options)] if piece.kind == "alternates" else []
            found += [turn for option in piece.options for turn in _turns(option)]
    return found


def _spans(tree: list[str | Group], turn: int, weight: float, tell: Tell) -> list[tuple[str, float]]:
    """Return words and what they weigh, as they are in one turn of what alternates."""
    found: list[tuple[str, float]] = []
    for piece in tree:
        if isinstance(piece, str):
            found.append((piece, weight))
        elif piece.kind == "alternates":
            found += _spans(piece.options[turn % len(piece.options)], turn, weight, tell)
        elif piece.kind == "swaps":
            share = piece.number if piece.number <= 1 else min(1.0, piece.number / STEPS)
            kept = _spans(piece.options[0 if share > 0.5 else 1], turn, weight, tell)
            words = _joined([text for text, _ in kept])
            why = f"words that change while a frame is drawn: '{words[:40]}', which held longest, is kept for all of it"
            tell("unsupported", "[a:b:0.5]", why)
            found += kept
        else:
            found += _spans(piece.options[0], turn, weight * piece.number, tell)
    return found


def _joined(parts: list[str]) -> str:
    text = "".join(parts)
    for char, letter in ESCAPED.items():
        text = text.replace(letter, char)
    text = "".join(char if char.isprintable() or HELD <= ord(char) < 0xE800 else " " for char in text)
    text = re.sub(r"\s+([,.;:])", r"\1", " ".join(text.split()))
    return re.sub(r",(?:\s*,)+", ",", text).strip(" ,")


def held(said: str, expressions: list[str], tell: Tell) -> str:
    """Return a text with a letter in the place of each expression in backticks, which is put into the list.

    Raises: nothing; what cannot be an expression is left out, and told.
    """

    def hold(match: re.Match[str]) -> str:
        inner = NAME.sub(lambda name: OLD_WORDS.get(name[0], name[0]), match[1].strip())
        unknown = set(NAME.findall(inner)) - KNOWN
        is_whole = EXPRESSION.fullmatch(inner) and inner.count("(") == inner.count(")")
        if unknown or not is_whole or len(expressions) >= 0x700:
            tell("unsupported", f"`{inner[:40]}`", "is no expression that can be read; write it in braces by hand")
            return ""
        expressions.append(inner)
        return chr(HELD + len(expressions) - 1)

    clean = "".join(" " if HELD <= ord(char) < 0xF000 else char for char in said)
    return BACKTICKS.sub(hold, clean)


def expression_of(letter: str, expressions: list[str]) -> str | None:
    """Return the expression that a single letter holds."""
    index = ord(letter) - HELD if len(letter) == 1 else -1
    return expressions[index] if 0 <= index < len(expressions) else None


def written(text: str, expressions: list[str]) -> str:
    """Return a text of ours, whose braces are braces already, with its expressions in braces."""
    return "".join(char if (inner := expression_of(char, expressions)) is None else "{" + inner + "}" for char in text)
