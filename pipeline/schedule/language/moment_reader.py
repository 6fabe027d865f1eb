"""Read the moments that an expression speaks of: those of labels, of the film or its music, and beats and bars.

They become a part of the tree as they are; functions such as `since` say what they mean for a frame.
"""

from __future__ import annotations

import math
from fnmatch import fnmatchcase

from ..fields import nearest
from ..source import Scalar, refuse, shorten
from .functions import FUNCTIONS
from .tokens import PATTERN, Tokens
from .tree import Moments, Number, Tree, Unit
from .vocabulary import NO_TEMPO, Vocabulary

MAX_NODES = 150


class MomentReader(Tokens):
    """Tokens, and the words that are known where they stand."""

    def __init__(self, text: Scalar, words: Vocabulary) -> None:
        super().__init__(text, is_position=words.is_position)
        self.words = words
        self.nodes = 0

    def count(self, tree: Tree) -> Tree:
        """Count a part, of which there may not be too many."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            refuse(self.text.at(tree.at), f"the expression has more than {MAX_NODES} parts", "simplify it")
        return tree

    def moment(self, label: str, frames: tuple[int, ...], number: int | None, at: int) -> Tree:
        """Return the moment of a label that comes once, or comes for the `number`th time."""
        self.words.on_label(label)
        if number is None and len(frames) != 1:
            what = f"the label '{label}' comes {len(frames)} times in this shot"
            refuse(self.text.at(at), what, f"write {label}(1) for the first" if frames else "use another one here")
        if number is not None and not 1 <= number <= len(frames):
            what = f"there is no {label}({number}): the label comes {len(frames)} times in this shot"
            refuse(self.text.at(at), what, "count from 1")
        return self.count(Number(float(frames[(number or 1) - 1]), at, Unit.TIME))

    def every(self, unit: str, name: str, at: int) -> Tree:
        """Read how many beats or bars lie between moments, 1 where nothing is said, and return all the moments."""
        step, place = 1.0, self.at
        if self.token != ")":
            if self.kind != "number" or not 0 < float(self.token) < math.inf:
                refuse(self.text.at(place), f"{name} wants a number above 0", f"write {FUNCTIONS[name].form}")
            step = float(self.token)
            self.advance()
        if unit not in self.words.spans:
            refuse(self.text.at(at), "beats and bars need a tempo", NO_TEMPO)
        frames = self.words.every(unit, step)
        if frames is None:
            refuse(self.text.at(place), f"{name} looks at too many moments", "count more beats")
        self.count(Number(0.0, at))
        return Moments(frames, (), at)

    def label(self) -> Tree:
        """Read a label's name, bare or in quotes, where `*` stands for any characters."""
        at, name = self.at, self.token.strip("'\"").removeprefix("@")
        if self.kind not in ("name", "label") or not PATTERN.fullmatch(name):
            do = "write its name, or a part of it with * in quotes, as in since('verse*')"
            refuse(self.text.at(at), f"a label is wanted here (found '{shorten(self.token) or 'the end'}')", do)
        self.advance()
        found = [each for each in self.words.labels if fnmatchcase(each, name)]  # without backtracking
        if not found and (of_song := self.words.song.matching(name)):
            self.count(Number(0.0, at))
            return Moments(*of_song, at)
        if not found:
            known = tuple(self.words.labels)
            do = nearest(name, known) if known else "place it under 'labels:', as in {drop: 8s}"
            refuse(self.text.at(at), f"there is no label '{shorten(name)}'", do)
        for each in found:
            self.words.on_label(each)
        frames = sorted({frame for each in found for frame in self.words.labels[each]})
        others = sorted({frame for each, all_ in self.words.labels.items() if each not in found for frame in all_})
        self.count(Number(0.0, at))
        return Moments(tuple(frames), tuple(others), at)
