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
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import BusyError, StoreError
from .commit import make_folder, naming, sweep
from .layout import FRAMES, LOCK, PARTIALS, TAKES, shot_folders


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Make `folder` this process's alone while the block runs, and sweep what killed runs left in it.

    Raises: BusyError at once where another holds it, naming process and host; StoreError where the folder cannot be
        written or its disk knows no locks.
    """
    make_folder(folder)
    with naming(folder):
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    try:
        _take(descriptor, folder)
        _describe(descriptor, folder, json.dumps({"pid": os.getpid(), "host": socket.gethostname()}) + "\n")
        for place in (folder, *(one for kind in (FRAMES, TAKES, PARTIALS) for one in shot_folders(folder, below=kind))):
            sweep(place)
        yield
        _describe(descriptor, folder, "")
    finally:
        with suppress(OSError):  # nothing that has to last was written through it
            os.close(descriptor)  # releases the lock


def _take(descriptor: int, folder: Path) -> None:
    with naming(folder):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(
                f"{folder}: another render holds this folder ({_holder(descriptor)}); "
                "wait for it or choose another --out"
            ) from None
        except OSError as fault:
            if fault.errno in (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS):
                raise StoreError(f"{folder}: its disk cannot lock files; choose a folder on another disk") from fault
            raise


def _describe(descriptor: int, folder: Path, text: str) -> None:
    """Write who holds the lock; not synced, since it means nothing once the holder is gone."""
    with naming(folder):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text.encode(), 0)


def _holder(descriptor: int) -> str:
    try:
        found = json.loads(os.pread(descriptor, 4096, 0))
        return f"pid {int(found['pid'])} on host {found['host']}"
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return "it has only just begun"  # between taking the lock and writing who it is
