from __future__ import annotations

import pytest

from pipeline.errors import KeyframeError
from pipeline.schedule.language.tokens import Tokens
from pipeline.schedule.source import Scalar
from pipeline.types import Mark


def cut(text: str, *, is_position: bool = False) -> list[tuple[str, str, int]]:
    tokens = Tokens(Scalar(text, Mark("f", 1, 1), range(1, len(text) + 2)), is_position=is_position)
    found = []
    while tokens.kind != "end":
        found.append((tokens.kind, tokens.token, tokens.at))
        tokens.advance()
    return found


def test_tokens_know_their_kind_and_place() -> None:
    assert cut(" sin( .5e-3*camera.zoom)//'v*'") == [
        ("name", "sin", 1),
        ("sign", "(", 4),
        ("number", ".5e-3", 6),
        ("sign", "*", 11),
        ("name", "camera.zoom", 12),
        ("sign", ")", 23),
        ("sign", "//", 24),
        ("label", "'v*'", 26),
    ]
    assert [token for _, token, _ in cut("2**-1<=@drop\n!= t")] == ["2", "**", "-", "1", "<=", "@drop", "!=", "t"]


def test_a_clock_time_is_one_token_in_a_position_alone() -> None:
    assert cut("0:12.5 + 1", is_position=True) == [("clock", "0:12.5", 0), ("sign", "+", 7), ("number", "1", 9)]
    with pytest.raises(KeyframeError, match=r"f:1:2: ':' cannot stand in an expression; a time such as 0:12.5 can "):
        cut("0:12.5")


@pytest.mark.parametrize(
    ("text", "unit"), [("2s", "s"), ("2.5bars + 1", "bars"), ("2 s", ""), ("2", ""), ("2*s", ""), ("30deg", "deg")]
)
def test_a_unit_stands_right_behind_its_number(text: str, unit: str) -> None:
    assert Tokens(Scalar(text, Mark("f", 1, 1), range(1, len(text) + 2)), is_position=False).unit() == unit


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("t ^ 2", "3: '^' cannot stand in an expression; write ** for a power"),
        ("~t", "1: '~' cannot stand in an expression; write not"),
        ("t = 2", "3: '=' cannot stand in an expression; write == to compare"),
        ("1 + 'a\n'", "5: ''' cannot stand in an expression; leave the quotes out"),
        ("1 + #", "5: '#' cannot stand in an expression; use numbers, names, "),
        ("t.", "2: '.' cannot stand in an expression; "),
    ],
)
def test_what_is_no_token_is_refused_where_it_stands(text: str, message: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        cut(text)
    assert str(caught.value).startswith("f:1:" + message)
