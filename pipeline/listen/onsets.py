"""Where something begins to sound: how fast loudness grows, in all bands of the ear and in those of drums.

A step is taken by the time at which it is heard, to about three milliseconds: a window of the spectrum sees a blow
before its middle, so the moments are looked for again in the samples themselves.
"""

from __future__ import annotations

import numpy as np

from .decode import RATE_HZ
from .levels import loud
from .song import Onsets
from .spectrum import HOP, STEPS_HZ, band_power, bark_edges

WINDOW = 1024
DRUMS_HZ = {"kick": (0.0, 130.0), "snare": (150.0, 3000.0), "hat": (5500.0, 11025.0)}
_AHEAD = 2  # steps by which a growing window announces a blow
_FINE = 64  # samples of a block in which a moment is looked for again
_APART_S = 0.03  # blows nearer than this are one; Boeck et al. 2012
_NEAR_S = 8.0  # what counts as strong is what is strong within so many seconds


def growth(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how fast loudness grows in each band of the ear, and the bands' limits.

    Shapes: (n,) -> (b, steps), (b + 1,).
    Source: spectral flux against the last step but one, with its neighbouring bands (SuperFlux, Boeck & Widmer 2013);
        here of loudness in critical bands, so that a hat counts for less than a drum, as it does for a dancer.
    """
    edges = bark_edges()
    heard = loud(band_power(samples, edges, WINDOW))
    rows = np.pad(heard, ((1, 1), (0, 0)), "edge")
    before = np.maximum(np.maximum(rows[:-2], rows[1:-1]), rows[2:])
    lagged = np.pad(before, ((0, 0), (2, 0)))[:, : heard.shape[1]]
    flux = np.maximum(heard - lagged, 0)
    late = np.zeros_like(flux)
    late[:, _AHEAD:] = flux[:, : flux.shape[1] - _AHEAD] if flux.shape[1] > _AHEAD else 0
    return late, edges


def drummed(flux: np.ndarray, edges_hz: np.ndarray) -> np.ndarray:
    """Return the growth over all bands as a dancer hears it: low drums count more, hats less.

    Shapes: flux (b, n) -> (n,).
    """
    middle = (edges_hz[1:] + edges_hz[:-1]) / 2
    return np.interp(np.log2(middle), np.log2([120, 250, 3000, 6000]), [3.0, 1.0, 1.0, 0.4]) @ flux


def within(flux: np.ndarray, edges_hz: np.ndarray, low_hz: float, high_hz: float) -> np.ndarray:
    """Return the growth in the bands whose middle lies between two frequencies.

    Shapes: flux (b, n) -> (n,).
    """
    middle = (edges_hz[1:] + edges_hz[:-1]) / 2
    return flux[(middle >= low_hz) & (middle < high_hz)].sum(axis=0)


def peaks(flux: np.ndarray) -> np.ndarray:
    """Return the steps at which growth is largest around and well above what is usual there.

    Shapes: (n,) -> (k,).
    Source: peak picking of Boeck, Krebs & Schedl 2012, with a threshold that follows the song's own strength.
    """
    around = np.lib.stride_tricks.sliding_window_view(np.pad(flux, 3), 7)
    usual = _running_mean(flux, int(0.2 * STEPS_HZ))
    least = usual + 0.1 * local_strength(flux)
    found = np.flatnonzero((flux >= around.max(axis=1)) & (flux > least) & (flux > 1e-6))
    kept: list[int] = []
    for step in found:
        if not kept or step - kept[-1] >= _APART_S * STEPS_HZ:
            kept.append(int(step))
    return np.array(kept, dtype=int)


def local_strength(flux: np.ndarray) -> np.ndarray:
    """Return what a strong blow is at each moment, never far below what it is in the whole song.

    Shapes: (n,) -> (n,).
    """
    size = max(int(_NEAR_S * STEPS_HZ), 1)
    blocks = -(-len(flux) // size)
    tops = np.array([np.partition(b, -_nth(b))[-_nth(b)] for b in np.array_split(flux, max(blocks, 1))])
    centres = (np.arange(len(tops)) + 0.5) * len(flux) / len(tops)
    whole = float(np.percentile(tops, 75))
    return np.interp(np.arange(len(flux)), centres, np.maximum(tops, 0.25 * whole)) + 1e-12


def find_onsets(flux: np.ndarray, samples: np.ndarray) -> Onsets:
    """Return the onsets of a song and their strengths; 1 is stronger than all but one in twenty.

    Shapes: flux (n,), the growth over all bands.
    """
    steps = peaks(flux)
    if len(steps) == 0:
        return Onsets(np.zeros(0), np.zeros(0))
    strengths = flux[steps] / np.percentile(flux[steps], 95)
    times = np.maximum.accumulate(_moments(steps, samples))
    return Onsets(times, np.minimum(strengths, 2.0))


def _nth(block: np.ndarray) -> int:
    """Return which largest value of a block stands for its strong blows: about one a second."""
    return min(max(int(len(block) / STEPS_HZ), 1), len(block))


def _running_mean(values: np.ndarray, half: int) -> np.ndarray:
    sums = np.concatenate([[0.0], np.cumsum(values, dtype=float)])
    at = np.arange(len(values))
    low, high = np.maximum(at - half, 0), np.minimum(at + half + 1, len(values))
    return (sums[high] - sums[low]) / (high - low)


def _moments(steps: np.ndarray, samples: np.ndarray) -> np.ndarray:
    """Return the seconds near each step at which the sound grows most, seen in blocks of three milliseconds."""
    sharper = np.diff(samples, prepend=samples[:1])  # where blows differ most from what goes on below them
    count = -(-len(sharper) // _FINE)
    level = np.sqrt((np.pad(sharper, (0, count * _FINE - len(sharper))) ** 2).reshape(count, _FINE).mean(axis=1))
    sums = np.concatenate([[0.0], np.cumsum(level, dtype=float)])
    at = np.arange(count)
    ahead, behind = np.minimum(at + 2, count), np.maximum(at - 4, 0)
    rise = (sums[ahead] - sums[at]) / 2 - (sums[at] - sums[behind]) / np.maximum(at - behind, 1)
    offsets = np.arange(-8, 9)  # to 23 ms on either side
    middle = steps * (HOP // _FINE) + HOP // _FINE // 2
    near = np.clip(middle[:, None] + offsets, 0, count - 1)
    # of equals the one nearest the step
    best = np.argmax(rise[near] * (1 - 0.01 * np.abs(offsets)), axis=1)
    return near[np.arange(len(steps)), best] * _FINE / RATE_HZ
