"""Every way from one key to the next, against the formulas of easings.net and the values of CSS."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import KeyframeError
from pipeline.schedule.language.easing import EASES, FAMILIES, STRAYING, parse
from pipeline.schedule.source import Scalar
from pipeline.types import Mark


def read(text: str, start: int = 1) -> Scalar:
    return Scalar(text, Mark("f", 1, start), range(start, start + len(text) + 1))


def way(name: str, values: str | None = None, *, at: list[float]) -> list[float]:
    ease = parse(read(name), None if values is None else read(values, 20))
    assert ease.way is not None
    return ease.way(np.array(at)).tolist()


QUARTERS = [0, 0.25, 0.5, 0.75, 1]
IN = {
    "sine": [0, 0.0761204675, 0.2928932188, 0.6173165676, 1],
    "quad": [0, 0.0625, 0.25, 0.5625, 1],
    "cubic": [0, 0.015625, 0.125, 0.421875, 1],
    "quart": [0, 0.00390625, 0.0625, 0.31640625, 1],
    "quint": [0, 0.0009765625, 0.03125, 0.2373046875, 1],
    "expo": [0, 0.0055242717, 0.03125, 0.1767766953, 1],
    "circ": [0, 0.0317541634, 0.1339745962, 0.3385621722, 1],
    "back": [0, -0.0641365625, -0.0876975, 0.1825903125, 1],
    "elastic": [0, -0.0055242717, -0.015625, 0.0883883476, 1],
    "bounce": [0, 0.02734375, 0.234375, 0.52734375, 1],
}
IN_OUT_QUARTER = {  # at a quarter: half of what the way in is at a half
    "sine": 0.1464466094,
    "quad": 0.125,
    "cubic": 0.0625,
    "quart": 0.03125,
    "quint": 0.015625,
    "expo": 0.015625,
    "circ": 0.0669872981,
    "back": -0.04384875,
    "elastic": -0.0078125,
    "bounce": 0.1171875,
}


def test_the_tables_here_hold_every_family() -> None:
    assert set(IN) == set(IN_OUT_QUARTER) == set(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES)
def test_families_are_pinned(family: str) -> None:
    values = IN[family]
    assert way(f"ease-in-{family}", at=QUARTERS) == pytest.approx(values, abs=1e-9)
    assert way(f"ease-out-{family}", at=QUARTERS) == pytest.approx([1 - value for value in values[::-1]], abs=1e-9)
    quarter = IN_OUT_QUARTER[family]
    assert way(f"ease-in-out-{family}", at=QUARTERS) == pytest.approx([0, quarter, 0.5, 1 - quarter, 1], abs=1e-9)


def test_a_way_without_a_family_is_cubic() -> None:
    for side in ("in", "out", "in-out"):
        assert way(f"ease-{side}", at=QUARTERS) == way(f"ease-{side}-cubic", at=QUARTERS)


@pytest.mark.parametrize("name", [name for name in EASES if name != "hold"])
def test_ways_meet_both_keys_exactly(name: str) -> None:
    assert way(name, at=[0, 1]) == [0, 1]


def test_hold_stays_to_the_end() -> None:
    assert way("hold", at=[0, 0.5, 0.999]) == [0, 0, 0]


@pytest.mark.parametrize("name", EASES)
@given(u=st.floats(0, 1))
def test_only_some_families_leave_the_range_of_their_keys(name: str, u: float) -> None:
    (value,) = way(name, at=[u])
    limit = 0.4 if name.rsplit("-", 1)[-1] in STRAYING else 1e-12
    assert -limit <= value <= 1 + limit


@pytest.mark.parametrize(
    ("values", "u", "wanted"),
    [
        (".25, .1, .25, 1", 0.5, 0.8024033877),  # CSS: ease
        (".42, 0, 1, 1", 0.5, 0.3153568126),  # CSS: ease-in
        ("0, 0, .58, 1", 0.5, 0.6846431874),  # CSS: ease-out
        (".42, 0, .58, 1", 0.5, 0.5),  # CSS: ease-in-out
        (".42 0 .58 1", 0.25, 0.1291619310),  # blanks between, as inside YAML's own brackets
        ("0, 0, 1, 1", 0.3, 0.3),
        ("0, 1, 1, 0", 0.5, 0.5),
        (".5, -1, .5, 2", 0.5, 0.5),
    ],
)
def test_cubic_bezier_is_that_of_css(values: str, u: float, wanted: float) -> None:
    assert way("cubic-bezier", values, at=[u]) == pytest.approx([wanted], abs=1e-9)


def test_cubic_bezier_may_leave_the_range_but_meets_the_keys() -> None:
    values = way("cubic-bezier", ".3, 2, .7, -1", at=[0, 0.25, 0.5, 0.75, 1])
    assert values[0] == 0
    assert values[1] > 0.6
    assert values[2] == pytest.approx(0.5)
    assert values[3] < 0.4
    assert values[4] == 1


def test_spring_and_steps_are_pinned() -> None:
    assert way("spring", at=[0, 1 / 6, 1 / 3, 0.5, 1]) == pytest.approx(
        [0, 1 + 5 / 6 * np.exp(-2 / 3), 1 - 2 / 3 * np.exp(-4 / 3), 1 + 0.5 * np.exp(-2), 1]
    )
    assert way("spring", "0", at=[0, 0.5, 1]) == pytest.approx([0, 1 - 0.5 * np.exp(-2), 1])
    assert way("steps", "4", at=[0, 0.24, 0.25, 0.5, 0.99, 1]) == [0, 0, 0.25, 0.5, 0.75, 1]
    assert way("steps", "1", at=[0, 0.99, 1]) == [0, 0, 1]


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("eese-in", None, "f:1:1: unknown way 'eese-in' after a key's value; did you mean 'ease-in'? (known: linear, "),
        ("ease-in", "2", "f:1:20: 'ease-in' takes no values; leave the brackets out"),
        ("spline", "2", "f:1:20: 'spline' takes no values; leave the brackets out"),
        ("cubic-bezier", None, "f:1:1: 'cubic-bezier' has 0 values; write cubic-bezier(x1, y1, x2, y2)"),
        ("cubic-bezier", "0 0 1", "f:1:1: 'cubic-bezier' has 3 values; write cubic-bezier(x1, y1, x2, y2)"),
        ("cubic-bezier", "2, 0, 1, 1", "f:1:1: the x of a cubic-bezier lies outside 0..1; keep x1 and x2 between 0 "),
        ("cubic-bezier", "a, 0, 1, 1", "f:1:20: 'a, 0, 1, 1' are no numbers; write cubic-bezier(x1, y1, x2, y2)"),
        ("spring", "99", "f:1:1: a spring cannot swing 99 times; choose 0 to 50"),
        ("spring", "", "f:1:20: '' are no numbers; write spring or spring(swings)"),
        ("steps", None, "f:1:1: 'steps' has 0 values; write steps(count)"),
        ("steps", "0", "f:1:1: there cannot be 0 steps; choose a whole number from 1 to 10000"),
        ("steps", "2.5", "f:1:1: there cannot be 2.5 steps; choose a whole number from 1 to 10000"),
    ],
)
def test_mistakes_are_placed_and_explained(name: str, values: str | None, message: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        way(name, values, at=[0])
    assert str(caught.value).startswith(message)
