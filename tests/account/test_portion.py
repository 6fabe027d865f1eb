"""Parts of a film: up to a moment, a shot, some hours."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.cli import portion
from pipeline.schedule import study

OUT = Path("outputs/film")


def stored() -> list[str]:
    return sorted(str(path.relative_to(OUT / "frames")) for path in (OUT / "frames").rglob("*.png"))


@pytest.mark.parametrize(
    ("options", "n_day", "n_night"),
    [
        (["--until", "0.5s"], 3, 0),
        (["--until", "0:00.5"], 3, 0),
        (["--until", "5"], 4, 1),
        (["--until", "1b"], 3, 0),
        (["--until", "99s"], 4, 3),
        (["--only", "night"], 0, 3),
        (["--only", "day"], 4, 0),
    ],
)
def test_a_part_of_the_film(command, tiny_engine, film_file, edit, options, n_day: int, n_night: int) -> None:
    edit(("fps: 6", "fps: 6\nbpm: 120"))
    answer = command("render", "film.yaml", *options)
    assert answer.code == 0, answer.err
    wanted = [f"day/{n:05d}.png" for n in range(n_day)] + [f"night/{n:05d}.png" for n in range(n_night)]
    assert stored() == wanted
    assert (OUT / "film.mp4").exists() == (n_day + n_night == 7)
    if n_day + n_night < 7:
        assert f"; run without {options[0]} for the whole film" in answer.out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--until", "soon"], "--until soon: is no moment; write 12s"),
        (["--until", "1b"], "--until 1b: is no moment; write 12s, 0:12.5, 24b (with a bpm or music)"),
        (["--until", "0"], "--until 0: is the film's beginning"),
        (["--only", "dusk"], "--only dusk: the film has no such shot; its shots are day, night"),
        (["--only", "day", "--until", "1s"], "--until and --only: both say which frames"),
        (["--max-hours", "0"], "--max-hours 0: is not a length of time"),
        (["--max-hours", "nan"], "--max-hours nan: is not a length of time"),
    ],
)
def test_parts_that_are_none(command, tiny_engine, film_file, options: list[str], said: str) -> None:
    answer = command("render", "film.yaml", *options)
    assert answer.code == 2
    assert said in answer.err
    assert not OUT.exists()


def test_moments_are_rounded_up_to_whole_frames(film_file: Path) -> None:
    reading = study(film_file)
    found = {
        text: len(portion.wanted_frames(reading, frames=None, until=text, only=None) or ())
        for text in ("0.1s", "0.3333333s", "0.5s", "0.51s", "1")
    }
    assert found == {"0.1s": 1, "0.3333333s": 2, "0.5s": 3, "0.51s": 4, "1": 1}


def test_when_the_hours_are_over_it_stops_at_a_whole_frame(command, tiny_engine, film_file, monkeypatch) -> None:
    hours = iter([0.0, 0.5, 0.9, 1.1])
    monkeypatch.setattr(portion, "monotonic", lambda: next(hours) * 3600)
    answer = command("render", "film.yaml", "--max-hours", "1")
    assert answer.code == 0, answer.err
    assert answer.out.endswith("; 1 h are over, run the same command to go on\n")
    assert stored() == ["day/00000.png", "day/00001.png", "day/00002.png"]
    monkeypatch.undo()


def test_hours_that_are_enough(command, tiny_engine, film_file) -> None:
    report = json.loads(command("render", "film.yaml", "--max-hours", "1", "--json").out)
    assert report["drawn"] == 7 and report["film"] == "outputs/film/film.mp4"
