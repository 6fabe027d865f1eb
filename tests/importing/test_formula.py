"""Formulas of Python and of Parseq as trees: each groups as it did there, and what is not known is refused by name."""

from __future__ import annotations

import math
import random

import pytest

from pipeline.importing.formula import PARSEQ, PYTHON, NoFormula, parse, written
from pipeline.importing.python_formula import translate


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("5-3-1", "5 - (3 - 1)"),
        ("20/2/5", "20/(2/5)"),
        ("2*3%4", "2*(3 % 4)"),
        ("7%4*2", "7 % (4*2)"),
        ("1 < 2 == 1", "1 < (2 == 1)"),
        ("1 and 0 or 1", "1 and (0 or 1)"),
        ("if f>10 5 else 6", "where(f > 10, 5, 6)"),
        ("if f>10 5", "where(f > 10, 5, 0)"),
        ("-(2+1)*3", "-(2 + 1)*3"),
        ("2s+4b", "2s + 4b"),
        ("f<1 && f>2 || 0", "f < 1 and (f > 2 or 0)"),
    ],
)
def test_parseqs_signs_group_from_the_right(text: str, ours: str) -> None:
    assert written(parse(text, PARSEQ)) == ours


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("5-3-1", "5 - 3 - 1"),
        ("5-(3-1)", "5 - (3 - 1)"),
        ("-2**2", "-2**2"),
        ("(-2)**2", "(-2)**2"),
        ("2**3**2", "2**3**2"),
        ("1<t<3", "1 < t and t < 3"),
        ("1 if t>3 else 2", "where(t > 3, 1, 2)"),
        ("not t>3 and t", "not t > 3 and t"),
    ],
)
def test_pythons_signs_group_as_pythons(text: str, ours: str) -> None:
    assert written(parse(text, PYTHON)) == ours


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("__import__('os').system('x')", "'.' cannot stand in a formula"),
        ("__import__('os')", r"a text, a list or a value with a name|__import__\(\) with 1 values"),
        ("lambda x: x", "missing before 'lambda'"),
        ("t.real", "'t.real' is not known"),
        ("np.linalg.norm(t)", r"np.linalg.norm\(\) with 1 values"),
        ("sin(t, 2)", r"sin\(\) with 2 values"),
        ("volume*2", "'volume' is not known"),
        ("sin(t", r"'\)' is missing before the end"),
        ("", "a value is missing before the end"),
        ("((((((((((((((((((((((((((t))))))))))))))))))))))))))", "nested deeper than 24"),
        ("1+" * 1500 + "1", "more than 2000"),
        ("t; 1", "';' cannot stand in a formula"),
        ("[1, 2]", "a text, a list"),
    ],
)
def test_what_cannot_be_said_is_refused(text: str, wanted: str) -> None:
    with pytest.raises(NoFormula, match=wanted):
        written(translate(text, {"t": "sec"}))


FORMULAS = (
    *("-1700*sin(radians(1.5*t))", "(50+10*t)*sin(t/10*pi)**2", "5*cos(t/2) if t < 1.5 else -fabs(t-2)"),
    *("math.fmod(t-2, 0.7)*np.sqrt(t)", "log(t+1, 2) + log1p(t) - expm1(-t)", "max(t, 1, 2-t)//0.3 % 2"),
    *("degrees(atan2(t, 2)) - copysign(3, t-1)", "round(t*3.7) + 2**-t", "(t > 1) + (0.5 < t <= 2) * (not t > 1)"),
    *("clip(t, 0.5, 1.5) * tau", "hypot(t, pow(t, 2)) - t**2**0.5", "-t**2 + -(t-1)-1"),
)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_translation_has_the_values_that_python_gives(text: str, tmp_path) -> None:
    from pipeline.schedule import study
    from pipeline.schedule.trace import follow

    path = tmp_path / "film.yaml"
    path.write_text(f'fps: 8\nframes: 24\nprompts: a fox\nlet: {{x: "{written(translate(text, {"t": "sec"}))}"}}\n')
    (score,) = study(path).scores
    known = {name: getattr(math, name) for name in dir(math) if not name.startswith("_")}
    np_like = type("np", (), {"sqrt": math.sqrt})
    known |= {"math": math, "np": np_like, "max": max, "round": round, "clip": lambda x, a, b: min(max(x, a), b)}
    for frame, (value,) in enumerate(follow(score, "let.x")):
        there = eval(text, {"__builtins__": {}}, known | {"t": frame / 8})  # noqa: S307, the test's own text
        if "round" not in text or abs(frame / 8 * 3.7 % 1 - 0.5) > 1e-9:
            assert value == pytest.approx(float(there), abs=1e-9), frame


def test_no_text_is_a_bug() -> None:
    chance = random.Random(5)
    pieces = [
        "t",
        "1",
        ".5",
        "sin(",
        ")",
        "+",
        "-",
        "**",
        "if",
        "else",
        "and",
        "not",
        ",",
        "'a'",
        "[",
        "]",
        "=",
        "<",
        " ",
    ]
    for _ in range(3000):
        text = "".join(chance.choice(pieces) for _ in range(chance.randint(1, 9)))
        for dialect in (PYTHON, PARSEQ):
            try:
                parse(text, dialect)
            except NoFormula as fault:
                assert str(fault)
