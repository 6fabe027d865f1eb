"""Turn a keyframe file into a film: CLIP-guided diffusion, one frame carried into the next by a moving camera.

    from pathlib import Path

    from pipeline import load, preview, render

    film = load("keyframes/lighthouse.yaml")
    picture = preview(film, 0).pixels
    path = render(film, Path("outputs/lighthouse"))

Names are looked up only when asked for, so that checking a keyframe file does not import torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .preview import preview
    from .render import render
    from .schedule import load

__version__ = "0.1.0"
__all__ = ["load", "preview", "render"]


def __getattr__(name: str) -> Any:
    if name == "load":
        from .schedule import load

        return load
    if name == "render":
        from .render import render

        return render
    if name == "preview":
        from .preview import preview

        return preview
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
