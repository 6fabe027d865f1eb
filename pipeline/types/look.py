"""How one frame is sampled.

A value that may change *inside* one frame's denoising is a `StepValues` tuple, already evaluated.
"""

from __future__ import annotations

from dataclasses import dataclass, field

StepValues = tuple[float, ...]
"""One value per executed sampling step, or a single value that holds for all of them."""

LATER: dict[str, bool] = {"is_later": True}
"""Marks a field that plans did not have from the beginning: at its default it is not written, so that frames which know
nothing of it keep their identity."""


@dataclass(frozen=True, slots=True)
class Look:
    """Everything that shapes one frame's sampling, evaluated for that frame.

    Convention: `skip` is the share of `steps` left out when a frame starts from the frame before it, 0 <= skip < 1
        (Disco's `frames_skip_steps`); `StepValues` may follow the denoising. `cut_overview` and `cut_innercut` count
        cuts per batch, `cutn_batches` batches per step; `cut_ic_pow` and `cut_icgray_p` are Disco's size exponent and
        grey share of the inner cuts, `cut_hue` the largest turn of a cut's colours as a share of the colour circle.
        `guidance_path` is "unet" (the gradient passes through the denoiser), "secondary" (through a small model beside
        it) or "detached" (it stops at the predicted picture); `thresholding` is "static" (every predicted picture is
        clamped to [-1, 1], guidance included) or "none". `prompt_weights` says what the weights of the prompts that a
        CLIP sees are divided by: the size of their "sum", the sum of their sizes ("abs_sum") or the root of the sum of
        their squares ("l2"). `fuzzy` is the length of the noise on each prompt's direction, which has length 1, and
        `fuzzy_copies` how many such directions stand for a prompt. `clip_weights` gives CLIPs of the engine their
        weights, by name; others have 1, and in a step with 0 a CLIP is not asked. `seed_mode` and `seed_schedule` say
        under which name the frame's noise goes (`sample.noise.name_of`). `symmetry_strength` is the share to which
        every predicted picture is made symmetric, `kaleidoscope` the number of equal parts about the middle.
        `class_label` is "none", "random" or a whole number; `cfg_scale` says how strongly a denoiser that takes texts
        follows the prompts, 0 where it is told nothing, `variety`, 0 to 1, how far the shot's seed leans what is told
        and lays out anew what one with a sketch draws, and `unsaid` whether what prompts do not speak of is told as the
        "seed" has it or left "open". `guidance_limit` is the most that a step's pull moves the picture, as a share of
        black to white, 0 for any: the whole of it, or with `guidance_area` each part, whose side is that share of the
        picture's shorter one. `recall` is the share to which broad shapes and colours are held at those of the
        moved frame before. `renew` is the share to which a frame that starts from another begins on the broad shapes
        and colours of what its texts suggest to a denoiser with a sketch. From `augmentations` on the words say whether
        cuts, the range loss and the picture that is kept are as they should be or as Disco Diffusion 5.7 has them
        (`sample/disco.py`, `sample/cutouts.py`).
    """

    sampler: str
    steps: int
    skip: float
    eta: StepValues
    guidance_scale: StepValues
    guidance_path: str
    thresholding: str
    clamp_grad: StepValues
    tv_scale: StepValues
    range_scale: StepValues
    sat_scale: StepValues
    cut_overview: StepValues
    cut_innercut: StepValues
    cut_ic_pow: StepValues
    cut_icgray_p: StepValues
    cut_hue: StepValues
    cutn_batches: int
    prompt_weights: str = "sum"
    fuzzy: float = 0.0
    fuzzy_copies: int = 25
    clip_weights: tuple[tuple[str, StepValues], ...] = ()
    seed_mode: str = "frame"
    seed_schedule: float = 0.0
    symmetry: str = "off"
    symmetry_strength: StepValues = (1.0,)
    kaleidoscope: int = 6
    class_label: str = "none"
    cfg_scale: StepValues = field(default=(0.0,), metadata=LATER)
    variety: float = field(default=0.0, metadata=LATER)
    unsaid: str = field(default="open", metadata=LATER)
    guidance_limit: StepValues = field(default=(0.0,), metadata=LATER)
    guidance_area: StepValues = field(default=(0.0,), metadata=LATER)
    recall: StepValues = field(default=(0.0,), metadata=LATER)
    renew: float = field(default=0.0, metadata=LATER)
    augmentations: str = "soft"
    cut_draws: str = "each"
    cut_edges: str = "full"
    cut_grey_rule: str = "share"
    range_loss: str = "acts"
    saved_picture: str = "guided"
