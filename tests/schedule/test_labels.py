"""Labels: moments by names, at 10 frames a second and 120 beats a minute (5 frames a beat), in a shot of 41 frames."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import KeyframeError
from pipeline.schedule.clock import Clock, Tempo
from pipeline.schedule.labels import read_labels
from pipeline.schedule.scope import Scope
from pipeline.schedule.source import Mapping, parse


def labels(text: str, *, frames: int = 41, bpm: float | None = 120.0) -> dict[str, tuple[int, ...]]:
    tree = parse(text, "f")
    assert isinstance(tree, Mapping)
    clock = Clock(Tempo(10.0, bpm, 4.0), frames, 7)
    items = {key.text: (key, node) for key, node in tree.items}
    return read_labels(items, frames, lambda known: Scope(clock, labels=known))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a: 12", (12,)),
        ("a: 1.5s", (15,)),
        ("a: 0:02.5", (25,)),
        ("a: 3b", (15,)),
        ("a: bar 2", (20,)),
        ("a: max_f", (40,)),
        ("a: max_f/3", (13,)),
        ("a: 1s - 2b", (0,)),
        ("a: 1s - 3b", (-5,)),
        ("a: 0.25s", (3,)),  # halves upwards
        ("a: [3b, 1b, 1b]", (5, 15)),
        ("a: [every 1s until 2s, 25]", (0, 10, 25)),
        ("a: every 1s", (0, 10, 20, 30, 40, 50)),  # up to the first past the end, so that phases are whole
        ("a: every 4b", (0, 20, 40, 60)),
        ("a: every 4b from 2s until 10s", (20, 40, 60)),
        ("a: every 1s from 5 until 25", (5, 15)),
        ("a: every 2s from 0 - 1s", (-10, 10, 30, 50)),
        ("a: every 1s from 9s", (90,)),
        ("a: every 1s from 2s until 2s", ()),
        ("a: every 0.33s until 2s", (0, 3, 7, 10, 13, 17, 20)),  # each to the nearest frame by itself: no drift
        ("a: every 300ms until 1s", (0, 3, 6, 9)),
        ("a: every 12f", (0, 12, 24, 36, 48)),
    ],
)
def test_moments_are_pinned(text: str, wanted: tuple[int, ...]) -> None:
    assert labels(text)["a"] == wanted


def test_beats_that_fit_no_frame_keep_their_tempo() -> None:
    found = labels("a: every 1b", frames=1000, bpm=128.0)["a"]  # 4.6875 frames
    assert found[:5] == (0, 5, 9, 14, 19)
    assert found[128] == 600


def test_labels_stand_on_one_another_in_any_order() -> None:
    text = ["drop: 2s", "fall: drop + 2b", "kick: [1b, drop + 1b]", "last: kick(2) + 1s", "roll: every 5f from fall"]
    wanted = {"drop": (20,), "fall": (30,), "kick": (5, 25), "last": (35,), "roll": (30, 35, 40, 45)}
    for seed in range(5):
        random.Random(seed).shuffle(text)
        assert labels("\n".join(text)) == wanted


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("t: 1s", "f:1:1: 't' means something already; give a label another name"),
        ("pulse: 1s", "f:1:1: 'pulse' means something already; "),
        ("1a: 1s", "f:1:1: a label cannot be called '1a'; use letters, digits and _, at most 40, a letter first"),
        ("a: soon", "f:1:4: not a time (found 'soon'); write a frame (12), seconds"),
        ("a: []", "f:1:4: a label has no time; write one, such as 8s"),
        ("a: {b: 1}", "f:1:4: a label wants times (found names and values); write 8s, [1b, 2b] or 'every 4b'"),
        ("a:", "f:1:3: a label wants times (found nothing); "),
        ("a: every 0.05s", "f:1:10: labels cannot come every 0.5 frames; leave at least a frame between them"),
        ("a: every 0-5", "f:1:10: labels cannot come every -5 frames; "),
        ("a: every 1f from 0 - 30000", "f:1:10: the label would come 30042 times; stay within 25000"),
        ("a: every soon", "f:1:10: not a time (found 'soon'); "),
        ("a: every 1s from never", "f:1:18: not a time (found 'never'); "),
        ("x: 1s + y\ny: z\nz: x", "f:1:1: labels go round in a circle: x -> y -> z -> x; let one of them be a time"),
        ("x: [1, 2]\ny: 1 + x", "f:2:8: the label 'x' comes 2 times in this shot; write x(1) for the first"),
        ("x: [1, 2]\ny: x(3)", "f:2:4: there is no x(3): the label comes 2 times in this shot; count from 1"),
        ("drop: 1\ny: drap", "f:2:4: not a time and no label (found 'drap'); did you mean 'drop'? (known: drop, y)"),
        ("a: 2deg + 1s", "f:1:9: '+' joins a time and an angle; "),
        ("a: 30deg + 0", "f:1:4: an angle is no time; write seconds (2s), beats (4b) or a frame (12)"),
        ("a: t + 1", "f:1:4: unknown name 't' in expression; a key stands still; use max_f"),
        ("a: " + "1+" * 150 + "1", "f:1:4: a label's time has 301 characters; keep it to 300"),
    ],
)
def test_mistakes_are_placed_and_explained(text: str, message: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        labels(text)
    assert str(caught.value).startswith(message)


def test_a_circle_is_reported_once() -> None:
    with pytest.raises(KeyframeError) as caught:
        labels("x: y\ny: z\nz: x\nw: x + 1")
    assert len(caught.value.complaints) == 1


def test_too_many_moments_are_refused_at_once() -> None:
    text = "\n".join(f"a{n}: every 1f from 0 - 15000" for n in range(200))
    with pytest.raises(KeyframeError, match="the labels come more than 100000 times; let some come less often"):
        labels(text)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 60), st.integers(0, 60), st.integers(1, 200), st.integers(0, 100))
def test_a_longer_shot_has_the_same_moments_and_more(step: int, start: int, frames: int, more: int) -> None:
    short = labels(f"a: every {step}f from {start}", frames=frames)["a"]
    long = labels(f"a: every {step}f from {start}", frames=frames + more)["a"]
    assert long[: len(short)] == short
    assert short[-1] >= frames
