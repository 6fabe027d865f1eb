"""The signals that are heard in every song, by name, with what each says: a table that nothing heavy is needed for."""

from __future__ import annotations

NOTES = ("c", "cs", "d", "ds", "e", "f", "fs", "g", "gs", "a", "as", "b")
SIGNALS = {
    "loudness": "how loud it sounds to the ear",
    "rms": "its level",
    "sub": "20 to 60 Hz",
    "bass": "60 to 250 Hz",
    "lowmid": "250 to 500 Hz",
    "mid": "500 to 2000 Hz",
    "highmid": "2 to 6 kHz",
    "treble": "above 6 kHz",
    "harmonic": "what sounds on: voices, strings, chords",
    "percussive": "what is struck",
    "centroid": "how bright the sound is",
    "flatness": "how noisy it is",
    "onset": "everything that begins to sound",
    "kick": "blows of the low drums",
    "snare": "blows of the middle ones",
    "hat": "blows of the high ones",
    "pitch": "the melody, from its low notes to its high ones",
    **{f"chroma_{note}": f"how much of the note {note}" for note in NOTES},
    "key_hue": "a hue for the harmony, round the circle of fifths",
}
"""All go from 0 to 1, but now and then a little beyond."""
