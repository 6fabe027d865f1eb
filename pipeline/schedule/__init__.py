"""Turn a keyframe file into a film whose every frame is planned: text in, numbers out, nothing drawn.

Imports neither torch nor any other stage, so that a file is checked in a fraction of a second.
"""

from .film import Reading, load, study
from .plan import Score

__all__ = ["Reading", "Score", "load", "study"]
