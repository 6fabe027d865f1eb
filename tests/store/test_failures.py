"""What the disk refuses is told with the path and a way out; and the store stays light."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import BusyError, StoreError
from pipeline.store import commit as commit_module
from pipeline.store.commit import commit, make_folder
from pipeline.store.frame_file import DamagedFrame, MissingFrame, read


class Refusing:
    """Stands in for `os` and refuses one call with one fault."""

    def __init__(self, name: str, number: int) -> None:
        self.name, self.number = name, number

    def __getattr__(self, name: str):
        if name != self.name:
            return getattr(os, name)

        def refuse(*args: object, **named: object) -> None:
            raise OSError(self.number, os.strerror(self.number))

        return refuse


@pytest.mark.parametrize(
    ("number", "what"),
    [
        (errno.ENOSPC, r"no space left on the disk \(needed 4 bytes, [\d,]+ free\); free some and run the same"),
        (errno.EDQUOT, r"no space left"),
        (errno.EROFS, r"cannot be written \(read-only file system\); choose a folder on a writable disk with --out"),
        (errno.EACCES, r"cannot be written \(permission denied\); change the folder's permissions"),
        (errno.EIO, r"cannot be written \(input/output error\); check the disk"),
    ],
)
def test_faults_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, what: str) -> None:
    path = tmp_path / "00012.png"
    path.write_bytes(b"old")
    monkeypatch.setattr(commit_module, "os", Refusing("write", number))
    with pytest.raises(StoreError, match=f"^{path}: {what}"):
        commit(path, b"data")
    assert os.listdir(tmp_path) == ["00012.png"]
    assert path.read_bytes() == b"old"


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="its folder does not exist"):
        commit(tmp_path / "none" / "a", b"")


def test_file_where_a_folder_belongs(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for make in (make_folder, lambda path: make_folder(path / "a"), lambda path: commit(path / "a", b"")):
        with pytest.raises(StoreError, match="something else stands in its place"):
            make(tmp_path / "file")


def test_name_that_is_too_long(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="file name too long"):
        commit(tmp_path / ("x" * 255), b"")
    assert os.listdir(tmp_path) == []


def test_reading(tmp_path: Path) -> None:
    with pytest.raises(MissingFrame, match="missing; render again"):
        read(tmp_path / "00000.png")
    with pytest.raises(DamagedFrame, match="not a regular file"):
        read(tmp_path)
    with pytest.raises(DamagedFrame, match="not a regular file"):
        read(Path("/dev/null"))
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="cannot be read") as fault:
        read(tmp_path / "file" / "00000.png")
    assert type(fault.value) is StoreError


def test_exit_codes() -> None:
    assert [kind.exit_code for kind in (StoreError, DamagedFrame, MissingFrame, BusyError)] == [4, 4, 4, 6]


def test_reading_leaves_no_file_open(tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"bad")
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        for path in (tmp_path, tmp_path / "bad.png", tmp_path / "none"):
            with pytest.raises(StoreError):
                read(path)
    assert len(os.listdir("/proc/self/fd")) == before


def test_importing_the_store_is_light() -> None:
    heavy = ("torch", "cv2", "imageio_ffmpeg")
    code = f"import sys, pipeline.store; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
