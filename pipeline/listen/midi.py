"""A MIDI file becomes a tempo map, notes as moments, and signals: how hard, how high, and what its controllers do.

A signal is named by its track: `lead` how hard its notes are struck while they sound, `lead_pitch` how high they are,
`lead_cc7` a controller; a file of a single track without a name calls it `notes`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..errors import SoundError
from .cues import RATE_HZ, Cues, Moment, slug
from .signal import Signal
from .song import CHROMA
from .tempo import TempoMap

MAX_BYTES = 16 << 20
LONGEST_S, MAX_BEATS = 4 * 3600.0, 200_000
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
    moments = [
        Moment(start, end, f"{CHROMA[note % 12]}{note // 12 - 1}")
        for track in tracks.values()
        for start, end, note, _ in track.notes
    ]
    duration = clock.seconds(clock.last_tick)
    signals = {name: signal for key, track in tracks.items() for name, signal in _signals(key, track, duration)}
    return Cues(tuple(sorted(moments)), signals, clock.tempo_map())


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


def _signals(name: str, track: _Track, duration_s: float) -> Iterator[tuple[str, Signal]]:
    n = int(np.ceil(duration_s * RATE_HZ)) + 1
    if track.notes:
        velocity, pitch = np.zeros(n), np.zeros(n)
        notes = sorted(track.notes)
        low, high = min(note for _, _, note, _ in notes), max(note for _, _, note, _ in notes)
        place = (notes[0][2] - low) / max(high - low, 1)
        pitch[:] = place
        for start, end, note, hard in notes:
            first, last = round(start * RATE_HZ), max(round(end * RATE_HZ), round(start * RATE_HZ) + 1)
            velocity[first:last] = np.maximum(velocity[first:last], hard / 127)
            pitch[first:] = (note - low) / max(high - low, 1)  # held until the next
        yield name, Signal(velocity, RATE_HZ, "peak")
        yield f"{name}_pitch", Signal(pitch, RATE_HZ, lasts=True)
    for control, changes in sorted(track.controls.items()):
        values = np.zeros(n)
        for at, value in changes:
            values[round(at * RATE_HZ) :] = value / 127
        yield f"{name}_cc{control}", Signal(values, RATE_HZ, lasts=True)
