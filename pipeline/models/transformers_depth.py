"""DPT, Depth Anything and ZoeDepth through the package transformers: a picture in, how near everything is out.

The weights are the pinned file's, parsed from the very bytes that were hashed; transformers only builds the network and
looks for nothing anywhere. What would surprise: most of these networks have no scale of their own, so their answers are
stretched picture by picture, and distances may breathe a little as things come and go.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..errors import ModelError
from .depth_config import TransformersDepth, absence
from .entry import Entry
from .torchvision_ops import declare_missing_ops
from .weights import open_weights

if TYPE_CHECKING:
    import numpy as np

    Look = Callable[[np.ndarray], np.ndarray]

CLASSES: Final = {
    "dpt": ("DPTConfig", "DPTForDepthEstimation"),
    "depth_anything": ("DepthAnythingConfig", "DepthAnythingForDepthEstimation"),
    "zoedepth": ("ZoeDepthConfig", "ZoeDepthForDepthEstimation"),
}
HALF: Final = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
IMAGENET: Final = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
STRETCH: Final = (2.0, 98.0)  # per cent of the pixels that lie below what is called far, and near
METRES: Final = (1.0, 30.0)  # what is called near, and far, where a network knows


def open_transformers_depth(entry: Entry, *, device: str = "cpu") -> Look:
    """Return what tells the nearness of each pixel, 0 far to 1 near, with an entry's network.

    Shapes: uint8 (H, W, 3), RGB -> float64 (H, W).
    Raises: ModelError where transformers is missing, or the weights are refused or do not fit.
    """
    import cv2
    import numpy as np
    import torch
    from torch.nn import functional as F

    shape = entry.architecture
    assert isinstance(shape, TransformersDepth)
    network = _network(entry, shape).to(device)
    means = HALF if shape.kind != "depth_anything" else IMAGENET
    mean, deviation = (torch.tensor(one, device=device).view(1, 3, 1, 1) for one in means)

    @torch.no_grad()
    def look(pixels: np.ndarray) -> np.ndarray:
        height, width = pixels.shape[:2]
        image = torch.from_numpy(np.ascontiguousarray(pixels)).permute(2, 0, 1)[None].float().to(device) / 255
        image = F.interpolate(image, size=looked_at(shape, height, width), mode="bicubic", antialias=True)
        seen = network((image.clamp(0, 1) - mean) / deviation).predicted_depth[0].double().cpu().numpy()
        if not np.isfinite(seen).all():
            raise ModelError(f"{entry.path}: the network answers with no numbers; use undamaged weights")
        return as_nearness(cv2.resize(seen, (width, height), interpolation=cv2.INTER_LINEAR), is_metric=shape.is_metric)

    return look


def looked_at(shape: TransformersDepth, height: int, width: int) -> tuple[int, int]:
    """Return the size (height, width) in which a network looks at a picture."""
    if shape.is_square:
        return shape.side, shape.side
    scale, step = shape.side / min(height, width), shape.size_multiple
    tall, wide = (max(step, step * round(side * scale / step)) for side in (height, width))
    return tall, wide


def as_nearness(seen: np.ndarray, *, is_metric: bool) -> np.ndarray:
    """Turn what a network answers into nearness from 0 to 1, linear in 1/distance.

    Shapes: float64 (H, W) -> the same.
    Convention: distances in metres keep their scale; nearness without one is stretched between its own extremes.
    """
    import numpy as np

    if is_metric:
        near, far = METRES
        found = (1 / np.maximum(seen, 1e-6) - 1 / far) / (1 / near - 1 / far)
    else:
        low, high = np.percentile(seen, STRETCH)
        if high - low <= 1e-9 * max(1.0, abs(high)):
            return np.ones(seen.shape)  # all alike, which is a plane
        found = (seen - low) / (high - low)
    return np.asarray(np.clip(found, 0.0, 1.0))


def _network(entry: Entry, shape: TransformersDepth) -> Any:
    lack = absence()
    if lack:
        raise ModelError(f"{entry.name}: {lack}")
    import torch

    declare_missing_ops()
    transformers = importlib.import_module("transformers")
    transformers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
    config_name, class_name = CLASSES[shape.kind]
    weights = {name: value.to(torch.float32) for name, value in open_weights(entry).items()}
    try:
        config = getattr(transformers, config_name).from_dict(shape.config)
        network, told = getattr(transformers, class_name).from_pretrained(
            None, config=config, state_dict=weights, output_loading_info=True, local_files_only=True
        )
    except Exception as fault:  # transformers raises whatever a misfit stumbles into
        said = f"{type(fault).__name__}: {' '.join(str(fault).split())[:200]}"
        raise ModelError(f"{entry.path}: does not fit its configuration ({said}); use weights made for it") from fault
    missing = sorted(told["missing_keys"]) + sorted(str(one) for one in told["mismatched_keys"])
    if missing:
        shown = ", ".join(missing[:3])
        raise ModelError(
            f"{entry.path}: does not fit its configuration: {len(missing)} weights are missing or misshaped ({shown}); "
            "use weights made for it"
        )
    return network.eval().requires_grad_(False)
