"""The names of open_clip's architectures -> what they are, read from the files it brings; nothing of it is imported.

Only plain CLIPs are known here: a ResNet or vision transformer and a text transformer, with CLIP's own tokenizer.
Architectures that borrow towers or tokenizers from elsewhere would fetch them while they are built.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..errors import ModelError
from .entry import ClipArchitecture, TextShape, VisionShape
from .values import read_fields

MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)


@cache
def clip_architectures() -> dict[str, Path]:
    """Return the file of every architecture open_clip describes, by name."""
    package = find_spec("open_clip")
    folders = [] if package is None else package.submodule_search_locations or []
    return {path.stem: path for folder in folders for path in sorted(Path(folder, "model_configs").glob("*.json"))}


def clip_architecture(name: str, *, quick_gelu: bool | None = None, where: str, **statistics: Any) -> ClipArchitecture:
    """Return what open_clip's architecture `name` is; `statistics` are mean and std where they are not CLIP's own.

    Convention: `quick_gelu` None keeps what the architecture says.
    Raises: ModelError where it is unknown, or is made of parts that would have to be fetched.
    """
    told = dict(_read(name, where))
    vision, text = dict(told.pop("vision_cfg", {})), dict(told.pop("text_cfg", {}))
    if vision.get("patch_size", 0) is None:  # a ResNet has no patches
        del vision["patch_size"]
    if not told.get("custom_text", True):
        del told["custom_text"]
    if quick_gelu is not None:
        told["quick_gelu"] = quick_gelu
    try:
        return ClipArchitecture(
            vision_cfg=read_fields(VisionShape, vision, where=name),
            text_cfg=read_fields(TextShape, text, where=name),
            **{"mean": MEAN, "std": STD, **statistics, **told},
        )
    except (ModelError, TypeError) as fault:
        raise ModelError(
            f"{where}: the architecture {name!r} has parts this program does not build ({fault}); "
            "use a plain one, such as ViT-B-32 or ViT-L-14"
        ) from fault


@cache
def _read(name: str, where: str) -> dict[str, Any]:
    path = clip_architectures().get(name)
    if path is None:
        raise ModelError(f"{where}: open_clip knows no architecture {name!r}; correct the name")
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as fault:
        raise ModelError(f"{path}: cannot be read ({fault}); install open_clip again") from fault
