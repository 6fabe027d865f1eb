"""Damage any stored frame in any way: it is found, made again, and nothing else is."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.goal("R5")

FRAME = "frames/b-first/00001.png"
N_PARTS = 4  # so that all cores have something to do


def put_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("00000.png")


DAMAGES = {
    "emptied": lambda path: path.write_bytes(b""),
    "zeroed": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "other frame": lambda path: shutil.copyfile(path.parent / "00000.png", path),
    "other shot": lambda path: shutil.copyfile(path.parent.parent / "a.second" / "00001.png", path),
    "appended": lambda path: path.write_bytes(path.read_bytes() + b"\n"),
    "link": put_link,
    "pipe": lambda path: (path.unlink(), os.mkfifo(path)),
    "gone": lambda path: path.unlink(),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_only_the_damaged_frame_is_made_again(
    tmp_path: Path, render: Callable[[Path], int], finals: Callable, whole: dict, name: str
) -> None:
    render(tmp_path)
    untouched = {path: path.stat().st_ino for path in tmp_path.rglob("*.png") if path != tmp_path / FRAME}
    DAMAGES[name](tmp_path / FRAME)
    assert render(tmp_path) == 1
    assert finals(tmp_path) == whole
    assert {path: path.stat().st_ino for path in untouched} == untouched


@pytest.mark.parametrize("part", range(N_PARTS))
def test_every_truncation_and_many_flips(
    tmp_path: Path,
    render: Callable[[Path], int],
    finals: Callable,
    whole: dict,
    n_trials: Callable,
    tried: Callable,
    part: int,
) -> None:
    render(tmp_path)
    path, data = tmp_path / FRAME, whole[FRAME]
    bits = np.random.default_rng(2).permutation(len(data) * 8)[: n_trials(150, 2_000, 100_000)][part::N_PARTS]
    lengths = range(0, len(data), n_trials(9, 1, 1))[part::N_PARTS]
    tried(len(bits) + len(lengths))
    flipped = [data[: bit // 8] + bytes([data[bit // 8] ^ 1 << (bit % 8)]) + data[bit // 8 + 1 :] for bit in bits]
    for damaged in [data[:length] for length in lengths] + flipped:
        path.write_bytes(damaged)
        assert render(tmp_path) == 1
        assert finals(tmp_path) == whole
