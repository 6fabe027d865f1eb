"""Pull the plug after every operation, and lose whatever was not synced: the film comes back, byte for byte.

A run is recorded as a log of operations; for each prefix of it the disk is built as it may look after a power cut, in
the ways file systems are known to lose things: names but no content, content torn in half, neither.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

pytestmark = pytest.mark.goal("R3")

Entry = tuple[str, ...]


@dataclass
class Log:
    """Writes down what happens to which path."""

    entries: list[Entry] = field(default_factory=list)
    contents: dict[int, bytes] = field(default_factory=dict)

    def act(self, count: int, name: str, real: Callable, args: tuple, named: dict):
        before = os.readlink(f"/proc/self/fd/{args[0]}") if name in ("write", "fsync") else ""
        result = real(*args, **named)
        if name == "open" and args[1] & os.O_CREAT and args[1] & os.O_EXCL:
            self.entries.append(("create", os.readlink(f"/proc/self/fd/{result}")))
        elif name == "write":
            self.contents[len(self.entries)] = bytes(args[1][:result])
            self.entries.append(("write", before))
        elif name == "fsync":
            self.entries.append(("sync", before))
        elif name == "mkdir":
            self.entries.append(("mkdir", str(args[0])))
        elif name == "rename":
            folder = os.readlink(f"/proc/self/fd/{named['src_dir_fd']}")
            self.entries.append(("rename", f"{folder}/{args[0]}", f"{folder}/{args[1]}"))
        elif name == "unlink":
            folder = os.readlink(f"/proc/self/fd/{named['dir_fd']}") + "/" if "dir_fd" in named else ""
            self.entries.append(("unlink", f"{folder}{args[0]}"))
        return result


@dataclass
class Inode:
    is_folder: bool = False
    now: bytes = b""
    kept: bytes = b""


def disk_after(log: Log, prefix: int, *, names: str, unsynced: str) -> dict[str, Inode]:
    """Return path to inode as after a power cut: `names` "synced" or "all", `unsynced` content "lost" or "torn"."""
    now: dict[str, Inode] = {}
    kept: dict[str, Inode] = {}
    for index, (kind, path, *more) in enumerate(log.entries[:prefix]):
        if kind in ("create", "mkdir"):
            now[path] = Inode(is_folder=kind == "mkdir")
        elif kind == "write":
            now[path].now += log.contents[index]
        elif kind == "rename":
            now[more[0]] = now.pop(path)
        elif kind == "unlink":
            del now[path]
        elif path in now and not now[path].is_folder:
            now[path].kept = now[path].now
        else:  # a folder is synced: its names are what they are now
            kept = {name: inode for name, inode in kept.items() if os.path.dirname(name) != path}
            kept |= {name: inode for name, inode in now.items() if os.path.dirname(name) == path}
    found = now if names == "all" else kept
    if unsynced == "torn":
        for inode in found.values():
            inode.kept += inode.now[len(inode.kept) : (len(inode.kept) + len(inode.now)) // 2]
    return found


def rebuild(found: dict[str, Inode], *, old: Path, new: Path) -> None:
    new.mkdir()
    for name in sorted(found):  # folders before what is in them
        place = new / Path(name).relative_to(old)
        if found[name].is_folder:
            if place.parent.is_dir():
                place.mkdir()
        elif place.parent.is_dir():
            place.write_bytes(found[name].kept)


@pytest.fixture
def log(tmp_path: Path, render: Callable, disk: Callable) -> Log:
    recorded = Log()
    disk(recorded.act)
    (tmp_path / "run").mkdir()
    render(tmp_path / "run")
    disk()
    return recorded


def torn(log: Log, prefix: int, out: Path, finals: Callable, whole: dict, *, names: str, unsynced: str) -> list[str]:
    """Build the disk after the power cut in `out`; return the final names with wrong content."""
    rebuild(disk_after(log, prefix, names=names, unsynced=unsynced), old=out.parent / "run", new=out)
    return [name for name, data in finals(out).items() if whole[name] != data]


WAYS = [("synced", "lost"), ("synced", "torn"), ("all", "lost"), ("all", "torn")]


@pytest.mark.parametrize(("names", "unsynced"), WAYS)
def test_every_prefix(
    tmp_path: Path,
    log: Log,
    render: Callable,
    finals: Callable,
    whole: dict,
    tried: Callable,
    names: str,
    unsynced: str,
) -> None:
    tried(len(log.entries) + 1)
    assert len(log.entries) > 30
    for prefix in range(len(log.entries) + 1):
        out = tmp_path / str(prefix)
        assert torn(log, prefix, out, finals, whole, names=names, unsynced=unsynced) == [], f"after {prefix} operations"
        render(out)
        assert finals(out) == whole
        assert not list(out.rglob("*.tmp"))
        shutil.rmtree(out)


def test_what_was_committed_survives(tmp_path: Path, log: Log, finals: Callable, whole: dict) -> None:
    """At the end of the run nothing depends on luck any more."""
    assert torn(log, len(log.entries), tmp_path / "x", finals, whole, names="synced", unsynced="lost") == []
    assert finals(tmp_path / "x") == whole


def test_this_test_can_fail(tmp_path: Path, log: Log, finals: Callable, whole: dict) -> None:
    """Without the sync of the file, or without that of the folder, the same check finds losses."""
    for suffix, expected in ((".tmp", "torn"), ("", "gone")):
        lazy = Log()
        for index, entry in enumerate(log.entries):
            is_file = entry[-1].endswith(".tmp")
            if entry[0] == "sync" and is_file == (suffix == ".tmp"):
                continue
            if index in log.contents:
                lazy.contents[len(lazy.entries)] = log.contents[index]
            lazy.entries.append(entry)
        out = tmp_path / expected
        names = "all" if expected == "torn" else "synced"
        bad = torn(lazy, len(lazy.entries), out, finals, whole, names=names, unsynced="torn")
        assert bad if expected == "torn" else finals(out) != whole
