"""The edition of the embedded models that the trainers make: their architectures, before anything is trained.

The package's catalogue keeps the entries of what is shipped until a new model takes its place.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from ..models.catalogue import find_written
from ..models.entry import Architecture

EDITION = Path(__file__).with_name("edition.yaml")
A = TypeVar("A", bound=Architecture)


def planned(name: str, kind: type[A]) -> A:
    """Return the architecture of a model that is to be trained."""
    entry = find_written(name, catalogue=EDITION)
    if entry is None or not isinstance(entry.architecture, kind):
        raise ValueError(f"{EDITION}: has no {kind.__name__} called {name!r}")
    return entry.architecture
