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

import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["load", "preview", "render"]

SPINS = "5000"  # about as long as waking a thread takes: `python -m pipeline.bench busy`

if TYPE_CHECKING:
    from .preview import preview
    from .render import render
    from .schedule import load


def _wait_gently() -> None:
    """Have torch's threads, where they wait for each other, give their core back soon, unless the user said how.

    By default GNU's OpenMP spins for milliseconds, which gains nothing on an idle machine. Beside another program that
    is busy the thread that is waited for may wait for a core itself, at every one of thousands of operations: twice as
    long a step beside one that fills memory, and 8 s in place of 0.6 beside one that paints. It is read once, when
    torch is imported, which nothing of the package is before.
    """
    if not {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT"} & os.environ.keys():
        os.environ["GOMP_SPINCOUNT"] = SPINS


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


_wait_gently()
sys.modules[__name__].__class__ = _Face
