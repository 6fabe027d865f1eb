"""Turn expression text into a checked tree: numbers, names from a table and calls of fixed arity, nothing else.

A tokenizer and a precedence parser of our own; no Python or numexpr parser ever sees the artist's text. Precedence is
Python's, except that `&` and `|` are just other spellings of `and` and `or`, as people mean them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from dataclasses import dataclass

from .fields import nearest
from .source import Scalar, refuse, shorten

MAX_CHARACTERS = 1000
MAX_DEPTH = 32
MAX_NODES = 150

FUNCTIONS = {
    **dict.fromkeys(("sin", "cos", "tan", "asin", "acos", "atan", "exp", "log", "sqrt"), 1),
    **dict.fromkeys(("abs", "floor", "ceil", "round", "sign"), 1),
    **dict.fromkeys(("min", "max", "mod", "pow", "atan2", "saw", "tri", "square"), 2),
    **dict.fromkeys(("clip", "lerp", "smoothstep", "where"), 3),
}
TIMED = frozenset({"t", "sec", "beat", "bar", "film_t", "film_sec"})
NAMES = ("t", "sec", "beat", "bar", "film_t", "film_sec", "max_f", "frames", "fps", "bpm", "seed", "pi", "e", "p")
OTHER_NAMES = {
    "s": "seed",
    "f": "t",
    "frame": "t",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
    "minimum": "min",
    "maximum": "max",
}
TOKEN = re.compile(
    r"[ \t\n]*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_][A-Za-z_0-9]*)"
    r"|(?P<sign>\*\*|//|<=|>=|==|!=|[-+*/%<>(),&|]))",
    re.ASCII,
)
BLANKS = re.compile(r"[ \t\n]*")
COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})
LEVELS = {"or": 1, "|": 1, "and": 2, "&": 2, "not": 3, **dict.fromkeys(COMPARISONS, 4), "+": 5, "-": 5}
LEVELS |= {"*": 6, "/": 6, "//": 6, "%": 6, "negate": 7, "**": 8}
TRUTHS = COMPARISONS | {"and", "or", "not"}
STRANGERS = {"^": "write ** for a power", "~": "write not", "=": "write == to compare", "'": "leave the quotes out"}


@dataclass(frozen=True, slots=True)
class Number:
    """A constant; `at` is its place in the text."""

    value: float
    at: int


@dataclass(frozen=True, slots=True)
class Name:
    """A variable."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or function on its arguments; `negate` is the minus sign before one value."""

    name: str
    args: tuple[Tree, ...]
    at: int


Tree = Number | Name | Call


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked tree, the text it came from and the names it uses."""

    tree: Tree
    text: Scalar
    names: frozenset[str]

    @property
    def is_timed(self) -> bool:
        """Whether its value may change from frame to frame."""
        return not TIMED.isdisjoint(self.names)


def parse(text: Scalar, known: Collection[str], advice: dict[str, str] | None = None) -> Expression:
    """Parse an expression that may use the names in `known`; `advice` says why other names are missing.

    Raises: KeyframeError with one complaint that points at the character.
    """
    if len(text.text) > MAX_CHARACTERS:
        refuse(text.mark, f"the expression has {len(text.text)} characters", f"keep it to {MAX_CHARACTERS}")
    parser = _Parser(text, known, advice or {})
    tree = parser.expression(0)
    if parser.token:
        parser.refuse_rest()
    return Expression(tree, text, frozenset(parser.names))


class _Parser:
    """Precedence climbing over one token of look-ahead."""

    def __init__(self, text: Scalar, known: Collection[str], advice: dict[str, str]) -> None:
        self.text, self.known, self.advice = text, known, advice
        self.names: set[str] = set()
        self.depth = self.nodes = 0
        self.end = 0
        self.advance()

    def advance(self) -> None:
        start = BLANKS.match(self.text.text, self.end).end()  # type: ignore[union-attr]
        self.at, self.token, self.kind = start, "", "end"
        if start == len(self.text.text):
            return
        found = TOKEN.match(self.text.text, start)
        if not found:
            strange = self.text.text[start]
            do = STRANGERS.get(strange, "use numbers, names, + - * / // % ** ( ) , and comparisons")
            refuse(self.text.at(start), f"'{shorten(strange)}' cannot stand in an expression", do)
        self.token, self.kind, self.end = found[found.lastgroup or 0], found.lastgroup or "", found.end()

    def expression(self, level: int) -> Tree:
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
        self.depth += 1
        if self.depth > MAX_DEPTH:
            refuse(self.text.at(at), f"the expression is nested deeper than {MAX_DEPTH} levels", "simplify it")
        tree = self.expression(level)
        self.depth -= 1
        return tree

    def operand(self) -> Tree:
        token, kind, at = self.token, self.kind, self.at
        if token in ("-", "+", "not"):
            self.advance()
            inner = self.nested(at, LEVELS["not" if token == "not" else "negate"])
            return inner if token == "+" else self.call({"-": "negate"}.get(token, token), (inner,), at)
        if kind == "number":
            self.advance()
            value = float(token)
            if math.isinf(value):
                refuse(self.text.at(at), "the number is too large", "write a smaller one")
            return self.count(Number(value, at))
        if token == "(":
            self.advance()
            inner = self.nested(at, 0)
            self.expect_closing(at)
            return inner
        if kind == "name" and token not in LEVELS:
            self.advance()
            return self.function(token, at) if self.token == "(" else self.variable(token, at)
        found = f"'{token}'" if token else "the end"
        return refuse(self.text.at(at), f"a value is missing before {found}", "write a number, a name or '('")

    def variable(self, name: str, at: int) -> Tree:
        if name in FUNCTIONS:
            refuse(self.text.at(at), f"'{name}' is a function", f"write {name}(...)")
        if name not in self.known:
            what = f"unknown name '{shorten(name)}' in expression"
            do = self.advice.get(name) or self.suggest(name, self.known)
            refuse(self.text.at(at), what, do)
        self.names.add(name)
        return self.count(Name(name, at))

    def function(self, name: str, at: int) -> Tree:
        if name not in FUNCTIONS:
            kind = "value, not a function" if name in self.known else None
            what = f"'{name}' is a {kind}" if kind else f"unknown function '{shorten(name)}'"
            refuse(self.text.at(at), what, "write an operator after it" if kind else self.suggest(name, FUNCTIONS))
        opening = self.at
        self.advance()
        args = [] if self.token == ")" else [self.nested(opening, 0)]
        while self.token == ",":
            self.advance()
            args.append(self.nested(opening, 0))
        self.expect_closing(opening)
        wanted = FUNCTIONS[name]
        if len(args) != wanted:
            what = f"{name} takes {wanted} value{'s' if wanted > 1 else ''} (found {len(args)})"
            refuse(self.text.at(at), what, "correct the list in brackets")
        return self.call(name, tuple(args), at)

    def suggest(self, name: str, known: Collection[str]) -> str:
        other = OTHER_NAMES.get(name, name)
        return nearest(other if other in known else name, known)

    def call(self, name: str, args: tuple[Tree, ...], at: int) -> Tree:
        return self.count(Call(name, args, at))

    def count(self, tree: Tree) -> Tree:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            refuse(self.text.at(tree.at), f"the expression has more than {MAX_NODES} parts", "simplify it")
        return tree

    def expect_closing(self, opening: int) -> None:
        if self.token != ")":
            if self.token:
                self.refuse_rest()
            refuse(self.text.at(opening), "this '(' is never closed", "add ')'")
        self.advance()

    def refuse_rest(self) -> None:
        where = self.text.at(self.at)
        if self.token == ")":
            refuse(where, "this ')' closes nothing", "remove it")
        if self.token == ",":
            do = "write a point in decimals, such as 0.5"
            refuse(where, "a comma can only stand between a function's values", do)
        refuse(where, f"an operator is missing before '{shorten(self.token)}'", "write +, -, * or / between two values")

    def refuse_plain_numbers(self, sign: str, at: int, *sides: Tree) -> None:
        if not all(isinstance(side, Call) and side.name in TRUTHS for side in sides):
            do = f"compare both sides, as in (t > 3) {sign} (t < 5)"
            refuse(self.text.at(at), f"'{sign}' joins comparisons only", do)
