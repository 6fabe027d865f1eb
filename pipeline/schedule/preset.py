"""Find and read an engine preset: which models draw, on what, and the settings a film has unless it says otherwise.

A preset is a complete file: every key is required, so nothing is decided in a hidden place.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from ..types import Engine, Mark
from .bounds import (
    CAMERA,
    CAMERA_WORDS,
    FOLLOW,
    FOLLOW_WORDS,
    FRAME,
    FRAME_PICTURES,
    FRAME_WORDS,
    INIT_OVER_FRAMES,
    INIT_OVER_STEPS,
    INIT_PATHS,
    INIT_WORDS,
    LOOK_OVER_FRAMES,
    LOOK_OVER_STEPS,
    LOOK_WORDS,
    SPACE,
)
from .fields import as_mapping, describe, nearest, scalar, whole, word
from .source import Complaints, Node, Sequence, read, refuse

CAMERA_KEYS = (*CAMERA_WORDS, "depth", *(CAMERA | SPACE))
FRAME_KEYS = (*FRAME_WORDS, *FRAME, *FRAME_PICTURES)
FOLLOW_KEYS = (*FOLLOW_WORDS, *FOLLOW)
LOOK_KEYS = (*LOOK_WORDS, *LOOK_OVER_FRAMES, *LOOK_OVER_STEPS, "clip_weights")
INIT_KEYS = (*INIT_PATHS, *INIT_WORDS, *INIT_OVER_FRAMES, *INIT_OVER_STEPS)
ENGINE_KEYS = ("models", "device", "precision", "threads", "batch", "compile")
DEFAULT_KEYS = (
    *("size", "fps", "duration", "seed", "beats_per_bar", "prompt_fade", "camera", "frame", "look", "init", "film"),
)
PRESET_KEYS = ("preset", *ENGINE_KEYS, "size_multiple", *DEFAULT_KEYS)
MODEL_KEYS = ("diffusion", "clip", "secondary", "depth")
FILM_KEYS = (
    *("codec", "quality", "crf", "enlarge", "audio", "audio_bitrate", "interpolate", "upscale", "upscaler"),
    *("stereo", "eye_distance", "convergence"),
)
SECTIONS = {
    "models": MODEL_KEYS,
    "look": LOOK_KEYS,
    "camera": CAMERA_KEYS,
    "frame": FRAME_KEYS,
    "follow": FOLLOW_KEYS,
    "init": INIT_KEYS,
    "film": FILM_KEYS,
}
REQUIRED = SECTIONS | {"camera": ("border",), "frame": (*FRAME_WORDS, *FRAME)}
DEVICES = ("cpu", "cuda", "auto")
PRECISIONS = ("auto", "float32", "float16", "bfloat16")
COMPILE = ("off", "on", "graphs")
DEFAULT = "embedded"
NO_MODEL = "none"


@dataclass(frozen=True, slots=True)
class Preset:
    """An engine, the step in which picture sizes grow, and the settings a film has unless it says otherwise.

    Convention: `places` says where the engine's facts are written, by name (`models.clip`); `name` is what it was
        called, `file` where it lies.
    """

    engine: Engine
    size_multiple: int
    defaults: dict[str, Node]
    places: dict[str, Mark] = field(default_factory=dict)
    name: str = DEFAULT
    file: Path = Path()


def find(wanted: str, mark: Mark, beside: Path, kind: str = "") -> Path:
    """Return the file of a preset given by name, or by a path from the folder `beside`.

    Convention: names are looked up in `configs/` of the checkout, of an installed package and of the current folder;
        `kind` is a folder in there for something else than presets.
    """
    if "/" in wanted or os.sep in wanted or wanted.endswith((".yaml", ".yml")):
        return beside / wanted
    package = Path(__file__).resolve().parents[1]
    folders = [Path(place, "configs", kind) for place in (package.parent, package, Path())]
    known = {path.stem: path for folder in reversed(folders) for path in sorted(folder.glob("*.yaml"))}
    if wanted not in known:
        what = f"there is no {kind.removesuffix('s') or 'preset'} '{wanted[:40]}'"
        refuse(mark, what, nearest(wanted, sorted(known)) if known else "give a path")
    return known[wanted]


def label(path: Path) -> str:
    """Return how messages call a file: from the current folder if it lies below it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def read_tree(path: Path) -> Node:
    """Read a preset's file."""
    return read(path, label(path))


def check(tree: Node) -> Preset:
    """Check a preset for completeness and read its engine.

    Raises: KeyframeError with all complaints about it.
    """
    complaints = Complaints()
    fields = as_mapping(tree, "preset", PRESET_KEYS, complaints)
    _complain_missing(tree, "preset", fields, PRESET_KEYS, complaints)
    inner = {}
    for section, known in SECTIONS.items():
        if section in fields:
            inner[section] = as_mapping(fields[section], section, known, complaints)
            _complain_missing(fields[section], section, inner[section], REQUIRED[section], complaints)
    complaints.settle()
    models = inner["models"]
    engine = Engine(
        diffusion_model=complaints.attempt(_model_name, models["diffusion"], "models.diffusion") or "",
        clip_models=complaints.attempt(_clip_models, models["clip"]) or (),
        device=complaints.attempt(word, fields["device"], "device", DEVICES) or "",
        threads=complaints.attempt(whole, fields["threads"], "threads", low=0, high=1024) or 0,
        batch=complaints.attempt(whole, fields["batch"], "batch", low=1, high=64) or 1,
        compile=complaints.attempt(word, fields["compile"], "compile", COMPILE) or "off",
        secondary_model=complaints.attempt(_secondary, models["secondary"]) or "",
        precision=complaints.attempt(word, fields["precision"], "precision", PRECISIONS) or "",
        depth_model=complaints.attempt(_model_name, models["depth"], "models.depth") or "",
    )
    if (engine.device, engine.precision) == ("cpu", "float16"):
        do = "write float32 or auto; bfloat16 works too: coarser, and faster only where a processor has units for it"
        complaints.add(fields["precision"].mark, "a processor does not compute in float16", do)
    multiple = complaints.attempt(whole, fields["size_multiple"], "size_multiple", low=1, high=1024)
    complaints.settle()
    named = {f"models.{key}": node for key, node in models.items()} | {
        key: fields[key] for key in ("device", "precision", "threads", "batch", "compile")
    }
    places = {key: node.mark for key, node in named.items()}
    return Preset(engine, multiple or 1, {key: fields[key] for key in DEFAULT_KEYS}, places)


def _complain_missing(node: Node, what: str, fields: dict, wanted: tuple, complaints: Complaints) -> None:
    missing = [key for key in wanted if key not in fields]
    if missing:
        complaints.add(node.mark, f"{what} lacks {', '.join(missing)}", "presets are complete: give every key")


def _clip_models(node: Node) -> tuple[str, ...]:
    items = node.items if isinstance(node, Sequence) else (node,)
    if not items:
        refuse(node.mark, "models.clip is empty", "name at least one CLIP model")
    return tuple(_model_name(item, "models.clip") for item in items)  # type: ignore[arg-type]


def _secondary(node: Node) -> str:
    found = _model_name(node, "models.secondary")
    return "" if found == NO_MODEL else found


def _model_name(node: Node, what: str) -> str:
    """Return a node's text if a model could be called that; whether one is, the catalogue knows."""
    found = scalar(node, what)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}(/[A-Za-z0-9][A-Za-z0-9._-]{0,79})?", found.text):
        refuse(found.mark, f"{what} is no model's name ({describe(found)})", "give one of `pipeline models list`")
    return found.text
