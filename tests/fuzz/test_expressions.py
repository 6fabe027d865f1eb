"""Random expressions, well and badly formed: finite values or one complaint with a column, quickly.

`FUZZ_EXPRESSIONS` sets how many are tried, `FUZZ_SEED` which ones.
"""

from __future__ import annotations

import os
import random
import time

import numpy as np

from pipeline.errors import KeyframeError
from pipeline.schedule.clock import Clock, Tempo
from pipeline.schedule.evaluate import evaluate
from pipeline.schedule.expression import FUNCTIONS, NAMES, parse
from pipeline.schedule.source import Scalar
from pipeline.types import Mark

N_EXPRESSIONS = int(os.environ.get("FUZZ_EXPRESSIONS", "20000"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
SIGN_TEXT = "+ - * / // % ** < <= > >= == != and or & |"
SIGNS = SIGN_TEXT.split()
JUNK_TEXT = "( ) , . ' \" [ ] { } : ; _ __ ` ~ ^ ! @ # $ \\ \t \n \x00 é ｔ ٣ 1e999 0x1 lambda import t.real f() ()"
JUNK = JUNK_TEXT.split(" ")
CLOCK = Clock(Tempo(12.0, 120.0, 4.0), 9, 7)
T = np.arange(9.0)
LEVELS = np.arange(9) * 111


def grown(source: random.Random, depth: int) -> str:
    """Return a well-formed expression."""
    kind = source.random()
    if depth == 0 or kind < 0.2:
        return source.choice([*NAMES, "0", "1", "2.5", "1e-3", ".5", "1e300", "12"])
    if kind < 0.6:
        return f"({grown(source, depth - 1)} {source.choice(SIGNS[:-2])} {grown(source, depth - 1)})"
    if kind < 0.7:
        return f"{source.choice(['-', '+', 'not '])}{grown(source, depth - 1)}"
    name = source.choice([*FUNCTIONS])
    return f"{name}({', '.join(grown(source, depth - 1) for _ in range(FUNCTIONS[name]))})"


def soup(source: random.Random) -> str:
    """Return pieces of expressions in any order."""
    pieces = [*NAMES, *FUNCTIONS, *SIGNS, *JUNK, "(", ")", "(", ")", ",", "1", "2.5"]
    return source.choice(["", " "]).join(source.choice(pieces) for _ in range(source.randint(0, 25)))


def damaged(text: str, source: random.Random) -> str:
    start = source.randint(0, len(text))
    return text[:start] + source.choice([*JUNK, ""]) + text[start + source.randint(0, 2) :]


def try_text(text: str) -> bool:
    """Evaluate a text and say whether it has values."""
    start = time.process_time()
    try:
        expression = parse(Scalar(text, Mark("f", 1, 1), range(1, len(text) + 2)), NAMES)
        found = evaluate(expression, CLOCK.variables(expression.names, T, LEVELS), T, "")
    except KeyframeError as error:
        (complaint,) = error.complaints
        assert 1 <= complaint.mark.column <= len(text) + 1
        assert str(complaint).isprintable()
        return False
    finally:
        assert time.process_time() - start < 0.5
    assert found.shape == (9,)
    assert found.dtype == np.float64
    assert np.isfinite(found).all()
    return True


def test_expressions_have_values_or_one_complaint() -> None:
    source = random.Random(SEED)
    kept: list[str] = []
    values = 0
    for number in range(N_EXPRESSIONS):
        if number % 10 == 0:
            kept.append(grown(source, source.randint(1, 5)))
            text = kept[-1]
        else:
            text = soup(source) if number % 2 else damaged(source.choice(kept), source)
        try:
            values += try_text(text)
        except Exception as error:
            error.add_note(f"expression {number}: {text!r}")
            raise
    assert values > N_EXPRESSIONS // 50
