from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import KeyframeError
from pipeline.schedule import curve
from pipeline.schedule.clock import Clock, Tempo
from pipeline.schedule.language.easing import EASES, STRAYING
from pipeline.schedule.scope import Scope
from pipeline.schedule.source import Mapping, parse

TEMPO = Tempo(10.0, 120.0, 4.0)


def sample(text: str, frames: int = 12, *, n: list[int] | None = None, seed: int = 7) -> list[float]:
    """Return the values that a YAML text stands for."""
    tree = parse(f"a: {text}", "f")
    assert isinstance(tree, Mapping)
    scope = Scope(Clock(TEMPO, frames, seed))
    found = curve.parse(tree.items[0][1], "zoom", scope, in_sampler=n is not None)
    if n is None:
        return found.sample(scope, np.arange(frames, dtype=float)).tolist()
    t = np.repeat(np.arange(frames, dtype=float), len(n))
    return found.sample(scope, t, np.tile(n, frames)).tolist()


# What Deforum computes for its own strings (twelve frames), as observed by running it.
DEFORUM = [
    ("0:(1), 10:(2)", [1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2, 2]),
    ("0:1, 10:2", [1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2, 2]),
    ("10:(1), 0:(5)", [5, 4.6, 4.2, 3.8, 3.4, 3, 2.6, 2.2, 1.8, 1.4, 1, 1]),
    ("0:(1), 6:(t)", [1, 1 + 5 / 6, 1 + 10 / 6, 3.5, 1 + 20 / 6, 1 + 25 / 6, 6, 7, 8, 9, 10, 11]),
    ("0:(t), 6:(5)", [0, 1, 2, 3, 4, 5, 5, 5, 5, 5, 5, 5]),
    ("0:(t), 6:(t*2)", [0, 1, 2, 3, 4, 5, 12, 14, 16, 18, 20, 22]),
    ("0:(5), 6:(t*2)", [5, 5 + 7 / 6, 5 + 14 / 6, 8.5, 5 + 28 / 6, 5 + 35 / 6, 12, 14, 16, 18, 20, 22]),
    ("0:(5), 6:(t*2), 9:(1)", [5, 5 + 7 / 6, 5 + 14 / 6, 8.5, 5 + 28 / 6, 5 + 35 / 6, 12, 14, 16, 1, 1, 1]),
    ("0:(0.5*sin(t)), 6:(1)", [*(0.5 * math.sin(t) for t in range(6)), *[1] * 6]),
    ("0:(1), max_f/2:(2)", [1, 1.2, 1.4, 1.6, 1.8, *[2] * 7]),
    ('0:(1), "max_f-1":(2)', [1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2, 2]),
    ("0:(-(5))", [-5] * 12),
    ("0:(t>3)", [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]),
    ("0:((t>3)&(t<5))", [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]),
    ("0:(t//2)", [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]),
    ("0:(t%3)", [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]),
    ("0:(t**2)", [t * t for t in range(12)]),
]


@pytest.mark.parametrize(("text", "wanted"), DEFORUM)
def test_key_strings_mean_what_they_mean_in_deforum(text: str, wanted: list[float]) -> None:
    assert sample(f"'{text}'") == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("'0:(where(t>3,1,0))'", [0, 0, 0, 0, 1, 1, 1, 1]),  # Deforum splits at these commas and crashes
        ("'0:(where((t>3),1,0)), 6:(2)'", [0, 0, 0, 0, 1, 1, 2, 2]),
        ("'5:(5)'", [5] * 8),  # and wants a key at 0
        ("'0:(1),'", [1] * 8),  # and no comma at the end
        ("'0: (1), 4: (5) hold'", [1, 1, 1, 1, 5, 5, 5, 5]),
        ("'0: (1), 0.4s: (5)'", [1, 2, 3, 4, 5, 5, 5, 5]),
        ("'0:00: (1), 0:00.4: (5)'", [1, 2, 3, 4, 5, 5, 5, 5]),
    ],
)
def test_key_strings_mean_more_than_in_deforum(text: str, wanted: list[float]) -> None:
    assert sample(text, 8) == pytest.approx(wanted, abs=1e-12)


def test_a_key_beyond_the_end_does_not_hasten_the_way_to_it() -> None:
    assert sample("{0: 0, 20: 10}", 6) == [0, 0.5, 1, 1.5, 2, 2.5]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1.015", [1.015] * 5),
        ("-2", [-2] * 5),
        ("1+t", [1, 2, 3, 4, 5]),
        ("t/max_f", [0, 0.25, 0.5, 0.75, 1]),
        ("{0: 0, 4: 8}", [0, 2, 4, 6, 8]),
        ("{1: 0, 3: 8}", [0, 0, 4, 8, 8]),
        ("{0: 0, 4: 8 linear}", [0, 2, 4, 6, 8]),
        ("{0: 0, 4: 8 hold}", [0, 0, 0, 0, 8]),
        ("{0: 0, 4: 64 ease-in}", [0, 1, 8, 27, 64]),
        ("{0: 0, 4: 64 ease-out}", [0, 37, 56, 63, 64]),
        ("{0: 0, 4: 64 ease-in-out}", [0, 4, 32, 60, 64]),
        ("{0: 0, 2: 8 ease-in, 4: 0 ease-out}", [0, 1, 8, 1, 0]),
        ("{0: 0, 0.4s: 8}", [0, 2, 4, 6, 8]),
        ("{0: 0, 1b: 10}", [0, 2, 4, 6, 8]),
        ("{0: 0, bar 2: 40}", [0, 2, 4, 6, 8]),
        ("{0: 0, max_f: pi}", [0, math.pi / 4, math.pi / 2, math.pi * 3 / 4, math.pi]),
        ("{0: 2*3, 4: 10 - 4*2}", [6, 5, 4, 3, 2]),  # a sum that stands still is a number
        ("{0: t, 2: 9}", [0, 1, 9, 9, 9]),
        ("{0: t > 1 and t < 3, 4: 0}", [0, 0, 1, 0, 0]),
        ("-0.0*t", [0, 0, 0, 0, 0]),
        ("seed", [7] * 5),
    ],
)
def test_values_are_pinned(text: str, wanted: list[float]) -> None:
    found = sample(text, 5)
    assert found == pytest.approx(wanted, abs=1e-12)
    assert all(math.copysign(1, value) == 1 for value in found if value == 0)


def test_values_inside_the_sampler_follow_the_denoising() -> None:
    n = [0, 399, 400, 999]
    assert sample("'[12]*400+[4]*600'", 1, n=n) == [12, 12, 4, 4]
    assert sample("where(p < 0.4, 12, 4)", 1, n=n) == [12, 12, 4, 4]
    assert sample("p", 1, n=n) == [0, 399 / 999, 400 / 999, 1]


def test_values_inside_the_sampler_follow_film_and_denoising_at_once() -> None:
    wanted = [12, 4, 10, 6, 8, 8]  # frames 0, 1, 2, each at the noisiest and the cleanest level
    assert sample("{0: 'where(p < 0.4, 12, 4)', 2: 8}", 3, n=[0, 999]) == wanted
    assert sample("{0: '[12]*400+[4]*600', 2: '[8]*1000'}", 3, n=[0, 999]) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[1, 2]", "f:1:4: zoom cannot be a list; write a number, an expression in quotes or keys such as "),
        ("", "f:1:3: zoom has no value; give one or remove the line"),
        ("{}", "f:1:4: zoom has no keys; write at least one, such as {0: 1.0}"),
        ("1:30", "f:1:4: zoom wants a number, not a time (found '1:30'); write a number, or a key as '1: (30)'"),
        ("{0: 1, 0s: 2}", "f:1:11: a second key at frame 0 (first at 1:5, '0'); keep one of them"),
        ("{0: 1, 5: 2 eese-in}", "f:1:16: unknown way 'eese-in' after a key's value; did you mean 'ease-in'? "),
        ("{0: 1 hold, 5: 2}", "f:1:5: the first key has no way that leads to it; leave 'hold' out"),
        ("{0: t, 5: 2 hold}", "f:1:11: there is no way to ease to frame 5; leave 'hold' out: a moving expression "),
        ("{0: 1, soon: 2}", "f:1:11: not a time (found 'soon'); write a frame (12), seconds (2.5s), "),
        ("{0: max(1,2)}", "f:1:11: this '(' is never closed; add ')'\nf:1:14: not a time (found '2)'); write a "),
        ("'0:(1) 5:(2)'", "f:1:11: a comma is missing before this key; write '0: (1), 5: (2)'"),
        ("'0:(1), 5'", "f:1:12: a key needs a time (found '5'); write 'time: (value)'"),
        ("'0:(1), 5:'", "f:1:14: a key has no value; give one or remove the line"),
        ("'0:(1:2)'", "f:1:9: ':' cannot stand in an expression; "),
        ("'0:(sin(t)'", "f:1:7: this '(' is never closed; add ')'"),
        ("'0: (foo), 5: (bra)'", "f:1:9: unknown name 'foo' in expression; use one of: t, "),
        ("p", "f:1:4: unknown name 'p' in expression; it is known only to values inside the sampler, such as "),
        ("'[12]*1000'", "f:1:5: '[' cannot stand in an expression; "),
        ("{0: [1], 1: {a: 1}}", "f:1:8: zoom at 0 must be a single value (found a list); write one value\nf:1:16: "),
        ("1/(t-5)", "f:1:5: the value is infinite at frame 5; "),
        ("{0: 1, 5: 1/(t-5)}", "f:1:15: the value is infinite at frame 5; "),
    ],
)
def test_mistakes_are_placed_and_explained(text: str, wanted: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        sample(text)
    assert str(caught.value).startswith(wanted)


def test_every_wrong_key_is_named() -> None:
    with pytest.raises(KeyframeError) as caught:
        sample("{0: foo, soon: 1, 3: [1], 5: 1 hald}")
    assert [complaint.mark.column for complaint in caught.value.complaints] == [8, 13, 25, 35]


def test_a_spline_is_the_one_computed_by_hand() -> None:
    found = sample("{0: 0, 2: 0 spline, 4: 1 spline}", 6)
    assert found == [0, -0.09375, 0, 0.40625, 1, 1]


def test_a_spline_ends_where_another_way_or_a_moving_expression_begins() -> None:
    broken = sample("{0: 0, 2: 0 spline, 4: 1 spline, 6: 4, 8: 1 spline, 10: t, 11: 5}", 12)
    assert broken == pytest.approx([0, -0.09375, 0, 0.40625, 1, 2.5, 4, *broken[7:]])
    assert broken[8] == 1
    assert broken[10:] == [10, 5]
    assert sample("{0: t, 2: 6, 4: 8 spline}", 5) == [0, 1, 6, 7, 8]


def test_a_spline_may_follow_the_denoising() -> None:
    n = [0, 999]
    found = sample("{0: 0, 2: 'p*0', 4: 'p spline'}", 5, n=n)
    assert found == [0, 0, 0, 0, 0, 0, 0, 0.5, 0, 1]
    both = sample("{0: 0, 2: 'p*0 spline', 4: 'p spline'}", 5, n=n)
    assert both == pytest.approx([0, 0, 0, -0.09375, 0, 0, 0, 0.40625, 0, 1])


def test_a_spline_through_thousands_of_keys_meets_each() -> None:
    text = "{0: 0, " + ", ".join(f"{3 * n}: {n % 7} spline" for n in range(1, 3000)) + "}"
    found = sample(text, 9000)
    assert found[::3] == pytest.approx([n % 7 for n in range(3000)], abs=1e-12)


SHARP = ["cubic-bezier(.3 2 .7 -1)", "spring", "spring(0)", "steps(5)", "spline"]
numbers = st.floats(-1e6, 1e6).map(lambda value: round(value, 6))
key_sets = st.dictionaries(st.integers(0, 60), numbers, min_size=1, max_size=8)


@settings(max_examples=100, deadline=None)
@given(key_sets, st.sampled_from([*EASES, *SHARP]), st.randoms())
def test_a_curve_passes_through_its_keys_in_any_order(keys: dict[int, float], ease: str, random: object) -> None:
    first = min(keys)
    items = [f"{frame}: {value!r}" + (f" {ease}" if frame != first else "") for frame, value in keys.items()]
    found = sample("{" + ", ".join(items) + "}", 61)
    assert all(found[frame] == pytest.approx(value, abs=1e-9) for frame, value in keys.items())
    assert found[:first] == [keys[first]] * first
    if not any(ease.endswith(family) for family in STRAYING) and ease not in SHARP:
        assert min(keys.values()) - 1e-6 <= min(found) <= max(found) <= max(keys.values()) + 1e-6
    random.shuffle(items)  # type: ignore[attr-defined]
    assert sample("{" + ", ".join(items) + "}", 61) == found
    if ease == "linear":
        as_string = ", ".join(f"{frame}: ({value:f})" for frame, value in keys.items())
        assert sample(f"'{as_string}'", 61) == found


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40))
def test_a_longer_film_does_not_change_its_beginning(frames: int, more: int) -> None:
    text = "{0: 1, 13: sin(t), 20: 4}"
    assert sample(text, frames + more)[:frames] == sample(text, frames)
