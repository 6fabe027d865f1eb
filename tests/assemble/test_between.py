"""In-betweens are where things are on their way, whatever is hidden, and cost no more memory for a longer film."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from pipeline.assemble.between import in_betweens


def texture(height: int, width: int, seed: int, spread: float) -> np.ndarray:
    noise = np.random.default_rng(seed).uniform(0, 1, (height, width, 3)).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), spread)
    return np.rint(255 * (soft - soft.min()) / (soft.max() - soft.min())).astype(np.uint8)


def square_at(x: int, y: int, height: int = 72, width: int = 112) -> np.ndarray:
    """A textured square before a textured ground that stands still."""
    pixels = texture(height, width, 1, 3)
    pixels[y : y + 28, x : x + 28] = texture(28, 28, 2, 2)
    return pixels


def psnr(found: np.ndarray, wanted: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / np.mean((found.astype(float) - wanted) ** 2)))


def fade(first: np.ndarray, second: np.ndarray, share: float) -> np.ndarray:
    return np.rint((1 - share) * first.astype(float) + share * second)


@pytest.mark.parametrize(("dx", "dy"), [(8, 4), (-8, 4), (4, -8), (0, 8)])
def test_a_moving_square_is_half_way_there(dx: int, dy: int) -> None:
    first, middle, second = (square_at(40 + dx * n // 2, 24 + dy * n // 2) for n in range(3))
    found = list(in_betweens([first, second], 2))
    assert len(found) == 4
    ours, faded = psnr(found[1], middle), psnr(fade(first, second, 0.5), middle)
    assert ours > faded + 5, (ours, faded)


def test_quarters_come_in_their_order() -> None:
    """Each in-between fits its own place best: time runs forwards, and in equal steps."""
    places = [square_at(24 + 2 * n, 24 + n) for n in range(5)]
    found = list(in_betweens([places[0], places[4]], 4))[:4]
    for number in (1, 2, 3):
        fits = [psnr(found[number], place) for place in places]
        assert int(np.argmax(fits)) == number, fits
        assert fits[number] > psnr(fade(places[0], places[4], number / 4), places[number]) + 4


def test_backwards_is_the_same_film() -> None:
    first, second = square_at(24, 24), square_at(32, 28)
    forth = list(in_betweens([first, second], 4))
    back = list(in_betweens([second, first], 4))
    for number in (1, 2, 3):
        assert np.abs(forth[number].astype(int) - back[4 - number]).mean() < 0.5


def test_what_is_drawn_stays_as_it_is_and_equal_frames_stand_still() -> None:
    frames = [square_at(24, 24), square_at(28, 26), square_at(28, 26)]
    found = list(in_betweens(frames, 4))
    assert len(found) == 12
    for number, frame in enumerate(frames):
        assert np.array_equal(found[4 * number], frame)
    assert all(np.array_equal(one, frames[2]) for one in found[8:])


@pytest.mark.parametrize(("count", "factor"), [(0, 2), (1, 1), (1, 4), (3, 1), (5, 2)])
def test_there_are_exactly_so_many(count: int, factor: int) -> None:
    assert len(list(in_betweens([square_at(20 + n, 20) for n in range(count)], factor))) == count * factor


@pytest.mark.parametrize("size", [(1, 1), (2, 7), (3, 300), (1400, 2)])
def test_small_and_narrow_pictures(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(4)
    first, second = (rng.integers(0, 256, (*size, 3), dtype=np.uint8) for _ in range(2))
    found = list(in_betweens([first, second], 2))
    assert [one.shape for one in found] == [(*size, 3)] * 4
    assert found[1].dtype == np.uint8


def test_the_same_on_any_number_of_threads() -> None:
    first, second = square_at(24, 24, 200, 160), square_at(32, 28, 200, 160)
    before, films = cv2.getNumThreads(), []
    for threads in (1, 2):
        cv2.setNumThreads(threads)
        try:
            films.append(list(in_betweens([first, second], 2))[1])
            assert cv2.getNumThreads() == threads
        finally:
            cv2.setNumThreads(before)
    assert np.array_equal(*films)


def test_memory_is_flat() -> None:
    def frames(count: int) -> Iterator[np.ndarray]:
        base = texture(40, 60, 3, 2)
        for number in range(count):
            yield np.roll(base, number % 3, axis=1)

    peaks = []
    for count in (3, 13):
        tracemalloc.start()
        for _ in in_betweens(frames(count), 2):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]
