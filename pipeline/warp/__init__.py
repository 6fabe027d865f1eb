"""Move the last frame to where the camera has gone, in its plane or in space, by one move or many, or as clips do."""

from .between import between
from .depth import Sight
from .follow import follow, pictured, settled
from .planar import warp
from .route import Route, begin, compose, paint, travel
from .way import carry, without_noise

__all__ = [
    "Route",
    "Sight",
    "begin",
    "between",
    "carry",
    "compose",
    "follow",
    "paint",
    "pictured",
    "settled",
    "travel",
    "warp",
    "without_noise",
]
