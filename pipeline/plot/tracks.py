"""Gather what a picture of a film's values shows: which of them move, which stand still, and what happens when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..schedule import Reading
from ..schedule.bounds import PARAMETERS, WORDS
from ..schedule.origin import is_key
from ..schedule.song.beat_grid import BeatGrid
from ..schedule.trace import Lane, curve_of, find_name, follow_all, lanes, value_names
from ..types import StepValues

MAX_TRACKS, MAX_LANES, MAX_LABELS = 30, 12, 8
NEUTRAL = {"factor per frame": 1.0, "degrees": 0.0, "per cent of the width": 0.0, "per cent of the height": 0.0}


@dataclass(frozen=True, slots=True)
class Span:
    """A run of frames of the film that has a name: a shot, or a word that holds."""

    text: str
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Track:
    """A value through the film; `low` and `high` are its least and greatest over the executed steps of each frame.

    Shapes: low, mean, high (frames,); keys (k,), frames of the film.
    """

    name: str
    unit: str
    low: np.ndarray
    mean: np.ndarray
    high: np.ndarray
    keys: np.ndarray
    is_whole: bool = False

    @property
    def moves(self) -> bool:
        """Whether it is not one number throughout."""
        return bool(self.high.max() > self.low.min())

    @property
    def is_banded(self) -> bool:
        """Whether it changes inside the denoising of a frame."""
        return bool((self.high > self.low).any())

    @property
    def neutral(self) -> float | None:
        """The value that changes nothing, where there is one."""
        return NEUTRAL.get(self.unit)


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that the picture shows.

    Convention: `labels` gives the frames of the film at which each label comes; `words` the runs of settings that are
        no numbers and differ between shots; `notes` are what stands still, and what found no room; `grid` is that of
        the music, where its beats count.
    """

    name: str
    about: str
    n_frames: int
    fps: float
    bpm: float | None
    beats_per_bar: float
    shots: tuple[Span, ...]
    labels: dict[str, tuple[int, ...]]
    words: dict[str, tuple[Span, ...]]
    tracks: tuple[Track, ...]
    lanes: tuple[Lane, ...]
    notes: tuple[str, ...]
    grid: BeatGrid | None = None


def gather(reading: Reading, wanted: Sequence[str] = ()) -> Sheet:
    """Return what to draw: everything that moves, or only the values called for, moving or not.

    Raises: UsageError for a name that is not known.
    """
    film = reading.film
    names = [find_name(reading, name) for name in wanted] or value_names(reading)
    found = {name: _track(reading, name) for name in names}
    tracks = tuple(track for track in found.values() if track and (track.moves or wanted))
    words = {} if wanted else _words(reading)
    moving = {name: spans for name, spans in words.items() if len(spans) > 1}
    prompts = () if wanted else lanes(reading)
    labels = _labels(reading)
    notes = [*_still(reading, found), *(f"{name} {spans[0].text}" for name, spans in words.items() if len(spans) == 1)]
    extra = [
        _more(len(tracks) - MAX_TRACKS, "curve", "name them with --curve"),
        _more(len(prompts) - MAX_LANES, "prompt"),
        _more(len(labels) - MAX_LABELS, "label"),
    ]
    return Sheet(
        film.name,
        _about(reading),
        film.n_frames,
        film.fps,
        reading.tempo.heard_bpm,
        reading.tempo.beats_per_bar,
        tuple(
            Span(shot.name, start, len(shot.plans)) for shot, start in zip(film.shots, _starts(reading), strict=True)
        ),
        dict(list(labels.items())[:MAX_LABELS]),
        moving,
        tracks[:MAX_TRACKS],
        prompts[:MAX_LANES],
        (*(() if wanted else notes), *(note for note in extra if note)),
        reading.tempo.heard_grid,
    )


def _about(reading: Reading) -> str:
    film = reading.film
    frames = f"{film.n_frames} frame{'s' if film.n_frames > 1 else ''}"
    said = [film.source, frames, f"{film.n_frames / film.fps:.4g} s at {film.fps:g} fps"]
    if (bpm := reading.tempo.heard_bpm) is not None:
        said.append(f"{bpm:.4g} bpm")
    return " · ".join([*said, f"{film.size.width}x{film.size.height}"])


def _more(count: int, what: str, do: str = "") -> str:
    if count < 1:
        return ""
    return f"{count} more {what}{'s' if count > 1 else ''} not drawn{f' ({do})' if do else ''}"


def _starts(reading: Reading) -> list[int]:
    lengths = [len(score.shot.plans) for score in reading.scores]
    return [sum(lengths[:index]) for index in range(len(lengths))]


def _track(reading: Reading, name: str) -> Track | None:
    """Return a value's track, or None where it is not a number throughout."""
    values = follow_all(reading, name)
    if values is None:
        return None
    parameter = PARAMETERS.get(name)
    low, mean, high = (np.array([of(value) for value in values]) for of in (min, _mean, max))
    keys = []
    for score, start in zip(reading.scores, _starts(reading), strict=True):
        curve = curve_of(score, name)
        frames = sorted({key.frame for key in curve.keys}) if curve else []
        keys += [start + t for t in frames if curve and 0 <= t < len(score.shot.plans) and is_key(curve, t)]
    is_whole = parameter is not None and parameter.bounds.is_whole
    return Track(name, parameter.unit if parameter else "", low, mean, high, np.array(keys, dtype=int), is_whole)


def _mean(value: StepValues) -> float:
    return sum(value) / len(value)


def _still(reading: Reading, found: dict[str, Track | None]) -> list[str]:
    """Return a note for each value that stands still and is written somewhere."""
    notes = []
    for name, track in found.items():
        if all(curve_of(score, name) is None for score in reading.scores):
            continue
        if track is None:
            notes.append(f"{name} is not a number throughout")
        elif not track.moves:
            notes.append(f"{name} {track.mean[0]:.6g}")
    return notes


def _words(reading: Reading) -> dict[str, tuple[Span, ...]]:
    """Return the runs of each word; shots after one another that agree are one run."""
    found: dict[str, tuple[Span, ...]] = {}
    for name in WORDS:
        runs: list[Span] = []
        for score, start in zip(reading.scores, _starts(reading), strict=True):
            node, length = score.words.get(name), len(score.shot.plans)
            text = node.text.strip() if node else WORDS[name][0]
            if runs and runs[-1].text == text:
                runs[-1] = Span(text, runs[-1].start, runs[-1].length + length)
            else:
                runs.append(Span(text, start, length))
        if any(name in score.words for score in reading.scores):
            found[name] = tuple(runs)
    return found


def _labels(reading: Reading) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for score, start in zip(reading.scores, _starts(reading), strict=True):
        for label in score.shot.labels:
            if 0 <= label.frame < len(score.shot.plans):
                found.setdefault(label.name, []).append(start + label.frame)
    return {name: tuple(frames) for name, frames in found.items()}
