"""Checkpoints converted to safetensors: where they lie, keyed by the digest of what they were made from.

Beside each stands its own size and digest, so that a damaged one is noticed and made again from the checkpoint.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

from .folder import CONVERTED, naming, write_whole


def converted_file(digest: str | None, folder: Path) -> Path:
    """Return where the conversion of a checkpoint with this digest lies, or would lie."""
    return folder / CONVERTED / f"{digest}.safetensors"


def read_converted(digest: str | None, folder: Path) -> bytes | None:
    """Return the conversion of a checkpoint if it is there and whole."""
    path = converted_file(digest, folder)
    try:
        pin = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        content = path.read_bytes() if path.is_file() else b""
    except (OSError, ValueError, RecursionError):
        return None
    whole = isinstance(pin, dict) and pin.get("sha256") == hashlib.sha256(content).hexdigest()
    return content if whole else None


def write_converted(digest: str, folder: Path, write: Callable[[Path], None]) -> Path:
    """Keep the conversion of a checkpoint, which `write` puts into a file of the given path.

    Its pin is written last; without it the file counts as not there.

    Raises: StoreError where it cannot be written.
    """
    path = converted_file(digest, folder)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with naming(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write(temporary)
            with temporary.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
    told = {"bytes": path.stat().st_size, "sha256": found, "from_sha256": digest}
    write_whole(path.with_suffix(".json"), (json.dumps(told) + "\n").encode())
    return path
