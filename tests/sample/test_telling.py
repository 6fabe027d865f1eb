"""Denoisers that take texts: what they are told, classifier-free guidance, and frames that share a call."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
import torch
from torch.nn import functional as F

from pipeline.errors import UsageError
from pipeline.models.sketch import Sketch, laid_out
from pipeline.sample.denoiser import Telling, UnetDenoiser
from pipeline.sample.draw import draw
from pipeline.sample.gallery import NO_PICTURES
from pipeline.sample.lanes import Turns
from pipeline.sample.layout import layout_of
from pipeline.sample.noise import named_noise
from pipeline.sample.steps import Steps
from pipeline.sample.telling import LEAN, leaning, told
from pipeline.sample.together import Together, seated
from pipeline.types import HERE, CameraMove, Carried, Footage, FramePlan, SpatialMove, WeightedPrompt

STEP = Steps.plan("cosine", 5)[2]
TEXT, AGAINST = torch.tensor([[1.0, 2.0, 3.0]]), torch.tensor([[-1.0, 0.5, 0.0]])


class Listener(torch.nn.Module):
    """Answers with half the picture and, in its colours, what it is told; remembers how many pictures it saw."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[int] = []

    def forward(self, x: torch.Tensor, timesteps: torch.Tensor, text: torch.Tensor | None = None) -> torch.Tensor:
        self.seen.append(len(x))
        return x * x if text is None else x * x * (1 + text.sum(1)[:, None, None, None]) + text[:, :, None, None]


def noisy(number: int = 0) -> torch.Tensor:
    return named_noise((1, 3, 8, 12), seed=1, frame=0, purpose="x", step=number)


def listening(scale: float | tuple[float, ...], *, text=TEXT, against=AGAINST) -> UnetDenoiser:
    denoiser = UnetDenoiser(Listener(), predicts="x0")
    denoiser.telling = Telling(text, against, scale if isinstance(scale, tuple) else (scale,))
    return denoiser


@pytest.mark.parametrize(("scale", "n_seen"), [(0.0, 1), (1.0, 1), (2.5, 2), (0.5, 2)])
def test_the_difference_of_told_and_untold_is_enlarged(scale: float, n_seen: int) -> None:
    x, denoiser = noisy(), listening(scale)
    network: Listener = denoiser.network
    drawn, undrawn = network(x, STEP, TEXT), network(x, STEP, AGAINST)
    expected = network(x, STEP) if scale == 0 else undrawn + scale * (drawn - undrawn)
    network.seen.clear()
    torch.testing.assert_close(denoiser(x, STEP).x0, expected)
    assert network.seen == [n_seen]


def test_the_scale_follows_the_denoising() -> None:
    denoiser, steps = listening((3.0, 1.0, 0.0)), Steps.plan("cosine", 3)
    for step in steps:
        denoiser(noisy(), step)
    assert denoiser.network.seen == [2, 1, 1]


def test_a_gradient_passes_through_both_looks() -> None:
    x = noisy().requires_grad_()
    (slope,) = torch.autograd.grad(listening(2.5)(x, STEP).x0.sum(), x)
    factor = (1 + AGAINST.sum()) + 2.5 * (TEXT.sum() - AGAINST.sum())
    torch.testing.assert_close(slope, 2 * x.detach() * factor)


@pytest.fixture
def aim(plan, toy):
    """Return what a denoiser is told of prompts, by a perceptor called tiny."""
    perceptor = toy(8, seed=1, name="tiny")

    def find(*prompts: WeightedPrompt) -> Telling:
        asked = replace(plan, prompts=prompts, look=replace(plan.look, cfg_scale=(2.0,)))
        return told(UnetDenoiser(Listener(), predicts="x0"), asked, perceptor, NO_PICTURES).telling

    return find, lambda text: F.normalize(perceptor.embed_text([text])[0], dim=0)


def test_prompts_are_told_by_the_roots_of_their_weights(aim) -> None:
    find, unit = aim
    fox, snow, fog = unit("a fox"), unit("snow"), unit("fog")
    alone = find(WeightedPrompt("a fox", 3.0))
    torch.testing.assert_close(alone.text[0], fox * 8**0.5)
    assert not alone.against.any()
    both = find(WeightedPrompt("a fox", 3.0), WeightedPrompt("snow", 1.0), WeightedPrompt("fog", -0.2))
    torch.testing.assert_close(both.text[0], F.normalize(3**0.5 * fox + snow, dim=0) * 8**0.5)
    torch.testing.assert_close(both.against[0], fog * 8**0.5)


def test_a_seed_leans_what_is_told_to_its_own_side_in_all_frames_as_far_as_variety_says(plan) -> None:
    direction = torch.tensor([[3.0, -1.0, 0.0, 2.0, 0.5, 0.0]])

    def leant(seed: int, variety: float, frame: int = 0) -> torch.Tensor:
        return leaning(direction, replace(plan, seed=seed, frame=frame, look=replace(plan.look, variety=variety)))

    assert torch.equal(leant(5, 0.0), direction)
    whole, half = leant(5, 1.0), leant(5, 0.5)
    torch.testing.assert_close(whole.norm(), direction.norm())
    assert torch.equal(whole, leant(5, 1.0, frame=9)) and not torch.allclose(whole, leant(6, 1.0), atol=0.1)
    unit = F.normalize(direction, dim=-1)
    side = F.normalize(named_noise((1, 6), seed=5, frame=0, purpose="lean", step=0), dim=-1)
    for found, share in ((whole, LEAN), (half, LEAN / 2)):
        torch.testing.assert_close(F.normalize(found, dim=-1), F.normalize(unit + share * side, dim=-1))
    assert not leaning(torch.zeros(1, 6), replace(plan, look=replace(plan.look, variety=1.0))).any()


def test_seeds_keep_their_lean(plan) -> None:
    """Films that are drawn again must come out the same: these numbers stand for good."""
    told_of = replace(plan, seed=5, frame=3, look=replace(plan.look, variety=1.0))
    torch.testing.assert_close(
        leaning(torch.tensor([[2.0, 0.0, 0.0]]), told_of), torch.tensor([[1.8340, 0.7972, -0.0304]]), atol=1e-4, rtol=0
    )


class ColourSketch(Sketch):
    """Draws plain colours out of texts, and counts them."""

    def __init__(self) -> None:
        super().__init__(text=8, hidden=1, names=(1,), pairs=(), features=1, fine=1, side=4)
        self.drawn = 0

    def forward(self, text: torch.Tensor, *, bare: bool = False) -> torch.Tensor:
        self.drawn += len(text)
        return text[:, :3, None, None].expand(-1, 3, 4, 4) / (30 if bare else 10)


class Sketching(Listener):
    """Draws a sketch of one colour out of a text, and answers with what it is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.sketch = ColourSketch()

    def forward(self, x: torch.Tensor, timesteps: torch.Tensor, **given: torch.Tensor) -> torch.Tensor:
        self.seen.append(len(x))
        return x if "suggested" not in given else x + given["suggested"].mean((2, 3), keepdim=True)


def test_a_model_with_a_sketch_is_shown_it_and_no_other_is(plan, toy) -> None:
    perceptor = toy(8, seed=1, name="tiny")
    asked = replace(plan, look=replace(plan.look, cfg_scale=(2.0, 1.0, 0.0), variety=1.0))
    steps = list(Steps.plan("cosine", 3))
    for network in (Sketching(), Listener()):
        sketches = isinstance(network, Sketching)
        denoiser = UnetDenoiser(network, predicts="x0", sketches=sketches)
        for seat in (denoiser, seated(Together(denoiser, 2))):
            telling = told(seat, asked, perceptor, NO_PICTURES).telling
            twice, once, untold = (telling.at(step) for step in steps)
            assert untold == {}
            assert once.keys() == {"text"} | ({"layout", "suggested"} if sketches else set())
            assert twice.keys() == once.keys() | {"against", "scale"} | ({"suggested_against"} if sketches else set())
            if sketches:
                assert torch.equal(twice["layout"], layout_of(asked))
                assert torch.equal(once["suggested"], network.sketch(telling.text))
    plain = replace(asked, look=replace(asked.look, variety=0.0))
    found = [
        told(UnetDenoiser(Sketching(), predicts="x0"), one, perceptor, NO_PICTURES).telling for one in (asked, plain)
    ]
    torch.testing.assert_close(found[0].text, leaning(found[1].text, asked))


def test_sketches_are_drawn_once_and_shown_as_they_are_however_strongly_a_text_is_followed(plan, toy) -> None:
    """Both looks are shown theirs; it is what is drawn of them that goes three times as far."""
    network = Sketching()
    look = replace(plan.look, cfg_scale=(3.0,))
    asked = replace(plan, prompts=(WeightedPrompt("a fox", 1.0), WeightedPrompt("fog", -1.0)), look=look)
    denoiser = told(
        UnetDenoiser(network, predicts="x0", sketches=True), asked, toy(8, seed=1, name="tiny"), NO_PICTURES
    )
    assert network.sketch.drawn == 2
    here, there = (network.sketch(text)[..., :1, :1] for text in (denoiser.telling.text, denoiser.telling.against))
    x, step = noisy(), Steps.plan("cosine", 2)[0]
    torch.testing.assert_close(denoiser(x, step).x0, x + there + 3 * (here - there))
    assert network.sketch.drawn == 4 and network.seen == [2]


def test_a_frame_begins_on_what_its_texts_suggest_as_far_as_it_is_renewed(plan, toy) -> None:
    """Noise is taken away again: its start is the frame before with that share of the sketch's colour in its place."""
    seen: list[torch.Tensor] = []

    class Beginning(Sketching):
        def forward(self, x: torch.Tensor, timesteps: torch.Tensor, **given: torch.Tensor) -> torch.Tensor:
            seen.append(x)
            return torch.zeros_like(x)

    network, teller = Beginning(), toy(8, seed=1, name="tiny")
    look = replace(plan.look, cfg_scale=(1.0,), guidance_scale=(0.0,), range_scale=(0.0,), skip=0.5)
    before = torch.full((1, 3, 16, 24), 0.6)
    denoiser = UnetDenoiser(network, predicts="x0", sketches=True)
    engine = {"perceptors": [], "teller": teller, "schedule": "cosine", "device": "cpu"}

    def begun(renew: float, *, seat=denoiser, **changes) -> torch.Tensor:
        seen.clear()
        one = replace(plan, frame=3, camera=CameraMove(), look=replace(look, renew=renew), **changes)
        draw(one, before, denoiser=seat, **engine)
        noise = named_noise((1, 3, 16, 24), seed=plan.seed, frame=3, purpose="start", step=0)
        step = Steps.plan("cosine", look.steps, skip=0.5)[0]
        return (seen[0][:1] - step.sigma * noise) / step.signal

    colour = told(denoiser, replace(plan, look=look), teller, NO_PICTURES).telling.text[:, :3, None, None] / 10
    torch.testing.assert_close(begun(0.0), before)
    torch.testing.assert_close(begun(0.25), 0.75 * before + 0.25 * colour, atol=1e-5, rtol=0)
    torch.testing.assert_close(begun(1.0, seat=Together(denoiser, 2)), colour.expand(1, 3, 16, 24), atol=1e-5, rtol=0)
    first = {"footage": Footage("0" * 64, 0), "camera": None}
    seen.clear()
    draw(replace(plan, look=replace(look, renew=1.0), **first), before, denoiser=denoiser, **engine)
    others = seen[0]
    seen.clear()
    draw(replace(plan, look=look, **first), before, denoiser=denoiser, **engine)
    assert torch.equal(seen[0], others)  # begins a shot, from a clip


def test_no_model_without_a_sketch_renews(plan, make_unet, toy) -> None:
    engine = {"denoiser": UnetDenoiser(make_unet(), predicts="x0"), "perceptors": [toy(8)]}
    engine |= {"schedule": "cosine", "device": "cpu"}
    asked = replace(plan, frame=3, camera=CameraMove(), look=replace(plan.look, renew=0.5))
    with pytest.raises(UsageError, match=r"frame 0003: look\.renew is 0\.5, the model has no sketch of texts; write 0"):
        draw(asked, torch.zeros(1, 3, 16, 24), **engine)


class BlobSketch(ColourSketch):
    """Draws the same blobs out of any text."""

    def forward(self, text: torch.Tensor, *, bare: bool = False) -> torch.Tensor:
        rough = torch.rand((1, 3, 4, 4), generator=torch.Generator().manual_seed(3)) * 2 - 1
        return rough.expand(len(text), -1, -1, -1)


def test_a_sketch_stands_where_a_move_in_space_has_left_it_and_else_as_planned(plan, toy) -> None:
    network, perceptor = Sketching(), toy(8, seed=1, name="tiny")
    network.sketch = BlobSketch()
    denoiser = UnetDenoiser(network, predicts="x0", sketches=True)
    gone = replace(
        plan, frame=3, camera=SpatialMove(), carried=Carried(growth=1.15), look=replace(plan.look, cfg_scale=(1.0,))
    )
    home = denoiser.placed(network.sketch(torch.zeros(1, 8)), gone.size, layout_of(replace(gone, carried=HERE)))
    leaning = torch.tensor([[[0.8, 0.08, 0.0], [0.0, 0.82, 0.03]]])
    start = laid_out(home, leaning)

    def layout(one: FramePlan, start: torch.Tensor | None = start) -> torch.Tensor:
        return told(denoiser, one, perceptor, NO_PICTURES, start).telling.sketches.layout

    assert (layout(gone) - leaning).abs().max() < 0.03 < (layout_of(gone) - leaning).abs().max()
    renewed = replace(gone, look=replace(gone.look, renew=0.5))
    for other in (replace(gone, camera=CameraMove()), replace(gone, carried=HERE), renewed):
        assert torch.equal(layout(other), layout_of(other))
    assert torch.equal(layout(gone, None), layout_of(gone))


def test_over_a_clip_a_sketch_is_of_the_land_alone_since_things_stand_where_the_clip_has_them(plan, toy) -> None:
    network, perceptor = Sketching(), toy(8, seed=1, name="tiny")
    denoiser = UnetDenoiser(network, predicts="x0", sketches=True)
    look = replace(plan.look, cfg_scale=(3.0,))
    for mode, bare in (("stylise", True), ("motion", False)):
        asked = replace(plan, look=look, footage=Footage("0" * 64, 0, mode=mode))
        telling = told(denoiser, asked, perceptor, NO_PICTURES).telling
        assert torch.equal(telling.sketches.text, network.sketch(telling.text, bare=bare))
        assert torch.equal(telling.sketches.against, network.sketch(telling.against, bare=bare))


def test_prompts_of_other_clips_are_not_told_and_none_are_nothing(aim) -> None:
    find, unit = aim
    some = find(WeightedPrompt("a fox", 1.0, only=("other",)), WeightedPrompt("snow", 1.0, only=("other", "tiny")))
    torch.testing.assert_close(some.text[0], unit("snow") * 8**0.5)
    assert not find().text.any()


def test_a_model_that_takes_no_texts_is_not_told_any(plan, make_unet, toy) -> None:
    engine = {"denoiser": UnetDenoiser(make_unet(), predicts="x0"), "perceptors": [toy(8)]}
    engine |= {"schedule": "cosine", "device": "cpu"}
    asked = replace(plan, look=replace(plan.look, cfg_scale=(0.0, 0.0, 2.0, 1.0)))
    with pytest.raises(UsageError, match=r"look\.cfg_scale is 2, the model takes no texts; write 0"):
        draw(asked, None, **engine)


def test_the_prompt_changes_what_is_drawn_without_any_gradient(plan, toy) -> None:
    look = replace(plan.look, guidance_scale=(0.0,), cfg_scale=(1.5,))
    engine = {"perceptors": [], "teller": toy(8, name="tiny", width=3), "schedule": "cosine", "device": "cpu"}
    pictures = []
    for text in ("a fox", "snow", "a fox"):
        denoiser = UnetDenoiser(Listener(), predicts="x0")
        plan_of = replace(plan, prompts=(WeightedPrompt(text, 1.0),), look=replace(look, thresholding="static"))
        pictures.append(draw(plan_of, None, denoiser=denoiser, **engine))
    assert (pictures[0] == pictures[2]).all()
    assert (pictures[0] != pictures[1]).any()


@pytest.mark.parametrize("scales", [(2.0, 2.0, 2.0), (2.0, 1.0, 0.0), (1.0, 3.0, 1.0)])
def test_frames_beside_each_other_are_told_their_own(scales: tuple[float, ...]) -> None:
    network = Listener()
    together = Together(UnetDenoiser(network, predicts="x0"), 3)

    def look(number: int) -> tuple[torch.Tensor, torch.Tensor]:
        seat, x = seated(together), noisy(number).requires_grad_()
        seat.telling = Telling(TEXT * (number + 1), AGAINST, (scales[number],))
        y = seat(x, STEP).x0 + x
        return y.detach(), seat.pull(y, x, noisy(number + 10))

    turns, found = Turns(), {}
    lanes = {turns.begin(partial(look, number)): number for number in range(3)}
    while (said := turns.heard()) is not None:
        found[lanes[said[0]]] = said[1]
    kinds = {scale if scale in (0.0, 1.0) else 2.0 for scale in scales}
    assert sorted(network.seen) == sorted(6 if kind == 2 else 3 for kind in kinds)
    for number, (y, slope) in found.items():
        x, alone = noisy(number).requires_grad_(), listening(scales[number], text=TEXT * (number + 1))
        whole = alone(x, STEP).x0 + x
        (expected,) = torch.autograd.grad(whole, x, noisy(number + 10))
        torch.testing.assert_close(y, whole.detach())
        torch.testing.assert_close(slope, expected)
