"""Build networks without making up the random numbers that their weights would replace.

A CLIP fills every weight when it is built, which takes longer than reading its file: a second for each 70 million.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

_FILLING: Final = (  # those of `nn.init` that torch shows to a mode by name instead of by what they do
    *(Tensor.normal_, Tensor.uniform_),
    *(nn.init.normal_, nn.init.uniform_, nn.init.kaiming_uniform_, nn.init.kaiming_normal_, nn.init.trunc_normal_),
)


class Blank(TorchFunctionMode):
    """While it is entered, weights hold whatever was in memory; what is computed (masks, positions) is as ever.

    Convention: only for networks of which every weight is replaced before use, as `place_weights` sees to.
    """

    def __torch_function__(
        self, func: Any, types: Iterable[type], args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Leave out what fills a tensor with random numbers."""
        told = dict(kwargs or {})
        if func in _FILLING:
            return args[0] if args else told["tensor"]
        if func is torch.randn:
            told.pop("generator", None)
            return torch.empty(*args, **told)
        return func(*args, **told)
