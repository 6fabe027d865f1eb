"""Turn a keyframe file into a film whose every frame is planned: text in, numbers out, nothing drawn.

Imports neither torch nor any other stage, so that a file is checked in a fraction of a second.
"""

from .shot import load

__all__ = ["load"]
