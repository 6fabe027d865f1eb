"""Choices of Disco Diffusion 5.7 that a look can bring back, and the classes of models that were taught any.

Disco kept the model's last picture as it was before guidance, and its range loss never reached the picture.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor

from ..errors import UsageError
from ..types import FramePlan, Look, StepValues
from .denoiser import Denoiser, Prediction
from .noise import named_uniform
from .steps import Step


class Witness:
    """A denoiser that remembers the last clean picture it saw, before anything moved it."""

    x0: Tensor

    def __init__(self, denoise: Denoiser) -> None:
        self.denoise = denoise

    def __call__(self, x: Tensor, step: Step) -> Prediction:
        """Predict from x (B, 3, H, W)."""
        prediction = self.denoise(x, step)
        self.x0 = prediction.x0.detach()
        return prediction


def picture_scales(look: Look) -> tuple[StepValues, StepValues, StepValues]:
    """Return the scales of the losses tv, range and sat; an inert range loss has none."""
    return look.tv_scale, (0.0,) if look.range_loss == "inert" else look.range_scale, look.sat_scale


def of_class(denoise: Denoiser, plan: FramePlan) -> Denoiser:
    """Return the denoiser that draws the class a frame's look asks for: a number, or one drawn by name.

    Raises: UsageError where the model has no classes, has fewer, or wants one.
    """
    wanted, n_classes = plan.look.class_label, getattr(denoise, "n_classes", None)
    if n_classes is None:
        if wanted != "none":
            raise UsageError(f"frame {plan.frame:04d}: look.class is {wanted}, the model has no classes; write none")
        return denoise
    label = class_of(plan, n_classes)
    chosen = copy.copy(denoise)  # the same weights
    chosen.label = label  # type: ignore[attr-defined]
    return chosen


def class_of(plan: FramePlan, n_classes: int) -> int:
    """Return the number of a frame's class."""
    wanted = plan.look.class_label
    if wanted == "random":
        drawn = named_uniform((1,), seed=plan.seed, frame=plan.frame, purpose="class", step=0)
        return int(torch.floor(drawn.double() * n_classes))
    if wanted == "none" or int(wanted) >= n_classes:
        do = f"write random, or a number from 0 to {n_classes - 1}"
        raise UsageError(f"frame {plan.frame:04d}: look.class is {wanted}, the model has {n_classes} classes; {do}")
    return int(wanted)
