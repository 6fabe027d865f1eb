"""The noise levels one frame is drawn through, as plain numbers known before the first network call.

The diffusion has 1000 timesteps; a run visits the few that are kept, noisiest first, and a frame that starts from a
picture leaves the noisiest of them out. All coefficients are float64 on the host, and torch is not needed for them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..errors import UsageError
from ..models.noise import alpha_bars
from ..schedule.progress import N_LEVELS, executed_timesteps, progress
from ..types import StepValues

if TYPE_CHECKING:
    from torch import Tensor

LONGEST_LEAP: Final = 3.0
"""By what factor the ratio of noise to signal may fall in a step of Heun's: then the second picture, whose share is
half of what the factor exceeds 1 by, counts at most once. The cosine schedule's first step falls by 1000 and would make
500 times the difference of two pictures out of it; the step before the last falls by 10 or more in either schedule."""


@dataclass(frozen=True, slots=True)
class Step:
    """One executed step.

    Convention: `index` counts executed steps from 0; `alpha_bar` is the share of the picture's variance left at this
        noise level and `alpha_bar_prev` that of the next, less noisy one (1 at the end); `p` is the diffusion progress,
        from 0 at the noisiest timestep to 1 at the cleanest.
    """

    index: int
    timestep: int
    alpha_bar: float
    alpha_bar_prev: float
    p: float

    @property
    def signal(self) -> float:
        """Factor of the picture in the noised picture, sqrt(alpha_bar)."""
        return math.sqrt(self.alpha_bar)

    @property
    def sigma(self) -> float:
        """Factor of the noise in the noised picture, sqrt(1 - alpha_bar)."""
        return math.sqrt(1.0 - self.alpha_bar)

    @property
    def can_look_ahead(self) -> bool:
        """Whether an evaluation where the step ends helps: not beyond `LONGEST_LEAP`, and not after the last step."""
        return noise_ratio(self.alpha_bar) <= LONGEST_LEAP * noise_ratio(self.alpha_bar_prev)


@dataclass(frozen=True, slots=True)
class Steps:
    """The executed steps of one frame, noisiest first."""

    schedule: str
    executed: tuple[Step, ...]

    @classmethod
    def plan(cls, schedule: str, steps: int, *, skip: float = 0.0) -> Steps:
        """Lay out `steps` steps and leave out the share `skip` of them at the noisy end.

        Raises: UsageError for an unknown schedule or counts that leave nothing to do.
        """
        if not 1 <= steps <= N_LEVELS:
            raise UsageError(f"steps: there are 1 to {N_LEVELS} of them (found {steps}); choose a number in between")
        if not 0.0 <= skip < 1.0:
            raise UsageError(f"skip: must be 0 or more and below 1 (found {skip}); leave at least one step")
        timesteps = executed_timesteps(steps, skip)
        bars = [float(alpha_bars(schedule)[t]) for t in timesteps] + [1.0]
        return cls(schedule, tuple(Step(i, t, bars[i], bars[i + 1], progress(t)) for i, t in enumerate(timesteps)))

    def __len__(self) -> int:
        return len(self.executed)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.executed)

    def __getitem__(self, index: int) -> Step:
        return self.executed[index]


def at(values: StepValues, index: int) -> float:
    """Return the value of an executed step; a single value holds for all of them."""
    return values[0] if len(values) == 1 else values[index]


def evaluations(sampler: str, steps: Steps) -> tuple[int, ...]:
    """Return how often each step's values act in an evaluation of the denoiser, (n_steps,).

    Convention: Heun's method also evaluates where a step ends, with the values of the next, and PLMS does so once.
    """
    counts = [1] * len(steps)
    for step in steps:
        if step.can_look_ahead and (sampler == "heun" or (sampler == "plms" and step.index == 0)):
            counts[step.index + 1] += 1
    return tuple(counts)


def noise_ratio(alpha_bar: float) -> float:
    """Return the ratio of noise to signal at a noise level, which is what Karras et al. and k-diffusion call sigma."""
    return math.sqrt(1.0 - alpha_bar) / math.sqrt(alpha_bar)


def noise_to(image: Tensor, noise: Tensor, step: Step) -> Tensor:
    """Noise a picture to where `step` begins.

    Source: Ho et al. 2020, eq. 4.
    """
    return step.signal * image + step.sigma * noise
