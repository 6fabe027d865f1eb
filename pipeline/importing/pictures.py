"""Find the pictures that old settings name, by a path that holds from the new keyframe file's folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from .report import Report
from .sheet import one_line, scalar


@dataclass(frozen=True, slots=True)
class Pictures:
    """Where paths may start: the settings' own folder, and where they were written from; and the new file's folder."""

    beside: Path
    into: Path

    def found(self, key: str, said: str, report: Report) -> str | None:
        """Return a picture's path as the keyframe file says it, or note that it is not there."""
        if "://" in said:
            report.missing(key, f"fetch {one_line(said, 80)} yourself, and name the file")
            return None
        known = self.place(said)
        if known is None:
            report.missing(
                key, f"there is no file {one_line(said, 80)}; put it there and import again, or name another"
            )
            return None
        return scalar(os.path.relpath(known.resolve(), self.into.resolve()))

    def place(self, said: str) -> Path | None:
        """Return where a file lies, None where it is not there."""
        try:
            return next((path for path in (self.beside / said, Path(said)) if path.is_file()), None)
        except (OSError, ValueError):
            return None
