"""Where fetched weights lie, and what is remembered about them: `pins.json`, one size and digest for each model.

The folder is `PIPELINE_MODELS` or the platform's cache. A pin is written only after a file has been read whole; for a
model that the catalogue gives no digest, it is the one the user typed.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from ..caches import cache_folder
from ..errors import ModelError, StoreError

VARIABLE = "PIPELINE_MODELS"
PINS = "pins.json"
ADDED = "added.yaml"
CONVERTED = "converted"
DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Pin:
    """The size and SHA-256 of a file that was found right."""

    bytes: int
    sha256: str


def models_folder() -> Path:
    """Return the folder of fetched weights; it need not be there."""
    told = os.environ.get(VARIABLE)
    return Path(told).expanduser() if told else cache_folder("models")


def read_pins(folder: Path) -> dict[str, Pin]:
    """Return what is remembered about the files of a folder, by the model's name.

    Raises: ModelError where the file of pins is not one.
    """
    path = folder / PINS
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        pins = {str(name): Pin(**item) for name, item in found.items()}
        if not all(type(pin.bytes) is int and DIGEST.fullmatch(pin.sha256) for pin in pins.values()):
            raise ValueError("a pin is not a size and a digest")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as fault:
        raise ModelError(f"{path}: cannot be read ({fault}); remove it and fetch or add the models again") from fault
    return pins


def remember(folder: Path, name: str, pin: Pin) -> None:
    """Write a pin beside those that are there."""
    pins = read_pins(folder) | {name: pin}
    told = {key: asdict(value) for key, value in sorted(pins.items())}
    write_whole(folder / PINS, (json.dumps(told, indent=1) + "\n").encode())


def write_whole(path: Path, content: bytes) -> None:
    """Write a whole file or none: a reader sees the old content or the new one.

    Raises: StoreError where it cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with naming(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        finally:
            with suppress(OSError):
                temporary.unlink()


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Turn what the system says about a file that is written into an error that names it."""
    try:
        yield
    except OSError as fault:
        raise StoreError(f"{path}: cannot be written ({fault.strerror}); free space or choose another place") from fault
