"""A network that enlarges pictures, from any checkpoint whose architecture the package `spandrel` knows.

The weights are read as every other checkpoint is, as plain tensors and nothing else; spandrel only says what network
they belong to. They have no pin: they change the film's size, never a frame.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ModelError
from .weights import read_tensors

if TYPE_CHECKING:
    import numpy as np


def open_upscaler(path: Path, times: int) -> Callable[[np.ndarray], np.ndarray]:
    """Return what makes a picture `times` as large with the network whose weights lie at `path`.

    Shapes: uint8 (H, W, 3) -> uint8 (times * H, times * W, 3), RGB.
    Convention: a network that enlarges less is used again; one that enlarges more is shrunk from, over areas.
    Raises: ModelError where spandrel is missing, or the file is no network that enlarges RGB pictures.
    """
    try:
        import spandrel
    except ImportError as fault:
        do = "install it (pip install 'clip-guided-animation[upscale]'), or give upscaler: lanczos"
        raise ModelError(f"{path}: needs the package spandrel, which is not installed; {do}") from fault
    import torch

    weights = read_tensors(path)
    try:
        network = spandrel.ModelLoader(device="cpu").load_from_state_dict(weights)
    except Exception as fault:  # spandrel raises its own kinds, and whatever a misfit stumbles into
        told = f"{type(fault).__name__}: {' '.join(str(fault).split())[:200]}"
        raise ModelError(f"{path}: is no network that spandrel knows ({told}); choose another") from fault
    kind = getattr(network, "purpose", "")
    channels = (network.input_channels, network.output_channels)
    if kind not in ("SR", "FaceSR") or channels != (3, 3) or network.scale < 2:
        found = f"{kind or 'unknown'}, {network.scale}x, channels {channels[0]} to {channels[1]}"
        raise ModelError(f"{path}: is no network that enlarges RGB pictures (found {found}); choose another")
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network.to(device).eval()

    def enlarged(pixels: np.ndarray) -> np.ndarray:
        import cv2

        height, width = pixels.shape[:2]
        with torch.inference_mode():
            x = torch.from_numpy(pixels.copy()).to(device).permute(2, 0, 1)[None].float() / 255  # (1, 3, H, W)
            while x.shape[-1] < width * times:
                x = network(x)
            found = (x[0].clamp(0, 1) * 255).round().to(torch.uint8).permute(1, 2, 0).cpu().numpy()
        if found.shape[:2] != (height * times, width * times):
            found = cv2.resize(found, (width * times, height * times), interpolation=cv2.INTER_AREA)
        return found

    return enlarged
