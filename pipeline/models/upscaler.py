"""What enlarges pictures: a network of the catalogue, or any whose architecture the package `spandrel` knows.

A file's weights are read as every other checkpoint is, as plain tensors and nothing else; spandrel only says what
network they belong to. They have no pin: they change the film's size, never a frame. Large pictures are enlarged in
parts that overlap, so that memory does not grow with them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ModelError
from ..types.codec import names_model
from .catalogue import PACKAGED
from .processor import has_bfloat16
from .weights import read_tensors

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    Network = Callable[[Tensor], Tensor]

LARGE = 1024  # pixels a side, from which on a picture is enlarged in parts
PART = 512
MARGIN = 32  # what a part sees of those beside it, where nobody knows how far the network sees


def open_upscaler(
    upscaler: str, times: int, *, device: str = "auto", catalogue: Path = PACKAGED
) -> Callable[[np.ndarray], np.ndarray]:
    """Return what makes a picture `times` as large with the network called `upscaler`, or whose weights lie there.

    Shapes: uint8 (H, W, 3) -> uint8 (times * H, times * W, 3), RGB.
    Convention: a network that enlarges less is used again; one that enlarges more is shrunk from, over areas. `device`
        "auto" is a graphics card where there is one.
    Raises: ModelError where the name or its weights are refused, spandrel is missing, or the file is no network that
        enlarges RGB pictures.
    """
    import torch

    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if names_model(upscaler):
        network, scale, margin = _of_catalogue(upscaler, device, catalogue)
    else:
        network, scale, margin = _of_spandrel(Path(upscaler), device)

    def enlarged(pixels: np.ndarray) -> np.ndarray:
        import cv2

        height, width = pixels.shape[:2]
        with torch.inference_mode():
            x = torch.from_numpy(pixels.copy()).to(device).permute(2, 0, 1)[None].float() / 255  # (1, 3, H, W)
            while x.shape[-1] < width * times:
                x = in_parts(network, x, scale, margin=margin).clamp(0, 1)
            found = (x[0] * 255).round().to(torch.uint8).permute(1, 2, 0).cpu().numpy()
        if found.shape[:2] != (height * times, width * times):
            found = cv2.resize(found, (width * times, height * times), interpolation=cv2.INTER_AREA)
        return found

    return enlarged


def in_parts(network: Network, x: Tensor, scale: int, *, margin: int, part: int = PART, large: int = LARGE) -> Tensor:
    """Enlarge pictures whole or, where a side has `large` pixels, in squares of `part` pixels and a margin around.

    Shapes: (B, 3, H, W) -> (B, 3, scale H, scale W).
    Convention: with a margin as wide as the network sees, the parts come to what the whole does, but for rounding.
    """
    height, width = x.shape[-2:]
    if max(height, width) < large:
        return network(x)
    found = x.new_empty((*x.shape[:2], height * scale, width * scale))
    for top in range(0, height, part):
        for left in range(0, width, part):
            bottom, right = min(height, top + part), min(width, left + part)
            above, before = max(0, top - margin), max(0, left - margin)
            seen = network(x[..., above : bottom + margin, before : right + margin])
            rows = slice((top - above) * scale, (bottom - above) * scale)
            columns = slice((left - before) * scale, (right - before) * scale)
            found[..., top * scale : bottom * scale, left * scale : right * scale] = seen[..., rows, columns]
    return found


def _of_catalogue(name: str, device: str, catalogue: Path) -> tuple[Network, int, int]:
    """Return a network of the catalogue, how much it enlarges, and how far it sees.

    Where a processor has instructions for bfloat16 it computes in that: more than twice as fast with AMX (measured on
    an Intel Xeon), 1.6 times with AVX-512 alone (an AMD EPYC), and of 256 levels it is off by one at most.
    """
    import torch

    from .networks import load_upscaler

    loaded = load_upscaler(name, device=device, catalogue=catalogue)
    network = loaded.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    is_coarse = device == "cpu" and has_bfloat16()

    def enlarge(x: Tensor) -> Tensor:
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=is_coarse):
            found: Tensor = network(x.contiguous(memory_format=torch.channels_last))
        return found.float()

    return enlarge, loaded.architecture.times, loaded.network.reach


def _of_spandrel(path: Path, device: str) -> tuple[Network, int, int]:
    """Return the network that spandrel finds in a file, how much it enlarges, and how far it may be taken to see."""
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
    network.to(torch.device(device)).eval()
    return network, int(network.scale), MARGIN
