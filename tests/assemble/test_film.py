"""A film is made of exactly the recorded frames, or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.assemble import assemble
from pipeline.errors import AssembleError, StoreError
from pipeline.store import DamagedFrame, FrameStore, write_film_record
from pipeline.types import Film, Frame, Size

GREYS = [20, 60, 100, 140, 180]


def at(folder: Path, shot: str, frame: int) -> Path:
    return folder / "frames" / shot / f"{frame:05d}.png"


def test_shots_in_recorded_order(folder: Path, decoded: Callable[[Path], list[np.ndarray]]) -> None:
    film = assemble(folder)
    assert film == folder / "tiny film.mp4"
    assert [round(float(frame.mean()) / 20) * 20 for frame in decoded(film)] == GREYS
    assert sorted(os.listdir(folder)) == ["film.json", "frames", "tiny film.mp4"]


def test_another_place(folder: Path, tmp_path: Path) -> None:
    assert assemble(folder, out=tmp_path / "other.mp4") == tmp_path / "other.mp4"
    assert (tmp_path / "other.mp4").stat().st_size > 500
    assert not (folder / "tiny film.mp4").exists()


def test_again_is_identical_and_elsewhere_too(folder: Path, tmp_path: Path) -> None:
    first = assemble(folder).read_bytes()
    assert assemble(folder).read_bytes() == first
    shutil.copytree(folder, tmp_path / "copy")
    assert assemble(tmp_path / "copy").read_bytes() == first


def test_frames_past_the_end_are_left_alone(
    folder: Path, film: Film, decoded: Callable[[Path], list[np.ndarray]]
) -> None:
    shorter = replace(film, shots=(replace(film.shots[0], plans=film.shots[0].plans[:2]), film.shots[1]))
    write_film_record(folder, shorter)
    assert [round(float(frame.mean()) / 20) * 20 for frame in decoded(assemble(folder))] == [20, 60, 140, 180]
    assert at(folder, "b-first", 2).exists()


def test_missing_frames_are_named_before_the_work_begins(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at(folder, "b-first", 2).unlink()
    at(folder, "a.second", 0).unlink()
    monkeypatch.setattr("subprocess.Popen", None)
    with pytest.raises(AssembleError, match=r"b-first/00002\.png: the frame is missing \(2 of 5 frames are\); render"):
        assemble(folder)


@pytest.mark.goal("R21")
@pytest.mark.parametrize("frame", [0, 1])
def test_damaged_frames_are_named_and_the_old_film_stays(folder: Path, frame: int) -> None:
    old = assemble(folder).read_bytes()
    path = at(folder, "a.second", frame)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)
    with pytest.raises(DamagedFrame, match=rf"a\.second/0000{frame}\.png: damaged frame"):
        assemble(folder)
    assert (folder / "tiny film.mp4").read_bytes() == old
    assert sorted(os.listdir(folder)) == ["film.json", "frames", "tiny film.mp4"]


def test_dangling_link_is_named(folder: Path) -> None:
    at(folder, "b-first", 1).unlink()
    at(folder, "b-first", 1).symlink_to("nowhere")
    with pytest.raises(DamagedFrame, match=r"00001\.png: damaged frame \(it is a symbolic link"):
        assemble(folder)


def test_frame_of_another_version_is_named(folder: Path) -> None:
    store = FrameStore(folder)
    stored = store.read("b-first", 1)
    other = json.loads(stored.facts["plan"])
    assert (other["shot"], other["frame"]) == ("b-first", 1)
    old = Frame(stored.pixels, "07" * 32)

    class Plan:
        shot, frame = "b-first", 1

        def canonical(self) -> str:
            return stored.facts["plan"]

    store.put(old, Plan(), {})  # type: ignore[arg-type]
    with pytest.raises(AssembleError, match=r"00001\.png: the frame is of another version of the film \(made as 0707"):
        assemble(folder)


@pytest.mark.parametrize("other", [("b-first", 0), ("a.second", 1)])
def test_frame_from_another_place_is_named_even_without_keys(folder: Path, film: Film, other: tuple[str, int]) -> None:
    write_film_record(folder, film)
    shutil.copyfile(at(folder, *other), at(folder, "b-first", 1))
    with pytest.raises(AssembleError, match=r"00001\.png: the frame was made for another place"):
        assemble(folder)


def test_frame_of_another_size_is_named(folder: Path, film: Film) -> None:
    write_film_record(folder, replace(film, size=Size(48, 32)))
    with pytest.raises(AssembleError, match=r"00000\.png: the frame is 32x48, the film 48x32"):
        assemble(folder)


def test_film_without_frames(folder: Path, film: Film) -> None:
    write_film_record(folder, replace(film, shots=()))
    with pytest.raises(AssembleError, match="at least one frame"):
        assemble(folder)
    assert not (folder / "tiny film.mp4").exists()


def test_folder_without_a_record(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no film is recorded here"):
        assemble(tmp_path)
