"""Disco Diffusion's key strings: against its filling of a series, written out step by step as pandas did it."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.importing import key_strings
from pipeline.importing.sheet import keys as shown
from pipeline.schedule import curve
from pipeline.schedule.clock import Clock, Tempo
from pipeline.schedule.notices import Notices
from pipeline.schedule.scope import Scope
from pipeline.schedule.source import Scalar
from pipeline.types import Mark


def as_there(text: str, n_frames: int) -> list[float]:
    """Fill the series: what is beyond the film is appended, both ends are copied outwards, gaps are straight lines."""
    series: list[list] = [[frame, None] for frame in range(n_frames)]
    for frame, value in re.findall(r"([0-9]+):[\s]*[\(]([\S\s]*?)[\)]", text):
        place = next((entry for entry in series if entry[0] == int(frame)), None)
        if place is None:
            series.append(place := [int(frame), None])
        place[1] = float(value)
    first = next(entry for entry in series if entry[1] is not None)
    series[0][1] = first[1]
    last = next(entry for entry in reversed(series) if entry[1] is not None)
    series[n_frames - 1][1] = last[1]
    known = [(index, entry[1]) for index, entry in enumerate(series) if entry[1] is not None]
    return np.interp(np.arange(n_frames), *zip(*known, strict=True)).tolist()


def as_here(text: str, n_frames: int) -> list[float]:
    """Sample what the import writes, as our own reader reads it."""
    written = shown(key_strings.within(key_strings.read_keys(text), n_frames)).strip('"')
    scope = Scope(Clock(Tempo(12.0, None, 4.0), n_frames, 7), notices=(notices := Notices()))
    place = Scalar(written, Mark("f", 1, 1), range(1, len(written) + 2))
    found = curve.parse(place, "camera.roll", scope).sample(scope, np.arange(float(n_frames)))
    assert notices.heard(()) == ()
    return np.broadcast_to(found, n_frames).tolist()


NUMBERS = st.floats(-1e6, 1e6).map(lambda value: f"{value:.6g}") | st.sampled_from(["5.", ".5", "1e-3", " -2 ", "+3"])
KEYS = st.lists(st.tuples(st.integers(0, 30), NUMBERS), min_size=1, max_size=6)


@given(keys=KEYS, n_frames=st.integers(1, 20), gap=st.sampled_from([", ", " ", "\n,", ""]))
@example(keys=[(0, "0"), (20, "10")], n_frames=6, gap=", ")
def test_every_frame_has_the_value_it_had(keys: list[tuple[int, str]], n_frames: int, gap: str) -> None:
    text = gap.join(f"{frame}:({value})" for frame, value in keys)
    # a repeated frame keeps its first place there, in the dictionary, and in the series the last value
    merged = dict(keys)
    there = as_there(", ".join(f"{frame}: ({value})" for frame, value in merged.items()), n_frames)
    assert as_here(text, n_frames) == pytest.approx(there, rel=1e-12, abs=1e-12)


def test_a_key_beyond_the_film_is_reached_at_its_end() -> None:
    assert as_here("0: (0), 20: (10)", 6) == [0, 2, 4, 6, 8, 10]


def test_a_text_without_a_key_is_one_number() -> None:
    assert key_strings.read_keys(" 1.02 ") == {0: 1.02}


@pytest.mark.parametrize("text", ["0: (t)", "sin(t)", "0: (nan)", "0: (inf)", "0: (1_0)", "99999999999: (1)", "0: ()"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(key_strings.NoKeys):
        key_strings.read_keys(text)


RUNS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 700)), min_size=1, max_size=6)


@given(runs=RUNS)
def test_lists_over_the_denoising_are_the_same_lists(runs: list[tuple[int, int]]) -> None:
    text = " + ".join(f"[{value}]*{times}" for value, times in runs)
    there = [value for value, times in runs for _ in range(times)]
    here = [value for value, times in key_strings.cut_to(key_strings.step_runs(text), 1000) for _ in range(times)]
    assert len(here) == 1000
    assert here[: len(there)] == there[:1000]
    assert set(here[len(there) :]) <= {there[-1]}


@pytest.mark.parametrize("text", ["[x]*5", "12", "[1]*-4", "[1]**4", "__import__('os')", "[1]*400-[2]*600", "[]*3"])
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(key_strings.NoKeys):
        key_strings.step_runs(text)
