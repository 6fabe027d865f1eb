"""Turn a keyframe file into a film: CLIP-guided diffusion, one frame carried into the next by a moving camera.

    from pathlib import Path

    from pipeline import load, preview, render

    film = load("keyframes/lighthouse.yaml")
    picture = preview(film, 0).pixels
    path = render(film, Path("outputs/lighthouse"))

Importing this imports nothing else: each function comes from its module when it is first asked for, so `pipeline check`
does not wait for what renders. Two of them hide the modules of the same names, which `from pipeline.render import ...`
still finds.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["load", "preview", "render"]

if TYPE_CHECKING:
    from .preview import preview
    from .render import render
    from .schedule import load


class _Face(ModuleType):
    """The package as a module that fetches what it offers; a submodule of the same name does not take its place."""

    @property
    def load(self) -> object:
        """The function `schedule.load`."""
        from .schedule import load

        return load

    @property
    def preview(self) -> object:
        """The function `preview.preview`."""
        from .preview import preview

        return preview

    @preview.setter
    def preview(self, module: object) -> None:
        """Leave the function in its place; the import system would put the module there."""

    @property
    def render(self) -> object:
        """The function `render.render`."""
        from .render import render

        return render

    @render.setter
    def render(self, module: object) -> None:
        """Leave the function in its place; the import system would put the module there."""


sys.modules[__name__].__class__ = _Face
