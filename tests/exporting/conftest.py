"""Write a film as settings of another program, and bring it back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipeline.exporting import Exported, export_settings
from pipeline.importing import Imported, import_settings
from pipeline.schedule import study
from pipeline.types import Film


@dataclass(frozen=True)
class Trip:
    """A film, what was written of it, and the film that this is read as."""

    film: Film
    exported: Exported
    values: dict[str, Any]
    back: Imported

    def verdict(self, name: str) -> str:
        """Return what became of a value."""
        entry = self.exported.report.entries.get(name)
        return entry.verdict if entry else "untold"


@pytest.fixture
def carry(tmp_path: Path) -> Callable[..., Trip]:
    """Return a function that exports a film, given as text, and imports it again."""
    counter = iter(range(10_000))

    def run(text: str, to: str, folder: Path | None = None, *, sets: tuple[str, ...] = ()) -> Trip:
        place = folder or tmp_path / str(next(counter))
        place.mkdir(exist_ok=True)
        (place / "film.yaml").write_text(text, encoding="utf-8")
        reading = study(place / "film.yaml", overrides=sets)
        exported = export_settings(reading, to, out=place / f"{to}.txt")
        values = json.loads(exported.path.read_text(encoding="utf-8"))
        back = import_settings(exported.path, out=place / f"{to}-back.yaml")
        return Trip(reading.film, exported, values, back)

    return run
