"""What the schedule's tests share: a way from text to a film, and a clock."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.schedule import load
from pipeline.types import Film

PLAIN = Path(__file__).parent / "plain.yaml"


@pytest.fixture
def read_film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Film]:
    """Return a function that loads a text as the file `film.yaml`, with the tests' preset unless it names another."""
    monkeypatch.chdir(tmp_path)

    def read(text: str, **options: object) -> Film:
        Path("film.yaml").write_text(text, encoding="utf-8")
        if "preset:" not in text:
            options = {"config": PLAIN, **options}
        return load("film.yaml", **options)  # type: ignore[arg-type]

    return read
