"""Hold a picture's light, contrast and strength of colour at those of an earlier frame, from which prompts stand still.

A controller on three numbers of the whole picture: mean and deviation of lightness, and mean chroma, in LAB. Where
things are and which colours they have stays free, so a film may go on; a histogram lock would not let it. The sampler
draws each frame some way back to where it would go by itself, and so the controller reaches beyond its goal.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from .spaces import from_lab, to_lab

Picture = npt.NDArray[np.float64]
REACH: Final = 1.5  # `python -m pipeline.bench drift`: with this the first second holds within a few per cent
MOST_GAIN: Final = 1.25  # in one frame; what has turned grey comes back over several, or its grain would be coloured


def steady(picture: Picture, begun: Picture, strength: float) -> Picture:
    """Bring mean lightness, its deviation and mean chroma towards those of a frame before, and beyond where it pays.

    Shapes: picture, begun (H, W, 3) in [0, 1] -> (H, W, 3) in [0, 1].
    """
    lab, reach = to_lab(picture), REACH * strength
    light, contrast, chroma = measures(lab)
    wanted_light, wanted_contrast, wanted_chroma = measures(to_lab(begun))
    lab[..., 0] = light + _gain(contrast, wanted_contrast, reach) * (lab[..., 0] - light)
    lab[..., 0] += reach * (wanted_light - light)
    lab[..., 1:] *= _gain(chroma, wanted_chroma, reach)
    return np.clip(from_lab(lab), 0.0, 1.0)


def measures(lab: Picture) -> tuple[float, float, float]:
    """Return mean lightness, its deviation and mean chroma of a picture (H, W, 3) in LAB."""
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    return float(lab[..., 0].mean()), float(lab[..., 0].std()), float(chroma.mean())


def _gain(found: float, wanted: float, reach: float) -> float:
    """Return the factor that goes `reach` of the way, within what one frame may; 1 where there is nothing to scale."""
    if min(found, wanted) < 1e-3:
        return 1.0
    return float(np.clip((wanted / found) ** reach, 1 / MOST_GAIN, MOST_GAIN))
