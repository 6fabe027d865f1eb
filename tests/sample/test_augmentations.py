"""Disco's chains of augmentations: each stage against torchvision's, and how chance is shared."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from pipeline.models import import_open_clip
from pipeline.sample.augmentations import GRAIN, MODES, grained, greyed, jittered, plan_chain
from pipeline.sample.cutouts import CutCounts, Manner, cut, plan_cuts
from pipeline.sample.distortion import SortedRead, affine_places, perspective_places, read_at
from pipeline.sample.noise import named_uniform
from pipeline.types import Size

NAME = {"seed": 4, "frame": 9, "step": 2}


@pytest.fixture(scope="module")
def peer():
    """Return torchvision's functions, which import beside any torch only once its operators are declared."""
    import_open_clip()
    from torchvision.transforms.v2 import functional

    return functional


def views(n: int, side: int = 16) -> Tensor:
    return named_uniform((n, 1, 3, side, side), purpose="views", **NAME)


@pytest.mark.parametrize(("angle", "shift"), [(8.0, (2, -3)), (-15.0, (0, 4)), (0.0, (5, 0))])
@pytest.mark.parametrize("mode", ["bilinear", "nearest"])
def test_turning_is_torchvisions(peer, angle, shift, mode):
    image = views(1)[0]
    places = affine_places(torch.tensor([math.radians(angle)]), torch.tensor([shift], dtype=torch.float64), 16).float()
    ours = read_at(image, places, mode)
    kind = getattr(peer, "InterpolationMode", None) or __import__("torchvision").transforms.InterpolationMode
    theirs = peer.affine(image, angle, list(shift), 1.0, [0.0, 0.0], interpolation=kind(mode), fill=None)
    # a place between two pixels to the last digit may be rounded to either
    assert float(((ours - theirs).abs() > 1e-4).float().mean()) < (0.02 if mode == "nearest" else 1e-9)


def test_the_slant_is_torchvisions(peer):
    image = views(1)[0]
    start, end = [[0, 0], [15, 0], [15, 15], [0, 15]], [[1, 3], [12, 0], [14, 13], [2, 15]]
    ours = read_at(image, perspective_places(torch.tensor([end]), 16), "bilinear")
    theirs = peer.perspective(image, start, end, fill=None)
    assert torch.allclose(ours, theirs, atol=2e-4)


def test_corners_that_stay_leave_a_view_alone():
    image = views(1)[0]
    corners = torch.tensor([[[0, 0], [15, 0], [15, 15], [0, 15]]])
    assert torch.allclose(read_at(image, perspective_places(corners, 16), "bilinear"), image, atol=1e-5)


@pytest.mark.parametrize("mode", ["bilinear", "nearest"])
def test_the_sorted_gradient_is_the_gradient(mode):
    image = torch.cat([views(1)[0], views(2)[1]]).double().requires_grad_()
    places = affine_places(torch.tensor([0.2, -0.1]), torch.tensor([[3.0, -2.0], [0.0, 5.0]]), 16).double()
    slope = torch.randn(2, 3, 16, 16, generator=torch.Generator().manual_seed(1)).double()
    (expected,) = torch.autograd.grad(read_at(image, places, mode), image, slope)
    (found,) = torch.autograd.grad(SortedRead.apply(image, places, mode), image, slope)
    assert torch.allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize(
    ("which", "amount", "name"),
    [
        (0, 0.1, "adjust_brightness"),
        (1, -0.1, "adjust_contrast"),
        (2, 0.1, "adjust_saturation"),
        (3, 0.07, "adjust_hue"),
        (3, -0.3, "adjust_hue"),
    ],
)
def test_each_change_of_colour_is_torchvisions(peer, which, amount, name):
    image = views(1)
    change = torch.zeros(1, 4)
    change[0, which] = amount
    ours = jittered(image, change=change, order=torch.tensor([[2, 0, 3, 1]]))
    theirs = getattr(peer, name)(image[0], amount if which == 3 else 1 + amount)
    assert torch.allclose(ours[0], theirs, atol=2e-3 if which == 3 else 2e-4)  # torchvision's grey has three digits
    assert not torch.allclose(ours, image, atol=1e-2)


def test_colours_change_in_the_order_of_each_view(peer):
    image = views(1).expand(2, -1, -1, -1, -1)
    change = torch.tensor([[0.6, -0.5, 0.0, 0.0]] * 2)
    ours = jittered(image, change=change, order=torch.tensor([[0, 1, 2, 3], [1, 0, 3, 2]]))
    bright = peer.adjust_contrast(peer.adjust_brightness(image[0], 1.6), 0.5)
    contrast = peer.adjust_brightness(peer.adjust_contrast(image[1], 0.5), 1.6)
    assert torch.allclose(ours[0], bright, atol=3e-4)
    assert torch.allclose(ours[1], contrast, atol=3e-4)
    assert not torch.allclose(ours[0], ours[1], atol=1e-3)


def test_grey_is_luma_in_three_channels():
    image = torch.tensor([0.2, 0.6, 0.9]).reshape(1, 1, 3, 1, 1).expand(2, 1, 3, 4, 4)
    found = greyed(image, is_grey=torch.tensor([True, False]))
    assert torch.allclose(found[0], torch.full((1, 3, 4, 4), 0.299 * 0.2 + 0.587 * 0.6 + 0.114 * 0.9))
    assert torch.equal(found[1], image[1])


def test_grain_has_one_hundredth_of_deviation():
    noise = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    found = grained(torch.zeros(3, 1, 3, 64, 64), mix=torch.tensor([0.0, 1.0, 4.0]), noise=noise)
    assert torch.allclose(found.std(dim=(1, 2, 3, 4)), torch.full((3,), GRAIN), rtol=0.03)
    assert not torch.allclose(found[0], found[1], atol=1e-3)


def test_the_strengths_are_discos():
    told = {
        name: (m.flip, m.turn_deg, m.shift, m.reading, m.grey, m.jitters, m.perspective, m.distortion)
        for name, m in MODES.items()
    }
    assert told == {
        "still": (0.5, 10, 0.05, "bilinear", 0.1, True, 0.0, 0.0),
        "motion": (0.4, 10, 0.05, "bilinear", 0.1, True, 0.0, 0.0),
        "video": (0.5, 15, 0.1, "nearest", 0.15, False, 0.7, 0.4),
    }


def names_of(mode: str) -> list[str]:
    chain = plan_chain(mode, torch.arange(3), 16, hue=0.1, **NAME)
    return [stage.func.__name__ for stage in chain.stages]


def test_stages_stand_in_discos_order_with_grain_between_them():
    still = ["grained", "_read", "grained", "greyed", "grained", "jittered"]
    assert names_of("still") == names_of("motion") == still
    assert names_of("video") == ["grained", "_read", "grained", "_read", "grained", "greyed", "grained"]
    assert names_of("none") == []


@pytest.mark.parametrize("mode", [*MODES])
def test_chances_are_those_of_the_mode(mode):
    n = 2000
    chain = plan_chain(mode, torch.arange(n), 16, hue=0.1, **NAME)
    grey = next(stage for stage in chain.stages if stage.func is greyed).keywords["is_grey"]
    assert float(chain.is_flipped.float().mean()) == pytest.approx(MODES[mode].flip, abs=0.04)
    assert float(grey.float().mean()) == pytest.approx(MODES[mode].grey, abs=0.03)
    if mode == "video":
        slant = chain.stages[3].keywords["places"]
        straight = affine_places(torch.zeros(1), torch.zeros(1, 2), 16)
        plain = (slant - straight).abs().amax(dim=(1, 2, 3)) < 1e-5
        assert float(plain.float().mean()) == pytest.approx(0.3, abs=0.04)
        corner = slant[~plain, 0, 0]  # corners move inwards by up to 0.4 of half the side, so the edges are black
        assert float(corner.min()) < -1.1
        assert float(corner.mean()) < -1.0
    else:
        change = next(stage for stage in chain.stages if stage.func is jittered).keywords["change"]
        assert float(change.abs().max()) == pytest.approx(0.1, abs=1e-3)


def seen(manner: Manner, *, batches: int = 2, image: Tensor | None = None, **counts: float) -> Tensor:
    image = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(3)) if image is None else image
    told = {"overview": 3, "inner": 0, "batches": batches, "grey_share": 0.0, **counts}
    return cut(image, plan_cuts(CutCounts(**told, manner=manner), Size(*image.shape[-2:]), 16, **NAME))


@pytest.mark.parametrize("augmentations", ["soft", "still", "motion", "video"])
def test_a_batch_is_drawn_alike_but_for_its_grain(augmentations):
    alike = Manner(augmentations, draws="batch", grey_rule="disco")
    cuts = seen(alike, overview=6)  # above four, all overviews are plain
    first, second = cuts[:6], cuts[6:]
    for together in (first, second):
        assert float((together - together[:1]).abs().max()) < 0.2  # grain alone
    assert float((first[0] - second[0]).abs().max()) > 0.2
    each = seen(Manner(augmentations, grey_rule="disco"), overview=6)
    assert float((each[:6] - each[:1]).abs().max()) > 0.2


def test_no_augmentations_are_none():
    image = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(3))
    found = seen(Manner("none"), batches=1, image=image, overview=4)
    luma = (image * torch.tensor([0.299, 0.587, 0.114])[:, None, None]).sum(dim=1, keepdim=True).expand_as(image)
    expected = torch.cat([image, luma, image.flip(3), luma.flip(3)])
    assert torch.allclose(found, expected, atol=1e-5)


def test_the_same_name_gives_the_same_cuts():
    assert torch.equal(seen(Manner("motion")), seen(Manner("motion")))


# --- borders and grey cuts --------------------------------------------------------------------------------------------


def test_dark_edges_are_resizerights():
    """A picture of ones, resized by a library that pads with zeros and divides by the weights of the whole kernel."""
    ones = torch.ones(1, 3, 64, 64)
    found = cut(ones, plan_cuts(CutCounts(1, 0, 1, manner=Manner("none", edges="dark")), Size(64, 64), 16, **NAME))[
        0, 0
    ]
    assert float(found[0, 0]) == pytest.approx(0.852, abs=2e-3)
    assert float(found.max()) == pytest.approx(1.025, abs=2e-3)
    assert torch.allclose(found[4:12, 4:12], torch.ones(8, 8), atol=1e-5)
    assert torch.allclose(found, found.T, atol=1e-6) and torch.allclose(found, found.flip(0), atol=1e-6)
    full = cut(ones, plan_cuts(CutCounts(1, 0, 1, manner=Manner("none")), Size(64, 64), 16, **NAME))
    assert torch.allclose(full, torch.ones_like(full), atol=1e-5)


def test_inner_cuts_with_dark_edges_see_nothing_beyond_themselves():
    counts = CutCounts(0, 30, 1, power=0.7, manner=Manner("none", edges="dark"))
    plan = plan_cuts(counts, Size(48, 80), 8, **NAME)
    for place in (plan.left, plan.top, plan.side):
        assert torch.equal(place, place.round())
    assert (plan.left >= 0).all() and (plan.left + plan.side <= 80).all() and (plan.top + plan.side <= 48).all()
    found = cut(torch.ones(1, 3, 48, 80), plan)
    assert (found[:, 0, 0, 0] < 0.95).all()
    assert torch.allclose(found[:, 0, 4, 4], torch.ones(30), atol=0.03)


@pytest.mark.parametrize(
    ("rule", "share", "inner", "n_grey"),
    [
        ("share", 0.2, 4, 1),
        ("disco", 0.2, 4, 1),
        ("share", 0.0, 12, 0),
        ("disco", 0.0, 12, 1),
        ("disco", 0.5, 4, 3),
        ("share", 0.5, 4, 2),
        ("disco", 1.0, 4, 4),
    ],
)
def test_the_number_of_grey_inner_cuts(rule, share, inner, n_grey):
    cuts = seen(Manner("none", grey_rule=rule), batches=1, overview=0, inner=inner, grey_share=share)
    is_grey = (cuts[:, 0] - cuts[:, 1]).abs().amax(dim=(1, 2)) < 1e-5
    assert is_grey.tolist() == [True] * n_grey + [False] * (inner - n_grey)


@pytest.mark.parametrize(
    ("rule", "overview", "grey"), [("disco", 4, "0101"), ("disco", 5, "00000"), ("share", 5, "01010")]
)
def test_which_overviews_are_grey(rule, overview, grey):
    cuts = seen(Manner("none", grey_rule=rule), batches=1, overview=overview)
    is_grey = (cuts[:, 0] - cuts[:, 1]).abs().amax(dim=(1, 2)) < 1e-5
    assert "".join(str(int(one)) for one in is_grey.tolist()) == grey
