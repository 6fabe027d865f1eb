"""Write settings as another program would, and import them into an empty folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.importing import Imported, import_settings


@pytest.fixture
def bring(tmp_path: Path) -> Callable[..., Imported]:
    """Return a function that imports values, or a text as it is, and reads the film that was written."""
    counter = iter(range(10_000))

    def run(values: Any, name: str = "old.txt", **options: Any) -> Imported:
        folder = tmp_path / str(next(counter))
        folder.mkdir()
        text = values if isinstance(values, str) else json.dumps(values, ensure_ascii=False)
        (folder / name).write_text(text, encoding="utf-8")
        return import_settings(folder / name, out=folder / "film.yaml", **options)

    return run


@pytest.fixture
def verdicts() -> Callable[[Imported], dict[str, str]]:
    """Return a function that gives the verdict on each key."""
    return lambda found: {key: entry.verdict for key, entry in found.report.entries.items()}
