"""catalogue.yaml and its parts (checkpoints, clips, depths) -> entries, each with its file's place on this machine.

Every number that describes a model stands in the YAML and nowhere else. What the first of the files names lies in
`embedded/` beside it, all else in the folder of fetched weights, which may add entries of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from ..errors import ModelError
from ..types import Engine
from .architectures import clip_architectures
from .entry import DiffusionArchitecture, Entry
from .folder import ADDED, models_folder, read_pins
from .reading import read_entry
from .upstream_tags import entry_of_tag

PACKAGED = Path(__file__).with_name("catalogue.yaml")
FOLDER = "embedded"
PARTS = ("checkpoints.yaml", "clips.yaml", "depths.yaml")
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C is ten times as fast


def read_catalogue(catalogue: Path = PACKAGED) -> dict[str, Entry]:
    """Read every entry of a catalogue, of the parts beside it and of the folder of fetched weights, by name.

    Raises: ModelError for anything in it that is not exactly as it must be.
    """
    folder = models_folder()
    beside = [catalogue.with_name(part) for part in PARTS]
    optional = [path for path in (*beside, folder / ADDED) if path.is_file()]
    raw: dict[object, tuple[object, Path]] = {}
    for path in (catalogue, *optional):
        for name, item in _read_yaml(path).items():
            if name in raw:
                raise ModelError(f"{path}: {name!r} stands in {raw[name][1]} already; rename one of the two")
            raw[name] = (item, path)
    items = {name: item for name, (item, _) in raw.items()}
    entries = {}
    for name, (item, path) in raw.items():
        shipped = path == catalogue
        place = catalogue.parent / FOLDER if shipped else folder
        entry = read_entry(name, item, items, where=f"{path}: {name}", folder=place)
        entries[entry.name] = replace(entry, shipped=shipped)
    return _with_pins(entries, folder)


def find_written(name: str, *, catalogue: Path = PACKAGED) -> Entry | None:
    """Return the entry that a catalogue holds under `name`; what is shipped is found without reading the others."""
    shipped = _read_yaml(catalogue)
    if name in shipped:
        where = f"{catalogue}: {name}"
        return read_entry(name, shipped[name], shipped, where=where, folder=catalogue.parent / FOLDER)
    entries = read_catalogue(catalogue)
    named = (entry for entry in entries.values() if name in entry.aliases)
    return entries.get(name) or next(named, None)


def find(name: str, *, catalogue: Path = PACKAGED) -> Entry:
    """Return the entry called `name`, or name those that come near.

    Convention: `architecture/pretrained` that is not in the catalogue is one of open_clip's own, if it knows both.
    """
    written = find_written(name, catalogue=catalogue)
    if written is not None:
        return written
    architecture, slash, _ = name.partition("/")
    if slash and architecture in clip_architectures():
        entry = entry_of_tag(name, folder=models_folder())
        return _with_pins({name: entry}, models_folder())[name]
    raise ModelError(f"{catalogue}: {_unknown(name, read_catalogue(catalogue).values())}")


def refuse_unknown(engine: Engine, *, catalogue: Path = PACKAGED) -> None:
    """Find names of models that nobody knows, without importing anything heavy.

    Raises: ModelError naming all of them, and what comes near.
    """
    depth = (engine.depth_model,) if engine.depth_model else ()
    flow = (engine.flow_model,) if engine.flow_model else ()
    others = (*_secondary(engine), *depth, *flow)
    if {engine.diffusion_model, *engine.clip_models, *others} <= _read_yaml(catalogue).keys():
        return  # the usual case, and the rest of the catalogue is long
    entries = read_catalogue(catalogue)
    known = {name for entry in entries.values() for name in (entry.name, *entry.aliases)}
    asked = {
        "models.diffusion": (engine.diffusion_model,),
        "models.clip": engine.clip_models,
        "models.secondary": _secondary(engine),
        "models.depth": depth,
        "follow.flow": flow,
    }
    faults = [
        f"{where}: {_unknown(name, entries.values())}"
        for where, names in asked.items()
        for name in names
        if name not in known and not ("/" in name and name.partition("/")[0] in clip_architectures())
    ]
    if faults:
        raise ModelError("\n".join(faults))


def _secondary(engine: Engine) -> tuple[str, ...]:
    return (engine.secondary_model,) if engine.secondary_model else ()


def _unknown(name: str, entries: Iterable[Entry]) -> str:
    names = [one for entry in entries for one in (entry.name, *entry.aliases)]
    _, slash, tag = name.partition("/")
    spoken = [*names, *(f"{one}/{tag}" for one in clip_architectures() if slash)]
    folded = {one.lower(): one for one in spoken}
    near = [folded[one] for one in get_close_matches(name.lower(), folded, n=2)]
    near += [one for one in names if one.lower().startswith(name.lower()) and one not in near][: 2 - len(near)]
    hint = "did you mean " + " or ".join(map(repr, near)) + "?" if near else "choose one of `pipeline models list`"
    known = f" (known: {', '.join(sorted(names))})" if len(names) <= 8 else ""
    return f"no model is called {name[:80]!r}; {hint}{known}"


def _with_pins(entries: dict[str, Entry], folder: Path) -> dict[str, Entry]:
    """Fill in the size of files that were fetched, and the digests that the user typed for those without one."""
    pins = read_pins(folder)
    for name in entries.keys() & pins.keys():
        entry, pin = entries[name], pins[name]
        if not entry.shipped and entry.sha256 in (None, pin.sha256):
            entries[name] = replace(entry, sha256=pin.sha256, bytes=entry.bytes or pin.bytes)
    return entries


def _read_yaml(path: Path) -> dict[object, object]:
    try:
        found = _parse(path.read_text(encoding="utf-8"), path)
    except (OSError, ValueError, TypeError, RecursionError, yaml.YAMLError) as fault:
        raise ModelError(f"{path}: cannot be read ({' '.join(str(fault).split())}); restore it") from fault
    if not isinstance(found, dict) or not found:
        raise ModelError(f"{path}: holds no models; write one `name:` with its fields below")
    return found


@lru_cache(maxsize=8)  # the same few texts are asked for again with every name that is looked up
def _parse(text: str, path: Path) -> object:
    loader = LOADER(text)
    root = loader.get_single_node()
    _refuse_duplicates(root, path)
    return None if root is None else loader.construct_document(root)


def _refuse_duplicates(node: yaml.Node | None, path: Path) -> None:
    """YAML's own reader lets the last of two equal keys win without a word."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_duplicates(item, path)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, item in node.value:
            if str(key.value) in seen:
                raise ModelError(f"{path}:{key.start_mark.line + 1}: {key.value!r} stands twice; remove one")
            seen.add(str(key.value))
            _refuse_duplicates(item, path)


def teller_of(engine: Engine, catalogue: Path = PACKAGED) -> str:
    """Return the name of the CLIP that tells an engine's diffusion model what to draw; "" where that takes no texts."""
    architecture = find(engine.diffusion_model, catalogue=catalogue).architecture
    text = architecture.text if isinstance(architecture, DiffusionArchitecture) else None
    return text.perceptor if text else ""
