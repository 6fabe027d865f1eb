"""Which units go together; 12 frames a second, and 6 frames a beat where there is a tempo."""

from __future__ import annotations

import pytest

from pipeline.errors import KeyframeError
from pipeline.schedule.language.expression import parse
from pipeline.schedule.language.tree import Expression, Number, Unit
from pipeline.schedule.language.vocabulary import NAMES, Vocabulary
from pipeline.schedule.source import Scalar
from pipeline.types import Mark

LABELS = {"kick": (2, 4)}
TEMPO = Vocabulary(NAMES, spans={"s": 12.0, "ms": 0.012, "f": 1.0, "b": 6.0, "bars": 24.0}, labels=LABELS)
SILENT = Vocabulary(NAMES, spans={"s": 12.0, "ms": 0.012, "f": 1.0}, labels=LABELS)


def read(text: str, words: Vocabulary = TEMPO) -> Expression:
    return parse(Scalar(text, Mark("f", 1, 1), range(1, len(text) + 2)), words)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("2s", 24, Unit.TIME),
        ("1.5s", 18, Unit.TIME),
        ("500ms", 6, Unit.TIME),
        ("3f", 3, Unit.TIME),
        ("2b", 12, Unit.TIME),
        ("1.5bars", 36, Unit.TIME),
        (".5b", 3, Unit.TIME),
        ("30deg", 30, Unit.ANGLE),
        ("0.25turns", 90, Unit.ANGLE),
        ("-30deg", -30, Unit.ANGLE),
        ("-3", -3, Unit.FREE),
        ("1e1s", 120, Unit.TIME),
    ],
)
def test_a_number_with_its_unit_is_a_constant(text: str, value: float, unit: Unit) -> None:
    found = read(text)
    assert (found.constant, found.unit) == (pytest.approx(value), unit)
    assert isinstance(found.tree, Number)
    assert not found.is_timed


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("t", Unit.FREE),
        ("t + 2s", Unit.TIME),
        ("t < 2s", Unit.NUMBER),
        ("t / 2s", Unit.NUMBER),
        ("3 / 2s", Unit.NUMBER),
        ("4b / 2s", Unit.NUMBER),
        ("4b / 2", Unit.TIME),
        ("2 * 3s", Unit.TIME),
        ("sec * 3s", Unit.TIME),
        ("sec + 1", Unit.NUMBER),
        ("sin(t, 2s)", Unit.NUMBER),
        ("sin(sec, 2)", Unit.NUMBER),
        ("sin(sec)", Unit.NUMBER),
        ("90deg * t/2s", Unit.FREE),
        ("90deg * (t/2s)", Unit.ANGLE),
        ("30deg + 0.5turns", Unit.ANGLE),
        ("min(2s, t, 3)", Unit.TIME),
        ("min(2s, t, 3) / 1s", Unit.NUMBER),
        ("where(t < 2s, 30deg, 0)", Unit.ANGLE),
        ("clip(t, 1s, 2s)", Unit.TIME),
        ("abs(-2s)", Unit.TIME),
        ("sign(-2s)", Unit.NUMBER),
        ("7s % 2s", Unit.TIME),
        ("smoothstep(1s, 2s, t)", Unit.NUMBER),
        ("pulse(t, 1b, 250ms)", Unit.NUMBER),
        ("env(since(kick), 100ms, 0, 1b)", Unit.NUMBER),
        ("decay(since(kick), 1b)", Unit.NUMBER),
        ("since(kick) < 1b", Unit.NUMBER),
        ("since(kick)", Unit.FREE),
        ("lerp(10deg, 20deg, phase(kick))", Unit.ANGLE),
        ("random(seed, 1b)", Unit.NUMBER),
        ("noise(1, 2)", Unit.NUMBER),
        ("not t", Unit.NUMBER),
    ],
)
def test_units_of_expressions(text: str, unit: Unit) -> None:
    if text == "90deg * t/2s":  # from the left: an angle, divided by a time
        with pytest.raises(KeyframeError, match="an angle divided by a time means nothing; put what the two share in"):
            read(text)
        return
    assert read(text).unit is unit


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "sec < 2s",
            "5: '<' joins a plain number and a time; write frames with t, as in t < 2s, or leave the unit out",
        ),
        ("2s*3b", "3: a time times a time means nothing; divide one of them by its like"),
        ("30deg*2s", "6: an angle times a time means nothing; divide one of them by its like"),
        ("30deg + 2s", "7: '+' joins a time and an angle; write frames with t, as in t < 2s, or leave the unit out"),
        ("30deg + sec", "7: '+' joins a plain number and an angle; use one unit"),
        ("sin(30deg)", "1: 'sin' takes plain numbers, not an angle; sin and cos take radians"),
        ("cos(2s)", "1: 'cos' takes plain numbers, not a time; sin and cos take radians"),
        ("tan(2s)", "1: 'tan' takes plain numbers, not a time; divide it by another one first"),
        ("2 ** 2s", "3: '**' takes plain numbers, not a time; divide it by another one first"),
        ("sin(sec, 2s)", "1: 'sin' joins a plain number and a time; "),
        ("random(1, 30deg)", "1: 'random' takes a time here, not an angle; write 0.5s, 2b or 12"),
        ("sec / 2s", "5: a plain number divided by a time means nothing; use t for frames"),
        ("where(2s, 1, 2)", "1: 'where' takes plain numbers, not a time; "),
        ("2s and t", "4: 'and' takes plain numbers, not a time; "),
        ("env(t, 1s, sec, 30deg)", "1: 'env' joins a plain number and a time; "),
        ("1e308bars", "1: the number is too large; write a smaller one"),
        ("2x", "2: an operator is missing before 'x'; write +, -, * or / between two values; units are ms, s, f, b, "),
        ("2 s", "3: an operator is missing before 's'; write +, -, * or / between two values"),
        ("2sec", "2: an operator is missing before 'sec'; "),
    ],
)
def test_what_does_not_go_together_is_placed_and_explained(text: str, message: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        read(text)
    assert str(caught.value).startswith("f:1:" + message)


def test_beats_need_a_tempo_and_seconds_do_not() -> None:
    assert read("2s + 3f", SILENT).unit is Unit.TIME
    for text in ("1+2b", "1+2bars"):
        with pytest.raises(KeyframeError, match=r"f:1:3: beats and bars need a tempo; add 'bpm: 120' at the top"):
            read(text, SILENT)
