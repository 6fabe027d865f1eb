"""A network's weights from a file make pictures larger, with a stand-in for the package that knows architectures."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from torch import Tensor

from pipeline.errors import ModelError
from pipeline.models.upscaler import open_upscaler


class Descriptor:
    """What spandrel's ImageModelDescriptor offers of itself, with nearest neighbours for a network."""

    input_channels = 3
    output_channels = 3

    def __init__(self, scale: int, purpose: str = "SR") -> None:
        self.scale, self.purpose, self.seen = scale, purpose, []

    def to(self, device: object) -> Descriptor:
        return self

    def eval(self) -> Descriptor:
        return self

    def __call__(self, image: Tensor) -> Tensor:
        assert image.dtype is torch.float32 and image.min() >= 0 and image.max() <= 1
        self.seen.append(tuple(image.shape))
        return image.repeat_interleave(self.scale, 2).repeat_interleave(self.scale, 3)


@pytest.fixture
def spandrel(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Put a module in spandrel's place; it makes of weights what they say themselves."""

    class ModelLoader:
        def __init__(self, device: str) -> None:
            assert device == "cpu"

        def load_from_state_dict(self, weights: dict[str, Tensor]) -> Descriptor:
            if "conv.weight" not in weights:
                raise ValueError("unsupported architecture")
            module.made = Descriptor(
                int(weights["conv.weight"][0]), "SR" if weights["conv.weight"][0] > 1 else "Restoration"
            )
            return module.made

    module = ModuleType("spandrel")
    module.ModelLoader = ModelLoader  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "spandrel", module)
    return module


def weights(path: Path, scale: int, *, wrapper: str = "") -> Path:
    found = {"conv.weight": torch.tensor([float(scale)])}
    torch.save({wrapper: found, "iter": 3} if wrapper else found, path)
    return path


@pytest.mark.parametrize("wrapper", ["", "params_ema", "params", "state_dict"])
@pytest.mark.parametrize(("scale", "times"), [(2, 2), (4, 4), (4, 2), (2, 4)])
def test_pictures_become_so_much_larger(
    tmp_path: Path, spandrel: ModuleType, scale: int, times: int, wrapper: str
) -> None:
    pixels = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)
    enlarged = open_upscaler(weights(tmp_path / "net.pth", scale, wrapper=wrapper), times)
    assert np.array_equal(enlarged(pixels), pixels.repeat(times, axis=0).repeat(times, axis=1))
    assert spandrel.made.seen[0] == (1, 3, 5, 7)
    assert len(spandrel.made.seen) == (2 if (scale, times) == (2, 4) else 1)


def test_it_is_an_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spandrel", None)
    with pytest.raises(ModelError, match=r"net\.pth: needs the package spandrel, which is not installed; install it"):
        open_upscaler(tmp_path / "net.pth", 2)


def test_what_is_no_such_network(tmp_path: Path, spandrel: ModuleType) -> None:
    with pytest.raises(ModelError, match=r"gone\.pth: cannot be read \(no such file"):
        open_upscaler(tmp_path / "gone.pth", 2)
    (tmp_path / "text.pth").write_text("dear")
    with pytest.raises(ModelError, match=r"text\.pth: cannot be parsed"):
        open_upscaler(tmp_path / "text.pth", 2)
    torch.save({"other": torch.zeros(1)}, tmp_path / "other.pth")
    with pytest.raises(ModelError, match=r"is no network that spandrel knows \(ValueError: unsupported architecture\)"):
        open_upscaler(tmp_path / "other.pth", 2)
    with pytest.raises(ModelError, match=r"is no network that enlarges RGB pictures \(found Restoration, 1x"):
        open_upscaler(weights(tmp_path / "one.pth", 1), 2)


def test_code_inside_a_checkpoint_is_refused(tmp_path: Path, spandrel: ModuleType) -> None:
    torch.save({"conv.weight": torch.tensor([2.0]), "f": print}, tmp_path / "net.pth")
    with pytest.raises(ModelError, match="cannot be parsed"):
        open_upscaler(tmp_path / "net.pth", 2)
