"""A file is whole under its name, or as it was before."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.errors import StoreError
from pipeline.store import commit as commit_module
from pipeline.store.commit import adopt, commit, make_folder, staged, sweep, temp_name


def test_commit_writes_and_replaces(tmp_path: Path) -> None:
    path = tmp_path / "00012.png"
    commit(path, b"first")
    commit(path, b"second, longer")
    assert path.read_bytes() == b"second, longer"
    assert os.listdir(tmp_path) == ["00012.png"]


def test_commit_accepts_no_bytes_and_odd_names(tmp_path: Path) -> None:
    for name in ("%05d.png", "-y", "new\nline", "émoji \N{SPARKLES}", "quote'\"", "x" * 250):
        commit(tmp_path / name, b"")
        assert (tmp_path / name).read_bytes() == b""


def test_commit_replaces_a_link_and_leaves_what_it_pointed_to(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"precious")
    (tmp_path / "00000.png").symlink_to(tmp_path / "elsewhere")
    commit(tmp_path / "00000.png", b"frame")
    assert (tmp_path / "elsewhere").read_bytes() == b"precious"
    assert not (tmp_path / "00000.png").is_symlink()


def test_commit_does_not_write_through_a_planted_temporary_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"precious")
    (tmp_path / ".00000.png.tmp").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match=r"'\.00000\.png\.tmp' is already there"):
        commit(tmp_path / "00000.png", b"frame")
    assert (tmp_path / "elsewhere").read_bytes() == b"precious"


def test_order_of_operations_is_the_promised_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    class Recorder:
        def __getattr__(self, name: str):
            real = getattr(os, name)
            if name not in ("open", "write", "fsync", "rename", "unlink", "close"):
                return real
            return lambda *args, **named: (seen.append(name), real(*args, **named))[1]

    monkeypatch.setattr(commit_module, "os", Recorder())
    commit(tmp_path / "a", b"data")
    assert seen == ["open", "open", "write", "fsync", "close", "rename", "fsync", "close"]


def test_staged_adopts_what_another_program_wrote(tmp_path: Path) -> None:
    final = tmp_path / "film.mp4"
    with staged(final) as temp:
        assert temp.parent == final.parent
        assert not final.exists()
        temp.write_bytes(b"film")
    assert final.read_bytes() == b"film"
    assert os.listdir(tmp_path) == ["film.mp4"]


@pytest.mark.parametrize("fault", [ValueError("mine"), KeyboardInterrupt()])
def test_staged_leaves_the_old_file_and_no_temporary_one(tmp_path: Path, fault: BaseException) -> None:
    final = tmp_path / "film.mp4"
    final.write_bytes(b"old")
    with pytest.raises(type(fault)), staged(final) as temp:
        temp.write_bytes(b"half")
        raise fault
    assert final.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["film.mp4"]


def test_staged_is_refused_while_another_writes(tmp_path: Path) -> None:
    with staged(tmp_path / "a"), pytest.raises(StoreError, match="already there"), staged(tmp_path / "a"):
        pass


def test_adopt_renames(tmp_path: Path) -> None:
    (tmp_path / "t").write_bytes(b"x")
    adopt(tmp_path / "t", tmp_path / "final")
    assert os.listdir(tmp_path) == ["final"]


def test_sweep_removes_left_over_temporary_files_only(tmp_path: Path) -> None:
    (tmp_path / temp_name("00001.png")).write_bytes(b"torn")
    (tmp_path / temp_name("linked")).symlink_to("nowhere")
    kept = {"a.tmp", ".tmp", ".hidden", "00001.png", ".lock"}
    for name in kept:
        (tmp_path / name).write_bytes(b"")
    (tmp_path / ".folder.tmp").mkdir()
    assert {path.name for path in sweep(tmp_path)} == {".00001.png.tmp", ".linked.tmp"}
    assert set(os.listdir(tmp_path)) == kept | {".folder.tmp"}
    assert sweep(tmp_path / "not there") == ()


def test_make_folder_makes_all_and_again(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b" / "c")
    make_folder(tmp_path / "a" / "b" / "c")
    assert (tmp_path / "a" / "b" / "c").is_dir()
