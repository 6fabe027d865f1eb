"""An entry of the catalogue -> its file in the folder of fetched weights, from the first mirror that has it.

A file gets its name only when it is whole: its size and SHA-256 are compared first, and the renaming is one step. Until
then it is `NAME.part`, which the next fetch, from whichever mirror, goes on with.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import BusyError, ModelError, StoreError, UsageError
from .catalogue import PACKAGED, find
from .entry import Entry
from .folder import Pin, models_folder, naming, remember
from .presence import expected_size
from .transfer import PATIENCE, MirrorFault, Patience, Watch, transfer

SPARE = 64 * 2**20  # bytes of the disk that a fetch leaves free


@dataclass(frozen=True, slots=True)
class Fetched:
    """A weight file that is there and right; `mirror` is empty if it was there before."""

    name: str
    path: Path
    bytes: int
    sha256: str
    mirror: str


def fetch(
    name: str,
    *,
    trust: str | None = None,
    catalogue: Path = PACKAGED,
    patience: Patience = PATIENCE,
    watch: Watch = lambda done, total: None,
) -> Fetched:
    """Make the file of the model `name` be there and right.

    Convention: `trust` is `sha256:` and 64 digits, for a model that the catalogue gives no digest.
    Raises: ModelError naming every mirror and what was wrong with it; StoreError where there is no room; BusyError
        where another fetch of the same file is under way; UsageError for a digest that cannot be meant.
    """
    entry = find(name, catalogue=catalogue)
    if entry.shipped:
        raise UsageError(f"{entry.name}: comes with the package and is not fetched; name another model")
    entry = _trusting(entry, trust)
    with _alone(entry.path):
        mirror = ""
        if not _is_right(entry, entry.path):
            mirror = _from_mirrors(entry, patience, watch)
        pin = Pin(entry.path.stat().st_size, str(entry.sha256))
        remember(models_folder(), entry.name, pin)
    return Fetched(entry.name, entry.path, pin.bytes, pin.sha256, mirror)


def read_trust(text: str) -> str:
    """Return the digest of `sha256:` and 64 digits."""
    found = re.fullmatch(r"sha256:([0-9a-fA-F]{64})", text.strip())
    if not found:
        raise UsageError(f"--trust {text[:100]}: is no digest; write sha256: and 64 digits of 0-9, a-f")
    return found[1].lower()


def _trusting(entry: Entry, trust: str | None) -> Entry:
    digest = None if trust is None else read_trust(trust)
    if digest is not None and entry.sha256 not in (None, digest):
        raise UsageError(f"--trust: the digest of {entry.name!r} is pinned already ({entry.sha256}); leave --trust out")
    if digest is None and entry.sha256 is None:
        raise ModelError(
            f"{entry.name}: nobody has pinned a digest for {entry.file}; find the one its publisher gives and add "
            "--trust sha256:DIGEST"
        )
    return replace(entry, sha256=digest or entry.sha256)


def _from_mirrors(entry: Entry, patience: Patience, watch: Watch) -> str:
    """Go through the mirrors; return the one that gave the file."""
    if not entry.mirrors:
        raise ModelError(
            f"{entry.path}: no mirror is known for {entry.name!r} (expected: {expected_size(entry)}, "
            f"sha256 {entry.sha256}); get it from {entry.source or 'its publisher'} and run "
            f"`pipeline models add FILE --like {entry.name}`"
        )
    faults = []
    for mirror in entry.mirrors:
        try:
            _from_mirror(entry, mirror, patience, watch)
            return mirror
        except MirrorFault as fault:
            faults.append(f"{mirror} {fault}")
    raise ModelError(f"{entry.path}: no mirror gives it: {'; '.join(faults)}; try again later or put the file there")


def _from_mirror(entry: Entry, mirror: str, patience: Patience, watch: Watch) -> None:
    part = entry.path.with_name(entry.file + ".part")
    before = part.stat().st_size if part.exists() else 0
    with naming(entry.path):
        transfer(
            mirror,
            part,
            size=entry.bytes,
            patience=patience,
            room=lambda total: _refuse_full_disk(entry, part, total),
            watch=watch,
        )
        if _is_right(entry, part):
            put_in_place(part, entry.path)
            return
        found = _digest(part)
        part.unlink()
    if before:  # what was there from before may have been the wrong part of it
        _from_mirror(entry, mirror, patience, watch)
        return
    raise MirrorFault(f"gives another file (sha256 {found}, not {entry.sha256})")


def _is_right(entry: Entry, path: Path) -> bool:
    if not path.is_file() or (entry.bytes is not None and path.stat().st_size != entry.bytes):
        return False
    return _digest(path) == entry.sha256


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def put_in_place(part: Path, path: Path) -> None:
    """Give a whole file its name, in one step that lasts."""
    for place in (part, path.parent):
        if place == path.parent:
            os.replace(part, path)
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _refuse_full_disk(entry: Entry, part: Path, total: int) -> None:
    missing = total - (part.stat().st_size if part.exists() else 0)
    free = shutil.disk_usage(entry.path.parent).free
    if missing + SPARE > free:
        raise StoreError(
            f"{entry.path}: does not fit ({missing} bytes needed, {free} free); free space or choose another folder "
            "with PIPELINE_MODELS"
        )


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let one process at a time fetch a file; the lock dies with its owner, and its file means nothing by itself."""
    with naming(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(f"{path}: another fetch of it is under way; wait for that one") from None
        except OSError as fault:
            raise StoreError(f"{path}: its disk cannot lock files; choose a folder on another disk") from fault
        yield
    finally:
        os.close(descriptor)
