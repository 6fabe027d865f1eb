"""Move the last frame to where the camera has gone."""

from .planar import warp

__all__ = ["warp"]
