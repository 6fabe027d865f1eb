"""Which notes sound, whatever their octave, and in which key a song is."""

from __future__ import annotations

import numpy as np

from .decode import RATE_HZ
from .levels import loud
from .song import CHROMA
from .spectrum import gather, n_steps

EVERY = 4  # steps of the song to one of these: notes stand longer than drums
_WINDOW = 8192
_LOW_HZ, _HIGH_HZ = 55.0, 2000.0
# how well each note fits a key, from its tonic up: probe tones of Krumhansl & Kessler 1982
_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
_CLEAR = 0.5  # least correlation with a key's profile


def chroma(samples: np.ndarray) -> np.ndarray:
    """Return how loudly each note of the scale sounds, from c up, in the tuning of the song.

    Shapes: (n,) -> (12, steps).
    """
    thirds = gather(samples, _WINDOW, lambda power: loud(power @ _fold().T), every=EVERY)
    thirds = np.maximum(thirds - np.median(thirds, axis=0), 0)  # drums and noise are in all of them
    # the song's tuning is where its thirds of a semitone gather; that third becomes the middle of its note
    sums = thirds.sum(axis=1).reshape(12, 3).sum(axis=0)
    shift = int(sums.argmax()) - 1
    notes = np.roll(thirds, -shift, axis=0).reshape(12, 3, -1).sum(axis=1)
    return np.repeat(notes, EVERY, axis=1)[:, : n_steps(samples)]


def key_of(notes: np.ndarray) -> str:
    """Return the key in which a song is, such as "fs minor", or "" where its notes point to none.

    Shapes: (12, n).
    Source: correlation with profiles, Krumhansl 1990.
    """
    sums = notes.sum(axis=1)
    if sums.max(initial=0) <= 0 or sums.std() < 0.05 * sums.mean():
        return ""
    best = max(
        (float(np.corrcoef(np.roll(profile, tonic), sums)[0, 1]), f"{CHROMA[tonic]} {mode}")
        for tonic in range(12)
        for mode, profile in (("major", _MAJOR), ("minor", _MINOR))
    )
    return best[1] if best[0] >= _CLEAR else ""


def key_hue(notes: np.ndarray) -> np.ndarray:
    """Return where the notes lie on the circle of fifths, 0 to 1, c being 0 and g 1/12: near keys get near colours.

    Shapes: (12, n) -> (n,).
    """
    angles = 2 * np.pi * (np.arange(12) * 7 % 12) / 12
    return np.mod(np.arctan2(np.sin(angles) @ notes, np.cos(angles) @ notes) / (2 * np.pi), 1)


def _fold() -> np.ndarray:
    """Return which bin of the spectrum counts for which third of a semitone; the middle one is in tune with 440 Hz."""
    hz = np.arange(_WINDOW // 2 + 1) * RATE_HZ / _WINDOW
    pitch = 36 * np.log2(np.maximum(hz, 1e-3) / 440.0) + 27  # thirds of a semitone above c
    reach = np.maximum(36 * np.log2(1 + RATE_HZ / _WINDOW / np.maximum(hz, 1e-3)), 1.0)
    thirds = np.arange(36)[:, None] - 1  # row 1 is c in tune
    apart = np.mod(pitch - thirds + 18, 36) - 18
    weight = np.exp(-0.5 * (apart / reach) ** 2) / reach
    return (weight * ((hz >= _LOW_HZ) & (hz <= _HIGH_HZ))).astype(np.float32)
