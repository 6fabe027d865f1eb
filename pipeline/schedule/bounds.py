"""Name every number of `camera:` and `look:`, and the values it may take.

The tables are the single source for what the two sections may hold; each rule is checked at every frame and step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Mark
from .clock import Clock
from .progress import N_LEVELS
from .source import refuse

HUGE = 1e9


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a number may be; `says` completes 'keep it ...'."""

    low: float
    high: float
    says: str
    without_low: bool = False
    without_high: bool = False
    is_whole: bool = False

    def check(self, found: np.ndarray, what: str, t: np.ndarray, clock: Clock, mark: Mark) -> np.ndarray:
        """Return the values, rounded half up where they must be whole; refuse the first that is out of bounds.

        Shapes: found, t (points,) -> (points,).
        """
        if self.is_whole:
            found = np.floor(found + 0.5)
        is_low = found <= self.low if self.without_low else found < self.low
        is_high = found >= self.high if self.without_high else found > self.high
        bad = np.flatnonzero(is_low | is_high)
        if bad.size:
            first = int(bad[0])
            value = f"{found[first]:.6g}"
            refuse(mark, f"{what} is {value} at frame {int(t[first])}{clock.where}", f"keep it {self.says}")
        return found


ANY = Bounds(-HUGE, HUGE, f"between {-HUGE:g} and {HUGE:g}")
FACTOR = Bounds(0, HUGE, "above 0", without_low=True)
SCALE = Bounds(0, HUGE, f"between 0 and {HUGE:g}")
SHARE = Bounds(0, 1, "between 0 and 1")
COUNT = Bounds(0, 1000, "between 0 and 1000", is_whole=True)
SHEAR = Bounds(-90, 90, "between -90 and 90, without the ends", without_low=True, without_high=True)

CAMERA = {
    "zoom": FACTOR,
    "roll": ANY,
    "translation_x": ANY,
    "translation_y": ANY,
    "center_x": ANY,
    "center_y": ANY,
    "stretch_x": FACTOR,
    "stretch_y": FACTOR,
    "shear_x": SHEAR,
    "shear_y": SHEAR,
}
CAMERA_WORDS = {"mode": ("2d",), "border": ("reflect", "wrap", "replicate", "zeros")}

LOOK_OVER_FRAMES = {
    "steps": Bounds(1, N_LEVELS, f"between 1 and {N_LEVELS}", is_whole=True),
    "skip": Bounds(0, 1, "from 0 to below 1", without_high=True),
    "cutn_batches": Bounds(1, 1000, "between 1 and 1000", is_whole=True),
}
LOOK_OVER_STEPS = {
    "eta": SHARE,
    "guidance_scale": SCALE,
    "clamp_grad": SCALE,
    "tv_scale": SCALE,
    "range_scale": SCALE,
    "sat_scale": SCALE,
    "cut_overview": COUNT,
    "cut_innercut": COUNT,
    "cut_ic_pow": FACTOR,
    "cut_icgray_p": SHARE,
    "cut_hue": SHARE,
}
LOOK_WORDS = {"sampler": ("ddim",), "guidance_path": ("unet", "detached"), "thresholding": ("none", "static")}
