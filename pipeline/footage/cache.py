"""Pictures of clips, fitted to a film, kept on the disk up to a bound: the oldest go first.

They are kept for previews and for renders that go on, which look at the same few again. Losing them costs time alone,
so nothing here ever fails: what cannot be read or written is not there.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..places import cache_folder
from .probe import VARIABLE
from .stills import packed, unpacked

Pixels = npt.NDArray[np.uint8]
MOST_BYTES = 512 * 2**20
KEPT = 0.8  # of that is left when something has to go


class PictureCache:
    """Pictures by what they are of: `name` says all that determines the pixels."""

    def __init__(self, folder: Path | None = None, most_bytes: int = MOST_BYTES) -> None:
        self.folder = folder or cache_folder("clips", VARIABLE) / "pictures"
        self.most_bytes = most_bytes
        self._used: int | None = None

    def look_up(self, name: str) -> Pixels | None:
        """Return the picture, uint8 (H, W, 3), or None where it is not kept."""
        path = self._path(name)
        try:
            found = unpacked(path.read_bytes())
        except OSError:
            return None
        if found is not None:
            with suppress(OSError):
                os.utime(path)  # what is looked at is not old
        return found

    def keep(self, name: str, pixels: Pixels) -> None:
        """Keep a picture, and let the oldest go where there are too many."""
        path = self._path(name)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            data = packed(pixels)
            if self._used is None:
                self._used = sum(size for _, size, _ in self._files())
            if self._used + len(data) > self.most_bytes:
                self._clear(len(data))
            temporary.write_bytes(data)
            os.replace(temporary, path)
            self._used += len(data)

    def _path(self, name: str) -> Path:
        return self.folder / f"{hashlib.sha256(name.encode()).hexdigest()}.png"

    def _files(self) -> list[tuple[float, int, Path]]:
        """Return when each file was last used, its size and its place, the oldest first."""
        found = []
        for path in self.folder.iterdir():
            with suppress(OSError):  # another program may have removed it
                status = path.stat()
                found.append((status.st_mtime, status.st_size, path))
        return sorted(found)

    def _clear(self, coming: int) -> None:
        files = self._files()
        used, goal = sum(size for _, size, _ in files), int(self.most_bytes * KEPT) - coming
        for _, size, path in files:
            if used <= goal:
                break
            with suppress(OSError):
                path.unlink()
                used -= size
        self._used = used
