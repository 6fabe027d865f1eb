from __future__ import annotations

import numpy as np
import pytest

from pipeline.errors import KeyframeError
from pipeline.schedule.clock import Clock, Tempo
from pipeline.schedule.language.vocabulary import NAMES
from pipeline.schedule.scope import Scope
from pipeline.schedule.source import Scalar
from pipeline.types import Mark


def text(value: str) -> Scalar:
    return Scalar(value, Mark("f", 1, 1), range(1, len(value) + 2))


CLOCK = Clock(Tempo(10.0, 120.0, 4.0), frames=41, seed=7, start=100)
SCOPE = Scope(CLOCK)


@pytest.mark.parametrize(
    ("time", "frame"),
    [
        ("12", 12),
        ("012", 12),
        ("2.5s", 25),
        ("2.5 s", 25),
        ("0:02.5", 25),
        ("1:30", 900),
        ("4b", 20),
        ("bar 1", 0),
        ("bar 3", 40),
        ("bar 1.5", 10),
        ("0.05s", 1),  # 0.5 frames: halves go up
        ("0.15s", 2),  # exactly 1.5 frames, although 0.15 * 10 is less in binary
        ("0.25s", 3),
        ("0.14s", 1),
        ("max_f", 40),
        ("max_f-2", 38),
        ("max_f/3", 13),  # cut, not rounded, as in Deforum
        ("frames/2", 20),
    ],
)
def test_times_are_pinned(time: str, frame: int) -> None:
    assert SCOPE.moment(text(time)) == frame


@pytest.mark.parametrize(
    ("time", "wanted"),
    [
        ("2.5", "f:1:1: frames are whole (found '2.5'); write '2.5s' for seconds"),
        ("0:75", "f:1:1: a minute has 60 seconds (found '0:75'); carry the rest into the minutes"),
        ("bar 0", "f:1:1: bars count from 1 (found 'bar 0'); write 'bar 1' for the beginning"),
        ("9999999", "f:1:1: the time is too far away (found '9999999'); stay within 100000 frames"),
        ("max_f-t", "f:1:7: unknown name 't' in expression; a key stands still; use max_f"),
    ],
)
def test_wrong_times_are_explained(time: str, wanted: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        SCOPE.moment(text(time))
    assert str(caught.value) == wanted


@pytest.mark.parametrize("time", ["soon", "", "3x", "1:2:3:4", "٣", "1e3s", "bar", "9" * 200, "max_f/0"])
def test_other_texts_are_no_times(time: str) -> None:
    with pytest.raises(KeyframeError):
        SCOPE.moment(text(time))


def test_beats_need_a_tempo() -> None:
    with pytest.raises(KeyframeError, match="beats and bars need a tempo; add 'bpm: 120'"):
        Scope(Clock(Tempo(10.0, None, 4.0), 1, 0)).moment(text("4b"))


def test_variables_are_pinned() -> None:
    t, n = np.array([0.0, 5.0, 30.0]), np.array([0, 333, 999])
    found = CLOCK.variables(NAMES, t, n)
    assert {name: values.tolist() for name, values in found.items()} == {
        "t": [0, 5, 30],
        "sec": [0, 0.5, 3],
        "beat": [0, 1, 6],
        "bar": [0, 0.25, 1.5],
        "phase": [0, 0, 0],
        "film_t": [100, 105, 130],
        "film_sec": [10, 10.5, 13],
        "max_f": 40,
        "frames": 41,
        "fps": 10,
        "bpm": 120,
        "seed": 7,
        "pi": 3.141592653589793,
        "e": 2.718281828459045,
        "p": [0, 333 / 999, 1],
    }


def test_some_names_are_not_known_everywhere() -> None:
    everything = set(SCOPE.vocabulary(in_sampler=True).names)
    assert everything == set(NAMES)
    assert everything - set(SCOPE.vocabulary().names) == {"p"}
    silent = Scope(Clock(Tempo(10.0, None, 4.0), 1, 0))
    assert everything - set(silent.vocabulary(in_sampler=True).names) == {"beat", "bar", "phase", "bpm"}
    unmeasured = Scope(Clock(Tempo(10.0, 120.0, 4.0), 0, 0))
    assert everything - set(unmeasured.vocabulary(in_sampler=True).names) == {"max_f", "frames"}
