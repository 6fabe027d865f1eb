"""One folder, many starters: exactly one writes, and the lock dies with its owner however that ends."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import BusyError
from pipeline.store import hold

pytestmark = pytest.mark.goal("R13")


def start(work: Callable[[int], None]) -> tuple[int, int]:
    """Fork a child that gets a pipe's end to write to; return its pid and our end."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(ours)
            work(theirs)
        finally:
            os._exit(0)
    os.close(theirs)
    return child, ours


def holding(folder: Path) -> Callable[[int], None]:
    def work(report: int) -> None:
        with hold(folder):
            os.write(report, b"held")
            time.sleep(60)

    return work


def test_kill_9_frees_the_folder(tmp_path: Path) -> None:
    for _ in range(5):
        child, report = start(holding(tmp_path))
        try:
            assert os.read(report, 4) == b"held"
            begin = time.monotonic()
            with (
                pytest.raises(BusyError, match=rf"another render holds this folder \(pid {child} on host "),
                hold(tmp_path),
            ):
                pass
            assert time.monotonic() - begin < 1
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            os.close(report)
        with hold(tmp_path):
            pass


def test_a_stopped_holder_still_holds(tmp_path: Path) -> None:
    child, report = start(holding(tmp_path))
    try:
        assert os.read(report, 4) == b"held"
        os.kill(child, signal.SIGSTOP)
        with pytest.raises(BusyError), hold(tmp_path):
            pass
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(report)


def test_races_have_one_winner(tmp_path: Path, n_trials: Callable, tried: Callable) -> None:
    """Four starters wait for one moment; the winner holds until all have answered."""
    n_races = n_trials(6, 50, 500)
    tried(n_races)
    for race in range(n_races):
        folder, go = tmp_path / str(race), tmp_path / f"go-{race}"

        def work(report: int, folder: Path = folder, go: Path = go) -> None:
            while not go.exists():
                time.sleep(0.0005)
            try:
                with hold(folder):
                    os.write(report, b"won!")
                    time.sleep(60)
            except BusyError:
                os.write(report, b"lost")

        starters = [start(work) for _ in range(4)]
        go.touch()
        try:
            answers = sorted(os.read(report, 4) for _, report in starters)
        finally:
            for child, report in starters:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                os.close(report)
        assert answers == [b"lost"] * 3 + [b"won!"]


def test_a_child_that_runs_another_program_does_not_keep_the_lock(tmp_path: Path) -> None:
    """ffmpeg left behind must not hold the folder."""
    with hold(tmp_path):
        child = os.posix_spawn("/bin/sleep", ["sleep", "60"], {})
    try:
        assert Path(f"/proc/{child}").exists()
        end = time.monotonic() + 5
        while not is_free(tmp_path):  # the kernel lets us go on a moment before it has closed the child's copies
            assert time.monotonic() < end
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def is_free(folder: Path) -> bool:
    try:
        with hold(folder):
            return True
    except BusyError:
        return False
