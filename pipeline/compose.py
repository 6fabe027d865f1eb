"""Numbers in, a song out: the one of the music video in `keyframes/`, by a few lines of numpy.

Everything in it is known exactly (tempo, bars, sections, every beat), which is what listening is measured against.
`python -m pipeline.compose FILE` writes it again, the same bytes each time.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

RATE, BPM, BEATS_PER_BAR = 44_100, 120, 4
BEAT = RATE * 60 // BPM  # in samples
SECTIONS = (("intro", 2), ("verse", 4), ("chorus", 4), ("outro", 2))  # and their bars
N_BARS = sum(bars for _, bars in SECTIONS)
A, F, C, G = (57, 60, 64), (53, 57, 60), (48, 55, 64), (55, 59, 62)  # chords, as numbers of MIDI notes
CHORDS = {"intro": (A, F), "verse": (A, F, C, G), "chorus": (F, G, A, C), "outro": (F, A)}
MELODY = (0, 2, 1, 2, 0, 1, 2, 1)  # notes of the chord, an octave up, in eighths
VERSE_KICKS, CHORUS_KICKS, BASS = (0, 2, 2.5), (0, 1, 2, 3), (0, 0.75, 1.5, 2, 3, 3.5)  # beats of a bar

Sound = np.ndarray


def compose() -> Sound:
    """Return the song.

    Shapes: float (samples, 2) in -1..1, at `RATE`.
    """
    song, noise, bar = np.zeros((N_BARS * BEATS_PER_BAR * BEAT + 2 * BEAT, 2)), np.random.default_rng(12), 0
    for section, n_bars in SECTIONS:
        for number in range(n_bars):
            _bar(song[bar * BEATS_PER_BAR * BEAT :], section, number, noise)
            bar += 1
    song = np.tanh(1.2 * song[: N_BARS * BEATS_PER_BAR * BEAT])
    song[-2 * BEAT :] *= np.linspace(1, 0, 2 * BEAT)[:, None] ** 2
    return 0.89 * song / np.abs(song).max()


def _bar(song: Sound, section: str, number: int, noise: np.random.Generator) -> None:
    """Add one bar at the beginning of what is left of the song."""
    chord, is_chorus = CHORDS[section][number % len(CHORDS[section])], section == "chorus"
    for place, note in enumerate(chord):
        _add(song, 0, _pad(note, 4 * BEAT), gain=0.17, right=0.3 + 0.2 * place)
    if section in ("intro", "outro"):
        for each in range(4):
            _add(song, each, _hat(0.03, noise), gain=0.06 if section == "intro" else 0.03, right=0.6)
    if section in ("verse", "chorus"):
        for beat in CHORUS_KICKS if is_chorus else VERSE_KICKS:
            _add(song, beat, _kick(), gain=0.8 if beat == 0 else 0.65)
        for each in (1, 3):
            _add(song, each, _snare(noise), gain=0.42)
        for eighth in range(8):
            _add(song, eighth / 2, _hat(0.12 if is_chorus and eighth % 2 else 0.03, noise), gain=0.06, right=0.6)
        for beat in BASS:
            _add(song, beat, _bass(chord[0] - 24 + 12 * (is_chorus and beat % 1 > 0)), gain=0.34)
    if is_chorus:
        for eighth, which in enumerate(MELODY):
            _add(song, eighth / 2, _pluck(chord[which] + 12), gain=0.2, right=0.35 if eighth % 2 else 0.65)


def _add(song: Sound, beat: float, sound: Sound, *, gain: float, right: float = 0.5) -> None:
    """Add a sound at a beat, `right` saying where between the left (0) and the right (1) it stands."""
    begin = round(beat * BEAT)
    sides = np.sqrt([1 - right, right]) * np.sqrt(2)
    song[begin : begin + len(sound)] += gain * sound[: len(song) - begin, None] * sides


def _time(seconds: float) -> Sound:
    return np.arange(round(seconds * RATE)) / RATE


def _hertz(note: float) -> float:
    return 440 * 2 ** ((note - 69) / 12)


def _kick() -> Sound:
    t = _time(0.35)
    return np.sin(2 * np.pi * (48 * t + 9 * (1 - np.exp(-t / 0.025)))) * np.exp(-t / 0.11)


def _snare(noise: np.random.Generator) -> Sound:
    t = _time(0.2)
    return (0.7 * noise.normal(size=len(t)) + np.sin(2 * np.pi * 185 * t)) * np.exp(-t / 0.05)


def _hat(decay_s: float, noise: np.random.Generator) -> Sound:
    t = _time(4 * decay_s)
    return np.diff(noise.normal(size=len(t) + 2), 2) * np.exp(-t / decay_s)  # differences leave the high part


def _bass(note: float) -> Sound:
    t = _time(0.3)
    harmonics = sum(np.sin(2 * np.pi * n * _hertz(note) * t) * np.exp(-t * n / 0.15) / n for n in range(1, 8))
    return harmonics * np.minimum(1, t / 0.004) * np.minimum(1, (0.3 - t) / 0.02)


def _pad(note: float, n_samples: int) -> Sound:
    t = np.arange(n_samples + BEAT // 4) / RATE
    voices = [np.sin(2 * np.pi * _hertz(note + off) * n * t + n) / n**2 for off in (-0.06, 0, 0.07) for n in (1, 2, 3)]
    return sum(voices) / 3 * np.minimum(1, t / 0.25) * np.clip((t[-1] - t) / 0.25, 0, 1)


def _pluck(note: float) -> Sound:
    t = _time(0.5)
    return np.sin(2 * np.pi * _hertz(note) * t + 2.5 * np.exp(-t / 0.06) * np.sin(4 * np.pi * _hertz(note) * t)) * (
        np.exp(-t / 0.16) * np.minimum(1, t / 0.002)
    )


def write(path: Path) -> None:
    """Write the song as the kind of file that its name says."""
    import imageio_ffmpeg

    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-y", "-f", "s16le", "-ar", f"{RATE}", "-ac", "2"]
    command += ["-i", "pipe:0", "-b:a", "128k", "-fflags", "+bitexact", "-flags:a", "+bitexact"]
    samples = np.round(32767 * compose()).astype("<i2")
    subprocess.run([*command, "-metadata", "title=Painted song", str(path)], input=samples.tobytes(), check=True)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
