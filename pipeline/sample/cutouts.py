"""All the views of a picture that a perceptor is shown in one step, made at once.

`plan_cuts` decides everything about the views as plain numbers drawn by name on the CPU; `cut` makes them on any
device, without a loop over cuts. A view is a separable resampling (two products with one small matrix per cut), then a
turn, a change of colour and some grain. Unlike in Disco every cut has its own augmentation, and kernels are
renormalised at the picture's border, which Disco darkened; `Manner` brings back what it did.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import torch
from torch import Tensor

from ..types import Size
from .augmentations import Chain, greyed, plan_chain
from .noise import named_noise, named_uniform
from .turning import turn, turning

FLIP_SHARE: Final = 0.5  # the augmentations' strengths are Disco's for stills
GREY_SHARE: Final = 0.1
JITTER: Final = 0.1  # of brightness, contrast and saturation; of hue unless a look says otherwise
GRAIN: Final = 0.01
SMALLEST_SHARE: Final = 0.35  # of the short side, where a picture is no larger than the perceptor's input
LUMA: Final = (0.299, 0.587, 0.114)
RGB_TO_YIQ: Final = (LUMA, (0.595716, -0.274453, -0.321263), (0.211456, -0.522591, 0.311135))


@dataclass(frozen=True, slots=True)
class Manner:
    """What is done to cuts in one of several ways; the first of each is ours, the last of the others Disco's.

    Convention: `augmentations` "soft" or a chain of `augmentations.py`; `draws` "each" or "batch": whether the cuts of
        a batch are turned and coloured alike; `edges` "full", or "dark": what lies outside a cut is black, and cuts are
        whole pixels; `grey_rule` "share", or "disco": one grey inner cut more, and more than four overviews are plain.
    """

    augmentations: str = "soft"
    draws: str = "each"
    edges: str = "full"
    grey_rule: str = "share"


@dataclass(frozen=True, slots=True)
class CutCounts:
    """How many cuts of each kind a step asks for: overviews and inner cuts in each of `batches` batches.

    Convention: an inner cut's side is u^`power` of the way from the smallest to the largest; the first `grey_share` of
        a batch's inner cuts are grey; `hue` is the largest turn of the colours, as a share of the colour circle.
    """

    overview: int
    inner: int
    batches: int
    power: float = 1.0
    grey_share: float = 0.0
    hue: float = JITTER
    manner: Manner = Manner()

    @property
    def total(self) -> int:
        """Number of cuts of one picture in one step."""
        return self.batches * (self.overview + self.inner)


@dataclass(frozen=True, slots=True)
class CutPlan:
    """The views of one step as numbers on the CPU.

    Shapes: left, top, side (n,) in pixels from the picture's corner; is_overview, is_flipped bool (n,); turn (n, 2, 3)
        as `turning` makes it; colour (n, 3, 3) and bias (n, 3, 1) act on RGB in [0, 1]; grain_mix (n, 2), each row
        of length GRAIN, mixes the two noise pictures grain (2, 3, s, s). A `chain` takes the place of all of these.
    """

    size: int
    left: Tensor
    top: Tensor
    side: Tensor
    is_overview: Tensor
    is_flipped: Tensor
    turn: Tensor
    colour: Tensor
    bias: Tensor
    grain_mix: Tensor
    grain: Tensor
    has_dark_edges: bool = False
    chain: Chain | None = None

    def __len__(self) -> int:
        return len(self.side)


def plan_cuts(counts: CutCounts, picture: Size, size: int, *, seed: int, frame: int, step: int) -> CutPlan:
    """Decide the views of `size` x `size` pixels that step `step` of a frame is judged by.

    Convention: overviews show the whole picture, in turn in colour, grey, mirrored and grey mirrored; a picture that is
        not square stands in a black square.
    """
    name: partial[dict[str, Any]] = partial(dict, seed=seed, frame=frame, step=step)
    manner, n_together = counts.manner, max(1, counts.overview + counts.inner)
    u = named_uniform((counts.total, 13), **name(purpose=f"cuts {size}")).double()
    number = torch.arange(counts.total)
    place = number % n_together  # within its batch
    if manner.draws == "batch":
        u[:, 3:12] = u[number - place, 3:12]
    is_overview = place < counts.overview
    short, long = min(picture.height, picture.width), max(picture.height, picture.width)
    smallest = size if size < short else SMALLEST_SHARE * short
    side = torch.where(is_overview, float(long), u[:, 0] ** counts.power * (short - smallest) + smallest)
    # the free room is negative for an overview of the short axis: half of it centres the picture
    along_x = torch.where(is_overview, 0.5, u[:, 1])
    along_y = torch.where(is_overview, 0.5, u[:, 2])
    left, top = along_x * (picture.width - side), along_y * (picture.height - side)
    if manner.edges == "dark":
        side, left, top = whole_pixels(side, u[:, 1:3], picture, ~is_overview, (left, top))
    is_grey, is_mirrored = marked(counts, place, is_overview)
    chain = None
    if manner.augmentations != "soft":
        first = number - place if manner.draws == "batch" else number
        chain = plan_chain(manner.augmentations, first, size, hue=counts.hue, seed=seed, frame=frame, step=step)
        chain = replace(chain, stages=(partial(greyed, is_grey=is_grey), *chain.stages))
    is_grey = is_grey | (u[:, 3] < GREY_SHARE)
    strength = torch.tensor((JITTER, JITTER, JITTER, counts.hue), dtype=torch.float64)
    colour, bias = colour_change(is_grey, (u[:, 5:9] * 2 - 1) * strength)
    mix = u[:, 12] * 2 * math.pi
    return CutPlan(
        size=size,
        left=left.float(),
        top=top.float(),
        side=side.float(),
        is_overview=is_overview,
        is_flipped=is_mirrored ^ (u[:, 4] < FLIP_SHARE if chain is None else chain.is_flipped),
        turn=turning(u[:, 9] * 2 - 1, u[:, 10:12] * 2 - 1).float(),
        colour=colour,
        bias=bias,
        grain_mix=torch.stack((mix.cos(), mix.sin()), dim=1).float() * GRAIN,
        grain=named_noise((2, 3, size, size), **name(purpose=f"grain {size}")),
        has_dark_edges=manner.edges == "dark",
        chain=chain,
    )


def marked(counts: CutCounts, place: Tensor, is_overview: Tensor) -> tuple[Tensor, Tensor]:
    """Return which cuts are grey and which mirrored by their place (n,) in their batch, before anything is drawn."""
    is_disco = counts.manner.grey_rule == "disco"
    n_grey = int(counts.grey_share * counts.inner) + 1 if is_disco else round(counts.grey_share * counts.inner)
    varies = is_overview & (counts.overview <= 4) if is_disco else is_overview
    is_grey = torch.where(is_overview, varies & (place % 2 == 1), place - counts.overview < n_grey)
    return is_grey, varies & (place % 4 >= 2)


def whole_pixels(
    side: Tensor, u: Tensor, picture: Size, chosen: Tensor, others: tuple[Tensor, Tensor]
) -> tuple[Tensor, Tensor, Tensor]:
    """Return side, left and top of cuts on whole pixels where `chosen` (n,), as Disco's are; u (n, 2) says where."""
    side = torch.where(chosen, side.floor(), side)
    left = torch.where(chosen, (u[:, 0] * (picture.width - side + 1)).floor(), others[0])
    top = torch.where(chosen, (u[:, 1] * (picture.height - side + 1)).floor(), others[1])
    return side, left, top


def colour_change(is_grey: Tensor, jitter: Tensor) -> tuple[Tensor, Tensor]:
    """Return one linear colour map per cut: grey where asked, then brightness, contrast, saturation and hue.

    Shapes: is_grey (n,), jitter (n, 4), each in -1 .. 1 -> (n, 3, 3), (n, 3, 1).
    Convention: contrast turns about mid-grey and hue about the grey axis in YIQ, both of them linear stand-ins for what
        torchvision's ColorJitter does; nothing is clamped, so no gradient is lost.
    """
    brightness, contrast, saturation = (1 + jitter[:, i, None, None] for i in range(3))
    hue = jitter[:, 3] * 2 * math.pi
    same = torch.eye(3, dtype=torch.float64)
    luma = torch.tensor((LUMA,) * 3, dtype=torch.float64)
    yiq = torch.tensor(RGB_TO_YIQ, dtype=torch.float64)
    chroma = torch.zeros(len(hue), 3, 3, dtype=torch.float64)
    chroma[:, 0, 0] = 1.0
    chroma[:, 1, 1] = chroma[:, 2, 2] = hue.cos()
    chroma[:, 1, 2], chroma[:, 2, 1] = -hue.sin(), hue.sin()
    mixed = torch.linalg.inv(yiq) @ chroma @ yiq @ (saturation * same + (1 - saturation) * luma)
    colour = mixed * contrast * brightness @ torch.where(is_grey[:, None, None], luma, same)
    bias = mixed @ ((1 - contrast) * 0.5 * torch.ones(len(hue), 3, 1, dtype=torch.float64))
    return colour.float(), bias.float()


def cut(images: Tensor, plan: CutPlan) -> Tensor:
    """Make the views of a plan.

    Shapes: images (B, 3, H, W) in [0, 1] -> (n * B, 3, s, s), the views of one cut of all pictures next to one another.
    """
    batch, _, height, width = images.shape
    n, s = len(plan), plan.size
    pad = (max(height, width) - torch.tensor((height, width))).tolist()
    side, is_overview = plan.side.to(images), plan.is_overview.to(images.device)
    read = dark_resampling if plan.has_dark_edges else resampling
    rows = read(plan.top.to(images), side, s, length=height, framed=is_overview, frame=pad[0])
    columns = read(plan.left.to(images), side, s, length=width, framed=is_overview, frame=pad[1])
    columns = torch.where(plan.is_flipped.to(images.device)[:, None, None], columns.flip(1), columns)

    # one product for all cuts' rows, then one for each cut's columns
    upright = rows.reshape(n * s, height) @ images.permute(2, 0, 1, 3).reshape(height, -1)  # (n s, B 3 W)
    views = upright.reshape(n, s * batch * 3, width) @ columns.transpose(1, 2)  # (n, s B 3, s)
    views = views.reshape(n, s, batch * 3, s).transpose(1, 2)
    if plan.chain is not None:
        return plan.chain(views.reshape(n, batch, 3, s, s)).reshape(n * batch, 3, s, s)

    views = turn(views, plan.turn.to(images))
    views = plan.colour.to(images)[:, None] @ views.reshape(n, batch, 3, s * s) + plan.bias.to(images)[:, None]
    grain = plan.grain_mix.to(images) @ plan.grain.to(images).reshape(2, -1)
    return (views + grain.reshape(n, 1, 3, s * s)).reshape(n * batch, 3, s, s)


def resampling(start: Tensor, side: Tensor, size: int, *, length: int, framed: Tensor, frame: int) -> Tensor:
    """Return the matrices that read `size` points of a stretch start .. start + side of an axis of `length` pixels.

    Shapes: start, side (n,) -> (n, size, length).
    Convention: antialiased cubic (Keys, a = -1/2), stretched by the scale where that shrinks; every row sums to 1 over
        the picture, or where `framed` over the picture and the black frame of `frame` pixels about it.
    """
    margin = (frame + 1) // 2
    at = torch.arange(-margin, length + margin, device=side.device, dtype=side.dtype)
    scale = (side / size)[:, None]
    centre = start[:, None] + (torch.arange(size, device=side.device, dtype=side.dtype) + 0.5) * scale - 0.5
    weight = keys_cubic((at - centre[..., None]) / scale.clamp(min=1.0)[..., None])
    inside = (at >= 0) & (at < length)
    weight = weight * (inside | framed[:, None])[:, None]
    return (weight / weight.sum(dim=-1, keepdim=True))[..., margin : margin + length]


def dark_resampling(start: Tensor, side: Tensor, size: int, *, length: int, framed: Tensor, frame: int) -> Tensor:
    """Return the matrices of `resampling` with what lies outside a cut taken for black, which darkens its border.

    Source: ResizeRight as Disco Diffusion calls it: weights are normalised as if all of the kernel were in the picture.
    """
    margin = (frame + 1) // 2 + 2 * math.ceil((length + frame) / size) + 3
    at = torch.arange(-margin, length + margin, device=side.device, dtype=side.dtype)
    scale = (side / size)[:, None]
    centre = start[:, None] + (torch.arange(size, device=side.device, dtype=side.dtype) + 0.5) * scale - 0.5
    weight = keys_cubic((at - centre[..., None]) / scale.clamp(min=1.0)[..., None])
    total = weight.sum(dim=-1, keepdim=True)
    inside = (at >= start[:, None]) & (at < (start + side)[:, None])
    return (weight * inside[:, None] / total)[..., margin : margin + length]


def keys_cubic(x: Tensor) -> Tensor:
    """Evaluate the cubic convolution kernel with a = -1/2.

    Source: Keys 1981, eq. 4.
    """
    x = x.abs()
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return torch.where(x < 1, near, torch.where(x < 2, far, 0.0))
