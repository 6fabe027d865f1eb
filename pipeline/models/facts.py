"""An engine as asked for -> the engine this machine gives, and the facts about it that a frame's identity rests on.

The digests are the catalogue's: weights with any other are never loaded, so nothing has to be read to know them. Torch
is imported only where the machine has to be asked.
"""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from .. import __version__
from ..errors import ModelError, UsageError
from ..types import Engine
from .catalogue import PACKAGED, find, teller_of
from .compiling import compiler_of
from .depth_config import TransformersDepth, absence
from .presence import unpinned
from .processor import has_bfloat16

TELLING = "2"
"""Raised whenever a model that takes texts is told another thing of the same prompts, weights and look."""


def settle(engine: Engine) -> Engine:
    """Put a device of this machine for `auto`, the precision that goes with it, and torch's own choice for 0 threads.

    Raises: UsageError for float16 on a processor.
    """
    device, threads = engine.device, engine.threads
    if device == "auto" or threads == 0:
        import torch

        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        threads = threads or torch.get_num_threads()
    precision = engine.precision
    if precision == "auto":
        precision = "float16" if device.startswith("cuda") else "bfloat16" if has_bfloat16() else "float32"
    if precision == "float16" and device == "cpu":
        do = "set precision to auto, float32 or bfloat16"
        raise UsageError(f"precision: a processor does not compute in float16, and this machine draws on one; {do}")
    return replace(engine, device=device, threads=threads, precision=precision)


def engine_facts(engine: Engine, *, catalogue: Path = PACKAGED) -> dict[str, str]:
    """Return everything about the engine that may change a pixel, as texts sorted by name.

    Raises: ModelError for a model that is not in the catalogue or has no weights there; UsageError for an engine that
        is to be compiled where nothing compiles.
    """
    settled = settle(engine)
    facts = {
        "program": __version__,
        "torch": version("torch"),
        "device": settled.device + _chip(settled.device),
        "dtype": settled.precision,
        "threads": str(settled.threads),
        "diffusion model": _digest(engine.diffusion_model, catalogue),
        "clip models": ", ".join(_digest(name, catalogue) for name in engine.clip_models),
    }
    if settled.batch > 1:  # frames of before there were batches have none in their identities
        facts["batch"] = str(settled.batch)
    if settled.compile != "off":
        facts["compile"] = compiler_of(settled.device, settled.compile)
    told_by = teller_of(engine, catalogue)
    if told_by:
        facts["text model"] = _digest(told_by, catalogue)
        facts["telling"] = TELLING
    if engine.secondary_model:
        facts["secondary model"] = _digest(engine.secondary_model, catalogue)
    if engine.depth_model:
        facts["depth model"] = _digest(engine.depth_model, catalogue)
        facts |= _builder(engine.depth_model, catalogue)
    if engine.flow_model:
        facts["flow model"] = _digest(engine.flow_model, catalogue)
    return dict(sorted(facts.items()))


def _digest(name: str, catalogue: Path) -> str:
    entry = find(name, catalogue=catalogue)
    if entry.sha256 is None:
        raise ModelError(f"{entry.path}: {unpinned(entry)}")
    return f"{name} {entry.sha256}"


def _builder(name: str, catalogue: Path) -> dict[str, str]:
    """Return the version of the package that builds a depth network, where another one does than this program.

    Raises: ModelError where it is not installed.
    """
    if not isinstance(find(name, catalogue=catalogue).architecture, TransformersDepth):
        return {}
    fault = absence()
    if fault:
        raise ModelError(f"{name}: {fault}")
    return {"transformers": version("transformers")}


def _chip(device: str) -> str:
    """Two graphics cards of different make do not round alike."""
    if not device.startswith("cuda"):
        return ""
    import torch

    return f" ({torch.cuda.get_device_name(device)})" if torch.cuda.is_available() else ""
