"""Which beats begin a bar, and how many beats a bar has, from what comes back every so many beats.

The first beat of a bar is where low drums, loudness and changes of harmony gather; a pattern that repeats after three
beats and not after four is a waltz.
"""

from __future__ import annotations

import numpy as np

from .spectrum import STEPS_HZ

METERS = (3, 4)  # what is told apart by ear; others are given
_SLIP = 6.0  # cost of a bar that has a beat too many or too few
_WEIGHTS = {"low": 1.0, "all": 0.7, "harmony": 1.0, "level": 0.5}


def beat_features(
    beats: np.ndarray, low: np.ndarray, flux: np.ndarray, chroma: np.ndarray, level: np.ndarray
) -> dict[str, np.ndarray]:
    """Return what speaks for a bar to begin at each beat, in deviations from the mean.

    Shapes: beats (k,); low, flux, level (n,) and chroma (12, n), by steps -> (k,) each.
    """
    if len(beats) == 0:
        return {name: np.zeros(0) for name in _WEIGHTS}
    steps = np.clip(np.round(beats * STEPS_HZ - 0.5).astype(int), 0, len(flux) - 1)
    near = steps[:, None] + np.arange(-3, 4)
    near = np.clip(near, 0, len(flux) - 1)
    between = _means_between(chroma, steps)
    norms = np.linalg.norm(between, axis=0) + 1e-12
    unit = between / norms
    harmony = np.zeros(len(beats))
    harmony[1:] = 1 - (unit[:, 1:] * unit[:, :-1]).sum(axis=0)
    return {
        "low": _standard(low[near].max(axis=1)),
        "all": _standard(flux[near].max(axis=1)),
        "harmony": _standard(harmony),
        "level": _standard(_means_between(level[None], steps)[0]),
    }


def find_bars(features: dict[str, np.ndarray], beats_per_bar: int | None) -> tuple[np.ndarray, int]:
    """Return the indices of the beats that begin a bar, and the usual number of beats in one.

    Shapes: features (k,) each -> (m,).
    Source: Viterbi over the place in the bar, as in Klapuri, Eronen & Astola 2006, here with the meter chosen before.
    """
    k = len(features["all"])
    meter = beats_per_bar or _meter(features)
    if k == 0:
        return np.zeros(0, dtype=int), meter
    accent = sum(weight * features[name] for name, weight in _WEIGHTS.items())
    assert isinstance(accent, np.ndarray)
    places = _places(accent, meter)
    return np.flatnonzero(places == 0), meter


def _meter(features: dict[str, np.ndarray]) -> int:
    """Return after how many beats what is heard at them comes back; four where nothing does."""
    rows = np.stack(list(features.values()))
    likeness = {meter: _comes_back(rows, meter) for meter in METERS}
    return 3 if likeness[3] > likeness[4] + 0.05 else 4


def _comes_back(rows: np.ndarray, meter: int) -> float:
    """Return the mean correlation of beats with those one, two and three bars later."""
    lags = [lag for lag in (meter, 2 * meter, 3 * meter) if lag < rows.shape[1] - 4]
    if not lags:
        return 0.0
    return float(np.mean([(rows[:, lag:] * rows[:, :-lag]).mean() for lag in lags]))


def _places(accent: np.ndarray, meter: int) -> np.ndarray:
    """Return each beat's place in its bar on the best way through the song."""
    value = np.full((len(accent), meter), 0.0)
    value[:, 0] = accent * (meter - 1) / meter
    value[:, 1:] = -accent[:, None] / meter
    score = value[0].copy()
    came = np.zeros((len(accent), meter), dtype=int)
    slip = np.full((meter, meter), -_SLIP)  # to, from
    slip[(np.arange(meter) + 1) % meter, np.arange(meter)] = 0.0
    for index in range(1, len(accent)):
        ways = score[None, :] + slip
        came[index] = ways.argmax(axis=1)
        score = ways.max(axis=1) + value[index]
    places = np.zeros(len(accent), dtype=int)
    places[-1] = score.argmax()
    for index in range(len(accent) - 1, 0, -1):
        places[index - 1] = came[index, places[index]]
    return places


def _means_between(rows: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Return the mean of each row from each step to the next, the last one to the end or as long as before."""
    sums = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(rows, axis=1, dtype=float)], axis=1)
    ends = np.append(steps[1:], min(rows.shape[1], steps[-1] + (steps[-1] - steps[-2] if len(steps) > 1 else 1)))
    ends = np.maximum(ends, steps + 1)
    return (sums[:, ends] - sums[:, steps]) / (ends - steps)


def _standard(values: np.ndarray) -> np.ndarray:
    deviation = values.std()
    return (values - values.mean()) / deviation if deviation > 1e-9 else np.zeros(len(values))
