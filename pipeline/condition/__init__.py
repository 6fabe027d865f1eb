"""Change the moved picture of the frame before, ahead of the sampler: colours, light, contrast, sharpness, noise.

All of it is float64 in numpy on one thread, so that a frame is the same for any number of them, and nothing is rounded
to 8 bits between two steps.
"""

from .order import condition

__all__ = ["condition"]
