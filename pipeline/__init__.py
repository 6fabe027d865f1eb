"""Turn a keyframe file into a film: CLIP-guided diffusion, one frame carried into the next by a moving camera.

    from pathlib import Path

    from pipeline import load, preview, render

    film = load("keyframes/lighthouse.yaml")
    picture = preview(film, 0).pixels
    path = render(film, Path("outputs/lighthouse"))

Importing this imports no torch. The functions hide the modules of the same names, which `from pipeline.render import
...` still finds; bound any later than here, it would be the other way round.
"""

__version__ = "0.1.0"

from .preview import preview
from .render import render
from .schedule import load

__all__ = ["load", "preview", "render"]
