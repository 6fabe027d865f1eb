"""The distance of a picture from the one it started from, and the pull it makes."""

from __future__ import annotations

import pytest
import torch

from pipeline.sample.likeness import Likeness, seen_distance, shrunk, views
from pipeline.sample.noise import named_noise
from pipeline.sample.steps import Steps


def picture(seed: int, height: int = 24, width: int = 40) -> torch.Tensor:
    """Return broad patches of colour."""
    small = named_noise((1, 3, 3, 5), seed=seed, frame=0, purpose="patches", step=0).clamp(-1, 1)
    return torch.nn.functional.interpolate(small, (height, width), mode="bicubic")


def test_it_is_nothing_from_the_picture_itself_and_grows_on_the_way_to_another(toy) -> None:
    distance = seen_distance(picture(1), [toy(8), toy(12, seed=2)])
    found = [distance(picture(1) + share * (picture(2) - picture(1))).item() for share in (0, 0.2, 0.5, 1)]
    assert found[0] == pytest.approx(0, abs=1e-5)
    assert found == sorted(found)
    assert 0.2 < found[-1] < 3


def test_without_perceptors_colours_remain() -> None:
    assert seen_distance(picture(1), [])(picture(2)).item() > 0.1


def test_what_is_known_of_the_picture_is_worked_out_once(toy) -> None:
    perceptor = toy(8)
    distance = seen_distance(picture(1), [perceptor])
    distance(picture(2)), distance(picture(3))
    assert [shape[0] for shape in perceptor.seen] == [len(views(picture(1), 8))] * 3


def test_views_are_the_whole_and_squares_over_all_of_it() -> None:
    lit = torch.full((1, 3, 24, 40), -1.0)
    lit[..., 20:, 36:] = 1  # the lower right corner
    found = views(lit, 6)
    assert found.shape == (1 + 2 * 3, 3, 6, 6)
    assert found[0, 0, 0].abs().max() < 0.05  # black above a wide picture
    assert [view[:, 3:, 3:].mean() > 0.15 for view in found[1:]] == [False] * 5 + [True]


def test_the_small_picture_keeps_shape_and_mean() -> None:
    assert shrunk(picture(1)).shape == (1, 3, 16, 27)
    flat = torch.full((1, 3, 24, 40), 0.3)
    assert shrunk(flat) == pytest.approx(0.3, abs=1e-6)


def test_it_pulls_towards_the_picture_by_the_steps_scale(toy) -> None:
    first, second, third = Steps.plan("cosine", 3)
    pull = Likeness(seen_distance(picture(1), [toy(8)]), (4.0, 0.0, 8.0))
    y = picture(2)
    slope = pull.slope(y, first)
    assert (pull.acts(first), pull.acts(second), pull.acts(third)) == (True, False, True)
    assert torch.allclose(pull.slope(y, third), 2 * slope)
    assert pull.distance(y - 0.05 * slope / slope.square().mean().sqrt()) < pull.distance(y)
