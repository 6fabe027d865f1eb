"""The running picture and pictures of chosen steps: what is shown, how often, and that no fault stops a render."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

import cv2
import numpy as np
import pytest
import torch

from pipeline.errors import StoreError, UsageError
from pipeline.preview import LivePicture, Partials, read_partials
from pipeline.preview import watching as module
from pipeline.render import render
from pipeline.sample.draw import DrawStep
from pipeline.types import Film, FramePlan


@pytest.fixture
def plan(film_of: Callable[..., Film]) -> FramePlan:
    return film_of().shots[0].plans[0]


def step(index: int, level: float, n_steps: int = 10) -> DrawStep:
    return DrawStep(index, n_steps, torch.zeros(1, 3, 4, 6), torch.full((1, 3, 4, 6), level))


def read(path: Path) -> np.ndarray:
    return cv2.imread(str(path))


def test_the_last_picture_is_in_the_file_when_all_is_done(tmp_path, plan, monkeypatch) -> None:
    written: list[int] = []
    true = module.refresh
    monkeypatch.setattr(
        module, "refresh", lambda path, picture: (written.append(int(picture[0, 0, 0])), true(path, picture))
    )
    with LivePicture(tmp_path / "now.png", pytest.fail) as live:
        for index in range(10):
            live(plan, step(index, -1 + index / 5))
    assert written == [0, 230]  # the first, and by its end the last; those between came too soon
    assert read(tmp_path / "now.png")[0, 0].tolist() == [230, 230, 230]


def test_a_picture_comes_when_it_is_time(tmp_path, plan, monkeypatch) -> None:
    monkeypatch.setattr(module, "PERIOD_S", 0.05)
    path, seen = tmp_path / "now.png", []
    with LivePicture(path, pytest.fail) as live:
        for index in range(3):
            live(plan, step(index, index / 2))
            patience = time.monotonic() + 30  # a busy machine writes late
            while (not path.exists() or read(path)[0, 0, 0] in seen) and time.monotonic() < patience:
                time.sleep(0.01)
            seen.append(int(read(path)[0, 0, 0]))
            time.sleep(0.1)  # until it is time again
    assert seen == [128, 191, 255]


def test_a_full_disk_is_told_once_and_stops_nothing(tmp_path, plan, monkeypatch) -> None:
    def full(path: Path, picture: np.ndarray) -> None:
        raise StoreError(f"{path}: no space left on the disk")

    told: list[str] = []
    monkeypatch.setattr(module, "refresh", full)
    monkeypatch.setattr(module, "PERIOD_S", 0.0)
    with LivePicture(tmp_path / "now.png", told.append) as live:
        for index in range(5):
            live(plan, step(index, 0.0))
            time.sleep(0.02)
    assert told == [f"--live {tmp_path / 'now.png'}: no space left on the disk; the render goes on without"]


def test_a_disk_that_hangs_holds_nothing_up(tmp_path, plan, monkeypatch) -> None:
    release = Event()
    monkeypatch.setattr(module, "refresh", lambda path, picture: release.wait(10))
    monkeypatch.setattr(module, "PERIOD_S", 0.0)
    monkeypatch.setattr(module, "PATIENCE_S", 0.1)
    started = time.monotonic()
    with LivePicture(tmp_path / "now.png", pytest.fail) as live:
        for index in range(10):
            live(plan, step(index, 0.0))
    assert time.monotonic() - started < 3
    release.set()


def test_a_name_that_is_no_pictures_is_refused_at_once(tmp_path) -> None:
    with pytest.raises(UsageError, match=r"--live .*now\.gif: the name ends in none of"):
        LivePicture(tmp_path / "now.gif", pytest.fail)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1", {5}),
        ("3", {3, 5, 8}),
        ("0.2,.55", {2, 6}),
        ("3, 8", {3, 8}),
        ("0.5,1,9,10,40", {5, 1, 9}),
        ("0.5", {5}),
        ("100", set(range(1, 10))),
    ],
)
def test_a_count_or_a_list_names_steps(text, wanted) -> None:
    assert read_partials(text).numbers(10) == wanted


@pytest.mark.parametrize("text", ["", "0", "-1", "1.5", "a", "3,,4", "0.0", "2000", "1e3", "0x3", "1," * 2000])
def test_what_is_no_list_of_steps_is_refused(text) -> None:
    with pytest.raises(UsageError, match="--partials"):
        read_partials(text)


def test_partials_are_stored_and_change_no_frame(tiny_film, tmp_path) -> None:
    render(tiny_film, tmp_path / "plain")
    out = tmp_path / "out"
    render(tiny_film, out, see=Partials(shares=(0.5,)).keeper(out))
    names = sorted(path.name for path in (out / "partials" / "tiny").iterdir())
    assert names == ["00000-002.png", *(f"{number:05d}-001.png" for number in range(1, 6))]
    for path in sorted((out / "frames" / "tiny").iterdir()):
        assert path.read_bytes() == (tmp_path / "plain" / "frames" / "tiny" / path.name).read_bytes()
    finished = read(out / "frames" / "tiny" / "00000.png").astype(int)
    assert read(out / "partials" / "tiny" / "00000-002.png").shape == finished.shape
