"""The texts that a film was read from, as they stood then: the artist's file, the preset, the settings beside."""

from __future__ import annotations

from pathlib import Path

from ..types import Mark, Script
from .preset import Preset, label
from .source import MAX_BYTES, refuse


def script_of(path: Path, chosen: Preset, settings: tuple[str, ...]) -> Script:
    """Return the texts of a film that has just been read.

    Raises: KeyframeError where a file is gone by now.
    """
    return Script(_text(path, str(path)), chosen.name, _text(chosen.file, label(chosen.file)), settings)


def _text(path: Path, name: str) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        refuse(Mark(name, 1, 1), f"the file cannot be read ({reason})", "do not move it while it is read")
    return content.decode("utf-8-sig", errors="replace").replace("\0", "")
