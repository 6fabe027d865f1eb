"""Files to begin with: each is commented, is a film as it stands, and replaces none that is there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline import load
from pipeline.starters import KINDS


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "video"])
def test_each_kind_is_a_film_without_a_warning(command, inside: Path, kind: str) -> None:
    answer = command("new", "harbour", "--kind", kind)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == "harbour.yaml: a film to begin with; next: pipeline animatic harbour.yaml\n"
    answer = command("check", "harbour.yaml")
    assert (answer.code, answer.err) == (0, "")
    film = load(inside / "harbour.yaml")
    assert film.notices == ()
    assert film.n_frames >= 72
    assert film.shots[0].plans[20].camera is not None
    assert (inside / "harbour.yaml").read_text(encoding="utf-8").count("#") > 8


def test_a_song_is_followed(command, inside: Path, write_sound) -> None:
    (inside / "a").mkdir()
    write_sound(inside / "song one.wav", [[0.3 * (n % 4000 < 300)] for n in range(8000 * 6)], 8000)
    assert command("new", "a/sea.yaml", "--kind", "music", "--music", "song one.wav").code == 0
    film = load(inside / "a" / "sea.yaml")
    assert film.n_frames == 72
    assert film.music is not None


def test_a_clip_is_painted_over(command, inside: Path, write_film) -> None:
    (inside / "a").mkdir()
    pictures = [np.full((16, 16, 3), 9 * n, np.uint8) for n in range(20)]
    write_film(inside / "my clip: one.mp4", pictures, "10", "-pix_fmt", "yuv420p")
    assert command("new", "a/sea", "--kind", "video", "--source", "my clip: one.mp4").code == 0
    answer = command("check", "a/sea.yaml")
    assert (answer.code, answer.err) == (0, "")
    film = load(inside / "a" / "sea.yaml")
    assert (film.notices, film.n_frames, film.fps) == ((), 20, 10)
    second, later = film.shots[0].plans[1].footage, film.shots[0].plans[12].footage
    assert second is not None and later is not None
    assert (second.index, second.after) == (1, "flow")
    assert second.blend != later.blend
    assert (inside / "a" / "sea.yaml").read_text(encoding="utf-8").count("#") > 8


@pytest.mark.parametrize("name", ['it "is": #1', "été", "a: b", "- x", "null", "{x}"])
def test_any_name_is_a_title(command, inside: Path, name: str) -> None:
    assert command("new", "--", name).code == 0
    (path,) = inside.glob("*.yaml")
    assert load(path).title == name


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("new", "there"), "there.yaml: is there already; choose another name"),
        (("new", "film", "--kind", "4d"), "--kind 4d: there is no such word"),
        (("new", "film", "--music", "song.mp3"), "is for --kind music"),
        (("new", "film", "--kind", "music", "--music", "gone.mp3"), "--music gone.mp3: there is no such file"),
        (("new", "film", "--source", "there.yaml"), "--source there.yaml: is for --kind video"),
        (("new", "film", "--kind", "video"), "--kind video: paints over a video; write --source CLIP too"),
        (("new", "film", "--kind", "video", "--source", "gone.mp4"), "--source gone.mp4: there is no such file"),
        (("new", "there.yaml/film"), "cannot be written"),
    ],
)
def test_what_cannot_be_is_told(command, inside: Path, words: tuple[str, ...], wanted: str) -> None:
    (inside / "there.yaml").write_text("prompts: mine\n")
    answer = command(*words)
    assert answer.code == 2
    assert wanted in answer.err
    assert (inside / "there.yaml").read_text() == "prompts: mine\n"
    assert not (inside / "film.yaml").exists()
