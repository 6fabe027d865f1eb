"""What a frame is drawn on: the picture it starts from, what it must stay like, and what every prediction is held to.

A frame without `init:`, symmetry and `recall` has none of it and is drawn as if this module were not there. What would
surprise: a mask acts on predicted clean pictures alone. Where it keeps, the picture that goes through the sampler is
then the kept one under just the noise of each step, whatever the sampler.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ..errors import UsageError
from ..models import load_lpips
from ..types import FramePlan, Init, StepValues
from .clouds import MODES, clouds
from .denoiser import Constraint, Denoiser, constrained
from .fitting import FITS, fit_mask, fit_picture
from .gallery import Gallery
from .likeness import Likeness, lpips_distance, seen_distance
from .noise import named_noise
from .perceptors import Perceptor
from .steps import Step, at
from .symmetry import MIRRORS, symmetry

BROAD = 32  # cells along the shorter side in which broad shapes and colours are seen


@dataclass(frozen=True, slots=True)
class Ground:
    """A start (1, 3, H, W), or None for noise; the pull towards it; and what holds for every predicted picture."""

    start: Tensor | None
    likeness: Likeness | None
    constraints: tuple[Constraint, ...]

    def hold(self, denoise: Denoiser) -> Denoiser:
        """Return the denoiser whose pictures are held to the constraints, the last one given the last word."""
        for constraint in self.constraints:
            denoise = constrained(denoise, constraint)
        return denoise


def lay(
    plan: FramePlan,
    start: Tensor | None,
    *,
    gallery: Gallery,
    perceptors: Sequence[Perceptor],
    device: torch.device | str,
) -> Ground:
    """Lay the ground for a frame; `start` is the moved picture of the frame before, if there is one.

    Raises: UsageError for words that are not known, or pictures that the gallery does not hold.
    """
    _refuse_unknown(plan)
    init = plan.init or Init()
    picture = _tensor(gallery, init, plan).to(device) if init.image else None
    follows = not begins(plan, start)
    if start is None:
        start = picture if init.perlin == "off" else _clouds(plan, init.perlin)
    start = None if start is None else start.to(device)
    constraints = [symmetry(plan.look)]
    if start is not None and follows and any(plan.look.recall):
        constraints.insert(0, recalled(start, plan.look.recall))
    if init.mask and picture is not None and start is not None:
        mask = torch.from_numpy(fit_mask(gallery.pixels(init.mask), plan.size, init.fit, feather=init.mask_feather))
        keep = kept(picture, mask.to(device))
        constraints.append(keep)
        start = picture + mask.to(device) * (start - picture)
    likeness = None
    if start is not None and any(init.scale):
        is_seen = init.distance == "clip"
        distance = seen_distance(start, perceptors) if is_seen else lpips_distance(start, _lpips(str(device)))
        likeness = Likeness(distance, init.scale)
    return Ground(start, likeness, tuple(one for one in constraints if one))


def begins(plan: FramePlan, start: Tensor | None) -> bool:
    """Say whether a frame is its shot's first, which is drawn over no other one."""
    return start is None or (plan.camera is None and plan.footage is not None)


def recalled(before: Tensor, recall: StepValues) -> Constraint:
    """Return what brings back the broad shapes and colours of the moved frame before, as far as `recall` says.

    A sampler gives a picture back a little softer than it was, or pulls it out of shape a little, and a film in which
    each frame is drawn over the one before it falls apart of that. Held so, only what is fine is drawn anew.
    Shapes: before (1, 3, H, W).
    Source: Choi et al. 2021 (ILVR), algorithm 1, where a reference holds the noisy picture; here the frame before
        holds the clean one, as in `kept`.
    """
    wanted = broad(before)

    def constrain(x0: Tensor, step: Step) -> Tensor:
        share = at(recall, step.index)
        return x0 + share * (wanted - broad(x0)) if share else x0

    return constrain


def renewed(before: Tensor, suggested: Tensor, share: float) -> Tensor:
    """Return a picture to start from whose broad shapes and colours are those of another one, as far as `share` says.

    What is broad is seen through much more noise than what is fine, so a frame that starts from another one keeps its
    colours whatever it is told, and what follows a text strongly leads them ever further away from both.
    Shapes: before, suggested (1, 3, H, W).
    Source: our own; the low band of a start given by another picture is that of ILVR (Choi et al. 2021), once and not
        in each step.
    """
    return before + share * (broad(suggested) - broad(before))


def broad(picture: Tensor) -> Tensor:
    """Return the broad shapes and colours of a picture (1, 3, H, W): its means over `BROAD` cells, without seams."""
    least = min(picture.shape[2:])
    small = [max(1, round(BROAD * side / least)) for side in picture.shape[2:]]
    reduced = F.interpolate(picture, size=small, mode="area")
    return F.interpolate(reduced, size=picture.shape[2:], mode="bilinear", align_corners=False)


@cache
def _lpips(device: str) -> Any:
    return load_lpips(device)


def kept(picture: Tensor, mask: Tensor) -> Constraint:
    """Return what puts a picture back where a mask is 0.

    Shapes: picture (1, 3, H, W), mask (H, W).
    Source: RePaint (Lugmayr et al. 2022, eq. 8) and blended diffusion (Avrahami et al. 2022, algorithm 2) noise the
        picture anew in each step and put that into the noisy one; kept in the clean one, as in DDNM (Wang et al. 2023),
        it carries the sampler's own noise, and its edges fit what is painted.
    """

    def constrain(x0: Tensor, step: Step) -> Tensor:
        return mask * x0 + (1 - mask) * picture

    return constrain


def _tensor(gallery: Gallery, init: Init, plan: FramePlan) -> Tensor:
    pixels = torch.from_numpy(fit_picture(gallery.pixels(init.image), plan.size, init.fit))
    return pixels.permute(2, 0, 1)[None].float() / 127.5 - 1


def _clouds(plan: FramePlan, mode: str) -> Tensor:
    def noise(shape: tuple[int, ...], purpose: str, number: int) -> Tensor:
        return named_noise(shape, seed=plan.seed, frame=plan.frame, purpose=purpose, step=number)

    return clouds(mode, plan.size, noise)


def _refuse_unknown(plan: FramePlan) -> None:
    init, where = plan.init or Init(), f"frame {plan.frame:04d}"
    for what, found, known in (
        ("symmetry", plan.look.symmetry, ("off", *MIRRORS, "kaleidoscope")),
        ("init.fit", init.fit, FITS),
        ("init.perlin", init.perlin, ("off", *MODES)),
        ("init.distance", init.distance, ("clip", "lpips")),
    ):
        if found not in known:
            raise UsageError(f"{where}: unknown {what} '{found}'; use one of {', '.join(known)}")
