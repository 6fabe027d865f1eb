"""What YAML gave -> values of the types that a dataclass's fields have, or a word on where it does not fit."""

from __future__ import annotations

import types
from dataclasses import MISSING, fields, is_dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from ..errors import ModelError

T = TypeVar("T", bound=Any)


@cache
def hints_of(noun: type) -> dict[str, Any]:
    """Return the types of a dataclass's fields; a long catalogue asks for the same ones hundreds of times."""
    return get_type_hints(noun)


def read_value(hint: Any, value: object, *, where: str) -> Any:
    """Turn what YAML gave into a value of the type `hint`, or say where it does not fit."""
    if isinstance(hint, type) and is_dataclass(hint):
        return read_fields(hint, value, where=where)
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        if isinstance(value, str) and value in args:
            return value
        raise ModelError(f"{where}: {value!r} is not one of {', '.join(args)}; choose one of them")
    if origin is types.UnionType:
        return _read_either(args, value, where=where)
    if origin is tuple:
        return _read_tuple(args, value, where=where)
    if hint is float and type(value) is int:
        return float(value)
    if type(value) is hint:
        return value
    raise ModelError(f"{where}: {value!r} is not of type {hint.__name__}; correct it")


def read_fields(noun: type[T], value: object, *, where: str) -> T:
    """Build the dataclass `noun` from a mapping with exactly its fields."""
    if not isinstance(value, dict):
        raise ModelError(f"{where}: {value!r} is not a mapping; write one `field: value` per line")
    known = {field.name: field.default for field in fields(noun)}  # type: ignore[arg-type]
    for key in value:
        if key not in known:
            near = get_close_matches(str(key), known, n=1)
            do = f"did you mean {near[0]!r}?" if near else "remove it"
            raise ModelError(f"{where}: unknown field {key!r}; {do}")
    for key, default in known.items():
        if key not in value and default is MISSING:
            raise ModelError(f"{where}: field {key!r} is missing; add it")
    hints = hints_of(noun)  # type: ignore[arg-type]
    told: dict[str, Any] = {key: read_value(hints[key], item, where=f"{where}.{key}") for key, item in value.items()}
    return noun(**told)


def _read_either(hints: tuple[Any, ...], value: object, *, where: str) -> Any:
    if value is not None:  # so that what is wrong inside is told, and not that it is no null
        hints = tuple(hint for hint in hints if hint is not types.NoneType)
    for hint in hints[:-1]:
        try:
            return read_value(hint, value, where=where)
        except ModelError:
            continue
    return read_value(hints[-1], value, where=where)


def _read_tuple(hints: tuple[Any, ...], value: object, *, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise ModelError(f"{where}: {value!r} is not a list; write it in brackets")
    if hints[-1] is Ellipsis:
        hints = (hints[0],) * len(value)
    if len(value) != len(hints):
        raise ModelError(f"{where}: {len(value)} values found; give {len(hints)}")
    pairs = enumerate(zip(hints, value, strict=True))
    return tuple(read_value(hint, item, where=f"{where}[{index}]") for index, (hint, item) in pairs)
