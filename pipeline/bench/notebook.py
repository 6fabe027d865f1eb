"""A guided step as the Disco Diffusion 5.7 notebook takes it, written from its description, to be measured against.

The sampler is guided-diffusion's own. Guidance evaluates the network a second time with gradients, cuts and encodes for
every batch of cuts by itself, crops one by one, changes each batch as torchvision does, and reads numbers back from the
device where the notebook does. It is kinder than the original in two things: cuts are resized by torch's own filter
and not by ResizeRight's gathers, and nothing is computed twice to save memory.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..models import LoadedClip, LoadedDiffusion
from ..models.noise import alpha_bars
from ..models.torchvision_ops import declare_missing_ops
from ..models.upstream import import_guided_diffusion
from ..types import Size

CLAMP_MAX = 0.05


@dataclass(frozen=True, slots=True)
class Settings:
    """What the notebook is asked for: cuts by the thousandth of the noise that is left, batches, and the scales."""

    overview: tuple[int, ...]
    inner: tuple[int, ...]
    n_batches: int
    clip_guidance_scale: float
    weights: tuple[float, ...]
    range_scale: float = 150.0
    tv_scale: float = 0.0
    sat_scale: float = 0.0
    grey_share: float = 0.2


class Unfolded(nn.Module):
    """The network as guided-diffusion calls it: pictures in and out."""

    def __init__(self, loaded: LoadedDiffusion) -> None:
        super().__init__()
        self.network: Any = loaded.network
        self.unshuffle = loaded.architecture.unshuffle
        self.learn_sigma = loaded.architecture.learn_sigma

    def forward(self, x: Tensor, t: Tensor, **_: Any) -> Tensor:
        """Return what the network predicts of x (B, 3, H, W) at the timesteps t (B,)."""
        answer = self.network(F.pixel_unshuffle(x, self.unshuffle), t)
        if self.learn_sigma and self.unshuffle > 1:  # the halves are folded apart
            answer = answer.chunk(2, dim=1)[0]
        return F.pixel_shuffle(answer, self.unshuffle)


def diffusion_of(loaded: LoadedDiffusion, n_steps: int) -> Any:
    """Return guided-diffusion's own process over `n_steps` of the model's thousand."""
    gaussian, respace = import_guided_diffusion("gaussian_diffusion"), import_guided_diffusion("respace")
    bars = np.asarray(alpha_bars(loaded.architecture.schedule), dtype=np.float64)
    betas = 1 - bars / np.concatenate([[1.0], bars[:-1]])
    shape = loaded.architecture
    reads_variance = shape.learn_sigma and shape.unshuffle == 1
    return respace.SpacedDiffusion(
        use_timesteps=respace.space_timesteps(1000, f"ddim{n_steps}"),
        betas=betas,
        model_mean_type=gaussian.ModelMeanType.START_X if shape.predicts == "x0" else gaussian.ModelMeanType.EPSILON,
        model_var_type=gaussian.ModelVarType.LEARNED_RANGE if reads_variance else gaussian.ModelVarType.FIXED_SMALL,
        loss_type=gaussian.LossType.MSE,
    )


def changes() -> Callable[[Tensor], Tensor]:
    """Return the chain that changes a batch of cuts, for a picture that is no animation."""
    declare_missing_ops()
    from torchvision import transforms as T

    def grain() -> Any:
        return T.Lambda(lambda x: x + torch.randn_like(x) * 0.01)

    return T.Compose(
        [
            T.RandomHorizontalFlip(p=0.5),
            grain(),
            T.RandomAffine(degrees=10, translate=(0.05, 0.05), interpolation=T.InterpolationMode.BILINEAR),
            grain(),
            T.RandomGrayscale(p=0.1),
            grain(),
            T.ColorJitter(brightness=0.1, contrast=0.1, saturation=0.1, hue=0.1),
        ]
    )


def cut(picture: Tensor, side: int, overview: int, inner: int, grey_share: float) -> Tensor:
    """Return the cuts of one batch, made one after the other.

    Shapes: (1, 3, H, W) -> (overview + inner, 3, side, side).
    """
    declare_missing_ops()
    from torchvision.transforms import functional as V

    height, width = picture.shape[-2:]
    longer, shorter = max(height, width), min(height, width)
    rows, columns = longer - height, longer - width
    padded = F.pad(picture, (columns // 2, columns - columns // 2, rows // 2, rows - rows // 2))
    whole = resized(padded, side)
    kinds = [whole, V.rgb_to_grayscale(whole, 3), V.hflip(whole), V.hflip(V.rgb_to_grayscale(whole, 3))]
    found = kinds[:overview] if overview <= 4 else [resized(padded, side)] * overview
    smallest = min(shorter, side)
    for number in range(inner):
        size = int(torch.rand([]).item() * (shorter - smallest) + smallest)
        x = torch.randint(0, width - size + 1, ()).item()
        y = torch.randint(0, height - size + 1, ()).item()
        part = picture[:, :, int(y) : int(y) + size, int(x) : int(x) + size]
        if number <= int(grey_share * inner):
            part = V.rgb_to_grayscale(part, 3)
        found.append(resized(part, side))
    return torch.cat(found)


def resized(picture: Tensor, side: int) -> Tensor:
    """Return a square picture at another size."""
    return F.interpolate(picture, size=(side, side), mode="bicubic", antialias=True, align_corners=False)


def notebook(
    diffusion: LoadedDiffusion, clips: list[LoadedClip], texts: list[Tensor], settings: Settings, size: Size, steps: int
) -> Callable[[], Tensor]:
    """Return what draws a picture from noise as the notebook does; it gives (1, 3, H, W).

    Shapes: texts, for each CLIP (Q, D).
    """
    process, model = diffusion_of(diffusion, steps), Unfolded(diffusion)
    device = next(diffusion.network.parameters()).device
    left = [0]

    def towards(x: Tensor, t: Tensor, **_: Any) -> Tensor:
        with torch.enable_grad():
            x = x.detach().requires_grad_()
            n = x.shape[0]
            now = left[0]
            my_t = torch.ones([n], device=device, dtype=torch.long) * now
            out = process.p_mean_variance(model, x, my_t, clip_denoised=False, model_kwargs={})
            share = process.sqrt_one_minus_alphas_cumprod[now]
            y = out["pred_xstart"] * share + x * (1 - share)
            slope = torch.zeros_like(y)
            for clip, directions in zip(clips, texts, strict=True):
                for _batch in range(settings.n_batches):
                    slope += seen(y, clip, directions, settings, int(t.item()), changes())
            slope += regular(y, out["pred_xstart"], settings)
            if torch.isnan(slope).any():
                return torch.zeros_like(x)
            push = -torch.autograd.grad(y, x, slope)[0]
        size = push.square().mean().sqrt()
        return push * size.clamp(max=CLAMP_MAX) / size

    def draw() -> Tensor:
        left[0] = process.num_timesteps - 1
        x = torch.randn(1, 3, size.height, size.width, device=device)
        loop = process.ddim_sample_loop_progressive(
            model, x.shape, noise=x, clip_denoised=False, model_kwargs={}, cond_fn=towards, eta=0.8, device=device
        )
        found = x
        for sample in loop:
            left[0] -= 1
            found = sample["pred_xstart"]
        return found

    return draw


def seen(
    y: Tensor, clip: LoadedClip, directions: Tensor, settings: Settings, t: int, change: Callable[[Tensor], Tensor]
) -> Tensor:
    """Return the slope that one CLIP gives for one batch of cuts."""
    shape, place = clip.architecture, min(999, max(0, 1000 - int(t) - 1))
    counts = settings.overview[place], settings.inner[place]
    mean, std = (torch.tensor(values, device=y.device).view(3, 1, 1) for values in (shape.mean, shape.std))
    views = change(cut(y.add(1).div(2), shape.image_size, *counts, settings.grey_share))
    embedded = clip.model.encode_image((views - mean) / std).float()
    apart = spherical(embedded[:, None], directions[None]).view(sum(counts), 1, -1)
    weights = torch.tensor(settings.weights, device=y.device)
    losses = apart.mul(weights / weights.sum().abs()).sum(2).mean(0)
    losses.sum().item()  # kept for a plot
    return torch.autograd.grad(losses.sum() * settings.clip_guidance_scale, y)[0] / settings.n_batches


def regular(y: Tensor, picture: Tensor, settings: Settings) -> Tensor:
    """Return the slope of what keeps a picture smooth and in range, computed also where its scale is 0."""
    padded = F.pad(y, (0, 1, 0, 1), "replicate")
    across, down = padded[..., :-1, 1:] - padded[..., :-1, :-1], padded[..., 1:, :-1] - padded[..., :-1, :-1]
    rough = (across**2 + down**2).mean([1, 2, 3])
    beyond = (picture - picture.clamp(-1, 1)).pow(2).mean([1, 2, 3])
    loud = torch.abs(y - y.clamp(min=-1, max=1)).mean()
    loss = rough.sum() * settings.tv_scale + beyond.sum() * settings.range_scale + loud.sum() * settings.sat_scale
    return torch.autograd.grad(loss, y, retain_graph=True)[0]


def spherical(x: Tensor, y: Tensor) -> Tensor:
    """Return the spherical distance of directions, squared and doubled."""
    x, y = F.normalize(x, dim=-1), F.normalize(y, dim=-1)
    return (x - y).norm(dim=-1).div(2).arcsin().pow(2).mul(2)


def thousand(parts: list[tuple[int, int]]) -> tuple[int, ...]:
    """Return a schedule as the notebook writes it, `[12]*400+[4]*600`."""
    found = tuple(value for value, count in parts for _ in range(count))
    assert len(found) == 1000 and math.isfinite(sum(found))
    return found
