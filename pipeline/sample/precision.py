"""Compute in half precision: where rounding is let in, and how gradients come through it.

That is on a graphics card, or on a processor that is faster in bfloat16. What goes in and what comes out is single
precision always. float16 has few small numbers, so a gradient is brought to the order of one before it enters and back
when it leaves; by powers of two, which round nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import torch
from torch import Tensor, nn

from ..models.networks import unet_in

DTYPES: Final = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
LARGEST: Final = 8.0  # of a gradient that enters float16, whose numbers end at 65504
TORSO: Final = ("input_blocks", "middle_block", "output_blocks")


def lower_torso(network: Any, dtype: torch.dtype) -> None:
    """Put the convolutions between a UNet's ends into `dtype`; what is normalised, embedded or given out stays single.

    Source: guided-diffusion, `UNetModel.convert_to_fp16`, which knows float16 only.
    """
    if dtype == torch.float32:
        return
    unet = unet_in(network)  # others may stand around it
    for part in TORSO:
        for module in getattr(unet, part).modules():
            if isinstance(module, nn.Conv1d | nn.Conv2d):
                module.to(dtype)
    unet.dtype = dtype


def in_half(look: Callable[[Tensor], Tensor], x: Tensor, dtype: torch.dtype) -> Tensor:
    """Return look(x) in single precision, computed in `dtype` where torch thinks that safe."""
    if dtype == torch.float32:
        return look(x).float()
    passage = Passage(dtype)
    with torch.autocast(x.device.type, dtype=dtype):
        return passage.out(look(passage.into(x)).float())


class Passage:
    """One way through a network in half precision: `into` before it and `out` after it keep its gradient in range.

    Convention: with `by_row` each row of a gradient is brought there by itself, whatever stands in the others.
    """

    def __init__(self, dtype: torch.dtype, *, by_row: bool = False) -> None:
        self.is_narrow = dtype == torch.float16
        self.by_row = by_row
        self.factor = torch.ones(())

    def into(self, x: Tensor) -> Tensor:
        """Return x, single precision, whose gradient is brought back to its size."""
        return Restored.apply(x, self) if self.is_narrow else x

    def out(self, y: Tensor) -> Tensor:
        """Return y, single precision, whose gradient goes on at the order of one."""
        return Enlarged.apply(y, self) if self.is_narrow else y


class Enlarged(torch.autograd.Function):
    """The same numbers, with a gradient whose largest value, or each row's, is between LARGEST / 2 and LARGEST."""

    @staticmethod
    def forward(ctx: Any, y: Tensor, passage: Passage) -> Tensor:
        ctx.passage = passage
        return y.view_as(y)

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor, None]:  # type: ignore[override]
        sizes = slope.abs()
        largest = sizes.amax(dim=tuple(range(1, sizes.ndim)), keepdim=True) if ctx.passage.by_row else sizes.amax()
        largest = largest.clamp(min=torch.finfo(slope.dtype).tiny)
        ctx.passage.factor = (LARGEST / largest).log2().floor().clamp(max=100).exp2()
        return slope * ctx.passage.factor, None


class Restored(torch.autograd.Function):
    """The same numbers, with the gradient that `Enlarged` would have been given."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, passage: Passage) -> Tensor:
        ctx.passage = passage
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor, None]:  # type: ignore[override]
        return slope / ctx.passage.factor, None
