"""Catalogue names -> networks ready to draw and to look: frozen, in evaluation mode, in single precision.

The networks are upstream's own classes, so any checkpoint with their keys fits. Weights stored in half precision are
widened when loaded; `digest` is that of the file, which is what a frame's identity must depend on.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import nn

from ..errors import ModelError, UsageError
from .blank import Blank
from .catalogue import PACKAGED, find
from .depth import DepthNetwork, build_depth
from .depth_config import TransformersDepth
from .detail import DetailedUNet
from .enlarging import EnlargingNetwork, build_enlarging
from .entry import (
    Architecture,
    ClipArchitecture,
    DepthArchitecture,
    DiffusionArchitecture,
    Entry,
    FlowArchitecture,
    SecondaryArchitecture,
    UNetShape,
    UpscalerArchitecture,
    VggArchitecture,
    a_model,
)
from .known import Known
from .noise import alpha_bars
from .raft import build_raft
from .secondary import SecondaryNetwork, build_secondary
from .sketch import Sketch, SketchedDenoiser
from .text_unet import text_unet
from .upstream import import_guided_diffusion, import_open_clip
from .vgg import build_vgg
from .weights import load_into

A = TypeVar(
    "A",
    DiffusionArchitecture,
    ClipArchitecture,
    SecondaryArchitecture,
    DepthArchitecture,
    FlowArchitecture,
    UpscalerArchitecture,
)
KINDS = {
    DiffusionArchitecture: "diffusion",
    ClipArchitecture: "clip",
    SecondaryArchitecture: "secondary",
    DepthArchitecture: "depth",
    FlowArchitecture: "flow",
    UpscalerArchitecture: "upscaler",
}


@dataclass(frozen=True, slots=True)
class LoadedDiffusion:
    """A denoising network; `architecture` says what goes in and what comes out.

    Shapes: network (B, 3 u^2, H/u, W/u), timesteps (B,) -> (B, 6 u^2, H/u, W/u) with u = `architecture.unshuffle`.
    """

    network: nn.Module
    architecture: DiffusionArchitecture
    entry: Entry
    digest: str


@dataclass(frozen=True, slots=True)
class LoadedClip:
    """A CLIP and its tokenizer.

    Shapes: tokenizer(list of B texts) -> int64 (B, context_length); model.encode_image (B, 3, S, S) -> (B, embed_dim).
    """

    model: Any
    tokenizer: Any
    architecture: ClipArchitecture
    entry: Entry
    digest: str


@dataclass(frozen=True, slots=True)
class LoadedSecondary:
    """The small network that guesses clean pictures for guidance; what it takes and gives is told there."""

    network: SecondaryNetwork
    architecture: SecondaryArchitecture
    entry: Entry
    digest: str


@dataclass(frozen=True, slots=True)
class LoadedDepth:
    """A network that sees how near things are; what it takes and gives is told there."""

    network: DepthNetwork
    architecture: DepthArchitecture
    entry: Entry
    digest: str


@dataclass(frozen=True, slots=True)
class LoadedFlow:
    """A network that sees how things move; what it takes and gives is told where it is built."""

    network: nn.Module
    architecture: FlowArchitecture
    entry: Entry
    digest: str


@dataclass(frozen=True, slots=True)
class LoadedUpscaler:
    """A network that enlarges pictures; what it takes and gives is told there."""

    network: EnlargingNetwork
    architecture: UpscalerArchitecture
    entry: Entry
    digest: str


def load_diffusion(name: str, *, device: str = "cpu", catalogue: Path = PACKAGED) -> LoadedDiffusion:
    """Load the denoiser called `name`.

    Raises: ModelError where its weights are refused; UsageError where the device is not there.
    """
    place = _device(device)
    entry = find(name, catalogue=catalogue)
    architecture = _of_kind(DiffusionArchitecture, entry)
    with torch.device("meta"):  # shapes only: making up numbers for a large network takes seconds
        network = build_denoiser(architecture)
    load_into(network, entry)
    return LoadedDiffusion(_freeze(network, place), architecture, entry, str(entry.sha256))


def load_clip(name: str, *, device: str = "cpu", catalogue: Path = PACKAGED) -> LoadedClip:
    """Load the CLIP called `name`, with its tokenizer.

    Raises: ModelError where its weights are refused; UsageError where the device is not there.
    """
    place = _device(device)
    entry = find(name, catalogue=catalogue)
    architecture = _of_kind(ClipArchitecture, entry)
    with Blank():
        model = build_clip(architecture)
    load_into(model, entry)
    return LoadedClip(_freeze(model, place), build_tokenizer(architecture), architecture, entry, str(entry.sha256))


def load_secondary(name: str = "secondary", *, device: str = "cpu", catalogue: Path = PACKAGED) -> LoadedSecondary:
    """Load the secondary model called `name`.

    Raises: ModelError where its weights are refused; UsageError where the device is not there.
    """
    place = _device(device)
    entry = find(name, catalogue=catalogue)
    architecture = _of_kind(SecondaryArchitecture, entry)
    network = build_secondary(architecture)
    load_into(network, entry)
    _freeze(network, place)
    return LoadedSecondary(network, architecture, entry, str(entry.sha256))


def load_depth(name: str, *, device: str = "cpu", catalogue: Path = PACKAGED) -> LoadedDepth:
    """Load the depth network called `name`.

    Raises: ModelError where its weights are refused; UsageError where the device is not there.
    """
    place = _device(device)
    entry = find(name, catalogue=catalogue)
    architecture = _of_kind(DepthArchitecture, entry)
    network = build_depth(architecture)
    load_into(network, entry)
    _freeze(network, place)
    return LoadedDepth(network, architecture, entry, str(entry.sha256))


def load_flow_model(name: str, *, device: str = "cpu", catalogue: Path = PACKAGED) -> LoadedFlow:
    """Load the network for optical flow called `name`.

    Raises: ModelError where its weights are refused; UsageError where the device is not there.
    """
    place = _device(device)
    entry = find(name, catalogue=catalogue)
    architecture = _of_kind(FlowArchitecture, entry)
    network = build_raft(architecture)
    load_into(network, entry)
    return LoadedFlow(_freeze(network, place), architecture, entry, str(entry.sha256))


def load_upscaler(name: str, *, device: str = "cpu", catalogue: Path = PACKAGED) -> LoadedUpscaler:
    """Load the network that enlarges pictures called `name`.

    Raises: ModelError where its weights are refused; UsageError where the device is not there.
    """
    place = _device(device)
    entry = find(name, catalogue=catalogue)
    architecture = _of_kind(UpscalerArchitecture, entry)
    network = build_enlarging(architecture)
    load_into(network, entry)
    _freeze(network, place)
    return LoadedUpscaler(network, architecture, entry, str(entry.sha256))


def build_network(architecture: Architecture) -> nn.Module:
    """Build the network an entry describes, with random weights: to be trained, or to be compared with a file."""
    if isinstance(architecture, DiffusionArchitecture):
        return build_denoiser(architecture)
    if isinstance(architecture, SecondaryArchitecture):
        return build_secondary(architecture)
    if isinstance(architecture, VggArchitecture):
        return build_vgg(architecture)
    if isinstance(architecture, FlowArchitecture):
        return build_raft(architecture)
    if isinstance(architecture, DepthArchitecture):
        return build_depth(architecture)
    if isinstance(architecture, UpscalerArchitecture):
        return build_enlarging(architecture)
    assert not isinstance(architecture, TransformersDepth), "transformers builds these around their weights"
    return build_clip(architecture)


def build_denoiser(architecture: DiffusionArchitecture) -> nn.Module:
    """Build a UNet, and what is around it, with random weights."""
    text = architecture.text.features if architecture.text else None
    network, fold, sketch = build_unet(architecture.unet, text=text), architecture.unshuffle, architecture.sketch
    if architecture.detail is not None:
        shape = asdict(architecture.detail)
        network = DetailedUNet(network, unshuffle=fold, detail=shape, pictures=1 if sketch is None else 2)
    if sketch is None:
        return network
    assert text is not None, "refused where it is read"
    kept = alpha_bars(architecture.schedule)
    ratio = ((1 - kept) / kept).tolist()
    known = Known(fold=fold, noise_to_signal=ratio)
    return SketchedDenoiser(network, known, Sketch(text=text, **asdict(sketch)), fold=fold, noise_to_signal=ratio)


def unet_in(network: nn.Module) -> Any:
    """Return guided-diffusion's UNet in a denoiser, whatever else stands around it."""
    return next(part for part in network.modules() if hasattr(part, "input_blocks"))


def build_unet(shape: UNetShape, *, text: int | None = None) -> nn.Module:
    """Build guided-diffusion's UNet with random weights, told of texts by directions of `text` numbers if any."""
    if text is not None:
        return text_unet()(text=text, **asdict(shape))
    return import_guided_diffusion("unet").UNetModel(**asdict(shape))


def build_clip(architecture: ClipArchitecture) -> Any:
    """Build open_clip's CLIP with random weights."""
    parts = asdict(architecture)
    for statistic in ("mean", "std"):
        del parts[statistic]
    return import_open_clip().CLIP(**parts)


def build_tokenizer(architecture: ClipArchitecture) -> Any:
    """Build CLIP's byte-pair tokenizer, cutting and filling to the model's length."""
    # open_clip makes one when it is imported, and another takes as long
    return partial(import_open_clip().tokenize, context_length=architecture.context_length)


def _freeze(network: nn.Module, device: torch.device) -> nn.Module:
    return network.eval().requires_grad_(False).to(device)


def _of_kind(kind: type[A], entry: Entry) -> A:
    if not isinstance(entry.architecture, kind):
        needed = KINDS[kind]
        raise ModelError(f"{entry.name}: is {a_model(entry.kind)}, not {a_model(needed)}; name one of that kind")
    return entry.architecture


def _device(name: str) -> torch.device:
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as fault:
        told = str(fault).splitlines()[0]
        raise UsageError(f"device: {name!r} cannot be used ({told}); choose cpu or a device of this machine") from fault
    return device
