"""Which programs there are, where files go, and that nothing of a film is passed over in silence."""

from __future__ import annotations

import json

import pytest

from pipeline.errors import UsageError
from pipeline.exporting import PROGRAMS, export_settings
from pipeline.exporting.outgoing import NAMES
from pipeline.schedule import study

FILM = "frames: 3\nprompts: a fox\n"


@pytest.fixture
def reading(tmp_path):
    (tmp_path / "film.yaml").write_text(FILM)
    return study(tmp_path / "film.yaml")


@pytest.mark.parametrize("to", PROGRAMS)
def test_every_name_has_a_verdict(reading, tmp_path, to: str) -> None:
    found = export_settings(reading, to, out=tmp_path / "out.txt")
    assert {*NAMES} - found.report.entries.keys() == set()
    assert found.n_frames == 3
    said = found.report.as_json()
    assert {"kind", "notes", "exact", "approximated", "dropped", "unsupported"} == said.keys()
    text = "\n".join(found.report.lines())
    assert "written exactly" in text and "NOT HELD BY" in text


def test_places_that_cannot_be_written(reading, tmp_path) -> None:
    (tmp_path / "there.txt").write_text("mine")
    with pytest.raises(UsageError, match="is there already"):
        export_settings(reading, "disco", out=tmp_path / "there.txt")
    assert (tmp_path / "there.txt").read_text() == "mine"
    with pytest.raises(UsageError, match="cannot be written"):
        export_settings(reading, "disco", out=tmp_path / "there.txt" / "file.txt")
    with pytest.raises(UsageError, match="did you mean 'deforum'"):
        export_settings(reading, "deform", out=tmp_path / "new.txt")
    assert {path.name for path in tmp_path.iterdir()} == {"film.yaml", "there.txt"}


def test_from_the_command_line(tmp_path, monkeypatch, capsys) -> None:
    from typer.testing import CliRunner

    from pipeline.cli import app

    monkeypatch.chdir(tmp_path)
    (tmp_path / "film.yaml").write_text(FILM)
    result = CliRunner().invoke(app, ["export", "film.yaml", "--to", "deforum", "--set", "camera.roll=2", "--json"])
    assert result.exit_code == 0, result.output
    said = json.loads(result.output)
    assert (said["file"], said["frames"]) == ("film-deforum_settings.txt", 3)
    assert json.loads((tmp_path / said["file"]).read_text())["angle"] == "0: (2)"
    result = CliRunner().invoke(app, ["export", "film.yaml", "--to", "parseq"])
    assert result.output.splitlines()[-1] == "film-parseq.json: 3 frames"
