"""Samples become power over time and frequency, in bands as narrow as a semitone or as wide as the ear's.

Column i is the sound around the middle of the i-th step of HOP samples, so it stands for that whole step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from .decode import RATE_HZ

HOP = 256
STEPS_HZ = RATE_HZ / HOP  # 86 steps a second
_BLOCK = 1 << 21  # samples of windows at a time, for memory


def n_steps(samples: np.ndarray) -> int:
    """Return how many steps cover all samples."""
    return -(-len(samples) // HOP)


def spectra(samples: np.ndarray, window: int, *, every: int = 1) -> Iterator[np.ndarray]:
    """Yield blocks of power spectra, one for each `every`-th step.

    Shapes: samples (n,) -> (k, window // 2 + 1), float32.
    Convention: a full-scale sine is 1/4 at its peak, whatever the window.
    """
    step = HOP * every
    count = -(-len(samples) // step)
    before = window // 2 - step // 2
    padded = np.pad(samples, (before, window + step))
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[::step]
    taper = np.hanning(window + 1)[:-1].astype(np.float32)
    scale = np.float32(1 / taper.sum())
    size = max(_BLOCK // window, 1)
    for start in range(0, count, size):
        spectrum = np.fft.rfft(frames[start : min(start + size, count)] * taper, axis=1) * scale
        yield (spectrum.real**2 + spectrum.imag**2).astype(np.float32)


def semitone_edges(window: int) -> np.ndarray:
    """Return limits of bands a semitone wide, and one bin of the spectrum where a semitone is less."""
    edges, width = [0.0], RATE_HZ / window
    while edges[-1] < RATE_HZ / 2:
        edges.append(min(max(edges[-1] + width, edges[-1] * 2 ** (1 / 12)), RATE_HZ / 2))
    return np.array(edges)


def bark_edges() -> np.ndarray:
    """Return limits of the ear's critical bands, in Hz.

    Source: Traunmueller 1990, the formula for Hz from Bark.
    """
    bark = np.arange(0.0, 22.0)
    return np.append(1960 * (bark + 0.53) / (26.28 - bark), RATE_HZ / 2).clip(min=20.0)


def band_power(samples: np.ndarray, edges_hz: np.ndarray, window: int) -> np.ndarray:
    """Return the power in each band over time.

    Shapes: samples (n,), edges_hz (b + 1,) -> (b, steps), float32.
    """
    weights = _overlaps(edges_hz, window).astype(np.float32)
    return gather(samples, window, lambda power: power @ weights.T)


def gather(samples: np.ndarray, window: int, of: Callable[[np.ndarray], np.ndarray], *, every: int = 1) -> np.ndarray:
    """Return what `of` makes of all spectra, time last.

    Shapes: `of` (k, bins) -> (k, b); -> (b, steps).
    """
    return np.concatenate([of(block) for block in spectra(samples, window, every=every)]).T.copy()


def _overlaps(edges_hz: np.ndarray, window: int) -> np.ndarray:
    """Return which share of each bin lies in each band; a bin reaches half its width to either side."""
    centres = np.arange(window // 2 + 1) * RATE_HZ / window
    half = RATE_HZ / window / 2
    low = np.maximum(edges_hz[:-1, None], centres - half)
    high = np.minimum(edges_hz[1:, None], centres + half)
    return np.clip(high - low, 0, None) / (2 * half)
