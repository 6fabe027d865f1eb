"""Where a shot's sketch stands: by the seed, within the picture, and then where the camera has carried it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sample.layout import FILLED, LARGER, LEVEL, layout_of
from pipeline.types import HERE, Carried, FramePlan, Size
from tests.sample.conftest import STILL

SIZES = st.builds(Size, st.integers(8, 64), st.integers(8, 64))


def plan_of(size: Size, seed: int, frame: int = 0, variety: float = 1.0) -> FramePlan:
    return FramePlan("one", frame, seed, size, (), None, replace(STILL, variety=variety))


@given(size=SIZES, seed=st.integers(0, 2**32))
def test_what_is_named_stays_within_the_picture(size: Size, seed: int) -> None:
    (across, _, right), (_, down, below) = layout_of(plan_of(size, seed))[0].tolist()
    assert 1 / LARGER - 1e-6 <= down <= 1 and abs(across) == pytest.approx(down)
    shorter = min(size.height, size.width)
    for part, moved, side, share in ((across, right, size.width, 1.0), (down, below, size.height, LEVEL)):
        middle = -moved / part  # where the middle of the sketch is in the picture, from -1 to 1
        filled = FILLED * shorter / side / down
        assert abs(middle) <= share * max(0.0, 1 - filled) + 1e-5


def test_without_variety_a_sketch_stands_as_it_was_learnt_and_half_of_it_goes_half_as_far() -> None:
    for seed in range(10):
        none, half, full = (layout_of(plan_of(Size(16, 24), seed, variety=one))[0] for one in (0.0, 0.5, 1.0))
        assert none.tolist() == [[1, 0, 0], [0, 1, 0]]
        assert half[0, 0].sign() == full[0, 0].sign()
        nearer = 1 / full[1, 1] - 1
        assert 1 / half[1, 1] - 1 == pytest.approx(float(nearer) / 2, abs=1e-5)
        assert half[0, 2] * full[0, 2] >= 0


def test_each_seed_has_a_layout_and_all_frames_of_a_shot_have_that() -> None:
    size = Size(16, 24)
    found = [layout_of(plan_of(size, seed)) for seed in range(40)]
    assert torch.equal(found[7], layout_of(plan_of(size, 7, frame=31)))
    assert len({tuple(one.flatten().tolist()) for one in found}) == 40
    mirrored = sum(float(one[0, 0, 0]) < 0 for one in found)
    assert 10 < mirrored < 30
    assert any(float(one[0, 0, 2].abs()) > 0.2 for one in found)


def test_a_sketch_goes_where_the_camera_has_carried_what_was_drawn_of_it() -> None:
    """Twice as large, a tenth of the width to the right and a fifth of the height up; each point of it goes along."""
    plain = plan_of(Size(16, 24), 3, variety=0.0)
    found = layout_of(replace(plain, carried=Carried(2.0, 0.1, -0.2)))[0]
    torch.testing.assert_close(found, torch.tensor([[0.5, 0.0, -0.1], [0.0, 0.5, 0.2]]))
    own = plan_of(Size(16, 24), 7)
    there, gone, rolled = (
        layout_of(replace(own, carried=way))[0] for way in (HERE, Carried(1.3, -0.15, 0.05), Carried(1.3, 0, 0, 90))
    )
    for place in ((0.2, -0.4), (-0.7, 0.1)):
        expected = there @ torch.tensor([*place, 1.0])
        moved = torch.tensor([1.3 * place[0] - 0.3, 1.3 * place[1] + 0.1, 1.0])
        torch.testing.assert_close(gone @ moved, expected)
        turned = torch.tensor([1.3 * place[1] / 1.5, -1.3 * place[0] * 1.5, 1.0])  # what was to the right is above
        torch.testing.assert_close(rolled @ turned, expected)


def test_seeds_keep_their_layout() -> None:
    """Films that are drawn again must come out the same: these numbers stand for good."""
    found = layout_of(plan_of(Size(16, 24), 5, frame=3))[0]
    torch.testing.assert_close(found, torch.tensor([[0.8898, 0.0, -0.3512], [0.0, 0.8898, 0.0160]]), atol=1e-4, rtol=0)
