"""The catalogue of models, and their weights made into networks.

Names are looked up when first used: the catalogue answers without torch, which only loading a network imports.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .adoption import Adopted, adopt, record
    from .catalogue import ModelStatus, find, list_models
    from .entry import ClipArchitecture, DiffusionArchitecture, Entry
    from .facts import engine_facts, settle
    from .networks import LoadedClip, LoadedDiffusion, build_network, build_tokenizer, load_clip, load_diffusion
    from .upstream import import_guided_diffusion, import_open_clip
    from .weights import open_weights

_HOMES = {
    "adoption": ("Adopted", "adopt", "record"),
    "catalogue": ("ModelStatus", "find", "list_models"),
    "entry": ("ClipArchitecture", "DiffusionArchitecture", "Entry"),
    "facts": ("engine_facts", "settle"),
    "networks": ("LoadedClip", "LoadedDiffusion", "build_network", "build_tokenizer", "load_clip", "load_diffusion"),
    "upstream": ("import_guided_diffusion", "import_open_clip"),
    "weights": ("open_weights",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Adopted",
    "ClipArchitecture",
    "DiffusionArchitecture",
    "Entry",
    "LoadedClip",
    "LoadedDiffusion",
    "ModelStatus",
    "adopt",
    "build_network",
    "build_tokenizer",
    "engine_facts",
    "find",
    "import_guided_diffusion",
    "import_open_clip",
    "list_models",
    "load_clip",
    "load_diffusion",
    "open_weights",
    "record",
    "settle",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME_OF[name]}", __name__), name)
