"""Walk from noise to a picture, one step of the plan at a time.

A sampler knows nothing of prompts: guidance is a wrapper around the denoiser. What would surprise a reader of Disco:
the picture returned is the last prediction *with* its guidance, which Disco computed and then threw away.
"""

from __future__ import annotations

from typing import Final

from .diffusion import ddim, ddpm
from .flow import euler, euler_ancestral, heun
from .multistep import dpmpp_2m, dpmpp_2m_sde, plms
from .walk import Noise, OnStep, Sampler

SAMPLERS: Final[dict[str, Sampler]] = {
    "ddim": ddim,
    "ddpm": ddpm,
    "plms": plms,
    "euler": euler,
    "euler_ancestral": euler_ancestral,
    "heun": heun,
    "dpmpp_2m": dpmpp_2m,
    "dpmpp_2m_sde": dpmpp_2m_sde,
}

__all__ = [
    "SAMPLERS",
    "Noise",
    "OnStep",
    "Sampler",
    "ddim",
    "ddpm",
    "dpmpp_2m",
    "dpmpp_2m_sde",
    "euler",
    "euler_ancestral",
    "heun",
    "plms",
]
