"""Checkpoints converted to safetensors: where they lie, keyed by the digest of what they were made from.

Beside each stands its own size and digest, so that a damaged one is noticed and made again from the checkpoint.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from .folder import CONVERTED, write_whole


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


def write_converted(digest: str, folder: Path, content: bytes) -> Path:
    """Keep the conversion of a checkpoint; its pin is written last, and without it the file counts as not there.

    Raises: StoreError where it cannot be written.
    """
    path = converted_file(digest, folder)
    write_whole(path, content)
    told = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), "from_sha256": digest}
    write_whole(path.with_suffix(".json"), (json.dumps(told) + "\n").encode())
    return path
