"""What a depth network of the package transformers is built from: its own configuration, as published in config.json.

Without torch and without transformers, so that the catalogue can be read where neither is. What would surprise: a
configuration may ask for a backbone from elsewhere, fetched while the network is built; such are refused.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from ..errors import ModelError

MAX_BYTES: Final = 2**20
KINDS: Final = ("dpt", "depth_anything", "zoedepth")
FROM_ELSEWHERE: Final = ("auto_map", "backbone", "use_pretrained_backbone", "use_timm_backbone")


@dataclass(frozen=True, slots=True)
class TransformersDepth:
    """A network that sees how near or far things are, built by the package transformers.

    Convention: `transformers` is its configuration as JSON with sorted keys; `model_type` in it is one of KINDS.
    """

    transformers: str

    @property
    def config(self) -> dict[str, Any]:
        """The configuration as plain values."""
        found: dict[str, Any] = json.loads(self.transformers)
        return found

    @property
    def kind(self) -> str:
        """Which of KINDS it is."""
        return str(self.config["model_type"])

    @property
    def side(self) -> int:
        """Pixels of a picture's shorter side when the network looks at it."""
        if self.kind == "zoedepth":
            return 384
        shape = self.config if self.kind == "dpt" else self.config.get("backbone_config") or {}
        return int(shape.get("image_size", 384 if self.kind == "dpt" else 518))

    @property
    def size_multiple(self) -> int:
        """What the sides of that picture are multiples of."""
        if self.kind == "zoedepth":
            return 32
        return int(self.config.get("patch_size", 16 if self.kind == "dpt" else 14))

    @property
    def is_square(self) -> bool:
        """Whether pictures are squeezed into a square, as the network was taught."""
        return self.kind == "dpt"

    @property
    def is_metric(self) -> bool:
        """Whether the network answers with distances in metres, not with nearness on a scale of each picture's own."""
        return self.kind == "zoedepth" or self.config.get("depth_estimation_type") == "metric"


def absence() -> str:
    """Say what is wrong where the package is not installed, "" where it is."""
    if find_spec("transformers") is not None:
        return ""
    return (
        "needs the package transformers, which is not installed; install it (pip install "
        "'clip-guided-animation[depth]'), or choose another depth"
    )


def depth_config(told: Any, *, where: str) -> TransformersDepth:
    """Return the architecture that a configuration describes.

    Raises: ModelError for one of another kind, or one that would fetch something.
    """
    if not isinstance(told, dict) or told.get("model_type") not in KINDS:
        found = told.get("model_type") if isinstance(told, dict) else told
        do = f"use a model of the type {', '.join(KINDS)}"
        raise ModelError(f"{where}: is no configuration of a depth network (model_type {str(found)[:40]!r}); {do}")
    asked = [key for key in FROM_ELSEWHERE if told.get(key)]
    if asked:
        raise ModelError(f"{where}: asks for code or weights from elsewhere ({', '.join(asked)}); use another model")
    try:
        found = TransformersDepth(json.dumps(told, sort_keys=True, allow_nan=False))
        if not (1 <= found.side <= 4096 and 1 <= found.size_multiple <= found.side):
            raise ValueError(f"side {found.side}, patches of {found.size_multiple}")
    except (ValueError, TypeError, AttributeError, RecursionError) as fault:
        raise ModelError(f"{where}: cannot be used ({' '.join(str(fault).split())[:200]}); correct it") from fault
    return found


def config_beside(file: Path) -> TransformersDepth | None:
    """Return what the config.json beside a weight file describes, None where there is none.

    Raises: ModelError for one that cannot be used.
    """
    path = file.with_name("config.json")
    if not path.is_file():
        return None
    try:
        with path.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise ValueError(f"more than {MAX_BYTES} bytes")
        told = json.loads(content)
    except (OSError, ValueError, RecursionError) as fault:
        raise ModelError(f"{path}: cannot be read ({str(fault)[:200]}); get it again") from fault
    return depth_config(told, where=str(path))
