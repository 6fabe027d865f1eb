"""The painted world: endless captioned little pictures, drawn from a seed.

`paint` gives one picture with its depth and caption; the modules beside it hold the vocabulary and the parts.
"""

from .scene import Picture, Scene, imagine, paint, render, seen_from_near

__all__ = ["Picture", "Scene", "imagine", "paint", "render", "seen_from_near"]
