"""LPIPS with VGG16: the package `lpips` says how pictures are compared, the weights come in by the same door as all.

The package would fetch VGG16 by itself and unpickle it. Here it is built empty; VGG16 is the catalogue's, and the five
small layers that come with the package are read from their pinned file.
"""

from __future__ import annotations

import importlib
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import torch
from torch import nn

from ..errors import ModelError
from .catalogue import PACKAGED, find
from .entry import Entry, VggArchitecture
from .presence import VGG
from .torchvision_ops import declare_missing_ops
from .weights import load_into, open_weights, place_weights

LAYERS_SHA256: Final = "a78928a0af1e5f0fcb1f3b9e8f8c3a2a5a3de244d830ad5c1feddc79b8432868"
"""Of weights/v0.1/vgg.pth in lpips 0.1.4."""


def load_lpips(device: str = "cpu", *, catalogue: Path = PACKAGED) -> Any:
    """Return the `lpips.LPIPS` network, version 0.1 on VGG16, frozen.

    Raises: ModelError where the package or weights are missing, or are not the pinned ones.
    """
    package = find_spec("lpips")
    if package is None or package.origin is None:
        raise ModelError("lpips: the package is not installed; run pip install lpips, or write init.distance: clip")
    entry = find(VGG, catalogue=catalogue)
    if not isinstance(entry.architecture, VggArchitecture):
        raise ModelError(f"{entry.name}: is a {entry.kind} model, not a vgg model; correct the catalogue")
    network = _empty()
    layers = Path(package.origin).parent / "weights" / "v0.1" / "vgg.pth"
    pinned = Entry(
        name="lpips",
        kind="vgg",
        purpose="Weighs the layers of VGG16.",
        file=layers.name,
        bytes=None,
        sha256=LAYERS_SHA256,
        licence="BSD-2-Clause",
        architecture=entry.architecture,
        path=layers,
    )
    small = nn.ModuleDict({f"lin{index}": layer for index, layer in enumerate(network.lins)})
    place_weights(open_weights(pinned), small, where=str(layers))
    with torch.device("meta"):
        vgg = build_vgg(entry.architecture)
    load_into(vgg, entry)
    for number in range(1, 6):
        part = getattr(network.net, f"slice{number}")
        for place in list(part._modules):  # each goes by its place among all of VGG16's
            setattr(part, place, vgg.features[int(place)])
    return network.eval().requires_grad_(False).to(device)


def build_vgg(architecture: VggArchitecture) -> Any:
    """Build torchvision's VGG16 with random weights."""
    declare_missing_ops()
    return importlib.import_module("torchvision.models").vgg16(
        weights=None, init_weights=False, num_classes=architecture.n_classes
    )


def _empty() -> Any:
    declare_missing_ops()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning)  # it calls torchvision in an older way
        return importlib.import_module("lpips").LPIPS(net="vgg", pretrained=False, pnet_rand=True, verbose=False)
