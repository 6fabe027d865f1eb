"""Where a sketch stands in a picture that a camera moved through space: found there, and left alone elsewhere."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from pipeline.models.sketch import laid_out
from pipeline.sample.standing import where_it_stands

HOME = torch.tensor([[[-1.0, 0.0, 0.04], [0.0, 1.0, -0.02]]])  # mirrored, a little aside


def a_sketch(height: int = 96, width: int = 96, *, seed: int = 3) -> Tensor:
    """Return a picture of soft blobs, each in another place, as a subject and its surroundings are."""
    generator = torch.Generator().manual_seed(seed)
    rough = torch.rand((1, 3, 7, 7), generator=generator) * 2 - 1
    return torch.nn.functional.interpolate(rough, (height, width), mode="bicubic", align_corners=False).clamp(-1, 1)


@pytest.mark.parametrize("size", [(96, 96), (64, 128)])
@pytest.mark.parametrize(
    "there",
    [
        [[-0.80, 0.09, 0.03], [0.02, 0.78, 0.05]],  # nearer than planned for, and leaning
        [[-0.93, -0.06, 0.01], [0.0, 0.94, -0.04]],  # farther
    ],
)
def test_a_sketch_is_found_where_the_picture_has_it(size: tuple[int, int], there: list[list[float]]) -> None:
    sketch = a_sketch(*size)
    wanted = torch.tensor([there])
    picture = 0.7 * laid_out(sketch, wanted) - 0.1  # in another light
    planned = HOME + torch.tensor([[[0.13, 0.0, 0.0], [0.0, -0.13, 0.02]]])
    found = where_it_stands(sketch, picture, planned=planned, home=HOME)
    assert (found - wanted).abs().max() < 0.02 < (planned - wanted).abs().max()


def test_a_picture_of_something_else_leaves_a_sketch_where_it_was_planned() -> None:
    planned = HOME * 0.9
    found = where_it_stands(a_sketch(), a_sketch(seed=8), planned=planned, home=HOME)
    assert torch.equal(found, planned)


def test_what_is_found_far_from_the_plan_is_something_else() -> None:
    sketch = a_sketch()
    there = torch.tensor([[[0.5, 0.0, 0.0], [0.0, 0.5, 0.0]]])
    planned = torch.tensor([[[0.9, 0.0, 0.0], [0.0, 0.9, 0.0]]])
    found = where_it_stands(sketch, laid_out(sketch, there), planned=planned, home=torch.eye(2, 3)[None])
    assert torch.equal(found, planned)


def test_a_picture_without_any_shape_leaves_a_sketch_where_it_was_planned() -> None:
    found = where_it_stands(a_sketch(), torch.zeros(1, 3, 96, 96), planned=HOME, home=HOME)
    assert torch.equal(found, HOME)
