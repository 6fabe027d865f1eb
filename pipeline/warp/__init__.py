"""Move the last frame to where the camera has gone, by one move or by many at once."""

from .planar import warp
from .route import Route, begin, compose, paint, travel

__all__ = ["Route", "begin", "compose", "paint", "travel", "warp"]
