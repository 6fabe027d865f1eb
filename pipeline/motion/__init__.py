"""How what is seen in one picture has moved in another: optical flow, how far to trust it, and moves of the whole.

Light enough for every room that looks at two pictures: no torch and no model. Flow by a network is found elsewhere and
put to the same use.
"""

from .consistency import Doubt, doubts, trust
from .field import Flow, Pixels, Vectors, looked_up, places, reached, reduced
from .search import search
from .whole import MOTIONS, whole_motion

__all__ = [
    "MOTIONS",
    "Doubt",
    "Flow",
    "Pixels",
    "Vectors",
    "doubts",
    "looked_up",
    "places",
    "reached",
    "reduced",
    "search",
    "trust",
    "whole_motion",
]
