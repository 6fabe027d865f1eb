"""Power over time becomes what an artist turns a knob by: how loud it is, as the ear hears it, from about 0 to 1.

Normalised by percentiles: one loud moment does not squash everything else, as the maximum would let it.
"""

from __future__ import annotations

import numpy as np

LOUDNESS = 0.3  # loudness grows as this power of power; Stevens 1957
_LEAST_SPAN = 0.05  # of the larger percentile: what hardly moves does not become noise from 0 to 1
_MOST = 2.0


def normalised(values: np.ndarray) -> np.ndarray:
    """Return values with their percentile 5 at 0 and 95 at 1, none below 0 or above 2; silence is 0.

    Shapes: (n,) -> (n,).
    """
    low, high = np.percentile(values, [5, 95])
    if high <= 1e-9:  # at most a few loud moments in silence: they are all there is
        low, high = 0.0, float(values.max(initial=0.0))
    if high <= 1e-9:
        return np.zeros(len(values))
    low = min(low, (1 - _LEAST_SPAN) * high)
    return np.clip((values - low) / (high - low), 0, _MOST)


def loudness_between(bands: np.ndarray, edges_hz: np.ndarray, low_hz: float, high_hz: float) -> np.ndarray:
    """Return how loud the song is between two frequencies; a band that is partly inside counts in part.

    Shapes: bands (b, n), edges_hz (b + 1,) -> (n,).
    """
    inside = np.clip(np.minimum(edges_hz[1:], high_hz) - np.maximum(edges_hz[:-1], low_hz), 0, None)
    return loud((inside / np.diff(edges_hz)) @ bands)


def loud(power: np.ndarray) -> np.ndarray:
    """Return the loudness of a power."""
    return np.asarray(power, dtype=float) ** LOUDNESS


def a_weights(edges_hz: np.ndarray) -> np.ndarray:
    """Return how much power in each band counts for loudness.

    Shapes: (b + 1,) -> (b,).
    Source: IEC 61672-1, A-weighting, at the middle of each band.
    """
    square = ((edges_hz[1:] + edges_hz[:-1]) / 2) ** 2
    ratio = 12194.0**2 * square**2 / ((square + 20.6**2) * (square + 12194.0**2))
    ratio /= np.sqrt((square + 107.7**2) * (square + 737.9**2))
    return (ratio * 10 ** (2.0 / 20)) ** 2
