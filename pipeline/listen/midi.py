"""A MIDI file becomes a tempo map, notes as moments, and signals: how hard, how high, and what its controllers do.

A signal is named by its track: `lead` how hard its notes are struck while they sound, `lead_pitch` how high they are,
`lead_cc7` a controller; a file of a single track without a name calls it `notes`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from ..errors import SoundError
from .cues import LONGEST_S, MAX_BYTES, MAX_MOMENTS, MAX_NAMES, RATE_HZ, Cues, Drawn, Moment, slug
from .signal import Signal
from .song import CHROMA
from .tempo import TempoMap

MAX_BEATS = 200_000
_USUAL_TEMPO = 500_000  # microseconds a beat, where nothing is said


@dataclass(slots=True)
class _Track:
    notes: list[tuple[float, float, int, int]] = field(default_factory=list)  # start, end, note, velocity
    controls: dict[int, list[tuple[float, int]]] = field(default_factory=dict)


def read_midi(path: Path) -> Cues:
    """Return the notes, controllers and tempo of a MIDI file; note numbers are named c4 for 60.

    Raises: SoundError for what is no MIDI file.
    """
    import mido

    try:
        if path.stat().st_size > MAX_BYTES:
            raise SoundError(f"{path}: the file is larger than {MAX_BYTES >> 20} MiB; is it a MIDI file?")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            file = mido.MidiFile(path)
    except SoundError:
        raise
    except OSError as fault:
        raise SoundError(f"{path}: cannot be read as MIDI ({str(fault).lower() or 'cut off'}); check it") from fault
    except Exception as fault:  # mido says ValueError, KeyError, IndexError or EOFError of a damaged file
        raise SoundError(f"{path}: is no MIDI file that can be read ({fault or 'cut off'}); export it again") from fault
    if file.type == 2 or file.ticks_per_beat <= 0:
        raise SoundError(f"{path}: is MIDI of type 2 or without beats; export it as type 0 or 1")
    clock = _Clock(file)
    if clock.last_tick * max(unit for _, (_, unit) in clock.meters) > MAX_BEATS * 4 * file.ticks_per_beat:
        raise SoundError(f"{path}: has more than {MAX_BEATS} beats; export it again")
    tracks = _tracks(file, clock)
    if clock.seconds(clock.last_tick) > LONGEST_S:
        raise SoundError(f"{path}: lasts longer than {LONGEST_S / 3600:g} hours; export a shorter one")
    moments = tuple(
        sorted(
            Moment(start, end, f"{CHROMA[note % 12]}{note // 12 - 1}")
            for track in tracks.values()
            for start, end, note, _ in track.notes
        )
    )
    if len(moments) > MAX_MOMENTS:
        raise SoundError(f"{path}: has {len(moments)} notes; keep it to {MAX_MOMENTS}")
    labels: dict[str, list[Moment]] = {}
    for one in moments:
        labels.setdefault(slug(one.text), []).append(one)
    makers, says = _signals(tracks, clock.seconds(clock.last_tick), path)
    tempo = clock.tempo_map()
    named = {name: tuple(some) for name, some in labels.items()}
    return Cues(moments, named, Drawn(makers), says, tempo if tempo.is_known else None)


class _Clock:
    """Ticks to seconds, through all changes of tempo, and where the bars are."""

    def __init__(self, file: object) -> None:
        self.per_beat: int = file.ticks_per_beat  # type: ignore[attr-defined]
        tempos, meters, self.last_tick = {0: _USUAL_TEMPO}, {0: (4, 4)}, 0
        for track in file.tracks:  # type: ignore[attr-defined]
            tick = 0
            for message in track:
                tick += message.time
                if message.type == "set_tempo":
                    tempos[tick] = max(message.tempo, 1)
                elif message.type == "time_signature":
                    meters[tick] = (max(message.numerator, 1), message.denominator)
            self.last_tick = max(self.last_tick, tick)
        self.meters = sorted(meters.items())
        self._ticks = np.array(sorted(tempos), dtype=float)
        self._slopes = np.array([tempos[tick] for tick in sorted(tempos)]) / 1e6 / self.per_beat
        steps = np.diff(self._ticks) * self._slopes[:-1]
        self._seconds = np.concatenate([[0.0], np.cumsum(steps)])

    def seconds(self, tick: float) -> float:
        """Return the seconds at which a tick comes."""
        piece = int(np.searchsorted(self._ticks, tick, side="right")) - 1
        return float(self._seconds[piece] + (tick - self._ticks[piece]) * self._slopes[piece])

    def tempo_map(self) -> TempoMap:
        """Return the beats, which are those of the time signature: eighths in 6/8."""
        beats: list[float] = []
        starts: list[int] = []
        for (tick, (count, unit)), end in zip(
            self.meters, [*(tick for tick, _ in self.meters[1:]), self.last_tick + 1], strict=True
        ):
            for place, at in enumerate(np.arange(tick, end, self.per_beat * 4 / unit)):
                if place % count == 0:
                    starts.append(len(beats))
                beats.append(self.seconds(float(at)))
        return TempoMap(np.array(beats), np.array(starts, dtype=int), self.meters[0][1][0])


def _tracks(file: object, clock: _Clock) -> dict[str, _Track]:
    """Return the tracks that have notes or controllers, each under a name of its own."""
    found: dict[str, _Track] = {}
    for number, messages in enumerate(file.tracks):  # type: ignore[attr-defined]
        track, tick = _Track(), 0
        sounding: dict[tuple[int, int], tuple[float, int]] = {}
        for message in messages:
            tick += message.time
            if message.type not in ("note_on", "note_off", "control_change"):
                continue
            now = clock.seconds(tick)
            if message.type == "control_change":
                track.controls.setdefault(message.control, []).append((now, message.value))
                continue
            key = (message.channel, message.note)
            if key in sounding:  # struck again before it was let go ends it too
                start, velocity = sounding.pop(key)
                track.notes.append((start, now, message.note, velocity))
            if message.type == "note_on" and message.velocity > 0:
                sounding[key] = (now, message.velocity)
        end = clock.seconds(clock.last_tick)
        track.notes += [(start, end, note, velocity) for (_, note), (start, velocity) in sounding.items()]
        if track.notes or track.controls:
            name = slug(messages.name) or ("notes" if not found else f"notes_{number}")
            found[name if name not in found else f"{name}_{number}"] = track
    return found


def _signals(
    tracks: dict[str, _Track], duration_s: float, path: Path
) -> tuple[dict[str, Callable[[], Signal]], dict[str, str]]:
    """Return what draws each signal of the tracks, and what it says."""
    n = int(np.ceil(duration_s * RATE_HZ)) + 1
    makers: dict[str, Callable[[], Signal]] = {}
    says: dict[str, str] = {}
    for track_name, track in tracks.items():
        for name, maker, told in _of_track(track_name, track, n):
            if name in makers:
                raise SoundError(f"{path}: two tracks give a signal '{name}'; call one of them otherwise")
            makers[name], says[name] = maker, told
    if len(makers) > MAX_NAMES:
        raise SoundError(f"{path}: has {len(makers)} tracks and controllers; keep to {MAX_NAMES}")
    return makers, says


def _of_track(name: str, track: _Track, n: int) -> Iterator[tuple[str, Callable[[], Signal], str]]:
    if track.notes:
        yield name, partial(_strength, track, n), f"how hard the notes of the track '{name}' are struck"
        yield f"{name}_pitch", partial(_pitch, track, n), f"how high the notes of the track '{name}' are"
    for control, changes in sorted(track.controls.items()):
        yield f"{name}_cc{control}", partial(_control, changes, n), f"controller {control} of the track '{name}'"


def _strength(track: _Track, n: int) -> Signal:
    values = np.zeros(n)
    for start, end, _, hard in track.notes:
        first, last = round(start * RATE_HZ), max(round(end * RATE_HZ), round(start * RATE_HZ) + 1)
        values[first:last] = np.maximum(values[first:last], hard / 127)
    return Signal(values, RATE_HZ, "peak")


def _pitch(track: _Track, n: int) -> Signal:
    notes = sorted(track.notes)
    heights = [note for _, _, note, _ in notes]
    low, high = min(heights), max(heights)
    places = [(start, (note - low) / max(high - low, 1)) for start, _, note, _ in notes]
    return Signal(_held([(0.0, places[0][1]), *places], n), RATE_HZ, lasts=True)


def _control(changes: list[tuple[float, int]], n: int) -> Signal:
    return Signal(_held([(0.0, 0.0), *((at, value / 127) for at, value in changes)], n), RATE_HZ, lasts=True)


def _held(changes: list[tuple[float, float]], n: int) -> np.ndarray:
    """Return values that hold from each change to the next, which come in order of time; the first holds before."""
    steps = np.array([round(at * RATE_HZ) for at, _ in changes])
    latest = np.searchsorted(steps, np.arange(n), side="right") - 1
    return np.array([value for _, value in changes])[latest]
