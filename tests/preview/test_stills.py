"""Stills and sheets: a still is the frame's own picture, and a sheet shows what was really there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.errors import StoreError, UsageError
from pipeline.preview import (
    SHEET_PERCENT,
    contact_sheet,
    drawn_of,
    film_sheet,
    plan_of,
    preview,
    save_picture,
    steps_sheet,
    still,
)
from pipeline.render import render
from pipeline.store import FrameStore
from pipeline.types import Film


def test_the_first_frames_still_is_the_frame_of_the_film(tiny_film: Film, tmp_path: Path) -> None:
    render(tiny_film, tmp_path / "out", frames=range(1))
    assert np.array_equal(preview(tiny_film, 0).pixels, FrameStore(tmp_path / "out").read("tiny", 0).pixels)


def test_a_later_frames_still_has_its_own_prompts_and_noise(film_of, tiny_film: Film, tiny_text: str) -> None:
    stills = [preview(tiny_film, number).pixels for number in (1, 2, 4)]
    assert not any(np.array_equal(stills[a], stills[b]) for a, b in ((0, 1), (0, 2), (1, 2)))
    edited = film_of(tiny_text.replace("3: snow", "3: rain"))
    assert np.array_equal(preview(edited, 2).pixels, stills[1])
    assert not np.array_equal(preview(edited, 4).pixels, stills[2])


def test_a_still_is_drawn_by_itself(tiny_film: Film, tiny_engine, monkeypatch) -> None:
    seen = []
    draw = type(tiny_engine.easel).draw
    monkeypatch.setattr(
        type(tiny_engine.easel),
        "draw",
        lambda easel, plan, start, **named: seen.append((plan, start)) or draw(easel, plan, start, **named),
    )
    preview(tiny_film, 2)
    ((plan, start),) = seen
    assert start is None
    assert plan.camera is None
    assert (plan.frame, plan.seed, plan.prompts) == (2, 3, tiny_film.shots[0].plans[2].prompts)


def test_values_that_follow_the_denoising_reach_back_to_the_noise(film_of, tiny_text: str, tiny_engine) -> None:
    """A frame that starts from the one before it has values for the last steps only; its still takes all steps."""
    look = "look: {steps: 4, skip: 0.5, guidance_scale: 'where(p < 0.8, 300 + t, 50)'"
    film = film_of(tiny_text.replace("look: {steps: 4, skip: 0.5", look))
    first, second = film.shots[0].plans[0], film.shots[0].plans[2]
    assert first.look.guidance_scale == (300.0, 300.0, 300.0, 50.0)
    assert second.look.guidance_scale == (302.0, 50.0)
    assert still(first) == first
    assert still(second).look.guidance_scale == (302.0, 302.0, 302.0, 50.0)
    assert still(second).look.eta == second.look.eta
    weights = (("a", (0.5, 2.0)), ("b", (3.0,)))
    weighed = replace(second, look=replace(second.look, clip_weights=weights))
    assert still(weighed).look.clip_weights == (("a", (0.5, 0.5, 0.5, 2.0)), ("b", (3.0,)))
    assert len(preview(film, 2).stages) == len(SHEET_PERCENT)


def test_frames_are_counted_over_all_shots(film_of: Callable[..., Film], tiny_text: str) -> None:
    shots = "shots: [{name: a, frames: 3}, {name: b, frames: 2, prompts: a dark house}]\n"
    film = film_of(tiny_text.replace("frames: 6\n", shots).replace("  3: snow on a hill\n", ""))
    places = [(plan.shot, plan.frame) for plan in (plan_of(film, number) for number in range(5))]
    assert places == [("a", 0), ("a", 1), ("a", 2), ("b", 0), ("b", 1)]


@pytest.mark.parametrize("number", [-1, 6, 10**9])
def test_a_frame_the_film_does_not_have(tiny_film: Film, tiny_engine, number: int) -> None:
    with pytest.raises(UsageError, match=rf"--frame {number}: .*tiny\.yaml has frames 0 to 5; choose one of them"):
        preview(tiny_film, number)
    assert tiny_engine.asked == []


def test_the_stages_go_from_noise_to_the_picture(tiny_film: Film) -> None:
    steps = []
    shown = preview(tiny_film, 0, watch=lambda step, n_steps: steps.append((step, n_steps)))
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert len(shown.stages) == len(SHEET_PERCENT) == 6
    assert np.array_equal(shown.stages[-1].noisy, shown.pixels)
    assert np.array_equal(shown.stages[0].noisy, shown.stages[1].noisy)  # 0 and 10 per cent of four steps
    distances = [np.abs(stage.noisy.astype(int) - shown.pixels).mean() for stage in shown.stages]
    assert min(distances[:5]) > 0
    sheet = steps_sheet(shown)
    assert sheet.shape == (2 * (32 * 2 + 4), 6 * (32 * 2 + 4), 3)
    last = sheet[68 : 68 + 64 : 2, 5 * 68 : 5 * 68 + 64 : 2]
    assert np.array_equal(last, shown.pixels)
    assert np.array_equal(sheet[68 : 68 + 64 : 2, 0:64:2], shown.stages[0].seen)


def test_pictures_lie_side_by_side_with_a_margin() -> None:
    pictures = [np.full((2, 3, 3), level, np.uint8) for level in (10, 200)]
    sheet = contact_sheet(pictures, enlarge=2, gap=1)
    assert sheet.shape == (5, 14, 3)
    assert sheet[0, :, 0].tolist() == [10] * 6 + [255] + [200] * 6 + [255]
    assert sheet[4].min() == 255


def test_a_films_sheet_goes_from_the_first_frame_to_the_last(tiny_film: Film, tmp_path: Path) -> None:
    render(tiny_film, tmp_path / "out")
    store = FrameStore(tmp_path / "out")
    sheet = film_sheet(tmp_path / "out", count=3, columns=2)
    assert sheet.shape == (72, 72, 3)
    for (row, column), number in {(0, 0): 0, (0, 1): 2, (1, 0): 5}.items():
        place = sheet[36 * row : 36 * row + 32, 36 * column : 36 * column + 32]
        assert np.array_equal(place, store.read("tiny", number).pixels), number
    assert sheet[36:, 36:].min() == 255
    assert film_sheet(tmp_path / "out", count=99, columns=99).shape == (36, 6 * 36, 3)


def test_a_sheet_shows_frames_as_a_network_enlarges_them(tiny_film: Film, tmp_path: Path) -> None:
    def in_four(pixels: np.ndarray) -> np.ndarray:  # upper left darker than lower right
        shade = np.kron(np.ones((32, 32)), [[0, 10], [20, 30]])[..., None]
        return np.clip(pixels.repeat(2, 0).repeat(2, 1) // 2 + shade, 0, 255).astype(np.uint8)

    render(tiny_film, tmp_path / "out")
    stored = FrameStore(tmp_path / "out").read("tiny", 0).pixels
    for enlarge, expected in (
        (1, stored // 2 + 15),
        (2, in_four(stored)),
        (4, in_four(stored).repeat(2, axis=0).repeat(2, axis=1)),
    ):
        sheet = film_sheet(tmp_path / "out", count=2, enlarge=enlarge, enlarged=in_four)
        assert sheet.shape == (32 * enlarge + 4, 2 * (32 * enlarge + 4), 3)
        assert np.array_equal(sheet[: 32 * enlarge, : 32 * enlarge], expected)


def test_a_sheet_of_a_film_in_the_making_shows_what_is_drawn(tiny_film: Film, tmp_path: Path) -> None:
    """From the first to the last of the frames that are there, wherever one is missing."""
    out = tmp_path / "out"
    render(tiny_film, out)
    store = FrameStore(out)
    last = store.read("tiny", 3).pixels
    for number in (1, 4, 5):
        (out / f"frames/tiny/{number:05d}.png").unlink()
    assert drawn_of(out) == ([("tiny", 0), ("tiny", 2), ("tiny", 3)], 6)
    sheet = film_sheet(out, count=2, columns=2)
    assert sheet.shape == (36, 72, 3)
    assert np.array_equal(sheet[:32, 36:68], last)
    for number in (0, 2, 3):
        (out / f"frames/tiny/{number:05d}.png").unlink()
    with pytest.raises(StoreError, match="none of the film's frames is there; render it"):
        film_sheet(out)


def test_a_sheet_names_the_frame_that_is_not_right(film_of, tiny_film: Film, tiny_text: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(StoreError, match="no film is recorded here"):
        film_sheet(out)
    render(tiny_film, out)
    damaged = out / "frames/tiny/00005.png"
    damaged.write_bytes(damaged.read_bytes()[:200])
    with pytest.raises(StoreError, match=r"00005\.png"):
        film_sheet(out)
    render(tiny_film, out)
    render(film_of(tiny_text.replace("size: 32x32", "size: 64x32")), out, frames=range(2))
    with pytest.raises(StoreError, match=r"00002\.png: the frame has another size than the film; render it again"):
        film_sheet(out, count=3)


def test_a_picture_is_saved_as_it_is(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (4, 7, 3), dtype=np.uint8)
    path = tmp_path / "deep" / "picture.png"
    save_picture(pixels, path)
    assert np.array_equal(cv2.imread(str(path))[..., ::-1], pixels)
    (tmp_path / "file").touch()
    with pytest.raises(StoreError):
        save_picture(pixels, tmp_path / "file" / "picture.png")
