"""Prompt texts with expressions in braces."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.errors import KeyframeError
from pipeline.schedule.clock import Clock, Tempo
from pipeline.schedule.scope import Scope
from pipeline.schedule.source import Scalar
from pipeline.schedule.template import parse
from pipeline.types import Mark

SCOPE = Scope(Clock(Tempo(10.0, None, 4.0), 4, 7), labels={"drop": (2,)})


def texts(text: str) -> list[str]:
    return parse(Scalar(text, Mark("f", 1, 1), range(1, len(text) + 2)), SCOPE).texts(SCOPE, np.arange(4.0))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a  tree\n", ["a tree"] * 4),
        ("{t} birds", ["0 birds", "1 birds", "2 birds", "3 birds"]),
        ("{floor(t/2)} birds", ["0 birds", "0 birds", "1 birds", "1 birds"]),
        ("x{t/10}", ["x0", "x0.1", "x0.2", "x0.3"]),  # Deforum's `cat:\`t/10\``
        ("{t/3}", ["0", "0.333333", "0.666667", "1"]),
        ("{t/3:.2}", ["0.00", "0.33", "0.67", "1.00"]),
        ("{ t/3 : .0 }", ["0", "0", "1", "1"]),
        ("{-t*0}", ["0"] * 4),
        ("{{t}} }}{{", ["{t} }{"] * 4),
        ("{{{t}}}", ["{0}", "{1}", "{2}", "{3}"]),
        ("{seed}, {count(drop)} and {where(t>1, 1, 0)}", ["7, 0 and 0", "7, 0 and 0", "7, 1 and 1", "7, 1 and 1"]),
        ("{tan(0)} sqrt {sqrt(t*t)}", ["0 sqrt 0", "0 sqrt 1", "0 sqrt 2", "0 sqrt 3"]),  # no letter is replaced
        ("{sec:.1}s", ["0.0s", "0.1s", "0.2s", "0.3s"]),
    ],
)
def test_texts_are_pinned(text: str, wanted: list[str]) -> None:
    assert texts(text) == wanted


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a {t", "f:1:3: this '{' is never closed; add '}', or write {{ for a brace"),
        ("a } b", "f:1:3: this '}' closes nothing; write }} for a brace"),
        ("a {} b", "f:1:4: there is nothing between these braces; write an expression, or {{ for a brace"),
        ("a {:.2}", "f:1:4: there is nothing between these braces; "),
        ("a {1+tt}", "f:1:6: unknown name 'tt' in expression; did you mean 't'? "),
        ("a {t:2}", "f:1:5: ':' cannot stand in an expression; "),
        ("{p}", "f:1:2: unknown name 'p' in expression; it is known only to values inside the sampler, "),
        ("{1/t}", "f:1:3: the value is infinite at frame 0; "),
        ("{t}" * 21, "f:1:61: a prompt has more than 20 expressions in braces; use fewer"),
        ("{" + " " * 5000 + "}", "f:1:2: there is nothing between these braces; "),
        ("{" + " " * 5000 + "2 3}", "f:1:5004: an operator is missing before '3'; "),
    ],
)
def test_mistakes_are_placed_and_explained(text: str, message: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        texts(text)
    assert str(caught.value).startswith(message)
