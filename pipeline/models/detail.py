"""A UNet that sees pictures in blocks of many pixels, and a small network around it that sees them finely.

Folding blocks of u x u pixels into channels makes a UNet u^2 times cheaper, but where it has fewer features than a
block has numbers it cannot hand on what it sees: its pictures stay soft and show the blocks, however little noise there
is. The small network looks at the same noisy picture in small blocks, before the UNet, which is handed what it finds,
and behind it, where it mends what the UNet says.
Nothing of this package is imported here: a peer that the benchmarks compare with builds it in its own environment.
Source: the idea of a cascade (Ho et al. 2021), done within one step; the way past the network for what is hardly noisy
is that of Karras et al. 2022 (c_skip), learnt here.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

WAVES = 32  # of each kind, by which the time is told
# The span of their rates; a number by now, or a compiled network would stop for it.
SPAN = torch.log(torch.tensor(1000.0)).item()


class DetailBlock(nn.Module):
    """Two convolutions beside a way past them, told the time by a factor and a summand for each feature."""

    def __init__(self, features: int, told: int) -> None:
        super().__init__()
        groups = max(1, features // 8)
        self.norm_in, self.norm_out = nn.GroupNorm(groups, features), nn.GroupNorm(groups, features)
        self.enter = nn.Conv2d(features, features, 3, padding=1)
        self.leave = nn.Conv2d(features, features, 3, padding=1)
        self.time = nn.Linear(told, 2 * features)
        for value in (*self.leave.parameters(), *self.time.parameters()):
            nn.init.zeros_(value)

    def forward(self, h: Tensor, told: Tensor) -> Tensor:
        """Return the features (B, F, H, W), a little changed; told (B, T) is the time."""
        factor, summand = self.time(told)[:, :, None, None].chunk(2, dim=1)
        inner = self.enter(F.silu(self.norm_in(h)))
        return h + self.leave(F.silu(self.norm_out(inner) * (1 + factor) + summand))


class DetailNetwork(nn.Module):
    """What stands before a UNet and behind it: features of small blocks, for it to see, and what its pictures lack.

    Convention: pictures are folded in blocks of v x v pixels, v being `unshuffle`, (B, 3 v^2, H/v, W/v); `before` and
        `behind` are numbers of `DetailBlock`s. With `pictures` 2 a sketch is shown beside the noisy picture, and how
        far each pixel is the sketch's is decided last, so that what it shows need not be drawn again. A new one hands
        the UNet nothing and adds nothing.
    """

    def __init__(
        self, *, unshuffle: int, features: int, before: int, behind: int, coarser: int, pictures: int = 1
    ) -> None:
        super().__init__()
        self.unshuffle = unshuffle
        block, told = 3 * unshuffle**2, 4 * WAVES
        self.time = nn.Sequential(nn.Linear(2 * WAVES, told), nn.SiLU())
        self.look = nn.Conv2d(pictures * block, features, 3, padding=1)
        self.before = nn.ModuleList(DetailBlock(features, told) for _ in range(before))
        times = (coarser // unshuffle) ** 2
        self.hand = nn.Conv2d(features * times, pictures * block * times, 1)
        self.enter = nn.Conv2d(3 * block + features, features, 1)
        self.behind = nn.ModuleList(DetailBlock(features, told) for _ in range(behind))
        self.leave = nn.Conv2d(features, block, 3, padding=1)
        self.past = nn.Linear(told, block)
        new: list[nn.Module] = [self.hand, self.leave, self.past]
        if pictures > 1:
            self.trust, self.trust_then = nn.Conv2d(features, unshuffle**2, 3, padding=1), nn.Linear(told, unshuffle**2)
            new += [self.trust, self.trust_then]
        for part in new:
            for value in part.parameters():
                nn.init.zeros_(value)

    def first(self, shown: Tensor, told: Tensor) -> Tensor:
        """Return features (B, F, H/v, W/v) of the noisy picture and those beside it."""
        h = self.look(shown)
        for block in self.before:
            h = block(h, told)
        return h

    def then(self, noisy: Tensor, seen: Tensor, more: Tensor, features: Tensor, told: Tensor) -> Tensor:
        """Return features (B, F, H/v, W/v) of what the UNet says too: its picture `seen`, and `more`."""
        h: Tensor = self.enter(torch.cat([noisy, seen, more, features], dim=1))
        for block in self.behind:
            h = block(h, told)
        return h

    def last(self, shown: Tensor, seen: Tensor, found: Tensor, told: Tensor) -> Tensor:
        """Return what to add to `seen`, the UNet's picture, by the features that are `found`."""
        noisy, sketch = shown[:, : seen.shape[1]], shown[:, seen.shape[1] :]
        h = F.silu(found)
        added = self.leave(h) + self.past(told)[:, :, None, None] * (noisy - seen)
        if sketch.shape[1]:
            trust = self.trust(h) + self.trust_then(told)[:, :, None, None]
            added = added + trust.repeat(1, 3, 1, 1) * (sketch - seen)  # a pixel's three colours alike
        return added


class DetailedUNet(nn.Module):
    """guided-diffusion's `UNetModel` with a `DetailNetwork` around it, called as the UNet alone is.

    Convention: it predicts pictures, and the second half of the UNet's channels, which holds no variance here, tells
        the small network more; it is handed on as it is. Blocks are of `unshuffle` x `unshuffle` pixels, of each of
        the `pictures` that are shown, the noisy one first.
    """

    def __init__(self, unet: nn.Module, *, unshuffle: int, detail: Mapping[str, int], pictures: int = 1) -> None:
        super().__init__()
        self.unet = unet
        self.detail = DetailNetwork(**detail, coarser=unshuffle, pictures=pictures)
        self.unshuffle = unshuffle

    @property
    def dtype(self) -> torch.dtype:
        """What the UNet computes in; of the small network, whose weights are single precision, see `_coarse`."""
        return getattr(self.unet, "dtype", torch.float32)

    def forward(self, folded: Tensor, timesteps: Tensor, **given: Any) -> Tensor:
        """Return the clean picture, and what else the UNet says.

        Shapes: folded (B, 3 n u^2, H/u, W/u), n being `pictures`, timesteps (B,) -> (B, 6 u^2, H/u, W/u).
        """
        told = self.detail.time(waves(timesteps))
        shown = self._finer(folded)
        with self._coarse(folded):
            features = self.detail.first(shown, told)
        features = features.float()
        handed = self.detail.hand(F.pixel_unshuffle(features, self.unshuffle // self.detail.unshuffle))
        seen, more = self.unet(folded + handed, timesteps, **given).to(folded.dtype).chunk(2, dim=1)
        seen_finely, more_finely = self._finer(seen), self._finer(more)
        noisy = shown[:, : seen_finely.shape[1]]
        with self._coarse(folded):
            found = self.detail.then(noisy, seen_finely, more_finely, features, told)
        added = self.detail.last(shown, seen_finely, found.float(), told)
        mended = F.pixel_unshuffle(F.pixel_shuffle(added, self.detail.unshuffle), self.unshuffle)
        return torch.cat([seen + mended, more], dim=1)

    def _coarse(self, like: Tensor) -> AbstractContextManager[Any]:
        """Compute the small network's blocks in bfloat16 where the UNet is: most of its time on a processor.

        In float16 they stay in single precision, whose range they were trained in; colours are summed in that always.
        """
        if self.dtype != torch.bfloat16:
            return nullcontext()  # whatever the caller computes in
        return torch.autocast(like.device.type, dtype=torch.bfloat16)

    def _finer(self, folded: Tensor) -> Tensor:
        fine = F.pixel_unshuffle(F.pixel_shuffle(folded, self.unshuffle), self.detail.unshuffle)
        return fine.contiguous(memory_format=torch.channels_last)


def waves(timesteps: Tensor) -> Tensor:
    """Return sines and cosines of timesteps (B,) in 0..999: (B, 2 WAVES); the slowest turns once in about 6000.

    Source: Vaswani et al. 2017, section 3.5, as guided-diffusion's `timestep_embedding` with periods up to 1000.
    """
    rates = torch.exp(torch.arange(WAVES, device=timesteps.device) * (-SPAN / WAVES))
    angles = timesteps.float()[:, None] * rates
    return torch.cat([angles.cos(), angles.sin()], dim=1)
