"""What is said of drawn pictures: distances that are zero where nothing differs, and scenes painted to order."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pipeline.train.evaluate import frechet
from pipeline.train.score import as_ordered, known_names, orders, wording
from pipeline.train.sheet import SIDE, lay_out
from pipeline.train.world import render


def test_the_frechet_distance_is_that_of_normal_distributions() -> None:
    generator = torch.Generator().manual_seed(1)
    features = torch.randn(4000, 3, generator=generator) * torch.tensor([1.0, 2.0, 0.5])
    assert frechet(features, features) == pytest.approx(0, abs=1e-6)
    moved = features + torch.tensor([3.0, 0.0, 4.0])
    assert frechet(features, moved) == pytest.approx(25, rel=1e-4)
    # equal means: the squared difference of deviations, here of the second axis alone
    wider = features * torch.tensor([1.0, 2.0, 1.0])
    expected = float(features[:, 1].std()) ** 2
    assert frechet(features, wider) == pytest.approx(expected, rel=0.05)


def test_scenes_painted_to_order_show_it_and_differ_by_seed() -> None:
    for order in orders(6):
        first, second = (as_ordered(order, seed) for seed in (7, 8))
        for kind in known_names():
            assert getattr(first, kind) == order.wanted[kind]
        assert first.companions == ()
        assert (render(first, 48, 64)[0] != render(second, 48, 64)[0]).any()


def test_land_alone_is_asked_for_in_words_and_painted_without_anything_in_it() -> None:
    asked = orders(24, bare=True)
    assert {tuple(order.wanted) for order in asked} == {("ground", "mood", "style")}
    assert wording({"ground": "lake", "mood": "fog", "style": "mosaic"}) == "a mosaic of a lake, a scene in the fog"
    assert wording({"subject": "cat", "ground": "lake", "mood": "red", "style": "neon"}) == (
        "a neon picture of a cat, a picture of a lake, red color scheme"
    )
    for order in asked[:6]:
        scene = as_ordered(order, 7)
        assert scene.subject is None and scene.figures == ()
        assert {kind: getattr(scene, kind) for kind in order.wanted} == order.wanted


def test_a_sheet_has_rows_of_eight_in_order() -> None:
    pictures = [np.full((16, 16, 3), value, np.uint8) for value in range(20)]
    sheet = lay_out(pictures)
    assert sheet.shape == (2 * SIDE, 8 * SIDE, 3)  # the third row would not be full
    assert sheet[SIDE // 2, SIDE // 2 + 3 * SIDE, 0] == 3
    assert sheet[SIDE // 2 + SIDE, SIDE // 2, 0] == 8
