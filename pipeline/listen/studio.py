"""A sound file in, a `Song` out: the order in which everything is heard, and what somebody has corrected by hand.

The first time takes seconds for every minute of music; the same stretch of the same file is then read from the cache.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..errors import SoundError, UsageError
from . import bars, harmony, memory, onsets, signals
from .beats import track_beats
from .beats_file import Correction, beats_path, read_beats
from .decode import RATE_HZ, decode
from .levels import loud
from .sections import find_sections
from .signal import Signal
from .song import BANDS_HZ, CHROMA, Section, Song
from .spectrum import STEPS_HZ, band_power, semitone_edges
from .tempo import TempoMap

_WINDOW = 2048


def listen(
    path: str | Path, *, start_s: float = 0.0, length_s: float | None = None, beats_per_bar: int | None = None
) -> Song:
    """Return what is heard in a sound file between `start_s` and `start_s + length_s`, or its end.

    Convention: all times in the result are seconds from `start_s`. `beats_per_bar` is estimated where it is not given.
        A file `song.beats.yaml` beside `song.mp3` says where beats and sections are, in place of what was heard.
    Raises: SoundError for a file that cannot be decoded or a beats file that cannot be read; UsageError for a stretch
        or a meter that is none.
    """
    path = Path(path)
    if not 0 <= start_s < float("inf"):
        raise UsageError(f"{path}: start {start_s:g} is no moment of a song; give seconds from 0 on")
    if length_s is not None and not 0 < length_s < float("inf"):
        raise UsageError(f"{path}: length {length_s:g} is no stretch of a song; give seconds above 0")
    if beats_per_bar is not None and not 1 <= beats_per_bar <= 32:
        raise UsageError(f"{path}: a bar of {beats_per_bar} beats; give a whole number from 1 to 32")
    correction = read_beats(beats_path(path))
    digest = _digest(path)
    kept = memory.place(digest, {"start_s": start_s, "length_s": length_s, "beats_per_bar": beats_per_bar})
    song = memory.recall(kept)
    if song is None:
        song = hear(decode(path, start_s=start_s, length_s=length_s), digest=digest, beats_per_bar=beats_per_bar)
        memory.remember(kept, song)
    return _corrected(song, correction, start_s) if correction else song


def hear(samples: np.ndarray, *, digest: str = "", beats_per_bar: int | None = None) -> Song:
    """Return what is heard in samples at RATE_HZ.

    Shapes: samples (n,).
    """
    edges = semitone_edges(_WINDOW)
    bands = band_power(samples, edges, _WINDOW)
    flux, flux_edges = onsets.growth(samples)
    whole = flux.sum(axis=0)
    found = onsets.find_onsets(whole, samples)
    notes = harmony.chroma(samples)
    heard = _as_kept(signals.all_signals(samples, bands, edges, flux, flux_edges, notes))
    beats = track_beats(onsets.drummed(flux, flux_edges), found)
    low = onsets.within(flux, flux_edges, *onsets.DRUMS_HZ["kick"])
    level = loud(bands.sum(axis=0))
    features = bars.beat_features(beats, low, whole, notes, level)
    starts, meter = bars.find_bars(features, beats_per_bar)
    duration = len(samples) / RATE_HZ
    return Song(
        digest=digest,
        duration_s=duration,
        tempo=TempoMap(beats, starts, meter),
        sections=find_sections(beats[starts], duration, _character(heard)),
        onsets=found,
        key=harmony.key_of(notes),
        signals=heard,
        bands=bands,
        edges_hz=edges,
        rate_hz=STEPS_HZ,
    )


def _as_kept(heard: dict[str, Signal]) -> dict[str, Signal]:
    """Return signals as the cache gives them back, so that a song is the same the first time as ever after."""
    return {name: replace(one, values=one.values.astype(np.float32)) for name, one in heard.items()}


def _character(heard: dict[str, Signal]) -> np.ndarray:
    """Return what tells one part of a song from another: its timbre, its drums, which are short, and its notes.

    Shapes: -> (b, n).
    """
    timbre = ("loudness", *BANDS_HZ, "harmonic", "percussive", "flatness")
    rows = [heard[name].values for name in timbre]
    rows += [5 * heard[name].values for name in onsets.DRUMS_HZ]
    rows += [heard[f"chroma_{name}"].values for name in CHROMA]
    return np.stack(rows)


def _corrected(song: Song, correction: Correction, start_s: float) -> Song:
    """Return the song with the beats and sections that somebody has written, as far as they lie inside it."""
    beats, starts = correction.beats - start_s, correction.bar_starts
    inside = np.flatnonzero((beats >= 0) & (beats < song.duration_s))
    if len(inside) == 0:
        raise correction.misplaced(song.duration_s)
    starts = starts[(starts >= inside[0]) & (starts <= inside[-1])] - inside[0]
    tempo = TempoMap(beats[inside], starts, correction.beats_per_bar)
    sections = _cut(correction.sections, start_s, song.duration_s) if correction.sections else song.sections
    return replace(song, tempo=tempo, sections=sections)


def _cut(named: tuple[tuple[str, float], ...], start_s: float, duration_s: float) -> tuple[Section, ...]:
    moments = [max(at - start_s, 0.0) for _, at in named]
    ends = [*moments[1:], duration_s]
    return tuple(
        Section(name, start, min(end, duration_s))
        for (name, _), start, end in zip(named, moments, ends, strict=True)
        if start < min(end, duration_s)
    )


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as fault:
        raise SoundError(
            f"{path}: cannot be read ({(fault.strerror or str(fault)).lower()}); check the path"
        ) from fault
