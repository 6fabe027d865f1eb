from __future__ import annotations

import pytest

from pipeline.errors import KeyframeError
from pipeline.schedule import step_list
from pipeline.schedule.source import Scalar
from pipeline.types import Mark


def read(text: str) -> list[float]:
    return step_list.parse(Scalar(text, Mark("f", 1, 1), range(1, len(text) + 2))).values.tolist()


def test_discos_lists_mean_what_they_say() -> None:
    assert read("[12]*400+[4]*600") == [12.0] * 400 + [4.0] * 600
    assert read(" [0.2] * 400 + [ 0 ]*600 ") == [0.2] * 400 + [0.0] * 600
    assert read("[1,2]*499+[-3,+.5]") == [1.0, 2.0] * 499 + [-3.0, 0.5]
    assert read("[" + ",".join(["7"] * 1000) + "]") == [7.0] * 1000


@pytest.mark.parametrize(
    ("text", "column", "what"),
    [
        ("[12]*400+[4]*599", 1, "the list has 999 values"),
        ("[12]*400+[4]*601", 1, "the list has more than 1000 values"),
        ("[1]*999999+[2]*999999", 1, "the list has more than 1000 values"),
        ("[12]*400+4", 9, "'+' is not understood in a list"),
        ("[12]*1e3", 6, "'1' is not understood in a list"),
        ("[12]*", 6, "the list ends too early"),
        ("[12", 4, "the list ends too early"),
        ("[]*1000", 2, "']' is not understood in a list"),
        ("[x]*1000", 2, "'x' is not understood in a list"),
        ("[1]*1000;2", 9, "';' is not understood in a list"),
        ("[[1]]*1000", 2, "'[' is not understood in a list"),
        ("[1]*9999999999999999999", 5, "'9' is not understood in a list"),
    ],
)
def test_other_lists_are_refused_where_they_go_wrong(text: str, column: int, what: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        read(text)
    assert str(caught.value).startswith(f"f:1:{column}: {what}; write lists of 1000 values in all")


def test_huge_values_are_refused() -> None:
    with pytest.raises(KeyframeError, match="f:1:1: a value of the list is too large; write a smaller one"):
        read("[1e999]*1000")
