"""Bytes in, a whole file under its name or the file that was there before: the only door to the output folder.

A file is written beside its place as `.NAME.tmp`, synced, renamed onto its name, and the folder is synced. The rename
is the sole commit point. Every call to the operating system goes through this module's name `os`, so that a test can
put a recorder, a full disk or a power cut in its place.

What a crash leaves, by where it happens:

1. Temporary file created or partly written: `.00012.png.tmp` stays; the next holder of the folder's lock sweeps it.
2. Synced, not renamed: the same.
3. Renamed, folder not synced: after a power cut the name may hold the old file or none; the frame is made again,
   identical. After the death of the process alone the new file is there.
4. Folder synced: committed.

A record never disagrees with its pixels, because both are one file.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import StoreError

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FULL = (errno.ENOSPC, errno.EDQUOT)


def commit(path: Path, data: bytes) -> None:
    """Make `path` hold exactly `data`, surviving a power cut once this returns; on any fault leave what was there.

    Raises: StoreError naming the path, and the needed and free bytes where the disk is full.
    """
    temp = temp_name(path.name)
    with naming(path, needed=len(data)):
        folder, is_ours = os.open(path.parent, _FOLDER), True
        try:
            try:
                descriptor = os.open(temp, _CREATE, 0o644, dir_fd=folder)
            except OSError:
                is_ours = False  # it is another's, or not there
                raise
            _write_all(descriptor, data)
            os.rename(temp, path.name, src_dir_fd=folder, dst_dir_fd=folder)
            is_ours = False
            os.fsync(folder)
        except BaseException:  # also a signal, wherever it comes: no fault of any kind leaves a temporary file
            with suppress(OSError):
                if is_ours:
                    os.unlink(temp, dir_fd=folder)
            raise
        finally:
            os.close(folder)


@contextmanager
def staged(final: Path) -> Iterator[Path]:
    """Lend another program a temporary file beside `final`; adopt it when the block ends well, remove it when not.

    Raises: StoreError where the file cannot be made or adopted; whatever the block raises.
    """
    temp, is_ours = final.with_name(temp_name(final.name)), True
    try:
        with naming(final):
            try:
                os.close(os.open(temp, _CREATE, 0o644))
            except OSError:
                is_ours = False  # it is another's, or not there
                raise
        yield temp
        adopt(temp, final)
    except BaseException:  # also a signal that comes just when the file has been made
        with suppress(OSError):
            if is_ours:
                os.unlink(temp)
        raise


@contextmanager
def staged_folder(final: Path) -> Iterator[Path]:
    """Lend another program an empty temporary folder beside `final`; adopt it when the block ends well.

    Convention: what stood under `final` before is replaced whole, and only where it is a folder of pictures alone; a
        power cut between the two renames leaves it as `.NAME.old.tmp`.
    Raises: StoreError where the folder cannot be made or adopted; whatever the block raises.
    """
    temp, old = final.with_name(temp_name(final.name)), final.with_name(temp_name(f"{final.name}.old"))
    with naming(final):
        _refuse_foreign(final)
        for left in (temp, old):
            if left.is_dir():
                _refuse_foreign(left)
                shutil.rmtree(left)
        os.mkdir(temp)
    try:
        yield temp
        with naming(final):
            for picture in (*temp.iterdir(), temp):
                _sync(picture)
            if final.is_dir():
                os.rename(final, old)
            os.rename(temp, final)
            _sync(final.parent)
            shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        shutil.rmtree(temp, ignore_errors=True)
        raise


def _refuse_foreign(folder: Path) -> None:
    """Refuse to replace what is no folder, or holds anything but pictures."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise StoreError(f"{folder}: something else stands in the place of a folder of pictures; move it away")
    others = [] if not folder.is_dir() else sorted(path.name for path in folder.iterdir() if path.suffix != ".png")
    if others:
        raise StoreError(f"{folder}: holds {others[0]!r} beside pictures, and would be replaced; choose another --out")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def adopt(temp: Path, final: Path) -> None:
    """Sync a finished file that another program wrote and rename it to `final`, in the same folder.

    Raises: StoreError.
    """
    with naming(final):
        descriptor = os.open(temp, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        folder = os.open(final.parent, _FOLDER)
        try:
            os.rename(temp.name, final.name, src_dir_fd=folder, dst_dir_fd=folder)
            os.fsync(folder)
        finally:
            os.close(folder)


def remove(path: Path) -> None:
    """Remove a file whose time is over; do nothing where there is none.

    Raises: StoreError.
    """
    with naming(path), suppress(FileNotFoundError):
        os.unlink(path)


def make_folder(path: Path) -> None:
    """Make a folder and those above it, each name synced into its parent; do nothing where it exists.

    Raises: StoreError.
    """
    with naming(path):
        if path.is_dir():
            return
    if path.parent != path:
        make_folder(path.parent)
    with naming(path):
        try:
            os.mkdir(path)
        except FileExistsError:
            if not path.is_dir():  # made by another process in the meantime is fine; a file is not
                raise
        above = os.open(path.parent, _FOLDER)
        try:
            os.fsync(above)
        finally:
            os.close(above)


def sweep(folder: Path) -> tuple[Path, ...]:
    """Remove the temporary files that killed runs left directly in `folder`; return them.

    Convention: only the holder of the folder's lock may call this, since a living writer has such a file too.
    Raises: StoreError.
    """
    with naming(folder):
        if not folder.is_dir():
            return ()
        left = sorted(name for name in os.listdir(folder) if is_temp(name))
        removed = []
        for path in (folder / name for name in left):
            mode = os.lstat(path).st_mode
            if stat.S_ISREG(mode) or stat.S_ISLNK(mode):
                os.unlink(path)
                removed.append(path)
        return tuple(removed)


def temp_name(name: str) -> str:
    """Name the temporary file that stands beside the file `name` while that is written."""
    return f".{name}.tmp"


def is_temp(name: str) -> bool:
    """Tell whether `temp_name` gives this name for some file."""
    return len(name) > len(temp_name("")) and name.startswith(".") and name.endswith(".tmp")


def disk_full(path: Path, *, needed: int = 0) -> StoreError:
    """Return the fault of a full disk at `path`, with how many bytes were needed and how many are free."""
    found = [f"needed {needed:,} bytes"] if needed else []
    with suppress(OSError):
        place = os.statvfs(path.parent)
        found.append(f"{place.f_bavail * place.f_frsize:,} free")
    return StoreError(
        f"{path}: no space left on the disk ({', '.join(found)}); free some and run the same command again"
    )


@contextmanager
def naming(path: Path, *, needed: int = 0, doing: str = "written") -> Iterator[None]:
    """Turn any fault of the operating system inside the block into a StoreError that says what to do about it."""
    try:
        yield
    except OSError as fault:
        if fault.errno in _FULL:
            raise disk_full(path, needed=needed) from fault
        raise StoreError(f"{path}: {_explain(fault, path, doing=doing)}") from fault


def _write_all(descriptor: int, data: bytes) -> None:
    """Write, sync and close: a nearly full disk answers with a short count, not with a fault, so count."""
    try:
        rest = memoryview(data)
        while rest:
            written = os.write(descriptor, rest)
            if written <= 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            rest = rest[written:]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _explain(fault: OSError, path: Path, *, doing: str) -> str:
    reason = (fault.strerror or str(fault)).lower()
    match fault.errno:
        case errno.EROFS:
            return f"cannot be {doing} ({reason}); choose a folder on a writable disk with --out"
        case errno.EACCES | errno.EPERM:
            return f"cannot be {doing} ({reason}); change the folder's permissions or choose another --out"
        case errno.EEXIST if fault.filename is not None and is_temp(Path(os.fsdecode(fault.filename)).name):
            temp = temp_name(path.name)
            return f"its temporary file {temp!r} is already there; wait for the run that writes it, or remove it"
        case errno.EISDIR | errno.ENOTEMPTY | errno.EEXIST | errno.ENOTDIR | errno.ELOOP:
            return f"something else stands in its place ({reason}); move that away or choose another --out"
        case errno.ENOENT:
            return "its folder does not exist; make it or choose another --out"
    return f"cannot be {doing} ({reason}); check the disk and run the same command again"
