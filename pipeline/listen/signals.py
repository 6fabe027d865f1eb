"""Every signal that has a name, computed from what was heard.

To add one, compute it here at the song's steps; whoever reads a song then finds it under its name.
"""

from __future__ import annotations

import numpy as np

from . import harmony
from .levels import a_weights, loud, loudness_between, normalised
from .onsets import DRUMS_HZ, peaks, within
from .parts import melody, struck_share
from .signal import Signal
from .song import BANDS_HZ, CHROMA
from .spectrum import STEPS_HZ

_SILENT = 1e-8  # power below which a sound has no colour: 80 dB under full scale


def all_signals(
    samples: np.ndarray,
    bands: np.ndarray,
    edges_hz: np.ndarray,
    flux: np.ndarray,
    flux_edges_hz: np.ndarray,
    notes: np.ndarray,
) -> dict[str, Signal]:
    """Return the signals of a song, by name, each normalised by its percentiles 5 and 95.

    Shapes: samples (s,), bands (b, n), flux (c, n), notes (12, n).
    """
    weighted = bands * a_weights(edges_hz)[:, None]
    struck = struck_share(bands)
    levels = {
        "loudness": loud(weighted.sum(axis=0)),
        "rms": np.sqrt(bands.sum(axis=0, dtype=float)),
        **{name: loudness_between(bands, edges_hz, *limits) for name, limits in BANDS_HZ.items()},
        "harmonic": loud((weighted * (1 - struck)).sum(axis=0)),
        "percussive": loud((weighted * struck).sum(axis=0)),
    }
    found = {name: Signal(normalised(values), STEPS_HZ) for name, values in levels.items()}
    found |= {name: Signal(values, STEPS_HZ) for name, values in _colours(bands, edges_hz).items()}
    found["onset"] = Signal(_blows(flux.sum(axis=0)), STEPS_HZ, "peak")
    for name, limits in DRUMS_HZ.items():
        found[name] = Signal(_blows(within(flux, flux_edges_hz, *limits)), STEPS_HZ, "peak")
    found["pitch"] = Signal(_held(melody(samples)), STEPS_HZ)
    scale = max(float(np.percentile(notes.max(axis=0), 95)), 1e-12) if notes.size else 1.0
    for name, row in zip(CHROMA, notes, strict=True):
        found[f"chroma_{name}"] = Signal(np.clip(row / scale, 0, 2), STEPS_HZ)
    found["key_hue"] = Signal(harmony.key_hue(notes), STEPS_HZ, "circle")
    return found


def _colours(bands: np.ndarray, edges_hz: np.ndarray) -> dict[str, np.ndarray]:
    """Return how bright and how noisy the sound is; where there is none, both are 0."""
    power = bands.sum(axis=0, dtype=float)
    is_sound = power > _SILENT
    middle = np.log2((edges_hz[1:] + edges_hz[:-1]) / 2)
    centroid = (middle @ bands) / np.maximum(power, 1e-20)
    density = bands / np.diff(edges_hz)[:, None] + 1e-16
    flatness = np.exp(np.log(density).mean(axis=0)) / density.mean(axis=0)
    return {name: _where(is_sound, values) for name, values in (("centroid", centroid), ("flatness", flatness))}


def _where(is_sound: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return values normalised over the moments that have any; 0 at the others."""
    found = np.zeros(len(values))
    if is_sound.any():
        found[is_sound] = np.clip(normalised(values[is_sound]), 0, 1)
    return found


def _blows(flux: np.ndarray) -> np.ndarray:
    """Return growth with a strong blow at 1; there may be so few of them that percentiles over time see none."""
    steps = peaks(flux)
    if len(steps) == 0:
        return np.zeros(len(flux))
    return np.clip(flux / np.percentile(flux[steps], 95), 0, 2)


def _held(pitch: np.ndarray) -> np.ndarray:
    """Return the melody from its low notes at 0 to its high ones at 1, held while there is none."""
    is_there = ~np.isnan(pitch)
    if not is_there.any():
        return np.zeros(len(pitch))
    last = np.maximum.accumulate(np.where(is_there, np.arange(len(pitch)), -1))
    held = pitch[np.where(last < 0, int(is_there.argmax()), last)]
    low, high = np.percentile(pitch[is_there], [5, 95])
    return np.clip((held - low) / max(high - low, 1 / 12), 0, 1)
