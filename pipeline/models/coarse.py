"""A denoiser whose broad shapes come from another UNet, which sees the picture smaller.

What shapes there are is decided where there is much noise, and can be seen in a small picture, where far less hides it:
the mean of a block of n x n pixels has the noise of one divided by n. A network of small pictures learns that from many
more of them in the same time, and the one of the whole picture is left with strokes and edges.
Nothing of this package is imported here, for the reason that the detail network gives.
Source: Gu et al. 2023 (Matryoshka diffusion), where the inner network's features are handed on; here its picture is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class CoarseFirst(nn.Module):
    """A denoiser of pictures with another one of smaller pictures inside, called as the first alone is.

    Convention: it predicts pictures. `unshuffle` is the side of the blocks that the whole picture is folded in, `fold`
        of those that the small one is; the small one is the mean over blocks of `times` x `times` pixels, brought to
        the variance that a noisy picture has at the same timestep. How far broad shapes are the inner network's is
        learnt, as a logistic function of the logarithm of noise over signal; a new one takes half where both are alike.
    """

    gain: Tensor
    noise: Tensor

    def __init__(
        self,
        network: nn.Module,
        inner: nn.Module,
        *,
        unshuffle: int,
        fold: int,
        times: int,
        alpha_bars: Sequence[float],
    ) -> None:
        super().__init__()
        self.network, self.inner = network, inner
        self.unshuffle, self.fold, self.times = unshuffle, fold, times
        block = 3 * unshuffle**2
        self.hand = nn.Conv2d(block, block, 1)
        for value in self.hand.parameters():
            nn.init.zeros_(value)
        self.share = nn.Parameter(torch.tensor([0.0, 1.0]))
        # on the processor even where a network is made of shapes only, since no file of weights brings them
        kept = torch.tensor(alpha_bars, dtype=torch.float64, device="cpu")
        self.register_buffer("gain", (kept + (1 - kept) / times**2).rsqrt().float(), persistent=False)
        self.register_buffer("noise", ((1 - kept) / kept).log().float(), persistent=False)

    @property
    def dtype(self) -> torch.dtype:
        """What the outer network computes in."""
        return getattr(self.network, "dtype", torch.float32)

    def small(self, picture: Tensor, timesteps: Tensor) -> Tensor:
        """Return the noisy small picture (B, 3, H/n, W/n) of a noisy one (B, 3, H, W), as the inner network sees it."""
        gain = self.gain[timesteps.round().long()].view(-1, 1, 1, 1)
        return F.avg_pool2d(picture, self.times) * gain

    def broad(self, small: Tensor, timesteps: Tensor, **given: Any) -> Tensor:
        """Return the clean small picture that the inner network sees in a noisy one, both (B, 3, h, w)."""
        folded = F.pixel_unshuffle(small, self.fold).contiguous(memory_format=torch.channels_last)
        found = self.inner(folded, timesteps, **given).to(small.dtype)
        return F.pixel_shuffle(found, self.fold)

    def forward(self, folded: Tensor, timesteps: Tensor, **given: Any) -> Tensor:
        """Return the clean picture, and what else the outer network says.

        Shapes: folded (B, 3 u^2, H/u, W/u), timesteps (B,) -> (B, 6 u^2, H/u, W/u).
        """
        noisy = F.pixel_shuffle(folded, self.unshuffle)
        broad = self.broad(self.small(noisy, timesteps), timesteps, **given)
        handed = self.hand(F.pixel_unshuffle(self._larger(broad), self.unshuffle))
        seen, more = self.network(folded + handed, timesteps, **given).to(folded.dtype).chunk(2, dim=1)
        own = F.avg_pool2d(F.pixel_shuffle(seen, self.unshuffle), self.times)
        noise = self.noise[timesteps.round().long()].view(-1, 1, 1, 1)
        share = (self.share[0] + self.share[1] * noise).sigmoid()
        mended = F.pixel_unshuffle(self._larger(share * (broad - own)), self.unshuffle)
        return torch.cat([seen + mended, more], dim=1)

    def _larger(self, small: Tensor) -> Tensor:
        return F.interpolate(small, scale_factor=self.times, mode="bilinear", align_corners=False)
