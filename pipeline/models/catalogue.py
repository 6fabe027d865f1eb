"""catalogue.yaml -> entries, and entries -> which of their files are there and whole.

Every number that describes a model stands in the YAML and nowhere else. Files lie in `embedded/` beside the
catalogue; whether one is the right one is decided by its size and SHA-256 alone, never by its name or date.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from difflib import get_close_matches
from io import BufferedReader
from pathlib import Path
from typing import Any

import yaml

from ..errors import ModelError
from .entry import ClipArchitecture, DiffusionArchitecture, Entry, read_value

PACKAGED = Path(__file__).with_name("catalogue.yaml")
FOLDER = "embedded"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}\.(safetensors|pt)")
_ARCHITECTURES: dict[object, type] = {"diffusion": DiffusionArchitecture, "clip": ClipArchitecture}
_TEXTS = ("kind", "purpose", "file", "licence")


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


def read_catalogue(catalogue: Path = PACKAGED) -> dict[str, Entry]:
    """Read every entry of a catalogue, by name.

    Raises: ModelError for anything in it that is not exactly as it must be.
    """
    try:
        text = catalogue.read_text(encoding="utf-8")
        root = yaml.compose(text, yaml.SafeLoader)
        _refuse_duplicates(root, catalogue)
        found = yaml.safe_load(text)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as fault:
        raise ModelError(f"{catalogue}: cannot be read ({fault}); restore it") from fault
    if not isinstance(found, dict) or not found:
        raise ModelError(f"{catalogue}: holds no models; write one `name:` with its fields below")
    return {name: _read_entry(name, item, catalogue) for name, item in found.items()}


def find(name: str, *, catalogue: Path = PACKAGED) -> Entry:
    """Return the entry called `name`, or name those that come near."""
    entries = read_catalogue(catalogue)
    if name in entries:
        return entries[name]
    near = get_close_matches(name, entries, n=2)
    hint = "did you mean " + " or ".join(repr(other) for other in near) + "?" if near else "choose one that is there"
    raise ModelError(f"{catalogue}: no model is called {name!r}; {hint} (known: {', '.join(sorted(entries))})")


def list_models(*, catalogue: Path = PACKAGED) -> list[ModelStatus]:
    """Say of every model what it is for and whether its file is there and whole."""
    return [_status(entry) for entry in read_catalogue(catalogue).values()]


def read_pinned(entry: Entry) -> bytes:
    """Return the content of an entry's file, once its size and digest are those of the catalogue.

    Raises: ModelError naming the file, what was expected and what was found.
    """
    with _open(entry) as file:
        content = file.read()
    _refuse_other_digest(entry, hashlib.sha256(content).hexdigest())
    return content


def _status(entry: Entry) -> ModelStatus:
    state, fault = "present", ""
    if not entry.path.is_file():
        state, fault = "missing", f"{entry.path}: the file is not there"
    else:
        try:
            with _open(entry) as file:
                _refuse_other_digest(entry, hashlib.file_digest(file, "sha256").hexdigest())
        except ModelError as problem:
            state, fault = "damaged", str(problem)
    told = {key: getattr(entry, key) for key in ("name", "kind", "purpose", "file", "bytes", "sha256", "licence")}
    return ModelStatus(**told, state=state, fault=fault)


def _open(entry: Entry) -> BufferedReader:
    """Open an entry's file for reading, once it is an ordinary file of the pinned size."""
    if entry.bytes is None or entry.sha256 is None:
        raise ModelError(f"{entry.path}: the catalogue pins no size and digest for {entry.name!r}; adopt weights first")
    try:
        found = os.stat(entry.path)  # before opening: a pipe in its place would wait for ever
        if not stat.S_ISREG(found.st_mode):
            raise ModelError(f"{entry.path}: is not an ordinary file; put the weights of {entry.name!r} in its place")
        if found.st_size != entry.bytes:
            raise ModelError(
                f"{entry.path}: has {found.st_size} bytes, the catalogue says {entry.bytes} "
                f"(sha256 {entry.sha256}); restore the file"
            )
        return entry.path.open("rb")
    except OSError as fault:
        raise ModelError(f"{entry.path}: cannot be read ({fault.strerror}); restore the file") from fault


def _refuse_other_digest(entry: Entry, found: str) -> None:
    if found != entry.sha256:
        raise ModelError(f"{entry.path}: sha256 is {found}, the catalogue says {entry.sha256}; restore the file")


def _read_entry(name: object, item: object, catalogue: Path) -> Entry:
    where = f"{catalogue}: {name}"
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ModelError(f"{where}: a model's name is made of a-z, 0-9, dot, underscore and hyphen; rename it")
    if not isinstance(item, dict):
        raise ModelError(f"{where}: is not a mapping; write one `field: value` per line")
    expected = {*_TEXTS, "bytes", "sha256", "architecture"}
    for key in sorted(expected ^ set(item), key=str):
        raise ModelError(f"{where}: field {key!r} is {'missing; add it' if key in expected else 'unknown; remove it'}")
    architecture = _ARCHITECTURES.get(item["kind"])
    if architecture is None:
        raise ModelError(f"{where}.kind: {item['kind']!r} is not one of diffusion, clip; choose one of them")
    told: dict[str, Any] = {key: read_value(str, item[key], where=f"{where}.{key}") for key in _TEXTS}
    if not _FILE.fullmatch(told["file"]):
        raise ModelError(f"{where}.file: {told['file']!r} is not a plain .safetensors or .pt name; give the name only")
    entry = Entry(
        name=name,
        **told,
        bytes=read_value(int | None, item["bytes"], where=f"{where}.bytes"),
        sha256=read_value(str | None, item["sha256"], where=f"{where}.sha256"),
        architecture=read_value(architecture, item["architecture"], where=f"{where}.architecture"),
        path=catalogue.parent / FOLDER / told["file"],
    )
    _refuse_contradictions(entry, where)
    return entry


def _refuse_contradictions(entry: Entry, where: str) -> None:
    """Find numbers that are well-formed one by one and cannot all be true."""
    if (entry.bytes is None) != (entry.sha256 is None):
        raise ModelError(f"{where}: only one of bytes and sha256 is given; give both or neither")
    if entry.sha256 is not None and not re.fullmatch("[0-9a-f]{64}", entry.sha256):
        raise ModelError(f"{where}.sha256: {entry.sha256!r} is not 64 digits of 0-9, a-f; correct the pin")
    if not isinstance(entry.architecture, DiffusionArchitecture):
        return
    model = entry.architecture
    channels = 3 * model.unshuffle**2
    out = channels * (2 if model.learn_sigma else 1)
    if (model.unet.in_channels, model.unet.out_channels) != (channels, out):
        raise ModelError(f"{where}: unshuffle {model.unshuffle} needs {channels} channels in and {out} out; say so")
    step = model.unshuffle * 2 ** (len(model.unet.channel_mult) - 1)
    size, multiple = model.recommended_size, model.size_multiple
    for said, number, unit in (
        ("size_multiple", multiple, step),
        ("height", size.height, multiple),
        ("width", size.width, multiple),
    ):
        if number < 1 or number % unit:
            raise ModelError(f"{where}: {said} is {number}, the network cannot halve it; give a multiple of {unit}")


def _refuse_duplicates(node: yaml.Node | None, catalogue: Path) -> None:
    """YAML's own reader lets the last of two equal keys win without a word."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_duplicates(item, catalogue)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, item in node.value:
            if str(key.value) in seen:
                raise ModelError(f"{catalogue}:{key.start_mark.line + 1}: {key.value!r} stands twice; remove one")
            seen.add(str(key.value))
            _refuse_duplicates(item, catalogue)
