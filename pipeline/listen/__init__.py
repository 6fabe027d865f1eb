"""Listen to music: a sound file becomes a `Song`, with beats, bars, sections and signals over seconds.

    from pipeline.listen import listen

    song = listen("song.mp3", start_s=12.5)
    song.tempo.beat_at(seconds)                      # which beat it is, 3.5 being half-way from the fourth to the fifth
    song.signal("kick", seconds, 1 / fps)            # about 0..1, over the time that each frame is seen

All times are seconds from `start_s`, never frames: another frame rate reads the same song elsewhere. Nothing here knows
of frames, keyframe files or torch; numpy is imported when something is computed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .cues import Cues, Moment, read_cues
    from .signal import Signal
    from .song import Onsets, Section, Song
    from .studio import listen
    from .tempo import TempoMap

_HOME_OF = {
    "Cues": "cues",
    "Moment": "cues",
    "Onsets": "song",
    "Section": "song",
    "Signal": "signal",
    "Song": "song",
    "TempoMap": "tempo",
    "listen": "studio",
    "read_cues": "cues",
}

__all__ = ["Cues", "Moment", "Onsets", "Section", "Signal", "Song", "TempoMap", "listen", "read_cues"]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME_OF[name]}", __name__), name)
