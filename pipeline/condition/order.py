"""THE order in which the moved picture of the frame before is changed before the sampler gets it.

    moved picture -> guide -> match colours -> hold light -> steady -> contrast -> sharpen -> noise -> sampler

The order matters: colours are matched before contrast, which would else be matched away, and noise comes last, or it
would be sharpened. A step that is off is left out, so with all of them off the very tensor that came in goes out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ..errors import UsageError
from ..types import Conditioning, FramePlan
from .colour import MATCHES, hold, match
from .grain import GRAINS, NormalNoise
from .steady import steady
from .tone import contrast, sharpen

Pixels = npt.NDArray[np.uint8]
Picture = npt.NDArray[np.float64]
Step = Callable[[Picture], Picture]
Shown = Callable[[str], Pixels]
"""The pixels of a picture by its digest, cut to the frame's size."""
REFERENCES: Final = ("shot", "previous", "image")


def condition(
    start: Tensor,
    plan: FramePlan,
    *,
    last: Pixels | None,
    seen: Mapping[int, Pixels],
    noise: NormalNoise,
    shown: Shown | None = None,
) -> Tensor:
    """Change the moved picture of the frame before as the plan says; return it as the sampler's start.

    Shapes: start float32 (1, 3, H, W) in [-1, 1] -> the same; last, seen uint8 (H, W, 3), RGB.
    Convention: `last` is the frame before as it was stored, `seen` are those of the shot, by their numbers, that the
        plan looks at; `noise` gives named normal numbers by shape and number, `shown` the pictures that the plan names.
        Noise alone may leave [-1, 1]: cut off, it would no longer be as often above as below in what is black or white.
    Raises: UsageError for a plan that cannot be followed.
    """
    settings = plan.conditioning
    if settings is None:
        return start
    todo = steps(settings, last=last, seen=seen, noise=noise, shown=shown, where=f"frame {plan.frame:04d}")
    if not todo:
        return start
    picture = (start[0].permute(1, 2, 0).cpu().numpy().astype(np.float64) + 1.0) / 2.0
    for _, step in todo:
        picture = step(picture)
    back = np.ascontiguousarray((picture * 2.0 - 1.0).transpose(2, 0, 1), dtype=np.float32)
    return torch.from_numpy(back)[None].to(start.device)


def steps(
    settings: Conditioning,
    *,
    last: Pixels | None,
    seen: Mapping[int, Pixels],
    noise: NormalNoise,
    shown: Shown | None = None,
    where: str = "frame",
) -> list[tuple[str, Step]]:
    """Return the steps that are on, in order, each by its name.

    Raises: UsageError for a word that is not known, or a reference that is not there.
    """
    for name, known in (("color_match", ("off", *MATCHES)), ("color_match_to", REFERENCES), ("noise_kind", GRAINS)):
        found = getattr(settings, name)
        if found not in known:
            raise UsageError(f"{where}: unknown {name} '{found}'; use one of {', '.join(known)}")
    todo: list[tuple[str, Step]] = []
    if settings.guide_strength > 0:
        key = _mixed(settings.guide, shown, f"{where}: guide")
        todo.append(("guide", lambda one: one + settings.guide_strength * (key - one)))
    if settings.color_match != "off" and settings.color_match_amount > 0:
        told = f"{where}: color_match_to: {settings.color_match_to}"
        if settings.color_match_to == "image":
            reference = _mixed(settings.color_match_image, shown, told)
        else:
            reference = _as_picture(seen.get(0) if settings.color_match_to == "shot" else last, told)
        todo.append(("match", lambda one: match(one, reference, settings.color_match, settings.color_match_amount)))
    if settings.hold > 0:
        origin = _as_picture(seen.get(0), f"{where}: hold")
        todo.append(("hold", lambda one: hold(one, origin, settings.hold)))
    if settings.steady > 0:
        begun = _as_picture(seen.get(settings.steady_to), f"{where}: steady")
        todo.append(("steady", lambda one: steady(one, begun, settings.steady)))
    if settings.contrast != 1:
        todo.append(("contrast", lambda one: contrast(one, settings.contrast)))
    if settings.sharpen > 0:
        how = (settings.sharpen, settings.sharpen_radius, settings.sharpen_threshold)
        todo.append(("sharpen", lambda one: sharpen(one, *how)))
    if settings.noise > 0:
        todo.append(("noise", lambda one: GRAINS[settings.noise_kind](one, settings, noise)))
    return todo


def _mixed(pictures: tuple[tuple[str, float], ...], shown: Shown | None, what: str) -> Picture:
    """Return named pictures laid over one another by their weights."""
    if not pictures or shown is None:
        return _as_picture(None, what)
    return np.asarray(sum(weight * _as_picture(shown(digest), what) for digest, weight in pictures), dtype=np.float64)


def _as_picture(pixels: Pixels | None, what: str) -> Picture:
    if pixels is None:
        raise UsageError(f"{what} needs a picture that is not there; give it, or switch it off")
    return pixels.astype(np.float64) / 255.0
