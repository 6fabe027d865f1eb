"""The table of functions keeps its own rules."""

from __future__ import annotations

import re

import pytest

from pipeline.schedule.language import evaluate
from pipeline.schedule.language.functions import FUNCTIONS, MANY, NUMEXPR_NAMES
from pipeline.schedule.language.moments import OF_LABELS
from pipeline.schedule.language.vocabulary import NAMES, SPANS


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_row_is_whole(name: str) -> None:
    one = FUNCTIONS[name]
    assert re.match(rf"{name}\([a-z]", one.form)
    assert one.says
    assert one.says[0].islower() or one.says[0] in "-01"
    assert re.fullmatch(r"[antl]+>[anf]", one.rule)
    assert 1 <= one.least <= one.most <= MANY
    assert ("..." in one.form) == (one.most == MANY)
    assert (one.takes_label or bool(one.counts_unit)) == one.rule.startswith("l") == (name in OF_LABELS)
    assert set(one.needs) <= {"t", "sec"}


def test_every_function_is_carried_out() -> None:
    ours = {name[1:] for name in dir(evaluate._Program) if name.startswith("_")}
    assert set(FUNCTIONS) <= ours | set(evaluate.TEMPLATES) | set(OF_LABELS)


def test_no_function_hides_a_name_or_a_unit() -> None:
    assert set(FUNCTIONS) & {*NAMES, *SPANS, "and", "or", "not"} == {"phase"}  # of the beat, and phase(label)
    assert set(NUMEXPR_NAMES.values()) <= set(FUNCTIONS)


@pytest.mark.parametrize(
    ("name", "counts"),
    [("sqrt", "1 value"), ("clip", "3 values"), ("sin", "1 or 2 values"), ("max", "2 or more values")],
)
def test_counts_are_said(name: str, counts: str) -> None:
    assert FUNCTIONS[name].counts == counts
