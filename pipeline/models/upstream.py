"""The one door to the two libraries that cannot simply be imported.

open_clip needs torchvision, which may need two operators declared first; guided-diffusion decorates with names torch
has since moved, and says so in a warning at every first import that only its authors could act on.
"""

from __future__ import annotations

import importlib
import warnings
from types import ModuleType
from typing import Literal

from .deferral import attach, defer
from .torchvision_ops import declare_missing_ops

SELDOM = (
    "timm",
    "torchvision.models",
    "torchvision.ops",
    "torchvision.datasets",
    "torchvision.io",
)  # imported by open_clip, used by few of its models


def import_open_clip() -> ModuleType:
    """Import open_clip, beside any torch, and without what most of its models do not need."""
    declare_missing_ops()
    defer(*SELDOM)
    package = importlib.import_module("open_clip")
    attach(*SELDOM)
    return package


def import_guided_diffusion(part: Literal["unet", "gaussian_diffusion", "respace"]) -> ModuleType:
    """Import one module of guided-diffusion without its warnings about torch's renamed decorators."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"`torch\.cuda\.amp\.custom_[fb]wd", category=FutureWarning)
        return importlib.import_module(f"guided_diffusion.{part}")
