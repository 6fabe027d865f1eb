from __future__ import annotations

import numpy as np
import pytest

from pipeline.schedule.language.chance import uniform, wander

UNIFORM_0 = [0.6524484863740322, 0.03401170130434639, 0.8429655109060831, 0.1790798029343914, 0.9373711935360373]
UNIFORM_7 = [0.7215081806049702, 0.23928447285727472, 0.27598243332716743, 0.6627413876392583, 0.19345915856102291]
WANDER_7 = [0.2626861943054713, 0.1285304351952364, -0.040126881225080846, -0.34845716487958783, -0.10337755869312777]


def numbers(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def test_chance_is_the_same_on_every_machine() -> None:
    """Literals of this code, and an oracle in Python's whole numbers in `test_evaluate.py`."""
    places = numbers(0, 1, 2, -1, 100_000)
    assert uniform(numbers(0), places).tolist() == UNIFORM_0
    assert uniform(numbers(7), places).tolist() == UNIFORM_7
    assert wander(numbers(7), numbers(0, 0.25, 0.5, 1, 12.3)).tolist() == pytest.approx(WANDER_7, abs=1e-15)


def test_chance_is_spread_evenly() -> None:
    found = uniform(numbers(3), np.arange(100_000.0))
    assert 0 <= found.min() < 1e-3
    assert 0.999 < found.max() < 1
    assert abs(found.mean() - 0.5) < 0.005
    counts = np.histogram(found, bins=20, range=(0, 1))[0]
    assert abs(counts - 5000).max() < 300
    assert abs(np.corrcoef(found[1:], found[:-1])[0, 1]) < 0.01


def test_seeds_differ() -> None:
    rows = np.array([uniform(numbers(seed), np.arange(2000.0)) for seed in range(6)])
    assert np.abs(np.corrcoef(rows) - np.eye(6)).max() < 0.08


def test_parts_of_a_whole_number_are_cut_off() -> None:
    assert uniform(numbers(3.7), numbers(5.2)).tolist() == uniform(numbers(3), numbers(5)).tolist()
    assert uniform(numbers(3), numbers(-0.5)).tolist() == uniform(numbers(3), numbers(-1)).tolist()


def test_noise_is_smooth_and_stays_in_range() -> None:
    places = np.linspace(-20, 20, 40_001)
    found = wander(numbers(5), places)
    assert -1 <= found.min() < -0.4
    assert 0.4 < found.max() <= 1
    step = places[1] - places[0]
    speed, force = np.diff(found) / step, np.diff(found, 2) / step**2
    assert np.abs(speed).max() < 3
    assert np.abs(np.diff(speed)).max() < 0.02  # no kink
    assert np.abs(np.diff(force)).max() < 0.05  # and no jump of the second derivative


def test_noise_far_away_and_without_a_number_is_still_something() -> None:
    assert wander(numbers(5), numbers(1e15)).shape == (1,)
    assert uniform(numbers(np.nan, np.inf), numbers(0)).shape == (2,)
