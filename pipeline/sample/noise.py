"""Random numbers with names: the same name gives the same numbers, on every device and in any order.

A name is (kind, seed, frame, purpose, step). Its SHA-256 keys a counter-based Philox generator, so there is no state to
carry or restore. The numbers are always made on the CPU and moved afterwards. Whose noise a frame has, its own or that
of a seed which all frames share, is said by its look's `seed_mode`.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ..types import FramePlan


@dataclass(frozen=True, slots=True)
class NoiseName:
    """The part of a name that a frame has for all purposes and steps; `share` is how far it is on to the next seed."""

    seed: int
    frame: int
    share: float = 0.0


def name_of(plan: FramePlan) -> NoiseName:
    """Return whose noise a frame has.

    Convention: `frame`, its own; all others go by the seed alone, as frame 0: `fixed` that of the shot, `alternate`
        s, s+1, s, ..., `ladder` s, s+2, s+1, s+3, ..., `schedule` s plus the value, whose fraction is a share.
    Source: Deforum, seed_behavior.
    """
    seed, frame = plan.seed, plan.frame
    match plan.look.seed_mode:
        case "fixed":
            return NoiseName(seed, 0)
        case "alternate":
            return NoiseName(seed + frame % 2, 0)
        case "ladder":
            return NoiseName(seed + frame // 2 + 2 * (frame % 2), 0)
        case "schedule":
            whole = math.floor(plan.look.seed_schedule)
            return NoiseName(seed + whole, 0, plan.look.seed_schedule - whole)
    return NoiseName(seed, frame)


def noise_of(name: NoiseName, shape: tuple[int, ...], *, purpose: str, step: int) -> Tensor:
    """Return the standard normal numbers of a frame's name, float32 on the CPU.

    Convention: between two seeds the numbers lie on the great circle between theirs, so their size stays the same.
    """
    noise = named_noise(shape, seed=name.seed, frame=name.frame, purpose=purpose, step=step)
    if name.share == 0:
        return noise
    after = named_noise(shape, seed=name.seed + 1, frame=name.frame, purpose=purpose, step=step)
    return torch.from_numpy(spherical_mix(noise.numpy(), after.numpy(), name.share))


def spherical_mix(
    here: npt.NDArray[np.float32], there: npt.NDArray[np.float32], share: float
) -> npt.NDArray[np.float32]:
    """Go from `here` (share 0) to `there` (share 1) at even speed on the great circle between them.

    Source: Shoemake 1985, "Animating rotation with quaternion curves", section 3.3; lengths are gone between evenly.
    """
    a, b = here.astype(np.float64), there.astype(np.float64)
    length_a, length_b = (math.sqrt(float((one * one).sum())) for one in (a, b))
    cosine = float((a * b).sum()) / max(length_a * length_b, 1e-300)
    angle = math.acos(min(1.0, max(-1.0, cosine)))
    if math.sin(angle) < 1e-6:  # one direction, or opposite ones, which no single circle joins
        return ((1 - share) * a + share * b).astype(np.float32)
    weights = math.sin((1 - share) * angle) / math.sin(angle), math.sin(share * angle) / math.sin(angle)
    return (weights[0] * a + weights[1] * b).astype(np.float32)


def named_noise(shape: tuple[int, ...], *, seed: int, frame: int, purpose: str, step: int) -> Tensor:
    """Return standard normal numbers, float32 on the CPU."""
    generator = _generator("normal", seed, frame, purpose, step)
    return torch.from_numpy(generator.standard_normal(shape, dtype=np.float32))


def named_uniform(shape: tuple[int, ...], *, seed: int, frame: int, purpose: str, step: int) -> Tensor:
    """Return numbers uniform in 0 <= u < 1, float32 on the CPU."""
    generator = _generator("uniform", seed, frame, purpose, step)
    return torch.from_numpy(generator.random(shape, dtype=np.float32))


def _generator(kind: str, seed: int, frame: int, purpose: str, step: int) -> np.random.Generator:
    """Return the generator a name stands for; the name is a JSON list, so no two names share a text."""
    name = json.dumps([kind, seed, frame, purpose, step], separators=(",", ":"), ensure_ascii=True)
    digest = hashlib.sha256(name.encode("ascii")).digest()
    key = np.frombuffer(digest, dtype="<u8", count=2)
    return np.random.Generator(np.random.Philox(key=key))
