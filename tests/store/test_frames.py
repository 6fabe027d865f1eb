"""Frames are found by key, replaced when they are not what is wanted, and read back once written."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import StoreError
from pipeline.store import frames as frames_module
from pipeline.store.frames import FrameStore, State
from pipeline.types import Frame, FramePlan

KEY, OTHER = "5e" * 32, "07" * 32


@pytest.fixture
def store(tmp_path: Path) -> FrameStore:
    return FrameStore(tmp_path / "film")


def test_path_is_pinned(store: FrameStore) -> None:
    assert store.path("one", 12) == store.root / "frames" / "one" / "00012.png"
    assert store.path("one", 123456).name == "123456.png"


def test_put_then_look_up(store: FrameStore, plan: FramePlan, pixels: np.ndarray) -> None:
    assert store.find("one", 12, KEY).state is State.MISSING
    put = store.put(Frame(pixels, KEY), plan, {"torch": "2"})
    found = store.look_up("one", 12, KEY)
    assert found is not None
    for frame in (put, found):
        assert frame.key == KEY
        assert (frame.pixels == pixels).all()
    assert store.find("one", 12, KEY).state is State.VALID
    assert store.look_up("one", 11, KEY) is None
    assert store.look_up("two", 12, KEY) is None
    assert store.read("one", 12).facts == {"torch": "2", "plan": plan.canonical()}


def test_put_returns_the_disk_s_pixels_not_its_own(store: FrameStore, plan: FramePlan, pixels: np.ndarray) -> None:
    put = store.put(Frame(pixels, KEY), plan, {})
    kept = pixels.copy()
    pixels[:] = 0
    assert (put.pixels == kept).all()
    assert put.pixels.flags.writeable  # torch.from_numpy warns otherwise


def test_a_frame_of_another_key_is_foreign_and_gets_replaced(
    store: FrameStore, plan: FramePlan, pixels: np.ndarray
) -> None:
    store.put(Frame(pixels, OTHER), plan, {})
    finding = store.find("one", 12, KEY)
    assert (finding.state, finding.frame) == (State.FOREIGN, None)
    assert "made as 070707" in finding.why
    store.put(Frame(255 - pixels, KEY), plan, {})
    assert store.find("one", 12, KEY).state is State.VALID
    assert store.find("one", 12, OTHER).state is State.FOREIGN


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda path: path.write_bytes(b""), "empty"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "in the middle"),
        (lambda path: path.write_bytes(path.read_bytes() + b"\0"), "too many"),
        (lambda path: path.write_bytes(bytes(path.stat().st_size)), "begin as a PNG"),
        (lambda path: (path.rename(path.parent / "x"), path.symlink_to("x")), "symbolic link"),
        (lambda path: (path.unlink(), path.symlink_to("nowhere")), "symbolic link"),
        (lambda path: (path.unlink(), os.mkfifo(path)), "regular file"),
        (lambda path: os.truncate(path, 257 * 2**20), "more than 268,435,456"),
    ],
)
def test_damage_is_named_and_repaired(store: FrameStore, plan: FramePlan, pixels: np.ndarray, damage, why: str) -> None:
    store.put(Frame(pixels, KEY), plan, {})
    damage(store.path("one", 12))
    finding = store.find("one", 12, KEY)
    assert finding.state is State.DAMAGED
    assert finding.why.startswith(f"{store.path('one', 12)}: damaged frame (")
    assert why in finding.why
    assert store.look_up("one", 12, KEY) is None
    store.put(Frame(pixels, KEY), plan, {})
    assert store.find("one", 12, KEY).state is State.VALID


def test_a_folder_in_its_place_is_damage_that_cannot_be_replaced(
    store: FrameStore, plan: FramePlan, pixels: np.ndarray
) -> None:
    store.path("one", 12).mkdir(parents=True)
    assert store.find("one", 12, KEY).state is State.DAMAGED
    with pytest.raises(StoreError, match=r"00012\.png: something else stands in its place \(is a directory\); move"):
        store.put(Frame(pixels, KEY), plan, {})
    assert os.listdir(store.path("one", 12).parent) == ["00012.png"]


def test_swapped_frames_are_foreign(store: FrameStore, plan: FramePlan, pixels: np.ndarray) -> None:
    store.put(Frame(pixels, KEY), plan, {})
    store.put(Frame(255 - pixels, OTHER), replace(plan, frame=13), {})
    first, second = store.path("one", 12), store.path("one", 13)
    first.rename(first.parent / "x")
    second.rename(first)
    (first.parent / "x").rename(second)
    assert [store.find("one", 12, KEY).state, store.find("one", 13, OTHER).state] == [State.FOREIGN] * 2


@pytest.mark.parametrize("linked", ["frames", "frames/one"])
def test_folders_that_lead_elsewhere_are_refused(
    store: FrameStore, plan: FramePlan, pixels: np.ndarray, tmp_path: Path, linked: str
) -> None:
    (tmp_path / "outside" / "one").mkdir(parents=True)
    (store.root / linked).parent.mkdir(parents=True)
    (store.root / linked).symlink_to(tmp_path / "outside")
    with pytest.raises(StoreError, match="symbolic link"):
        store.put(Frame(pixels, KEY), plan, {})
    with pytest.raises(StoreError, match="symbolic link"):
        store.find("one", 12, KEY)
    assert os.listdir(tmp_path / "outside" / "one") == []


def test_a_lying_disk_is_found_out(
    store: FrameStore, plan: FramePlan, pixels: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(Frame(pixels, KEY), plan, {})
    monkeypatch.setattr(frames_module, "commit", lambda path, data: None)
    with pytest.raises(StoreError, match="gave back another frame"):
        store.put(Frame(255 - pixels, KEY), plan, {})
    with pytest.raises(StoreError, match="gave back another frame"):
        store.put(Frame(pixels, OTHER), plan, {})


@pytest.mark.goal("R17")
def test_nothing_reads_times(store: FrameStore, plan: FramePlan, pixels: np.ndarray) -> None:
    store.put(Frame(pixels, KEY), plan, {})
    for moment in (0, 4_070_908_800):
        os.utime(store.path("one", 12), (moment, moment))
        assert store.find("one", 12, KEY).state is State.VALID
