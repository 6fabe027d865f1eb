"""A guided-diffusion UNet that is told what the picture shows, by the direction that a CLIP gives a text.

The direction is added to what the UNet is told of the time, so every block hears of it; where it is zero, nothing is
told and the network is one without texts.
Source: conditioning through the time embedding, Dhariwal and Nichol 2021, section 4 (classes) and Nichol et al. 2021
(GLIDE, texts); by a CLIP's direction, as in Ramesh et al. 2022 (unCLIP) and Crowson's v-diffusion models, one of which
(cc12m_1_cfg) Disco's users know. Unlike these the small networks here learn from texts and pictures alike.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
from torch import Tensor, nn

from .upstream import import_guided_diffusion


@cache
def text_unet() -> Any:
    """Return the class: guided-diffusion's `UNetModel`, built with one more argument, the length of the directions."""
    upstream = import_guided_diffusion("unet")

    class TextUNet(upstream.UNetModel):  # type: ignore[name-defined,misc]
        """`UNetModel` whose time embedding a text is added to; a new one does not listen yet."""

        def __init__(self, *, text: int, **shape: Any) -> None:
            super().__init__(**shape)
            told = 4 * self.model_channels
            self.text_embed = nn.Sequential(nn.Linear(text, told), nn.SiLU(), nn.Linear(told, told))
            for value in self.text_embed[-1].parameters():
                nn.init.zeros_(value)

        def forward(self, x: Tensor, timesteps: Tensor, text: Tensor | None = None) -> Tensor:
            """Return what the UNet says of x, each picture told of a text.

            Shapes: x (B, C, H, W), timesteps (B,), text (B, D) of length sqrt(D), or 0 where nothing is told.
            """
            told = self.time_embed(upstream.timestep_embedding(timesteps, self.model_channels))
            if text is not None:
                told = told + self.text_embed(text) * text.abs().amax(1, keepdim=True).sign()
            h, passed = x.type(self.dtype), []
            for block in self.input_blocks:
                h = block(h, told)
                passed.append(h)
            h = self.middle_block(h, told)
            for block in self.output_blocks:
                h = block(torch.cat([h, passed.pop()], dim=1), told)
            return self.out(h.type(x.dtype))

    return TextUNet
