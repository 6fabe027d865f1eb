"""Kill the program while it assembles: the film is whole or not there, and no ffmpeg lives on."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline.assemble import assemble_stream
from pipeline.store import hold
from pipeline.types import FilmFormat, Size

pytestmark = pytest.mark.goal("R21")

N_FRAMES = 24


def encode(out: Path, *, before: Callable[[int], None] = lambda index: None) -> bytes:
    def frames() -> Iterator[np.ndarray]:
        generator = np.random.default_rng(1)
        for index in range(N_FRAMES):
            before(index)
            yield generator.integers(0, 256, (64, 64, 3), dtype=np.uint8)

    with hold(out):
        film = assemble_stream(frames(), out / "f.mp4", size=Size(64, 64), fps=12, format=FilmFormat(20, 1))
    return film.read_bytes()


def family(root: int) -> list[int]:
    """Return the children of a process."""
    return [int(pid) for pid in Path(f"/proc/{root}/task/{root}/children").read_text().split()]


def gone(pid: int) -> bool:
    """Wait up to five seconds for a process that is nobody's child here to end."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize("old", [False, True])
def test_killed_after_any_frame(tmp_path: Path, n_trials: Callable, tried: Callable, old: bool) -> None:
    expected = encode(tmp_path / "whole")
    moments = range(0, N_FRAMES, n_trials(4, 1, 1))
    tried(len(moments))
    for at in moments:
        out = tmp_path / str(at)
        out.mkdir()
        if old:
            (out / "f.mp4").write_bytes(b"old film")
        ours, theirs = os.pipe()
        child = os.fork()
        if child == 0:

            def die(index: int, at: int = at, theirs: int = theirs) -> None:
                if index == at:
                    os.write(theirs, str(family(os.getpid())[0]).encode())
                    os.kill(os.getpid(), signal.SIGKILL)

            try:
                encode(out, before=die)
            finally:
                os._exit(1)
        os.close(theirs)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        ffmpeg = int(os.read(ours, 20))
        os.close(ours)
        assert gone(ffmpeg)
        assert [path.name for path in out.iterdir() if path.suffix == ".mp4"] == (["f.mp4"] if old else [])
        if old:
            assert (out / "f.mp4").read_bytes() == b"old film"
        assert encode(out) == expected
        assert sorted(os.listdir(out)) == [".lock", "f.mp4"]
