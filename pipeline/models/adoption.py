"""Trained tensors -> a weight file in half precision, and its pin in the catalogue.

Half precision halves the repository and costs the pictures nothing that can be seen; the network computes in single
precision all the same. Nothing is adopted that could not be loaded again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
import yaml
from safetensors.torch import save
from torch import Tensor

from ..errors import ModelError
from .catalogue import FOLDER, PACKAGED, find, read_catalogue
from .folder import write_whole
from .networks import build_network
from .weights import refuse_misfit

FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Adopted:
    """A weight file as it was written; `bytes` and `sha256` are what the catalogue must say of it."""

    path: Path
    bytes: int
    sha256: str


def adopt(
    name: str, state_dict: Mapping[str, Tensor], *, folder: Path | None = None, catalogue: Path = PACKAGED
) -> Adopted:
    """Write trained tensors as the weight file of the entry `name`, by default where the catalogue looks for it.

    Raises: ModelError if they do not fit the entry's architecture, or a value is not finite in half precision.
    """
    entry = find(name, catalogue=catalogue)
    if entry.path.suffix != ".safetensors":
        raise ModelError(f"{entry.name}: its file is {entry.file!r}; only .safetensors files are written")
    halved = {key: _halve(value) for key, value in state_dict.items()}
    refuse_misfit(halved, build_network(entry.architecture), where=f"weights for {name}")
    # one text, because safetensors writes several in an order that changes from run to run
    told = json.dumps({"format_version": FORMAT_VERSION, "name": name})
    content = save(halved, metadata={"model": told})
    path = (folder or catalogue.parent / FOLDER) / entry.file
    write_whole(path, content)
    return Adopted(path, len(content), hashlib.sha256(content).hexdigest())


def record(name: str, adopted: Adopted, *, catalogue: Path = PACKAGED) -> None:
    """Rewrite size and digest of the entry `name` in the catalogue, leaving every other character alone."""
    find(name, catalogue=catalogue)
    text = catalogue.read_text(encoding="utf-8")
    new = {"bytes": str(adopted.bytes), "sha256": f'"{adopted.sha256}"'}
    spans = [(node.start_mark.index, node.end_mark.index, new[key]) for key, node in _pins(text, name).items()]
    for start, end, value in sorted(spans, reverse=True):  # from the back, so that earlier places stay true
        text = text[:start] + value + text[end:]
    write_whole(catalogue, text.encode())
    read_catalogue(catalogue)


def enter(name: str, source: Path, *, catalogue: Path = PACKAGED) -> None:
    """Put the entry `name` as another catalogue writes it into this one, in place of its own or at the end."""
    there = source.read_text(encoding="utf-8")
    start, end = _span(there, name) or (0, 0)
    block = there[start:end].strip() + "\n"
    text = catalogue.read_text(encoding="utf-8")
    own = _span(text, name)
    if own is None:
        text = f"{text.rstrip()}\n\n{block}"
    else:
        gap = "\n" if text[own[1] :].strip() else ""
        text = text[: own[0]] + block + gap + text[own[1] :].lstrip("\n")
    write_whole(catalogue, text.encode())
    read_catalogue(catalogue)


def _span(text: str, name: str) -> tuple[int, int] | None:
    root = yaml.compose(text, yaml.SafeLoader)
    found = [
        (key.start_mark.index, node.end_mark.index) for key, node in (root.value if root else []) if key.value == name
    ]
    return found[0] if found else None


def _pins(text: str, name: str) -> dict[str, yaml.Node]:
    root = yaml.compose(text, yaml.SafeLoader)
    entries = {key.value: node for key, node in root.value} if root else {}
    return {key.value: node for key, node in entries[name].value if key.value in ("bytes", "sha256")}


def _halve(value: Tensor) -> Tensor:
    """Return a value of its own memory, in half precision; counters, which are whole numbers, stay as they are."""
    plain = value.detach().cpu()
    return plain.to(torch.float16 if plain.is_floating_point() else plain.dtype).clone(
        memory_format=torch.contiguous_format
    )
