"""One frame: from its plan and the warped last frame to pixels.

A frame without a predecessor is drawn from named noise through all steps, unless it has an init; any other starts from
the warped picture, noised to the first of the steps that are left. It is a pure function of its arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ..errors import NotFiniteError, SampleError, UsageError, is_out_of_memory
from ..types import FramePlan
from .denoiser import Denoiser, static_threshold
from .disco import Witness, of_class
from .gallery import NO_PICTURES, Gallery
from .ground import begins, lay, renewed
from .guidance import Guidance, through_graph
from .noise import name_of, noise_of
from .perceptors import Perceptor
from .room import ensure_room
from .samplers import SAMPLERS, OnStep
from .steps import Steps, noise_to
from .stopwatch import Stopwatch, untimed
from .targets import Manner, aim
from .telling import suggested, told
from .together import Seat, seated

STEP_VALUES: Final = (
    *("eta", "guidance_scale", "clamp_grad", "tv_scale", "range_scale", "sat_scale"),
    *("cut_overview", "cut_innercut", "cut_ic_pow", "cut_icgray_p", "cut_hue", "symmetry_strength"),
    *("cfg_scale", "guidance_limit", "guidance_area", "recall"),
)
THRESHOLDINGS: Final[dict[str, Callable[[Denoiser], Denoiser]]] = {
    "none": lambda denoise: denoise,
    "static": static_threshold,
}


@dataclass(frozen=True, slots=True)
class DrawStep:
    """What can be seen at step `index` of `n_steps` of a frame being drawn.

    Shapes: x (1, 3, H, W) the noisy picture the step starts from, x0 (1, 3, H, W) the clean one predicted from it.
    """

    index: int
    n_steps: int
    x: Tensor
    x0: Tensor


def draw(
    plan: FramePlan,
    start: Tensor | None,
    *,
    denoiser: Denoiser,
    perceptors: Sequence[Perceptor],
    schedule: str,
    device: torch.device | str,
    guide: Denoiser | None = None,
    teller: Perceptor | None = None,
    gallery: Gallery = NO_PICTURES,
    on_step: Callable[[DrawStep], None] | None = None,
    stopwatch: Stopwatch = untimed,
) -> npt.NDArray[np.uint8]:
    """Draw the frame a plan describes.

    Shapes: start (1, 3, H, W) in [-1, 1] -> uint8 (H, W, 3).
    Raises: UsageError for a plan and a start that do not fit; NotFiniteError; SampleError for too little memory.
    """
    steps = check(plan, start, schedule)
    ground = lay(plan, start, gallery=gallery, perceptors=perceptors, device=device)
    if plan.look.guidance_path == "secondary" and guide is None:
        raise UsageError(f"frame {plan.frame:04d}: guidance_path is secondary; give the model that guides")
    network = told(of_class(seated(denoiser), plan), plan, teller, gallery, ground.start)
    witness = Witness(ground.hold(network))
    guided = Guidance(
        witness,
        targets=aim(perceptors, plan.prompts, gallery, Manner.of(plan)),
        look=plan.look,
        name=name_of(plan),
        frame=plan.frame,
        guide=guide,
        stopwatch=stopwatch,
        likeness=ground.likeness,
        pull=network.pull if isinstance(network, Seat) else through_graph,
    )
    noise = partial(_noise, plan, device)
    try:
        ensure_room()
        x = noise("start", 0)
        if ground.start is not None:
            is_renewed = plan.look.renew and not begins(plan, start)
            begun = _renewed(plan, ground.start, network) if is_renewed else ground.start
            x = noise_to(begun, x, steps[0])
        picture = SAMPLERS[plan.look.sampler](
            ground.hold(THRESHOLDINGS[plan.look.thresholding](guided)),
            x,
            steps,
            eta=plan.look.eta,
            noise=partial(noise, "eta"),
            on_step=_reporting(on_step, len(steps)),
        )
    except (RuntimeError, MemoryError) as error:  # torch.OutOfMemoryError is one of the former
        if not is_out_of_memory(error):
            raise
        raise _too_large(plan, network) from error
    guided.verify()
    if plan.look.saved_picture == "unguided":
        picture = witness.x0
    return to_pixels(picture, frame=plan.frame)


def held(plan: FramePlan, pixels: npt.NDArray[np.uint8], *, gallery: Gallery, schedule: str) -> npt.NDArray[np.uint8]:
    """Hold a picture that is not denoised to what the frame's predictions would be held to: a mask, a symmetry.

    Shapes: uint8 (H, W, 3) -> the same.
    """
    if plan.look.symmetry == "off" and not (plan.init and plan.init.mask):
        return pixels
    picture = torch.from_numpy(np.ascontiguousarray(pixels)).permute(2, 0, 1)[None].float() / 127.5 - 1
    ground = lay(plan, picture, gallery=gallery, perceptors=(), device="cpu")
    last = Steps.plan(schedule, plan.look.steps, skip=plan.skip).executed[-1]
    for constrain in ground.constraints:
        picture = constrain(picture, last)
    return to_pixels(picture, frame=plan.frame)


def check(plan: FramePlan, start: Tensor | None, schedule: str) -> Steps:
    """Return the steps a frame takes, once it is sure that plan and start fit."""
    look, where = plan.look, f"frame {plan.frame:04d}"
    if look.sampler not in SAMPLERS:
        raise UsageError(f"{where}: unknown sampler '{look.sampler}'; use one of {', '.join(SAMPLERS)}")
    if start is not None and start.shape != (1, 3, plan.size.height, plan.size.width):
        raise UsageError(
            f"{where}: the start is {tuple(start.shape)}, the plan says {plan.size}; warp a picture of the plan's size"
        )
    if look.thresholding not in THRESHOLDINGS:
        known = ", ".join(THRESHOLDINGS)
        raise UsageError(f"{where}: unknown thresholding '{look.thresholding}'; use one of {known}")
    skip = (plan.init.skip if plan.init else 0.0) if begins(plan, start) else look.skip
    steps = Steps.plan(schedule, look.steps, skip=skip)
    values = {name: getattr(look, name) for name in STEP_VALUES}
    values |= {f"the weight of {name}": weights for name, weights in look.clip_weights}
    values |= {"init.scale": plan.init.scale} if plan.init else {}
    for name, stepped in values.items():
        n_values = len(stepped)
        if n_values not in (1, len(steps)):
            raise UsageError(
                f"{where}: {name} has {n_values} values for {len(steps)} steps; give one, or one for each executed step"
            )
    return steps


def to_pixels(picture: Tensor, *, frame: int) -> npt.NDArray[np.uint8]:
    """Turn a picture (1, 3, H, W) in [-1, 1] into uint8 (H, W, 3); halves round up.

    Raises: NotFiniteError.
    """
    host = picture[0].detach().float().cpu()
    n_bad = int((~host.isfinite()).sum())
    if n_bad:
        raise NotFiniteError(
            f"frame {frame:04d}: the picture is not finite ({n_bad} of {host.numel()} values); "
            "check the diffusion model"
        )
    levels = torch.floor((host.clamp(-1.0, 1.0) + 1.0) * 127.5 + 0.5)
    return levels.to(torch.uint8).permute(1, 2, 0).contiguous().numpy()


def _renewed(plan: FramePlan, start: Tensor, network: Denoiser) -> Tensor:
    return renewed(start, suggested(network, plan), plan.look.renew)


def _too_large(plan: FramePlan, network: Denoiser) -> SampleError:
    shared, batch = "", ""
    if isinstance(network, Seat):
        shared, batch = f", {network.together.rows} pictures in a call", ", batch"
    return SampleError(
        f"frame {plan.frame:04d}: out of memory ({plan.size.width}x{plan.size.height}, {plan.look.cutn_batches} "
        f"batches of cuts{shared}); lower the size, cutn_batches{batch} or the number of CLIP models"
    )


def _noise(plan: FramePlan, device: torch.device | str, purpose: str, step: int) -> Tensor:
    shape = (1, 3, plan.size.height, plan.size.width)
    return noise_of(name_of(plan), shape, purpose=purpose, step=step).to(device)


def _reporting(on_step: Callable[[DrawStep], None] | None, n_steps: int) -> OnStep | None:
    if on_step is None:
        return None
    return lambda step, x, prediction: on_step(DrawStep(step.index, n_steps, x, prediction.x0))
