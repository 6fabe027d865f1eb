"""Random numbers with names: the same name gives the same numbers, on every device and in any order.

A name is (kind, seed, frame, purpose, step). Its SHA-256 keys a counter-based Philox generator, so there is no state to
carry or restore. The numbers are always made on the CPU and moved afterwards.
"""

from __future__ import annotations

import hashlib
import json

import numpy as np
import torch
from torch import Tensor


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
