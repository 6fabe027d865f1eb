"""A weight file of the artist's own -> an entry beside the catalogue's, once it is known to fit the network it is like.

The file is copied into the folder of fetched weights. If it is the very file the catalogue pins, it simply takes its
place there; any other is added under a name of its own, and only with the digest the artist typed.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import torch
import yaml

from ..errors import ModelError, UsageError
from .catalogue import PACKAGED, read_catalogue
from .depth_config import TransformersDepth, config_beside
from .entry import Entry
from .fetching import put_in_place, read_trust
from .folder import ADDED, Pin, models_folder, naming, remember, write_whole
from .networks import build_network
from .transformers_depth import open_transformers_depth
from .weights import open_weights, refuse_misfit

_SUFFIXES = (".safetensors", ".pt", ".pth", ".bin")


@dataclass(frozen=True, slots=True)
class Added:
    """A model that may be named from now on."""

    name: str
    path: Path
    bytes: int
    sha256: str


def add(
    file: Path, *, like: str, name: str | None = None, trust: str | None = None, catalogue: Path = PACKAGED
) -> Added:
    """Copy a weight file to where fetched ones lie, and give it the name `name`, by default that of the file.

    Raises: ModelError if it is not the file whose digest was typed or does not fit the architecture of `like`;
        UsageError for a name that is taken or cannot be one; StoreError where it cannot be written.
    """
    entries = read_catalogue(catalogue)
    pattern = next((one for one in entries.values() if like in (one.name, *one.aliases)), None)
    if pattern is None:
        raise UsageError(f"--like {like}: is no entry of the catalogue; name one of `pipeline models list`")
    digest, size = _measure(file)
    if pattern.sha256 == digest and not pattern.shipped:
        entry = replace(pattern, bytes=size)
        _copy(file, entry.path)
    else:
        _refuse_untrusted(file, digest, size, trust)
        entry = _named(file, _configured(pattern, file), name or file.stem, entries, Pin(size, digest))
        _copy(file, entry.path)
        try:
            _refuse_unfit(entry, file)
        except ModelError:
            entry.path.unlink()
            raise
        _write_entry(entry, pattern, models_folder() / ADDED)
    remember(models_folder(), entry.name, Pin(size, digest))
    return Added(entry.name, entry.path, size, digest)


def _configured(pattern: Entry, file: Path) -> Entry:
    """Return the pattern with the configuration that lies beside a depth network's file, where one does."""
    if not isinstance(pattern.architecture, TransformersDepth):
        return pattern
    if file.suffix != ".safetensors":
        raise UsageError(f"{file}: depth networks are taken from .safetensors alone; get the model in that form")
    return replace(pattern, architecture=config_beside(file) or pattern.architecture)


def _refuse_unfit(entry: Entry, file: Path) -> None:
    if isinstance(entry.architecture, TransformersDepth):
        open_transformers_depth(entry)
        return
    with torch.device("meta"):
        network = build_network(entry.architecture)
    refuse_misfit(open_weights(entry), network, where=str(file))


def _measure(file: Path) -> tuple[str, int]:
    if file.suffix not in _SUFFIXES or not file.is_file():
        raise UsageError(f"{file}: is no file that ends in {', '.join(_SUFFIXES)}; name a weight file")
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest(), file.stat().st_size
    except OSError as fault:
        raise UsageError(f"{file}: cannot be read ({fault.strerror}); check the path") from fault


def _refuse_untrusted(file: Path, digest: str, size: int, trust: str | None) -> None:
    if trust is None:
        raise ModelError(
            f"{file}: nobody has pinned this file ({size} bytes, sha256 {digest}); compare the digest with the one its "
            "publisher gives, and add it as --trust sha256:DIGEST"
        )
    if read_trust(trust) != digest:
        raise ModelError(f"{file}: its sha256 is {digest}, not the one given with --trust; get the file again")


def _named(file: Path, pattern: Entry, name: str, entries: dict[str, Entry], pin: Pin) -> Entry:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", name, re.ASCII):
        raise UsageError(
            f"--name {name[:80]!r}: a model's name is made of letters, digits, '.', '_' and '-'; choose one"
        )
    if any(name in (one.name, *one.aliases) for one in entries.values()):
        raise UsageError(f"--name {name}: another model is called that; choose another name with --name")
    path = models_folder() / (name + file.suffix)
    if path.exists():
        raise UsageError(f"{path}: stands there already; choose another name with --name")
    return replace(
        pattern,
        name=name,
        purpose=f"Added by hand; built like {pattern.name}.",
        file=path.name,
        path=path,
        bytes=pin.bytes,
        sha256=pin.sha256,
        licence="unknown",
        shipped=False,
    )


def _copy(file: Path, path: Path) -> None:
    part = path.with_name(path.name + ".part")
    with naming(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(file, part)
            put_in_place(part, path)
        finally:
            with suppress(OSError):
                part.unlink()


def _write_entry(entry: Entry, pattern: Entry, path: Path) -> None:
    built: dict[str, object] = {"like": pattern.name}
    if isinstance(entry.architecture, TransformersDepth) and entry.architecture != pattern.architecture:
        built = {"kind": entry.kind, "architecture": {"transformers": entry.architecture.config}}
    told = {
        **built,
        "purpose": entry.purpose,
        "file": entry.file,
        "bytes": entry.bytes,
        "sha256": entry.sha256,
        "licence": entry.licence,
        "source": "the file that was added",
    }
    before = path.read_text(encoding="utf-8") if path.is_file() else "# Models added with `pipeline models add`.\n"
    write_whole(path, (before + "\n" + yaml.safe_dump({entry.name: told}, sort_keys=False)).encode())
