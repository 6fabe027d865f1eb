"""What is damaged is named and mended, what is spare can go, and a frame says what made it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from pipeline.store import Spare, chosen
from pipeline.store.takes import discard
from tests.faults.renders import digests

OUT = Path("outputs/film")
DAY, NIGHT = OUT / "frames" / "day", OUT / "frames" / "night"


@pytest.fixture
def rendered(command, tiny_engine, film_file) -> dict[str, str]:
    """The digests of a film that has been rendered."""
    assert command("render", "film.yaml").code == 0
    return digests(OUT)


@pytest.mark.goal("R5")
def test_verify_names_what_is_wrong_and_render_mends_that(command, rendered: dict[str, str]) -> None:
    answer = command("verify", OUT)
    assert (answer.code, answer.out) == (0, f"{OUT}: all 7 frames are whole and what the film's record says\n")
    untouched = {path: path.stat().st_ino for path in (DAY / "00000.png", DAY / "00003.png", NIGHT / "00000.png")}
    (DAY / "00001.png").unlink()
    data = bytearray((DAY / "00002.png").read_bytes())
    data[len(data) // 2] ^= 1
    (DAY / "00002.png").write_bytes(data)
    (NIGHT / "00001.png").write_bytes((NIGHT / "00002.png").read_bytes())
    (NIGHT / "00002.png").unlink()
    (NIGHT / "00002.png").symlink_to("00000.png")
    answer = command("verify", OUT)
    assert answer.code == 4
    missing, damaged, foreign, link, end = answer.err.splitlines()
    assert missing == f"{DAY / '00001.png'}: the frame is missing"
    assert damaged.startswith(f"{DAY / '00002.png'}: damaged frame (")
    assert foreign == f"{NIGHT / '00001.png'}: foreign frame (made for another place (('night', 2)))"
    assert link == f"{NIGHT / '00002.png'}: damaged frame (it is a symbolic link)"
    assert end == f"{OUT}: 4 of 7 frames are not as recorded; render again to make them anew"
    found = json.loads(command("verify", OUT, "--json").out)
    assert [problem["state"] for problem in found["problems"]] == ["missing", "damaged", "foreign", "damaged"]
    assert " 4 drawn" in command("render", "film.yaml").out
    assert digests(OUT) == rendered
    assert {path: path.stat().st_ino for path in untouched} == untouched
    assert command("verify", OUT).code == 0


def test_verify_tells_a_frame_of_another_version(command, rendered, edit) -> None:
    edit(("snow", "rain"))
    command("render", "film.yaml", "--frames", ":3")
    answer = command("verify", OUT)
    assert answer.code == 4
    assert f"{DAY / '00003.png'}: foreign frame (made as " in answer.err
    assert answer.err.splitlines()[-1].startswith(f"{OUT}: 2 of 7 frames are not as recorded; ")


def test_clean_removes_takes_only_and_only_when_told(command, rendered, edit) -> None:
    edit(("snow", "rain"), ("frames: 4", "frames: 3"))
    command("render", "film.yaml")
    takes = sorted((OUT / "takes").rglob("*.png"))
    assert len(takes) == 2
    before = digests(OUT)
    answer = command("clean", OUT)
    assert answer.out.startswith(f"{OUT}: 3 of 3 spare frames (")  # two takes, and the frame past the end
    assert answer.out.endswith(" MB) would be removed; add --yes to do it\n")
    assert digests(OUT) == before
    os.utime(takes[0], (0, 0))
    assert json.loads(command("clean", OUT, "--older-than", "7d", "--json").out)["chosen"] == 1
    assert command("clean", OUT, "--older-than", "1d", "--yes").code == 0
    assert not takes[0].exists() and takes[1].exists()
    assert command("clean", OUT, "--yes").out.startswith(f"{OUT}: 2 of 2 spare frames (")
    assert not (DAY / "00003.png").exists()
    assert list((OUT / "takes").rglob("*.png")) == []
    assert command("verify", OUT).code == 0
    assert " 0 drawn" in command("render", "film.yaml").out


@pytest.mark.parametrize("options", [("--older-than", "soon"), ("--keep-size", "-1"), ("--keep-size", "2X")])
def test_amounts_that_are_none(command, rendered, options) -> None:
    answer = command("clean", OUT, *options)
    assert answer.code == 2
    assert f"{options[0]} {options[1]}: is no amount; write it as" in answer.err


def test_the_oldest_go_until_the_rest_fits() -> None:
    found = [Spare(Path(str(age)), 100, 1000.0 - age) for age in (300, 200, 100, 0)]

    def ages(**limits) -> list[str]:
        return [str(spare.path) for spare in chosen(found, now=1000.0, **limits)]

    assert ages() == ["300", "200", "100", "0"]
    assert ages(keep_bytes=250) == ["300", "200"]
    assert ages(keep_bytes=400) == []
    assert ages(older_than=150) == ["300", "200"]
    assert ages(older_than=250, keep_bytes=0) == ["300"]
    discard([])


def test_a_frame_says_which_file_made_it(command, rendered, film_file: Path, edit) -> None:
    text = film_file.read_text()
    edit(("snow", "rain"))
    for place in (DAY / "00001.png", OUT / "film.mp4", OUT):
        assert command("show", place).out == text
    answer = command("show", DAY / "00001.png")
    assert answer.err.startswith(f"{DAY / '00001.png'}: made with preset ")
    command("render", "film.yaml", "--seed", "9", "--set", "look.steps=3")
    answer = command("show", DAY / "00001.png")
    assert answer.out == film_file.read_text()
    assert answer.err.rstrip().endswith(" and --set look.steps=3 --set seed=9")
    said = json.loads(command("show", OUT, "--json").out)
    assert said["settings"] == ["look.steps=3", "seed=9"]
    assert "models:" in said["preset_text"]


def test_what_was_never_a_frame_shows_nothing(command, rendered) -> None:
    Path("x.png").write_bytes(b"no")
    assert command("show", "x.png").code == 4
    assert command("show", "y.png").code == 4
