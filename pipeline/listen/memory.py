"""What was heard in a song, kept in a cache, so that the same sound is listened to once.

A song's place is named by its file's digest, the stretch listened to, and the digest of this package's own code: what
is heard by other ears is heard anew. A cache that cannot be read or written is only slower.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ..caches import cache_folder
from .signal import Signal
from .song import Onsets, Section, Song
from .tempo import TempoMap


def place(digest: str, settings: dict[str, Any]) -> Path:
    """Return the file in which a song heard with these settings is kept."""
    told = json.dumps([digest, _ears(), settings], sort_keys=True)
    return cache_folder("songs") / f"{hashlib.sha256(told.encode()).hexdigest()[:40]}.npz"


def recall(path: Path) -> Song | None:
    """Return the song kept in a file, or None where there is none that can be read."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            arrays = {name: kept[name] for name in kept.files}
        told = json.loads(str(arrays["told"]))
        rate = float(told["rate_hz"])
        kinds = told["signals"]
        return Song(
            digest=told["digest"],
            duration_s=told["duration_s"],
            tempo=TempoMap(arrays["beats"], arrays["bar_starts"], told["beats_per_bar"]),
            sections=tuple(Section(*section) for section in told["sections"]),
            onsets=Onsets(arrays["onset_times"], arrays["onset_strengths"]),
            key=told["key"],
            signals={name: Signal(row, rate, kind) for (name, kind), row in zip(kinds, arrays["signals"], strict=True)},
            bands=arrays["bands"],
            edges_hz=arrays["edges_hz"],
            rate_hz=rate,
        )
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None


def remember(path: Path, song: Song) -> None:
    """Keep a song; whole or, where that cannot be, not at all."""
    told = {
        "digest": song.digest,
        "duration_s": song.duration_s,
        "beats_per_bar": song.tempo.beats_per_bar,
        "sections": [[section.name, section.start_s, section.end_s] for section in song.sections],
        "key": song.key,
        "signals": [[name, signal.read_by] for name, signal in song.signals.items()],
        "rate_hz": song.rate_hz,
    }
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("wb") as file:
                np.savez(
                    file,
                    told=np.array(json.dumps(told)),
                    beats=song.tempo.beats,
                    bar_starts=song.tempo.bar_starts,
                    onset_times=song.onsets.times_s,
                    onset_strengths=song.onsets.strengths,
                    signals=np.stack([signal.values for signal in song.signals.values()]).astype(np.float32),
                    bands=song.bands,
                    edges_hz=song.edges_hz,
                )
            os.replace(temporary, path)
        finally:
            with suppress(OSError):
                temporary.unlink()


@cache
def _ears() -> str:
    """Return a digest of the code that listens."""
    code = [path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py"))]
    return hashlib.sha256(b"\0".join(code)).hexdigest()
