"""A TorchScript archive -> the tensors of its modules, by name, without running or compiling anything in it.

OpenAI's CLIP weights are published as such archives, which torch only opens together with their code. Here the list of
instructions that describes the modules is read as data: names are kept as names, objects become plain records, and
anything that is not needed for a tensor in a module is refused. The code in the archive is never looked at.
"""

from __future__ import annotations

import io
import pickletools
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

_DTYPES = {
    "FloatStorage": torch.float32,
    "HalfStorage": torch.float16,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "BoolStorage": torch.bool,
}
_DEEPEST = 64
_LARGEST_PICKLE = 64 * 2**20
_VALUES = {
    *("BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT"),
    *("BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"),
}
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}


class _Refused(ValueError):
    """The archive holds something that is no module of plain tensors."""


@dataclass(frozen=True, slots=True)
class _Name:
    """Something a pickle would import; here its name and no more."""

    text: str


@dataclass(slots=True, eq=False)
class _Record:
    """Something a pickle would build; here the attributes it would have."""

    kind: str
    state: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Storage:
    dtype: torch.dtype
    key: str


@dataclass(frozen=True, slots=True)
class _View:
    storage: _Storage
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]


def is_torchscript(content: bytes) -> bool:
    """Say whether a file is a TorchScript archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    return any(name.count("/") == 1 and name.endswith("/constants.pkl") for name in names)


def read_torchscript(content: bytes) -> dict[str, Tensor]:
    """Return every tensor that is an attribute of a module, by its full name.

    Raises: ValueError, or what `zipfile` raises, for an archive that is damaged or holds anything else.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        (data,) = [name for name in archive.namelist() if name.count("/") == 1 and name.endswith("/data.pkl")]
        root = data.removesuffix("data.pkl")
        top = _interpret(_member(archive, data, _LARGEST_PICKLE))
        if not isinstance(top, _Record):
            raise _Refused("its top is no module")
        known: dict[_Storage, Tensor] = {}
        return {name: _tensor(view, archive, root, known) for name, view in _walk(top, "", 0)}


def _member(archive: zipfile.ZipFile, name: str, largest: int) -> bytes:
    info = archive.getinfo(name)
    if info.compress_type != zipfile.ZIP_STORED or info.file_size > largest:
        raise _Refused(f"{name[:80]!r} is compressed or too large")
    return archive.read(info)


def _walk(module: _Record, prefix: str, depth: int) -> Iterator[tuple[str, _View]]:
    if depth > _DEEPEST:
        raise _Refused("its modules lie too deep in one another")
    for name, value in module.state.items():
        if not isinstance(name, str):
            raise _Refused("an attribute has no name")
        if isinstance(value, _View):
            yield prefix + name, value
        elif isinstance(value, _Record):
            yield from _walk(value, f"{prefix}{name}.", depth + 1)


def _tensor(view: _View, archive: zipfile.ZipFile, root: str, known: dict[_Storage, Tensor]) -> Tensor:
    """Return a tensor of its own memory; nothing outside its storage can be reached."""
    if view.storage not in known:
        raw = _member(archive, f"{root}data/{view.storage.key}", 2**40)
        empty = torch.empty(0, dtype=view.storage.dtype)
        known[view.storage] = torch.frombuffer(bytearray(raw), dtype=view.storage.dtype) if raw else empty
    whole = known[view.storage]
    numbers = (view.offset, *view.size, *view.stride)
    if any(type(n) is not int or n < 0 for n in numbers) or len(view.size) != len(view.stride):
        raise _Refused("a tensor has a shape that cannot be")
    n_values = 1
    for size in view.size:
        n_values *= size
    last = view.offset + sum((size - 1) * stride for size, stride in zip(view.size, view.stride, strict=True))
    if n_values and (last >= len(whole) or n_values > len(whole)):
        raise _Refused("a tensor reaches beyond its storage")
    return whole.as_strided(view.size, view.stride, view.offset).clone() if n_values else whole.new_empty(view.size)


def _interpret(pickled: bytes) -> Any:
    """Follow the instructions of a pickle over plain records; every one that is not listed here is refused."""
    stack: list[Any] = []
    marks: list[int] = []
    memo: dict[int, Any] = {}
    for opcode, argument, _ in pickletools.genops(pickled):
        name: str = opcode.name
        if name == "PROTO":
            continue
        if name == "STOP":
            return stack.pop()
        if name == "MARK":
            marks.append(len(stack))
        elif name in _VALUES:
            stack.append(argument)
        elif name in _CONSTANTS:
            stack.append(_CONSTANTS[name])
        elif name in ("EMPTY_DICT", "EMPTY_LIST"):
            stack.append({} if name == "EMPTY_DICT" else [])
        elif name in ("BINPUT", "LONG_BINPUT", "MEMOIZE"):
            memo[len(memo) if argument is None else argument] = stack[-1]
        elif name in ("BINGET", "LONG_BINGET"):
            stack.append(memo[argument])  # type: ignore[index]
        elif name == "GLOBAL":
            stack.append(_Name(str(argument)))
        else:
            _combine(name, stack, marks)
    raise _Refused("its list of instructions has no end")


def _combine(name: str, stack: list[Any], marks: list[int]) -> None:
    """Make one thing of those on top of the stack."""
    if name in ("TUPLE", "SETITEMS", "APPENDS"):
        start = marks.pop()
        items = stack[start:]
        del stack[start:]
    else:
        n_items = {**_TUPLES, "SETITEM": 2, "APPEND": 1, "REDUCE": 2, "NEWOBJ": 2, "BUILD": 1, "BINPERSID": 1}.get(name)
        if n_items is None or len(stack) < n_items:
            raise _Refused(f"the instruction {name} is not one of a module of tensors")
        items = stack[-n_items:]
        del stack[-n_items:]
    if name.startswith("TUPLE"):
        stack.append(tuple(items))
    elif name in ("SETITEM", "SETITEMS"):
        stack[-1].update(zip(items[::2], items[1::2], strict=True))
    elif name in ("APPEND", "APPENDS"):
        stack[-1].extend(items)
    elif name == "REDUCE":
        stack.append(_reduced(*items))
    elif name == "NEWOBJ":
        stack.append(_Record(items[0].text))
    elif name == "BUILD":
        stack[-1].state.update(items[0])
    else:
        stack.append(_stored(items[0]))


def _reduced(function: _Name, arguments: tuple[Any, ...]) -> Any:
    """Stand in for the few functions that a module of tensors names."""
    if function.text == "torch._utils _rebuild_tensor_v2":
        storage, offset, size, stride, *_ = arguments
        if not isinstance(storage, _Storage):
            raise _Refused("a tensor has no storage")
        return _View(storage, offset, tuple(size), tuple(stride))
    if function.text == "torch._utils _rebuild_parameter":
        return arguments[0]
    if function.text == "collections OrderedDict" and not arguments:
        return {}
    if function.text.startswith("torch.jit._pickle build_") or function.text == "torch.jit._pickle restore_type_tag":
        return arguments[0]
    raise _Refused(f"it asks for {function.text[:80]!r}")


def _stored(told: tuple[Any, ...]) -> _Storage:
    what, kind, key, *_ = told
    dtype = _DTYPES.get(kind.text.removeprefix("torch "))
    if what != "storage" or dtype is None or not str(key).isalnum():
        raise _Refused(f"a storage is of the kind {kind.text[:40]!r}")
    return _Storage(dtype, str(key))
