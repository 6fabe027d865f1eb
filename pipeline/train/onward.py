"""Start a training from the weights of a shipped model instead of random ones, so that no session begins again.

States of a training are not kept for good, shipped weights are. Where the new network is larger than the old one, what
has the same name and shape is taken over and the rest begins at random.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..models.detail import DetailNetwork
from ..models.entry import DiffusionArchitecture
from ..models.networks import load_clip, load_diffusion, unet_in
from ..models.sketch import Sketch
from .attributes import CompactVocabulary

ENTRANCE, EXIT, TABLE = "input_blocks.0.0", "out.2", "token_embedding.weight"
PLACES = "visual.attnpool.positional_embedding"  # one for the mean of all places, then one for each
LAST_SCALE = "bn3.weight"  # of a residual block, which lets everything pass unchanged where it is 0


def take_over_denoiser(network: Any, architecture: DiffusionArchitecture, *, ancestor: str) -> None:
    """Give a diffusion model the weights of the shipped `ancestor`, whose pictures may be smaller."""
    old = load_diffusion(ancestor)
    times = architecture.unshuffle / old.architecture.unshuffle
    state = unet_in(old.network).state_dict()
    if times != 1:
        if times % 1:
            raise ValueError(f"{ancestor}: folds {old.architecture.unshuffle}, which does not divide the new fold")
        state = refold(state, fold=old.architecture.unshuffle, times=int(times))
    _take_over(unet_in(network), state)
    for kind, planned, shipped in (
        (DetailNetwork, architecture.detail, old.architecture.detail),
        (Sketch, architecture.sketch, old.architecture.sketch),
    ):
        if planned and planned == shipped:  # any other is a new one
            _take_over(_part(network, kind), _part(old.network, kind).state_dict())


def take_over_perceptor(model: nn.Module, vocabulary: CompactVocabulary, *, ancestor: str) -> None:
    """Give a CLIP the weights of the shipped `ancestor`, whose pictures may be of another size.

    Words that it did not know begin at random.
    """
    state = dict(load_clip(ancestor).model.state_dict())
    table = state.pop(TABLE)[torch.from_numpy(vocabulary.used)]
    own = model.state_dict()
    state[PLACES] = spread(state[PLACES], count=len(own[PLACES]))
    added = {name: torch.zeros_like(own[name]) for name in own if name.endswith(LAST_SCALE) and name not in state}
    _take_over(model, state | added)
    rows = model.state_dict()[TABLE]
    if table.shape[1] == rows.shape[1]:
        known = table.abs().amax(1) > 0
        with torch.no_grad():
            rows[1:][known] = table[known]


def spread(places: Tensor, *, count: int) -> Tensor:
    """Return what a square of places adds to what is seen there, for a square of other size.

    Shapes: (1 + n^2, D) -> (count, D), the first row that of their mean.
    """
    old, new = (math.isqrt(rows - 1) for rows in (len(places), count))
    if old == new:
        return places
    square = places[1:].T.reshape(1, -1, old, old)
    spread_out = F.interpolate(square, size=(new, new), mode="bilinear", align_corners=False)
    return torch.cat([places[:1], spread_out.flatten(2)[0].T])


def refold(state: dict[str, Tensor], *, fold: int, times: int) -> dict[str, Tensor]:
    """Return a UNet's weights for pictures `times` as large, folded so much more: it sees their means over areas.

    Each channel of the smaller fold is the mean of times^2 channels of the larger one on the way in, and is repeated in
    all of them on the way out, so the new network draws the old one's pictures with larger pixels.
    """
    index, block = _places(fold, times), 3 * fold**2
    weight = state[f"{ENTRANCE}.weight"]
    shown = torch.cat([index + start for start in range(0, weight.shape[1], block)])  # one picture beside another
    entering = weight[:, shown] / times**2
    halves = [torch.cat([part[index] for part in state[f"{EXIT}.{of}"].chunk(2)]) for of in ("weight", "bias")]
    return {
        **state,
        f"{ENTRANCE}.weight": entering,
        f"{EXIT}.weight": halves[0],
        f"{EXIT}.bias": halves[1],
    }


def _places(fold: int, times: int) -> Tensor:
    """Return which channel of the smaller fold each channel of the larger one lies in, int64 (3 (fold times)^2,)."""
    small = torch.arange(3 * fold * fold).view(3, fold, fold)
    return small.repeat_interleave(times, 1).repeat_interleave(times, 2).flatten()


def _part(network: nn.Module, kind: type[nn.Module]) -> nn.Module:
    return next(part for part in network.modules() if isinstance(part, kind))


def _take_over(network: Any, state: dict[str, Any]) -> None:
    own = network.state_dict()
    fitting = {name: value for name, value in state.items() if name in own and own[name].shape == value.shape}
    if not fitting:
        raise ValueError("no weight of the ancestor has a name and shape of the new network's; train without one")
    network.load_state_dict({**own, **fitting})
