"""Bring a picture's colours to those of a reference: whole histograms, or no more than their mean and deviation.

Channels are red, green, blue everywhere. In HSV the hue is left alone: it is an angle, and matching it as a number
tears the reds apart; saturation and value are matched without naming it, so that grey stays grey.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from .spaces import from_lab, to_lab
from .tone import blur

Picture = npt.NDArray[np.float64]
MOST_GAIN: Final = 2.0  # of a deviation: what is nearly flat has no detail to make a picture of
BROAD: Final = 1 / 8  # deviation of the blur that leaves light and colour, as a share of the shorter side


def match(picture: Picture, reference: Picture, way: str, amount: float) -> Picture:
    """Move a picture's colours to those of the reference, all the way where `amount` is 1.

    Shapes: picture (H, W, 3), reference (H', W', 3) in [0, 1] -> (H, W, 3) in [0, 1].
    """
    matched = np.clip(MATCHES[way](picture, reference), 0.0, 1.0)
    return picture + amount * (matched - picture)


def hold(picture: Picture, first: Picture, strength: float) -> Picture:
    """Draw broad light and colour back to those of the first frame, by mean and deviation in LAB; keep the detail.

    Shapes: (H, W, 3) in [0, 1], both -> the same.
    """
    lab, deviation = to_lab(picture), BROAD * min(picture.shape[:2])
    broad = blur(lab, deviation)
    wanted = blur(to_lab(first), BROAD * min(first.shape[:2]))
    return np.clip(from_lab(lab + strength * (_of_moments(broad, wanted) - broad)), 0.0, 1.0)


def _in_rgb(picture: Picture, reference: Picture) -> Picture:
    return _of_histograms(picture, reference)


def _in_hsv(picture: Picture, reference: Picture) -> Picture:
    """Match saturation and value; each pixel keeps where between its greatest and least channel the third lies."""
    found, wanted = _saturation_value(picture), _saturation_value(reference)
    matched = _of_histograms(found, wanted)
    value, range_ = found[..., 1:], (found[..., :1] * found[..., 1:])
    below = np.divide(value - picture, range_, out=np.zeros_like(picture), where=range_ > 0)  # 0 at the greatest
    return np.asarray(matched[..., 1:] * (1.0 - matched[..., :1] * below))


def _saturation_value(picture: Picture) -> Picture:
    value, range_ = picture.max(axis=-1), np.ptp(picture, axis=-1)
    return np.stack([np.divide(range_, value, out=np.zeros_like(value), where=value > 0), value], axis=-1)


def _in_lab(picture: Picture, reference: Picture) -> Picture:
    return from_lab(_of_histograms(to_lab(picture), to_lab(reference)))


def _by_mean(picture: Picture, reference: Picture) -> Picture:
    """Match mean and deviation in LAB.

    Source: Reinhard et al. 2001, "Color Transfer between Images", there in another space.
    """
    return from_lab(_of_moments(to_lab(picture), to_lab(reference)))


MATCHES: Final[dict[str, Callable[[Picture, Picture], Picture]]] = {
    "rgb": _in_rgb,
    "hsv": _in_hsv,
    "lab": _in_lab,
    "mean": _by_mean,
}


def _of_moments(found: Picture, wanted: Picture) -> Picture:
    """Return `found` with the mean and deviation of `wanted`, channel by channel."""
    here, there = found.mean(axis=(0, 1)), wanted.mean(axis=(0, 1))
    gain = wanted.std(axis=(0, 1)) / np.maximum(found.std(axis=(0, 1)), 1e-9)
    return np.asarray((found - here) * np.minimum(gain, MOST_GAIN) + there)


def _of_histograms(found: Picture, wanted: Picture) -> Picture:
    """Return `found` with every value exchanged for the one of the same rank in `wanted`, channel by channel."""
    matched = np.empty_like(found)
    for channel in range(found.shape[-1]):
        here, there = found[..., channel], wanted[..., channel]
        values, inverse, counts = np.unique(here, return_inverse=True, return_counts=True)
        known, known_counts = np.unique(there, return_counts=True)
        exchanged = np.interp(_ranks(counts), _ranks(known_counts), known)
        matched[..., channel] = exchanged[inverse].reshape(here.shape) if values.size else here
    return matched


def _ranks(counts: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    """Return the share of all values below each, equal ones counted half: a flat picture lies at the median."""
    return (np.cumsum(counts) - counts / 2) / counts.sum()
