"""Turn the hues of pictures, with a slope of its own: torch's operations one by one take nearly three times as long.

A colour of largest channel M, smallest m and hue h, in sixths of the circle, has the channels M - (M - m) w, where w is
2 - |d|, from 0 to 1, and d is how far h is from where the channel is least: 3, 5 and 1 for red, green and blue.
"""

from __future__ import annotations

from typing import Any, Final

import torch
from torch import Tensor

LEAST: Final = (3.0, 5.0, 1.0)  # hues in sixths of the circle: cyan, magenta and yellow
GREEN, BLUE = 2.0, 4.0


def hue_turned(views: Tensor, amount: Tensor) -> Tensor:
    """Turn hues of views (n, B, 3, s, s) by `amount` (n, 1, 1, 1, 1), a share of the circle.

    Source: Smith 1978, as kornia's `rgb_to_hsv` and `hsv_to_rgb` do it; the slope is ours, and a grey's is that of a
        red beside it.
    """
    turned: Tensor = TurnedHue.apply(views, 6 * amount)
    return turned


class TurnedHue(torch.autograd.Function):
    """The hues of views (n, B, 3, s, s) turned by sixths of the circle, (n, 1, 1, 1, 1)."""

    @staticmethod
    def forward(ctx: Any, views: Tensor, sixths: Tensor) -> Tensor:
        red, green, blue = views.split(1, dim=2)
        most, least = views.amax(2, keepdim=True), views.amin(2, keepdim=True)
        chroma = most - least
        is_red = red == most
        is_green = (green == most) & ~is_red
        next_, last = placed(is_red, is_green, (green, blue, red)), placed(is_red, is_green, (blue, red, green))
        beyond = (next_ - last) / chroma.masked_fill(chroma == 0, 1.0)  # the largest channel's own hue
        own = torch.where(is_green, GREEN, BLUE).masked_fill_(is_red, 0.0).to(views)
        away = beyond + own + sixths - views.new_tensor(LEAST).view(3, 1, 1)
        away.sub_((away / 6).round_(), alpha=6)
        share = (2 - away.abs()).clamp_(0, 1)
        ctx.save_for_backward(away, share, beyond, is_red, is_green)
        return most - chroma * share

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor, None]:  # type: ignore[override]
        away, share, beyond, is_red, is_green = ctx.saved_tensors
        of_least = (slope * share).sum(2, keepdim=True)
        of_most = slope.sum(2, keepdim=True) - of_least
        acts = (share > 0) & (share < 1)
        of_hue = (slope * away.sign()).mul_(acts).sum(2, keepdim=True)  # times the chroma, by which hues are divided
        by_chroma = beyond * of_hue
        of_most, of_least = of_most - by_chroma, of_least + by_chroma
        is_next = beyond < 0  # the smallest is the one after the largest, round the circle, or else the one before
        next_ = torch.where(is_next, of_hue + of_least, of_hue)
        last = torch.where(is_next, -of_hue, of_least - of_hue)
        red = placed(is_red, is_green, (of_most, last, next_))
        green = placed(is_red, is_green, (next_, of_most, last))
        blue = placed(is_red, is_green, (last, next_, of_most))
        return torch.cat((red, green, blue), dim=2), None


def placed(is_red: Tensor, is_green: Tensor, among: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    """Return the first where red is largest, the second where green is, else the third."""
    return torch.where(is_red, among[0], torch.where(is_green, among[1], among[2]))
