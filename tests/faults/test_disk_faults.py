"""Let every single operation fail once: a StoreError, nothing half-written, and the same film once the disk is well."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import StoreError
from pipeline.store import hold
from pipeline.store.commit import commit

pytestmark = pytest.mark.goal("R4")


def failing(at: int, *, number: int) -> Callable:
    def act(count: int, name: str, real: Callable, args: tuple, named: dict):
        if count != at:
            return real(*args, **named)
        if name == "close":
            real(*args, **named)  # closed even where it reports a late write error
        raise OSError(number, os.strerror(number))

    return act


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO, errno.EDQUOT])
def test_every_operation_fails_once(
    tmp_path: Path, render: Callable, disk: Callable, finals: Callable, whole: dict, tried: Callable, number: int
) -> None:
    at, ended = 0, False
    open_files = len(os.listdir("/proc/self/fd"))
    while not ended:
        at += 1
        out = tmp_path / str(at)
        seen = disk(failing(at, number=number))
        try:
            render(out)
            ended = True
        except StoreError as fault:
            assert str(out) in str(fault)
            if number == errno.ENOSPC and "no space" in str(fault):
                assert "free some" in str(fault)
        assert seen.count >= at or ended
        assert not list(out.rglob("*.tmp")), f"operation {at}"
        assert finals(out).items() <= whole.items(), f"operation {at}"
        disk()
        render(out)
        assert finals(out) == whole, f"operation {at}"
    tried(at)
    assert at > 60
    assert len(os.listdir("/proc/self/fd")) == open_files


@pytest.mark.parametrize("most", [1, 7, 100])
def test_short_writes_are_gone_on_with(
    tmp_path: Path, render: Callable, disk: Callable, finals: Callable, whole: dict, most: int
) -> None:
    def act(count: int, name: str, real: Callable, args: tuple, named: dict):
        return real(args[0], args[1][:most]) if name == "write" else real(*args, **named)

    disk(act)
    render(tmp_path)
    assert finals(tmp_path) == whole


def test_a_write_of_nothing_ends(tmp_path: Path, disk: Callable) -> None:
    disk(lambda count, name, real, args, named: 0 if name == "write" else real(*args, **named))
    with pytest.raises(StoreError, match="no space left"):
        commit(tmp_path / "a", b"data")
    assert os.listdir(tmp_path) == []


def test_the_kernel_s_own_short_write(tmp_path: Path, in_child: Callable) -> None:
    """With a limit on file size the kernel takes a part, and refuses only the next write."""

    def work() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        commit(tmp_path / "small", b"x" * 1000)
        with pytest.raises(StoreError, match="file too large"):
            commit(tmp_path / "large", b"x" * 1500)

    assert in_child(work) == 0
    assert os.listdir(tmp_path) == ["small"]
    assert (tmp_path / "small").stat().st_size == 1000


def test_a_disk_that_is_really_full(tmp_path: Path, in_child: Callable) -> None:
    """A small file system in memory, filled to the last page, then freed."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(place)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("mounting a small disk needs more rights than this test has")
    try:
        commit(place / "fits", b"x" * 20_000)
        (place / "ballast").write_bytes(b"x" * 20_000)
        with pytest.raises(StoreError, match=r"needed 40,000 bytes, [\d,]+ free"):
            commit(place / "fits", b"y" * 40_000)
        assert (place / "fits").read_bytes() == b"x" * 20_000
        assert sorted(os.listdir(place)) == ["ballast", "fits"]
        (place / "ballast").unlink()
        commit(place / "fits", b"y" * 40_000)
        assert (place / "fits").read_bytes() == b"y" * 40_000
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        for write in (
            lambda: commit(place / "a", b""),
            lambda: hold(place).__enter__(),
            lambda: hold(place / "n").__enter__(),
        ):
            with pytest.raises(StoreError, match=r"cannot be written \(read-only file system\)"):
                write()
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_folder_of_somebody_else(tmp_path: Path, in_child: Callable) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "theirs").mkdir(mode=0o755)
    (tmp_path / "closed").mkdir(mode=0o700)

    def work() -> None:
        os.chdir(tmp_path)
        os.setuid(65534)
        for write in (
            lambda: commit(Path("theirs/a"), b""),
            lambda: hold(Path("theirs")).__enter__(),
            lambda: hold(Path("theirs/new")).__enter__(),
            lambda: hold(Path("closed/theirs")).__enter__(),
        ):
            with pytest.raises(StoreError, match=r"theirs.*: cannot be written \(permission denied\)"):
                write()

    assert in_child(work) == 0
