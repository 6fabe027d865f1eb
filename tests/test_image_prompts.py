"""Films whose prompts are pictures, or on their way from one thing to another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.errors import PictureError, UsageError
from pipeline.preview import preview
from pipeline.render import render
from pipeline.store import FrameStore
from pipeline.types import Blend, Film, PictureFile, WeightedPrompt


@pytest.fixture
def picture(tmp_path: Path) -> PictureFile:
    """A picture of broad patches, not square."""
    pixels = np.random.default_rng(8).integers(0, 256, (3, 5, 3), dtype=np.uint8).repeat(9, axis=0).repeat(9, axis=1)
    path = tmp_path / "patches.png"
    cv2.imwrite(str(path), pixels)
    return PictureFile(sha256(path.read_bytes()).hexdigest(), str(path))


def prompted(film: Film, prompt: Callable[[int], WeightedPrompt], *pictures: PictureFile) -> Film:
    """Return the film with one prompt for each frame in place of its own."""
    (shot,) = film.shots
    plans = tuple(replace(plan, prompts=(prompt(plan.frame),)) for plan in shot.plans)
    return replace(film, shots=(replace(shot, plans=plans),), pictures=pictures)


@pytest.fixture
def at_picture(tiny_film: Film, picture: PictureFile) -> Film:
    """The tiny film, all of it drawn to the picture."""
    return prompted(tiny_film, lambda frame: WeightedPrompt("", 1.0, image=picture.digest), picture)


@pytest.fixture
def towards_picture(tiny_film: Film, picture: PictureFile) -> Film:
    """The tiny film, going from a text to the picture."""

    def prompt(frame: int) -> WeightedPrompt:
        return WeightedPrompt("a red fox", 1.0, blend=Blend("", picture.digest, frame / 5))

    return prompted(tiny_film, prompt, picture)


def frames(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.glob("frames/*/*.png"))]


@pytest.mark.parametrize("kind", ["at_picture", "towards_picture"])
def test_a_render_that_was_stopped_ends_in_the_same_bytes(request, kind, tiny_engine, make_easel, tmp_path) -> None:
    film = request.getfixturevalue(kind)
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert render(film, whole) == whole / "tiny.mp4"
    tiny_engine.easel = make_easel(8)
    assert render(film, parts, frames=range(3)) is None
    assert render(film, parts) == parts / "tiny.mp4"
    assert len(frames(whole)) == 6
    assert frames(parts) == frames(whole)


def test_a_picture_draws_another_film_than_a_text(at_picture: Film, tiny_film: Film, tmp_path) -> None:
    for film, name in ((at_picture, "picture"), (tiny_film, "text")):
        render(film, tmp_path / name, frames=range(2))
    pairs = zip(*(frames(tmp_path / name) for name in ("picture", "text")), strict=True)
    assert all(one != other for one, other in pairs)


def test_a_share_that_moves_draws_from_there_on(towards_picture: Film, tmp_path) -> None:
    (shot,), drawn = towards_picture.shots, []
    render(towards_picture, tmp_path / "out")
    prompt = shot.plans[4].prompts[0]
    assert prompt.blend is not None
    moved = replace(shot.plans[4], prompts=(replace(prompt, blend=replace(prompt.blend, share=0.81)),))
    edited = replace(towards_picture, shots=(replace(shot, plans=(*shot.plans[:4], moved, shot.plans[5])),))
    render(edited, tmp_path / "out", watch=lambda now: drawn.append(now.number) if now.doing == "stored" else None)
    assert drawn == [4, 5]


def test_a_picture_that_moves_house_draws_nothing(
    at_picture: Film, picture: PictureFile, tiny_engine, tmp_path
) -> None:
    render(at_picture, tmp_path / "out")
    Path(picture.path).unlink()
    moved = replace(at_picture, pictures=(replace(picture, path=str(tmp_path / "elsewhere.png")),))
    assert render(moved, tmp_path / "out") == tmp_path / "out" / "tiny.mp4"
    assert len(tiny_engine.asked) == 1


def change(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"more")


@pytest.mark.parametrize(
    ("harm", "told"), [(Path.unlink, "cannot be read"), (change, "is not the picture the film was planned with")]
)
def test_a_picture_that_is_gone_or_another_stops_the_film(at_picture: Film, picture, tmp_path, harm, told) -> None:
    harm(Path(picture.path))
    for make in (lambda: render(at_picture, tmp_path / "out"), lambda: preview(at_picture, 0)):
        with pytest.raises(PictureError, match=rf"^{picture.path}: {told}"):
            make()
    assert frames(tmp_path / "out") == []


def test_a_picture_the_film_does_not_list(at_picture: Film, picture: PictureFile, tmp_path) -> None:
    with pytest.raises(UsageError, match=rf"^picture {picture.digest}: no file is known"):
        render(replace(at_picture, pictures=()), tmp_path / "out")


def test_the_first_frames_still_is_the_frame_of_the_film(towards_picture: Film, tmp_path) -> None:
    render(towards_picture, tmp_path / "out", frames=range(1))
    stored = FrameStore(tmp_path / "out").read("tiny", 0).pixels
    assert np.array_equal(preview(towards_picture, 0).pixels, stored)
