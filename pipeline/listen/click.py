"""A song with a click on each beat, to be checked by ear; a downbeat clicks higher."""

from __future__ import annotations

import io
import wave

import numpy as np

from .decode import RATE_HZ
from .tempo import TempoMap

_BEAT_HZ, _DOWNBEAT_HZ = 1000.0, 1600.0
_UNDER = 0.6  # of full scale for the song, so that clicks stand out


def with_clicks(samples: np.ndarray, tempo: TempoMap) -> bytes:
    """Return a WAV file of samples at RATE_HZ, quieter than they were, with clicks on the beats.

    Shapes: samples (n,).
    """
    heard = samples * np.float32(_UNDER / max(float(np.abs(samples).max(initial=0.0)), 1e-9))
    is_start = np.isin(np.arange(len(tempo.beats)), tempo.bar_starts)
    for beat, is_downbeat in zip(tempo.beats, is_start, strict=True):
        click = _click(_DOWNBEAT_HZ if is_downbeat else _BEAT_HZ)
        start = round(float(beat) * RATE_HZ)
        end = min(start + len(click), len(heard))
        if end > start >= 0:
            heard[start:end] += click[: end - start]
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((np.clip(heard, -1, 1) * 32767).astype("<i2").tobytes())
    return data.getvalue()


def _click(hz: float) -> np.ndarray:
    t = np.arange(int(0.04 * RATE_HZ)) / RATE_HZ
    return (0.6 * np.sin(2 * np.pi * hz * t) * np.exp(-t / 0.008)).astype(np.float32)
