"""Where this machine keeps what can be had again: fetched weights, and what was once found out about files."""

from __future__ import annotations

import os
import sys
from pathlib import Path

VARIABLE = "PIPELINE_CACHE"


def cache_folder(name: str) -> Path:
    """Return the folder of one kind of things, below `PIPELINE_CACHE` or the platform's cache; it need not be there."""
    told = os.environ.get(VARIABLE)
    if told:
        return Path(told).expanduser() / name
    if sys.platform == "darwin":
        base = Path("~/Library/Caches").expanduser()
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or "~/AppData/Local").expanduser()
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    return base / "clip-guided-animation" / name
