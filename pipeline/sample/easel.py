"""Set up what a frame is drawn with: the denoiser, the perceptors, the device; loaded once, used for all frames."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ..models import LoadedClip, LoadedDiffusion, load_clip, load_diffusion, load_secondary, refuse_absent, settle
from ..types import Engine, FramePlan, PictureFile
from .compiled import compiled
from .denoiser import Denoiser, UnetDenoiser
from .draw import DrawStep, draw, held
from .gallery import NO_PICTURES, Gallery
from .guide import SecondaryDenoiser
from .perceptors import ClipPerceptor, Perceptor
from .precision import DTYPES, lower_torso
from .room import ensure_room
from .stopwatch import Stopwatch, untimed
from .together import Together
from .towers import make_ready


@dataclass(frozen=True, slots=True)
class Easel:
    """A denoiser under the eyes of its perceptors, ready to draw; the gallery holds what prompts show them.

    Convention: `guide` is the secondary model where the engine has one, `teller` the CLIP that tells the denoiser what
        to draw, where that takes texts.
    """

    denoiser: Denoiser
    perceptors: tuple[Perceptor, ...]
    schedule: str
    device: str
    gallery: Gallery = NO_PICTURES
    guide: Denoiser | None = None
    teller: Perceptor | None = None

    def draw(
        self,
        plan: FramePlan,
        start: Tensor | None,
        *,
        on_step: Callable[[DrawStep], None] | None = None,
        stopwatch: Stopwatch = untimed,
    ) -> npt.NDArray[np.uint8]:
        """Draw the frame a plan describes, from noise or from `start` (1, 3, H, W) in [-1, 1]."""
        return draw(
            plan,
            start,
            denoiser=self.denoiser,
            perceptors=self.perceptors,
            guide=self.guide,
            teller=self.teller,
            gallery=self.gallery,
            schedule=self.schedule,
            device=self.device,
            on_step=on_step,
            stopwatch=stopwatch,
        )

    def hold(self, plan: FramePlan, pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Hold a picture that is not denoised to what the frame's predictions would be held to: a mask, a symmetry.

        Shapes: uint8 (H, W, 3) -> the same.
        """
        return held(plan, pixels, gallery=self.gallery, schedule=self.schedule)


def set_up(engine: Engine, *, pictures: Sequence[PictureFile] = ()) -> Easel:
    """Read the pictures that prompts name, then load an engine's models onto its device.

    Raises: PictureError for a picture that cannot be used; ModelError for weights that are missing or not the pinned
        ones; UsageError for a device that is not there; MemoryError where hardly any memory is left.
    """
    ensure_room()
    gallery = Gallery(pictures)
    refuse_absent(engine)
    engine = settle(engine)
    torch.set_num_threads(engine.threads)
    diffusion = load_diffusion(engine.diffusion_model, device=engine.device)
    dtype = DTYPES[engine.precision]
    perceptors = tuple(
        as_perceptor(load_clip(name, device=engine.device), dtype, name=name) for name in engine.clip_models
    )
    guide = None
    if engine.secondary_model:
        guide = SecondaryDenoiser(load_secondary(engine.secondary_model, device=engine.device).network)
    schedule, text = diffusion.architecture.schedule, diffusion.architecture.text
    known = dict(zip(engine.clip_models, perceptors, strict=True))
    teller = None
    if text is not None:
        teller = known.get(text.perceptor) or as_perceptor(load_clip(text.perceptor, device=engine.device), dtype)
    denoiser = as_denoiser(diffusion, dtype, how=engine.compile)
    shared = Together(denoiser, engine.batch) if engine.batch > 1 else denoiser
    return Easel(shared, perceptors, schedule, engine.device, gallery, guide, teller)


def as_denoiser(loaded: LoadedDiffusion, dtype: torch.dtype = torch.float32, *, how: str = "off") -> UnetDenoiser:
    """Wrap a loaded network in what the sampler calls; its torso is put into `dtype`.

    Convention: `how` says whether it is compiled, as `Engine.compile` does.
    """
    shape = loaded.architecture
    network: Any = loaded.network
    network = network.to(memory_format=torch.channels_last)
    lower_torso(network, dtype)
    if how != "off":
        network = compiled(network, how)
    return UnetDenoiser(
        network,
        predicts=shape.predicts,
        unshuffle=shape.unshuffle,
        learn_sigma=shape.learn_sigma,
        n_classes=shape.unet.num_classes,
        sketches=shape.sketch is not None,
        unsaid=shape.text.unsaid if shape.text else (),
    )


def as_perceptor(loaded: LoadedClip, dtype: torch.dtype = torch.float32, *, name: str = "") -> ClipPerceptor:
    """Wrap a loaded CLIP in what guidance calls; it looks at pictures in `dtype`, which its tower is made ready for.

    Convention: `name` is the engine's for it, by default the catalogue's.
    """
    shape = loaded.architecture
    model = loaded.model
    make_ready(model.visual, dtype)
    model = model.to(memory_format=torch.channels_last)
    return ClipPerceptor(
        model,
        loaded.tokenizer,
        size=shape.image_size,
        mean=shape.mean,
        std=shape.std,
        name=name or loaded.entry.name,
        looks_in=dtype,
    )
