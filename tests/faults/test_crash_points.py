"""Die at every operation of the store: nothing torn stands under a final name, and resuming gives the same bytes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.goal("R1")

DIED = 9
Act = Callable


def dying(at: int, *, how: str) -> Act:
    """Die before the operation numbered `at`, after it, or with half a write done."""

    def act(count: int, name: str, real: Callable, args: tuple, named: dict):
        if count < at:
            return real(*args, **named)
        if how == "after":
            real(*args, **named)
        if how == "half" and name == "write":
            real(args[0], args[1][: len(args[1]) // 2])
        os._exit(DIED)

    return act


@pytest.fixture
def n_operations(tmp_path: Path, render: Callable[[Path], int], disk: Callable, in_child: Callable) -> int:
    """Count what a whole render asks of the disk."""
    counted = tmp_path / "count"

    def count() -> None:
        seen = disk()
        render(tmp_path / "counted")
        counted.write_text(str(seen.count))

    assert in_child(count) == 0
    return int(counted.read_text())


@pytest.mark.parametrize("how", ["before", "half", "after"])
def test_die_anywhere_then_resume(
    tmp_path: Path,
    render: Callable,
    disk: Callable,
    in_child: Callable,
    finals: Callable,
    whole: dict,
    how: str,
    n_operations: int,
    tried: Callable,
) -> None:
    tried(n_operations)
    assert n_operations > 60  # 5 frames, the record, the lock and 4 folders
    for at in range(1, n_operations + 1):
        out = tmp_path / f"{how}-{at}"
        assert in_child(lambda: (disk(dying(at, how=how)), render(out))) == DIED  # noqa: B023
        assert finals(out).items() <= whole.items(), f"torn at operation {at}"
        render(out)
        assert finals(out) == whole, f"operation {at}"
        assert not list(out.rglob("*.tmp")), f"operation {at}"


def test_die_again_and_again_while_resuming(
    tmp_path: Path, render: Callable, disk: Callable, in_child: Callable, finals: Callable, whole: dict
) -> None:
    """Each run gets a few operations further than the one before, until one reaches the end."""
    for first in range(1, 12):
        out, at, status = tmp_path / str(first), first, DIED
        while status == DIED:
            status = in_child(lambda: (disk(dying(at, how="half")), render(out)))  # noqa: B023
            assert finals(out).items() <= whole.items()
            at += 7
        assert status == 0
        assert finals(out) == whole
        assert not list(out.rglob("*.tmp"))


def test_resuming_makes_only_what_is_missing(tmp_path: Path, render: Callable[[Path], int]) -> None:
    assert render(tmp_path) == 5
    assert render(tmp_path) == 0
    (tmp_path / "frames" / "b-first" / "00001.png").unlink()
    assert render(tmp_path) == 1


def test_killed_at_any_moment_of_replacing(tmp_path: Path, in_child: Callable, disk: Callable) -> None:
    """Before or after, never between, also where there was a file already."""
    from pipeline.store.commit import commit

    seen = set()
    for how in ("before", "half", "after"):
        for at in range(1, 9):
            path = tmp_path / f"{how}-{at}"
            path.write_bytes(b"old")
            assert in_child(lambda: (disk(dying(at, how=how)), commit(path, b"new, and longer"))) == DIED  # noqa: B023
            seen.add(path.read_bytes())
    assert seen == {b"old", b"new, and longer"}
