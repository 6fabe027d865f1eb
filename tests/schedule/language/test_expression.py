from __future__ import annotations

import pytest

from pipeline.errors import KeyframeError
from pipeline.schedule.language.expression import parse
from pipeline.schedule.language.tree import Call, Expression, Name, Number, Tree
from pipeline.schedule.language.vocabulary import NAMES, Vocabulary
from pipeline.schedule.source import Scalar
from pipeline.types import Mark

WORDS = Vocabulary(NAMES, spans={"s": 12.0, "f": 1.0, "b": 6.0}, labels={"drop": (5,), "kick": (2, 4)})


def read(text: str) -> Expression:
    return parse(Scalar(text, Mark("f", 1, 1), range(1, len(text) + 2)), WORDS)


def shown(tree: Tree) -> str:
    """Write a tree with all its brackets."""
    if isinstance(tree, Number):
        return f"{tree.value:g}"
    if isinstance(tree, Name):
        return tree.name
    assert isinstance(tree, Call)
    return f"({tree.name} {' '.join(shown(arg) for arg in tree.args)})"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("1+2*3", "(+ 1 (* 2 3))"),
        ("5-3-1", "(- (- 5 3) 1)"),
        ("20/2/5", "(/ (/ 20 2) 5)"),
        ("2*3%4", "(% (* 2 3) 4)"),
        ("7//2*2", "(* (// 7 2) 2)"),
        ("2**3**2", "(** 2 (** 3 2))"),
        ("-2**2", "(negate (** 2 2))"),
        ("2**-1", "(** 2 (negate 1))"),
        ("-t*3", "(* (negate t) 3)"),
        ("+t--t", "(- t (negate t))"),
        ("t>3 & t<5", "(and (> t 3) (< t 5))"),
        ("(t>3)&(t<5)|(t==9)", "(or (and (> t 3) (< t 5)) (== t 9))"),
        ("not t > 3 and t", "(and (not (> t 3)) t)"),
        ("t or p and not 0", "(or t (and p (not 0)))"),
        ("t + 1 <= p * 2", "(<= (+ t 1) (* p 2))"),
        ("(t<3)<1", "(< (< t 3) 1)"),
        ("clip(t, 0, max(1,\n2))", "(clip t 0 (max 1 2))"),
        (".5+5.+1e-3+1.5E+2", "(+ (+ (+ 0.5 5) 0.001) 150)"),
        ("sin ( t )", "(sin t)"),
    ],
)
def test_precedence_is_pythons(text: str, tree: str) -> None:
    assert shown(read(text).tree) == tree


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1+sin(tt)", "7: unknown name 'tt' in expression; did you mean 't'? (known: "),
        ("1+sn(t)", "3: unknown function 'sn'; did you mean 'sin'? (known: "),
        ("arcsin(0)", "1: unknown function 'arcsin'; did you mean 'asin'? (known: "),
        ("s+1", "1: unknown name 's' in expression; did you mean 'seed'? (known: "),
        ("t(3)", "1: 't' is a value, not a function; write an operator after it"),
        ("1+sin", "3: 'sin' is a function; write sin(x) or sin(x, period)"),
        ("min(1)", "1: min takes 2 or more values (found 1); write min(a, b, ...)"),
        ("sin()", "1: sin takes 1 or 2 values (found 0); write sin(x) or sin(x, period)"),
        ("min(1,2", "4: this '(' is never closed; add ')'"),
        ("(t", "1: this '(' is never closed; add ')'"),
        ("t)", "2: this ')' closes nothing; remove it"),
        ("(t 2)", "4: an operator is missing before '2'; write +, -, * or / between two values"),
        ("2t", "2: an operator is missing before 't'; write +, -, * or / between two values"),
        ("1,5", "2: a comma can only stand between a function's values; write a point in decimals, such as 0.5"),
        ("1+", "3: a value is missing before the end; write a number, a name or '('"),
        ("1+*2", "3: a value is missing before '*'; write a number, a name or '('"),
        ("", "1: a value is missing before the end; write a number, a name or '('"),
        ("1 < t < 3", "7: comparisons cannot be chained; write 'a < b and b < c'"),
        ("t & 1", "3: '&' joins comparisons only; compare both sides, as in (t > 3) & (t < 5)"),
        ("t ^ 2", "3: '^' cannot stand in an expression; write ** for a power"),
        ("t = 2", "3: '=' cannot stand in an expression; write == to compare"),
        ("1e999", "1: the number is too large; write a smaller one"),
        ("t+" * 501, "1: the expression has 1002 characters; keep it to 1000"),
        ("(" * 33 + "t" + ")" * 33, "33: the expression is nested deeper than 32 levels; simplify it"),
        ("-" * 33 + "t", "33: the expression is nested deeper than 32 levels; simplify it"),
        ("+".join(["t"] * 76), "150: the expression has more than 150 parts; simplify it"),
    ],
)
def test_mistakes_are_placed_and_explained(text: str, message: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        read(text)
    assert str(caught.value).startswith("f:1:" + message)


def test_limits_allow_what_stands_at_them() -> None:
    assert read("(" * 32 + "t" + ")" * 32)
    assert read("+".join(["t"] * 75))


def test_an_expression_knows_its_names() -> None:
    assert read("sin(t)+fps*pi").names == {"t", "fps", "pi"}
    assert read("film_sec").is_timed
    assert not read("max_f/2+p").is_timed


ESCAPES = [
    "__import__('os').system('true')",
    "().__class__",
    "().__class__.__bases__[0].__subclasses__()",
    "t.__class__",
    "t.real",
    "t.tofile('x')",
    "'a'",
    '"a"',
    "'t'.__class__",
    '"\'" + t.__class__ + "\'"',
    "`t`",
    "f't'",
    "b'x'",
    "[t]",
    "[1 for t in (1,)]",
    "{t}",
    "{t: 1}",
    "t[0]",
    "t[0:1]",
    "lambda: 1",
    "lambda t: t",
    "(t := 1)",
    "t = 1",
    "t; t",
    "t\\\nt",
    "t # comment",
    "t @ t",
    "t if t else t",
    "t is t",
    "t in (t,)",
    "not",
    "and",
    "*t",
    "**t",
    "min(*t)",
    "min(**t)",
    "min(a=1, b=2)",
    "min(t, t,)",
    "eval(t)",
    "exec(t)",
    "open(t)",
    "print(t)",
    "globals()",
    "getattr(t, e)",
    "import os",
    "__builtins__",
    "__t__",
    "_",
    "t.__init__.__globals__",
    "1 << (1 << 33)",
    "1 >> 3",
    "~t",
    "t ^ t",
    "0x10",
    "0b1",
    "0o7",
    "1_000",
    "1j",
    "1..real",
    "nan",
    "inf",
    "True",
    "None",
    "...",
    "\uff54",  # a full-width t, which Python reads as t
    "ｓｉｎ(t)",
    "\u0663",  # a digit in another script
    "t\u00a0+ 1",
    "t\u200b",
    "t\x00",
    "t\x0b+1",
    "t\r+1",
    "√t",
    "t×2",
    "−t",
    "where(t>0,'a','b')",
    "contains(t,t)",
    "sum(t)",
    "prod(t)",
    "complex(t,t)",
    "ones_like(t)",
    "c0",
    "x0",
    "one",
    "result",
    "numexpr",
    "np.sin(t)",
    "%s",
    "{0}",
    "{one}",
    "(" * 500,
    "(" * 400 + "t" + ")" * 400,
    "-" * 900 + "t",
    "not " * 240 + "t",
    "2**" * 300 + "2",
    "sin(" * 200 + "t" + ")" * 200,
    "t+" * 100_000 + "t",
    "9" * 100_000,
    "9" * 999,
    "1e" + "9" * 900,
    " " * 100_000,
]


@pytest.mark.parametrize("text", ESCAPES, ids=range(len(ESCAPES)))
def test_nothing_escapes_the_grammar(text: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        read(text)
    (complaint,) = caught.value.complaints
    assert 1 <= complaint.mark.column <= len(text) + 1
    assert str(complaint).isprintable()
