"""One writer for each film's folder, kept so by the kernel: the lock dies with its owner, however that ends.

The file `.lock` stays behind and means nothing by itself; only the kernel's lock on it counts. What is written in it
(process and host) serves the message that a second render gets.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import BusyError, StoreError
from .commit import make_folder, sweep
from .layout import LOCK, shot_folders


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Make `folder` this process's alone while the block runs, and sweep what killed runs left in it.

    Raises: BusyError at once where another holds it, naming process and host; StoreError where the folder cannot be
        written or its disk knows no locks.
    """
    make_folder(folder)
    descriptor = _open(folder / LOCK)
    try:
        _take(descriptor, folder)
        _describe(descriptor, folder, json.dumps({"pid": os.getpid(), "host": socket.gethostname()}) + "\n")
        for place in (folder, *shot_folders(folder)):
            sweep(place)
        yield
        _describe(descriptor, folder, "")
    finally:
        os.close(descriptor)  # releases the lock


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    except OSError as fault:
        raise _refused(path.parent, fault) from fault


def _take(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as fault:
        if fault.errno in (errno.EWOULDBLOCK, errno.EAGAIN):
            raise BusyError(
                f"{folder}: another render holds this folder ({_holder(descriptor)}); "
                "wait for it or choose another --out"
            ) from None
        if fault.errno in (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS):
            raise StoreError(
                f"{folder}: its disk cannot lock files ({(fault.strerror or '').lower()}); "
                "choose a folder on another disk with --out"
            ) from fault
        raise _refused(folder, fault) from fault


def _describe(descriptor: int, folder: Path, text: str) -> None:
    """Write who holds the lock; not synced, since it means nothing once the holder is gone."""
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text.encode(), 0)
    except OSError as fault:
        raise _refused(folder, fault) from fault


def _holder(descriptor: int) -> str:
    try:
        found = json.loads(os.pread(descriptor, 4096, 0))
        return f"pid {int(found['pid'])} on host {found['host']}"
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return "it has only just begun"  # between taking the lock and writing who it is


def _refused(folder: Path, fault: OSError) -> StoreError:
    reason = (fault.strerror or str(fault)).lower()
    return StoreError(f"{folder}: cannot be written ({reason}); make it writable or choose another --out")
