"""Where the platform keeps what can be fetched or computed again."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder(name: str, variable: str) -> Path:
    """Return the folder that `variable` of the environment names, else `name` in the platform's cache."""
    told = os.environ.get(variable)
    if told:
        return Path(told).expanduser()
    if sys.platform == "darwin":
        base = Path("~/Library/Caches").expanduser()
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or "~/AppData/Local").expanduser()
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    return base / "clip-guided-animation" / name
