"""A denoiser that is handed a picture which a text alone suggests, drawn without any noise.

Convolutions look the same everywhere, so a UNet that hears of a text through its time embedding learns only slowly
where the parts of what it names belong. A sketch knows that within minutes: its answer is the mean of all pictures that
the text may be of, which is what a denoiser should see in pure noise. It first reads how likely a text names each
subject, ground, mood and style, which it learns, and then adds up a picture for each name and for each pair of names, a
castle in ink or a sea at night; these are solved for. (Two hidden layers from the direction of a text to every pixel,
which know nothing of names, remembered the pictures they had seen instead; convolutions that enlarge a few features at
8 x 8 places learnt it nowhere as quickly.) Nothing of this package is imported here, for the reason that the detail
network gives.
Source: our own; a regression to the mean picture, as the first step of every x0-predicting sampler (Ho et al. 2020),
handed on as guided-diffusion's `SuperResModel` is its small picture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

ALIGNED = 16  # numbers of single precision in the widest register of today's processors
TRUSTED = 1.0  # logarithm of noise over signal, as variances, where half of the sketch stands in the picture


class Sketch(nn.Module):
    """Directions of texts (B, D), of length sqrt(D) or 0, to pictures (B, 3, side, side).

    Convention: `names` has how many names each kind of attribute has, `pairs` which two kinds have a picture for each
        pair of theirs; `lands` whether pairs without the first kind have another where nothing of that is named, since
        a land alone is seen where else its subject stands; `hidden` is the width of what reads. All are made of
        `features` pictures of half the side, and of `fine` ones of the whole, whose strokes the former cannot have.
    """

    def __init__(
        self,
        *,
        text: int,
        hidden: int,
        names: Sequence[int],
        pairs: Sequence[tuple[int, int]],
        features: int,
        fine: int,
        side: int,
        lands: bool = False,
    ) -> None:
        super().__init__()
        self.text, self.side = text, side
        self.kinds, self.pairs = tuple(count + 1 for count in names), tuple(pairs)  # a text may name none of a kind
        self.lands = tuple(pair for pair in self.pairs if lands and 0 not in pair)
        self.features, self.fine = features, fine
        products = (self.kinds[one] * self.kinds[other] for one, other in (*self.pairs, *self.lands))
        self.n_known = known = sum(self.kinds) + sum(products)
        self.reading = nn.Sequential(nn.Linear(text, hidden), nn.GELU(), nn.Linear(hidden, sum(self.kinds)))
        self.drawing = nn.Sequential(nn.Linear(known, features, bias=False), nn.Linear(features, 3 * (side // 2) ** 2))
        self.strokes = nn.Sequential(nn.Linear(known, fine, bias=False), nn.Linear(fine, 3 * side**2))

    def forward(self, text: Tensor, *, bare: bool = False) -> Tensor:
        """Return the pictures that texts suggest, or those of `bare` land, as if they named nothing of the first kind.

        A text of zeros suggests the mean of all.
        """
        named = self.named(text)
        if bare:
            nothing = torch.full_like(named[0], -math.inf)
            nothing[:, -1] = 0.0
            named = nothing, *named[1:]
        return self.drawn(named)

    def named(self, text: Tensor) -> tuple[Tensor, ...]:
        """Return for each kind the logits (B, count + 1) of its names in texts (B, D), the last of them for none."""
        return self.reading(text).split(self.kinds, dim=1)

    def drawn(self, named: Sequence[Tensor]) -> Tensor:
        """Return the pictures (B, 3, side, side) of what `named` says."""
        known = self.known([logits.softmax(1) for logits in named])
        broad, strokes = (part[1](_mixed(known, part[0])) for part in (self.drawing, self.strokes))
        return self.enlarged(broad) + strokes.view(-1, 3, self.side, self.side)

    def known(self, shares: Sequence[Tensor]) -> Tensor:
        """Return the shares (B, K) of all names and pairs of names, of those (B, count + 1) of each kind's names."""
        both = [_products(shares[one], shares[other]) for one, other in self.pairs]
        bare = [_products(shares[0][:, -1:] * shares[one], shares[other]) for one, other in self.lands]
        return torch.cat([*shares, *both, *bare], dim=1)

    def enlarged(self, broad: Tensor) -> Tensor:
        """Return pictures of half the side, (B, 3 side^2 / 4), as ones of the whole, (B, 3, side, side)."""
        small = broad.view(-1, 3, self.side // 2, self.side // 2)
        return F.interpolate(small, size=(self.side, self.side), mode="bilinear", align_corners=False)

    def placed(self, picture: Tensor, height: int, width: int, layout: Tensor | None = None) -> Tensor:
        """Return pictures as large as fits in the middle of (H, W), their edges drawn out to the sides.

        Shapes: picture (B, 3, side, side) -> (B, 3, H, W); `layout` (B, 2, 3) takes a place in the result, from -1 to 1
            across and down, to one in what would be there without it (the `theta` of `affine_grid`): mirrored, moved,
            larger.
        """
        least = min(height, width)
        if least != self.side:
            size = least, least
            picture = F.interpolate(picture.float(), size, mode="bilinear", align_corners=False, antialias=True)
        across, down = width - least, height - least
        if across or down:
            sides = (across // 2, across - across // 2, down // 2, down - down // 2)
            picture = F.pad(picture, sides, mode="replicate")
        return picture if layout is None else laid_out(picture, layout)


class SketchedDenoiser(nn.Module):
    """A denoiser that predicts pictures and takes texts, shown a sketch of the text beside the noisy picture.

    Convention: `fold` is the side of the blocks that pictures are folded in, `noise_to_signal` of each timestep the
        ratio of their variances. The network sees both pictures and says what the clean one has more than its share of
        the sketch, which is fixed: a logistic function of the logarithm of that ratio. So a new one answers with the
        sketch where there is much noise. No slope goes from the picture to the sketch, which learns by itself. Where
        there is little noise, `known` has the last word: it takes the prediction, the noisy picture and timesteps.
    """

    share: Tensor

    def __init__(
        self,
        network: nn.Module,
        known: nn.Module,
        sketch: Sketch,
        *,
        fold: int,
        noise_to_signal: Sequence[float],
    ) -> None:
        super().__init__()
        self.network, self.known, self.sketch, self.fold = network, known, sketch, fold
        # on the processor even where a network is made of shapes only, since no file of weights brings them
        noise = torch.tensor([math.log(ratio) for ratio in noise_to_signal], device="cpu")
        self.register_buffer("share", (noise - TRUSTED).sigmoid(), persistent=False)

    @property
    def dtype(self) -> torch.dtype:
        """What the network computes in; the sketch is single precision always."""
        return getattr(self.network, "dtype", torch.float32)

    def forward(self, folded: Tensor, timesteps: Tensor, **given: Any) -> Tensor:
        """Return the clean picture, folded as the noisy one is, and what else the network says.

        Shapes: folded (B, 3 f^2, H/f, W/f), timesteps (B,), text (B, D) if any is told -> (B, 6 f^2, H/f, W/f).
        Convention: `layout` (B, 2, 3) says where the sketch stands, if not as it was learnt; `suggested`
            (B, 3, side, side) is the sketch, where it was made before, or is to be another than the text's.
        """
        layout, picture = given.pop("layout", None), given.pop("suggested", None)
        height, width = folded.shape[2] * self.fold, folded.shape[3] * self.fold
        with torch.no_grad():
            if picture is None:
                text = given.get("text")
                picture = self.sketch(folded.new_zeros(len(folded), self.sketch.text) if text is None else text)
            placed = self.sketch.placed(picture, height, width, layout)
            sketch = F.pixel_unshuffle(placed.to(folded.dtype), self.fold)
        shown = torch.cat([folded, sketch], dim=1).contiguous(memory_format=torch.channels_last)
        seen, more = self.network(shown, timesteps, **given).to(folded.dtype).chunk(2, dim=1)
        step = timesteps.round().long()
        found = seen + self.share[step].view(-1, 1, 1, 1) * sketch
        return torch.cat([self.known(found, folded, step), more], dim=1)


def _mixed(known: Tensor, table: Any) -> Tensor:
    """Return how much of each picture is in what is known, (B, K) by a table without bias to (B, N).

    Convention: rows begin at whole blocks of `ALIGNED` numbers, by zeros behind them, since processors add up one that
        does not in another order, and each picture is to be the same whatever shares its call.
    """
    rest = -known.shape[1] % ALIGNED
    if len(known) == 1 or not rest:
        return F.linear(known, table.weight)
    return F.linear(F.pad(known, (0, rest)), F.pad(table.weight, (0, rest)))


def _products(one: Tensor, other: Tensor) -> Tensor:
    """Return each of (B, M) with each of (B, N), (B, M N)."""
    return (one[:, :, None] * other[:, None]).flatten(1)


def laid_out(pictures: Tensor, layout: Tensor) -> Tensor:
    """Return pictures (B, 3, H, W) mirrored, moved or enlarged by affine maps (B, 2, 3), their edges drawn out.

    Bicubically, or strokes would go soft.
    """
    grid = F.affine_grid(layout.float(), list(pictures.shape), align_corners=False)
    return F.grid_sample(pictures.float(), grid, mode="bicubic", padding_mode="border", align_corners=False)
