"""The beats of a song, whose tempo may change, found as the best way through all moments and tempos.

A beat wants a strong onset, an empty one costs, and so does an onset that is passed over; a tempo changes at a beat,
and the larger the change the dearer. From these four the octave follows too: hats between two drums are passed over, a
drum half-way is not.
"""

from __future__ import annotations

import numpy as np

from .onsets import local_strength, peaks
from .song import Onsets
from .spectrum import STEPS_HZ

SLOWEST_BPM, FASTEST_BPM = 50.0, 220.0
_EMPTY = 0.45  # cost of every beat: one that is weaker than this is not worth it
_PASSED = 0.3  # cost of a full onset between beats
_CHANGE = 12.0  # cost of a change of tempo, for the logarithm of the ratio
_USUAL_BPM, _PRIOR = 115.0, 0.06  # people tap near this; only a tie is decided by it (Parncutt 1994)
_STIFF = 20.0  # against changes of tempo from beat to beat, when beats are moved onto onsets
_SPREAD = 1.5  # steps by which a beat may miss an onset


def track_beats(flux: np.ndarray, onsets: Onsets) -> np.ndarray:
    """Return the moments of all beats in seconds, from the first onset to the last.

    Shapes: flux (n,) -> (k,).
    Source: dynamic programming over onset strength as in Ellis 2007, with tempo as a state that changes at beats only
        (Krebs, Boeck & Widmer 2015), which makes the search over all tempos exact.
    """
    heights = _heights(flux)
    steps = np.flatnonzero(heights)
    if len(steps) < 3:
        return np.zeros(0)
    found = _best_path(heights)
    if len(found) < 3:
        return np.zeros(0)
    return _smoothed(found / STEPS_HZ + 0.5 / STEPS_HZ, onsets)


def _heights(flux: np.ndarray) -> np.ndarray:
    """Return the strength of the onset at each step, 0 where there is none and 1 for a strong one."""
    heights = np.zeros(len(flux))
    steps = peaks(flux)
    heights[steps] = np.minimum(flux[steps] / local_strength(flux)[steps], 1.0)
    return heights


def _best_path(heights: np.ndarray) -> np.ndarray:
    """Return the steps of the beats on the best way through the song."""
    intervals = np.arange(int(60 * STEPS_HZ / FASTEST_BPM), int(60 * STEPS_HZ / SLOWEST_BPM) + 1)
    reach = np.arange(-4, 5)
    kernel = np.exp(-0.5 * (reach / _SPREAD) ** 2)
    spread = np.max([np.roll(np.pad(heights, 4), r)[4:-4] * k for r, k in zip(reach, kernel, strict=True)], axis=0)
    # what lies within a beat's reach is not passed over
    passed = np.concatenate([[0.0], np.cumsum(heights)]) * _PASSED
    change = -_CHANGE * np.abs(np.log(intervals[:, None] / intervals[None, :]))
    octaves = np.log2(60 * STEPS_HZ / intervals / _USUAL_BPM)
    prior = -_PRIOR * octaves**2 * intervals / (60 * STEPS_HZ / _USUAL_BPM)
    n, count = len(heights), len(intervals)
    longest, columns = int(intervals[-1]), np.arange(len(intervals))
    empty = _EMPTY * _liveliness(heights)
    score = np.full((n + longest, count), -np.inf)
    came = np.full((n, count), -1, dtype=np.int16)
    for t in range(n):
        since = t - intervals
        missed = passed[max(t - 2, 0)] - passed[np.clip(since + 3, 0, max(t - 2, 0))]
        ways = (score[since + longest, columns] - missed + prior)[None, :] + change
        best = ways.argmax(axis=1)
        before = ways[columns, best]
        goes_on = before > -passed[t]  # else this is the first beat, and every onset so far was passed over
        came[t] = np.where(goes_on, best, -1)
        score[t + longest] = np.where(goes_on, before, -passed[t]) + spread[t] - empty[t]
    return _trace(score[longest:] + passed[:n, None], came, intervals)


def _liveliness(heights: np.ndarray) -> np.ndarray:
    """Return how much goes on around each moment: in a break no beat is missed."""
    half = int(1.5 * STEPS_HZ)
    return np.lib.stride_tricks.sliding_window_view(np.pad(heights, half), 2 * half + 1).max(axis=1)


def _trace(ending: np.ndarray, came: np.ndarray, intervals: np.ndarray) -> np.ndarray:
    """Follow the way back from the best last beat."""
    t, state = (int(index) for index in np.unravel_index(int(ending.argmax()), ending.shape))
    beats = [t]
    while came[t, state] >= 0:
        state = int(came[t, state])
        t -= int(intervals[state])
        beats.append(t)
    return np.array(beats[::-1])


def _smoothed(beats: np.ndarray, onsets: Onsets) -> np.ndarray:
    """Move beats onto the onsets beside them, as evenly as these allow: the tempo does not jump between steps.

    Source: penalised least squares on the second difference, Whittaker 1923.
    """
    after = np.clip(np.searchsorted(onsets.times_s, beats), 1, max(len(onsets.times_s) - 1, 1))
    left, right = onsets.times_s[after - 1], onsets.times_s[np.minimum(after, len(onsets.times_s) - 1)]
    is_left = np.abs(left - beats) < np.abs(right - beats)
    near = np.where(is_left, left, right)
    strength = np.where(
        is_left, onsets.strengths[after - 1], onsets.strengths[np.minimum(after, len(onsets.times_s) - 1)]
    )
    is_there = np.abs(near - beats) < 0.05
    weight = np.where(is_there, np.clip(strength, 0.05, 1), 0.02)
    return whittaker(np.where(is_there, near, beats), weight, _STIFF)


def whittaker(values: np.ndarray, weights: np.ndarray, stiffness: float) -> np.ndarray:
    """Return the values that are near the given ones and whose differences change little.

    Shapes: values (n,), weights (n,) -> (n,).
    """
    n = len(values)
    if n < 3:
        return values.copy()
    # (W + k D'D) x = W y, with D the second difference: five diagonals, solved from the top down and back
    bands = np.zeros((3, n))
    bands[0] = weights
    size = n - 2
    for offset, square in enumerate((1.0, 4.0, 1.0)):
        bands[0, offset : offset + size] += stiffness * square
    bands[1, :size] += -2.0 * stiffness
    bands[1, 1 : size + 1] += -2.0 * stiffness
    bands[2, :size] += stiffness
    return _solve_five(bands, weights * values)


def _solve_five(bands: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve a symmetric positive system of five diagonals: its LDL' factors, then two sweeps."""
    n = len(right)
    d, one, two = np.zeros(n), np.zeros(n), np.zeros(n)
    z = np.zeros(n)
    for i in range(n):
        d[i] = bands[0, i]
        mixed = bands[1, i]
        z[i] = right[i]
        if i >= 1:
            d[i] -= d[i - 1] * one[i - 1] ** 2
            mixed -= d[i - 1] * one[i - 1] * two[i - 1]
            z[i] -= one[i - 1] * z[i - 1]
        if i >= 2:
            d[i] -= d[i - 2] * two[i - 2] ** 2
            z[i] -= two[i - 2] * z[i - 2]
        one[i] = mixed / d[i]
        two[i] = bands[2, i] / d[i]
    x = z / d
    for i in range(n - 2, -1, -1):
        x[i] -= one[i] * x[i + 1]
        if i + 2 < n:
            x[i] -= two[i] * x[i + 2]
    return x
