"""A compiled network: near the same as one that is not, with its gradient, and kept on the disk."""

from __future__ import annotations

import os
import shutil

import pytest
import torch

from pipeline.models import LoadedDiffusion
from pipeline.models.compiling import VARIABLE
from pipeline.models.entry import DiffusionArchitecture, UNetShape
from pipeline.sample.compiled import Replayed
from pipeline.sample.easel import as_denoiser
from pipeline.sample.steps import Steps
from pipeline.types import Size

SHAPE = UNetShape(
    image_size=8,
    in_channels=12,
    model_channels=32,
    out_channels=24,
    num_res_blocks=1,
    attention_resolutions=(),
    channel_mult=(1,),
    num_head_channels=16,
    use_scale_shift_norm=True,
    resblock_updown=False,
)
TINY = DiffusionArchitecture(
    unet=SHAPE,
    unshuffle=2,
    schedule="cosine",
    predicts="x0",
    learn_sigma=True,
    recommended_size=Size(16, 16),
    size_multiple=4,
)


class Small(torch.nn.Module):
    """Called as the UNet is, and compiled in seconds where that takes minutes."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Conv2d(12, 24, 3, padding=1)

    def forward(self, x: torch.Tensor, timesteps: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.silu(self.layer(x) + 0.001 * timesteps.view(-1, 1, 1, 1))


no_compiler = shutil.which(os.environ.get("CXX") or "g++") is None


@pytest.fixture
def loaded() -> LoadedDiffusion:
    torch.manual_seed(4)
    return LoadedDiffusion(Small().requires_grad_(False), TINY, None, "")


@pytest.mark.skipif(no_compiler, reason="there is no C++ compiler for torch to compile with")
@pytest.mark.filterwarnings("ignore")  # the compiler warns of its own parts, and hides what would be errors here
@pytest.mark.timeout(600)
def test_a_compiled_network_draws_nearly_the_same(loaded, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "kept"))
    step = Steps.plan("cosine", 4)[2]
    x = torch.randn(1, 3, 16, 16, generator=torch.Generator().manual_seed(1)).requires_grad_()
    found = []
    for how in ("off", "on"):
        denoise = as_denoiser(loaded, how=how)
        x0 = denoise(x, step).x0
        (slope,) = torch.autograd.grad(x0.square().sum(), x)
        found.append((x0.detach(), slope))
    for plain, fast in zip(*found, strict=True):
        assert plain.abs().max() > 0.01
        torch.testing.assert_close(fast, plain, rtol=1e-4, atol=1e-5)
    assert isinstance(denoise.network, torch._dynamo.OptimizedModule)
    assert any((tmp_path / "kept").rglob("*.so"))


def test_what_is_replayed_is_copied_out_and_answers_as_the_network_does() -> None:
    class Answering(torch.nn.Module):
        """Answers in the same memory each time, as a replay does."""

        dtype = torch.float16

        def __init__(self) -> None:
            super().__init__()
            self.memory = torch.zeros(3)

        def forward(self, x: torch.Tensor, *, more: float) -> torch.Tensor:
            return self.memory.copy_(x + more)

        def sketch(self, text: str) -> str:
            return f"of {text}"

    network = Replayed(Answering())
    first, second = network(torch.ones(3), more=1.0), network(torch.ones(3), more=5.0)
    assert (first.tolist(), second.tolist()) == ([2, 2, 2], [6, 6, 6])
    assert (network.dtype, network.sketch("a text")) == (torch.float16, "of a text")
    with pytest.raises(AttributeError):
        network.nothing  # noqa: B018


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.timeout(600)
def test_kernels_that_are_replayed_draw_nearly_the_same_on_a_gpu(loaded, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "kept"))
    loaded.network.cuda()
    x = torch.randn(3, 1, 3, 16, 16, generator=torch.Generator().manual_seed(1)).cuda()
    plain, fast = ([], [])
    for how, found in (("off", plain), ("graphs", fast)):
        denoise = as_denoiser(loaded, how=how)
        for step, noisy in zip(Steps.plan("cosine", 4), (*x, x[0]), strict=True):  # recorded, warmed up, replayed
            one = noisy.clone().requires_grad_()
            x0 = denoise(one, step).x0
            (slope,) = torch.autograd.grad(x0.square().sum(), one)
            found += [x0.detach(), slope]
    for one, other in zip(plain, fast, strict=True):
        torch.testing.assert_close(other, one, rtol=1e-3, atol=1e-4)
