"""What was heard in a piece of music: tempo, sections, onsets, and signals by name."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..errors import UsageError
from .names import NOTES
from .signal import Signal
from .tempo import TempoMap

CHROMA = NOTES
BANDS_HZ = {
    "sub": (20.0, 60.0),
    "bass": (60.0, 250.0),
    "lowmid": (250.0, 500.0),
    "mid": (500.0, 2000.0),
    "highmid": (2000.0, 6000.0),
    "treble": (6000.0, 11025.0),
}


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the song with a name: letters for parts that sound alike, or what somebody has called it."""

    name: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Onsets:
    """The moments at which something begins to sound, and how strongly.

    Shapes: times_s (n,), rising; strengths (n,), about 0..1.
    """

    times_s: np.ndarray
    strengths: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Song:
    """All that was heard in a sound file, in seconds from the moment at which listening began.

    Convention: `digest` is the SHA-256 of the file, as hex. `key` is such as "a minor", or "" where nothing is tonal.
        `bands` is the power in narrow bands of frequency, `edges_hz` their limits, at `rate_hz` steps a second.
    Shapes: bands (b, n), edges_hz (b + 1,).
    """

    digest: str
    duration_s: float
    tempo: TempoMap
    sections: tuple[Section, ...]
    onsets: Onsets
    key: str
    signals: dict[str, Signal]
    bands: np.ndarray = field(repr=False)
    edges_hz: np.ndarray = field(repr=False)
    rate_hz: float

    @property
    def signal_names(self) -> tuple[str, ...]:
        """The names that `signal` knows."""
        return tuple(self.signals)

    @property
    def about(self) -> str:
        """The song in one line: length, tempo and whether it varies, bars, key."""
        minutes, seconds = divmod(round(self.duration_s, 1), 60)
        said, tempo = [f"{int(minutes)}:{seconds:04.1f}"], self.tempo
        if tempo.is_known:
            low, high = np.percentile(tempo.bpm_at(tempo.beats), [5, 95])
            varies = high - low > 0.02 * tempo.bpm
            said.append(f"{tempo.bpm:.1f} bpm" + (f" ({low:.0f} to {high:.0f})" if varies else ""))
            said.append(f"{tempo.beats_per_bar} beats a bar, {len(tempo.bar_starts)} bars")
        else:
            said.append("no beat found")
        return ", ".join([*said, self.key or "no key"])

    def signal(self, name: str, seconds: np.ndarray, window_s: float) -> np.ndarray:
        """Return a signal over [t, t + window_s) for each moment t, about 0..1: 0 and 1 are its percentiles 5 and 95.

        Shapes: seconds (n,) -> (n,).
        Raises: UsageError for a name that is not known.
        """
        found = self.signals.get(name)
        if found is None:
            raise UsageError(f"there is no signal {name!r}; choose one of {', '.join(self.signals)}")
        return found.at(seconds, window_s)

    def band(self, low_hz: float, high_hz: float) -> Signal:
        """Return how loud the song is between two frequencies, as a signal like the named ones.

        Raises: UsageError for a band that is none, or lies outside what is heard.
        """
        from .levels import band_signal

        limit = float(self.edges_hz[-1])
        if not 0 <= low_hz < high_hz or low_hz >= limit:
            raise UsageError(f"no band from {low_hz:g} to {high_hz:g} Hz; choose two frequencies from 0 to {limit:g}")
        return band_signal(self.bands, self.edges_hz, low_hz, high_hz, rate_hz=self.rate_hz)
