"""Guidance makes of a denoiser another one, whose picture has moved towards the prompts.

At each step the predicted picture is cut into views, the views are embedded, and the gradient of their distance to the
prompts pushes the predicted noise. It is one evaluation of the network a step, shared between sampling and guidance;
the secondary model, where a look asks for it, is evaluated beside it and takes the gradient alone.
What would surprise: nothing is read back from a GPU inside the loop, so a gradient that is not finite is reported there
when the frame is done (`verify`), on the CPU at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional as F

from ..errors import NotFiniteError
from ..types import Look, Size
from .cutouts import CutCounts, Manner, cut, plan_cuts
from .denoiser import Denoiser, Prediction
from .disco import picture_scales
from .likeness import Likeness
from .losses import range_, sat, spherical_distance, tv
from .noise import NoiseName
from .slopes import brought_back
from .steps import Step, at
from .stopwatch import Stopwatch, untimed
from .targets import Target

Pull = Callable[[Tensor, Tensor, Tensor], Tensor]
"""What was made of x, x itself and the gradient at the former -> the gradient at x, all (B, 3, H, W)."""

GAIN_LIMIT: Final = 160.0
"""Largest shift of the picture for a unit of gradient: just above what the linear schedule reaches at its noisiest
step. The cosine schedule would reach 20000 there, and one step of that throws the picture out of all range."""


def through_graph(y: Tensor, x: Tensor, gradient: Tensor) -> Tensor:
    """Return the gradient at x by way of everything that y was made of."""
    return brought_back(y, [x], gradient)[0]


class Guidance:
    """A denoiser under the pull of targets and picture losses, for one frame.

    Convention: `pull` brings a gradient back through the denoiser, where its graph does not.
    """

    def __init__(
        self,
        denoise: Denoiser,
        *,
        targets: Sequence[Target],
        look: Look,
        name: NoiseName,
        frame: int,
        guide: Denoiser | None = None,
        stopwatch: Stopwatch = untimed,
        likeness: Likeness | None = None,
        pull: Pull = through_graph,
    ) -> None:
        self.denoise = denoise
        self.pull = pull
        self.guide = guide
        self.targets = sorted(targets, key=lambda target: target.perceptor.size)  # stable: equal sizes share their cuts
        self.look = look
        self.name = name
        self.frame = frame
        self.stopwatch = stopwatch
        self.likeness = likeness
        self.not_finite: list[tuple[Step, Tensor]] = []

    def __call__(self, x: Tensor, step: Step) -> Prediction:
        """Predict from x (B, 3, H, W), pushed towards the targets.

        Source: Dhariwal and Nichol 2021, algorithm 2; guidance image y and the clamp: Disco Diffusion v5.7.
        """
        if not self.pulls(step):
            with self.stopwatch("denoiser"):
                return self.denoise(x, step)
        path = self.look.guidance_path
        through_network = path != "detached"
        x = x.detach().requires_grad_(through_network)
        with self.stopwatch("denoiser"):
            with torch.set_grad_enabled(path == "unet"):
                prediction = seen = self.denoise(x, step)
            with torch.set_grad_enabled(through_network):
                if path == "secondary":
                    assert self.guide is not None, "a frame is not drawn without the model its look asks for"
                    seen = self.guide(x, step)
                y = step.sigma * seen.x0 + (1 - step.sigma) * x
        gradient = self.slope(y.detach(), step)
        if through_network:
            with self.stopwatch("denoiser"):
                gradient = (self.pull if path == "unet" else through_graph)(y, x, gradient)
        push = clamped(-gradient, at(self.look.clamp_grad, step.index))
        limit, area = (at(values, step.index) for values in (self.look.guidance_limit, self.look.guidance_area))
        push = within_reach(push, limit, step, area=area)
        self.watch(push, step)
        return pushed(prediction, push, step)

    def pulls(self, step: Step) -> bool:
        """Say whether anything acts on the picture in this step."""
        is_drawn = self.likeness is not None and self.likeness.acts(step)
        return is_drawn or self.sees(step) or any(at(scale, step.index) != 0 for scale in picture_scales(self.look))

    def sees(self, step: Step) -> bool:
        """Say whether the perceptors act in this step."""
        looks = at(self.look.guidance_scale, step.index) != 0 and self.counts(step).total > 0
        return looks and bool(self.acting(step))

    def acting(self, step: Step) -> list[Target]:
        """Return the targets whose perceptors count in this step; the others are not asked."""
        return [target for target in self.targets if at(target.strength, step.index) != 0]

    def counts(self, step: Step) -> CutCounts:
        """Return the cuts of this step."""
        look, i = self.look, step.index
        return CutCounts(
            overview=round(at(look.cut_overview, i)),
            inner=round(at(look.cut_innercut, i)),
            batches=look.cutn_batches,
            power=at(look.cut_ic_pow, i),
            grey_share=at(look.cut_icgray_p, i),
            hue=at(look.cut_hue, i),
            manner=Manner(look.augmentations, look.cut_draws, look.cut_edges, look.cut_grey_rule),
        )

    def slope(self, y: Tensor, step: Step) -> Tensor:
        """Return the gradient of everything that acts on the guidance image y (B, 3, H, W)."""
        slope = torch.zeros_like(y)
        if self.sees(step):
            scale = at(self.look.guidance_scale, step.index)
            for _, group in groupby(self.acting(step), key=lambda target: target.perceptor.size):
                slope += scale * self.seen_slope(y, tuple(group), step)
        if self.likeness is not None and self.likeness.acts(step):
            with self.stopwatch("perceptors"):
                slope += self.likeness.slope(y, step)
        for loss, values in zip((tv, range_, sat), picture_scales(self.look), strict=True):
            scale = at(values, step.index)
            if scale != 0:
                with torch.enable_grad():
                    leaf = y.detach().requires_grad_()
                    slope += scale * torch.autograd.grad(loss(leaf).sum(), leaf)[0]
        return slope

    def seen_slope(self, y: Tensor, targets: Sequence[Target], step: Step) -> Tensor:
        """Return the gradient of the distances of perceptors that share one input size, and so their cuts.

        The chain is split at the cuts: every perceptor's graph is freed before the next one's is built.
        """
        size = targets[0].perceptor.size
        picture = Size(y.shape[-2], y.shape[-1])
        with torch.enable_grad():
            leaf = y.detach().requires_grad_()
            with self.stopwatch("cutouts"):
                name = {"seed": self.name.seed, "frame": self.name.frame, "step": step.index}
                plan = plan_cuts(self.counts(step), picture, size, **name)
                cuts = cut((leaf + 1) / 2, plan)
            views = cuts.detach().requires_grad_()
            views_slope = torch.zeros_like(views)
            for target in targets:
                with self.stopwatch("perceptors"):
                    distance = distances(target, target.perceptor(views)) / len(plan)
                    distance = distance * at(target.strength, step.index)
                    views_slope += torch.autograd.grad(distance.sum(), views)[0]
            with self.stopwatch("cutouts"):
                return brought_back(cuts, [leaf], views_slope)[0]

    def watch(self, push: Tensor, step: Step) -> None:
        """Count the values that are not finite; look at the count now if that costs nothing."""
        self.not_finite.append((step, (~push.isfinite()).sum()))
        if push.device.type == "cpu":
            self.verify()

    def verify(self) -> None:
        """Raise NotFiniteError for the first step whose gradient was not finite."""
        if not self.not_finite:
            return
        counts = torch.stack([count for _, count in self.not_finite]).tolist()
        steps = [step for step, _ in self.not_finite]
        self.not_finite.clear()
        for step, count in zip(steps, counts, strict=True):
            if count:
                raise NotFiniteError(
                    f"frame {self.frame:04d} step {step.index}: the guidance gradient is not finite ({count} values); "
                    f"lower guidance_scale (now {at(self.look.guidance_scale, step.index):g}) or check the models"
                )


def distances(target: Target, embeddings: Tensor) -> Tensor:
    """Return the weighted distance of embeddings (N, D) to a target's prompts, (N,)."""
    return spherical_distance(embeddings[:, None], target.directions[None]) @ target.weights


def clamped(push: Tensor, limit: float) -> Tensor:
    """Shrink each picture's push (B, 3, H, W) until its root mean square is at most `limit`; 0 leaves it alone."""
    if limit == 0:
        return push
    rms = push.square().mean(dim=(1, 2, 3), keepdim=True).sqrt()
    return push * (rms.clamp(max=limit) / rms.clamp(min=torch.finfo(push.dtype).tiny))


def within_reach(push: Tensor, limit: float, step: Step, *, area: float = 0.0) -> Tensor:
    """Shrink each picture's push (B, 3, H, W) until it moves the picture by `limit` of black to white at most.

    Convention: by root mean square, of the whole picture, or also of each part of it whose side is `area` of the
        shorter one; a `limit` of 0 does not limit.
    Source: our own, a trust region. What a push does to the picture grows with sigma^2 / signal, which is 20 and more
        in the first steps, where a CLIP's slope says least: without a limit it made those pictures, not the network.
        A slope that is all in what one cut shows, such as a dark sky, fills it with specks if only the whole is held.
    """
    most = 2 * limit / gain_at(step)  # white is 2 above black
    return clamped(held_in_parts(push, most, area) if limit and area else push, most)


def held_in_parts(push: Tensor, limit: float, area: float) -> Tensor:
    """Shrink a push (B, 3, H, W) where its root mean square about a pixel is more than `limit`.

    Convention: about a pixel is a square whose side is `area` of the shorter one, averaged twice, so that no edge of it
        is seen; at the border it is what of that lies in the picture.
    """
    side = round(area * min(push.shape[-2:])) // 2 * 2 + 1
    power = push.square().mean(dim=1, keepdim=True)
    for _ in range(2):
        power = F.avg_pool2d(power, side, stride=1, padding=side // 2, count_include_pad=False)
    rms = power.clamp(min=0).sqrt()
    return push * (rms.clamp(max=limit) / rms.clamp(min=torch.finfo(push.dtype).tiny))


def gain_at(step: Step) -> float:
    """Return how far a picture moves for a unit of push: sigma^2 / signal, limited."""
    return min(step.sigma**2 / step.signal, GAIN_LIMIT)


def pushed(prediction: Prediction, push: Tensor, step: Step) -> Prediction:
    """Move a prediction along `push`: eps' = eps - sigma push, and x0' from it without the round trip.

    Convention: x0' = x0 + (sigma^2 / signal) push follows from x = signal x0 + sigma eps; its factor is limited.
    """
    gain = gain_at(step)
    x0 = prediction.x0.detach() + gain * push
    return Prediction(x0, prediction.eps.detach() - gain * step.signal / step.sigma * push)
