"""What the controller holds and what it leaves open; and that a sampler which fades a film is kept from doing so."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.condition.spaces import from_lab, to_lab
from pipeline.condition.steady import MOST_GAIN, REACH, measures, steady


def coloured(light: float, contrast: float, chroma: float, seed: int = 0) -> np.ndarray:
    """Return a picture whose lightness and colours vary, in RGB."""
    random = np.random.default_rng(seed)
    lab = random.normal(size=(24, 40, 3)) * [contrast, chroma, 0.6 * chroma] + [light, 0.3 * chroma, -0.2 * chroma]
    return np.clip(from_lab(lab), 0.0, 1.0)


FIRST = coloured(55, 9, 14)


def distance(picture: np.ndarray) -> np.ndarray:
    """Return how far light, contrast and chroma are from the first frame's, as shares of those."""
    return np.abs(np.array(measures(to_lab(picture))) / measures(to_lab(FIRST)) - 1)


def test_the_measures_are_light_contrast_and_chroma() -> None:
    lab = np.zeros((2, 2, 3))
    lab[..., 0] = [[10, 30], [10, 30]]
    lab[..., 1:] = [3, -4]
    assert measures(lab) == (20.0, 10.0, 5.0)


@pytest.mark.parametrize("now", [coloured(51, 8, 12, 1), coloured(60, 10, 16, 2)])
def test_it_goes_to_the_first_frame_and_beyond(now: np.ndarray) -> None:
    part = steady(now, FIRST, 1 / REACH)
    assert distance(part).max() < 0.02 < distance(now).min()
    beyond = np.array(measures(to_lab(steady(now, FIRST, 1.0)))) - measures(to_lab(FIRST))
    before = np.array(measures(to_lab(now))) - measures(to_lab(FIRST))
    assert (np.sign(beyond) == -np.sign(before)).all()
    assert np.allclose(steady(now, FIRST, 0.0), now, atol=1e-9)


def test_hues_and_places_stay() -> None:
    now = to_lab(coloured(52, 8, 10, 3))
    then = to_lab(steady(from_lab(now), FIRST, 0.5))
    hue, hue_then = (np.arctan2(lab[..., 2], lab[..., 1]) for lab in (now, then))
    strong = np.hypot(now[..., 1], now[..., 2]) > 3
    assert np.abs(np.angle(np.exp(1j * (hue - hue_then))))[strong].max() < 0.05
    assert np.corrcoef(now[..., 0].ravel(), then[..., 0].ravel())[0, 1] > 0.999


def test_a_grey_picture_stays_grey_and_a_nearly_grey_one_is_not_thrown_into_colour() -> None:
    grey = np.ones((8, 12, 3)) * np.linspace(0.2, 0.8, 12)[None, :, None]
    assert np.ptp(steady(grey, FIRST, 1.0), axis=-1).max() < 1e-6
    pale = coloured(55, 9, 1, 4)
    assert measures(to_lab(steady(pale, FIRST, 1.0)))[2] < 1.001 * MOST_GAIN * measures(to_lab(pale))[2]


def fading(picture: np.ndarray, frame: int) -> np.ndarray:
    """Stand in for a sampler that goes on from a picture: it greys, darkens and hardens it, and adds fresh grain."""
    lab = to_lab(picture)
    grain = np.random.default_rng(frame).normal(size=lab.shape) * [1.0, 0.5, 0.5]
    lab = (lab - [50, 0, 0]) * [1.04, 0.94, 0.94] + [49.4, 0.0, 0.1] + grain
    return np.clip(from_lab(lab), 0.0, 1.0)


@pytest.mark.parametrize(("strength", "is_held"), [(1.0, True), (0.0, False)])
def test_three_hundred_frames_do_not_burn_in(strength: float, is_held: bool) -> None:
    frame, furthest = FIRST, np.zeros(3)
    for number in range(1, 301):
        frame = np.round(fading(steady(frame, FIRST, strength), number) * 255) / 255
        furthest = np.maximum(furthest, distance(frame))
    assert (furthest.max() < 0.1) == is_held, furthest
