"""RAFT, torchvision's own networks for optical flow, built empty and filled by the same door as all other weights."""

from __future__ import annotations

import importlib
from typing import Any

from .entry import FlowArchitecture
from .torchvision_ops import declare_missing_ops


def build_raft(architecture: FlowArchitecture) -> Any:
    """Build torchvision's RAFT with random weights.

    Shapes: two (B, 3, H, W) in [-1, 1], H and W multiples of 8 and at least 128 -> a list of (B, 2, H, W) in pixels,
        x before y, from the first picture to the second; the last one is the best.
    Source: Teed and Deng 2020.
    """
    declare_missing_ops()
    make = getattr(importlib.import_module("torchvision.models.optical_flow"), architecture.network)
    return make(weights=None, progress=False)
