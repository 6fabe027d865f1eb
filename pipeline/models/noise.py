"""How much of a picture is left at each timestep, by the schedule that a diffusion model was taught with."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from ..errors import UsageError
from ..schedule.progress import N_LEVELS

SCHEDULES: Final = ("linear", "cosine", "shifted-cosine")


@lru_cache
def alpha_bars(schedule: str) -> npt.NDArray[np.float64]:
    """Return the cumulative signal share at every timestep, (1000,).

    Source: "linear", Ho et al. 2020, section 4; "cosine", Nichol and Dhariwal 2021, eq. 17, betas cut at 0.999;
    "shifted-cosine", the same with four times the noise for the signal, so that pictures of 128 px hide as much of
    their broad shapes as ones of 64 px do, Hoogeboom et al. 2023 (simple diffusion), section 3.1.
    """
    if schedule == "shifted-cosine":
        kept = alpha_bars("cosine")
        shifted: npt.NDArray[np.float64] = kept / (kept + 4.0 * (1.0 - kept))
        shifted.flags.writeable = False
        return shifted
    if schedule == "linear":
        betas = np.linspace(1e-4, 0.02, N_LEVELS, dtype=np.float64)
    elif schedule == "cosine":
        at = np.array([math.cos((i / N_LEVELS + 0.008) / 1.008 * math.pi / 2) ** 2 for i in range(N_LEVELS + 1)])
        betas = np.minimum(1.0 - at[1:] / at[:-1], 0.999)
    else:
        raise UsageError(f"noise schedule: unknown name '{schedule}'; use one of {', '.join(SCHEDULES)}")
    bars: npt.NDArray[np.float64] = np.cumprod(1.0 - betas, dtype=np.float64)
    bars.flags.writeable = False
    return bars
