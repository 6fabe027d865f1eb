"""A denoiser looks at a noisy picture and says what the clean picture and the noise in it are.

Any callable of that shape will do: a network, a formula in a test, or another denoiser under guidance. The two answers
say the same thing, x = signal * x0 + sigma * eps, and always travel together, so nobody downstream has to convert.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..models.entry import Words
from ..types import Size, StepValues
from .precision import Passage
from .steps import Step, at


@dataclass(frozen=True, slots=True)
class Prediction:
    """The clean picture and the noise a denoiser sees in x.

    Shapes: x0, eps float32 (B, 3, H, W); x0 nominally in [-1, 1].
    """

    x0: Tensor
    eps: Tensor


class Denoiser(Protocol):
    """Anything that reads the clean picture out of a noisy one."""

    def __call__(self, x: Tensor, step: Step) -> Prediction:
        """Predict from x (B, 3, H, W) at the noise level of `step`."""
        ...


def from_x0(x: Tensor, x0: Tensor, step: Step) -> Prediction:
    """Complete a predicted picture; well conditioned while there is noise, and sigma >= 0.006 at every timestep."""
    return Prediction(x0, (x - step.signal * x0) / step.sigma)


def from_eps(x: Tensor, eps: Tensor, step: Step) -> Prediction:
    """Complete a predicted noise; where little signal is left this enlarges the error of eps, as it must."""
    return Prediction((x - step.sigma * eps) / step.signal, eps)


def static_threshold(denoise: Denoiser) -> Denoiser:
    """Return the denoiser whose pictures stay within [-1, 1], so that no step can leave the range of pictures.

    Source: static thresholding, Saharia et al. 2022, section 2.3; unlike Disco's `clip_denoised`, after guidance.
    """

    def thresholded(x: Tensor, step: Step) -> Prediction:
        return from_x0(x, denoise(x, step).x0.clamp(-1.0, 1.0), step)

    return thresholded


Constraint = Callable[[Tensor, Step], Tensor]
"""A predicted picture (B, 3, H, W) -> the nearest one that is as it must be."""


def constrained(denoise: Denoiser, constraint: Constraint) -> Denoiser:
    """Return the denoiser whose pictures are as they must be; the noise is then all that is left of x."""

    def held(x: Tensor, step: Step) -> Prediction:
        return from_x0(x, constraint(denoise(x, step).x0, step), step)

    return held


@dataclass(frozen=True, slots=True)
class Sketches:
    """What a model with a sketch is shown of the texts that it is told; both are made once for all steps of a frame.

    Convention: each is shown as it is, however strongly the text is followed. A sketch that was itself led away from
        the other one had colours no painting has, and took the style's strokes out of what was drawn.
    Shapes: text, against (1, 3, side, side); layout (1, 2, 3), where they stand.
    """

    text: Tensor
    against: Tensor
    layout: Tensor


@dataclass(frozen=True, slots=True)
class Telling:
    """What a denoiser that takes texts is told: to draw `text` and stay away from `against`, and how strongly.

    Shapes: text, against (1, D), of length sqrt(D), or 0 where there is none.
    """

    text: Tensor
    against: Tensor
    scale: StepValues
    sketches: Sketches | None = None

    def at(self, step: Step) -> dict[str, Tensor]:
        """Return what the network is told in one step: nothing, the text alone, or both and the scale (1, 1, 1, 1)."""
        scale = at(self.scale, step.index)
        if scale == 0:
            return {}
        told = {"text": self.text}
        if self.sketches is not None:
            told |= {"layout": self.sketches.layout, "suggested": self.sketches.text}
        if scale == 1:
            return told
        if self.sketches is not None:
            told["suggested_against"] = self.sketches.against
        return {**told, "against": self.against, "scale": self.text.new_full((1, 1, 1, 1), scale)}


class UnetDenoiser(nn.Module):
    """guided-diffusion's `UNetModel`, or anything called the same way, as a denoiser with frozen weights.

    Convention: the network reads (B, 3 r^2, H/r, W/r) where r is `unshuffle`, and is told the timestep times
        `timestep_scale` as a float; with `learn_sigma` the second half of its channels is a variance nobody here needs.
        One that `sketches` is shown a sketch of what it is told; `unsaid` is what prompts may leave open to it.
    """

    def __init__(
        self,
        network: nn.Module,
        *,
        predicts: Literal["x0", "eps"],
        unshuffle: int = 1,
        learn_sigma: bool = False,
        timestep_scale: float = 1.0,
        n_classes: int | None = None,
        sketches: bool = False,
        unsaid: tuple[Words, ...] = (),
    ) -> None:
        super().__init__()
        self.network = network.requires_grad_(False).eval()
        self.complete = {"x0": from_x0, "eps": from_eps}[predicts]
        self.unshuffle = unshuffle
        self.learn_sigma = learn_sigma
        self.timestep_scale = timestep_scale
        self.n_classes = n_classes
        self.sketches = sketches
        self.unsaid = unsaid
        self.label: int | None = None
        self.telling: Telling | None = None

    def forward(self, x: Tensor, step: Step) -> Prediction:
        """Predict from x (B, 3, H, W) at the noise level of `step`."""
        return self.complete(x, self.answer(x, self.told(x, step, self.label, self.telling)), step)

    @torch.no_grad()
    def sketch(self, text: Tensor, *, bare: bool = False) -> Tensor:
        """Return what a text (1, D) alone suggests to a model that `sketches`, (1, 3, side, side), or `bare` land."""
        network: Any = self.network
        drawn: Tensor = network.sketch(text, bare=bare)
        return drawn

    @torch.no_grad()
    def placed(self, sketch: Tensor, size: Size, layout: Tensor | None = None) -> Tensor:
        """Return a sketch (1, 3, side, side) as it stands in a picture, (1, 3, H, W), as a layout (1, 2, 3) has it."""
        network: Any = self.network
        drawn: Tensor = network.sketch.placed(sketch, size.height, size.width, layout)
        return drawn.float()

    def told(
        self, x: Tensor, step: Step, label: int | None = None, telling: Telling | None = None
    ) -> dict[str, Tensor]:
        """Return what the network is told beside x: each picture's time, and its class and what it shows, if any."""
        found = {"time": torch.full((len(x),), step.timestep * self.timestep_scale, device=x.device)}
        if label is not None:
            found["y"] = torch.full((len(x),), label, device=x.device)
        if telling is not None:
            found |= {name: value.expand(len(x), *value.shape[1:]) for name, value in telling.at(step).items()}
        return found

    def answer(self, x: Tensor, told: Mapping[str, Tensor]) -> Tensor:
        """Return what the network answers to x (B, 3, H, W), each picture told of a time of its own: (B, 3, H, W).

        Source: Ho and Salimans 2022, eq. 6, where there is something to stay away from: it is then asked twice.
        """
        given = {name: told[name] for name in ("y", "text", "layout", "suggested") if name in told}
        passage = Passage(getattr(self.network, "dtype", torch.float32), by_row=True)
        folded, time = passage.into(F.pixel_unshuffle(x, self.unshuffle)), told["time"]
        if "against" in told:
            other = {**told, "text": told["against"]}
            if "suggested" in told:
                other["suggested"] = told["suggested_against"]
            both = {name: torch.cat([value, other[name]]) for name, value in given.items()}
            drawn, undrawn = self.network(torch.cat([folded, folded]), torch.cat([time, time]), **both).chunk(2)
            answer = passage.out((undrawn + told["scale"] * (drawn - undrawn)).to(x.dtype))
        else:
            answer = passage.out(self.network(folded, time, **given).to(x.dtype))
        if self.learn_sigma:
            answer = answer.chunk(2, dim=1)[0]
        return F.pixel_shuffle(answer, self.unshuffle)
