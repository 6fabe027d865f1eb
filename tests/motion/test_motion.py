"""Which way vectors point, what of them is doubted and why, and the one move of a whole picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.motion import Doubt, doubts, looked_up, places, reduced, search, trust, whole_motion


def ground(height: int = 64, width: int = 96, seed: int = 3) -> np.ndarray:
    """Return a picture with something to see everywhere, nowhere symmetric."""
    rng = np.random.default_rng(seed)
    return cv2.resize(rng.integers(20, 235, (height // 4, width // 4, 3), np.uint8), (width, height))


def thing_at(x: int, y: int) -> np.ndarray:
    canvas = ground() // 3
    canvas[y : y + 16, x : x + 20] = 120 + ground(16, 20, 5) // 2
    return canvas


def still(height: int = 20, width: int = 40) -> np.ndarray:
    return np.zeros((height, width, 2), np.float32)


def test_flow_points_from_the_first_picture_to_the_second_in_pixels_right_and_down() -> None:
    first, second = thing_at(30, 20), thing_at(36, 22)
    field = search(first, second)
    assert field[25:31, 36:44].mean((0, 1)) == pytest.approx([6, 2], abs=0.5)
    assert np.abs(field[:, :12]).max() < 0.5
    back = search(second, first)
    assert back[27:33, 42:50].mean((0, 1)) == pytest.approx([-6, -2], abs=0.5)
    lands = looked_up(first, places(back))
    assert np.abs(lands[24:36, 40:52].astype(int) - second[24:36, 40:52]).mean() < 6


def test_a_smaller_field_has_vectors_in_its_own_pixels() -> None:
    field = np.full((40, 80, 2), (8, -4), np.float32)
    assert reduced(field, 10, 40)[3, 5].tolist() == [4, -1]


def test_what_comes_in_at_an_edge_is_overshot() -> None:
    """All goes four pixels to the right: the four columns on the left were never seen."""
    there = np.full_like(still(), (4, 0))
    found = doubts(-there, there)
    assert np.flatnonzero(found.overshot[7]).tolist() == [0, 1, 2, 3]
    assert not found.missed.any() and not found.undershot[:, 4:].any()


def test_what_is_laid_open_is_undershot_and_what_disagrees_is_missed() -> None:
    """A square of 8 pixels goes ten to the right before a ground that stands still."""
    there, back = still(), still()
    there[6:14, 10:18] = (10, 0)
    back[6:14, 20:28] = (-10, 0)
    found = doubts(back, there)
    assert np.flatnonzero(found.undershot[10]).tolist() == [10, 11, 12, 13, 14, 15, 16, 17]
    assert not found.undershot[:6].any() and not found.undershot[14:].any()
    assert np.flatnonzero(found.missed[10]).tolist() == [10, 11, 12, 13, 14, 15, 16, 17]
    assert not found.overshot.any()
    wrong = doubts(back, still())  # nobody else saw the square move
    assert np.flatnonzero(wrong.missed[10]).tolist() == [20, 21, 22, 23, 24, 25, 26, 27]
    assert not wrong.undershot.any()


def test_trust_counts_each_doubt_by_its_share_and_fades_into_what_was_trusted() -> None:
    layers = [np.zeros((1, 9), np.float32) for _ in range(3)]
    for place, layer in enumerate(layers):
        layer[0, 1 + 3 * place] = 1
    found = Doubt(*layers)
    assert trust(found)[0].tolist() == [1, 0, 1, 1, 0, 1, 1, 0, 1]
    parts = trust(found, missed=0.25, overshot=0, undershot=1)[0]
    assert parts.tolist() == [1, 0.75, 1, 1, 1, 1, 1, 0, 1]
    soft = trust(found, missed=0, undershot=0, blur=1.0)[0]
    assert soft[4] == 0  # what is doubted wholly stays so
    assert 0 < soft[3] < 1 and soft[3] == pytest.approx(soft[5]) and soft[2] > soft[3]
    assert (trust(found, missed=0, overshot=0, undershot=0, blur=2.0) == 1).all()


AFFINE = np.array([[1.03, -0.02, 2.0], [0.025, 0.98, -1.5], [0.0, 0.0, 1.0]])
TILTED = np.array([[1.0, 0.01, 1.0], [0.0, 1.02, 2.0], [2e-4, 1e-4, 1.0]])


def field_of(matrix: np.ndarray, height: int = 48, width: int = 80) -> np.ndarray:
    grid = places(still(height, width)).reshape(-1, 2)
    mapped = np.c_[grid, np.ones(len(grid))] @ matrix.T
    return (mapped[:, :2] / mapped[:, 2:] - grid).reshape(height, width, 2).astype(np.float32)


@pytest.mark.parametrize(("kind", "matrix"), [("affine", AFFINE), ("perspective", TILTED), ("perspective", AFFINE)])
def test_the_move_of_most_is_found_whatever_a_thing_in_front_does(kind: str, matrix: np.ndarray) -> None:
    true = field_of(matrix)
    field = true.copy()
    field[10:30, 20:50] = (-9, 5)
    found = whole_motion(field, np.ones(field.shape[:2], np.float32), kind)
    assert np.abs(found - true).max() < 0.05


def test_what_is_not_trusted_does_not_count_and_too_little_moves_nothing() -> None:
    field = field_of(AFFINE)
    sure = np.zeros(field.shape[:2], np.float32)
    assert not whole_motion(field, sure, "affine").any()
    noise = np.random.default_rng(2).normal(0, 30, field.shape).astype(np.float32)
    sure[:24] = 1
    field[24:] = noise[24:]
    assert np.abs(whole_motion(field, sure, "affine") - field_of(AFFINE)).max() < 0.05
    assert not whole_motion(noise, np.ones_like(sure), "perspective").any()


@settings(max_examples=15, deadline=None)
@given(st.floats(-0.05, 0.05), st.floats(-0.05, 0.05), st.floats(-6, 6), st.floats(-6, 6))
def test_every_turn_zoom_and_shift_is_found_again(turn: float, zoom: float, x: float, y: float) -> None:
    matrix = np.array([[1 + zoom, turn, x], [-turn, 1 + zoom, y], [0, 0, 1]])
    true = field_of(matrix)
    assert np.abs(whole_motion(true, np.ones(true.shape[:2], np.float32), "affine") - true).max() < 0.01
