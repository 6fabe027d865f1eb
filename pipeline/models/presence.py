"""Entries -> which of their files are there and whole, and what to do about those that are not.

Whether a file is the right one is decided by its size and SHA-256 alone, never by its name or date. A checkpoint that
has been converted is there as long as what it was converted to is.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from ..errors import ModelError
from ..types import Engine
from .catalogue import PACKAGED, find, read_catalogue, teller_of
from .conversion import converted_file
from .depth_config import TransformersDepth, absence
from .entry import Entry
from .folder import models_folder

VGG = "vgg16"  # what init.distance lpips compares by


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """One line of the list of models: `state` is present, missing or damaged, and `fault` says what is wrong."""

    name: str
    kind: str
    purpose: str
    file: str
    bytes: int | None
    sha256: str | None
    licence: str
    state: str
    fault: str
    place: str


def list_models(names: Iterable[str] = (), *, thorough: bool = False, catalogue: Path = PACKAGED) -> list[ModelStatus]:
    """Say of every model, or of those named, what it is for and whether its file is there.

    Convention: `thorough` reads every file whole and compares its digest; else its size alone is looked at.
    """
    chosen = [find(name, catalogue=catalogue) for name in names] or list(read_catalogue(catalogue).values())
    return [status_of(entry, thorough=thorough) for entry in chosen]


def status_of(entry: Entry, *, thorough: bool = False) -> ModelStatus:
    """Say what one model is for and whether its file is there; `thorough` compares its digest too."""
    state, fault = "present", ""
    if not entry.path.is_file() and not converted_file(entry.sha256, models_folder()).is_file():
        state, fault = "missing", _absence(entry)
    elif entry.path.exists():
        try:
            with open_pinned(entry) as file:
                if thorough:
                    _refuse_other_digest(entry, hashlib.file_digest(file, "sha256").hexdigest())
        except ModelError as problem:
            state, fault = "damaged", str(problem)
    told = {key: getattr(entry, key) for key in ("name", "kind", "purpose", "file", "bytes", "sha256", "licence")}
    return ModelStatus(**told, state=state, fault=fault, place=str(entry.path))


def refuse_absent(engine: Engine, *, also: Iterable[str] = (), catalogue: Path = PACKAGED) -> None:
    """Find out before anything heavy that the models of an engine, and others, are there and of the right size.

    Raises: ModelError naming every file that is not, where it goes, and how to get it.
    """
    own = (engine.diffusion_model, *engine.clip_models, engine.secondary_model, engine.depth_model, engine.flow_model)
    names = dict.fromkeys(filter(None, (*own, teller_of(engine, catalogue), *also)))
    faults = [status.fault for status in list_models(names, catalogue=catalogue) if status.fault]
    faults += _lacking_package(engine, catalogue)
    if faults:
        raise ModelError("\n".join(faults))


def _lacking_package(engine: Engine, catalogue: Path) -> list[str]:
    """Return what is wrong where the depth network needs a package that is not installed."""
    if not engine.depth_model:
        return []
    entry = find(engine.depth_model, catalogue=catalogue)
    fault = absence() if isinstance(entry.architecture, TransformersDepth) else ""
    return [f"{entry.name}: {fault}"] if fault else []


def read_pinned(entry: Entry) -> bytes:
    """Return the content of an entry's file, once its size and digest are the pinned ones.

    Raises: ModelError naming the file, what was expected and what was found.
    """
    with open_pinned(entry) as file:
        content = file.read()
    _refuse_other_digest(entry, hashlib.sha256(content).hexdigest())
    return content


def open_pinned(entry: Entry) -> BufferedReader:
    """Open an entry's file for reading, once it is an ordinary file of the pinned size."""
    if not os.path.lexists(entry.path):
        raise ModelError(_absence(entry))
    if entry.sha256 is None:
        raise ModelError(f"{entry.path}: {unpinned(entry)}")
    try:
        found = os.stat(entry.path)  # before opening: a pipe in its place would wait for ever
        if not stat.S_ISREG(found.st_mode):
            raise ModelError(f"{entry.path}: is not an ordinary file; put the weights of {entry.name!r} in its place")
        if entry.bytes is not None and found.st_size != entry.bytes:
            raise ModelError(
                f"{entry.path}: has {found.st_size} bytes, the catalogue says {entry.bytes} "
                f"(sha256 {entry.sha256}); {_restore(entry)}"
            )
        return entry.path.open("rb")
    except OSError as fault:
        raise ModelError(f"{entry.path}: cannot be read ({fault.strerror}); {_restore(entry)}") from fault


def expected_size(entry: Entry) -> str:
    """Say how large an entry's file is, as far as anyone knows."""
    if entry.bytes is not None:
        return f"{entry.bytes} bytes"
    if entry.weights_m is not None:
        return f"about {entry.weights_m * 4 / 1000:.2g} GB in single precision, half of it in half"
    return "size not known"


def _absence(entry: Entry) -> str:
    expected = f"{expected_size(entry)}, sha256 {entry.sha256 or 'pinned by nobody'}"
    return f"{entry.path}: the weights of {entry.name!r} are not there (expected: {expected}); {_restore(entry)}"


def unpinned(entry: Entry) -> str:
    """Say what to do about an entry whose file nobody has pinned."""
    if entry.shipped:
        return f"the catalogue pins no size and digest for {entry.name!r}; adopt weights first"
    return f"nobody has pinned a digest for {entry.name!r}; {_restore(entry)}"


def _restore(entry: Entry) -> str:
    if entry.shipped:
        return "restore the file"
    if not entry.mirrors:
        return f"get it from {entry.source or 'its publisher'} and run `pipeline models add FILE --like {entry.name}`"
    trust = "" if entry.sha256 else " --trust sha256:DIGEST` with the digest its publisher gives"
    return f"run `pipeline models fetch {entry.name}{trust or '`'} or put the file there"


def _refuse_other_digest(entry: Entry, found: str) -> None:
    if found != entry.sha256:
        raise ModelError(f"{entry.path}: sha256 is {found}, the catalogue says {entry.sha256}; {_restore(entry)}")
