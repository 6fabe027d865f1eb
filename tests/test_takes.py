"""Takes: the same film under seeds that follow one another, each in a folder that can be gone on with."""

from __future__ import annotations

import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline import load
from pipeline.errors import KeyframeError
from pipeline.schedule.shot import MAX_SEED


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, tiny_text: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "tiny.yaml").write_text(tiny_text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    return tmp_path


def frames(folder: Path) -> list[bytes]:
    return [cv2.imread(str(path)).tobytes() for path in sorted(folder.glob("frames/*/*.png"))]


def test_a_take_adds_to_the_seed_of_every_shot(tmp_path) -> None:
    path = tmp_path / "film.yaml"
    path.write_text("seed: 5\nframes: 2\nprompts: a\nshots: [{name: a}, {name: b}, {name: c, seed: 90}]\n")
    seeds = [[shot.plans[0].seed for shot in load(path, take=take).shots] for take in (0, 1, 7)]
    assert seeds == [[5, 6, 90], [6, 7, 91], [12, 13, 97]]
    path.write_text(f"seed: {MAX_SEED}\nframes: 2\nprompts: a\n")
    with pytest.raises(KeyframeError, match="seed of shot 1 is too large"):
        load(path, take=1)


def test_expressions_see_the_seed_of_their_take(tmp_path) -> None:
    path = tmp_path / "film.yaml"
    path.write_text("seed: 5\nframes: 2\nprompts: a\ncamera: {roll: seed}\n")
    moves = [load(path, take=take).shots[0].plans[1].camera for take in (0, 2)]
    assert [move.roll_deg for move in moves if move] == [5.0, 7.0]


def test_takes_are_films_of_their_own_and_go_on_where_they_stopped(command, tiny_engine) -> None:
    first = command("render", "tiny.yaml", "--takes", 2, "--frames", ":2", "--json")
    assert [take["drawn"] for take in json.loads(first.out)["takes"]] == [2, 2]
    answer = command("render", "tiny.yaml", "--takes", 3, "--json")
    report = json.loads(answer.out)
    assert [(take["drawn"], take["kept"], take["seeds"]) for take in report["takes"]] == [
        *((4, 2, {"tiny": 3}), (4, 2, {"tiny": 4}), (6, 0, {"tiny": 5}))
    ]
    assert [take["film"] for take in report["takes"]] == [f"outputs/tiny/take-00{n}/tiny.mp4" for n in (1, 2, 3)]
    assert len(tiny_engine.asked) == 2  # once for each command
    takes = [frames(Path(f"outputs/tiny/take-00{n}")) for n in (1, 2, 3)]
    assert len({take[0] for take in takes}) == 3
    command("render", "tiny.yaml", "--out", "alone", "--seed", 4)
    assert frames(Path("alone")) == takes[1]


def test_the_sheet_shows_the_same_frames_of_all_takes(command, tiny_engine) -> None:
    answer = command("render", "tiny.yaml", "--takes", 2, "--frames", "2:5")
    assert re.search(r"^outputs/tiny/take-002: 6 frames, 5 drawn", answer.out, re.MULTILINE)
    assert answer.out.splitlines()[-1] == "outputs/tiny/takes.png"
    sheet = cv2.imread("outputs/tiny/takes.png")
    for number in range(1, 3):
        frame = cv2.imread(f"outputs/tiny/take-00{number}/frames/tiny/00003.png").repeat(5, axis=0).repeat(5, axis=1)
        match = cv2.matchTemplate(sheet, frame, cv2.TM_SQDIFF_NORMED)
        assert match.min() < 1e-4
        assert (np.unravel_index(match.argmin(), match.shape)[0] > sheet.shape[0] / 2) == (number == 2)


def test_the_running_picture_and_partials_of_each_take(command, tiny_engine) -> None:
    command("render", "tiny.yaml", "--takes", 2, "--frames", ":1", "--live", "now.png", "--partials", "1")
    assert cv2.imread("now.png").shape == (32, 32, 3)
    for number in (1, 2):
        assert Path(f"outputs/tiny/take-00{number}/partials/tiny/00000-002.png").is_file()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--takes", "0"], "0 is not in the range"),
        (["--live", "now.bmp"], "the name ends in none of"),
        (["--partials", "x"], "is no count and no list of steps"),
    ],
)
def test_options_that_make_no_sense_are_told_before_anything_is_made(command, tiny_engine, options, told) -> None:
    answer = command("render", "tiny.yaml", *options)
    assert answer.code == 2
    assert told in answer.err
    assert tiny_engine.asked == []
    assert not Path("outputs").exists()
