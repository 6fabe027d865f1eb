"""The sketch: what a text alone suggests is shown to the denoiser, and stands where there is only noise."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from pipeline.models import build_network
from pipeline.models.entry import DetailShape, DiffusionArchitecture, SketchShape, TextCondition, UNetShape
from pipeline.models.networks import unet_in
from pipeline.models.noise import alpha_bars
from pipeline.models.rehearsal import random_state
from pipeline.models.sketch import Sketch, SketchedDenoiser
from pipeline.sample.denoiser import UnetDenoiser
from pipeline.sample.precision import lower_torso
from pipeline.sample.steps import Steps
from pipeline.types import Size

PLAIN = DiffusionArchitecture(
    UNetShape(8, 96, 32, 96, 1, (2,), (1, 1), True, False, num_head_channels=16),
    unshuffle=4,
    schedule="cosine",
    predicts="x0",
    learn_sigma=True,
    recommended_size=Size(16, 24),
    size_multiple=8,
    text=TextCondition("none", 8),
    sketch=SketchShape(hidden=16, names=(3, 2), pairs=((0, 1),), features=64, fine=5, side=16),
)
DETAILED = replace(PLAIN, detail=DetailShape(unshuffle=2, features=16, before=1, behind=2))
TIMES = torch.tensor([3, 801])
TEXT = torch.randn(2, 8, generator=torch.Generator().manual_seed(5))


def tiny() -> Sketch:
    """Return a sketch of random weights that knows three names of one kind and two of another."""
    return Sketch(text=8, hidden=16, names=(3, 2), pairs=((0, 1),), features=64, fine=5, side=16)


def built(architecture: DiffusionArchitecture) -> SketchedDenoiser:
    """Return a network of random weights that takes nothing from the noisy picture as it is."""
    network = build_network(architecture)
    assert isinstance(network, SketchedDenoiser)
    network.load_state_dict(random_state(architecture, seed=3))
    silence(network)
    return network.eval().requires_grad_(False)


def silence(network: SketchedDenoiser) -> None:
    network.known.pixels.zero_()
    network.known.blocks.zero_()


@pytest.fixture(params=[PLAIN, DETAILED], ids=["alone", "detailed"])
def network(request: pytest.FixtureRequest) -> SketchedDenoiser:
    return built(request.param)


@pytest.fixture
def folded() -> torch.Tensor:
    return torch.randn(2, 48, 4, 6, generator=torch.Generator().manual_seed(1))


def test_the_picture_is_what_the_network_says_and_a_share_of_the_sketch(
    network: SketchedDenoiser, folded: torch.Tensor
) -> None:
    network.share.fill_(0.0)
    without = network(folded, TIMES, text=TEXT)
    network.share[801] = 0.25
    added = network(folded, TIMES, text=TEXT) - without
    assert not added[0].any() and not added[:, 48:].any()
    picture = F.pixel_shuffle(added[:, :48], 4)
    torch.testing.assert_close(
        picture[1:], network.sketch.placed(network.sketch(TEXT[1:]), 16, 24) / 4, atol=1e-5, rtol=1e-4
    )


def test_the_network_sees_the_sketch_beside_the_noisy_picture(network: SketchedDenoiser, folded: torch.Tensor) -> None:
    network.share.fill_(0.0)
    sketch = F.pixel_unshuffle(network.sketch.placed(network.sketch(TEXT), 16, 24), 4)
    expected = network.network(torch.cat([folded, sketch], dim=1), TIMES, text=TEXT)
    torch.testing.assert_close(network(folded, TIMES, text=TEXT), expected)
    other = network.network(torch.cat([folded, sketch + 0.5], dim=1), TIMES, text=TEXT)
    assert not torch.allclose(expected, other, atol=1e-3)


def test_a_pixel_that_is_trusted_is_the_sketchs(folded: torch.Tensor) -> None:
    """Channel 2 of blocks of 2 x 2 is the lower left: rows 1, 3, 5 and columns 0, 2, 4, in all three colours."""
    network = built(DETAILED)
    network.share.fill_(0.0)
    detail = network.network.detail
    for part in (detail.leave, detail.past, detail.trust, detail.trust_then):
        for value in part.parameters():
            torch.nn.init.zeros_(value)
    before = F.pixel_shuffle(network(folded, TIMES, text=TEXT)[:, :48], 4)
    detail.trust_then.bias[2] = 1.0
    after = F.pixel_shuffle(network(folded, TIMES, text=TEXT)[:, :48], 4)
    expected = before.clone()
    expected[:, :, 1::2, 0::2] = network.sketch.placed(network.sketch(TEXT), 16, 24)[:, :, 1::2, 0::2]
    torch.testing.assert_close(after, expected, atol=1e-5, rtol=1e-4)


def test_what_is_known_is_asked_last_and_of_the_picture_alone(
    network: SketchedDenoiser, folded: torch.Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, asked = network(folded, TIMES, text=TEXT), []

    def known(predicted: torch.Tensor, noisy: torch.Tensor, step: torch.Tensor) -> torch.Tensor:
        asked.append((predicted, noisy, step))
        return noisy / 2

    monkeypatch.setattr(network.known, "forward", known)
    found = network(folded, TIMES, text=TEXT)
    (predicted, noisy, step) = asked[0]
    assert torch.equal(noisy, folded) and step.tolist() == TIMES.tolist() and len(asked) == 1
    assert torch.equal(predicted, before[:, :48])
    assert torch.equal(found[:, :48], folded / 2)
    assert torch.equal(found[:, 48:], before[:, 48:])


def test_nothing_told_is_a_text_of_zeros(network: SketchedDenoiser, folded: torch.Tensor) -> None:
    torch.testing.assert_close(network(folded, TIMES), network(folded, TIMES, text=torch.zeros(2, 8)))
    assert not torch.allclose(network(folded, TIMES), network(folded, TIMES, text=TEXT), atol=1e-3)


def test_the_sketch_is_trusted_where_there_is_much_noise() -> None:
    share = built(PLAIN).share
    assert (share.diff() >= 0).all()
    assert share[0] < 1e-3 and share[999] > 0.99
    kept = torch.tensor(alpha_bars("cosine"))
    assert share[((1 - kept) / kept - math.e).abs().argmin()] == pytest.approx(0.5, abs=0.01)


def said(kind: int, number: int) -> torch.Tensor:
    """Return logits that are sure of one name of a kind."""
    return 100.0 * F.one_hot(torch.tensor([number]), (4, 3)[kind]).float()


def test_a_sketch_adds_up_a_picture_for_each_name_and_one_for_each_pair_of_them() -> None:
    """Columns of the first layer: three names and none, two names and none, then their pairs, row by row."""
    sketch, found = tiny().requires_grad_(False), []
    for part, features in ((sketch.drawing, 64), (sketch.strokes, 5)):
        table = part[0].weight
        assert table.shape == (features, 4 + 3 + 4 * 3)
        mixture = table[:, 1] + table[:, 4 + 2] + table[:, 7 + 3 * 1 + 2]  # the second name, and none of the other kind
        found.append(part[1](mixture))
    broad = F.interpolate(found[0].view(1, 3, 8, 8), scale_factor=2.0, mode="bilinear")
    torch.testing.assert_close(sketch.drawn([said(0, 1), said(1, 2)]), broad + found[1].view(1, 3, 16, 16))


def test_lands_alone_have_pictures_of_their_own_for_pairs_of_names() -> None:
    """Three kinds of one, two and one name, each with none; behind all pairs those of the others, for no subject.

    Columns: 2 + 3 + 2 names, 2 x 3, 2 x 2 and 3 x 2 pairs, then 3 x 2 of land alone.
    """
    torch.manual_seed(4)
    pairs = ((0, 1), (0, 2), (1, 2))
    sketch = Sketch(text=8, hidden=16, names=(1, 2, 1), pairs=pairs, features=8, fine=4, side=4, lands=True)
    shares = [torch.tensor([[0.25, 0.75]]), torch.tensor([[0.0, 1.0, 0.0]]), torch.tensor([[0.5, 0.5]])]
    assert sketch.n_known == 7 + 16 + 6
    known = sketch.known(shares)[0]
    assert known[-12:-6].tolist() == [0, 0, 0.5, 0.5, 0, 0]
    assert known[-6:].tolist() == [0, 0, 0.375, 0.375, 0, 0]
    assert sketch.drawing[0].weight.shape == (8, 29) and sketch.strokes[0].weight.shape == (4, 29)


@pytest.mark.parametrize("count", [2, 3, 5])
def test_a_text_gives_the_same_sketch_at_any_place_of_a_call(count: int) -> None:
    """As wide as the embedded one's, where what is known is no multiple of 8; zeros behind it change nothing."""
    torch.manual_seed(6)
    pairs = ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3))
    wide = Sketch(text=8, hidden=16, names=(44, 12, 21, 14), pairs=pairs, features=64, fine=16, side=8, lands=True)
    assert wide.n_known % 8 == 7
    with torch.no_grad():
        drawn = wide(TEXT[:1].repeat(count, 1))
        torch.testing.assert_close(drawn[:1], wide(TEXT[:1]))
    assert all(torch.equal(drawn[0], each) for each in drawn)


def test_a_text_that_may_name_either_is_the_mean_of_both_pictures() -> None:
    sketch = tiny().requires_grad_(False)
    either = torch.tensor([[0.0, 0.0, -100.0, -100.0]])
    mean = (sketch.drawn([said(0, 0), said(1, 1)]) + sketch.drawn([said(0, 1), said(1, 1)])) / 2
    torch.testing.assert_close(sketch.drawn([either, said(1, 1)]), mean)


def test_a_sketch_reads_each_kind_of_name_and_draws_what_it_read() -> None:
    sketch = tiny().requires_grad_(False)
    named = sketch.named(TEXT)
    assert [logits.shape for logits in named] == [(2, 4), (2, 3)]
    assert torch.equal(torch.cat(named, dim=1), sketch.reading(TEXT))
    assert torch.equal(sketch(TEXT), sketch.drawn(named))


def test_bare_land_is_drawn_as_if_no_name_of_the_first_kind_were_read() -> None:
    sketch = tiny().requires_grad_(False)
    text = TEXT[1:]
    _, ground = sketch.named(text)
    torch.testing.assert_close(sketch(text, bare=True), sketch.drawn([said(0, 3), ground]))
    assert not torch.allclose(sketch(text, bare=True), sketch(text), atol=1e-3)


@pytest.mark.parametrize(("height", "width"), [(16, 16), (16, 24), (24, 16), (12, 12), (16, 19)])
def test_a_sketch_stands_in_the_middle_as_large_as_fits(height: int, width: int) -> None:
    sketch = tiny()
    picture = sketch(TEXT)
    assert picture.shape == (2, 3, 16, 16)
    placed = sketch.placed(sketch(TEXT), height, width)
    assert placed.shape == (2, 3, height, width)
    least = min(height, width)
    top, left = (height - least) // 2, (width - least) // 2
    middle = placed[..., top : top + least, left : left + least]
    torch.testing.assert_close(middle, F.interpolate(picture, size=(least, least), mode="bilinear", antialias=True))
    for column in range(left):
        torch.testing.assert_close(placed[..., column], placed[..., left])
    for row in range(top):
        torch.testing.assert_close(placed[..., row, :], placed[..., top, :])


def test_a_layout_mirrors_moves_and_enlarges() -> None:
    """Of 16 x 24 pixels a place at -1 is the left or upper edge; the map says where in the sketch to look."""
    sketch = tiny()
    plain = sketch.placed(sketch(TEXT), 16, 24)
    mirrored = torch.tensor([[-1.0, 0, 0], [0, 1, 0]]).expand(2, 2, 3)
    torch.testing.assert_close(sketch.placed(sketch(TEXT), 16, 24, mirrored), plain.flip(-1), atol=1e-5, rtol=0)
    moved = torch.tensor([[1.0, 0, -0.25], [0, 1, 0.5]]).expand(2, 2, 3)  # 3 pixels to the right, 4 up
    found = sketch.placed(sketch(TEXT), 16, 24, moved)
    torch.testing.assert_close(found[:, :, :12, 3:], plain[:, :, 4:, :-3], atol=1e-5, rtol=0)
    torch.testing.assert_close(found[:, :, :12, 0], plain[:, :, 4:, 0], atol=1e-5, rtol=0)
    twice = torch.tensor([[0.5, 0, 0], [0, 0.5, 0]]).expand(2, 2, 3)
    larger = F.interpolate(plain[:, :, 4:12, 6:18], size=(16, 24), mode="bicubic")
    torch.testing.assert_close(sketch.placed(sketch(TEXT), 16, 24, twice)[..., 4:-4, 4:-4], larger[..., 4:-4, 4:-4])


def test_the_sketch_stands_where_its_layout_says(network: SketchedDenoiser, folded: torch.Tensor) -> None:
    plain, layout = network(folded, TIMES, text=TEXT), torch.tensor([[-1.0, 0, 0], [0, 1, 0]]).expand(2, 2, 3)
    unmoved = torch.tensor([[1.0, 0, 0], [0, 1, 0]]).expand(2, 2, 3)
    torch.testing.assert_close(network(folded, TIMES, text=TEXT, layout=unmoved), plain, atol=1e-4, rtol=1e-4)
    network.share[801] = 0.25
    with_share = network(folded, TIMES, text=TEXT, layout=layout)
    network.share[801] = 0.0
    added = F.pixel_shuffle((with_share - network(folded, TIMES, text=TEXT, layout=layout))[:, :48], 4)
    expected = network.sketch.placed(network.sketch(TEXT[1:]), 16, 24).flip(-1) / 4
    torch.testing.assert_close(added[1:], expected, atol=1e-5, rtol=1e-3)


def test_a_sketch_that_was_made_before_is_shown_in_its_place(network: SketchedDenoiser, folded: torch.Tensor) -> None:
    given = {"text": TEXT, "layout": torch.tensor([[-1.0, 0, 0], [0, 1, 0]]).expand(2, 2, 3)}
    same = network(folded, TIMES, suggested=network.sketch(TEXT), **given)
    assert torch.equal(same, network(folded, TIMES, **given))
    other = network(folded, TIMES, suggested=network.sketch(TEXT.flip(0)), **given)
    network.sketch.forward = lambda text: pytest.fail("it was made before")
    assert torch.equal(network(folded, TIMES, suggested=Sketch.forward(network.sketch, TEXT.flip(0)), **given), other)
    assert not torch.allclose(other, same, atol=1e-3)


def test_no_slope_goes_from_the_picture_to_the_sketch(folded: torch.Tensor) -> None:
    network = built(DETAILED).requires_grad_(True)
    network(folded, TIMES, text=TEXT).square().sum().backward()
    assert all(value.grad is None for value in network.sketch.parameters())
    assert all(value.grad is not None for value in network.network.parameters())


def test_a_picture_is_the_same_beside_any_other(network: SketchedDenoiser, folded: torch.Tensor) -> None:
    alone = network(folded[1:], TIMES[1:], text=TEXT[1:])
    torch.testing.assert_close(alone, network(folded, TIMES, text=TEXT)[1:])


def test_one_made_of_shapes_only_is_whole_with_its_weights(folded: torch.Tensor) -> None:
    with torch.device("meta"):
        network = build_network(DETAILED)
    network.load_state_dict(random_state(DETAILED, seed=3), assign=True)
    silence(network)
    assert torch.equal(network.eval()(folded, TIMES, text=TEXT), built(DETAILED)(folded, TIMES, text=TEXT))


def test_a_compiler_sees_one_graph_of_it(folded: torch.Tensor) -> None:
    assert torch._dynamo.explain(built(DETAILED))(folded, TIMES, text=TEXT).graph_break_count == 0


def test_it_denoises_and_hands_on_slopes_as_any_network_does(network: SketchedDenoiser) -> None:
    x = torch.randn(1, 3, 16, 24, generator=torch.Generator().manual_seed(2), requires_grad=True)
    denoiser = UnetDenoiser(network, predicts="x0", unshuffle=4, learn_sigma=True)
    found = denoiser(x, Steps.plan("cosine", 5)[2])
    assert found.x0.shape == x.shape
    assert torch.autograd.grad(found.x0.square().sum(), x)[0].abs().min() > 0


def test_half_precision_reaches_the_unet_alone(network: SketchedDenoiser, folded: torch.Tensor) -> None:
    exact = network(folded, TIMES, text=TEXT)
    lower_torso(network, torch.bfloat16)
    assert unet_in(network).dtype == torch.bfloat16 == network.dtype
    assert {value.dtype for value in network.sketch.parameters()} == {torch.float32}
    with torch.autocast("cpu", dtype=torch.bfloat16):
        rounded = network(folded, TIMES, text=TEXT)
    assert rounded.dtype == torch.float32
    assert 0 < (rounded - exact).abs().max() < 0.1 * exact.abs().max()
