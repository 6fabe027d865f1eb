"""One item of a catalogue's YAML -> one entry, or the first thing that is not as it must be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from ..errors import ModelError
from .architectures import clip_architecture
from .depth_config import depth_config
from .entry import (
    ARCHITECTURES,
    Architecture,
    ClipArchitecture,
    DetailShape,
    DiffusionArchitecture,
    Entry,
    SketchShape,
    UpscalerArchitecture,
)
from .folder import DIGEST
from .values import hints_of, read_value

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}(/[A-Za-z0-9][A-Za-z0-9._-]{0,79})?")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}\.(safetensors|pt|pth|bin)")
_PLACED = {"name", "path", "shipped"}  # what the reader knows without being told
_FIELDS = {field.name: field.default is MISSING for field in fields(Entry) if field.name not in _PLACED}


def read_entry(name: object, item: object, items: Mapping[object, object], *, where: str, folder: Path) -> Entry:
    """Read the entry `name`; `items` are all of the catalogue, by whose names an entry may say what it is like.

    Raises: ModelError naming the place in the catalogue.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ModelError(f"{where}: a model's name is made of a-z, A-Z, 0-9, dot, underscore and hyphen; rename it")
    told = _complete(item, items, where)
    kind = told["kind"]
    if kind not in ARCHITECTURES:
        raise ModelError(f"{where}.kind: {kind!r} is not one of {', '.join(map(str, ARCHITECTURES))}; choose one")
    hints = hints_of(Entry)
    read: dict[str, Any] = {
        key: read_value(hints[key], value, where=f"{where}.{key}")
        for key, value in told.items()
        if key != "architecture"
    }
    if not _FILE.fullmatch(read["file"]):
        raise ModelError(f"{where}.file: {read['file']!r} is not a plain .safetensors or .pt name; give the name only")
    architecture = _architecture(kind, told["architecture"], f"{where}.architecture")
    entry = Entry(name=name, **read, architecture=architecture, path=folder / read["file"])
    _refuse_contradictions(entry, where)
    return entry


def _complete(item: object, items: Mapping[object, object], where: str) -> dict[str, Any]:
    """Return an entry's fields, kind and architecture taken from the entry it is `like`."""
    if not isinstance(item, dict):
        raise ModelError(f"{where}: is not a mapping; write one `field: value` per line")
    told = dict(item)
    if "like" in told:
        other = _pattern(told["like"], items, where)
        told |= {"kind": other["kind"], "architecture": other["architecture"]}
        del told["like"]
    for key in sorted({key for key, needed in _FIELDS.items() if needed} - told.keys()):
        raise ModelError(f"{where}: field {key!r} is missing; add it")
    for key in sorted(told.keys() - _FIELDS.keys(), key=str):
        raise ModelError(f"{where}: field {key!r} is unknown; remove it")
    return told


def _pattern(name: object, items: Mapping[object, object], where: str) -> dict[str, Any]:
    """Return the fields of the entry at the end of a chain of likenesses."""
    other: Any = {"like": name}
    for _ in range(4):
        other = items.get(other["like"]) if isinstance(other["like"], str) else None
        if not isinstance(other, dict) or "like" not in other:
            break
    if not isinstance(other, dict) or not {"kind", "architecture"} <= other.keys():
        raise ModelError(f"{where}.like: {name!r} is no entry with an architecture; name one that has")
    return other


def _architecture(kind: object, told: object, where: str) -> Architecture:
    if kind == "clip" and isinstance(told, dict) and isinstance(told.get("open_clip"), str):
        options = dict(told)
        return clip_architecture(options.pop("open_clip"), where=where, **_options(options, where))
    if kind == "depth" and isinstance(told, dict) and told.keys() == {"transformers"}:
        return depth_config(told["transformers"], where=f"{where}.transformers")
    found: Architecture = read_value(ARCHITECTURES[kind], told, where=where)
    return found


def _options(told: dict[str, Any], where: str) -> dict[str, Any]:
    hints = hints_of(ClipArchitecture)
    for key in told.keys() - {"quick_gelu", "mean", "std"}:
        raise ModelError(f"{where}: unknown field {key!r}; remove it")
    return {key: read_value(hints[key], value, where=f"{where}.{key}") for key, value in told.items()}


def _refuse_contradictions(entry: Entry, where: str) -> None:
    """Find what is well-formed one by one and cannot all be true."""
    if entry.bytes is not None and entry.sha256 is None:
        raise ModelError(f"{where}: a size without a sha256 is given; give both, or the digest alone")
    if entry.sha256 is not None and not DIGEST.fullmatch(entry.sha256):
        raise ModelError(f"{where}.sha256: {entry.sha256!r} is not 64 digits of 0-9, a-f; correct the pin")
    for address in entry.mirrors:
        if not re.fullmatch(r"https?://[^\s/]+/\S+", address):
            raise ModelError(f"{where}.mirrors: {address!r} is no http or https address of a file; correct it")
    if isinstance(entry.architecture, DiffusionArchitecture):
        _refuse_sizes(entry.architecture, where)
    if isinstance(entry.architecture, UpscalerArchitecture):
        _refuse_upscaler(entry.architecture, where)


def _refuse_sizes(model: DiffusionArchitecture, where: str) -> None:
    channels = 3 * model.unshuffle**2
    shown, out = channels * (2 if model.sketch else 1), channels * (2 if model.learn_sigma else 1)
    if (model.unet.in_channels, model.unet.out_channels) != (shown, out):
        what = f"unshuffle {model.unshuffle}" + (" beside a sketch" if model.sketch else "")
        raise ModelError(f"{where}: {what} needs {shown} channels in and {out} out; say so")
    if model.detail is not None:
        _refuse_detail(model, model.detail, where)
    if model.sketch is not None:
        _refuse_sketch(model, model.sketch, where)
    step = model.unshuffle * 2 ** (len(model.unet.channel_mult) - 1)
    size, multiple = model.recommended_size, model.size_multiple
    for said, number, unit in (
        ("size_multiple", multiple, step),
        ("height", size.height, multiple),
        ("width", size.width, multiple),
    ):
        if number < 1 or number % unit:
            raise ModelError(f"{where}: {said} is {number}, the network cannot halve it; give a multiple of {unit}")


def _refuse_detail(model: DiffusionArchitecture, detail: DetailShape, where: str) -> None:
    if model.predicts != "x0" or not model.learn_sigma:
        raise ModelError(
            f"{where}: detail is for a model with predicts: x0 and learn_sigma: true; say so, or remove it"
        )
    if detail.unshuffle < 1 or model.unshuffle % detail.unshuffle:
        raise ModelError(
            f"{where}: detail.unshuffle is {detail.unshuffle}; give a divisor of unshuffle, which is {model.unshuffle}"
        )
    for said, number, unit in (
        ("features", detail.features, 8),
        ("before", detail.before, 1),
        ("behind", detail.behind, 1),
    ):
        if number < 1 or number % unit:
            raise ModelError(f"{where}: detail.{said} is {number}; give a multiple of {unit}")


def _refuse_sketch(model: DiffusionArchitecture, sketch: SketchShape, where: str) -> None:
    if model.predicts != "x0" or not model.learn_sigma:
        raise ModelError(
            f"{where}: sketch is for a model with predicts: x0 and learn_sigma: true; say so, or remove it"
        )
    if model.text is None:
        raise ModelError(f"{where}: sketch draws what a text suggests, and no text is told; say text, or remove it")
    for said, number in (("hidden", sketch.hidden), ("features", sketch.features), ("fine", sketch.fine)):
        if number < 1:
            raise ModelError(f"{where}: sketch.{said} is {number}; give at least 1")
    if sketch.side < 2 or sketch.side % 2:
        raise ModelError(f"{where}: sketch.side is {sketch.side}; give a multiple of 2")
    if not sketch.names or min(sketch.names) < 1:
        raise ModelError(f"{where}: sketch.names is {list(sketch.names)}; give how many names each kind has")
    for pair in sketch.pairs:
        if not 0 <= pair[0] < pair[1] < len(sketch.names):
            last = len(sketch.names) - 1
            raise ModelError(
                f"{where}: sketch.pairs has {list(pair)}; give two kinds from 0 to {last}, the lower first"
            )


def _refuse_upscaler(model: UpscalerArchitecture, where: str) -> None:
    for said, number, least in (("features", model.features, 1), ("convolutions", model.convolutions, 0)):
        if number < least:
            raise ModelError(f"{where}: {said} is {number}; give at least {least}")
    if model.unshuffle not in (1, 2, 4):  # parts of a large picture begin at whole blocks
        raise ModelError(f"{where}: unshuffle is {model.unshuffle}; give 1, 2 or 4")
    if not 2 <= model.times <= 8:
        raise ModelError(f"{where}: times is {model.times}, which is no enlargement; give 2 to 8")
