"""Tell a denoiser that takes texts what it draws: the direction of a frame's prompts, and how strongly it follows it.

What such a model draws untold and told differ by what the prompts mean to it, and that difference is enlarged. It costs
a second look of the network where the strength is neither 0 nor 1, and no gradient: guidance by CLIPs comes on top.
Source: classifier-free guidance, Ho and Salimans 2022, eq. 6; negative prompts in the place of the untold picture, as
users of Stable Diffusion know them.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional as F

from ..errors import UsageError
from ..types import HERE, FramePlan, SpatialMove, WeightedPrompt
from .denoiser import Denoiser, Sketches, Telling, UnetDenoiser
from .directions import direction
from .gallery import Gallery
from .layout import layout_of
from .noise import named_noise
from .perceptors import Perceptor
from .standing import where_it_stands
from .together import Seat
from .unsaid import completed

LEAN: Final = 0.5  # of the length of a direction, by which a seed leans what is told: 27 degrees


def told(
    denoise: Denoiser, plan: FramePlan, perceptor: Perceptor | None, gallery: Gallery, start: Tensor | None = None
) -> Denoiser:
    """Return the denoiser that is told a frame's prompts by the CLIP it was taught with.

    Shapes: start (1, 3, H, W), the picture that the frame is drawn over, if there is one.
    Raises: UsageError for a look that tells a model which takes no texts.
    """
    if perceptor is None:
        if plan.look.cfg_scale != (0.0,):
            said = max(plan.look.cfg_scale)
            raise UsageError(f"frame {plan.frame:04d}: look.cfg_scale is {said:g}, the model takes no texts; write 0")
        return denoise
    chosen = copy.copy(denoise)  # the same weights
    model = denoise.together.model if isinstance(denoise, Seat) else denoise
    seen = [one for one in plan.prompts if not one.only or perceptor.name in one.only]
    wanted, unwanted = ([one for one in seen if one.weight * sign > 0] for sign in (1, -1))
    words = getattr(model, "unsaid", ()) if plan.look.unsaid == "seed" else ()
    asked_for = completed(perceptor, wanted, gallery, words, seed=plan.seed)
    nothing = torch.zeros_like(perceptor.embed_text([""]))
    text = leaning(_middle(asked_for, wanted) if wanted else nothing, plan)
    against = _middle([direction(perceptor, one, gallery) for one in unwanted], unwanted) if unwanted else nothing
    sketches = None
    if isinstance(model, UnetDenoiser) and model.sketches:
        # Over a clip things stand where they stand in it, and one in its usual place would be drawn beside them.
        bare = plan.footage is not None and plan.footage.mode == "stylise"
        suggested, other = (model.sketch(each, bare=bare) for each in (text, against))
        sketches = Sketches(suggested, other, _standing(model, suggested, plan, start))
    chosen.telling = Telling(text, against, plan.look.cfg_scale, sketches)  # type: ignore[attr-defined]
    return chosen


def _standing(model: UnetDenoiser, sketch: Tensor, plan: FramePlan, start: Tensor | None) -> Tensor:
    """Return the map (1, 2, 3) under which a sketch stands in a frame: as planned, or where a move in space put it.

    Convention: a picture that is being renewed shows something else yet, so there is nothing to look for.
    """
    layout = layout_of(plan).to(sketch)
    if start is None or plan.carried == HERE or plan.look.renew or not isinstance(plan.camera, SpatialMove):
        return layout
    home = layout_of(replace(plan, carried=HERE)).to(sketch)
    return where_it_stands(model.placed(sketch, plan.size), start, planned=layout, home=home)


def suggested(denoise: Denoiser, plan: FramePlan) -> Tensor:
    """Return the picture (1, 3, H, W) that a frame's texts alone suggest to a denoiser that was told them.

    Raises: UsageError for a model without sketches.
    """
    model = denoise.together.model if isinstance(denoise, Seat) else denoise
    telling: Telling | None = getattr(denoise, "telling", None)
    if telling is None or telling.sketches is None or not isinstance(model, UnetDenoiser):
        said = plan.look.renew
        raise UsageError(f"frame {plan.frame:04d}: look.renew is {said:g}, the model has no sketch of texts; write 0")
    return model.placed(telling.sketches.text, plan.size, telling.sketches.layout)


def leaning(direction: Tensor, plan: FramePlan) -> Tensor:
    """Return the direction (1, D) of what is told, leaning to where the shot's seed has it, as far as `variety` says.

    Words leave most of a picture open, and a model that is told one direction for all seeds makes the same of them.
    Pictures still show what was asked for, since so short a lean is nearer to these words than to any others. It is the
    same in all frames of a shot.
    Source: our own; noise on what a generator is told is Sadat et al. 2024 (CADS), there to be taken back step by step.
    """
    if not plan.look.variety:
        return direction
    aside = named_noise((1, direction.shape[1]), seed=plan.seed, frame=0, purpose="lean", step=0).to(direction)
    unit = F.normalize(direction, dim=-1) + plan.look.variety * LEAN * F.normalize(aside, dim=-1)
    return F.normalize(unit, dim=-1) * direction.norm(dim=-1, keepdim=True)


def _middle(directions: Sequence[Tensor], prompts: Sequence[WeightedPrompt]) -> Tensor:
    """Return the direction (1, D) between those of prompts, by the roots of their weights.

    By the weights themselves a subject was gone beside a mood or style that weighs four times as much: the judge named
    it in 2 of 24 pictures, by the roots in 10 of 16; and a mood or style of a quarter of the subject's weight in 12 of
    24, by the roots in 14 of 16, and in 11 where what prompts leave open is told too.
    """
    unit = F.normalize(torch.stack(list(directions)), dim=-1)
    weights = unit.new_tensor([abs(prompt.weight) ** 0.5 for prompt in prompts])
    middle = F.normalize(weights @ unit, dim=-1)
    return middle[None] * middle.shape[0] ** 0.5
