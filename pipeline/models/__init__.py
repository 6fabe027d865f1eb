"""The catalogue of models, and their weights made into networks.

Names are looked up when first used: the catalogue answers without torch, which only loading a network imports.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .addition import Added, add
    from .adoption import Adopted, adopt, record
    from .catalogue import find, refuse_unknown
    from .contexts import cut_texts
    from .depth_config import TransformersDepth
    from .entry import (
        ClipArchitecture,
        DepthArchitecture,
        DiffusionArchitecture,
        Entry,
        SecondaryArchitecture,
        UpscalerArchitecture,
    )
    from .facts import engine_facts, settle
    from .fetching import Fetched, fetch
    from .fit import fitted
    from .folder import models_folder
    from .networks import (
        LoadedClip,
        LoadedDepth,
        LoadedDiffusion,
        LoadedFlow,
        LoadedSecondary,
        LoadedUpscaler,
        build_network,
        build_tokenizer,
        load_clip,
        load_depth,
        load_diffusion,
        load_flow_model,
        load_secondary,
        load_upscaler,
    )
    from .presence import VGG, ModelStatus, list_models, refuse_absent
    from .transformers_depth import open_transformers_depth
    from .upstream import import_guided_diffusion, import_open_clip
    from .vgg import load_lpips
    from .weights import open_weights

_HOMES = {
    "addition": ("Added", "add"),
    "adoption": ("Adopted", "adopt", "record"),
    "catalogue": ("find", "refuse_unknown"),
    "contexts": ("cut_texts",),
    "depth_config": ("TransformersDepth",),
    "entry": (
        "ClipArchitecture",
        "DepthArchitecture",
        "DiffusionArchitecture",
        "Entry",
        "SecondaryArchitecture",
        "UpscalerArchitecture",
    ),
    "facts": ("engine_facts", "settle"),
    "fetching": ("Fetched", "fetch"),
    "fit": ("fitted",),
    "folder": ("models_folder",),
    "networks": (
        "LoadedClip",
        "LoadedDepth",
        "LoadedDiffusion",
        "LoadedFlow",
        "LoadedSecondary",
        "LoadedUpscaler",
        "build_network",
        "build_tokenizer",
        "load_clip",
        "load_depth",
        "load_diffusion",
        "load_flow_model",
        "load_secondary",
        "load_upscaler",
    ),
    "presence": ("VGG", "ModelStatus", "list_models", "refuse_absent"),
    "transformers_depth": ("open_transformers_depth",),
    "upstream": ("import_guided_diffusion", "import_open_clip"),
    "vgg": ("load_lpips",),
    "weights": ("open_weights",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "VGG",
    "Added",
    "Adopted",
    "ClipArchitecture",
    "DepthArchitecture",
    "DiffusionArchitecture",
    "Entry",
    "Fetched",
    "LoadedClip",
    "LoadedDepth",
    "LoadedDiffusion",
    "LoadedFlow",
    "LoadedSecondary",
    "LoadedUpscaler",
    "ModelStatus",
    "SecondaryArchitecture",
    "TransformersDepth",
    "UpscalerArchitecture",
    "add",
    "adopt",
    "build_network",
    "build_tokenizer",
    "cut_texts",
    "engine_facts",
    "fetch",
    "find",
    "fitted",
    "import_guided_diffusion",
    "import_open_clip",
    "list_models",
    "load_clip",
    "load_depth",
    "load_diffusion",
    "load_flow_model",
    "load_lpips",
    "load_secondary",
    "load_upscaler",
    "models_folder",
    "open_transformers_depth",
    "open_weights",
    "record",
    "refuse_absent",
    "refuse_unknown",
    "settle",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME_OF[name]}", __name__), name)
