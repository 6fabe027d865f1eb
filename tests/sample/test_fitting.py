"""Pictures and masks of other sizes than the film's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sample.fitting import FITS, fit_mask, fit_picture
from pipeline.types import Size


def stripes(height: int, width: int) -> np.ndarray:
    """Return red, green and blue thirds side by side, the upper half darker."""
    pixels = np.zeros((height, width, 3), np.uint8)
    for third in range(3):
        pixels[:, third * width // 3 : (third + 1) * width // 3, third] = 200
    pixels[: height // 2] //= 2
    return pixels


@pytest.mark.parametrize("fit", FITS)
def test_a_picture_of_the_films_size_is_left_alone(fit: str) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (16, 24, 3), dtype=np.uint8)
    assert np.array_equal(fit_picture(pixels, Size(16, 24), fit), pixels)


@given(
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
    st.sampled_from(FITS),
)
@settings(max_examples=80, deadline=None)
def test_any_picture_fits_any_film_and_one_colour_stays(given_size, wanted, fit) -> None:
    pixels = np.full((*given_size, 3), (200, 100, 7), np.uint8)
    found = fit_picture(pixels, Size(*wanted), fit)
    assert (found.shape, found.dtype) == ((*wanted, 3), np.uint8)
    assert np.array_equal(found, np.full((*wanted, 3), (200, 100, 7), np.uint8))


def test_cover_cuts_off_both_ends_alike() -> None:
    found = fit_picture(stripes(20, 60), Size(20, 20), "cover")
    assert found[15, 10].tolist() == [0, 200, 0]
    assert found[5, 10].tolist() == [0, 100, 0]
    assert (found[..., 1] >= found[..., 0]).all()
    assert np.array_equal(found, found[:, ::-1])


def test_stretch_shows_all_of_it() -> None:
    found = fit_picture(stripes(20, 60), Size(30, 30), "stretch")
    assert [found[25, x].argmax() for x in (3, 15, 26)] == [0, 1, 2]


def test_contain_shows_all_of_it_and_mirrors_beyond() -> None:
    found = fit_picture(stripes(20, 60), Size(40, 30), "contain")  # 10 by 30 within, 15 above and below
    assert [found[22, x].argmax() for x in (3, 15, 26)] == [0, 1, 2]
    assert np.array_equal(found[14], found[15])
    assert np.array_equal(found[5:15], found[24:14:-1])


def test_black_is_kept_white_is_painted_and_beyond_a_contained_mask_too() -> None:
    mask = np.zeros((4, 12, 3), np.uint8)
    mask[:, 9:] = 255
    share = fit_mask(mask, Size(12, 12), "contain", feather=0)
    assert share.dtype == np.float32
    assert share[:4].min() == share[8:].min() == 1
    assert share[5].tolist() == [0] * 9 + [1] * 3


def test_feather_reaches_into_the_paint_alone() -> None:
    mask = np.zeros((1, 12, 3), np.uint8)
    mask[:, 4:] = 255
    (share,) = fit_mask(mask, Size(1, 12), "stretch", feather=3)
    assert share[:4].tolist() == [0] * 4
    assert share[4:8] == pytest.approx([0.15625, 0.5, 0.84375, 1])  # 3u^2 - 2u^3 at quarters
    assert share[7:].tolist() == [1] * 5


def test_a_mask_without_black_has_no_edge_to_feather() -> None:
    grey = np.full((3, 5, 3), 51, np.uint8)
    assert fit_mask(grey, Size(3, 5), "cover", feather=9) == pytest.approx(0.2)
