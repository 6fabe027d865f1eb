"""What one frame takes from the picture of a film that it follows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Footage:
    """The picture of a film that a frame follows, and how.

    Convention: `clip` is the SHA-256 of the film's file, as hex; `index` counts its pictures from 0 at its own rate,
        and `before` is that of the frame carried over, -1 for a first frame, which starts from the picture. `mode` is
        "stylise" (the moved frame before is laid over the picture) or "motion" (it is only moved as the picture moves).
        `motion` is "flow", "affine", "perspective" or "off", looked for by `search`: "dis" or a model's name; `factor`
        times the way that is found is gone. `blend` is the share of the moved frame where it can be trusted, which
        `consistency` times the shares `missed`, `overshot` and `undershot` decide, softened over `mask_blur` pixels.
        `after` mixes the share `after_blend` of the frame before into the finished one: "off", "linear" or "flow".
    """

    clip: str
    index: int
    before: int = -1
    fit: str = "cover"
    mode: str = "stylise"
    motion: str = "flow"
    search: str = "dis"
    factor: float = 1.0
    blend: float = 0.9
    consistency: float = 1.0
    missed: float = 1.0
    overshot: float = 1.0
    undershot: float = 1.0
    mask_blur: float = 1.0
    after: str = "off"
    after_blend: float = 0.5
