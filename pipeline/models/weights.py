"""Weight files -> tensors inside a network.

A file is used only if its size and SHA-256 are pinned, and is parsed from the very bytes that were hashed. What comes
out of it is still checked tensor by tensor before the network is touched: the pin says which file it is, not that it
fits. A checkpoint that fits is converted once to safetensors, which is what later runs read.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as parse_safetensors
from safetensors.torch import save_file
from torch import Tensor, nn

from ..errors import ModelError
from .conversion import read_converted, write_converted
from .entry import Entry
from .folder import models_folder
from .presence import read_pinned
from .torchscript import is_torchscript, read_torchscript

_SHOWN = 3
_FLOATS = (torch.float16, torch.float32)
_SETTINGS = {"input_resolution", "context_length", "vocab_size"}  # numbers that OpenAI's archives hold as tensors


def load_into(network: nn.Module, entry: Entry) -> None:
    """Put the weights of an entry into a network, and keep those of a checkpoint as safetensors for the next time.

    Raises: ModelError where the file or anything in it is refused; StoreError if the conversion cannot be written.
    """
    if entry.path.suffix == ".safetensors":
        place_weights(open_weights(entry), network, where=str(entry.path))
        return
    folder = models_folder()
    kept = read_converted(entry.sha256, folder)
    weights = open_weights(entry) if kept is None else _parse(kept, entry, is_safe=True)
    place_weights(weights, network, where=str(entry.path))
    if kept is None:
        write_converted(str(entry.sha256), folder, lambda path: _save(weights, path))


def open_weights(entry: Entry) -> dict[str, Tensor]:
    """Return the tensors of an entry's file, on the CPU and in the precision they are stored in.

    Raises: ModelError where the file is missing, is not the pinned one, cannot be parsed, or holds anything but plain
        dense tensors. A file is parsed as what its name says; there is no second attempt as something else.
    """
    return _parse(read_pinned(entry), entry, is_safe=entry.path.suffix == ".safetensors")


def _parse(content: bytes, entry: Entry, *, is_safe: bool) -> dict[str, Tensor]:
    try:
        if not is_safe and entry.kind == "clip" and is_torchscript(content):
            found: Any = _without_settings(read_torchscript(content))
        else:
            found = _raw(content, is_safe=is_safe)
    except Exception as fault:  # a damaged file raises any of eight types, whichever the parser stumbled into
        raise _unparsed(entry.path, fault) from fault
    if entry.kind == "clip" and not is_safe:
        found = _unwrapped(found)
    if entry.kind == "upscaler" and not is_safe:
        found = _out_of_training(found)
    return _plain(found, where=str(entry.path))


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a checkpoint that no catalogue knows, out of what trainings of upscalers wrap them in.

    Raises: ModelError where the file cannot be read or holds anything but plain dense tensors.
    """
    try:
        found = _raw(path.read_bytes(), is_safe=path.suffix == ".safetensors")
    except OSError as fault:
        raise ModelError(f"{path}: cannot be read ({(fault.strerror or str(fault)).lower()}); check it") from fault
    except Exception as fault:
        raise _unparsed(path, fault) from fault
    return _plain(_out_of_training(found), where=str(path))


def _raw(content: bytes, *, is_safe: bool) -> Any:
    if is_safe:
        return parse_safetensors(content)
    return torch.load(io.BytesIO(content), map_location="cpu", weights_only=True, mmap=False)


def _unparsed(path: Path, fault: Exception) -> ModelError:
    told = f"{type(fault).__name__}: {' '.join(str(fault).split())[:200]}"
    return ModelError(f"{path}: cannot be parsed ({told}); restore the file")


def _plain(found: Any, *, where: str) -> dict[str, Tensor]:
    if not isinstance(found, dict):
        raise ModelError(f"{where}: holds a {type(found).__name__}, not named tensors; save a plain state dict")
    for name, value in found.items():
        _refuse_unplain(name, value, where=where)
    return {name: value.detach() for name, value in found.items()}


def _without_settings(found: dict[str, Tensor]) -> dict[str, Tensor]:
    """Leave out what is no weight of the network: three numbers, and masks that are made anew."""
    return {k: v for k, v in found.items() if k not in _SETTINGS and k.rpartition(".")[2] != "attn_mask"}


def _unwrapped(found: Any) -> Any:
    """Return the weights out of what open_clip's training saves: a `state_dict`, its names begun with `module.`."""
    if isinstance(found, dict) and isinstance(found.get("state_dict"), dict):
        found = found["state_dict"]
    if isinstance(found, dict) and found and all(isinstance(k, str) and k.startswith("module.") for k in found):
        return {k.removeprefix("module."): v for k, v in found.items()}
    return found


def _out_of_training(found: Any) -> Any:
    """Return the weights out of what trainings of upscalers save, the averaged ones where there are both."""
    for wrapper in ("params_ema", "params", "state_dict"):
        if isinstance(found, dict) and isinstance(found.get(wrapper), dict):
            return found[wrapper]
    return found


def _save(weights: Mapping[str, Tensor], path: Path) -> None:
    """Write tensors as safetensors, each from memory of its own."""
    seen: set[int] = set()
    plain = {}
    for name, value in weights.items():
        storage = value.untyped_storage()
        shared = storage.data_ptr() in seen or storage.nbytes() != value.nbytes
        seen.add(storage.data_ptr())
        plain[name] = value.contiguous().clone() if shared else value.contiguous()
    try:
        save_file(plain, path)
    except SafetensorError as fault:
        raise OSError(0, str(fault)) from fault


def place_weights(weights: Mapping[str, Tensor], network: nn.Module, *, where: str) -> None:
    """Put `weights` into `network` in the network's precision, after all of them have been found to fit.

    Raises: ModelError if a key is missing or unknown, a shape or dtype is another, or a value is not finite.
    """
    refuse_misfit(weights, network, where=where)
    wanted = network.state_dict()
    # `assign` lets a network made on the meta device, which has shapes only, take the tensors themselves
    fitting = {name: weights[name].to(wanted[name].dtype).contiguous() for name in wanted}
    network.load_state_dict(fitting, assign=True)


def refuse_misfit(weights: Mapping[str, Tensor], network: nn.Module, *, where: str) -> None:
    """Compare keys, shapes and dtypes with the network, then look for values that are not finite.

    Convention: floating-point weights may be stored in half or single precision; counters must have their own dtype.
    """
    wanted = network.state_dict()
    shared = [name for name in wanted if name in weights]
    faults = [
        _list("missing", [name for name in wanted if name not in weights]),
        _list("unexpected", [name for name in weights if name not in wanted]),
        _list("misshaped", [_other_shape(name, weights[name], wanted[name]) for name in shared]),
        _list("of another dtype", [_other_dtype(name, weights[name], wanted[name]) for name in shared]),
    ]
    if any(faults):
        told = "; ".join(fault for fault in faults if fault)
        raise ModelError(f"{where}: does not fit the architecture in the catalogue: {told}; use weights made for it")
    for name in shared:
        if math.isfinite(weights[name].sum(dtype=torch.float32)):  # ten times faster than looking at each
            continue
        n_bad = int((~torch.isfinite(weights[name])).sum())
        if n_bad:
            raise ModelError(f"{where}: {n_bad} values of {name!r} are not finite; use undamaged weights")


def _refuse_unplain(name: object, value: object, *, where: str) -> None:
    if not isinstance(name, str):
        raise ModelError(f"{where}: a key is {name!r}, not text; save a plain state dict")
    if type(value) not in (Tensor, nn.Parameter) or not isinstance(value, Tensor):
        raise ModelError(f"{where}: {name[:80]!r} is a {type(value).__name__}, not a tensor; save a plain state dict")
    if value.layout is not torch.strided or value.is_quantized or value.device.type != "cpu":
        raise ModelError(f"{where}: {name[:80]!r} is not a dense tensor of plain numbers; save a plain state dict")


def _other_shape(name: str, found: Tensor, wanted: Tensor) -> str:
    if found.shape == wanted.shape:
        return ""
    return f"{name} {tuple(found.shape)} instead of {tuple(wanted.shape)}"


def _other_dtype(name: str, found: Tensor, wanted: Tensor) -> str:
    fits = found.dtype in _FLOATS if wanted.dtype.is_floating_point else found.dtype == wanted.dtype
    return "" if fits else f"{name} {found.dtype} instead of {wanted.dtype}".replace("torch.", "")


def _list(what: str, names: list[str]) -> str:
    """Say how many there are and show the first few."""
    named = [name for name in names if name]
    more = ", ..." if len(named) > _SHOWN else ""
    return f"{len(named)} {what} ({', '.join(name[:80] for name in named[:_SHOWN])}{more})" if named else ""
