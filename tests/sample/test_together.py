"""Frames that share calls of the network: each is the same alone and beside any others, to the last bit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial

import numpy as np
import pytest
import torch

from pipeline.models import load_diffusion
from pipeline.sample.denoiser import UnetDenoiser, from_eps
from pipeline.sample.draw import draw
from pipeline.sample.easel import Easel, as_denoiser, set_up
from pipeline.sample.guide import SecondaryDenoiser
from pipeline.sample.lanes import Turns
from pipeline.sample.noise import named_noise
from pipeline.sample.precision import Enlarged, Passage
from pipeline.sample.steps import Steps
from pipeline.sample.together import Seat, Together, seated
from pipeline.types import Engine, FramePlan, Size

CARD = pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no graphics card")
NAME = {"seed": 1, "frame": 0}
Pixels = np.ndarray


class Timed(torch.nn.Module):
    """Multiplies each picture by the time it is told of, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[list[float]] = []
        self.slopes = 0

    def forward(self, x: torch.Tensor, timesteps: torch.Tensor) -> torch.Tensor:
        self.times.append(timesteps.tolist())
        if x.requires_grad:
            x.register_hook(lambda slope: setattr(self, "slopes", self.slopes + 1))
        return x * timesteps[:, None, None, None] / 1000


def beside(works: Sequence) -> list:
    """Do works as lanes; return what each gave back."""
    turns = Turns()
    lanes = [turns.begin(work) for work in works]
    ends = {}
    while (found := turns.heard()) is not None:
        assert found[0].dead
        ends[found[0]] = found[1]
    return [ends[lane] for lane in lanes]


def noisy(number: int, *, n: int = 1) -> torch.Tensor:
    return named_noise((n, 3, 8, 12), purpose="x", step=number, **NAME)


# --- the denoiser -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n_lanes", [1, 2, 3])
def test_each_picture_has_its_own_time_and_its_own_slope(n_lanes: int) -> None:
    network = Timed()
    together, steps = Together(UnetDenoiser(network, predicts="eps"), 3), Steps.plan("linear", 5)

    def look(number: int) -> tuple[torch.Tensor, torch.Tensor]:
        step, x = steps[number], noisy(number).requires_grad_()
        seat = seated(together)
        y = step.sigma * seat(x, step).x0 + (1 - step.sigma) * x
        return y.detach(), seat.pull(y, x, noisy(number + 10))

    found = beside([partial(look, number) for number in range(n_lanes)])
    assert [len(times) for times in network.times] == [3]
    assert network.times[0] == [float(steps[n if n < n_lanes else 0].timestep) for n in range(3)]
    assert network.slopes == 1
    for number, (y, slope) in enumerate(found):
        step, x = steps[number], noisy(number).requires_grad_()
        whole = step.sigma * from_eps(x, x * step.timestep / 1000, step).x0 + (1 - step.sigma) * x
        (expected,) = torch.autograd.grad(whole, x, noisy(number + 10))
        torch.testing.assert_close(y, whole.detach())
        torch.testing.assert_close(slope, expected)


def test_pictures_without_a_gradient_and_of_other_sizes_go_apart() -> None:
    network = Timed()
    together, step = Together(UnetDenoiser(network, predicts="x0"), 4), Steps.plan("linear", 5)[2]

    def look(number: int, height: int, needs: bool) -> bool:
        x = named_noise((1, 3, height, 8), purpose="x", step=number, **NAME).requires_grad_(needs)
        return seated(together)(x, step).x0.requires_grad

    kinds = [(8, True), (8, False), (16, True), (8, True)]
    assert beside([partial(look, n, *kind) for n, kind in enumerate(kinds)]) == [needs for _, needs in kinds]
    assert len(network.times) == 3


def test_the_graph_of_a_call_is_gone_once_it_was_asked_for() -> None:
    together, step = Together(UnetDenoiser(Timed(), predicts="x0"), 2), Steps.plan("linear", 5)[2]
    seat, x = seated(together), noisy(0).requires_grad_()
    y = seat(x, step).x0 + x
    seat.pull(y, x, noisy(1))
    with pytest.raises(AssertionError, match="once for each prediction"):
        seat.pull(y, x, noisy(1))


def test_by_itself_it_is_a_denoiser_that_fills_its_calls(make_unet) -> None:
    plain = UnetDenoiser(make_unet(unshuffle=2), predicts="x0", unshuffle=2)
    together, step = Together(plain, 3), Steps.plan("cosine", 5)[2]
    x, there = noisy(0).requires_grad_(), noisy(0).requires_grad_()
    found, expected = together(x, step), plain(there, step)
    assert found.x0.shape == (1, 3, 8, 12)
    torch.testing.assert_close(found.x0, expected.x0)
    slopes = (torch.autograd.grad(one.x0.square().sum(), at)[0] for one, at in ((found, x), (expected, there)))
    torch.testing.assert_close(*slopes)
    assert seated(plain) is plain


def test_half_precision_brings_each_slope_into_range_by_itself() -> None:
    def factors(*sizes: float, by_row: bool) -> list[float]:
        passage = Passage(torch.float16, by_row=by_row)
        y = torch.ones(len(sizes), 3, 2, 2, requires_grad=True)
        slope = torch.tensor(sizes).view(-1, 1, 1, 1).expand(y.shape).contiguous()
        torch.autograd.grad(Enlarged.apply(y, passage), y, slope)
        return passage.factor.flatten().tolist()

    alone = [*factors(1e-6, by_row=True), *factors(3.0, by_row=True), *factors(0.0, by_row=True)]
    assert factors(1e-6, 3.0, 0.0, by_row=True) == alone
    assert alone[0] > 1e5 * alone[1]
    assert factors(1e-6, 3.0, by_row=False) == alone[1:2]
    assert factors(1e-6, by_row=False) == alone[:1]


# --- whole frames -----------------------------------------------------------------------------------------------------


@pytest.fixture
def toys(make_unet, toy) -> dict:
    """Return everything but plan and denoiser for tiny frames."""
    return {"perceptors": [toy(8, seed=1)], "schedule": "cosine", "device": "cpu"}


@pytest.mark.parametrize("path", ["unet", "detached", "secondary"])
@pytest.mark.parametrize("sampler", ["ddim", "heun", "plms"])
def test_every_way_of_guidance_draws_nearly_what_it_draws_alone(plan, make_unet, toys, path, sampler) -> None:
    plain = UnetDenoiser(make_unet(unshuffle=2, learn_sigma=True), predicts="x0", unshuffle=2, learn_sigma=True)

    class Small(torch.nn.Module):
        def forward(self, x, t):
            from types import SimpleNamespace

            return SimpleNamespace(x0=torch.tanh(x * (1 - t.view(-1, 1, 1, 1) / 2)), eps=x)

    options = toys | {"guide": SecondaryDenoiser(Small()) if path == "secondary" else None}
    look = replace(plan.look, guidance_path=path, sampler=sampler, symmetry="horizontal", thresholding="static")
    plans = [replace(plan, seed=seed, look=replace(look, steps=3 + seed)) for seed in range(3)]
    together = Together(plain, 3)
    found = beside([partial(draw, one, None, denoiser=together, **options) for one in plans])
    for one, pixels in zip(plans, found, strict=True):
        assert np.array_equal(pixels, draw(one, None, denoiser=together, **options))
        distance = np.abs(pixels.astype(int) - draw(one, None, denoiser=plain, **options))
        assert distance.max() <= 2
        unguided = replace(one, look=replace(one.look, guidance_scale=(0.0,)))
        assert not np.array_equal(pixels, draw(unguided, None, denoiser=plain, **options))


def test_each_frame_has_its_own_class(plan) -> None:
    class Labelled(torch.nn.Module):
        def forward(self, x, timesteps, y):
            assert len(y) == 4
            return (y[:, None, None, None] / 10 - 0.5).expand(x.shape)

    together = Together(UnetDenoiser(Labelled(), predicts="x0", n_classes=10), 4)
    look = replace(plan.look, eta=(0.0,))
    plans = [replace(plan, prompts=(), look=replace(look, class_label=label)) for label in ("0", "7", "3")]
    options = {"denoiser": together, "perceptors": [], "schedule": "cosine", "device": "cpu"}
    greys = [
        set(pixels.flatten().tolist()) for pixels in beside([partial(draw, one, None, **options) for one in plans])
    ]
    assert greys == [{64}, {153}, {102}]
    assert isinstance(seated(together), Seat)


ENGINE = Engine("painted-world-128", ("painted-clip-a",), "cpu", 1, precision="float32", batch=3)


@cache
def easel(**changes) -> Easel:
    return set_up(replace(ENGINE, **changes))


def embedded_plans(plan: FramePlan) -> list[FramePlan]:
    """Return frames that differ in all that may differ in one call: seeds, prompts, steps, what guides them."""
    look = replace(plan.look, steps=3, guidance_scale=(1200.0,), clamp_grad=(0.6,), thresholding="static")
    looks = [look, replace(look, steps=4, eta=(0.0,)), replace(look, guidance_scale=(900.0, 0.0, 900.0))]
    return [replace(plan, seed=seed, size=Size(32, 64), look=one) for seed, one in enumerate(looks)]


def test_the_embedded_models_draw_the_same_bytes_beside_any_others(plan) -> None:
    drawn_by, plans = easel(), embedded_plans(plan)
    alone = [drawn_by.draw(one, None) for one in plans]
    for order in ((1, 0), (2, 0), (1, 2, 0), (2, 0, 1)):
        found = beside([partial(drawn_by.draw, plans[number], None) for number in order])
        for number, pixels in zip(order, found, strict=True):
            assert np.array_equal(pixels, alone[number]), (order, number)
    single = easel(batch=1)
    for one, pixels in zip(plans, alone, strict=True):
        distance = np.abs(pixels.astype(int) - single.draw(one, None))
        # The slopes of guidance enlarge what is rounded otherwise, by far more in one picture than in the next.
        assert distance.mean() < 3 and (distance > 4).mean() < 0.12
        assert pixels.std() > 5
        free = replace(one, look=replace(one.look, guidance_scale=(0.0,)))
        assert np.abs(drawn_by.draw(free, None).astype(int) - single.draw(free, None)).max() <= 1


ON_CARD = [(rows, 64, dtype) for rows in (2, 3, 4, 8) for dtype in (torch.float32, torch.bfloat16, torch.float16)]


@pytest.mark.parametrize(
    ("device", "rows", "side", "dtype"),
    [
        ("cpu", 4, 32, torch.float32),
        ("cpu", 2, 32, torch.bfloat16),
        *(pytest.param("cuda", *one, marks=CARD) for one in ON_CARD),
    ],
)
def test_a_row_does_not_depend_on_its_place_nor_on_the_others(device, rows, side, dtype) -> None:
    together = Together(as_denoiser(load_diffusion("painted-world-128", device=device), dtype), rows)
    step = Steps.plan("cosine", 9)[4]

    def look(number: int) -> tuple[torch.Tensor, torch.Tensor]:
        x, slope = (
            named_noise((1, 3, side, side), purpose=purpose, step=number, **NAME).to(device)
            for purpose in ("x", "slope")
        )
        seat, x = seated(together), x.requires_grad_()
        y = seat(x, step).x0 + x
        return y.detach(), seat.pull(y, x, slope * 10.0**-number)

    for number, alone in enumerate([look(number) for number in range(rows)]):
        others = [(number + 1 + more) % rows for more in range(rows - 1)]
        for place in range(rows):
            order = [*others[:place], number, *others[place:]]
            for found, expected in zip(beside([partial(look, one) for one in order])[place], alone, strict=True):
                assert torch.equal(found, expected), (number, place)
