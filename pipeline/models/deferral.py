"""Packages whose own code runs when something in them is asked for, not when they are imported.

open_clip imports all of timm and of torchvision, for towers and transforms that few of its models have, and with them
torch's compiler: seconds before a first frame, for nothing. `from package.module import name` leaves a package put off.
`importlib.util.LazyLoader` does not serve: it runs a package as soon as a submodule of it is imported.
"""

from __future__ import annotations

import importlib.util
import sys
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any


def defer(*names: str) -> None:
    """Put packages off until something is taken out of them, be it a name or a submodule.

    Convention: what is imported already stays as it is, and so does a package that is not installed.
    """
    for name in names:
        if name not in sys.modules and (spec := _spec(name)) is not None:
            sys.modules[name] = _deferred(spec)


def attach(*names: str) -> None:
    """Give deferred packages to the packages they are in, as an import would have done."""
    for name in names:
        parent, _, child = name.rpartition(".")
        if parent and name in sys.modules:
            setattr(sys.modules[parent], child, sys.modules[name])


def _spec(name: str) -> ModuleSpec | None:
    """Find a package without importing the one it is in."""
    top, *rest = name.split(".")
    spec = sys.modules[top].__spec__ if top in sys.modules else importlib.util.find_spec(top)
    for depth, _ in enumerate(rest, 2):
        if spec is None:
            return None
        spec = PathFinder.find_spec(".".join(name.split(".")[:depth]), spec.submodule_search_locations)
    return spec


def _deferred(spec: ModuleSpec) -> ModuleType:
    module = importlib.util.module_from_spec(spec)

    def run(asked: str) -> Any:
        if asked.startswith("__"):  # what the import system asks a package for says nothing about its contents
            raise AttributeError(f"module {spec.name!r} has no attribute {asked!r}")
        del module.__dict__["__getattr__"]
        assert spec.loader is not None, "a package that was found can be loaded"
        spec.loader.exec_module(module)
        return getattr(module, asked)

    module.__dict__["__getattr__"] = run
    return module
