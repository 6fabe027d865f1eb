"""The sound in parts, without a model: what is struck and what is held, and the melody's pitch."""

from __future__ import annotations

import numpy as np

from .decode import RATE_HZ
from .spectrum import HOP, n_steps

EVERY = 4  # steps of the song to one look for a pitch
_HELD_STEPS, _STRUCK_BANDS = 31, 15  # a third of a second; a bit more than an octave
_LOWEST_HZ, _HIGHEST_HZ = 60.0, 1000.0
_WINDOW, _DOUBT = 2048, 0.15
_BLOCK = 512


def struck_share(bands: np.ndarray) -> np.ndarray:
    """Return which share of the power in each band and step is struck; the rest is held.

    Shapes: (b, n) -> (b, n), 0..1.
    Source: medians along time and frequency, Fitzgerald 2010, with soft masks; here over bands of a semitone.
    """
    held = np.empty_like(bands)
    rows = np.pad(np.sqrt(bands), ((0, 0), (_HELD_STEPS // 2,) * 2), "reflect" if bands.shape[1] > 16 else "edge")
    for band, row in enumerate(rows):
        held[band] = _median(np.lib.stride_tricks.sliding_window_view(row, _HELD_STEPS))
    struck = np.empty_like(bands)
    half = _STRUCK_BANDS // 2
    for start in range(0, bands.shape[1], 2048):
        columns = np.pad(np.sqrt(bands[:, start : start + 2048]), ((half, half), (0, 0)), "reflect")
        struck[:, start : start + 2048] = _median(
            np.lib.stride_tricks.sliding_window_view(columns, _STRUCK_BANDS, axis=0)
        )
    held, struck = held**2, struck**2
    return struck / (held + struck + 1e-20)


def melody(samples: np.ndarray) -> np.ndarray:
    """Return the pitch at each step as the binary logarithm of Hz, nan where there is none or more than one.

    Shapes: (n,) -> (steps,).
    Source: YIN, de Cheveigne & Kawahara 2002, steps 1 to 5.
    """
    hop = HOP * EVERY
    count = -(-len(samples) // hop)
    padded = np.pad(samples, (_WINDOW // 2 - hop // 2, _WINDOW + hop))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::hop][:count]
    found = np.concatenate([_yin(frames[start : start + _BLOCK]) for start in range(0, count, _BLOCK)])
    return np.repeat(found, EVERY)[: n_steps(samples)]


def _yin(frames: np.ndarray) -> np.ndarray:
    longest, shortest = int(RATE_HZ / _LOWEST_HZ), int(RATE_HZ / _HIGHEST_HZ)
    window = _WINDOW - longest - 1
    x = frames.astype(float)
    head = np.zeros_like(x)
    head[:, :window] = x[:, :window]
    cross = np.fft.irfft(np.fft.rfft(x, 2 * _WINDOW) * np.fft.rfft(head, 2 * _WINDOW).conj())[:, : longest + 2]
    sums = np.concatenate([np.zeros((len(x), 1)), np.cumsum(x**2, axis=1)], axis=1)
    lags = np.arange(longest + 2)
    power = sums[:, window + lags] - sums[:, lags]
    difference = np.maximum(power[:, :1] + power - 2 * cross, 0)
    means = np.cumsum(difference[:, 1:], axis=1) / lags[1:]
    normal = np.concatenate([np.ones((len(x), 1)), difference[:, 1:] / (means + 1e-12)], axis=1)
    middle = normal[:, shortest : longest + 1]
    is_dip = (middle <= normal[:, shortest - 1 : longest]) & (middle <= normal[:, shortest + 1 : longest + 2])
    is_dip &= middle < _DOUBT
    lag = is_dip.argmax(axis=1) + shortest
    at = np.arange(len(x))
    low, here, high = normal[at, lag - 1], normal[at, lag], normal[at, lag + 1]
    bend = low - 2 * here + high
    lag_exact = lag + np.where(bend > 1e-12, 0.5 * (low - high) / np.maximum(bend, 1e-12), 0.0)
    is_there = is_dip.any(axis=1) & (power[:, 0] > 1e-7 * window)
    return np.where(is_there, np.log2(RATE_HZ / np.where(is_there, lag_exact, 1.0)), np.nan)


def _median(windows: np.ndarray) -> np.ndarray:
    middle = windows.shape[-1] // 2
    return np.partition(windows, middle, axis=-1)[..., middle]
