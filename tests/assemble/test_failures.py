"""Whatever becomes of ffmpeg, no half film stays and no child lives on."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline.assemble import assemble, assemble_stream
from pipeline.errors import AssembleError, StoreError
from pipeline.types import FilmFormat, Size

SIZE = Size(64, 64)
FORMAT = FilmFormat(crf=20, enlarge=1)


def noise(count: int) -> Iterator[np.ndarray]:
    generator = np.random.default_rng(1)
    for _ in range(count):
        yield generator.integers(0, 256, (64, 64, 3), dtype=np.uint8)


def children() -> list[int]:
    return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]


@pytest.fixture(autouse=True)
def nothing_stays(tmp_path: Path) -> Iterator[None]:
    before = children()
    open_files = len(os.listdir("/proc/self/fd"))
    yield
    assert children() == before
    assert len(os.listdir("/proc/self/fd")) == open_files
    assert [path.name for path in tmp_path.rglob("*") if path.suffix in (".tmp", ".mp4")] == []


def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> None:
    """Put a small program in ffmpeg's place."""
    path = tmp_path / "stand-in"
    path.write_text(f"#!{sys.executable} -S\nimport os, signal, sys, time\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(path))


def test_program_that_is_not_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/nonexistent/ffmpeg")
    with pytest.raises(AssembleError, match=r"tiny film\.mp4: ffmpeg cannot be started \(no such file or directory"):
        assemble(folder)


def test_program_that_is_none(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"\0\1\2")
    (tmp_path / "text").chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "text"))
    with pytest.raises(AssembleError, match="cannot be started"):
        assemble(folder)


def test_its_last_lines_are_quoted(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = (
        "print(*range(100), sep='\\n', file=sys.stderr); print('codec \\xff said no', file=sys.stderr); sys.exit(3)"
    )
    stand_in(monkeypatch, tmp_path, script)
    with pytest.raises(AssembleError, match=r"ffmpeg failed \(exit 3\); its last lines:\n  93\n") as fault:
        assemble(folder)
    assert "said no" in str(fault.value)
    assert "\n  92\n" not in str(fault.value)


def test_it_may_talk_much_while_it_reads_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A full pipe on its side and a full pipe on ours would wait for each other for ever."""
    stand_in(monkeypatch, tmp_path, "sys.stderr.write(('y' * 79 + '\\n') * 20_000); sys.exit(1)")
    with pytest.raises(AssembleError, match="exit 1"):
        assemble_stream(noise(100), tmp_path / "f.mp4", size=SIZE, fps=12, format=FORMAT)


@pytest.mark.parametrize("taken", [0, 100_000])
def test_success_without_taking_all_is_a_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, taken: int) -> None:
    stand_in(monkeypatch, tmp_path, f"sys.stdin.buffer.read({taken}); os._exit(0)")
    with pytest.raises(AssembleError, match=r"ffmpeg failed \(exit 0\)"):
        assemble_stream(noise(100), tmp_path / "f.mp4", size=SIZE, fps=12, format=FORMAT)


def test_success_without_a_film_is_a_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stand_in(monkeypatch, tmp_path, "sys.stdin.buffer.read()")
    with pytest.raises(AssembleError, match="wrote 0 of 3 frames"):
        assemble_stream(noise(3), tmp_path / "f.mp4", size=SIZE, fps=12, format=FORMAT)


def test_full_disk_is_the_store_s_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stand_in(monkeypatch, tmp_path, "print('f: No space left on device', file=sys.stderr); sys.exit(1)")
    with pytest.raises(StoreError, match="no space left on the disk"):
        assemble_stream(noise(3), tmp_path / "f.mp4", size=SIZE, fps=12, format=FORMAT)


@pytest.mark.goal("R21")
@pytest.mark.parametrize("after", [0, 1, 7, 29])
def test_killed_ffmpeg(tmp_path: Path, after: int) -> None:
    def frames() -> Iterator[np.ndarray]:
        for index, pixels in enumerate(noise(30)):
            if index == after:
                (child,) = children()
                os.kill(child, signal.SIGKILL)
            yield pixels

    with pytest.raises(AssembleError, match="killed by signal 9"):
        assemble_stream(frames(), tmp_path / "f.mp4", size=SIZE, fps=12, format=FORMAT)


@pytest.mark.goal("R21", "R12")
@pytest.mark.parametrize("fault", [KeyboardInterrupt(), SystemExit(143), StoreError("frame 3 is damaged")])
@pytest.mark.parametrize("after", [0, 5])
def test_interrupted(tmp_path: Path, fault: BaseException, after: int) -> None:
    def frames() -> Iterator[np.ndarray]:
        yield from noise(after)
        raise fault

    with pytest.raises(type(fault)):
        assemble_stream(frames(), tmp_path / "f.mp4", size=SIZE, fps=12, format=FORMAT)


def test_interrupted_while_it_finishes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stand_in(monkeypatch, tmp_path, "sys.stdin.buffer.read(); os.kill(os.getppid(), signal.SIGINT); time.sleep(60)")
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)  # jobs in a shell's background ignore it
    try:
        with pytest.raises(KeyboardInterrupt):
            assemble_stream(noise(3), tmp_path / "f.mp4", size=SIZE, fps=12, format=FORMAT)
    finally:
        signal.signal(signal.SIGINT, usual)


@pytest.mark.parametrize(
    "pixels", [np.zeros((64, 63, 3), np.uint8), np.zeros((64, 64, 3), np.float32), np.zeros((64, 64), np.uint8)]
)
def test_frames_of_another_kind(tmp_path: Path, pixels: np.ndarray) -> None:
    with pytest.raises(AssembleError, match=r"frame 1 is .*, the film is uint8 64x64x3"):
        assemble_stream([*noise(1), pixels], tmp_path / "f.mp4", size=SIZE, fps=12, format=FORMAT)


def test_no_frames(tmp_path: Path) -> None:
    with pytest.raises((AssembleError, StoreError)):
        assemble_stream([], tmp_path / "f.mp4", size=SIZE, fps=12, format=FORMAT)


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="folder does not exist"):
        assemble_stream(noise(1), tmp_path / "none" / "f.mp4", size=SIZE, fps=12, format=FORMAT)
