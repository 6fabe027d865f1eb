"""Move the last frame to where the camera has gone, in its plane or in space, by one move or many, or as clips do."""

from .between import between
from .depth import Sight, looked_with
from .follow import follow, looked_at, pictured, settled
from .planar import warp
from .route import Route, begin, compose, paint, travel
from .spatial import beside
from .way import carry, without_noise

__all__ = [
    "Route",
    "Sight",
    "begin",
    "beside",
    "between",
    "carry",
    "compose",
    "follow",
    "looked_at",
    "looked_with",
    "paint",
    "pictured",
    "settled",
    "travel",
    "warp",
    "without_noise",
]
