"""Key strings as Disco and Deforum users write them; twelve frames and the seed 7, as the tables were observed."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.errors import KeyframeError
from pipeline.schedule import curve
from pipeline.schedule.clock import Clock, Tempo
from pipeline.schedule.notices import Notices
from pipeline.schedule.scope import Scope
from pipeline.schedule.source import Scalar
from pipeline.types import Mark

RISING = [1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2, 2]


def sample(text: str) -> tuple[list[float], list[str]]:
    """Return the values, and the codes of the warnings with their columns."""
    notices = Notices()
    scope = Scope(Clock(Tempo(12.0, None, 4.0), 12, 7), notices=notices)
    found = curve.parse(Scalar(text, Mark("f", 1, 1), range(1, len(text) + 2)), "zoom", scope)
    values = found.sample(scope, np.arange(12.0)).tolist()
    return values, [f"{notice.mark.column} {notice.code}" for notice in notices.heard(())]


@pytest.mark.parametrize(
    ("text", "wanted", "notices"),
    [
        ("0:(1), 10:(2)", RISING, []),
        ("10:(2), 0:(1)", RISING, []),
        ('"0":(1), "10":("2")', RISING, []),
        ("(0): 1, (10): 2", RISING, []),
        ("0:(1), 0:(3)", [3] * 12, ["8 duplicate-key"]),  # the last wins
        ("0:(1), 10:(5), 10:(2)", RISING, ["16 duplicate-key"]),
        ("0:(1), 99:(3)", [1] * 12, ["8 key-out-of-range"]),  # no ramp towards it
        ("0:(1), 0-3:(3)", [1] * 12, ["8 key-out-of-range"]),
        ("0:(1), -3:(3)", [1] * 12, ["8 key-out-of-range"]),
        ("0:(1), 10:(2), 12:(9)", RISING, ["16 key-out-of-range"]),
        ("0:(1), 10:(2),", RISING, ["14 empty-key"]),
        ("0:(1),, 10:(2)", RISING, ["6 empty-key"]),
        ("0:(1), “10”:(2)", RISING, ["1 curly-quotes"]),
        ("0:(1),\t\n  10:  (2)", RISING, []),
        ("5:(5)", [5] * 12, []),  # Deforum crashes without a key at 0
        ('0:(s), 1:(-1), "max_f-2":(-1), "max_f-1":(s)', [7, *[-1] * 9, 7, 7], []),  # Deforum's own default
        ("0:(s*2), 6:(t)", [*[14] * 6, 6, 7, 8, 9, 10, 11], []),  # an expression holds, also one that stands still
        ("0:(2*3), 4:(1)", [*[6] * 4, *[1] * 8], []),
        ("0:(1e-3), 4:(1)", [*[0.001] * 4, *[1] * 8], []),
        ("0:(2*3), 4:(1) linear", [6, 4.75, 3.5, 2.25, *[1] * 8], []),
        ("0:(t), 6:(t*2), 9:(1)", [0, 1, 2, 3, 4, 5, 12, 14, 16, 1, 1, 1], []),  # expressions jump
        ("0:(maximum(t,5)), 8:(minimum(t,9))", [5, 5, 5, 5, 5, 5, 6, 7, 8, 9, 9, 9], []),  # numexpr's names
        ("0:(fmod(t,3))", [0, 1, 2] * 4, []),
        ("0:(where(t>3,1,0))", [0] * 4 + [1] * 8, []),
        ("0:((t>3)&(t<5)|(t==9))", [0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0], []),
        ("0:(1), max_f/2:(6) hold", [1] * 5 + [6] * 7, []),
        ("0:(1), 4:(5) steps(2)", [1, 1, 3, 3, *[5] * 8], []),
    ],
)
def test_strings_are_read_as_in_deforum(text: str, wanted: list[float], notices: list[str]) -> None:
    found, noted = sample(text)
    assert found == pytest.approx(wanted, abs=1e-12)
    assert noted == notices


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0:(1) 5:(2)", "f:1:7: a comma is missing before this key; write '0: (1), 5: (2)'"),
        ("0:(foo)", "f:1:4: unknown name 'foo' in expression; "),
        ("0:(1), 3.5:(2)", "f:1:8: frames are whole (found '3.5'); write '3.5s' for seconds"),
        ("0:(sin(t)", "f:1:3: this '(' is never closed; add ')'"),
        ("20:(1), 30:(2)", "f:1:1: zoom has no key inside the shot; give it one, such as 0: (1.0)"),
        ("0:(1), t:(2)", "f:1:8: unknown name 't' in expression; a key stands still; use max_f"),
        ("0:(~(t>3))", "f:1:4: '~' cannot stand in an expression; write not"),
        ("0:(1) hold, 5:(2)", "f:1:1: the first key has no way that leads to it; leave 'hold' out"),
        ("0:(t), 5:(2) hold", "f:1:8: there is no way to ease to frame 5; "),
    ],
)
def test_mistakes_are_placed_and_explained(text: str, message: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        sample(text)
    assert str(caught.value).startswith(message)
