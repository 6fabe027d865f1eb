from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import KeyframeError
from pipeline.types import Film

PICTURE = Path(__file__).resolve().parents[3] / "keyframes" / "lighthouse.png"
DIGEST = hashlib.sha256(PICTURE.read_bytes()).hexdigest()
ReadFilm = Callable[..., Film]


def test_a_picture_is_named_by_its_digest(read_film: ReadFilm, tmp_path: Path) -> None:
    (tmp_path / "moods").mkdir()
    shutil.copy(PICTURE, tmp_path / "moods" / "sea.png")
    film = read_film("frames: 2\nprompts: [{image: moods/sea.png, weight: 0.5}, a tree]\nprompt_prefix: p")
    prompts = film.shots[0].plans[1].prompts
    assert [(one.text, one.image, one.weight) for one in prompts] == [("", DIGEST, 0.5), ("p a tree", "", 1)]
    (file,) = film.pictures
    assert (file.digest, Path(file.path).name) == (DIGEST, "sea.png")


def test_a_path_starts_from_the_film_and_not_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.schedule import load

    folder = tmp_path / "films"
    folder.mkdir()
    shutil.copy(PICTURE, folder / "sea.png")
    (folder / "film.yaml").write_text("frames: 1\nprompts: {image: sea.png}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load("films/film.yaml", config=Path(__file__).parents[1] / "plain.yaml").pictures[0].digest == DIGEST


def test_one_picture_under_two_names_is_one(read_film: ReadFilm, tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        shutil.copy(PICTURE, tmp_path / name)
    film = read_film("frames: 1\nprompts: [{image: a.png}, {image: b.png}]")
    assert [(one.image, one.weight) for one in film.shots[0].plans[0].prompts] == [(DIGEST, 2)]
    assert len(film.pictures) == 1


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("{image: none.png}", "film.yaml:2:19: there is no picture 'none.png'; give a path from the keyframe file's"),
        ("{image: .}", "film.yaml:2:19: there is no picture '.'; "),
        ("{image: /dev/zero}", "film.yaml:2:19: there is no picture '/dev/zero'; "),
        ("{image: film.yaml}", "film.yaml:2:19: 'film.yaml' is no picture that can be read; give a PNG, JPEG or WebP "),
        ("{image: }", "film.yaml:2:18: an image wants the path of a picture (found nothing); write image: mood.png"),
        ("{image: [a]}", "film.yaml:2:19: an image wants the path of a picture (found a list); write image: mood.png"),
        ("{image: a.png, text: b}", "film.yaml:2:11: a prompt has both a text and an image; write two prompts"),
    ],
)
def test_mistakes_are_placed_and_explained(read_film: ReadFilm, prompt: str, message: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        read_film(f"frames: 1\nprompts: [{prompt}]".replace("prompts: [", "prompts: ["))
    assert str(caught.value).startswith(message)


def test_a_picture_that_is_too_large_is_refused(
    read_film: ReadFilm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.schedule.pictures.picture.MAX_BYTES", 100)
    shutil.copy(PICTURE, tmp_path / "a.png")
    with pytest.raises(KeyframeError, match="the picture is larger than 0 MiB; make it smaller"):
        read_film("frames: 1\nprompts: {image: a.png}")
