"""Networks make pictures larger: by name, and from a file, with a stand-in for the package that knows architectures."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from torch import Tensor

from pipeline.errors import ModelError
from pipeline.models import load_upscaler, upscaler
from pipeline.models.enlarging import EnlargingNetwork
from pipeline.models.upscaler import in_parts, open_upscaler


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
    enlarged = open_upscaler(str(weights(tmp_path / "net.pth", scale, wrapper=wrapper)), times)
    assert np.array_equal(enlarged(pixels), pixels.repeat(times, axis=0).repeat(times, axis=1))
    assert spandrel.made.seen[0] == (1, 3, 5, 7)
    assert len(spandrel.made.seen) == (2 if (scale, times) == (2, 4) else 1)


def test_it_is_an_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spandrel", None)
    with pytest.raises(ModelError, match=r"net\.pth: needs the package spandrel, which is not installed; install it"):
        open_upscaler(str(tmp_path / "net.pth"), 2)


def test_what_is_no_such_network(tmp_path: Path, spandrel: ModuleType) -> None:
    with pytest.raises(ModelError, match=r"gone\.pth: cannot be read \(no such file"):
        open_upscaler(str(tmp_path / "gone.pth"), 2)
    (tmp_path / "text.pth").write_text("dear")
    with pytest.raises(ModelError, match=r"text\.pth: cannot be parsed"):
        open_upscaler(str(tmp_path / "text.pth"), 2)
    torch.save({"other": torch.zeros(1)}, tmp_path / "other.pth")
    with pytest.raises(ModelError, match=r"is no network that spandrel knows \(ValueError: unsupported architecture\)"):
        open_upscaler(str(tmp_path / "other.pth"), 2)
    with pytest.raises(ModelError, match=r"is no network that enlarges RGB pictures \(found Restoration, 1x"):
        open_upscaler(str(weights(tmp_path / "one.pth", 1)), 2)


def test_code_inside_a_checkpoint_is_refused(tmp_path: Path, spandrel: ModuleType) -> None:
    torch.save({"conv.weight": torch.tensor([2.0]), "f": print}, tmp_path / "net.pth")
    with pytest.raises(ModelError, match="cannot be parsed"):
        open_upscaler(str(tmp_path / "net.pth"), 2)


@pytest.mark.parametrize("times", [2, 4])
def test_a_model_of_the_catalogue_enlarges_by_its_name(upscalers: Path, times: int) -> None:
    """The network enlarges four times; for twice, what it made is shrunk over areas."""
    pixels = np.random.default_rng(1).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    network = load_upscaler("small-upscaler", catalogue=upscalers).network
    x = torch.from_numpy(pixels).permute(2, 0, 1)[None] / 255
    wanted = (network(x)[0].clamp(0, 1) * 255).round().permute(1, 2, 0).numpy()
    if times == 2:
        wanted = wanted.reshape(18, 2, 24, 2, 3).mean((1, 3))
    found = open_upscaler("small-upscaler", times, device="cpu", catalogue=upscalers)(pixels)
    assert found.dtype == np.uint8 and found.shape == (9 * times, 12 * times, 3)
    assert np.abs(found - wanted).max() <= 1
    with pytest.raises(ModelError, match="tiny-clip: is a clip model, not an upscaler model"):
        open_upscaler("tiny-clip", 2, catalogue=upscalers)


@pytest.mark.parametrize("has_units", [True, False])
def test_it_computes_coarsely_only_where_a_processor_has_instructions_for_that(
    upscalers: Path, monkeypatch: pytest.MonkeyPatch, has_units: bool
) -> None:
    seen = []
    monkeypatch.setattr(upscaler, "has_bfloat16", lambda: has_units)
    monkeypatch.setattr(EnlargingNetwork, "forward", lambda self, x: seen.append(x @ x.mT) or x.repeat(1, 1, 4, 4))
    found = open_upscaler("small-upscaler", 4, device="cpu", catalogue=upscalers)(np.full((8, 8, 3), 90, np.uint8))
    assert [one.dtype for one in seen] == [torch.bfloat16 if has_units else torch.float32]
    assert (found == 90).all()


@pytest.mark.parametrize("shape", [(31, 90), (64, 16), (16, 33), (40, 40)])
def test_a_large_picture_in_parts_is_the_whole(shape: tuple[int, int]) -> None:
    torch.manual_seed(2)
    network = EnlargingNetwork(6, 2, 3).eval()
    x = torch.rand(1, 3, *shape)
    sides = []

    def watched(part: Tensor) -> Tensor:
        sides.append(max(part.shape[-2:]))
        return network(part)

    with torch.inference_mode():
        found = in_parts(watched, x, 3, margin=network.reach, part=16, large=32)
        assert (found - network(x)).abs().max() <= 1e-5
    assert max(sides) <= 16 + 2 * network.reach and len(sides) == -(-shape[0] // 16) * -(-shape[1] // 16)


def test_parts_that_see_too_little_would_show(upscalers: Path) -> None:
    """So the test above can fail: with no margin the parts' edges are seen."""
    torch.manual_seed(2)
    network, x = EnlargingNetwork(6, 2, 3).eval(), torch.rand(1, 3, 40, 40)
    with torch.inference_mode():
        assert (in_parts(network, x, 3, margin=0, part=16, large=32) - network(x)).abs().max() > 1e-3


def test_memory_does_not_grow_with_the_picture(upscalers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """1100 pixels are enlarged in parts of 512 and what the network sees around them."""
    seen = []
    forward = EnlargingNetwork.forward

    def watched(self: EnlargingNetwork, x: Tensor) -> Tensor:
        seen.append(tuple(x.shape[-2:]))
        assert x.is_contiguous(memory_format=torch.channels_last)
        return forward(self, x)

    monkeypatch.setattr(EnlargingNetwork, "forward", watched)
    enlarged = open_upscaler("small-upscaler", 2, device="cpu", catalogue=upscalers)
    assert enlarged(np.zeros((20, 1100, 3), np.uint8)).shape == (40, 2200, 3)
    assert seen == [(20, 516), (20, 520), (20, 80)]
