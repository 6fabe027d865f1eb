"""Make torchvision importable beside a torch it was not compiled for.

PyPI's torchvision carries operators compiled for a CUDA torch. Beside a CPU torch they do not load, and `import
torchvision` then fails while describing two of them. Nothing here calls an operator: open_clip needs torchvision's
picture transforms only, so it is enough that the two names exist.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
from pathlib import Path

import torch

NAMESPACE = "torchvision"
SCHEMAS = {
    "nms": "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}
_libraries: list[torch.library.Library] = []  # a schema lives as long as the library that declared it


def declare_missing_ops() -> tuple[str, ...]:
    """Declare the operators torchvision's import asks for, where its compiled library cannot; return their names.

    Call it before the first import of torchvision or open_clip. Where the operators exist nothing happens, so it may
    be called any number of times.
    """
    if not _absent() or _load_compiled():
        return ()
    absent = _absent()
    library = torch.library.Library(NAMESPACE, "FRAGMENT")
    for name in absent:
        library.define(SCHEMAS[name])
    _libraries.append(library)
    return absent


def _absent() -> tuple[str, ...]:
    return tuple(name for name in SCHEMAS if not hasattr(getattr(torch.ops, NAMESPACE), name))


def _load_compiled() -> bool:
    """Load torchvision's own operators without importing it; say whether they are all there now."""
    package = importlib.util.find_spec("torchvision")
    if package is None or package.origin is None:
        return True  # no torchvision, nothing to mend
    library = importlib.machinery.PathFinder.find_spec("_C", [str(Path(package.origin).parent)])
    if library is None or library.origin is None:
        return False
    try:
        torch.ops.load_library(library.origin)
    except (OSError, ImportError):
        return False
    return not _absent()
