"""Films whose shots start from a picture and keep part of it, from the keyframe file to the stored frames."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.errors import PictureError
from pipeline.explain import explain, follow_value
from pipeline.preview import preview
from pipeline.render import render
from pipeline.schedule import study
from pipeline.store import FrameStore
from pipeline.types import Film

MASKED = "init: {image: start.png, mask: mask.png, skip: 0.5, scale: 50, frames_scale: 20}\n"


@pytest.fixture
def started(film_of: Callable[..., Film], tiny_text: str, tiny_engine, tmp_path: Path) -> Callable[[int], Film]:
    """Return a function that loads the tiny film with a picture of a given grey, of which the left half is kept."""
    mask = np.zeros((32, 32, 3), np.uint8)
    mask[:, 16:] = 255
    cv2.imwrite(str(tmp_path / "mask.png"), mask)

    def load(grey: int) -> Film:
        cv2.imwrite(str(tmp_path / "start.png"), np.full((32, 32, 3), grey, np.uint8))
        return film_of(tiny_text + MASKED)

    return load


def drawn(film: Film, out: Path, **options) -> list[int]:
    numbers: list[int] = []
    render(film, out, watch=lambda now: numbers.append(now.number) if now.doing == "stored" else None, **options)
    return numbers


def test_every_frame_keeps_what_is_kept_and_a_stop_changes_nothing(started, tmp_path: Path) -> None:
    film, whole, parts = started(90), tmp_path / "whole", tmp_path / "parts"
    assert drawn(film, whole) == [0, 1, 2, 3, 4, 5]
    assert drawn(film, parts, frames=range(2)) == [0, 1]
    assert drawn(film, parts) == [2, 3, 4, 5]
    for frame in range(6):
        pixels = FrameStore(whole).read("tiny", frame).pixels
        assert (pixels[:, :16] == 90).all()
        assert pixels[:, 16:].std() > 1
        assert np.array_equal(FrameStore(parts).read("tiny", frame).pixels, pixels)


def test_another_picture_under_the_same_name_draws_all_frames_anew(started, tmp_path: Path) -> None:
    drawn(started(90), tmp_path / "out")
    assert drawn(started(90), tmp_path / "out") == []
    assert drawn(started(91), tmp_path / "out") == [0, 1, 2, 3, 4, 5]


def test_a_picture_that_changes_after_the_film_was_read_stops_it(started, tmp_path: Path) -> None:
    film = started(90)
    started(91)
    with pytest.raises(PictureError, match="is not the picture the film was planned with"):
        render(film, tmp_path / "out")


def test_a_still_of_a_later_frame_keeps_what_is_kept(started) -> None:
    assert (preview(started(90), 3).pixels[:, :16] == 90).all()


def test_what_init_says_is_explained(started, tmp_path: Path) -> None:
    started(90)
    reading = study(tmp_path / "tiny.yaml")
    facts = {fact.name: fact for fact in explain(reading, 0)}
    line = len((tmp_path / "tiny.yaml").read_text().splitlines())
    assert (facts["init.image"].value, facts["init.image"].mark.line) == ("start.png", line)
    assert facts["init.mask"].value == "mask.png"
    assert (facts["init.skip"].value, facts["init.scale"].value, facts["init.perlin"].value) == (0.5, 50, "off")
    assert [row.value for row in follow_value(reading, "init.frames_scale")] == [20] * 6


def test_explain_tells_that_a_first_frame_starts_from_a_picture(started, command, tmp_path: Path) -> None:
    started(90)
    answer = command("explain", tmp_path / "tiny.yaml")
    assert "a shot has no camera move; this one starts from a picture, as init says" in answer.out
    assert "is drawn from noise" not in answer.out
