"""A film of two shots in an empty folder, for the command line and the tiny engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import PRESET

FILM = f"""\
# Two shots.
preset: {PRESET}
size: 32x32
fps: 6
seed: 3
prompt_fade: hold
prompts:
  0: a red fox
  2: snow on a hill
camera: {{zoom: 1.05, roll: 4}}
look: {{steps: 4, skip: 0.5, cut_overview: 1, cut_innercut: 1}}
film: {{crf: 20, enlarge: 1}}
labels: {{dusk: 1}}
silence: unused-label
shots:
- {{name: day, frames: 4}}
- {{name: night, frames: 3, camera: {{roll: 2}}}}
"""


@pytest.fixture
def film_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The film's file; the current folder is where it lies."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "film.yaml"
    path.write_text(FILM)
    return path


@pytest.fixture
def edit(film_file: Path):
    """Return a function that replaces pieces of the film's file, each of which must be there."""

    def replace(*pairs: tuple[str, str]) -> None:
        text = film_file.read_text()
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        film_file.write_text(text)

    return replace
