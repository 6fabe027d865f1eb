"""A tiny render over the real store, and a disk that fails where it is told to.

The drawing is a few NumPy lines, but each frame is made from the stored one before it, so that a frame that came back
wrong would show in all that follow.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from pipeline.store import FrameStore, frame_key, hold, write_film_record
from pipeline.store import commit as commit_module
from pipeline.store import lock as lock_module
from pipeline.types import Engine, Film, FilmFormat, Frame, FramePlan, Look, Shot, Size
from tests.faults.renders import Zygote

SIZE = Size(height=6, width=9)
LOOK = Look("ddim", 10, 0.5, *((0.0,),) * 2, "unet", "none", *((0.0,),) * 9, 1)  # type: ignore[call-arg]
FACTS = {"engine": "numpy"}
OPERATIONS = ("open", "write", "fsync", "rename", "unlink", "close", "mkdir", "ftruncate", "pwrite", "listdir", "lstat")

cv2.setNumThreads(1)  # a forked child has no other threads


class Disk:
    """Stands in for `os` inside the store; `act(count, name, real, args, named)` decides what each operation does."""

    def __init__(self, act: Callable[[int, str, Callable, tuple, dict], Any]) -> None:
        self.count = 0
        self._act = act

    def __getattr__(self, name: str) -> Any:
        # the real sync takes milliseconds and shows only when the power goes, which `test_power_loss` plays through
        real = (lambda descriptor: None) if name == "fsync" else getattr(os, name)
        if name not in OPERATIONS:
            return real

        def operation(*args: Any, **named: Any) -> Any:
            self.count += 1
            return self._act(self.count, name, real, args, named)

        return operation


def undisturbed(count: int, name: str, real: Callable, args: tuple, named: dict) -> Any:
    return real(*args, **named)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Disk]:
    """Put a `Disk` under the store for the rest of the test, or of the child that calls it."""

    def replace(act: Callable[[int, str, Callable, tuple, dict], Any] = undisturbed) -> Disk:
        new = Disk(act)
        monkeypatch.setattr(commit_module, "os", new)
        monkeypatch.setattr(lock_module, "os", new)
        return new

    return replace


@pytest.fixture(autouse=True)
def quick(disk: Callable) -> None:
    disk(undisturbed)


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """The process that forks for each render of a worker's tests."""
    process = Zygote()
    yield process
    process.close()


@pytest.fixture
def film() -> Film:
    shots = tuple(
        Shot(name, tuple(FramePlan(name, index, 7, SIZE, (), None, LOOK) for index in range(length)))
        for name, length in (("b-first", 3), ("a.second", 2))
    )
    return Film("tiny", "tiny.yaml", 12.0, SIZE, shots, Engine("tiny", (), "cpu", 1), FilmFormat(crf=18, enlarge=1))


def draw(last: Frame | None, plan: FramePlan) -> np.ndarray:
    noise = np.random.default_rng([plan.seed, plan.frame]).integers(
        0, 256, (SIZE.height, SIZE.width, 3), dtype=np.uint8
    )
    return noise if last is None else (np.roll(last.pixels, 1, axis=1) // 2 + noise // 2).astype(np.uint8)


@pytest.fixture
def render(film: Film) -> Callable[[Path], int]:
    """Render the film into a folder, keeping what is already right; return how many frames were made."""

    def run(out: Path) -> int:
        store, made = FrameStore(out), 0
        with hold(out):
            write_film_record(out, film)
            for shot in film.shots:
                last: Frame | None = None
                for plan in shot.plans:
                    key = frame_key(last and last.key, plan, FACTS)
                    frame = store.look_up(shot.name, plan.frame, key)
                    if frame is None:
                        frame = store.put(Frame(draw(last, plan), key), plan, FACTS)
                        made += 1
                    last = frame
        return made

    return run


@pytest.fixture
def whole(tmp_path_factory: pytest.TempPathFactory, render: Callable[[Path], int]) -> dict[str, bytes]:
    """The files of a render that nothing disturbed."""
    out = tmp_path_factory.mktemp("undisturbed")
    render(out)
    return files(out)


def files(out: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


@pytest.fixture
def finals() -> Callable[[Path], dict[str, bytes]]:
    """Read every file under a final name, by its path below the folder."""

    def read(out: Path) -> dict[str, bytes]:
        return {name: data for name, data in files(out).items() if not name.endswith(".tmp")}

    return read


@pytest.fixture
def in_child() -> Callable[[Callable[[], Any]], int]:
    """Run something in a forked child; return its exit status as `os.waitstatus_to_exitcode` does."""

    def run(work: Callable[[], Any]) -> int:
        child = os.fork()
        if child == 0:
            status = 99
            try:
                work()
                status = 0
            finally:
                os._exit(status)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    return run
