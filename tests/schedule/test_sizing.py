"""Sizes are rounded to what the model takes, and that is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import KeyframeError
from pipeline.schedule.sizing import rounded
from pipeline.types import Film, Size

ReadFilm = Callable[..., Film]


@pytest.mark.parametrize(
    ("side", "multiple", "found"),
    [(100, 32, 96), (112, 32, 128), (111, 32, 96), (1080, 64, 1088), (31, 64, 0), (64, 1, 64)],
)
def test_a_side_goes_to_the_nearest_multiple(side: int, multiple: int, found: int) -> None:
    assert rounded(side, multiple) == found


@given(side=st.integers(1, 4096), multiple=st.integers(1, 200))
def test_rounding_moves_a_side_by_half_a_multiple_at_most(side: int, multiple: int) -> None:
    found = rounded(side, multiple)
    assert found % multiple == 0
    assert 2 * abs(found - side) <= multiple


def test_a_size_is_rounded_with_a_warning(read_film: ReadFilm) -> None:
    film = read_film("prompts: a\nsize: 1000x50")
    assert film.size == Size(height=64, width=992)
    (notice,) = film.notices
    assert str(notice) == (
        "film.yaml:2:7: warning: size 1000x50 is drawn as 992x64, because the model takes multiples of 32; "
        "write size: 992x64 [size-rounded]"
    )
    assert read_film("prompts: a\nsize: 1000x50\nsilence: size-rounded").notices == ()
    assert read_film("prompts: a\nsize: 992x64").notices == ()


@pytest.mark.parametrize(("size", "side"), [("64x15", 15), ("4x64", 4)])
def test_a_size_of_which_nothing_is_left_is_refused(read_film: ReadFilm, size: str, side: int) -> None:
    with pytest.raises(KeyframeError, match=f"a side of {side} pixels does not fit the model; use multiples of 32"):
        read_film(f"prompts: a\nsize: {size}")
