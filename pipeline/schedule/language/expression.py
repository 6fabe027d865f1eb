"""Turn expression text into a checked tree, by a precedence parser of our own.

No Python or numexpr parser ever sees the artist's text. Precedence is Python's, except that `&` and `|` are just other
spellings of `and` and `or`, as people mean them.
"""

from __future__ import annotations

import math
import re
from typing import NoReturn

from ..fields import nearest
from ..source import Scalar, refuse, shorten
from .functions import FUNCTIONS, NUMEXPR_NAMES
from .moment_reader import MomentReader
from .tree import EARLIER, Call, Expression, Meaning, Name, Number, Tree, Unit
from .units import unit_of
from .vocabulary import ANGLES, NO_TEMPO, SPANS, Vocabulary

PLAIN = re.compile(r"-?\d{1,9}(?:\.\d{0,9})?", re.ASCII)
MAX_CHARACTERS = 1000
MAX_DEPTH = 32

COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})
LEVELS = {"or": 1, "|": 1, "and": 2, "&": 2, "not": 3, **dict.fromkeys(COMPARISONS, 4), "+": 5, "-": 5}
LEVELS |= {"*": 6, "/": 6, "//": 6, "%": 6, "negate": 7, "**": 8}
TRUTHS = COMPARISONS | {"and", "or", "not"}


def parse(text: Scalar, words: Vocabulary) -> Expression:
    """Parse an expression in the words that are known in its place.

    Raises: KeyframeError with one complaint that points at the character.
    """
    if len(text.text) > MAX_CHARACTERS:
        refuse(text.mark, f"the expression has {len(text.text)} characters", f"keep it to {MAX_CHARACTERS}")
    if PLAIN.fullmatch(text.text):
        return Expression(Number(float(text.text), 0), text, frozenset())
    parser = Parser(text, words)
    tree = parser.expression(0)
    if parser.token:
        parser.refuse_rest()
    meanings = parser.meanings
    unit = unit_of(tree, text, lambda name: meanings[name].unit)
    if isinstance(tree, Call) and tree.name == "negate" and isinstance(tree.args[0], Number):
        tree = Number(-tree.args[0].value, tree.args[0].at, unit)  # so that -1 is as plain a number as 1
    return Expression(
        tree,
        text,
        frozenset(meanings),
        unit,
        any(meaning.is_timed for meaning in meanings.values()),
        any(meaning.uses_progress for meaning in meanings.values()),
    )


class Parser(MomentReader):
    """Precedence climbing over one token of look-ahead."""

    def __init__(self, text: Scalar, words: Vocabulary) -> None:
        super().__init__(text, words)
        self.meanings: dict[str, Meaning] = {}
        self.depth = 0

    def expression(self, level: int) -> Tree:
        """Read operators that bind more tightly than `level`, and their values."""
        left = self.operand()
        compared = False
        while (rank := LEVELS.get(self.token, 0)) > level and self.token != "not":
            sign, at = self.token, self.at
            if sign in COMPARISONS and compared:
                refuse(self.text.at(at), "comparisons cannot be chained", "write 'a < b and b < c'")
            self.advance()
            right = self.nested(at, rank - 1 if sign == "**" else rank)
            if sign in "&|":
                self.refuse_plain_numbers(sign, at, left, right)
                sign = {"&": "and", "|": "or"}[sign]
            left, compared = self.call(sign, (left, right), at), sign in COMPARISONS
        return left

    def nested(self, at: int, level: int) -> Tree:
        """Read an expression one level deeper."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            refuse(self.text.at(at), f"the expression is nested deeper than {MAX_DEPTH} levels", "simplify it")
        tree = self.expression(level)
        self.depth -= 1
        return tree

    def operand(self) -> Tree:
        """Read one value."""
        token, kind, at = self.token, self.kind, self.at
        if token in ("-", "+", "not"):
            self.advance()
            inner = self.nested(at, LEVELS["not" if token == "not" else "negate"])
            return inner if token == "+" else self.call({"-": "negate"}.get(token, token), (inner,), at)
        if kind == "number":
            return self.number(token, at)
        if kind == "clock":
            self.advance()
            minutes, seconds = token.split(":")
            return self.time(int(minutes) * 60 + float(seconds), "s", at)
        if token == "(":
            self.advance()
            inner = self.nested(at, 0)
            self.expect_closing(at)
            return inner
        if kind == "name" and token not in LEVELS:
            self.advance()
            return self.function(token, at) if self.token == "(" else self.variable(token, at)
        if kind == "label":
            do = "labels stand in since, until, count, phase and section; leave the quotes out elsewhere"
            refuse(self.text.at(at), "a text in quotes is no value", do)
        found = f"'{token}'" if token else "the end"
        return refuse(self.text.at(at), f"a value is missing before {found}", "write a number, a name or '('")

    def number(self, token: str, at: int) -> Tree:
        """Read a number and the unit that stands right behind it."""
        value, unit = float(token), self.unit()
        if math.isinf(value):
            self.refuse_huge(at)
        if unit not in (*SPANS, *ANGLES):
            self.advance()
            return self.count(Number(value, at))
        self.end += len(unit)
        self.advance()
        return self.angle(value, unit, at) if unit in ANGLES else self.time(value, unit, at)

    def refuse_huge(self, at: int) -> NoReturn:
        """Complain about a number that floats cannot hold."""
        refuse(self.text.at(at), "the number is too large", "write a smaller one")

    def angle(self, value: float, unit: str, at: int) -> Tree:
        """Return an angle in degrees."""
        if math.isinf(value * ANGLES[unit]):
            self.refuse_huge(at)
        return self.count(Number(value * ANGLES[unit], at, Unit.ANGLE))

    def time(self, value: float, unit: str, at: int) -> Tree:
        """Return a span of time as a number of frames."""
        if unit not in self.words.spans:
            refuse(self.text.at(at), "beats and bars need a tempo", NO_TEMPO)
        if unit in self.words.song.lengths:
            return self.later(value, unit, at)
        if math.isinf(value * self.words.spans[unit]):
            self.refuse_huge(at)
        return self.count(Number(value * self.words.spans[unit], at, Unit.TIME))

    def later(self, value: float, unit: str, at: int) -> Tree:
        """Return a number of beats or bars of a song, whose length depends on where they begin."""
        name = self.words.song.lengths[unit]
        self.meanings[name] = Meaning(Unit.TIME)
        return self.call("*", (self.count(Number(value, at)), self.count(Name(name, at))), at)

    def place(self, word: str, at: int) -> Tree:
        """Read what is behind `bar` or `beat`: which of them, counted from 1."""
        number, unit = float(self.token), {"bar": "bars", "beat": "b"}[word]
        place = self.at
        self.advance()
        if unit not in self.words.spans:
            refuse(self.text.at(at), "beats and bars need a tempo", NO_TEMPO)
        if self.words.song.place is not None:
            return self.count(Number(self.words.song.place(word, number), at, Unit.TIME))
        return self.time(number - 1, unit, place)

    def variable(self, name: str, at: int) -> Tree:
        """Read a name: one of the language's, one of the file's, or in a position a label."""
        name = self.words.aliases.get(name, name)
        label = name.removeprefix("@")
        if self.words.is_position:
            if name in ("bar", "beat") and self.kind == "number":
                return self.place(name, at)
            if label in self.words.labels:
                return self.moment(label, self.words.labels[label], None, at)
        meaning = self.words.names.get(name) or self.words.resolve(Scalar(name, self.text.at(at), self.text.columns))
        if meaning is None:
            if self.words.is_position and name not in self.words.advice and (found := self.words.song.moments(label)):
                return self.moment(label, found, None, at)
            if name in FUNCTIONS:
                refuse(self.text.at(at), f"'{name}' is a function", f"write {FUNCTIONS[name].form}")
            if name in self.words.labels:
                refuse(self.text.at(at), f"'{name}' is a label", f"write since({name}), until({name}) or count({name})")
            do = self.words.advice.get(name) or self.words.suggest(name)
            refuse(self.text.at(at), f"unknown name '{shorten(name)}' in expression", do)
        self.meanings[name] = meaning
        return self.count(Name(name, at))

    def function(self, name: str, at: int) -> Tree:
        """Read a call."""
        label = name.removeprefix("@")
        if self.words.is_position and label in self.words.labels:
            return self.numbered_moment(label, self.words.labels[label], at)
        name = self.words.aliases.get(name, name)
        if self.words.is_position and name not in FUNCTIONS and (moments := self.words.song.moments(label)):
            return self.numbered_moment(label, moments, at)
        if name not in FUNCTIONS:
            is_value = name in self.words.names or name in self.words.others
            what = f"'{name}' is a value, not a function" if is_value else f"unknown function '{shorten(name)}'"
            do = "write an operator after it" if is_value else nearest(NUMEXPR_NAMES.get(name, name), FUNCTIONS)
            refuse(self.text.at(at), what, do)
        known, opening = FUNCTIONS[name], self.at
        self.advance()
        args: list[Tree] = [self.every(known.counts_unit, name, at)] if known.counts_unit else []
        while not known.counts_unit and (self.token != ")" or args):
            args.append(self.label() if known.takes_label and not args else self.nested(opening, 0))
            if self.token != ",":
                break
            self.advance()
        self.expect_closing(opening)
        if not known.counts_unit and not known.least <= len(args) <= known.most:
            what = f"{name} takes {known.counts} (found {len(args)})"
            refuse(self.text.at(at), what, f"write {known.form}")
        filled = [Number(value, at) for value in known.fills[len(known.fills) - (known.most - len(args)) :]]
        for needed in known.needs:
            self.meanings[needed] = self.words.names.get(needed) or Meaning(is_timed=True)
        if name == "change":
            self.earlier(args[0], at)
        return self.call(name, (*args, *(filled if known.fills else [])), at)

    def earlier(self, tree: Tree, at: int) -> None:
        """Note that all that a tree reads is needed one frame before, too."""
        if isinstance(tree, Name):
            self.meanings[EARLIER + tree.name] = self.meanings[tree.name]
        if not isinstance(tree, Call):
            return
        if tree.name == "change":
            refuse(self.text.at(at), "a change of a change", "give the inner one a name under let:")
        for needed in FUNCTIONS[tree.name].needs if tree.name in FUNCTIONS else ():
            self.meanings[EARLIER + needed] = self.meanings[needed]
        for arg in tree.args:
            self.earlier(arg, at)

    def numbered_moment(self, label: str, frames: tuple[int, ...], at: int) -> Tree:
        """Read `kick(2)`, the second moment of a label."""
        opening = self.at
        self.advance()
        if not re.fullmatch(r"\d{1,6}", self.token, re.ASCII):
            refuse(self.text.at(self.at), f"'{label}(...)' wants a whole number", f"write {label}(2) for the second")
        number = int(self.token)
        self.advance()
        self.expect_closing(opening)
        return self.moment(label, frames, number, at)

    def call(self, name: str, args: tuple[Tree, ...], at: int) -> Tree:
        """Return a counted call."""
        return self.count(Call(name, args, at))

    def expect_closing(self, opening: int) -> None:
        """Read the bracket that closes the one at `opening`."""
        if self.token != ")":
            if self.token:
                self.refuse_rest()
            refuse(self.text.at(opening), "this '(' is never closed", "add ')'")
        self.advance()

    def refuse_rest(self) -> None:
        """Complain about a token that nothing can be made of."""
        where = self.text.at(self.at)
        if self.token == ")":
            refuse(where, "this ')' closes nothing", "remove it")
        if self.token == ",":
            do = "write a point in decimals, such as 0.5"
            refuse(where, "a comma can only stand between a function's values", do)
        before = self.text.text[self.at - 1 : self.at]
        do = "write +, -, * or / between two values"
        if self.kind == "name" and before.isdigit():
            do += f"; units are {', '.join((*SPANS, *ANGLES))}"
        refuse(where, f"an operator is missing before '{shorten(self.token)}'", do)

    def refuse_plain_numbers(self, sign: str, at: int, *sides: Tree) -> None:
        """Complain about `&` and `|` between values that are no conditions."""
        if not all(isinstance(side, Call) and side.name in TRUTHS for side in sides):
            do = f"compare both sides, as in (t > 3) {sign} (t < 5)"
            refuse(self.text.at(at), f"'{sign}' joins comparisons only", do)
