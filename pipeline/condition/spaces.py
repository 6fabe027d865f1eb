"""RGB to CIE LAB and back, in float64.

OpenCV's conversion is float32 over a table, and a picture does not come back as it went; torch's powers may change
with the number of threads. The few lines here do neither.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.float64]
TO_XYZ: Final = np.array(  # IEC 61966-2-1: linear sRGB to XYZ
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
WHITE: Final = TO_XYZ.sum(axis=1)  # D65, so that grey has no colour to the last bit
TO_RGB: Final = np.linalg.inv(TO_XYZ)
EDGE: Final = 6 / 29  # below it CIE's cube root is a straight line


def to_lab(picture: Picture) -> Picture:
    """Turn RGB into L* (0..100), a* (green to red) and b* (blue to yellow).

    Shapes: (H, W, 3) in [0, 1] -> (H, W, 3).
    Source: IEC 61966-2-1 (sRGB); CIE 15:2004, section 8.2.1 (CIELAB).
    """
    high = ((np.maximum(picture, 0.04045) + 0.055) / 1.055) ** 2.4
    linear = np.where(picture > 0.04045, high, picture / 12.92)
    share = _through(linear, TO_XYZ) / WHITE
    f = np.where(share > EDGE**3, np.cbrt(share), share / (3 * EDGE**2) + 4 / 29)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def from_lab(lab: Picture) -> Picture:
    """Turn LAB into RGB, which lies outside [0, 1] where no screen can show the colour.

    Shapes: (H, W, 3) -> the same.
    """
    y = (lab[..., 0] + 16) / 116
    f = np.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], axis=-1)
    share = np.where(f > EDGE, f**3, 3 * EDGE**2 * (f - 4 / 29))
    linear = _through(share * WHITE, TO_RGB)
    high = 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055
    return np.where(linear > 0.0031308, high, linear * 12.92)


def _through(picture: Picture, matrix: npt.NDArray[np.float64]) -> Picture:
    """Multiply each pixel by a matrix, term by term: a library's product may depend on its threads."""
    a, b, c = (picture[..., channel, None] for channel in range(3))
    return np.asarray(a * matrix[:, 0] + b * matrix[:, 1] + c * matrix[:, 2])
