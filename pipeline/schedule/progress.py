"""Say which of the 1000 noise levels a frame visits, and where inside the denoising each of them lies.

The one place that knows this, for the schedule and the sampler alike. A schedule over the denoising is tied to the
noise level, not to the count of executed steps: a frame that skips the noisiest levels never sees those entries.
"""

from __future__ import annotations

import math

N_LEVELS = 1000


def kept_timesteps(steps: int) -> tuple[int, ...]:
    """Return the timesteps that `steps` sampling steps keep, ascending; a single step starts from pure noise.

    Source: evenly spaced and including both ends, unlike Disco's stride, so that the last step ends at timestep 0.
    """
    if not 1 <= steps <= N_LEVELS:
        raise ValueError(f"steps must be between 1 and {N_LEVELS}, not {steps}")
    if steps == 1:
        return (N_LEVELS - 1,)
    return tuple(math.floor(index * (N_LEVELS - 1) / (steps - 1) + 0.5) for index in range(steps))


def n_skipped(steps: int, skip: float) -> int:
    """Return how many of the noisiest steps are left out; at least one step always remains."""
    return min(math.floor(steps * skip + 1e-9), steps - 1)


def executed_timesteps(steps: int, skip: float) -> tuple[int, ...]:
    """Return the timesteps in the order in which they are executed, from noisy to clean."""
    return kept_timesteps(steps)[::-1][n_skipped(steps, skip) :]


def schedule_index(timestep: int) -> int:
    """Return the entry of a 1000-long schedule that holds at a timestep: 0 at the noisiest.

    Source: Disco Diffusion 5.7.
    """
    return N_LEVELS - 1 - timestep


def schedule_entries(steps: int, skip: float, by: str) -> tuple[int, ...]:
    """Return the entry of a 1000-long schedule that holds at each executed step.

    Convention: `by` "noise" takes those of the steps' noise levels; "steps" spreads the whole schedule evenly over the
        steps that are executed, whatever their noise.
    """
    timesteps = executed_timesteps(steps, skip)
    if by == "noise":
        return tuple(schedule_index(timestep) for timestep in timesteps)
    last = max(1, len(timesteps) - 1)
    return tuple(math.floor(index * (N_LEVELS - 1) / last + 0.5) for index in range(len(timesteps)))


def progress(timestep: int) -> float:
    """Return `p`, which goes from 0 at the noisiest timestep to 1 at the cleanest."""
    return schedule_index(timestep) / (N_LEVELS - 1)
