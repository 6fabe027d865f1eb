"""Read the formulas of other programs, Python's and Parseq's, into trees, and write trees in our own language.

Nothing is run: a text becomes numbers, names, calls and signs, or is refused with what stands in the way. What would
surprise: Parseq's signs all group from the right, so that 5-3-1 is 3 there; the tree says so, and ours gets brackets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

LONGEST = 2000
DEEPEST = 24  # of 32 that our own language allows, since a translation may add some


class NoFormula(ValueError):
    """A text that is no formula, or one with something that cannot be said here; the message says what."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a formula.

    Convention: `kind` is number, text, name, call, sign or list; `word` its digits with any unit, its text, name or
        sign; a call's arguments have `names` where they were given by name. `negate` and `where` are signs too.
    """

    kind: str
    word: str
    args: tuple[Part, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a language groups its signs: the level of each, which group from the right, and how it writes a choice."""

    levels: Mapping[str, int]
    from_right: frozenset[str]
    negate: int
    units: tuple[str, ...] = ()
    spelled: Mapping[str, str] | None = None
    choice_first: bool = False  # `if c a else b` and not `a if c else b`
    words: frozenset[str] = frozenset({"if", "else", "and", "or"})  # that are no names


COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
PYTHON = Dialect(
    {"or": 1, "and": 2, **dict.fromkeys(COMPARISONS, 4), "+": 5, "-": 5, "*": 6, "/": 6, "//": 6, "%": 6, "**": 8},
    frozenset({"**"}),
    7,
    words=frozenset({"if", "else", "and", "or", "not", "lambda", "for", "in", "is"}),
)
_PARSEQ = {"and": 1, "or": 1, **dict.fromkeys(COMPARISONS, 2), "+": 3, "-": 3, **dict.fromkeys("*/%^", 4)}
PARSEQ = Dialect(_PARSEQ, frozenset(_PARSEQ), 5, ("f", "s", "b"), {"&&": "and", "||": "or"}, choice_first=True)
OURS = {"or": 1, "and": 2, "not": 3, **dict.fromkeys(COMPARISONS, 4), "+": 5, "-": 5}
OURS |= {"*": 6, "/": 6, "//": 6, "%": 6, "negate": 7, "**": 8}

TOKEN = re.compile(
    r"""\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?)|(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)"""
    r"""|(?P<text>"(?:[^"\\\n]|\\.)*"|'[^'\n]*')|(?P<sign>\*\*|//|<=|>=|==|!=|&&|\|\||[-+*/%^<>(),=\[\]]))""",
    re.ASCII,
)


def parse(text: str, dialect: Dialect) -> Part:
    """Return a formula's tree.

    Raises: NoFormula.
    """
    if len(text) > LONGEST:
        raise NoFormula(f"it has {len(text)} characters, more than {LONGEST}")
    reader = _Reader(text, dialect)
    found = reader.choice()
    if reader.word:
        raise NoFormula(f"'{reader.word[:20]}' stands where nothing is expected")
    return found


class _Reader:
    """Precedence climbing over one token of look-ahead."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        self.text, self.dialect = text.rstrip(), dialect
        self.end, self.depth = 0, 0
        self.advance()

    def advance(self) -> None:
        """Read the next token."""
        if self.end >= len(self.text):
            self.word, self.kind = "", "end"
            return
        found = TOKEN.match(self.text, self.end)
        if not found:
            raise NoFormula(f"'{self.text[self.end :].strip()[:1]}' cannot stand in a formula")
        self.kind, self.end = found.lastgroup or "", found.end()
        self.word = found[0].strip()
        if self.dialect.spelled and self.kind == "sign":
            self.word = self.dialect.spelled.get(self.word, self.word)

    def choice(self) -> Part:
        """Read a formula that may be one of two by a condition."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise NoFormula(f"it is nested deeper than {DEEPEST} levels")
        if self.dialect.choice_first and self.word == "if":
            self.advance()
            condition, first = self.signs(0), self.choice()
            second = Part("number", "0")
            if self.word == "else":
                self.advance()
                second = self.choice()
            found = Part("sign", "where", (condition, first, second))
        else:
            found = self.signs(0)
            if not self.dialect.choice_first and self.word == "if":
                self.advance()
                condition = self.signs(0)
                self.expect("else")
                found = Part("sign", "where", (condition, found, self.choice()))
        self.depth -= 1
        return found

    def signs(self, level: int) -> Part:
        """Read signs that bind more tightly than `level`, and their values."""
        left = self.operand()
        chain: list[Part] = []
        while (rank := self.dialect.levels.get(self.word, 0)) > level:
            sign = self.word
            self.advance()
            from_right = sign in self.dialect.from_right
            right = self.nested(rank - 1 if from_right else rank)
            if sign in COMPARISONS and not from_right:  # Python's a < b < c
                chain.append(Part("sign", sign, (chain[-1].args[1] if chain else left, right)))
                left = chain[0] if len(chain) == 1 else Part("sign", "and", (left, chain[-1]))
            else:
                left, chain = Part("sign", sign, (left, right)), []
        return left

    def nested(self, level: int) -> Part:
        """Read signs one level deeper."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise NoFormula(f"it is nested deeper than {DEEPEST} levels")
        found = self.signs(level)
        self.depth -= 1
        return found

    def operand(self) -> Part:
        """Read one value."""
        word, kind = self.word, self.kind
        if word in ("-", "+"):
            self.advance()
            inner = self.nested(self.dialect.negate - 1)
            return inner if word == "+" else Part("sign", "negate", (inner,))
        if word == "not" and not self.dialect.choice_first:
            self.advance()
            return Part("sign", "not", (self.nested(3),))
        if kind == "number":
            return self.number()
        if kind == "text":
            self.advance()
            return Part("text", word[1:-1])
        if word == "(":
            self.advance()
            inner = self.choice()
            self.expect(")")
            return inner
        if word == "[":
            self.advance()
            args, _ = self.values("]")
            self.expect("]")
            return Part("list", "", args)
        if kind == "name" and word not in self.dialect.words:
            self.advance()
            return self.call(word) if self.word == "(" else Part("name", word)
        raise NoFormula(f"a value is missing before {_shown(word)}")

    def number(self) -> Part:
        """Read a number with a unit right behind it, where the language has units."""
        word = self.word
        unit = self.text[self.end : self.end + 1]
        if unit in self.dialect.units and unit and not re.match(r"\w", self.text[self.end + 1 : self.end + 2]):
            self.end += 1
            word += unit
        self.advance()
        return Part("number", word)

    def call(self, name: str) -> Part:
        """Read the values of a function."""
        self.advance()
        args, names = self.values(")")
        self.expect(")")
        return Part("call", name, args, names)

    def values(self, closing: str) -> tuple[tuple[Part, ...], tuple[str, ...]]:
        """Read values with commas between, all with names before them or none."""
        args: list[Part] = []
        names: list[str] = []
        while self.word != closing:
            found = self.choice()
            if self.word == "=" and found.kind == "name":
                self.advance()
                names.append(found.word)
                found = self.choice()
            args.append(found)
            if self.word != ",":
                break
            self.advance()
        if names and len(names) != len(args):
            raise NoFormula("values with names and values without are mixed")
        return tuple(args), tuple(names)

    def expect(self, word: str) -> None:
        """Read a word that must stand here."""
        if self.word != word:
            raise NoFormula(f"'{word}' is missing before {_shown(self.word)}")
        self.advance()


def _shown(word: str) -> str:
    return f"'{word[:20]}'" if word else "the end"


def written(part: Part, level: int = 0) -> str:
    """Return a tree in our language, with brackets only where its grouping needs them."""
    if part.kind in ("number", "name"):
        return part.word
    if part.kind == "call":
        return f"{part.word}({', '.join(written(arg) for arg in part.args)})"
    if part.kind != "sign":
        raise NoFormula("a text or a list is no number")
    if part.word == "where":
        return f"where({', '.join(written(arg) for arg in part.args)})"
    rank = OURS[part.word]
    if part.word in ("negate", "not"):
        found = ("-" if part.word == "negate" else "not ") + written(part.args[0], rank)
    else:
        left, right = part.args
        below = rank + 1 if part.word in (*COMPARISONS, "**") else rank
        above = rank if part.word == "**" else rank + 1
        space = "" if part.word in ("*", "/", "**") else " "
        found = f"{written(left, below)}{space}{part.word}{space}{written(right, above)}"
    return f"({found})" if rank < level else found


def number(word: str) -> Part:
    """Return a number, a negative one as the sign and its digits."""
    return Part("sign", "negate", (Part("number", word[1:]),)) if word.startswith("-") else Part("number", word)


def call(name: str, *args: Part) -> Part:
    """Return a function of ours on parts."""
    return Part("call", name, args)


def sign(word: str, *args: Part) -> Part:
    """Return a sign between parts."""
    return Part("sign", word, args)


def names_in(part: Part) -> frozenset[str]:
    """Return every name in a tree."""
    own = {part.word} if part.kind == "name" else set()
    return frozenset(own.union(*(names_in(arg) for arg in part.args)))
